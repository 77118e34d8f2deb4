-- 目录比对 of all nodes of a host in one pass: heads are read from the index alone, and never the bodies beside them.
CREATE INDEX items_heads ON items (node, code, version DESC) INCLUDE (digest, competence_key)
  WHERE published_at IS NOT NULL;
-- A node's own implementations among the hundreds of copies it keeps of others'.
CREATE INDEX implementations_own ON implementations (node, item, version DESC) WHERE decider = node;
