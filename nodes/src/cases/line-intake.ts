import type { CaseFile } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import { ERRORS, problem, ProblemError } from '@liandong/schema/kernel';
import { foldLine, isConcerned, openFile, wasConcerned } from '@liandong/schema/case';
import type { SharedTx } from '../db/index.ts';
import { pipelined } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Verdict } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import { sha256 } from '../trust/index.ts';
import type { SignedLine } from '../case-log/index.ts';
import { requireChain } from '../case-log/index.ts';
import { appendLines, insertLines } from './case-saving.ts';
import type { StoredCase } from './case-store.ts';
import { lockCase } from './case-store.ts';
import type { CaseWriter } from './case-writer.ts';
import { checkedLines, requireWords } from '../case-log/index.ts';
import type { WaitingLine } from '../case-log/index.ts';
import { dropWaiting, keepWaiting, readWaiting } from '../case-log/index.ts';

/** Failures counted and logged under this name: lines that are not taken. */
const ECHO_JOB = 'taking an echo';
export const WAITING_JOB = 'taking a waiting line';

export interface LineIntakeParts {
  trust: Trust;
  writer: CaseWriter;
  failures: Failures;
}

/** The parts of new and waiting lines that follow a log, or do not. */
interface Followed {
  following: SignedLine[];
  /** New lines the log does not reach yet. */
  behind: SignedLine[];
  /** Waiting lines that follow now. */
  taken: WaitingLine[];
  /** Lines that waited and do not belong to the log. */
  dropped: WaitingLine[];
}

/**
 * Takes in lines of cases from other nodes. Only a node with a part in the case may bring lines. Lines that do not
 * follow the log yet wait apart from it; lines that never follow do not touch the log.
 */
export class LineIntake {
  readonly #parts: LineIntakeParts;

  constructor(parts: LineIntakeParts) {
    this.#parts = parts;
  }

  /**
   * @returns REFUSED to a node the case does not concern, LATER if this node can't tell yet or too many lines wait
   * @throws {ProblemError} MESSAGE_INVALID, SIGNATURE_INVALID, KEY_UNKNOWN, KEY_NOT_IN_EFFECT, CHAIN_BROKEN,
   *   ILLEGAL_STEP, STALE_EPOCH, NOT_CUSTODIAN: what is wrong with the lines of a node that has a part
   */
  async take(tx: SharedTx, from: DivisionCode, id: string, jwses: readonly string[]): Promise<Verdict> {
    const { trust } = this.#parts;
    const [stored, waiting] = await pipelined(lockCase(tx, id), readWaiting(tx, id));
    const concerned = stored !== null && isConcerned(stored.file, from, trust.successionOf);
    let followed: Followed;
    try {
      followed = await this.#follow(id, stored, waiting, jwses);
    } catch (error) {
      if (concerned || !(error instanceof ProblemError)) throw error;
      // errors in a stranger's lines are its own: none of them is kept here
      if (ERRORS[error.code].retry) return { outcome: 'LATER', reason: error.message };
      return this.#refused(tx, id, stored ? strange(from, id) : error);
    }
    const { following, behind } = followed;
    const stranger = concerned
      ? null
      : this.#strangerTo([...(stored?.lines ?? []), ...following], from, stored, tx.node);
    if (stranger === null) return this.#write(tx, from, id, stored, followed);
    // the lines in between may give it a part; its sender keeps these meanwhile
    if (behind.length > 0) return { outcome: 'LATER', reason: `lines of ${id} ahead of these are not here yet` };
    return this.#refused(tx, id, strange(stranger, id));
  }

  /**
   * The first of sender and receiver that a log never concerned, or null. A receiver that has the case was concerned
   * before.
   */
  #strangerTo(
    log: readonly SignedLine[],
    from: DivisionCode,
    stored: StoredCase | null,
    node: DivisionCode,
  ): DivisionCode | null {
    const { successionOf } = this.#parts.trust;
    const lines = log.map(({ line }) => line);
    return [from, ...(stored ? [] : [node])].find((each) => !wasConcerned(lines, each, successionOf)) ?? null;
  }

  #refused(tx: SharedTx, id: string, error: ProblemError): Verdict {
    const { failures } = this.#parts;
    tx.afterCommit(() => failures.note(ECHO_JOB, { node: tx.node, case: id }, error));
    return { outcome: 'REFUSED', code: error.code, reason: error.message };
  }

  async #follow(
    id: string,
    stored: StoredCase | null,
    waiting: readonly WaitingLine[],
    jwses: readonly string[],
  ): Promise<Followed> {
    const { trust } = this.#parts;
    const known = new Set([...(stored?.lines ?? []), ...waiting].map(({ hash }) => hash));
    const unknown = [...new Set(jwses)].filter((jws) => !known.has(sha256(jws)));
    const fresh = await checkedLines(trust, id, unknown);
    const lines = [...(stored?.lines ?? [])];
    const held = lines.length;
    const failed = new Set<WaitingLine>();
    let file = stored?.file ?? null;
    for (;;) {
      const last = lines.at(-1)?.hash ?? null;
      const isNext = ({ line }: SignedLine) => line.seq === lines.length + 1;
      const next = fresh.find(isNext);
      const kept = next ?? waiting.find((each) => isNext(each) && each.line.prev === last && !failed.has(each));
      if (!kept) break;
      try {
        file = await this.#add(file, lines, kept);
      } catch (error) {
        // a waiting line is dropped; a line that came now is refused with the error
        if (kept === next || !(error instanceof ProblemError) || ERRORS[error.code].retry) throw error;
        failed.add(kept as WaitingLine);
      }
    }
    const following = lines.slice(held);
    const other = fresh.find((each) => each.line.seq <= lines.length && !following.includes(each));
    if (other) throw problem('CHAIN_BROKEN', `Another line ${other.line.seq} of ${id} is here already.`);
    return {
      following,
      behind: fresh.filter(({ line }) => line.seq > lines.length),
      taken: waiting.filter((each) => following.includes(each)),
      dropped: waiting.filter(
        (each) => failed.has(each) || (each.line.seq <= lines.length && !following.includes(each)),
      ),
    };
  }

  /** Adds a line to a log. @throws {ProblemError} if the line does not follow */
  async #add(file: CaseFile | null, lines: SignedLine[], next: SignedLine): Promise<CaseFile> {
    requireChain([next], lines.at(-1)?.hash ?? null);
    const after = file ? foldLine(file, next.line) : openFile(next.line);
    await requireWords(this.#parts.trust, after, [...lines, next], [next]);
    lines.push(next);
    return after;
  }

  async #write(
    tx: SharedTx,
    from: DivisionCode,
    id: string,
    stored: StoredCase | null,
    { following, behind, taken, dropped }: Followed,
  ): Promise<Verdict> {
    const { writer, failures } = this.#parts;
    const { application = null, trackingHash = null, withdrawalRequestedAt = null, handler = null } = stored ?? {};
    const held = (stored?.lines.length ?? 0) + following.length;
    if (following.length > 0) {
      const before = { id, application, trackingHash, withdrawalRequestedAt, handler, file: stored?.file ?? null };
      // no other transaction adds lines to a case whose row is locked: no answer need be waited for
      const inserted = stored ? tx.withCommit(appendLines(tx, following)) : insertLines(tx, following);
      await pipelined(inserted, writer.adopt(tx, { ...before, lines: stored?.lines ?? [] }, following));
    }
    if (taken.length + dropped.length > 0) await dropWaiting(tx, id, [...taken, ...dropped]);
    for (const { line, sender } of dropped) {
      const fault = problem(
        'CHAIN_BROKEN',
        `Line ${line.seq}, brought by ${sender}, does not follow the log: dropped.`,
      );
      tx.afterCommit(() => failures.note(WAITING_JOB, { node: tx.node, case: id }, fault));
    }
    if (behind.length === 0 || (await keepWaiting(tx, { case: id, sender: from, held }, behind)))
      return { outcome: 'DONE' };
    return { outcome: 'LATER', reason: `more lines of ${id} wait here than may` };
  }
}

function strange(node: DivisionCode, id: string): ProblemError {
  return problem('FORBIDDEN', `${node} has no part in ${id}.`);
}
