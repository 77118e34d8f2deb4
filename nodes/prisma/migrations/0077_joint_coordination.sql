-- 协调保障: by when the centre looks after a joint case that rests here; null for all others.
ALTER TABLE cases ADD COLUMN joint_due_at timestamptz(3);
CREATE INDEX cases_joint_due ON cases (node, joint_due_at) WHERE joint_due_at IS NOT NULL;
-- cases from before: that joint handling was opened stands in the log, as the payload of a signed line; the next line of
-- a case brings the exact instant
UPDATE cases c SET joint_due_at = coalesce(
  (SELECT d.due_at FROM joint_deadlines d WHERE d.node = c.node AND d.case_id = c.id), c.due_at, c.last_at)
WHERE c.custody = 'HELD' AND c.state = 'ACCEPTED' AND EXISTS (
  SELECT 1 FROM case_log l
  WHERE l.node = c.node AND l.case_id = c.id AND convert_from(decode(
    rpad(translate(split_part(l.jws, '.', 2), '-_', '+/'), (length(split_part(l.jws, '.', 2)) + 3) / 4 * 4, '='),
    'base64'), 'UTF8')::json ->> 'action' = 'JOINT_OPENED');
