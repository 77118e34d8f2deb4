-- CAME: a node's rows were taken in, its keys are not with its host yet. Only ARRIVED is served.
ALTER TABLE node_moves DROP CONSTRAINT node_moves_state_check;
ALTER TABLE node_moves ADD CONSTRAINT node_moves_state_check
  CHECK (state IN ('LEAVING', 'STILL', 'LEFT', 'CAME', 'ARRIVED', 'KEPT'));
