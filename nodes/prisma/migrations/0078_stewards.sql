-- 管家服务: enterprises with a steward at this desk. Name, code and contact are sealed; the digest is that by which an
-- applicant's cases are found.
CREATE TABLE stewarded_enterprises (
  node text NOT NULL,
  id text NOT NULL,
  digest text NOT NULL,
  name text NOT NULL,
  code text NOT NULL,
  contact_name text NOT NULL,
  contact_phone text NOT NULL,
  steward_issuer text NOT NULL,
  steward_sub text NOT NULL,
  steward_name text NOT NULL,
  steward_since timestamptz(3) NOT NULL,
  named_by text NOT NULL,
  named_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  ended_by text,
  ended_reason text,
  PRIMARY KEY (node, id)
);
-- one steward at a desk for an enterprise
CREATE UNIQUE INDEX stewarded_enterprises_digest ON stewarded_enterprises (node, digest) WHERE ended_at IS NULL;
CREATE INDEX stewarded_enterprises_steward ON stewarded_enterprises (node, steward_sub) WHERE ended_at IS NULL;
CREATE INDEX stewarded_enterprises_newest ON stewarded_enterprises (node, named_at DESC, id DESC);
