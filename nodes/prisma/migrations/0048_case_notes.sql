-- 内部备注: what desks note on a case for each other and their supervisors; no part of the signed log. A note is what its
-- node signed, sealed; it is kept as long as the case, and nobody changes or removes it.
CREATE TABLE case_notes (
  node text NOT NULL,
  id uuid NOT NULL,
  case_id text NOT NULL,
  at timestamptz(3) NOT NULL,
  -- SHA-256 of the JWS: another note under this id is refused
  digest text NOT NULL,
  jws text NOT NULL,
  PRIMARY KEY (node, id)
);
CREATE INDEX case_notes_case ON case_notes (node, case_id, at, id);
-- a change of data keys seals it anew, and nothing else may touch it
CREATE FUNCTION case_notes_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.node, OLD.id, OLD.case_id, OLD.at, OLD.digest)
    IS NOT DISTINCT FROM (NEW.node, NEW.id, NEW.case_id, NEW.at, NEW.digest) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'case_notes is append-only';
END $$;
CREATE TRIGGER case_notes_append_only BEFORE UPDATE OR DELETE ON case_notes
  FOR EACH ROW EXECUTE FUNCTION case_notes_keep();
CREATE TRIGGER case_notes_no_truncate BEFORE TRUNCATE ON case_notes
  FOR EACH STATEMENT EXECUTE FUNCTION case_notes_keep();
