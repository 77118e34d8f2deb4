-- What a node can't send whatever it tries: shown where it is sent from, by receiver and kind. A row whose last try is
-- long ago is history.
CREATE TABLE send_faults (
  node text NOT NULL,
  receiver text NOT NULL,
  kind text NOT NULL,
  -- the message, or the feed; empty for all of the kind
  subject text NOT NULL,
  code text NOT NULL,
  reason text NOT NULL,
  first_at timestamptz(3) NOT NULL DEFAULT now(),
  last_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (node, receiver, kind, subject)
);
