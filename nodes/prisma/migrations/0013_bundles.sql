-- 一件事: one form and its shared materials, given once for several items.
CREATE TABLE bundles (
  node text NOT NULL,
  id uuid NOT NULL,
  item text NOT NULL,
  -- how the bundle was defined when it was filed; it goes on by that
  item_version integer NOT NULL,
  place text NOT NULL,
  -- applicant, consent and the one form, as filed
  application text NOT NULL,
  -- the shared materials, named by their content
  materials jsonb NOT NULL,
  -- one slip for all members, also for those that are filed later
  tracking_code text NOT NULL,
  -- for whom the node's clockwork files the later members
  agent jsonb NOT NULL,
  filed_at timestamptz NOT NULL,
  -- lines of the members' cases the clockwork has looked at
  seen bigint NOT NULL,
  -- when a member that could not be filed is tried again
  retry_at timestamptz,
  -- nothing is left to file
  settled boolean NOT NULL,
  PRIMARY KEY (node, id)
);
CREATE INDEX bundles_open ON bundles (node) WHERE NOT settled;
CREATE INDEX bundles_filed ON bundles (node, filed_at DESC, id);

CREATE TABLE bundle_members (
  node text NOT NULL,
  bundle uuid NOT NULL,
  item text NOT NULL,
  -- null while it is not filed
  case_id text,
  -- why the clockwork could not file it
  fault text,
  PRIMARY KEY (node, bundle, item),
  FOREIGN KEY (node, bundle) REFERENCES bundles (node, id)
);
