-- What an item is found by and compared by, computed once when it is stored (catalogue/item-index.ts). Null in rows
-- from before; a host fills them when it starts. No trigram index: two Chinese characters make no trigram, and a
-- node's few thousand rows are read by the primary key in a few milliseconds.
ALTER TABLE items
  -- fields on lines of their own: name, its initials, code, department, life events and their initials; lower case
  ADD COLUMN search_text text,
  -- full pinyin of name and life events, a blank before each syllable
  ADD COLUMN search_pinyin text,
  -- deciding tier, accepting tiers, proxy handling: all that says whether an item is a desk's own
  ADD COLUMN competence_key text,
  -- SHA-256 of the unified elements
  ADD COLUMN digest text,
  -- which form of the four columns above the row has; another than the program's is computed again
  ADD COLUMN index_form integer;
CREATE INDEX items_index_form ON items (node, index_form);

-- 标准化统计: a node's figures of standardization, a row for each day on which they changed.
CREATE TABLE standardization_days (
  node text NOT NULL,
  day date NOT NULL,
  figures jsonb NOT NULL,
  PRIMARY KEY (node, day)
);
