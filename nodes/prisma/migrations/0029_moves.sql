-- Nodes that move between hosts (迁移). The rows of one that left stay where they were, and this says that they count no
-- more; where it arrived its moves come along.
CREATE TABLE node_moves (
  node text NOT NULL,
  -- the node's moves are counted over all hosts
  number integer NOT NULL CHECK (number > 0),
  state text NOT NULL CHECK (state IN ('LEAVING', 'STILL', 'LEFT', 'ARRIVED', 'KEPT')),
  from_host text NOT NULL,
  to_host text NOT NULL,
  at timestamptz(3) NOT NULL DEFAULT now(),
  actor text NOT NULL,
  why text NOT NULL,
  PRIMARY KEY (node, number)
);
