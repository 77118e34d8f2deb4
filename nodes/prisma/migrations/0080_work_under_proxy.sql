-- 代办统计: cases that were filed on a day with an agent for the applicant, by the marks of facts; and projects with one.
CREATE TABLE rollup_proxy_days (
  node text NOT NULL,
  publisher text NOT NULL,
  -- the day they were filed
  day date NOT NULL,
  filed int NOT NULL,
  closed int NOT NULL,
  -- working days from filing to closing of those that closed, together
  closed_days int NOT NULL,
  PRIMARY KEY (node, publisher, day)
);
ALTER TABLE rollup_projects ADD COLUMN proxied boolean NOT NULL DEFAULT false;
