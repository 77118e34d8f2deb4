-- 数据密钥: which keys a node's personal data is sealed with. The keys themselves stand in files, never here.
CREATE TABLE data_keys (
  node text NOT NULL,
  -- twelve characters of the key's digest
  kid text NOT NULL,
  made_at timestamptz(3) NOT NULL,
  -- when no row of the node was sealed with it any more
  retired_at timestamptz(3),
  PRIMARY KEY (node, kid)
);

-- What is sealed is text: the host seals what stands here in its next start.
ALTER TABLE register_rows ALTER COLUMN fields TYPE text USING fields::text;
ALTER TABLE idempotency ALTER COLUMN response TYPE text USING response::text;
