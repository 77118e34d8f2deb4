import type { CaseCopy } from '@liandong/schema/wire';
import type { CaseFile } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import { contentsOf, projectKeeperOf, readersOf } from '@liandong/schema/case';
import { dossierSchema } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { NodeQueries, NodeTx, SharedTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Outbox, Outgoing, SharedReceiver, Verdict } from '../handoff/index.ts';
import { sha256 } from '../trust/index.ts';
import type { CaseReceiver, StoredCase } from '../cases/index.ts';
import { findCases, keepApplicant, lockCase, readableCases } from '../cases/index.ts';
import { absentMaterials, materialMessages, partsOf } from '../materials/index.ts';

/** Cases read at a time. */
const BATCH = 100;

/**
 * This node's part of the cases that a restored node may read and may have forgotten: whole logs, and for a desk that
 * held the case its application, and a list of its materials, papers and documents that are here.
 * @param since nothing that rested longer is given
 */
export async function copiesFor(
  queries: NodeQueries,
  asker: DivisionCode,
  since: Date,
  failures: Failures,
): Promise<CaseCopy[]> {
  const copies: CaseCopy[] = [];
  for await (const stored of touchedSince(queries, since, failures)) {
    const { file } = stored;
    const wrote = stored.lines.some(({ line }) => line.node === asker);
    // a desk whose project the case left may have forgotten that it left
    const left = stored.lines.some(({ line }) => {
      return line.action === 'PROJECT_LEFT' && projectKeeperOf(line.data.project, file) === asker;
    });
    if (!wrote && !left && !readersOf(file).includes(asker) && file.inTransitTo !== asker) continue;
    const holder = file.holders.includes(asker);
    // contents the asker may hold: also issued documents, and for organs the papers on interested parties
    const contents = holder ? contentsOf(file, asker) : [];
    const absent = new Set((await absentMaterials(queries, contents)).map((m) => m.sha256));
    copies.push({
      case: file.id,
      application: holder ? stored.application : null,
      materials: contents.map((m) => m.sha256).filter((digest) => !absent.has(digest)),
      lines: stored.lines.map(({ jws }) => jws),
    });
  }
  return copies;
}

/** The result of a copy; `wanted` are digests of materials that are not here and that the giver has. */
export type TakenCopy = { outcome: 'DONE'; wanted: string[] } | Extract<Verdict, { outcome: 'LATER' | 'REFUSED' }>;

/**
 * Takes a case back from another node's copy. Every line is checked as if it came by an echo.
 * @throws {ProblemError} CHAIN_BROKEN where this node went on differently since
 */
export async function takeCopy(
  tx: SharedTx,
  receiver: CaseReceiver,
  from: DivisionCode,
  copy: CaseCopy,
): Promise<TakenCopy> {
  const body = { case: copy.case, lines: copy.lines };
  const taken = await receiver.echo(tx, { id: copy.case, from, to: tx.node, kind: 'ECHO', body, bytes: null });
  if (taken.outcome === 'LATER' || taken.outcome === 'REFUSED') return taken;
  const held = await lockCase(tx, copy.case);
  if (!held) return { outcome: 'DONE', wanted: [] };
  await fillApplication(tx, held, copy.application);
  if (!held.file.holders.includes(tx.node)) return { outcome: 'DONE', wanted: [] };
  const absent = await absentMaterials(tx, contentsOf(held.file, tx.node));
  const wanted = absent.map((m) => m.sha256).filter((digest) => copy.materials.includes(digest));
  return { outcome: 'DONE', wanted };
}

/** The pieces of materials a restored node still lacks of a case. */
export async function piecesOf(
  queries: NodeQueries,
  receiver: DivisionCode,
  ids: readonly string[],
  digests: readonly string[],
): Promise<Outgoing[]> {
  const { cases } = await findCases(queries, ids);
  return cases.flatMap(({ id, file }) =>
    partsOf(
      contentsOf(file, receiver).filter((m) => digests.includes(m.sha256)),
      receiver,
      id,
    ),
  );
}

export interface ResumeParts {
  outbox: Outbox;
  failures: Failures;
  /** Further messages behind a dossier. */
  carried: (tx: SharedTx, caseId: string, receiver: DivisionCode) => Promise<Outgoing[]>;
  /** Messages that ask and tell the parties to joint handling once more. */
  askAgain: (tx: SharedTx, stored: StoredCase) => Promise<Outgoing[]>;
}

/**
 * Sends again what may not have arrived from the forgotten incarnation: the log with this node's own lines to every node that
 * may read them, and the dossier of every case under way. A node that has them answers and does nothing. A message too
 * large to send stops no node: it is reported where it can't be sent.
 */
export async function resumeCases(tx: NodeTx, since: Date, parts: ResumeParts): Promise<void> {
  const { failures } = parts;
  const subjectOf = ({ id }: StoredCase) => ({ node: tx.node, case: id });
  await failures.each('resuming a case', touchedSince(tx, since, failures), subjectOf, (stored) =>
    tx.attempt(() => resumeCase(tx, since, stored, parts)),
  );
}

async function resumeCase(
  tx: SharedTx,
  since: Date,
  stored: StoredCase,
  { outbox, carried, askAgain }: ResumeParts,
): Promise<void> {
  const { id, file, lines } = stored;
  const wrote = lines.some(({ line }) => line.node === tx.node && new Date(line.at) >= since);
  const readers = readersOf(file).filter((reader) => reader !== tx.node && reader !== file.inTransitTo);
  // the whole log: a reader may never have got the case
  const body = { case: id, lines: lines.map(({ jws }) => jws) };
  await outbox.enqueue(
    tx,
    wrote ? readers.map((receiver) => ({ receiver, kind: 'ECHO', caseId: id, body })) : [],
    'TOO_LARGE',
  );
  if (file.custodian !== tx.node) return;
  await outbox.enqueue(tx, await askAgain(tx, stored), 'TOO_LARGE');
  if (file.inTransitTo === null) return;
  const [owed] = await tx.query(
    `SELECT 1 FROM outbox WHERE node = $1 AND case_id = $2 AND kind = 'DOSSIER' AND settled_at IS NULL`,
    [id],
  );
  if (!owed) await outbox.enqueue(tx, await dossierAgain(tx, stored, file.inTransitTo, carried), 'TOO_LARGE');
}

async function dossierAgain(
  tx: SharedTx,
  { id, file, application, lines }: StoredCase,
  receiver: DivisionCode,
  carried: (tx: SharedTx, caseId: string, receiver: DivisionCode) => Promise<Outgoing[]>,
): Promise<Outgoing[]> {
  // no node gave the application back: the case is shown as under way, and the desk has it on paper
  if (application === null) return [];
  const body = { case: id, epoch: file.epoch + 1, application, lines: lines.map(({ jws }) => jws) };
  return [
    ...materialMessages(file, receiver),
    { receiver, kind: 'DOSSIER', caseId: id, body },
    ...(await carried(tx, id, receiver)),
  ];
}

/**
 * A dossier that was taken in already and comes under a new message id, because its sender or this node was restored
 * since: it is answered with the line signed then, never with a second one.
 * @param wasRestored whether a node or the peer was ever restored; among others such a copy stays stale
 */
export function rememberingDossiers(
  dossier: SharedReceiver,
  wasRestored: (node: DivisionCode, peer: DivisionCode) => boolean,
): SharedReceiver {
  return async (tx, message) => {
    const verdict = await dossier(tx, message);
    if (verdict.outcome !== 'REFUSED' || verdict.code !== 'STALE_EPOCH') return verdict;
    if (!wasRestored(tx.node, message.from)) return verdict;
    const body = dossierSchema.parse(message.body);
    const held = await lockCase(tx, body.case);
    const handed = sha256(body.lines.at(-1) ?? '');
    const at = held?.lines.findIndex(({ hash }) => hash === handed) ?? -1;
    const received = held?.lines[at + 1];
    if (!held || at < 0 || received?.line.node !== tx.node || received.line.action !== 'RECEIVED') return verdict;
    await fillApplication(tx, held, body.application);
    const absent = await absentMaterials(tx, held.file.materials.slice(0, materialsAt(held.file, received.line.seq)));
    if (absent.length > 0) return { outcome: 'WANTS', materials: absent.map((m) => m.sha256) };
    return { outcome: 'DONE', line: received.jws };
  };
}

/** Materials handed in after the hand-off, which its sender may not have. */
function materialsAt(file: CaseFile, seq: number): number {
  return seq === file.seq ? file.materials.length : (file.supplement?.materialsBefore ?? file.materials.length);
}

async function fillApplication(tx: SharedTx, held: StoredCase, application: string | null): Promise<void> {
  if (held.application !== null || application === null || !held.file.holders.includes(tx.node)) return;
  if (sha256(application) !== held.file.application) {
    throw problem('CHAIN_BROKEN', `The application of ${held.id} is not the one that was filed.`);
  }
  await tx.query(`UPDATE cases SET application = $3 WHERE node = $1 AND id = $2`, [
    held.id,
    tx.vault.seal('cases.application', held.id, application),
  ]);
  await keepApplicant(tx, { id: held.id, application });
}

async function* touchedSince(queries: NodeQueries, since: Date, failures: Failures): AsyncGenerator<StoredCase> {
  for (let after = ''; ;) {
    const rows = await queries.query<{ id: string }>(
      `SELECT id FROM cases WHERE node = $1 AND last_at >= $2 AND id > $3 ORDER BY id LIMIT ${BATCH}`,
      [since, after],
    );
    const ids = rows.map((r) => r.id);
    yield* await readableCases(queries, ids, failures);
    const last = ids.at(-1);
    if (last === undefined || ids.length < BATCH) return;
    after = last;
  }
}
