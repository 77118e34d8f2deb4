-- 特急件 come first in a desk's work queue. Cases of before have no such line in their logs.
ALTER TABLE cases ADD COLUMN urgent boolean NOT NULL DEFAULT false;

-- what a desk holds of them, by what is due next; they are few, so that the other lists pass over them
CREATE INDEX cases_urgent ON cases (node, next_due_at, id)
  WHERE custody = 'HELD' AND closed_at IS NULL AND paused_days IS NULL AND urgent;
