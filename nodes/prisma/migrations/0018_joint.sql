-- 联合办理: when the next party's silence turns into a lapse, so that the clockwork need not fold every case. Written
-- with the case's lines, in the same transaction; a case that nobody is silent in any more has no row.
CREATE TABLE joint_deadlines (
  node text NOT NULL,
  case_id text NOT NULL,
  due_at timestamptz(3) NOT NULL,
  PRIMARY KEY (node, case_id)
);
CREATE INDEX joint_deadlines_due ON joint_deadlines (node, due_at);
