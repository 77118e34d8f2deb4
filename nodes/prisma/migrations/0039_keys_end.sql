-- Idempotency keys are forgotten after a while; rows lie in the order of their time, which a BRIN keeps for next to nothing.
CREATE INDEX idempotency_at ON idempotency USING brin (at);
