-- 首问负责: what was asked at this node's desk. A row is a duty until its result is reported back.
CREATE TABLE enquiries (
  node text NOT NULL,
  id text NOT NULL,
  item text NOT NULL,
  item_version integer NOT NULL,
  -- whether the item was in force when it was asked for
  in_force boolean NOT NULL,
  place text NOT NULL,
  -- the competent desks by the answer; null where the place is too high to name them
  acceptor text,
  decider text,
  asked_at timestamptz(3) NOT NULL,
  -- subject and name of whoever answered
  answered_by text NOT NULL,
  answered_by_name text NOT NULL,
  -- Markdown, as it was given
  answer text NOT NULL,
  -- the case that grew out of it; it may be held elsewhere by now
  case_id text,
  reported_at timestamptz(3),
  reported_by text,
  reported_by_name text,
  result text,
  PRIMARY KEY (node, id),
  CHECK ((reported_at IS NULL) = (result IS NULL)),
  CHECK ((reported_at IS NULL) = (reported_by IS NULL))
);
CREATE INDEX enquiries_asked ON enquiries (node, asked_at, id);
-- one case grows out of one enquiry
CREATE UNIQUE INDEX enquiries_case ON enquiries (node, case_id);

-- Who asked, where they said so: personal data, apart from everything else.
CREATE TABLE enquiry_askers (
  node text NOT NULL,
  enquiry text NOT NULL,
  name text,
  phone text,
  PRIMARY KEY (node, enquiry)
);
