import type { CaseFile, IdType, LogLine } from '@liandong/schema/case';
import type { DataAnswerBody, DataAsking, DataRecord, DataRequestBody } from '@liandong/schema/domains/sharing';
import type { DivisionCode, Divisions, Problem } from '@liandong/schema/kernel';
import { ARTICLES, dayOf, ERRORS, filingNodeOf, problem, ProblemError } from '@liandong/schema/kernel';
import { actingFor, ID_TYPES, logLineSchema } from '@liandong/schema/case';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import {
  dataAnswerSchema,
  dataRecordSchema,
  dataRequestSchema,
  dataValuesSchema,
  grantFaults,
  outOfGrant,
  partsShown,
  replacedMaterial,
} from '@liandong/schema/domains/sharing';
import { z } from 'zod';
import { findCase } from '../cases/index.ts';
import type { SharedTx } from '../db/index.ts';
import type { Incoming, Outbox, Outgoing, Verdict } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import { sha256 } from '../trust/index.ts';
import { findOffer } from './offer-store.ts';
import { findRecordFault } from './record-faults.ts';
import { findRegisterRow } from './register-store.ts';
import type { StoredRequest } from './tables.ts';
import { appendDataLog, keepRecord, lockRequest, raiseLight, wasProvided } from './request-store.ts';

export interface DataReceiverParts {
  trust: Trust;
  divisions: Divisions;
  outbox: Outbox;
  now: () => Date;
}

/** What lines signed by other nodes prove of a request: the person it is about, and its purpose. */
interface Proof {
  item: string;
  consented: boolean;
  subject: { idType: IdType; idNumber: string };
}

/** The only part of an application this node reads. */
const subjectSchema = z.object({ applicant: z.object({ idType: z.enum(ID_TYPES), idNumber: z.string().min(1) }) });

/** Receives requests for data and their answers. */
export class DataReceiver {
  readonly #parts: DataReceiverParts;

  constructor(parts: DataReceiverParts) {
    this.#parts = parts;
  }

  /**
   * Judges a request by its proofs and by the grant, and answers it with values or a refusal, in one transaction with
   * the log. A request outside the grant raises a light (预警灯).
   */
  readonly request = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const body = parse(dataRequestSchema, message.body);
    if (await wasProvided(tx, body.request)) return { outcome: 'DONE' };
    const { trust, outbox, now } = this.#parts;
    const at = now();
    const offer = await findOffer(tx, body.offer, tx.node);
    const proof = await this.#proofOf(body, message.from, at);
    const fields = [...new Set(body.fields)];
    const faults =
      'code' in proof ? [proof] : grantFaults(offer, askingOf(proof, message.from, fields, at), this.#parts.divisions);
    const row =
      faults.length > 0 || !offer || 'code' in proof ? null : await findRegisterRow(tx, offer.register, proof.subject);
    const given = row && JSON.stringify(Object.fromEntries(fields.map((name) => [name, row[name] ?? ''])));
    const record: DataRecord = {
      request: body.request,
      provider: tx.node,
      asker: message.from,
      actor: body.actor,
      case: body.case,
      item: 'code' in proof ? null : proof.item,
      offer: body.offer,
      fields: fields.map((name) => ({ name, label: offer?.fields.find((f) => f.name === name)?.label ?? name })),
      askedAt: body.at,
      at: at.toISOString(),
      outcome: faults.length > 0 ? 'REFUSED' : given === null ? 'NOT_FOUND' : 'ANSWERED',
      faults: faults.map(({ field, message: why, article }) => ({ field: field ?? '', message: why, article })),
      replaces: offer && given !== null ? replacedMaterial(offer, fields) : null,
      values: given === null ? null : sha256(given),
      terms: (given !== null && offer) || undefined,
    };
    await log(tx, 'PROVIDED', record, at);
    if (faults.length > 0) await light(tx, record, at);
    const signed = await trust.sign(tx.node, SIGNED_TYPES.data, record);
    await outbox.enqueue(tx, [
      { receiver: message.from, kind: 'DATA_ANSWER', caseId: body.case, body: { record: signed, values: given } },
    ]);
    return { outcome: 'DONE' };
  };

  /**
   * Stores an answer: at the desk that asked, once; at the desk that holds the case by now, so that it need not ask
   * again; at the desk that took the case in, without values, so that the person can be told. An answer that the
   * offering node may not give, or that its sender may not bring, is refused, and its material stays required.
   */
  readonly answer = async (tx: SharedTx, message: Incoming): Promise<Verdict> => {
    const body = parse(dataAnswerSchema, message.body);
    const { node, payload } = await this.#parts.trust.verify(body.record, SIGNED_TYPES.data);
    const record = parse(dataRecordSchema, payload);
    if (record.provider !== node) throw problem('SIGNATURE_INVALID', `${node} signed a record of ${record.provider}.`);
    if (body.values !== null && sha256(body.values) !== record.values) {
      return refused('MESSAGE_INVALID', 'The values are not those the offering node signed.');
    }
    if (body.values !== null) parse(dataValuesSchema, JSON.parse(body.values));
    const asked = record.asker === tx.node;
    const stored = await findCase(tx, record.case);
    const file = stored?.file ?? null;
    const objection =
      (await this.#unlikeKept(tx, record, body, asked)) ??
      this.#unentitled(tx.node, message.from, record, file) ??
      (await this.#unoffered(tx, record, asked));
    if (objection) return objection;
    const fresh = await keepRecord(tx, record, body.record, body.values);
    if (!fresh) return { outcome: 'DONE' };
    if (asked) {
      await log(tx, 'ASKED', record, this.#parts.now());
      if (record.outcome === 'REFUSED') await light(tx, record, this.#parts.now());
    }
    if (file) await this.#tellOn(tx, file, record, body, message.from);
    return { outcome: 'DONE' };
  };

  /** Why a record does not answer the request made here, or differs from the stored record; null if neither is so. */
  async #unlikeKept(tx: SharedTx, record: DataRecord, body: DataAnswerBody, asked: boolean): Promise<Verdict | null> {
    const kept = await lockRequest(tx, record.request);
    if (asked && !(kept && answers(record, kept))) {
      return refused('NOT_FOUND', `${tx.node} asked ${record.provider} nothing like this under this id.`);
    }
    if (asked && record.values !== null && body.values === null) {
      return refused('MESSAGE_INVALID', 'The values that the offering node gave are not with its record.');
    }
    const another = kept !== null && (kept.asker !== record.asker || (kept.record ?? body.record) !== body.record);
    return another ? refused('MESSAGE_INVALID', `${tx.node} keeps another record under this id.`) : null;
  }

  /** Why the asker, or the node that brings its answer, has no part in the case; null if both have one. */
  #unentitled(node: DivisionCode, from: DivisionCode, record: DataRecord, file: CaseFile | null): Verdict | null {
    const { asker, provider } = record;
    // the offering node answers only the node that asked it
    const brings = asker === node && from === provider ? [] : [from];
    const parts = partsShown(record.case, file, node, [asker, ...brings]);
    switch (parts) {
      case 'SHOWN':
        return null;
      case 'NOT_YET':
        return { outcome: 'LATER', reason: `the part of ${asker} or ${from} in the case is not known here yet` };
      case 'NONE':
        return refused('FORBIDDEN', `${asker} and ${from} do not both have a part in ${record.case}.`);
      default:
        return parts satisfies never;
    }
  }

  /** Why a record rests on no offer of its signer, or gives what the offer does not; null if the offer covers it. */
  async #unoffered(tx: SharedTx, record: DataRecord, asked: boolean): Promise<Verdict | null> {
    const fault = await findRecordFault(tx, this.#parts.divisions, record, asked);
    return fault && refused(fault.code, fault.message);
  }

  /** Passes an answer on to the case's present desk, and its record to the desk that took the case in. */
  async #tellOn(tx: SharedTx, file: CaseFile, record: DataRecord, body: DataAnswerBody, from: string): Promise<void> {
    const { custodian, home, inTransitTo } = file;
    const holder = inTransitTo ?? custodian;
    const told = (receiver: string, values: string | null): Outgoing => ({
      receiver,
      kind: 'DATA_ANSWER',
      caseId: record.case,
      body: { record: body.record, values },
    });
    if (record.asker !== tx.node) {
      // the answer came by way of another desk, and the case has moved on since
      const further = holder !== tx.node && holder !== from && body.values !== null;
      await this.#parts.outbox.enqueue(tx, further ? [told(holder, body.values)] : []);
      return;
    }
    await this.#parts.outbox.enqueue(tx, [
      ...(holder === tx.node ? [] : [told(holder, body.values)]),
      ...(home === tx.node || home === holder ? [] : [told(home, null)]),
    ]);
  }

  /** What the signed lines prove. A request without valid proof is outside any grant. */
  async #proofOf(body: DataRequestBody, from: string, at: Date): Promise<Proof | Problem> {
    const { trust } = this.#parts;
    const unproved = (why: string) => outOfGrant('case', why, ARTICLES.statutoryDuty);
    try {
      const [first = '', ...others] = body.lines;
      const filed = await this.#line(first, body.case);
      if (filed.action !== 'FILED' || filed.node !== filingNodeOf(body.case)) {
        return unproved('The first line is not the one by which the case was taken in.');
      }
      const further: LogLine[] = [];
      for (const jws of others) further.push(await this.#line(jws, body.case));
      const corrected = further.find((line) => line.action === 'APPLICATION_CORRECTED');
      // only the desk that took a case in says what its application says, or the node that took over from that desk
      if (corrected && corrected.node !== actingFor(filed.node, trust.successionOf) && corrected.node !== filed.node) {
        return unproved('The correction was not made by the desk that took the case in.');
      }
      if (sha256(body.application) !== (corrected ?? filed).data.application) {
        return unproved('The application is not the one that was filed.');
      }
      if (filed.node !== from) {
        // a desk can't hand itself a case
        const handed = further.find((line) => 'to' in line.data && line.node !== from);
        if (!handed || !('to' in handed.data) || handed.data.to !== from) {
          return unproved(`Nothing shows that the case came to ${from}.`);
        }
      }
      const subject = subjectSchema.safeParse(JSON.parse(body.application));
      if (!subject.success) return unproved('The application names no applicant.');
      const { item } = filed.data;
      const { consent } = (corrected ?? filed).data;
      const consented = consent !== null && new Date(consent.givenAt) <= at;
      return { item, consented, subject: subject.data.applicant };
    } catch (error) {
      // an unknown key may become known; any other fault leaves the request unproved
      if (!(error instanceof ProblemError) || ERRORS[error.code].retry) throw error;
      return unproved(error.problem.message);
    }
  }

  async #line(jws: string, caseId: string): Promise<LogLine> {
    const { node, payload } = await this.#parts.trust.verify(jws, SIGNED_TYPES.line);
    const line = parse(logLineSchema, payload);
    if (line.node !== node) throw problem('SIGNATURE_INVALID', `${node} signed a line of ${line.node}.`);
    if (line.case !== caseId) throw problem('CHAIN_BROKEN', `A line of ${line.case} came with ${caseId}.`);
    return line;
  }
}

function askingOf(proof: Proof, node: string, fields: readonly string[], at: Date): DataAsking {
  return { node, item: proof.item, consented: proof.consented, fields, today: dayOf(at) };
}

/** Whether a record is about this node's request, and no more. */
function answers(record: DataRecord, { provider, caseId, offer, fields }: StoredRequest): boolean {
  const about = record.provider === provider && record.case === caseId && record.offer === offer;
  return about && record.fields.every(({ name }) => fields.includes(name));
}

async function log(tx: SharedTx, side: 'ASKED' | 'PROVIDED', record: DataRecord, at: Date): Promise<void> {
  const { request, offer, asker, provider, actor, item, outcome } = record;
  const fields = record.fields.map((field) => field.name);
  const asked = { request, caseId: record.case, offer, asker, provider, item, fields };
  await appendDataLog(tx, { ...asked, at, side, person: actor.sub, personName: actor.name, outcome });
}

async function light(tx: SharedTx, record: DataRecord, at: Date): Promise<void> {
  const why = record.faults.map((fault) => fault.message).join(' ');
  await raiseLight(tx, {
    about: record.asker,
    caseId: record.case,
    detail: `${record.asker} asked ${record.provider} for ${record.offer}: ${why}`,
    at,
  });
}

function refused(code: string, reason: string): Verdict {
  return { outcome: 'REFUSED', code, reason };
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw problem('MESSAGE_INVALID', 'The body of the message is not what its kind says.');
  return parsed.data;
}
