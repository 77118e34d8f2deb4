-- 证书与吊销: what became known of keys besides the trust file; each proves itself up to the root.
CREATE TABLE key_documents (
  node text NOT NULL,
  -- SHA-256 of the document as it was signed
  hash text NOT NULL,
  -- CERTIFICATE, REVOCATION
  kind text NOT NULL,
  -- whose key it is about
  subject text NOT NULL,
  kid text NOT NULL,
  jws text NOT NULL,
  learned_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (node, hash)
);
CREATE INDEX key_documents_kid ON key_documents (node, kid);

-- 密钥日志: who did what to which key, when and why; append-only.
CREATE TABLE key_log (
  node text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz(3) NOT NULL,
  -- the person who gave the command, or the node itself
  actor text NOT NULL,
  -- MADE, REQUESTED, CERTIFIED, REVOKED here; LEARNED from elsewhere; TAKEN_UP when the host begins to sign with it
  action text NOT NULL,
  subject text NOT NULL,
  kid text NOT NULL,
  why text NOT NULL,
  PRIMARY KEY (node, id)
);
CREATE INDEX key_log_kid ON key_log (node, kid);
CREATE FUNCTION key_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'key_log is append-only';
END
$$;
CREATE TRIGGER key_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON key_log
  FOR EACH STATEMENT EXECUTE FUNCTION key_log_is_append_only();

-- Messages whose sender could not be believed yet are kept as they came, with their envelope.
ALTER TABLE parked
  ADD COLUMN kid text,
  -- the signed envelope; null where its signature was checked and the message itself was set aside
  ADD COLUMN envelope text,
  -- what it carries beside: a piece of a material
  ADD COLUMN bytes bytea,
  -- when it is tried again; null until somebody or something has a reason to
  ADD COLUMN retry_at timestamptz(3);
CREATE INDEX parked_retry ON parked (retry_at) WHERE retry_at IS NOT NULL AND resolved_at IS NULL;
