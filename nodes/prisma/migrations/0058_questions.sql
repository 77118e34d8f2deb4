-- 咨询: an enquiry may name no item, may be handed on within the desk, and may come in online with an answer due.
ALTER TABLE enquiries
  ALTER COLUMN item DROP NOT NULL,
  ALTER COLUMN item_version DROP NOT NULL,
  ALTER COLUMN in_force DROP NOT NULL,
  ALTER COLUMN answered_by DROP NOT NULL,
  ALTER COLUMN answered_by_name DROP NOT NULL,
  ALTER COLUMN answer DROP NOT NULL,
  -- ENQUIRY at the desk, QUESTION online, SUGGESTION
  ADD COLUMN kind text NOT NULL DEFAULT 'ENQUIRY',
  -- in the asker's words: sealed
  ADD COLUMN question text,
  -- the department it was handed on to
  ADD COLUMN department text,
  -- the last day for the answer
  ADD COLUMN due_on date,
  -- of id and code, which the asker has; null for enquiries of earlier programs
  ADD COLUMN code_hash text,
  ADD CHECK ((item IS NULL) = (answer IS NULL)),
  ADD CHECK (item IS NOT NULL OR question IS NOT NULL);

-- 转办: from one department of the desk to another.
CREATE TABLE enquiry_moves (
  node text NOT NULL,
  enquiry text NOT NULL,
  seq integer NOT NULL,
  at timestamptz(3) NOT NULL,
  from_department text,
  to_department text NOT NULL,
  reason text NOT NULL,
  -- subject and name of the person who handed it on
  moved_by text NOT NULL,
  moved_by_name text NOT NULL,
  PRIMARY KEY (node, enquiry, seq)
);

-- 答复时限, in working days, where a node has set its own.
CREATE TABLE answer_terms (
  node text NOT NULL,
  kind text NOT NULL,
  days integer NOT NULL,
  PRIMARY KEY (node, kind)
);
