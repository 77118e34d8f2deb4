-- Rows of cases without logs at node $1, $2 of them, for what reads rows only: benchmarks and tests of the work queue.
-- Of ten, six are closed, three are in hand or decided, one is anything else; half a percent of those in hand stand
-- still, and one in three hundred is urgent. Over forty items of eight departments, one item and one department of
-- which are rare.
INSERT INTO cases (node, id, number, item, filing_node, acceptor, decider, state, custody, custodian, epoch, seq,
  head, filed_at, last_at, due_at, closed_at, next_due_at, paused_days, department, urgent)
SELECT $1::text, $1::text || '-' || i, 'row-' || i, 'item-' || item, $1, $1, $1, state, 'HELD', $1, 1, 5, 'head', filed,
  filed, filed + interval '30 days', CASE WHEN state = 'CLOSED' THEN filed END,
  CASE WHEN state IN ('CLOSED', 'AWAITING_SUPPLEMENT', 'DRAFT') THEN '9999-12-31Z'
    ELSE now() + interval '1 day' * (i % 4000 * 7919 % 4000 - 1000) / 100 END,
  CASE WHEN state = 'ACCEPTED' AND i % 199 = 0 THEN i % 30 - 3 END,
  'department-' || item % 8, i % 307 = 0
FROM (
  SELECT i, CASE WHEN i % 1000 = 0 THEN 40 ELSE i * 31 % 40 END AS item,
    now() - interval '1 minute' * (i % 500000) AS filed,
    CASE WHEN i % 10 < 6 THEN 'CLOSED' WHEN i % 10 = 6 THEN 'ACCEPTED' WHEN i % 10 = 7 THEN 'REVIEWED'
      WHEN i % 10 = 8 THEN 'GRANTED' WHEN i % 50 = 9 THEN 'AWAITING_SUPPLEMENT' WHEN i % 50 = 19 THEN 'DRAFT'
      WHEN i % 50 = 29 THEN 'REFUSED' ELSE 'FILED' END AS state
  FROM generate_series(1, $2::int) AS i
) AS made
