-- 项目: what groups cases of several tiers. Each node keeps its own projects and copies of those that concern it. The log
-- is what counts: signed by the node that keeps the project, chained, never changed. Lines may come out of order.
CREATE TABLE project_log (
  node text NOT NULL,
  project text NOT NULL,
  seq integer NOT NULL,
  jws text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (node, project, seq)
);

-- Folded from the log, so that lists need not fold.
CREATE TABLE projects (
  node text NOT NULL,
  id text NOT NULL,
  -- the node that keeps it
  keeper text NOT NULL,
  phase text NOT NULL,
  -- 重点项目
  key boolean NOT NULL,
  ended boolean NOT NULL,
  -- the day its time began: initiation, or its first case where that was filed earlier
  began_on date NOT NULL,
  PRIMARY KEY (node, id)
);
CREATE INDEX projects_latest ON projects (node, began_on DESC, id DESC);

-- How a project stands by the latest fact its keeper stated of it: the figures of this level count these.
CREATE TABLE rollup_projects (
  node text NOT NULL,
  publisher text NOT NULL,
  project text NOT NULL,
  amount_fen bigint NOT NULL,
  key boolean NOT NULL,
  phase text NOT NULL,
  began_on date NOT NULL,
  started_on date,
  ended_on date,
  PRIMARY KEY (node, publisher, project)
);
CREATE INDEX rollup_projects_began ON rollup_projects (node, began_on);
