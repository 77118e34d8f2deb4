-- 会议: approval meetings and joint reviews of a desk, with their agenda of cases, attendance, outcomes, minutes and tasks.
-- Nothing of a meeting changes after it was closed but the end of its tasks. Texts are sealed: they may name people.
CREATE TABLE meetings (
  node text NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  -- null for a meeting of the whole desk
  department text,
  day date NOT NULL,
  -- HH:MM in Asia/Shanghai
  begins text NOT NULL,
  place text NOT NULL,
  -- who is invited, the chair first, with their attendance
  seats jsonb NOT NULL,
  state text NOT NULL,
  planned_at timestamptz(3) NOT NULL,
  planned_by jsonb NOT NULL,
  -- the last number of the agenda: that of a case that was taken off is not given again
  last_item int NOT NULL,
  -- the minutes: their number in the series of desk and year, and its serial
  number text,
  serial int,
  closed_at timestamptz(3),
  closed_by text,
  -- SHA-256 of the minutes
  digest text,
  minutes text,
  cancelled_at timestamptz(3),
  cancelled_by text,
  cancel_reason text,
  PRIMARY KEY (node, id)
);
CREATE UNIQUE INDEX meetings_number ON meetings (node, number) WHERE number IS NOT NULL;
CREATE INDEX meetings_day ON meetings (node, day, id);

CREATE TABLE meeting_items (
  node text NOT NULL,
  meeting uuid NOT NULL,
  number int NOT NULL,
  case_id text NOT NULL,
  case_number text NOT NULL,
  item text NOT NULL,
  question text NOT NULL,
  outcome text,
  -- JSON: reason and conditions of the outcome
  found text,
  PRIMARY KEY (node, meeting, number)
);
CREATE UNIQUE INDEX meeting_items_case_once ON meeting_items (node, meeting, case_id);
CREATE INDEX meeting_items_case ON meeting_items (node, case_id);

CREATE TABLE meeting_tasks (
  node text NOT NULL,
  id uuid NOT NULL,
  meeting uuid NOT NULL,
  text text NOT NULL,
  -- the person or the department that has it
  person jsonb,
  department text,
  due date NOT NULL,
  given_at timestamptz(3) NOT NULL,
  given_by text NOT NULL,
  -- whether who has it was told that it is due
  told boolean NOT NULL DEFAULT false,
  done_at timestamptz(3),
  done_by text,
  result text,
  PRIMARY KEY (node, id)
);
CREATE INDEX meeting_tasks_meeting ON meeting_tasks (node, meeting);
CREATE INDEX meeting_tasks_open ON meeting_tasks (node, due) WHERE done_at IS NULL;

-- a signal may tell of a meeting instead of a case
ALTER TABLE signals ALTER COLUMN case_id DROP NOT NULL;
ALTER TABLE signals ALTER COLUMN number DROP NOT NULL;
ALTER TABLE signals ALTER COLUMN item DROP NOT NULL;
ALTER TABLE signals ADD COLUMN meeting uuid;
