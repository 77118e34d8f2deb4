-- 延续: when a case counts as granted because the licence it is to renew expires with nothing decided (Art. 50), so that
-- the clockwork need not fold every case. Written with the case's lines, also where the case only arrives; null where
-- nothing is renewed or it is settled. No case from before renews anything.
ALTER TABLE cases ADD COLUMN renewal_due_at timestamptz(3);
CREATE INDEX cases_renewal_due ON cases (node, renewal_due_at) WHERE renewal_due_at IS NOT NULL;
