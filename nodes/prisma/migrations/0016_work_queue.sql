-- The desk's work queue: what is due next, the days left while a special procedure keeps the clock still, and whose
-- item it is, stored with each line so that a list need not fold logs.
ALTER TABLE cases
  -- end of the next limit: the notice's (Art. 32), the promise's, the delivery's (Art. 44); 9999-12-31 where none runs
  ADD COLUMN next_due_at timestamptz(3) NOT NULL DEFAULT '9999-12-31T00:00:00Z',
  -- days left while a special procedure stops the clock (Art. 45); null while it runs
  ADD COLUMN paused_days integer,
  -- the item's department in charge, the first it names; empty where this node has no such item
  ADD COLUMN department text NOT NULL DEFAULT '';

UPDATE cases SET
  next_due_at = CASE
    WHEN closed_at IS NOT NULL THEN '9999-12-31T00:00:00Z'
    ELSE coalesce(acceptance_due_at, CASE WHEN state IN ('ACCEPTED', 'REVIEWED') THEN due_at END, '9999-12-31T00:00:00Z')
  END,
  department = coalesce(
    (SELECT split_part(split_part(i.department, ';', 1), '(', 1) FROM items i
     WHERE i.node = cases.node AND i.code = cases.item ORDER BY i.version DESC LIMIT 1), ''),
  -- what only the log can say (a pause, the date of a decision) is counted from it when the host starts
  provisional = provisional OR closed_at IS NULL;
DELETE FROM node_settings WHERE key = 'calendar';

-- what a desk holds, by what is due next; alone, by state, item or department
CREATE INDEX cases_queue ON cases (node, next_due_at, id)
  WHERE custody = 'HELD' AND closed_at IS NULL AND paused_days IS NULL;
CREATE INDEX cases_queue_state ON cases (node, state, next_due_at, id)
  WHERE custody = 'HELD' AND closed_at IS NULL AND paused_days IS NULL;
CREATE INDEX cases_queue_item ON cases (node, item, next_due_at, id)
  WHERE custody = 'HELD' AND closed_at IS NULL AND paused_days IS NULL;
CREATE INDEX cases_queue_department ON cases (node, department, next_due_at, id)
  WHERE custody = 'HELD' AND closed_at IS NULL AND paused_days IS NULL;
CREATE INDEX cases_paused ON cases (node, paused_days, id)
  WHERE custody = 'HELD' AND closed_at IS NULL AND paused_days IS NOT NULL;
-- everything a desk knows, newest first
CREATE INDEX cases_state ON cases (node, state, filed_at DESC, id DESC);
CREATE INDEX cases_item ON cases (node, item, filed_at DESC, id DESC);
CREATE INDEX cases_department ON cases (node, department, filed_at DESC, id DESC);
