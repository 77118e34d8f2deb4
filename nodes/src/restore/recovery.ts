import { randomUUID } from 'node:crypto';
import type { CaseCopy, Copy, Feed } from '@liandong/schema/wire';
import type { DivisionCode } from '@liandong/schema/kernel';
import { ERRORS, problem, ProblemError } from '@liandong/schema/kernel';
import {
  copySchema,
  FEEDS,
  HEALING_KINDS,
  jsonBytes,
  restoredSchema,
  SIGNED_TYPES,
  TOGETHER_BYTES,
} from '@liandong/schema/wire';
import { catalogueEntrySchema } from '@liandong/schema/domains/catalogue';
import type { Logger } from 'pino';
import type { CaseReceiver, StoredCase } from '../cases/index.ts';
import { lockCases } from '../cases/index.ts';
import type { TakenCopy } from './restored-cases.ts';
import { copiesFor, piecesOf, resumeCases, takeCopy } from './restored-cases.ts';
import type { HostDb, NodeTx, SharedTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { FeedReader } from '../feeds/index.ts';
import { extendFeed, lockFeed, readEntries } from '../feeds/index.ts';
import type { Answered, Incoming, Outbox, Outgoing, Verdict } from '../handoff/index.ts';
import { parkMessage } from '../handoff/index.ts';
import type { ProjectKeeper } from '../projects/index.ts';
import { findKeptBy } from '../projects/index.ts';
import type { Trust } from '../trust/index.ts';
import { payloadOf } from '../trust/index.ts';
import type { Incarnations } from './incarnations.ts';

/** Most entries of a feed in one part. */
const ENTRIES = 200;
/** Failures counted and logged under this name: a part of a peer's copy that is not taken. */
const COPY_JOB = 'taking a returned copy';

type Part = Pick<Copy, 'keys' | 'cases' | 'projects' | 'feeds'>;
const NOTHING: Part = { keys: [], cases: [], projects: [], feeds: [] };

export interface RecoveryParts {
  db: HostDb;
  incarnations: Incarnations;
  outbox: Outbox;
  trust: Trust;
  receiver: CaseReceiver;
  projects: ProjectKeeper;
  readers: Readonly<Record<Feed, FeedReader>>;
  carried: (tx: SharedTx, caseId: string, receiver: DivisionCode) => Promise<Outgoing[]>;
  /** Notes on the cases of a restored node that it may have forgotten. */
  notes: (tx: SharedTx, node: DivisionCode, since: Date) => Promise<Outgoing[]>;
  /** Asks the parties to joint handling again, and tells them how they stand. */
  askAgain: (tx: SharedTx, stored: StoredCase) => Promise<Outgoing[]>;
  /** Logs of a restored node's cases that came here with a question of that node. */
  askedBy: (tx: SharedTx, node: DivisionCode) => Promise<CaseCopy[]>;
  /** Keeps documents about keys; each proves itself. */
  takeKeys: (tx: SharedTx, from: DivisionCode, documents: readonly string[]) => Promise<void>;
  /** Called when a node is healed: its waiting work is due. */
  onHealed: (node: DivisionCode) => void;
  failures: Failures;
  log: Logger;
}

/**
 * Heals a node whose database was restored: asks every other node for what it holds of it, takes that back, and lets
 * the node go on when all have answered. The other nodes also send again the messages that it had answered and has
 * forgotten.
 */
export class Recovery {
  readonly #parts: RecoveryParts;

  constructor(parts: RecoveryParts) {
    this.#parts = parts;
  }

  /** Lets nodes continue that wait for no other node any more, also because people gave up the silent ones. */
  async finishWaiting(): Promise<void> {
    const { db, incarnations, failures } = this.#parts;
    const subjectOf = (node: DivisionCode) => ({ node });
    await failures.each('ending a recovery', incarnations.healing(), subjectOf, (node) =>
      db.transact(node, async (tx) => {
        const [state] = await tx.query<{ asked: boolean; waiting: boolean }>(
          `SELECT count(*) > 0 AS asked, count(*) FILTER (WHERE done_at IS NULL) > 0 AS waiting
           FROM heal_peers WHERE node = $1 AND life = $2`,
          [incarnations.incarnationOf(node)],
        );
        if (state?.asked && !state.waiting) await this.#finish(tx);
      }),
    );
  }

  /** Asks on behalf of every node that waits; asked already, nothing is asked again. */
  async begin(): Promise<void> {
    const { db, incarnations, outbox, trust, failures } = this.#parts;
    const subjectOf = (node: DivisionCode) => ({ node });
    await failures.each('asking other nodes for copies', incarnations.healing(), subjectOf, (node) =>
      db.transact(node, async (tx) => {
        const life = incarnations.incarnationOf(node);
        const [row] = await tx.query<{ asked_since: Date; heads: { feed: Feed; head: number }[] }>(
          `SELECT asked_since, heads FROM lives WHERE node = $1 AND life = $2 FOR UPDATE`,
          [life],
        );
        const [asked] = await tx.query(`SELECT 1 FROM heal_peers WHERE node = $1 AND life = $2 LIMIT 1`, [life]);
        if (!row || asked) return;
        const peers = trust.nodes().filter((peer) => peer !== node && !trust.isGone(peer));
        await tx.query(
          `INSERT INTO heal_peers (node, life, peer) SELECT $1, $2, peer FROM unnest($3::text[]) AS p (peer)`,
          [life, peers],
        );
        const body = { life, since: row.asked_since.toISOString(), heads: row.heads };
        await outbox.enqueue(
          tx,
          peers.map((receiver) => ({ receiver, kind: 'RESTORED', caseId: null, body })),
        );
        if (peers.length === 0) await this.#finish(tx);
      }),
    );
  }

  /**
   * Takes the notice of a restored peer: from here on only its new incarnation counts. The answer is what this node holds of
   * it.
   */
  readonly restored = async (tx: NodeTx, message: Incoming): Promise<Verdict> => {
    const parsed = restoredSchema.safeParse(message.body);
    if (!parsed.success) throw problem('MESSAGE_INVALID', 'Not a word of a restored node.', { cause: parsed.error });
    const { life, since, heads } = parsed.data;
    if (!(await this.#parts.incarnations.tell(tx, message.from, life))) {
      return { outcome: 'REFUSED', code: 'STALE_EPOCH', reason: `A newer life of ${message.from} is known.` };
    }
    // messages it refused stay refused: that round is over. Messages it did are sent again, and its log says whether
    // they are still to be done
    await tx.query(
      `UPDATE outbox SET settled_at = NULL, outcome = NULL, code = NULL, next_at = now()
       WHERE node = $1 AND settled_at >= $3 AND receiver = $2 AND outcome = 'DONE' AND kind <> ALL ($4)`,
      [message.from, since, HEALING_KINDS],
    );
    const parts: Part[] = chunks(await keysOf(tx)).map((keys) => ({ ...NOTHING, keys }));
    const held = [
      ...(await copiesFor(tx, message.from, new Date(since), this.#parts.failures)),
      ...(await this.#parts.askedBy(tx, message.from)),
    ];
    for (const cases of chunks(held)) {
      parts.push({ ...NOTHING, cases });
    }
    const kept = (await findKeptBy(tx, message.from, this.#parts.failures)).map(({ file, lines }) => ({
      project: file.id,
      lines: lines.map(({ jws }) => jws),
    }));
    for (const projects of chunks(kept)) {
      parts.push({ ...NOTHING, projects });
    }
    for (const { feed, head } of heads) {
      for (let from = head + 1; ;) {
        const most = { entries: ENTRIES, bytes: TOGETHER_BYTES };
        const read = await readEntries(tx, feed, message.from, from - 1, most);
        if (read.length === 0) break;
        for (const entries of chunks(read)) {
          parts.push({ ...NOTHING, feeds: [{ feed, from, entries }] });
          from += entries.length;
        }
      }
    }
    if (parts.length === 0) parts.push(NOTHING);
    await this.#parts.outbox.enqueue(
      tx,
      parts.map((part, i) => {
        const body: Copy = { life, part: i + 1, parts: i + 1 === parts.length ? parts.length : null, ...part };
        return { receiver: message.from, kind: 'COPY', caseId: null, body };
      }),
      // the other parts are sent; the restored node waits for this one until people decide
      'TOO_LARGE',
    );
    await this.#parts.outbox.enqueue(tx, await this.#parts.notes(tx, message.from, new Date(since)), 'TOO_LARGE');
    this.#parts.log.info({ node: tx.node, from: message.from, parts: parts.length }, 'copies sent to a restored node');
    return { outcome: 'DONE' };
  };

  /** Takes back what a peer holds of this node. */
  readonly copy = async (tx: NodeTx, message: Incoming): Promise<Verdict> => {
    const { incarnations } = this.#parts;
    const parsed = copySchema.safeParse(message.body);
    if (!parsed.success) throw problem('MESSAGE_INVALID', 'Not a part of a copy.', { cause: parsed.error });
    const { life, parts, keys, cases, projects, feeds } = parsed.data;
    if (life !== incarnations.incarnationOf(tx.node)) return { outcome: 'DONE' };
    await this.#parts.takeKeys(tx, message.from, keys);
    // without its own entries the node would use their numbers again: a fault here keeps it waiting for people
    for (const { feed, from, entries } of feeds) await this.#takeEntries(tx, feed, from, entries);
    await lockCases(
      tx,
      cases.map((copy) => copy.case),
    );
    for (const { project, lines } of projects) await this.#takeProject(tx, project, lines);
    const wanted: string[] = [];
    for (const copy of cases) {
      const taken = await this.#takeCase(tx, message.from, copy);
      if (taken.outcome === 'LATER') return taken;
      if (taken.outcome === 'DONE') wanted.push(...taken.wanted);
    }
    if (wanted.length > 0) return { outcome: 'WANTS', materials: [...new Set(wanted)] };
    // one transaction after the other, so that the last peer sees that the others are done
    await tx.query(`SELECT 1 FROM lives WHERE node = $1 AND life = $2 FOR UPDATE`, [life]);
    await tx.query(
      `UPDATE heal_peers SET parts = parts + 1, expected = coalesce($4, expected), cases = cases + $5,
         done_at = CASE WHEN parts + 1 = coalesce($4, expected) THEN now() END
       WHERE node = $1 AND life = $2 AND peer = $3 AND done_at IS NULL`,
      [life, message.from, parts, cases.length],
    );
    const [waiting] = await tx.query(
      `SELECT 1 FROM heal_peers WHERE node = $1 AND life = $2 AND done_at IS NULL LIMIT 1`,
      [life],
    );
    if (!waiting && incarnations.isHealing(tx.node)) await this.#finish(tx);
    return { outcome: 'DONE' };
  };

  /** The restored node lacks materials of the cases it got: they are sent. */
  readonly copyAnswered = async (tx: SharedTx, { answer, receiver, body }: Answered): Promise<void> => {
    if (answer.outcome !== 'WANTS') return;
    const { cases } = copySchema.parse(body);
    const ids = cases.map((c) => c.case);
    await this.#parts.outbox.enqueue(tx, await piecesOf(tx, receiver, ids, answer.materials));
  };

  /** Takes one case back. A copy that contradicts the stored case is set aside for people, and the others are taken. */
  async #takeCase(tx: NodeTx, from: DivisionCode, copy: CaseCopy): Promise<TakenCopy> {
    const { receiver, failures } = this.#parts;
    try {
      return await tx.attempt(() => takeCopy(tx, receiver, from, copy));
    } catch (error) {
      if (!costsItself(error)) throw error;
      const { code, message: reason } = error.problem;
      const body = JSON.stringify({ case: copy.case, lines: copy.lines });
      const set = { kid: null, envelope: null, bytes: null };
      await parkMessage(tx, { id: randomUUID(), sender: from, kind: 'ECHO', body, code, reason, ...set });
      tx.afterCommit(() => failures.note(COPY_JOB, { node: tx.node, case: copy.case }, error));
      return { outcome: 'DONE', wanted: [] };
    }
  }

  async #takeProject(tx: NodeTx, project: string, lines: readonly string[]): Promise<void> {
    const { projects: keeper, failures } = this.#parts;
    try {
      await tx.attempt(() => keeper.takeBack(tx, project, lines));
    } catch (error) {
      if (!costsItself(error)) throw error;
      tx.afterCommit(() => failures.note(COPY_JOB, { node: tx.node, project }, error));
    }
  }

  /** Takes the node's own entries back under their old numbers; the node reads them as it did when it numbered them. */
  async #takeEntries(tx: NodeTx, feed: Feed, from: number, entries: readonly string[]): Promise<void> {
    const { readers, trust } = this.#parts;
    const state = await lockFeed(tx, feed, tx.node);
    const fresh = from <= state.head + 1 ? entries.slice(state.head + 1 - from) : [];
    if (fresh.length === 0) return;
    if (feed === 'CATALOGUE') {
      for (const [i, jws] of fresh.entries()) {
        const { node, payload } = await trust.verify(jws, SIGNED_TYPES.entry);
        if (node !== tx.node || catalogueEntrySchema.parse(payload).seq !== state.head + i + 1) {
          throw problem('SIGNATURE_INVALID', `Entry ${state.head + i + 1} was never this node's.`);
        }
      }
    }
    const knownHead = Math.max(state.knownHead, state.head + fresh.length);
    await extendFeed(tx, state, fresh, { ...state, knownHead });
    await readers[feed](tx, tx.node, fresh);
  }

  async #finish(tx: NodeTx): Promise<void> {
    const { incarnations, log, onHealed } = this.#parts;
    const life = incarnations.incarnationOf(tx.node);
    // a new incarnation may be beginning: the incarnation before it, which was healed long ago, must not be healed again
    const [row] = await tx.query<{ asked_since: Date; heads: { feed: Feed; head: number }[] }>(
      `UPDATE lives SET healed_at = now() WHERE node = $1 AND life = $2 AND healed_at IS NULL RETURNING asked_since, heads`,
      [life],
    );
    if (life === undefined || !row) return;
    for (const feed of FEEDS) {
      await dropStatedBefore(tx, feed, row.heads.find((h) => h.feed === feed)?.head ?? 0);
    }
    await resumeCases(tx, row.asked_since, this.#parts);
    tx.afterCommit(() => {
      incarnations.healed(tx.node, life);
      log.warn({ node: tx.node }, 'recovery finished: all other nodes returned what they hold');
      onHealed(tx.node);
    });
  }
}

/** Whether a part of a peer's copy is wrong for good. After a fault that may pass, the whole part is taken again. */
function costsItself(error: unknown): error is ProblemError {
  return error instanceof ProblemError && !ERRORS[error.code].retry;
}

/** Drops waiting entries that came back with a number: they were stated before. */
async function dropStatedBefore(tx: SharedTx, feed: Feed, head: number): Promise<void> {
  const pending = await tx.query<{ id: number; entry: string }>(
    `SELECT id, entry FROM feed_pending WHERE node = $1 AND feed = $2 ORDER BY id`,
    [feed],
  );
  if (pending.length === 0) return;
  const stated = new Map<string, number>();
  const returned = await tx.query<{ entry: string }>(
    `SELECT entry FROM feed_entries WHERE node = $1 AND feed = $2 AND publisher = $1 AND seq > $3`,
    [feed, head],
  );
  for (const { entry } of returned) {
    const text = feed === 'FACTS' ? entry : JSON.stringify((payloadOf(entry) as { body: unknown }).body);
    stated.set(text, (stated.get(text) ?? 0) + 1);
  }
  const doubled = pending.filter(({ entry }) => {
    const left = stated.get(entry) ?? 0;
    if (left > 0) stated.set(entry, left - 1);
    return left > 0;
  });
  await tx.query(`DELETE FROM feed_pending WHERE node = $1 AND id = ANY ($2)`, [doubled.map((d) => d.id)]);
}

/** Splits a list into lists that each fit one part; a thing too large for a part is a list alone. */
function chunks<T>(things: readonly T[]): T[][] {
  const made: T[][] = [];
  let bytes = TOGETHER_BYTES;
  for (const thing of things) {
    // as escaped in the body, which is text in the message
    const own = jsonBytes(JSON.stringify(thing)) + 1;
    if (bytes + own > TOGETHER_BYTES) {
      made.push([]);
      bytes = 0;
    }
    made.at(-1)?.push(thing);
    bytes += own;
  }
  return made;
}

async function keysOf(tx: SharedTx): Promise<string[]> {
  const rows = await tx.query<{ jws: string }>(`SELECT jws FROM key_documents WHERE node = $1 ORDER BY learned_at`);
  return rows.map((row) => row.jws);
}
