-- A project whose keeper was closed is kept, and counted, by the successor from then on.
ALTER TABLE rollup_projects ADD COLUMN moved boolean NOT NULL DEFAULT false;
