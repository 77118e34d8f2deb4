import type { OpinionNotice, Party, PartySays, SignedWord } from '@liandong/schema/domains/joint';
import {
  dueFrom,
  enterWord,
  isAsNew,
  opinionAnswerSchema,
  opinionNoticeSchema,
  opinionRequestSchema,
  partyStandingOf,
  partyWordSchema,
  shownMaterials,
} from '@liandong/schema/domains/joint';
import type { Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import { ERRORS, problem, ProblemError } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { clockOf, custodyAt } from '@liandong/schema/case';
import type { z } from 'zod';
import type { CaseWriter, StoredCase } from '../cases/index.ts';
import { absentMaterials } from '../materials/index.ts';
import { checkedLog } from '../case-log/index.ts';
import { caseElements, lockCase } from '../cases/index.ts';
import type { SharedTx } from '../db/index.ts';
import type { Answered, Incoming, Outbox, Verdict } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import type { SignalBook } from '../signals/index.ts';
import { materialsFor, openedBy } from './party-messages.ts';
import type { StoredOpinionRequest } from './request-store.ts';
import { lockRequest, saveNotice, saveRequest, settleWord } from './request-store.ts';

export interface OpinionReceiverParts {
  trust: Trust;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  writer: CaseWriter;
  outbox: Outbox;
  signals: SignalBook;
  now: () => Date;
}

/** Applies questions between nodes, and their answers: at the party's node and at the lead's. */
export class OpinionReceiver {
  readonly #parts: OpinionReceiverParts;

  constructor(parts: OpinionReceiverParts) {
    this.#parts = parts;
  }

  /**
   * Takes a question for a department of this node. The question must be proved: the signed log, checked line by line,
   * ends with the custodian's line that names this party, and lists the materials. The receipt carries this node's
   * signed word that it has the question; asked again, it is the same word.
   */
  readonly request = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const { trust, divisions, calendar, signals, now } = this.#parts;
    const body = parse(opinionRequestSchema, message.body);
    const { lines, file } = await checkedLog(trust, body.case, body.lines);
    const last = lines.at(-1);
    const party = file.joint?.parties.find((p) => p.number === body.party);
    if (last?.line.action !== 'JOINT_OPENED' || last.line.node !== message.from || !party || !file.joint) {
      throw problem('CHAIN_BROKEN', `The log of ${body.case} does not end with the question of ${message.from}.`);
    }
    if (party.node !== tx.node) return refused('NOT_COMPETENT', `Party ${party.number} is of ${party.node}.`);
    const known = await lockRequest(tx, body.case, body.party);
    if (known?.word && known.asked.opened === last.hash) return { outcome: 'DONE', line: known.word };
    const materials = shownMaterials(file, party);
    const absent = await absentMaterials(tx, materials);
    if (absent.length > 0) return { outcome: 'WANTS', materials: absent.map((m) => m.sha256) };
    const at = now();
    const says = { says: 'ASKED' as const, at: at.toISOString() };
    const word = await this.#sign(tx, { case: body.case, opened: last.hash, party }, says);
    const dueAt = dueFrom(calendar(), party, at);
    const standing = { ...party, asked: { at, answer: word }, dueAt };
    await saveRequest(tx, {
      notice: partyStandingOf(file, last.hash, standing),
      asked: { number: file.number, item: file.item, leadNode: message.from, lead: file.joint.lead },
      applicant: body.applicant,
      form: body.form,
      materials,
      lines: body.lines,
      limit: clockOf(file, calendar(), divisions, at)?.dueAt ?? null,
      word,
    });
    // asked again after the lead was restored, the department knows of it
    if (known?.asked.opened !== last.hash) await signals.ofQuestion(tx, file, party.department, at);
    return { outcome: 'DONE', line: word };
  };

  /** Takes the lead's latest notice on a party; a notice older than the stored one changes nothing. */
  readonly notice = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const body = parse(opinionNoticeSchema, message.body);
    const known = await lockRequest(tx, body.case, body.standing.number);
    // the question is still under way, or was forgotten here and is asked again
    if (!known) return { outcome: 'LATER', reason: 'the question is not here yet' };
    const { asked, notice } = known;
    if (asked.leadNode !== message.from || body.standing.node !== tx.node) {
      return refused('FORBIDDEN', `${message.from} does not lead this question.`);
    }
    if (body.opened !== asked.opened) return { outcome: 'LATER', reason: 'another question than the one held here' };
    if (isAsNew(body, notice)) {
      await saveNotice(tx, body);
      await this.#reminded(tx, known, body);
    }
    if (!body.visit || body.visit.as !== null) return { outcome: 'DONE' };
    const says = {
      says: 'CALLED' as const,
      at: this.#parts.now().toISOString(),
      visitAt: body.visit.at.toISOString(),
    };
    const { opened, standing: party } = body;
    return { outcome: 'DONE', line: await this.#sign(tx, { case: body.case, opened, party }, says) };
  };

  /** The department hears that the lead or its centre reminds it. */
  async #reminded(tx: SharedTx, { asked, notice }: StoredOpinionRequest, { standing }: OpinionNotice): Promise<void> {
    const { reminders } = standing;
    if (!reminders || reminders.times <= (notice.standing.reminders?.times ?? 0)) return;
    await this.#parts.signals.ofReminder(tx, asked, standing.department, reminders.lastAt);
  }

  /** Enters another node's signed answer into the case, by the same rules as an answer given here. */
  readonly answer = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const body = parse(opinionAnswerSchema, message.body);
    const signed = await this.#checkedWord(body.answer, message.from);
    const stored = await lockCase(tx, body.case);
    if (!stored?.file.joint) return refused('NOT_FOUND', `${tx.node} asked nothing about ${body.case}.`);
    if (stored.lines.some(({ line }) => 'answer' in line.data && line.data.answer === body.answer)) {
      return { outcome: 'DONE' };
    }
    if (custodyAt(stored.file, tx.node) === 'IN_TRANSIT') return { outcome: 'LATER', reason: 'the case is under way' };
    try {
      await this.#enter(tx, stored, signed);
    } catch (error) {
      if (!(error instanceof ProblemError) || ERRORS[error.code].retry) throw error;
      return refused(error.code, error.message);
    }
    return { outcome: 'DONE' };
  };

  /** The party's node has the question: its deadline counts from there. Materials it lacks are sent again. */
  readonly requestAnswered = async (tx: SharedTx, { answer, body, receiver }: Answered): Promise<void> => {
    const { case: id, party: number } = opinionRequestSchema.parse(body);
    if (answer.outcome === 'WANTS') {
      const stored = await lockCase(tx, id);
      const party = stored?.file.joint?.parties.find((p) => p.number === number);
      const wanted = stored && party ? materialsFor(stored.file, party, receiver, answer.materials) : [];
      await this.#parts.outbox.enqueue(tx, wanted);
      return;
    }
    if (answer.outcome === 'DONE' && answer.line !== null) await this.#noted(tx, id, receiver, answer.line);
  };

  /** The party's node knows of the visit. */
  readonly noticeAnswered = async (tx: SharedTx, { answer, body, receiver }: Answered): Promise<void> => {
    if (answer.outcome !== 'DONE' || answer.line === null) return;
    await this.#noted(tx, opinionNoticeSchema.parse(body).case, receiver, answer.line);
  };

  /** The result of this node's answer at the lead. */
  readonly answerAnswered = async (tx: SharedTx, { answer, body }: Answered): Promise<void> => {
    const said = opinionAnswerSchema.parse(body);
    if (answer.outcome === 'DONE') await settleWord(tx, said, { state: 'TAKEN', code: null, reason: null });
    if (answer.outcome !== 'REFUSED') return;
    await settleWord(tx, said, { state: 'REFUSED', code: answer.code, reason: answer.reason });
  };

  async #noted(tx: SharedTx, id: string, receiver: string, jws: string): Promise<void> {
    const signed = await this.#checkedWord(jws, receiver);
    const stored = await lockCase(tx, id);
    // a case that ended or moved on meanwhile waits for no opinion
    if (!stored || stored.file.state !== 'ACCEPTED' || custodyAt(stored.file, tx.node) !== 'HELD') return;
    await this.#enter(tx, stored, signed);
  }

  async #enter(tx: SharedTx, stored: StoredCase, signed: SignedWord): Promise<void> {
    const { writer, divisions, calendar, now } = this.#parts;
    if (signed.word.case !== stored.id || signed.word.opened !== openedBy(stored)) {
      throw problem('NOT_FOUND', 'This answers another question than the one that was asked.');
    }
    const at = now();
    const elements = await caseElements(tx, { node: tx.node, divisions }, stored.file, at);
    const desk = { node: tx.node, now: at, divisions, calendar: calendar(), ...elements };
    const step = enterWord(desk, stored.file, signed);
    if (step) await writer.append(tx, stored, step, at);
  }

  async #checkedWord(jws: string, from: string): Promise<SignedWord> {
    const { node, payload } = await this.#parts.trust.verify(jws, SIGNED_TYPES.partyWord);
    const word = parse(partyWordSchema, payload);
    if (node !== from || word.node !== node) {
      throw problem('SIGNATURE_INVALID', `${node} signed a word of ${word.node}, and ${from} brought it.`);
    }
    return { node, word, jws };
  }

  async #sign(
    tx: SharedTx,
    { case: id, opened, party }: { case: string; opened: string; party: Pick<Party, 'number' | 'department'> },
    says: PartySays,
  ): Promise<string> {
    const head = { case: id, opened, party: party.number, node: tx.node, department: party.department };
    return this.#parts.trust.sign(tx.node, SIGNED_TYPES.partyWord, { ...head, ...says });
  }
}

function refused(code: string, reason: string): Verdict {
  return { outcome: 'REFUSED', code, reason };
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    throw problem('MESSAGE_INVALID', 'The body of the message is not what its kind says.', { cause: parsed.error });
  }
  return parsed.data;
}
