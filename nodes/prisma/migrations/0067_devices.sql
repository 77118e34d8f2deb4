-- 设备和预留编号: devices of a desk's people, the case numbers they take ahead for a day, and the cases filed late with them.
CREATE TABLE devices (
  node text NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  -- the person who registered and uses it
  issuer text NOT NULL,
  sub text NOT NULL,
  person text NOT NULL,
  registered_at timestamptz(3) NOT NULL,
  seen_at timestamptz(3) NOT NULL,
  ended_at timestamptz(3),
  end_reason text,
  -- name of the person who ended it
  ended_by text,
  PRIMARY KEY (node, id)
);
CREATE INDEX devices_person ON devices (node, issuer, sub);

CREATE TABLE number_blocks (
  node text NOT NULL,
  id uuid NOT NULL,
  device uuid NOT NULL,
  day date NOT NULL,
  -- serials first to first + size - 1 of the day
  first int NOT NULL,
  size int NOT NULL,
  taken_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  state text NOT NULL,
  ended_at timestamptz(3),
  PRIMARY KEY (node, id)
);
CREATE UNIQUE INDEX number_blocks_serials ON number_blocks (node, day, first);
CREATE INDEX number_blocks_device ON number_blocks (node, device, day);
CREATE INDEX number_blocks_open ON number_blocks (node, expires_at) WHERE state = 'OPEN';

CREATE TABLE late_filings (
  node text NOT NULL,
  number text NOT NULL,
  block uuid NOT NULL,
  case_id text NOT NULL,
  -- when the desk received it, by the device's clock
  received_at timestamptz(3) NOT NULL,
  entered_at timestamptz(3) NOT NULL,
  PRIMARY KEY (node, number)
);
CREATE INDEX late_filings_block ON late_filings (node, block);
