-- 征求意见: what departments of this node are asked in joint handling, by the node itself or by another, and how far the
-- lead's log says they stand. The newest notice stands whole in the row; due_at and waiting are read out of it, so that
-- the list of what waits, by deadline, needs no fold.
CREATE TABLE opinion_requests (
  node text NOT NULL,
  case_id text NOT NULL,
  party integer NOT NULL,
  -- SHA-256 of the signed line that opened joint handling
  opened text NOT NULL,
  lead_node text NOT NULL,
  lead text NOT NULL,
  department text NOT NULL,
  number text NOT NULL,
  item text NOT NULL,
  applicant text,
  -- JSON: what the applicant filled in, and the materials that are shown
  form text NOT NULL,
  materials text NOT NULL,
  -- JSON: the signed log as it came with the question; null where the case itself is here
  lines text,
  limit_at timestamptz(3),
  -- JSON: the newest notice of the lead
  notice text NOT NULL,
  due_at timestamptz(3) NOT NULL,
  waiting boolean NOT NULL,
  -- this node's signed word that it has the question; null where the node asked itself
  word text,
  PRIMARY KEY (node, case_id, party)
);
CREATE INDEX opinion_requests_due ON opinion_requests (node, waiting, due_at, case_id, party);

-- What departments of this node signed in answer to another node, and what became of it there.
CREATE TABLE opinion_words (
  node text NOT NULL,
  id uuid NOT NULL,
  case_id text NOT NULL,
  party integer NOT NULL,
  said_at timestamptz(3) NOT NULL,
  word text NOT NULL,
  state text NOT NULL,
  code text,
  reason text,
  PRIMARY KEY (node, id)
);
CREATE INDEX opinion_words_case ON opinion_words (node, case_id, party, said_at);

-- the row of a case's next lapse is kept with the case's own row from now on, and goes with its end
DELETE FROM joint_deadlines d USING cases c
WHERE c.node = d.node AND c.id = d.case_id AND (c.closed_at IS NOT NULL OR c.custodian <> c.node);
