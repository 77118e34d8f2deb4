-- The W3C traceparent a message was left under, so that a trace survives the wait.
ALTER TABLE outbox ADD COLUMN trace text;

-- What figures of operation are read from at each scrape: only what is not done yet is in them.
CREATE INDEX outbox_waiting ON outbox (node, receiver, kind, created_at) WHERE settled_at IS NULL;

-- Lives (任次) of a node's database. A new one begins when the database turns out to be another than it was: restored
-- from a backup, or wound back to a point in time. What the node said in a life that is over is no longer taken.
CREATE TABLE lives (
  node text NOT NULL,
  -- ms since 1970 at which it began: later than any forgotten one
  life bigint NOT NULL,
  -- system identifier, timeline and oid of the database
  identity text NOT NULL,
  began_at timestamptz(3) NOT NULL DEFAULT now(),
  -- the host wrote here at this moment: what came after it may have been forgotten
  seen_at timestamptz(3) NOT NULL DEFAULT now(),
  -- the node's own feeds as the backup knew them: how far each reached
  heads jsonb,
  -- from when on others are asked for what they hold; null for a first life, which forgot nothing
  asked_since timestamptz(3),
  -- null while the node waits for what others hold of it
  healed_at timestamptz(3),
  PRIMARY KEY (node, life)
);
-- What others give back in a life: how many parts came, and how many there are, once known.
CREATE TABLE heal_peers (
  node text NOT NULL,
  life bigint NOT NULL,
  peer text NOT NULL,
  parts integer NOT NULL DEFAULT 0,
  expected integer,
  cases integer NOT NULL DEFAULT 0,
  done_at timestamptz(3),
  PRIMARY KEY (node, life, peer)
);
CREATE INDEX heal_peers_waiting ON heal_peers (node, life) WHERE done_at IS NULL;
-- The present life of others, as far as they told: only those that were ever restored are here.
CREATE TABLE peer_lives (
  node text NOT NULL,
  peer text NOT NULL,
  life bigint NOT NULL,
  told_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (node, peer)
);

-- Cases somebody works on now, by id over all nodes of the host: two holders of one case would stand side by side.
CREATE INDEX cases_held ON cases (id) WHERE custody = 'HELD' AND closed_at IS NULL;
-- What a restored peer had answered and has forgotten.
CREATE INDEX outbox_settled ON outbox (node, settled_at) WHERE settled_at IS NOT NULL;

-- What people decided about a parked message; the host carries it out.
ALTER TABLE parked
  -- RETRY or REFUSE
  ADD COLUMN decision text,
  ADD COLUMN decided_by text,
  ADD COLUMN decided_at timestamptz(3),
  -- told to the sender with a refusal
  ADD COLUMN decision_reason text;
