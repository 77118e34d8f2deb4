-- 上传: a file that a person sends in pieces before an application names it. What no application uses goes after a day.
CREATE TABLE uploads (
  node text NOT NULL,
  id uuid NOT NULL,
  -- who sends it; nobody else may use it
  issuer text NOT NULL,
  sub text NOT NULL,
  file_name text NOT NULL,
  media_type text NOT NULL,
  -- bytes of the whole file, and of those that came so far, in order
  size int NOT NULL CHECK (size > 0),
  received int NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),
  sha256 text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  completed_at timestamptz(3),
  used_at timestamptz(3),
  PRIMARY KEY (node, id)
);
CREATE INDEX uploads_person ON uploads (node, issuer, sub);
CREATE INDEX uploads_expiry ON uploads (node, expires_at);

CREATE TABLE upload_pieces (
  node text NOT NULL,
  upload uuid NOT NULL,
  start int NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (node, upload, start),
  FOREIGN KEY (node, upload) REFERENCES uploads (node, id) ON DELETE CASCADE
);

-- until then a complete upload waits for its application; null for what a case or a question has
ALTER TABLE blobs ADD COLUMN staged_until timestamptz(3);
CREATE INDEX blobs_staged ON blobs (node, staged_until) WHERE staged_until IS NOT NULL;
