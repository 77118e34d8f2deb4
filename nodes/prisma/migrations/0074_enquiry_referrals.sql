-- 转请答复: the desk that was asked first asks another node for the answer, and stays answerable itself.
CREATE TABLE enquiry_referrals (
  node text NOT NULL,
  enquiry text NOT NULL,
  to_node text NOT NULL,
  at timestamptz(3) NOT NULL,
  question text NOT NULL,
  reason text NOT NULL,
  referred_by text NOT NULL,
  referred_by_name text NOT NULL,
  answered_at timestamptz(3),
  answer text,
  -- why the other node did not take it
  refusal text,
  PRIMARY KEY (node, enquiry, to_node)
);

-- at the node that is asked for an answer: by whom, and the enquiry there
ALTER TABLE enquiries
  ADD COLUMN referred_by text,
  ADD COLUMN referred_id text,
  ADD CONSTRAINT enquiries_referred CHECK ((referred_by IS NULL) = (referred_id IS NULL));
CREATE UNIQUE INDEX enquiries_referral ON enquiries (node, referred_by, referred_id) WHERE referred_by IS NOT NULL;
