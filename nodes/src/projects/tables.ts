import { boolean, day, integer, nullable, table, text } from '../db/table.ts';

/** Signed lines of projects kept here or told by other nodes; also lines that wait for earlier ones. */
export const projectLogTable = table('project_log', ['project', 'seq'], {
  project: text,
  seq: integer,
  jws: text,
  /** SHA-256 of the JWS. */
  hash: text,
});

/** What lists show of projects; follows from their lines. */
export const projectsTable = table('projects', ['id'], {
  id: text,
  keeper: text,
  phase: text,
  key: boolean,
  ended: boolean,
  beganOn: day,
  /** 项目代办员: desk and subject; null where it has none. */
  agentNode: nullable(text),
  agent: nullable(text),
});
