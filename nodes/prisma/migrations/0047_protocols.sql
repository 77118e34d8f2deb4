-- 协议版本: the newest protocol each peer said it knows, in what it signed. What a peer can't read yet waits in the outbox
-- until it says so: outcome WAITS, and the version it waits for.
CREATE TABLE peer_protocols (
  node text NOT NULL,
  peer text NOT NULL,
  protocol integer NOT NULL,
  said_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (node, peer)
);
ALTER TABLE outbox ADD COLUMN protocol integer;
CREATE INDEX outbox_waits ON outbox (node, receiver) WHERE settled_at IS NULL AND outcome = 'WAITS';
