import { mayTransfer, rateByApplicant, recallCase } from '@liandong/schema/domains/handling';
import {
  contentsOf,
  custodyAt,
  HAND_OFF_ACTIONS,
  hasPart,
  isOrgan,
  isUndecided,
  NODE_ACTOR,
  route,
  successionLines,
} from '@liandong/schema/case';
import type { CaseFile, Grade, HandOffAction, LogLine, Step } from '@liandong/schema/case';
import type { Divisions } from '@liandong/schema/kernel';
import type { Item } from '@liandong/schema/domains/catalogue';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import { grantStateOf, recallSchema } from '@liandong/schema/domains/delegation';
import { dossierSchema, echoSchema, materialPartSchema, ratingSchema, withdrawalSchema } from '@liandong/schema/wire';
import type { ZodType } from 'zod';
import type { SharedTx } from '../db/index.ts';
import { pipelined } from '../db/index.ts';
import { findGrants } from '../delegation/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Answered, Incoming, Outbox, Verdict } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import { sha256 } from '../trust/index.ts';
import { foldChain } from '../case-log/index.ts';
import { keepApplicant, replaceApplicant } from './applicant-digests.ts';
import { insertLines } from './case-saving.ts';
import type { StoredCase } from './case-store.ts';
import { lockCase } from './case-store.ts';
import type { CaseWriter } from './case-writer.ts';
import { checkedLines, requireWords } from '../case-log/index.ts';
import { LineIntake } from './line-intake.ts';
import { absentMaterials, partsOf, receivePart } from '../materials/index.ts';

export interface CaseReceiverParts {
  trust: Trust;
  failures: Failures;
  divisions: Divisions;
  writer: CaseWriter;
  outbox: Outbox;
  now: () => Date;
  /** The item in this node's catalogue today; null if its copy lacks it. */
  findItem: (tx: SharedTx, code: string) => Promise<Item | null>;
}

/** Applies other nodes' messages to cases here, and their answers to this node's cases. */
export class CaseReceiver {
  readonly #parts: CaseReceiverParts;
  readonly #lines: LineIntake;

  constructor(parts: CaseReceiverParts) {
    this.#parts = parts;
    this.#lines = new LineIntake(parts);
  }

  /**
   * Takes custody (G3), under three conditions: the whole log is checked line by line, every byte of the materials is
   * here, and no copy of an older message can have the epoch.
   */
  readonly dossier = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const { now, writer } = this.#parts;
    const body = parse(dossierSchema, message.body);
    const before = await lockCase(tx, body.case);
    const known = before?.lines ?? [];
    const lines = await checkedLines(this.#parts.trust, body.case, body.lines, known);
    const file = foldChain(lines);
    const fresh = lines.filter((l) => !known.includes(l));
    await requireWords(this.#parts.trust, file, lines, fresh);
    const last = lines.at(-1)?.line;
    if (!last || !movesTo(last, tx.node, body.epoch) || last.node !== message.from || last.case !== body.case) {
      throw problem('CHAIN_BROKEN', `The log of ${body.case} does not end with its hand-off to ${tx.node}.`);
    }
    if (sha256(body.application) !== file.application) {
      throw problem('CHAIN_BROKEN', `The application of ${body.case} is not the one that was filed.`);
    }
    if (before && before.file.epoch >= body.epoch) {
      return refused('STALE_EPOCH', `${tx.node} is at epoch ${before.file.epoch} of ${body.case} already.`);
    }
    const [objection, absent] = await pipelined(
      this.#objection(tx, file, last),
      absentMaterials(tx, contentsOf(file, tx.node)),
    );
    if (objection) return objection;
    if (absent.length > 0) return { outcome: 'WANTS', materials: absent.map((m) => m.sha256) };
    const stored: StoredCase = {
      id: body.case,
      file,
      lines,
      application: body.application,
      trackingHash: before?.trackingHash ?? null,
      withdrawalRequestedAt: before?.withdrawalRequestedAt ?? null,
      handler: before?.handler ?? null,
    };
    const received: Step = {
      lines: [{ action: 'RECEIVED', actor: NODE_ACTOR, note: null, data: { from: message.from, epoch: body.epoch } }],
      handOff: null,
    };
    const applied = { id: body.case, application: body.application };
    const [, , held] = await pipelined(
      insertLines(tx, lines),
      isCorrected(before, body.application) ? replaceApplicant(tx, applied) : keepApplicant(tx, applied),
      writer.append(tx, stored, received, now(), [message.from]),
    );
    await this.#succeed(tx, held);
    return { outcome: 'DONE', line: held.lines.at(-1)?.jws ?? '' };
  };

  /** Takes new lines of a case into this node's copy, from a node with a part in it. */
  readonly echo = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const body = parse(echoSchema, message.body);
    return this.#lines.take(tx, message.from, body.case, body.lines);
  };

  /** Withdraws a case at its custodian, for a desk that no longer holds it; passes the wish on if the case moved on. */
  readonly withdrawal = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const { now, outbox, writer } = this.#parts;
    const body = parse(withdrawalSchema, message.body);
    const stored = await lockCase(tx, body.case);
    if (!stored) return refused('NOT_FOUND', `${tx.node} never held ${body.case}.`);
    const { file } = stored;
    if (!hasPart(body.requestedAt, file) || !hasPart(message.from, file)) {
      return refused('FORBIDDEN', `${message.from} never held ${body.case}.`);
    }
    if (!isUndecided(file.state))
      return refused('ILLEGAL_STEP', `The case is ${file.state}; it can't be withdrawn any more.`);
    const custody = custodyAt(file, tx.node);
    if (custody === 'IN_TRANSIT') return { outcome: 'LATER', reason: 'the case is under way' };
    if (custody === 'ELSEWHERE') {
      await outbox.enqueue(tx, [{ receiver: file.custodian, kind: 'WITHDRAWAL', caseId: file.id, body }]);
      return { outcome: 'DONE' };
    }
    const { reason, actor, requestedAt } = body;
    await writer.append(
      tx,
      stored,
      { lines: [{ action: 'WITHDRAWN', actor, note: reason, data: { reason, requestedAt } }], handOff: null },
      now(),
    );
    return { outcome: 'DONE' };
  };

  /** Writes the applicant's rating at the case's custodian; passes it on if the case moved on. */
  readonly rating = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const { now, outbox, writer } = this.#parts;
    const body = parse(ratingSchema, message.body);
    const stored = await lockCase(tx, body.case);
    if (!stored || !hasPart(message.from, stored.file)) {
      return refused('FORBIDDEN', `${message.from} never held ${body.case}.`);
    }
    const custody = custodyAt(stored.file, tx.node);
    if (custody === 'IN_TRANSIT') return { outcome: 'LATER', reason: 'the case is under way' };
    if (custody === 'ELSEWHERE') {
      await outbox.enqueue(tx, [{ receiver: stored.file.custodian, kind: 'RATING', caseId: body.case, body }]);
      return { outcome: 'DONE' };
    }
    try {
      await writer.append(tx, stored, rateByApplicant(stored.file, body.grade as Grade), now());
    } catch (error) {
      if (error instanceof ProblemError) return refused(error.code, error.message);
      throw error;
    }
    return { outcome: 'DONE' };
  };

  /** Recalls a case for the grantor under whose power it would be decided here. */
  readonly recall = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const { now, writer } = this.#parts;
    const body = parse(recallSchema, message.body);
    const stored = await lockCase(tx, body.case);
    if (!stored) return refused('NOT_FOUND', `${tx.node} never held ${body.case}.`);
    const custody = custodyAt(stored.file, tx.node);
    if (custody === 'IN_TRANSIT') return { outcome: 'LATER', reason: 'the case is under way' };
    if (custody === 'ELSEWHERE') {
      const grantor = stored.file.through.decide?.grantor;
      if (message.from !== grantor) return refused('NOT_COMPETENT', `${message.from} lent no power for ${body.case}.`);
      return refused('NOT_CUSTODIAN', `${stored.file.custodian} holds ${body.case}.`);
    }
    try {
      await writer.append(tx, stored, recallCase(tx.node, stored.file, message.from, body.actor, body.reason), now());
    } catch (error) {
      if (error instanceof ProblemError) return refused(error.code, error.message);
      throw error;
    }
    return { outcome: 'DONE' };
  };

  /** Keeps a piece of a material. */
  readonly material = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const part = parse(materialPartSchema, message.body);
    if (!message.bytes) throw problem('MESSAGE_INVALID', 'A piece of a material came without its bytes.');
    const sound = await receivePart(tx, part, message.bytes);
    return sound
      ? { outcome: 'DONE' }
      : refused('MATERIAL_CORRUPT', `The bytes of ${part.sha256} are not what they should be.`);
  };

  /**
   * Takes the receiver's answer to a dossier: held there (its RECEIVED line comes with the receipt), refused (the case
   * is ours again), or waiting for materials (they are sent once more).
   */
  readonly dossierAnswered = async (tx: SharedTx, answered: Answered): Promise<void> => {
    const { answer, receiver } = answered;
    const body = parse(dossierSchema, answered.body);
    switch (answer.outcome) {
      case 'DONE':
        if (answer.line === null) return;
        requireTaken(await this.#lines.take(tx, receiver, body.case, [answer.line]));
        return;
      case 'REFUSED': {
        const stored = await lockCase(tx, body.case);
        // a refused copy of a round that is over changes nothing
        if (!stored || stored.file.inTransitTo !== receiver || stored.file.epoch + 1 !== body.epoch) return;
        if (answer.code === 'STALE_EPOCH') return;
        // data records and notes wait there for the case, which does not come
        for (const kind of ['DATA_ANSWER', 'CASE_NOTE'] as const) {
          await this.#parts.outbox.withdraw(tx, { receiver, kind, caseId: body.case }, answer.code);
        }
        const data = { by: receiver, epoch: body.epoch, code: answer.code };
        const back = await this.#parts.writer.append(
          tx,
          stored,
          { lines: [{ action: 'HANDOFF_REFUSED', actor: NODE_ACTOR, note: answer.reason, data }], handOff: null },
          this.#parts.now(),
          [receiver],
        );
        await this.#succeed(tx, back);
        return;
      }
      case 'WANTS': {
        const stored = await lockCase(tx, body.case);
        const wanted = stored
          ? contentsOf(stored.file, receiver).filter((m) => answer.materials.includes(m.sha256))
          : [];
        await this.#parts.outbox.enqueue(tx, partsOf(wanted, receiver, body.case));
        return;
      }
      case 'PARKED':
      case 'WATERMARK':
        return;
      default:
        answer satisfies never;
    }
  };

  /** Takes the answer to a withdrawal: one that came too late is no longer pending. */
  readonly withdrawalAnswered = async (tx: SharedTx, answered: Answered): Promise<void> => {
    if (answered.answer.outcome !== 'REFUSED' || answered.caseId === null) return;
    await tx.query(`UPDATE cases SET withdrawal_requested_at = NULL WHERE node = $1 AND id = $2`, [answered.caseId]);
  };

  /** Why this node refuses the case, by its own catalogue; null if it takes it. */
  async #objection(tx: SharedTx, file: CaseFile, last: LogLine): Promise<Verdict | null> {
    if (last.action === 'TRANSFERRED') {
      const desk = { node: last.node, divisions: this.#parts.divisions };
      return mayTransfer(desk, tx.node) ? null : refused('NOT_COMPETENT', `${tx.node} is of another township.`);
    }
    // the fold has checked that the parent closed the desk it comes from, and named this one
    if (last.action === 'HANDED_OVER') return null;
    // a case that comes back, or comes to be delivered, is known here, or at a desk that this one succeeded
    if (last.action === 'RETURNED' || last.action === 'ASSIGNED') {
      // a case decided by force of law before it came here comes for its document
      const documents = file.decision?.deemed === true && file.decider === tx.node;
      const known = documents || hasPart(tx.node, file) || isOrgan(tx.node, file);
      return known ? null : refused('NOT_COMPETENT', `${tx.node} never held ${file.id}.`);
    }
    const named = Object.values(file.through).flatMap((use) => use?.id ?? []);
    const [item, known] = await pipelined(this.#parts.findItem(tx, file.item), findGrants(tx, named));
    if (!item) return { outcome: 'LATER', reason: `${file.item} is not in this node's catalogue yet` };
    if (known.length < new Set(named).size) {
      return { outcome: 'LATER', reason: 'a grant it stands on is not known here yet' };
    }
    // a grant that ended since the case was filed is found at the next step, and the case goes on from here
    const lapsed = known.find((record) => grantStateOf(record, dayOf(file.filedAt)) !== 'IN_EFFECT');
    if (lapsed) return refused('GRANT_NOT_IN_EFFECT', `The grant ${lapsed.grant.id} gave no power when it was filed.`);
    const grants = known.map(({ grant }) => ({ ...grant, cap: file.reviews.length > 0 ? null : grant.cap }));
    const { divisions, trust } = this.#parts;
    // a running case keeps the route of the day it was filed, even if its zone has another parent by now or an organ of
    // it was closed: the custodian writes that into the log
    const found = route(item, file.place, divisions, grants, file.facts, trust.successionOf);
    const then = [divisions, divisions.asOf(dayOf(file.filedAt))].map((register) =>
      route(item, file.place, register, grants, file.facts),
    );
    const sound = [found, ...then].some(
      ({ acceptor, decider }) =>
        (acceptor === tx.node || decider === tx.node) && acceptor === file.acceptor && decider === file.decider,
    );
    if (sound) return null;
    return refused(
      'NOT_COMPETENT',
      `${found.acceptor} accepts and ${found.decider} decides ${file.item} for ${file.place}.`,
    );
  }

  /** Writes the successors of closed nodes into a case that has come to rest here. */
  async #succeed(tx: SharedTx, stored: StoredCase): Promise<void> {
    const { trust, writer, now } = this.#parts;
    // the closed node itself hands the whole case over
    if (trust.successionOf(tx.node)) return;
    const [first, ...rest] = successionLines(stored.file, trust.successions());
    if (first) await writer.append(tx, stored, { lines: [first, ...rest], handOff: null }, now());
  }
}

/** The line of a receipt belongs to the case it answers; if the line is refused, the message stays owed. */
function requireTaken(verdict: Verdict): void {
  if (verdict.outcome === 'REFUSED' || verdict.outcome === 'LATER') throw problem('CHAIN_BROKEN', verdict.reason);
}

function isHandOff(line: LogLine): line is Extract<LogLine, { action: HandOffAction }> {
  return (HAND_OFF_ACTIONS as readonly string[]).includes(line.action);
}

function movesTo(line: LogLine, node: string, epoch: number): boolean {
  return isHandOff(line) && line.data.to === node && line.data.epoch === epoch;
}

function refused(code: string, reason: string): Verdict {
  return { outcome: 'REFUSED', code, reason };
}

function parse<T>(schema: ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success)
    throw problem('MESSAGE_INVALID', 'The body of the message is not what its kind says.', { cause: parsed.error });
  return parsed.data;
}

/** Whether the desk that took the case in has corrected the application since it was here. */
function isCorrected(before: StoredCase | null | undefined, application: string): boolean {
  const known = before?.application ?? null;
  return known !== null && known !== application;
}
