-- 预约服务: the times of windows that can be booked, and who booked them. Numbers of places are kept with the slot.
CREATE TABLE appointment_slots (
  node text NOT NULL,
  id uuid NOT NULL,
  window_code text NOT NULL,
  day date NOT NULL,
  -- HH:MM in Asia/Shanghai
  begins text NOT NULL,
  ends text NOT NULL,
  capacity integer NOT NULL,
  -- 延时服务
  after_hours boolean NOT NULL,
  -- appointments that take a place
  booked integer NOT NULL,
  -- the number of the last appointment; one that was cancelled keeps its number
  last integer NOT NULL,
  -- why the desk closed it; null while it is open
  closed_for text,
  opened_by text NOT NULL,
  PRIMARY KEY (node, id),
  CHECK (begins < ends),
  CHECK (booked BETWEEN 0 AND capacity)
);
CREATE INDEX appointment_slots_day ON appointment_slots (node, day, window_code, begins);

-- Name and phone are sealed, and forgotten 30 days after the day.
CREATE TABLE appointments (
  node text NOT NULL,
  number text NOT NULL,
  slot uuid NOT NULL,
  day date NOT NULL,
  item text NOT NULL,
  state text NOT NULL,
  booked_at timestamptz(3) NOT NULL,
  -- of number and code, which the booker has
  code_hash text NOT NULL,
  name text,
  phone text,
  -- keyed: finds the open appointments of one phone
  phone_digest text,
  -- subject of the person of the desk who marked it
  marked_by text,
  PRIMARY KEY (node, number)
);
CREATE INDEX appointments_day ON appointments (node, day);
CREATE INDEX appointments_slot ON appointments (node, slot);
CREATE INDEX appointments_phone ON appointments (node, phone_digest, day) WHERE state = 'BOOKED';
