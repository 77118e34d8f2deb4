import { handOver, keptBy, successionLines } from '@liandong/schema/case';
import type { CaseFile, Succession } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { HostDb, NodeQueries, SharedTx } from '../db/index.ts';
import { inBatches } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Trust } from '../trust/index.ts';
import { findCases, lockCase } from './case-store.ts';
import type { CaseWriter } from './case-writer.ts';

export interface SuccessionParts {
  node: DivisionCode;
  db: HostDb;
  trust: Trust;
  writer: CaseWriter;
  failures: Failures;
  /** The cases in projects that some closed nodes kept, as far as this node knows them. */
  inProjectsOf: (queries: NodeQueries, nodes: readonly DivisionCode[]) => Promise<string[]>;
  now: () => Date;
}

const BATCH = 200;
/** Time until a refused hand-over is tried again, ms: each try is a line in the case's log. */
const REFUSED_MS = 10 * 60_000;

/**
 * Applies closings to the cases a node holds, each case in a transaction of its own, so that an interrupted run
 * continues where it was. A closed node hands its open cases over to its successor; every other node writes into its
 * cases the successors of closed nodes they name.
 * @returns how many cases were written to
 */
export async function settleSuccessions(parts: SuccessionParts): Promise<number> {
  const { node, db, trust, writer, failures, inProjectsOf, now } = parts;
  const own = trust.successionOf(node);
  const closed = trust.successions();
  if (closed.length === 0) return 0;
  let written = 0;
  const linked = own
    ? []
    : await inProjectsOf(
        db.queries(node),
        closed.map((succession) => succession.node),
      );
  const concerned = inBatches(BATCH, (after: string | null) =>
    own ? openCases(db.queries(node), after ?? '') : casesThatName(db.queries(node), after ?? '', closed, linked),
  );
  const subjectOf = (id: string) => ({ node, case: id });
  await failures.each('moving a case to the successor', concerned, subjectOf, async (id) => {
    const done = await db.transact(node, async (tx: SharedTx) => {
      const stored = await lockCase(tx, id);
      if (!stored) return false;
      const step = own ? handingOver(node, stored.file, own, now()) : naming(node, stored.file, closed);
      if (!step) return false;
      await writer.append(tx, stored, step, now());
      return true;
    });
    if (done) written++;
  });
  return written;
}

/**
 * The cases a closed node still holds, by what keeps them there; NONE is on its way within seconds, BROKEN can't be
 * read.
 */
export async function leftToHandOver(
  queries: NodeQueries,
): Promise<Record<'NONE' | 'PROCEDURE' | 'JOINT' | 'HEARING' | 'IN_TRANSIT' | 'BROKEN', number>> {
  const left = { NONE: 0, PROCEDURE: 0, JOINT: 0, HEARING: 0, IN_TRANSIT: 0, BROKEN: 0 };
  for (let after = ''; ;) {
    const ids = await openCases(queries, after, ['HELD', 'IN_TRANSIT']);
    const { cases, broken } = await findCases(queries, ids);
    left.BROKEN += broken.length;
    for (const { file } of cases) {
      left[file.inTransitTo === null ? (keptBy(file) ?? 'NONE') : 'IN_TRANSIT']++;
    }
    const last = ids.at(-1);
    if (last === undefined || ids.length < BATCH) return left;
    after = last;
  }
}

function handingOver(node: DivisionCode, file: CaseFile, own: Succession, now: Date) {
  const [last] = file.successions.filter((s) => s.node === node).slice(-1);
  // no line follows its refusal, so its last line is as old as the refusal
  const refused = last !== undefined && now.getTime() - file.lastAt.getTime() < REFUSED_MS;
  return refused ? null : handOver(node, file, own);
}

function naming(node: DivisionCode, file: CaseFile, closed: readonly Succession[]) {
  if (file.custodian !== node || file.inTransitTo !== null) return null;
  const [first, ...rest] = successionLines(file, closed);
  return first ? { lines: [first, ...rest] as [typeof first, ...typeof rest], handOff: null } : null;
}

async function openCases(queries: NodeQueries, after: string, custody = ['HELD']): Promise<string[]> {
  const rows = await queries.query<{ id: string }>(
    `SELECT id FROM cases WHERE node = $1 AND id > $2 AND closed_at IS NULL AND custody = ANY ($3)
     ORDER BY id LIMIT ${BATCH}`,
    [after, custody],
  );
  return rows.map(({ id }) => id);
}

async function casesThatName(
  queries: NodeQueries,
  after: string,
  closed: readonly Succession[],
  linked: readonly string[],
): Promise<string[]> {
  const rows = await queries.query<{ id: string }>(
    `SELECT id FROM cases WHERE node = $1 AND id > $2 AND closed_at IS NULL AND custody = 'HELD'
       AND (acceptor = ANY ($3) OR decider = ANY ($3) OR filing_node = ANY ($3) OR agent_node = ANY ($3)
         OR id = ANY ($4))
     ORDER BY id LIMIT ${BATCH}`,
    [after, closed.map(({ node }) => node), linked],
  );
  return rows.map(({ id }) => id);
}
