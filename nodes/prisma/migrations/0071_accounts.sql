-- 人员账号: logins that a desk gives its people, and their posts there. Names are never given twice and never deleted.
CREATE TABLE accounts (
  node text NOT NULL,
  username text NOT NULL,
  -- the issuer whose tokens the person signs in for
  issuer text NOT NULL,
  name text NOT NULL,
  -- scrypt of the password, or of the one-time code while code_until says so
  password text NOT NULL,
  code_until timestamptz(3),
  opened_at timestamptz(3) NOT NULL,
  opened_by text NOT NULL,
  last_sign_in_at timestamptz(3),
  -- wrong secrets since the last right one; counted before they are checked
  failures int NOT NULL DEFAULT 0 CHECK (failures >= 0),
  locked_until timestamptz(3),
  ended_at timestamptz(3),
  ended_by text,
  ended_reason text,
  PRIMARY KEY (node, username)
);
CREATE INDEX accounts_sign_in ON accounts (username, issuer);

CREATE TABLE desk_posts (
  node text NOT NULL,
  id uuid NOT NULL,
  issuer text NOT NULL,
  sub text NOT NULL,
  name text NOT NULL,
  roles text[] NOT NULL CHECK (cardinality(roles) > 0),
  department text,
  window_code text,
  from_day date NOT NULL,
  until_day date,
  given_at timestamptz(3) NOT NULL,
  given_by text NOT NULL,
  ended_at timestamptz(3),
  ended_by text,
  ended_reason text,
  PRIMARY KEY (node, id)
);
CREATE INDEX desk_posts_newest ON desk_posts (node, given_at DESC, id DESC);
-- of one person at all nodes of a host, when they sign in; and with every question they ask
CREATE INDEX desk_posts_person ON desk_posts (sub, issuer, node);
