-- 排队叫号: the numbers of each day. They name no person.
CREATE TABLE queue_numbers (
  node text NOT NULL,
  -- in Asia/Shanghai
  day date NOT NULL,
  serial integer NOT NULL,
  number text NOT NULL,
  -- what the visitor came for: item or null, department, whether it is done
  services jsonb NOT NULL,
  -- the times of the appointment, HH:MM; null without one
  appointment jsonb,
  taken_at timestamptz(3) NOT NULL,
  state text NOT NULL,
  window_code text,
  called_at timestamptz(3),
  calls integer NOT NULL,
  PRIMARY KEY (node, day, serial)
);
-- a window has one number at a time
CREATE UNIQUE INDEX queue_numbers_called ON queue_numbers (node, day, window_code) WHERE state = 'CALLED';
