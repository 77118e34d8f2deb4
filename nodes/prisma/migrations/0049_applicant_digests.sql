-- 按申请人查找: keyed digests of what a case is found by. The key comes from the node's data key; no value is here.
CREATE TABLE applicant_digests (
  node text NOT NULL,
  case_id text NOT NULL,
  by text NOT NULL,
  digest text NOT NULL,
  PRIMARY KEY (node, case_id, by, digest)
);
CREATE INDEX applicant_digests_digest ON applicant_digests (node, digest);
-- how often a person searched in the hour that began then
CREATE TABLE search_rates (
  node text NOT NULL,
  issuer text NOT NULL,
  person text NOT NULL,
  since timestamptz(3) NOT NULL,
  searches int NOT NULL,
  PRIMARY KEY (node, issuer, person)
);
