-- Every table is keyed by node first: one database serves one node or three thousand.

-- 办件: a cache of the log (case_log), rewritten with each line; see cases/store.ts.
CREATE TABLE cases (
  node text NOT NULL,
  id text NOT NULL,
  number text NOT NULL,
  item text NOT NULL,
  filing_node text NOT NULL,
  acceptor text NOT NULL,
  decider text NOT NULL,
  -- exact JSON text of the application; its SHA-256 stands in the log's first line. Null while only echoes arrived.
  application text,
  -- SHA-256 of the public tracking code; at the filing node only
  tracking_hash text,
  state text NOT NULL,
  custody text NOT NULL,
  custodian text NOT NULL,
  in_transit_to text,
  epoch integer NOT NULL,
  seq integer NOT NULL,
  -- SHA-256 of the last line
  head text NOT NULL,
  filed_at timestamptz(3) NOT NULL,
  last_at timestamptz(3) NOT NULL,
  -- while missing materials may still be named; null otherwise. After it the case counts as accepted (Art. 32).
  acceptance_due_at timestamptz(3),
  due_at timestamptz(3),
  -- a date that waits for the calendar of a coming year
  provisional boolean NOT NULL DEFAULT false,
  closed_at timestamptz(3),
  withdrawal_requested_at timestamptz(3),
  PRIMARY KEY (node, id)
);
CREATE UNIQUE INDEX cases_number ON cases (node, number);
CREATE INDEX cases_newest ON cases (node, filed_at DESC, id DESC);
CREATE INDEX cases_custody ON cases (node, custody, filed_at DESC, id DESC);
CREATE INDEX cases_acceptance_due ON cases (acceptance_due_at) WHERE acceptance_due_at IS NOT NULL AND custody = 'HELD';
CREATE INDEX cases_provisional ON cases (node, id) WHERE provisional;

-- 办件日志: append-only, hash-chained, signed; a line is its JWS.
CREATE TABLE case_log (
  node text NOT NULL,
  case_id text NOT NULL,
  seq integer NOT NULL,
  jws text NOT NULL,
  -- SHA-256 of the JWS
  hash text NOT NULL,
  PRIMARY KEY (node, case_id, seq)
);

-- 申请材料: bytes, named by their content.
CREATE TABLE blobs (
  node text NOT NULL,
  sha256 text NOT NULL,
  size integer NOT NULL,
  content bytea NOT NULL,
  stored_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (node, sha256)
);
-- scans and photographs are compressed already
ALTER TABLE blobs ALTER COLUMN content SET STORAGE EXTERNAL;

-- Pieces of a material that is still coming in.
CREATE TABLE blob_parts (
  node text NOT NULL,
  sha256 text NOT NULL,
  start integer NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (node, sha256, start)
);
ALTER TABLE blob_parts ALTER COLUMN content SET STORAGE EXTERNAL;

-- Messages this node owes others. A row is settled by the receiver's signed receipt and by nothing else.
CREATE TABLE outbox (
  node text NOT NULL,
  id uuid NOT NULL,
  -- parts of a material go before the dossier that needs them
  ordinal bigint GENERATED ALWAYS AS IDENTITY,
  receiver text NOT NULL,
  kind text NOT NULL,
  case_id text,
  body text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  -- lease and retry in one: claiming sets it ahead by the back-off
  next_at timestamptz(3) NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  settled_at timestamptz(3),
  -- DONE, REFUSED; PARKED while it waits at the receiver for people to look at it
  outcome text,
  code text,
  receipt_id uuid,
  PRIMARY KEY (node, id)
);
CREATE INDEX outbox_due ON outbox (next_at, ordinal) WHERE settled_at IS NULL;
CREATE INDEX outbox_case ON outbox (node, case_id) WHERE settled_at IS NULL;

-- Receipts as they came: another node's signed word.
CREATE TABLE receipts (
  node text NOT NULL,
  id uuid NOT NULL,
  sender text NOT NULL,
  jws text NOT NULL,
  received_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (node, id)
);

-- Messages this node was sent, each once, with the answer it gave: a second copy is answered and not done again.
CREATE TABLE inbox (
  node text NOT NULL,
  id uuid NOT NULL,
  sender text NOT NULL,
  kind text NOT NULL,
  answer jsonb NOT NULL,
  received_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (node, id)
);

-- Messages that could not be processed, with the reason; shown, and retried by hand.
CREATE TABLE parked (
  node text NOT NULL,
  id uuid NOT NULL,
  sender text NOT NULL,
  kind text NOT NULL,
  body text NOT NULL,
  code text NOT NULL,
  reason text NOT NULL,
  parked_at timestamptz(3) NOT NULL DEFAULT now(),
  resolved_at timestamptz(3),
  PRIMARY KEY (node, id)
);
CREATE INDEX parked_open ON parked (node, parked_at) WHERE resolved_at IS NULL;

-- Feeds this node publishes or holds: numbered without a gap.
CREATE TABLE feeds (
  node text NOT NULL,
  feed text NOT NULL,
  publisher text NOT NULL,
  -- number of the last entry held
  head bigint NOT NULL,
  -- number of the last entry the publisher is known to have
  known_head bigint NOT NULL,
  -- the publisher had no more than known_head at this moment
  as_of timestamptz(3) NOT NULL,
  PRIMARY KEY (node, feed, publisher)
);
CREATE TABLE feed_entries (
  node text NOT NULL,
  feed text NOT NULL,
  publisher text NOT NULL,
  seq bigint NOT NULL,
  entry text NOT NULL,
  PRIMARY KEY (node, feed, publisher, seq)
);
-- Own entries that have no number yet; numbering them later keeps transactions from waiting for each other.
CREATE TABLE feed_pending (
  node text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  feed text NOT NULL,
  entry text NOT NULL,
  PRIMARY KEY (node, id)
);
-- How far each subscriber of a feed has it, by its signed word.
CREATE TABLE feed_cursors (
  node text NOT NULL,
  feed text NOT NULL,
  publisher text NOT NULL,
  subscriber text NOT NULL,
  acked bigint NOT NULL DEFAULT 0,
  sent bigint NOT NULL DEFAULT 0,
  attempts integer NOT NULL DEFAULT 0,
  next_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (node, feed, publisher, subscriber)
);
CREATE INDEX feed_cursors_due ON feed_cursors (next_at);

-- 统计: facts counted by day, written in the transaction that moves the feed's head.
CREATE TABLE rollup_days (
  node text NOT NULL,
  publisher text NOT NULL,
  day date NOT NULL,
  item text NOT NULL,
  measure text NOT NULL,
  count integer NOT NULL,
  PRIMARY KEY (node, publisher, day, item, measure)
);
CREATE INDEX rollup_days_day ON rollup_days (node, day);

-- 基本目录: every version of every item, the city's own and everybody's copies.
CREATE TABLE items (
  node text NOT NULL,
  code text NOT NULL,
  version integer NOT NULL,
  name text NOT NULL,
  department text NOT NULL,
  effective_from date NOT NULL,
  -- null while it is a draft of this node
  published_at timestamptz(3),
  body jsonb NOT NULL,
  PRIMARY KEY (node, code, version)
);
-- 实施清单
CREATE TABLE implementations (
  node text NOT NULL,
  item text NOT NULL,
  decider text NOT NULL,
  version integer NOT NULL,
  item_version integer NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (node, item, decider, version)
);

-- Serials of case numbers, handed out in blocks: gaps happen, doubles do not.
CREATE TABLE serials (
  node text NOT NULL,
  day date NOT NULL,
  next integer NOT NULL,
  PRIMARY KEY (node, day)
);

-- Mutations that were answered, by the caller's key: sent again, they are answered and not done again.
CREATE TABLE idempotency (
  node text NOT NULL,
  subject text NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  response jsonb NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (node, subject, key)
);

-- What a node remembers of itself, say which calendar its dates were counted with.
CREATE TABLE node_settings (
  node text NOT NULL,
  key text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (node, key)
);
