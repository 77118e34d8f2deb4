import type { DivisionCode } from '@liandong/schema/kernel';
import type { ProjectFile, ProjectFilter, ProjectLine, ProjectStanding } from '@liandong/schema/domains/projects';
import { beganOn, foldProject, phaseOf, projectLineSchema } from '@liandong/schema/domains/projects';
import { problem } from '@liandong/schema/kernel';
import type { NodeQueries, NodeReader, RowOf, SharedTx } from '../db/index.ts';
import { insert, pipelined } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { payloadOf, sha256 } from '../trust/index.ts';
import { projectLogTable, projectsTable } from './tables.ts';

/** A line of a project's log with its signature. */
export interface SignedProjectLine {
  line: ProjectLine;
  jws: string;
  /** SHA-256 of the JWS, which the next line's `prev` names. */
  hash: string;
}

/** A project as one node keeps it or knows it from another. */
export interface StoredProject {
  /** Folded from the lines held without a gap. */
  file: ProjectFile;
  lines: SignedProjectLine[];
}

type LineRow = Pick<RowOf<typeof projectLogTable>, 'project' | 'jws' | 'hash'>;

/** Reads a stored line without checks: it was checked when it came in. */
const stored = ({ jws, hash }: LineRow): SignedProjectLine => ({ line: payloadOf(jws) as ProjectLine, jws, hash });

/** A line from another node; the caller checks its signature. @throws {ProblemError} MESSAGE_INVALID */
export function signedProjectLine(jws: string, payload: unknown): SignedProjectLine {
  const parsed = projectLineSchema.safeParse(payload);
  if (!parsed.success) throw problem('MESSAGE_INVALID', "Not a line of a project's log.", { cause: parsed.error });
  return { line: parsed.data, jws, hash: sha256(jws) };
}

/**
 * The lines from the first on that follow each other, by number and by hash. Notices may overtake each other, and a
 * line that came ahead of earlier ones may prove not to belong to the log.
 */
export function following(lines: readonly SignedProjectLine[]): SignedProjectLine[] {
  const end = lines.findIndex(
    ({ line }, index) => line.seq !== index + 1 || line.prev !== (lines[index - 1]?.hash ?? null),
  );
  return end === -1 ? [...lines] : lines.slice(0, end);
}

/** Folds signed lines, checking the chain. @throws {ProblemError} CHAIN_BROKEN, ILLEGAL_STEP */
export function foldProjectChain(lines: readonly SignedProjectLine[]): ProjectFile {
  lines.forEach(({ line }, index) => {
    if (line.prev !== (lines[index - 1]?.hash ?? null)) {
      throw problem('CHAIN_BROKEN', `Line ${line.seq} of ${line.project} does not name the line ahead of it.`);
    }
  });
  return foldProject(lines.map(({ line }) => line));
}

/**
 * Projects as this node knows them, in the order of the ids. Unknown ones and those that can't be read are left out.
 */
export async function findProjects(
  queries: NodeQueries,
  ids: readonly string[],
  failures: Failures,
): Promise<StoredProject[]> {
  const rowsOf = await readRows(queries, ids);
  const subjectOf = (id: string) => ({ node: queries.node, project: id });
  return failures.map('reading a project', ids, subjectOf, (id) => projectOf(id, rowsOf)).filter((p) => p !== null);
}

/**
 * A project as this node knows it; null if it does not know the id.
 * @throws {ProblemError} CHAIN_BROKEN where it can't be read
 */
export async function findProject(queries: NodeQueries, id: string): Promise<StoredProject | null> {
  return projectOf(id, await readRows(queries, [id]));
}

async function readRows(queries: NodeQueries, ids: readonly string[]): Promise<LineRow[]> {
  if (ids.length === 0) return [];
  return queries.query<LineRow>(
    `SELECT project, jws, hash FROM project_log WHERE node = $1 AND project = ANY ($2) ORDER BY project, seq`,
    [ids],
  );
}

function projectOf(id: string, rows: readonly LineRow[]): StoredProject | null {
  try {
    const held = rows.filter((row) => row.project === id).map(stored);
    const lines = following(held);
    if (held.some(({ line }) => !Number.isInteger(line.seq))) throw new Error('a line has no number');
    return lines.length === 0 ? null : { file: foldProject(lines.map(({ line }) => line)), lines };
  } catch (cause) {
    throw problem('CHAIN_BROKEN', `The log of the project ${id} cannot be followed.`, { field: 'id', cause });
  }
}

/**
 * Locks all projects of this node until the transaction ends. All of them at once, so that a batch of messages may come
 * to several in any order. Projects are locked after cases (docs/decisions/0026-order-of-locks.md).
 */
export async function lockProjects(tx: SharedTx): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(hashtext('projects'), hashtext(node)) FROM (VALUES ($1)) AS n (node) WHERE node = $1`,
  );
}

/** Reads one project and locks it until the transaction ends. */
export async function lockProject(tx: SharedTx, id: string): Promise<StoredProject | null> {
  // two statements, so that the lines are read after the lock is taken
  const [, found] = await pipelined(lockProjects(tx), findProject(tx, id));
  return found;
}

/** Lines of one project this node holds, also those behind a gap. */
export async function readProjectLines(queries: NodeQueries, id: string): Promise<SignedProjectLine[]> {
  const rows = await queries.query<LineRow>(
    `SELECT project, jws, hash FROM project_log WHERE node = $1 AND project = $2 ORDER BY seq`,
    [id],
  );
  return rows.map(stored);
}

/** Adds lines and updates the project's row; null if a gap is still ahead of all lines. */
export async function saveProject(
  tx: SharedTx,
  lines: readonly SignedProjectLine[],
  file: ProjectFile | null,
): Promise<void> {
  const rows = lines.map(({ line: { project, seq }, jws, hash }) => ({ project, seq, jws, hash }));
  // waiting lines at these numbers came ahead of the lines before them, and do not belong to the log
  await insert(tx, projectLogTable, rows, 'REPLACE');
  if (!file) return;
  const { id, node: keeper, key, ended, agent } = file;
  const { phase } = phaseOf(file);
  const row = { id, keeper, phase, key: key !== null, ended: ended !== null, beganOn: beganOn(file) };
  const by = { agentNode: agent?.node ?? null, agent: agent?.sub ?? null };
  await insert(tx, projectsTable, [{ ...row, ...by }], 'REPLACE');
}

/** The project's state that a case's desk needs; null if this node does not know the id. */
export async function findStanding(queries: NodeQueries, id: string): Promise<ProjectStanding | null> {
  const [row] = await queries.query<ProjectStanding>(
    `SELECT id, key, ended FROM projects WHERE node = $1 AND id = $2`,
    [id],
  );
  return row ?? null;
}

/** Where a list continues: the last project shown. */
export interface ProjectCursor {
  beganOn: string;
  id: string;
}

/** Ids of the projects this node keeps or knows, the latest begun first. */
export async function listProjects(
  queries: NodeQueries,
  { key, phase, ended }: ProjectFilter,
  after: ProjectCursor | null,
  most: number,
): Promise<ProjectCursor[]> {
  return queries.query<ProjectCursor>(
    `SELECT id, began_on AS "beganOn" FROM projects
     WHERE node = $1 AND ($2::boolean IS NULL OR key = $2) AND ($3::text IS NULL OR phase = $3)
       AND ($4::boolean IS NULL OR ended = $4) AND ($5::date IS NULL OR (began_on, id) < ($5, $6::text))
     ORDER BY began_on DESC, id DESC LIMIT $7`,
    [key, phase, ended, after?.beganOn ?? null, after?.id ?? null, most],
  );
}

/** Ids of the running projects whose agent is one of these people of this node, the latest begun first. */
export async function listProjectsOf(
  queries: NodeQueries,
  agents: readonly string[],
  after: ProjectCursor | null,
  most: number,
): Promise<ProjectCursor[]> {
  return queries.query<ProjectCursor>(
    `SELECT id, began_on AS "beganOn" FROM projects
     WHERE node = $1 AND agent_node = $1 AND agent = ANY ($2::text[]) AND NOT ended
       AND ($3::date IS NULL OR (began_on, id) < ($3, $4::text))
     ORDER BY began_on DESC, id DESC LIMIT $5`,
    [agents, after?.beganOn ?? null, after?.id ?? null, most],
  );
}

/** Every project this node knows that a given node keeps, or kept first. */
export async function findKeptBy(
  queries: NodeQueries,
  keeper: DivisionCode,
  failures: Failures,
): Promise<StoredProject[]> {
  const rows = await queries.query<{ id: string }>(
    `SELECT id FROM projects WHERE node = $1 AND (keeper = $2 OR id LIKE $2 || '-%') ORDER BY id`,
    [keeper],
  );
  return findProjects(
    queries,
    rows.map((row) => row.id),
    failures,
  );
}

/** The cases of the projects that some nodes keep or kept first, as far as this node knows them. */
export async function casesInProjectsOf(
  queries: NodeQueries,
  keepers: readonly DivisionCode[],
  failures: Failures,
): Promise<string[]> {
  const known = await Promise.all(keepers.map((keeper) => findKeptBy(queries, keeper, failures)));
  return known.flat().flatMap(({ file }) => file.cases.map(({ id }) => id));
}

/** The projects this node keeps itself. */
export async function findOwn({ node, reads }: NodeReader): Promise<string[]> {
  const rows = await reads.project.findMany({ where: { keeper: node }, orderBy: { id: 'asc' }, select: { id: true } });
  return rows.map(({ id }) => id);
}
