-- Published grants that can't be judged yet: they rest on a key or an item that this node does not know.
CREATE TABLE waiting_grants (
  node text NOT NULL,
  -- SHA-256 of the published documents
  digest text NOT NULL,
  publisher text NOT NULL,
  -- JSON of the JWS of the grant, its answer and its end
  documents text NOT NULL,
  -- KEY_UNKNOWN or ITEM_UNKNOWN
  code text NOT NULL,
  since timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (node, digest)
);
