import type { CaseFile, LineDraft, LogLine, Step } from '@liandong/schema/case';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { factsOf } from '@liandong/schema/domains/figures';
import { foldLine, openFile, readersOf } from '@liandong/schema/case';
import type { SharedTx } from '../db/index.ts';
import { pipelined } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import type { Outbox, Outgoing } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import { sha256 } from '../trust/index.ts';
import type { SignedLine } from '../case-log/index.ts';
import { requireChain } from '../case-log/index.ts';
import { keepApplicant } from './applicant-digests.ts';
import { appendLines, saveCase } from './case-saving.ts';
import type { StoredCase } from './case-store.ts';
import { materialMessages } from '../materials/index.ts';

export interface CaseWriterParts {
  trust: Trust;
  divisions: Divisions;
  /** The calendar in force now. */
  calendar: () => OfficialCalendar;
  outbox: Outbox;
  facts: FeedAppender;
  /** Messages that follow the dossier of a case that is handed off, such as its data records. */
  carried: (tx: SharedTx, caseId: string, receiver: DivisionCode) => Promise<Outgoing[]>;
  /** Called for every line by which a case comes into a project or leaves it, with the case after it. */
  inProject: (tx: SharedTx, line: LogLine, file: CaseFile) => Promise<void>;
  /** Signals to this desk's people about new lines, written here or received. */
  tellDesk: (
    tx: SharedTx,
    before: Pick<StoredCase, 'lines' | 'handler'> & { file: CaseFile | null },
    steps: readonly (readonly [LogLine, CaseFile])[],
  ) => Promise<void>;
  /** Messages to the parties to joint handling about the new lines. */
  tellParties: (tx: SharedTx, before: CaseFile | null, after: StoredCase) => Promise<Outgoing[]>;
}

/** The content of a first line. */
export interface Opening {
  id: string;
  application: string;
  trackingHash: string;
}

/**
 * Writes steps into cases. One transaction holds the lines, the case's row, the facts, and every message the step
 * leads to: echoes to the desks that held the case, and the dossier where custody moves.
 */
export class CaseWriter {
  readonly #parts: CaseWriterParts;

  constructor(parts: CaseWriterParts) {
    this.#parts = parts;
  }

  /** Opens a case with its filing. */
  async open(tx: SharedTx, opening: Opening, step: Step, now: Date): Promise<StoredCase> {
    const { id, application, trackingHash } = opening;
    return this.#write(
      tx,
      { id, application, trackingHash, withdrawalRequestedAt: null, handler: null, lines: [] },
      null,
      step,
      now,
      [],
    );
  }

  /**
   * Adds a step to a case this node holds.
   * @param knowing nodes that learn of it in another way and need no echo
   */
  async append(
    tx: SharedTx,
    stored: StoredCase,
    step: Step,
    now: Date,
    knowing: readonly DivisionCode[] = [],
  ): Promise<StoredCase> {
    return this.#write(tx, stored, stored.file, step, now, knowing);
  }

  /**
   * Takes lines that other nodes wrote into this node's copy, and states the facts that follow from them here.
   * @param before the case as it was; without a file when they begin it
   * @param lines the new ones, following those held without a gap
   * @throws {ProblemError} CHAIN_BROKEN, ILLEGAL_STEP, STALE_EPOCH, NOT_CUSTODIAN
   */
  async adopt(
    tx: SharedTx,
    before: Omit<StoredCase, 'file'> & { file: CaseFile | null },
    lines: readonly SignedLine[],
  ): Promise<StoredCase> {
    const { calendar, divisions, tellDesk } = this.#parts;
    requireChain(lines, before.lines.at(-1)?.hash ?? null);
    let { file } = before;
    const steps: [LogLine, CaseFile][] = [];
    for (const { line } of lines) {
      file = file ? foldLine(file, line) : openFile(line);
      steps.push([line, file]);
    }
    if (!file) throw new Error('no lines to adopt');
    const stored: StoredCase = { ...before, file, lines: [...before.lines, ...lines] };
    await tx.withCommit(
      pipelined(saveCase(tx, stored, calendar(), divisions), this.#stateFacts(tx, steps), tellDesk(tx, before, steps)),
    );
    await this.#inProject(tx, steps);
    return stored;
  }

  async #write(
    tx: SharedTx,
    before: Omit<StoredCase, 'file'>,
    file: CaseFile | null,
    step: Step,
    now: Date,
    knowing: readonly DivisionCode[],
  ): Promise<StoredCase> {
    const { calendar, carried, divisions, outbox, tellDesk, tellParties } = this.#parts;
    const written: SignedLine[] = [];
    const steps: [LogLine, CaseFile][] = [];
    let after = file;
    for (const draft of step.lines) {
      const prev = written.at(-1) ?? before.lines.at(-1) ?? null;
      const line = lineOf(before.id, tx.node, draft, after, prev, now);
      after = after ? foldLine(after, line) : openFile(line);
      const jws = await this.#parts.trust.sign(tx.node, SIGNED_TYPES.line, line);
      written.push({ line, jws, hash: sha256(jws) });
      steps.push([line, after]);
    }
    if (!after) throw new Error('a step without lines');
    const { handOff, application = before.application } = step;
    const stored: StoredCase = { ...before, application, file: after, lines: [...before.lines, ...written] };
    const behindDossier = handOff ? await carried(tx, stored.id, handOff.to) : [];
    const toParties = await tellParties(tx, file, stored);
    const writes = pipelined(
      appendLines(tx, written),
      saveCase(tx, stored, calendar(), divisions),
      file === null && stored.application !== null
        ? keepApplicant(tx, { id: stored.id, application: stored.application })
        : Promise.resolve(),
      this.#stateFacts(tx, steps),
      tellDesk(tx, { ...before, file }, steps),
      outbox.enqueue(tx, [
        ...echoes(stored, file ? readersOf(file) : [], written, [
          tx.node,
          ...knowing,
          ...(handOff ? [handOff.to] : []),
          ...readersOf(after).filter(this.#parts.trust.isGone),
        ]),
        ...(handOff ? [...materialMessages(after, handOff.to), dossier(stored, handOff)] : []),
        ...behindDossier,
        ...toParties,
      ]),
    );
    await tx.withCommit(writes);
    await this.#inProject(tx, steps);
    return stored;
  }

  async #inProject(tx: SharedTx, steps: readonly [LogLine, CaseFile][]): Promise<void> {
    for (const [line, file] of steps) {
      const { action } = line;
      if (action === 'FILED' || action === 'PROJECT_LINKED' || action === 'PROJECT_LEFT') {
        await this.#parts.inProject(tx, line, file);
      }
    }
  }

  async #stateFacts(tx: SharedTx, steps: readonly [LogLine, CaseFile][]): Promise<void> {
    const { calendar, divisions, facts } = this.#parts;
    const stated = steps.flatMap(([line, file]) => factsOf(line, file, tx.node, calendar(), divisions));
    await facts.append(tx, 'FACTS', stated);
  }
}

function lineOf(
  id: string,
  node: DivisionCode,
  draft: LineDraft,
  file: CaseFile | null,
  prev: SignedLine | null,
  now: Date,
): LogLine {
  const { actor, note, ...entry } = draft;
  // clocks of two hosts differ; a log never runs backwards
  const at = file && file.lastAt > now ? file.lastAt : now;
  return {
    case: id,
    seq: (file?.seq ?? 0) + 1,
    // a RECEIVED line begins the new round
    epoch: entry.action === 'RECEIVED' ? entry.data.epoch : (file?.epoch ?? 1),
    at: at.toISOString(),
    node,
    actor,
    prev: prev?.hash ?? null,
    note,
    ...entry,
  };
}

/**
 * The new lines, for every desk that held the case, lent its power or keeps its project, and does not know them yet,
 * even if these lines end its part in the case; the whole log for a desk that had no part before.
 */
function echoes(
  stored: StoredCase,
  before: readonly DivisionCode[],
  written: readonly SignedLine[],
  knowing: readonly DivisionCode[],
): Outgoing[] {
  return [...new Set([...readersOf(stored.file), ...before])]
    .filter((holder) => !knowing.includes(holder))
    .map((receiver) => ({
      receiver,
      kind: 'ECHO',
      caseId: stored.id,
      body: { case: stored.id, lines: (before.includes(receiver) ? written : stored.lines).map((w) => w.jws) },
    }));
}

function dossier(stored: StoredCase, handOff: NonNullable<Step['handOff']>): Outgoing {
  return {
    receiver: handOff.to,
    kind: 'DOSSIER',
    caseId: stored.id,
    body: {
      case: stored.id,
      epoch: handOff.epoch,
      application: stored.application,
      lines: stored.lines.map((l) => l.jws),
    },
  };
}
