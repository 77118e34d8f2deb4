-- 更正申请: what an application said until it was corrected, sealed; kept as long as the case, at the desk that corrected it.
CREATE TABLE earlier_applications (
  node text NOT NULL,
  case_id text NOT NULL,
  -- when it was corrected
  at timestamptz(3) NOT NULL,
  -- SHA-256 of its exact text, as the signed lines name it
  digest text NOT NULL,
  application text NOT NULL,
  PRIMARY KEY (node, case_id, digest)
);
