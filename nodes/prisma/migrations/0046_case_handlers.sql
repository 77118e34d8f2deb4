-- 承办人: which person of the desk handles a case it holds. The desk's own bookkeeping: no line of the log says it, and it
-- ends when the case rests elsewhere.
ALTER TABLE cases
  -- a subject is one person at its issuer alone
  ADD COLUMN handler_issuer text,
  ADD COLUMN handler_sub text,
  ADD COLUMN handler_name text,
  ADD COLUMN handler_since timestamptz(3),
  -- name of who claimed or assigned it
  ADD COLUMN handler_by text,
  ADD CONSTRAINT cases_handler CHECK (num_nonnulls(handler_issuer, handler_sub, handler_name, handler_since, handler_by) IN (0, 5));
-- what a person has in hand, and what waits for a handler, each by its next limit
CREATE INDEX cases_handler_due ON cases (node, handler_sub, next_due_at, id)
  WHERE custody = 'HELD' AND closed_at IS NULL AND handler_sub IS NOT NULL;
CREATE INDEX cases_unhandled_due ON cases (node, next_due_at, id)
  WHERE custody = 'HELD' AND closed_at IS NULL AND handler_sub IS NULL AND paused_days IS NULL;
