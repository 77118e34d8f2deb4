-- 项目代办员: the agent a project was last dispatched to, by the project's log, so that agents find theirs.
ALTER TABLE projects
  ADD COLUMN agent_node text,
  ADD COLUMN agent text;
CREATE INDEX projects_agent ON projects (node, agent) WHERE agent IS NOT NULL AND NOT ended;

-- The payload of a line as it was signed (JWS, base64url without padding).
CREATE FUNCTION pg_temp.project_line_of(jws text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT convert_from(decode(rpad(p, (ceil(length(p) / 4.0) * 4)::int, '='), 'base64'), 'UTF8')::jsonb
  FROM (SELECT translate(split_part(jws, '.', 2), '-_', '+/')) AS part (p)
$$;
UPDATE projects p SET agent_node = last.line #>> '{data,agent,node}', agent = last.line #>> '{data,agent,sub}'
FROM (
  SELECT DISTINCT ON (node, project) node, project, line
  FROM (SELECT node, project, seq, pg_temp.project_line_of(jws) AS line FROM project_log) AS lines
  WHERE line ->> 'action' = 'DISPATCHED' ORDER BY node, project, seq DESC
) AS last
WHERE last.node = p.node AND last.project = p.id;
DROP FUNCTION pg_temp.project_line_of;
