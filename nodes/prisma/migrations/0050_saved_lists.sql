-- 常用列表: lists of cases as people arranged them; the desk's own, they travel nowhere.
CREATE TABLE saved_lists (
  node text NOT NULL,
  id uuid NOT NULL,
  issuer text NOT NULL,
  person text NOT NULL,
  person_name text NOT NULL,
  name text NOT NULL,
  shared boolean NOT NULL,
  filter jsonb NOT NULL,
  order_by text,
  columns text[] NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  PRIMARY KEY (node, id)
);
CREATE UNIQUE INDEX saved_lists_name ON saved_lists (node, issuer, person, name);
