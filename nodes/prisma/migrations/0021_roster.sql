-- 代办员名册: the agents of a place; from its first entry on, only who stands in it acts as agent there.
CREATE TABLE roster_agents (
  node text NOT NULL,
  -- subject of the agent's token
  sub text NOT NULL,
  name text NOT NULL,
  -- STAFF, CONTRACTED
  employment text NOT NULL,
  -- codes of items the agent does not handle
  withheld text[] NOT NULL,
  from_day date NOT NULL,
  -- the last day; null until it is ended
  until_day date,
  -- the B of this post
  stand_in text,
  stand_in_name text,
  PRIMARY KEY (node, sub),
  CHECK ((stand_in IS NULL) = (stand_in_name IS NULL))
);

CREATE TABLE roster_trainings (
  node text NOT NULL,
  id text NOT NULL,
  sub text NOT NULL,
  what text NOT NULL,
  held_on date NOT NULL,
  -- the last day it holds; null where it does not end
  valid_until date,
  PRIMARY KEY (node, id)
);
CREATE INDEX roster_trainings_sub ON roster_trainings (node, sub, held_on);

-- AB角: who stands in for whom in which post, from a day to a day.
CREATE TABLE stand_ins (
  node text NOT NULL,
  id text NOT NULL,
  role text NOT NULL,
  absent text NOT NULL,
  absent_name text NOT NULL,
  -- null for a post of the whole desk
  department text,
  stand_in text NOT NULL,
  stand_in_name text NOT NULL,
  from_day date NOT NULL,
  until_day date NOT NULL,
  -- from this day on it gives nothing any more
  ended_on date,
  -- the agent's absence it comes from
  absence text,
  PRIMARY KEY (node, id)
);
CREATE INDEX stand_ins_person ON stand_ins (node, stand_in, until_day);
CREATE INDEX stand_ins_until ON stand_ins (node, until_day);

-- 代办员缺岗.
CREATE TABLE agent_absences (
  node text NOT NULL,
  id text NOT NULL,
  agent text NOT NULL,
  agent_name text NOT NULL,
  from_day date NOT NULL,
  until_day date NOT NULL,
  reason text NOT NULL,
  -- the first day the agent was back before the term was over
  ended_on date,
  -- who stands in; null where the township's team takes over
  stand_in text,
  stand_in_name text,
  -- who wrote it down, as it stands in the log of each case that is passed on
  reported_by jsonb NOT NULL,
  -- when everything that comes back had come back
  settled_at timestamptz(3),
  PRIMARY KEY (node, id)
);
CREATE INDEX agent_absences_open ON agent_absences (node, from_day) WHERE settled_at IS NULL;

-- What became of an absent agent's cases: the list of the hand-over.
CREATE TABLE absence_cases (
  node text NOT NULL,
  absence text NOT NULL,
  case_id text NOT NULL,
  -- STAND_IN, TEAM, TAKEN_OVER, LEFT
  passed_on text NOT NULL,
  at timestamptz(3) NOT NULL,
  -- who looks after it from then on, and the change in the case's log that says so; null where none does
  to_agent jsonb,
  change text,
  back_at timestamptz(3),
  back_change text,
  PRIMARY KEY (node, absence, case_id)
);
CREATE INDEX absence_cases_case ON absence_cases (node, case_id);

-- 岗位变动: who wrote what into these registers, and when; append-only.
CREATE TABLE post_log (
  node text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz(3) NOT NULL,
  actor text NOT NULL,
  actor_name text NOT NULL,
  change text NOT NULL,
  -- the person it is about
  subject text NOT NULL,
  subject_name text NOT NULL,
  what jsonb NOT NULL,
  PRIMARY KEY (node, id)
);
CREATE FUNCTION post_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'post_log is append-only';
END
$$;
CREATE TRIGGER post_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON post_log
  FOR EACH STATEMENT EXECUTE FUNCTION post_log_is_append_only();

-- Who looks after a case by proxy, folded from its log: agent is null for the whole team of that desk.
ALTER TABLE cases
  ADD COLUMN agent_node text,
  ADD COLUMN agent text;
CREATE INDEX cases_agent ON cases (node, agent) WHERE closed_at IS NULL AND agent IS NOT NULL;
CREATE INDEX cases_team ON cases (node, agent_node) WHERE closed_at IS NULL AND agent IS NULL AND agent_node IS NOT NULL;

-- The payload of a line as it was signed (JWS, base64url without padding).
CREATE FUNCTION pg_temp.line_of(jws text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT convert_from(decode(rpad(p, (ceil(length(p) / 4.0) * 4)::int, '='), 'base64'), 'UTF8')::jsonb
  FROM (SELECT translate(split_part(jws, '.', 2), '-_', '+/')) AS part (p)
$$;
-- whoever took it in with the applicant's consent
UPDATE cases c SET agent_node = first.line ->> 'node', agent = first.line #>> '{actor,sub}'
FROM (SELECT node, case_id, pg_temp.line_of(jws) AS line FROM case_log WHERE seq = 1) AS first
WHERE c.node = first.node AND c.id = first.case_id AND jsonb_typeof(first.line #> '{data,consent}') = 'object';
-- or the team of the desk it was handed over to; a hand-over that was refused changes nothing
UPDATE cases c SET agent_node = handed.line #>> '{data,to}', agent = NULL
FROM (
  SELECT DISTINCT ON (l.node, l.case_id) l.node, l.case_id, l.line
  FROM (SELECT node, case_id, seq, pg_temp.line_of(jws) AS line FROM case_log) AS l
  WHERE l.line ->> 'action' = 'TRANSFERRED' AND NOT EXISTS (
    SELECT 1 FROM case_log r
    WHERE r.node = l.node AND r.case_id = l.case_id AND r.seq = l.seq + 1
      AND pg_temp.line_of(r.jws) ->> 'action' = 'HANDOFF_REFUSED')
  ORDER BY l.node, l.case_id, l.seq DESC
) AS handed
WHERE c.node = handed.node AND c.id = handed.case_id AND c.agent_node IS NOT NULL;
