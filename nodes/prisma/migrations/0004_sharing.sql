-- 数据共享: what nodes offer each other, and who asked whom for what.

-- Own offers and copies of those of the levels above, each in its newest version.
CREATE TABLE data_offers (
  node text NOT NULL,
  id text NOT NULL,
  version integer NOT NULL,
  -- the node that offers
  provider text NOT NULL,
  -- the material it replaces
  material text NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (node, id)
);
CREATE INDEX data_offers_material ON data_offers (node, material);

-- 登记簿: what a node holds of a person or organization, found by a keyed hash of the number and not by the number.
CREATE TABLE register_rows (
  node text NOT NULL,
  register text NOT NULL,
  subject_hash text NOT NULL,
  fields jsonb NOT NULL,
  PRIMARY KEY (node, register, subject_hash)
);

-- Requests of this node's cases: its own, and those of desks that held the case before.
CREATE TABLE data_requests (
  node text NOT NULL,
  id uuid NOT NULL,
  case_id text NOT NULL,
  offer text NOT NULL,
  asker text NOT NULL,
  provider text NOT NULL,
  -- the purpose; null where it was not proved
  item text,
  asked_by text NOT NULL,
  asked_at timestamptz(3) NOT NULL,
  -- names of the fields asked for
  fields text[] NOT NULL,
  state text NOT NULL,
  answered_at timestamptz(3),
  -- the material that need not be handed in any more
  replaces text,
  -- the offering node's signed record (JWS)
  record text,
  -- exact JSON text of the values; its SHA-256 stands in the record. Null where only the record was told.
  given text,
  PRIMARY KEY (node, id)
);
CREATE INDEX data_requests_case ON data_requests (node, case_id, asked_at);

-- 数据使用日志, kept by whoever asks (ASKED) and whoever gives (PROVIDED); append-only.
CREATE TABLE data_log (
  node text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz(3) NOT NULL,
  side text NOT NULL,
  request uuid NOT NULL,
  case_id text NOT NULL,
  offer text NOT NULL,
  asker text NOT NULL,
  provider text NOT NULL,
  -- who asked: subject of the token, and name
  person text NOT NULL,
  person_name text NOT NULL,
  item text,
  fields text[] NOT NULL,
  -- SENT, then ANSWERED, NOT_FOUND or REFUSED
  outcome text NOT NULL,
  PRIMARY KEY (node, id)
);
CREATE INDEX data_log_request ON data_log (node, request);
CREATE FUNCTION data_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'data_log is append-only';
END
$$;
CREATE TRIGGER data_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON data_log
  FOR EACH STATEMENT EXECUTE FUNCTION data_log_is_append_only();

-- 预警灯: automatic findings.
CREATE TABLE lights (
  node text NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  level text NOT NULL,
  at timestamptz(3) NOT NULL,
  -- the node it is about
  about text NOT NULL,
  case_id text,
  detail text NOT NULL,
  PRIMARY KEY (node, id)
);
CREATE INDEX lights_newest ON lights (node, at DESC);
