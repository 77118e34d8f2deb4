-- 表格下载: blank forms and samples that items name. A row without content is a form whose bytes are still on their way
-- from the city. Forms are public, so they are not sealed.
CREATE TABLE item_forms (
  node text NOT NULL,
  sha256 text NOT NULL,
  file_name text NOT NULL,
  media_type text NOT NULL,
  size int NOT NULL CHECK (size > 0),
  -- whether a published item names it; until then it belongs to a draft, and is given to no one
  published boolean NOT NULL DEFAULT false,
  content bytea,
  PRIMARY KEY (node, sha256)
);

-- pieces that came from the level above, until the last makes the form whole
CREATE TABLE item_form_parts (
  node text NOT NULL,
  sha256 text NOT NULL,
  start int NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (node, sha256, start)
);

-- nodes of the level below that wait for a form this node does not have yet
CREATE TABLE item_form_wishes (
  node text NOT NULL,
  child text NOT NULL,
  sha256 text NOT NULL,
  PRIMARY KEY (node, child, sha256)
);
CREATE INDEX item_form_wishes_form ON item_form_wishes (node, sha256);
