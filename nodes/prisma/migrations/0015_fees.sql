-- 收费台账: what the fee windows of this node billed, took, waived and gave back; a line of a case's log each, written
-- in the same transaction. Amounts are whole fen.
CREATE TABLE fee_entries (
  node text NOT NULL,
  case_id text NOT NULL,
  seq integer NOT NULL,
  action text NOT NULL CHECK (action IN ('BILLED', 'PAID', 'FEE_WAIVED', 'REFUNDED')),
  at timestamptz(3) NOT NULL,
  -- the day it counts for, in the centre's zone
  day date NOT NULL,
  window_code text NOT NULL,
  amount_fen bigint NOT NULL CHECK (amount_fen >= 0),
  receipt text,
  -- of a refund, the payment's receipt
  refund_of text,
  -- subject of whoever did it
  person text NOT NULL,
  PRIMARY KEY (node, case_id, seq)
);
CREATE INDEX fee_entries_day ON fee_entries (node, window_code, day);
CREATE FUNCTION fee_entries_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'fee_entries is append-only';
END
$$;
CREATE TRIGGER fee_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fee_entries
  FOR EACH STATEMENT EXECUTE FUNCTION fee_entries_are_append_only();

-- 票据号: each stands for one payment, of one case or of a bundle's together, or for one refund.
CREATE TABLE fee_receipts (
  node text NOT NULL,
  receipt text NOT NULL,
  window_code text NOT NULL,
  at timestamptz(3) NOT NULL,
  amount_fen bigint NOT NULL CHECK (amount_fen > 0),
  PRIMARY KEY (node, receipt)
);
