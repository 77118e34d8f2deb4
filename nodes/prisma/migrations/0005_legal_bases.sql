-- 法律依据: the articles items rest on, as this node knows them.
CREATE TABLE legal_bases (
  node text NOT NULL,
  -- the citation, 《…》第…条
  id text NOT NULL,
  title text NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (node, id)
);
CREATE INDEX legal_bases_title ON legal_bases (node, title);
-- Which version of which item cites what, read from its legal basis when it came in.
CREATE TABLE item_bases (
  node text NOT NULL,
  item text NOT NULL,
  version integer NOT NULL,
  basis text NOT NULL,
  PRIMARY KEY (node, item, version, basis)
);
CREATE INDEX item_bases_basis ON item_bases (node, basis);
-- 立改废: changes of the law as the city announced them.
CREATE TABLE legal_basis_changes (
  node text NOT NULL,
  id uuid NOT NULL,
  announced_on date NOT NULL,
  taken_at timestamptz(3) NOT NULL DEFAULT now(),
  body jsonb NOT NULL,
  PRIMARY KEY (node, id)
);
-- What desks told of a change, this node's own word among them. No foreign key: a word may come before its change.
CREATE TABLE legal_basis_reports (
  node text NOT NULL,
  change uuid NOT NULL,
  desk text NOT NULL,
  running_cases integer NOT NULL,
  counted_at timestamptz(3) NOT NULL,
  confirmed_at timestamptz(3),
  confirmed_by text,
  note text,
  PRIMARY KEY (node, change, desk)
);

-- 进驻登记: where this node handles an item; an item without a row is handled outside, without approval.
CREATE TABLE admission (
  node text NOT NULL,
  item text NOT NULL,
  admitted_from date,
  -- 负面清单: approved to be handled outside, up to and with a day
  exempt_reason text,
  exempt_approver text,
  exempt_until date,
  changed_at timestamptz(3) NOT NULL,
  changed_by text NOT NULL,
  PRIMARY KEY (node, item)
);
-- 收费项目变动: append-only; the fees of a day are folded from it.
CREATE TABLE fee_changes (
  node text NOT NULL,
  item text NOT NULL,
  name text NOT NULL,
  effective_from date NOT NULL,
  change text NOT NULL,
  -- fen; null where the amount follows a schedule of its own, and when the fee is dropped
  amount_fen bigint,
  basis text NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  recorded_by text NOT NULL,
  PRIMARY KEY (node, item, name, effective_from)
);

-- 窗口 of this node.
CREATE TABLE windows (
  node text NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  -- null for a comprehensive window
  department text,
  from_day date NOT NULL,
  until_day date,
  PRIMARY KEY (node, code)
);
-- 窗口授权: what departments let windows do.
CREATE TABLE window_authorities (
  node text NOT NULL,
  id uuid NOT NULL,
  window_code text NOT NULL,
  item text NOT NULL,
  department text NOT NULL,
  stages text[] NOT NULL,
  from_day date NOT NULL,
  until_day date,
  -- the first day it no longer holds
  revoked_on date,
  revoked_reason text,
  authorized_by text NOT NULL,
  PRIMARY KEY (node, id)
);
CREATE INDEX window_authorities_window ON window_authorities (node, window_code, item);
-- 印章登记
CREATE TABLE seals (
  node text NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  department text NOT NULL,
  keeper text NOT NULL,
  from_day date NOT NULL,
  until_day date,
  revoked_on date,
  revoked_reason text,
  PRIMARY KEY (node, id)
);
-- 相对集中行政许可权: a department's powers that a bureau holds.
CREATE TABLE power_transfers (
  node text NOT NULL,
  department text NOT NULL,
  from_day date NOT NULL,
  until_day date,
  bureau text NOT NULL,
  basis text NOT NULL,
  PRIMARY KEY (node, department, from_day)
);
