-- 到期删除: when a party's node removed what it was shown with a question that is over; names and digests stay.
ALTER TABLE opinion_requests ADD COLUMN removed_at timestamptz(3);
CREATE INDEX opinion_requests_shown ON opinion_requests (node) WHERE removed_at IS NULL AND lines IS NOT NULL AND NOT waiting;
