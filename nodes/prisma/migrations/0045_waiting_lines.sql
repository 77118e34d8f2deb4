-- Lines of case logs that came ahead of the ones before them. They are no part of the log until it reaches them and they
-- fold: a line that never follows costs nothing but its own row here.
CREATE TABLE waiting_lines (
  node text NOT NULL,
  case_id text NOT NULL,
  seq integer NOT NULL,
  -- SHA-256 of the JWS
  hash text NOT NULL,
  jws text NOT NULL,
  -- the node that brought it; empty where it was here before senders were noted
  sender text NOT NULL,
  came_at timestamptz(3) NOT NULL DEFAULT now(),
  -- several lines may claim one number: the log decides which of them follows
  PRIMARY KEY (node, case_id, seq, hash)
);
CREATE INDEX waiting_lines_sender ON waiting_lines (node, sender);

-- A case's row says how far its log was folded. What lies behind it waited there until now, or kept the log from being
-- folded.
INSERT INTO waiting_lines (node, case_id, seq, hash, jws, sender)
SELECT l.node, l.case_id, l.seq, l.hash, l.jws, ''
FROM case_log l LEFT JOIN cases c ON c.node = l.node AND c.id = l.case_id
WHERE l.seq > coalesce(c.seq, 0);
DELETE FROM case_log l USING waiting_lines w
WHERE w.node = l.node AND w.case_id = l.case_id AND w.seq = l.seq;
