-- A subscriber's word on a feed is taken only as far as the feed was sent to it. What it claims beyond the head of the
-- node's own feed is kept to be shown.
ALTER TABLE feed_cursors ADD COLUMN claimed bigint;
UPDATE feed_cursors c SET acked = least(c.acked, f.head), sent = least(c.acked, f.head)
  FROM feeds f WHERE f.node = c.node AND f.feed = c.feed AND f.publisher = c.publisher;
-- A publisher's signed word on its head: by it a subscriber proves what the publisher has forgotten.
ALTER TABLE feeds ADD COLUMN stated text;
