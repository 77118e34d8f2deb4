-- 事项变更: what was done to an item of the basic catalogue, by whom and why; kept at the city's node.
CREATE TABLE item_changes (
  node text NOT NULL,
  code text NOT NULL,
  seq integer NOT NULL,
  version integer NOT NULL,
  kind text NOT NULL,
  author text NOT NULL,
  author_name text NOT NULL,
  reason text NOT NULL,
  -- element by element against the version before
  diff jsonb NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (node, code, seq)
);

-- 审核意见: what the desks said of a draft; a draft is named by the seq of the change that made it.
CREATE TABLE item_reviews (
  node text NOT NULL,
  code text NOT NULL,
  draft integer NOT NULL,
  desk text NOT NULL,
  reviewer text NOT NULL,
  reviewer_name text NOT NULL,
  opinion text NOT NULL,
  remarks text,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (node, code, draft, desk)
);

-- 实施清单变更: who revised a node's own implementation, and why; what followed the item by itself has no line.
CREATE TABLE implementation_changes (
  node text NOT NULL,
  item text NOT NULL,
  version integer NOT NULL,
  author text NOT NULL,
  author_name text NOT NULL,
  reason text NOT NULL,
  diff jsonb NOT NULL,
  at timestamptz(3) NOT NULL,
  PRIMARY KEY (node, item, version)
);
