import { inTrace } from '@liandong/runtime';
import type { Answer, Envelope, MessageKind } from '@liandong/schema/wire';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { NodeTx, SharedTx } from '../db/index.ts';
import { shareTransaction } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';
import type { Settled } from './answers.ts';
import { answerOf, isLost, parkedBy } from './answers.ts';
import type { BatchMode } from './batch-transaction.ts';
import { grouped } from './grouped.ts';
import type { AnsweredMessage, Inbox } from './inbox.ts';
import type { Incoming, LockCases, Receiver, Receivers, SharedReceiver } from './messages.ts';
import { isSideBySide } from './messages.ts';
import { isAboutKeys, parkMessage } from './parked.ts';

/** A message whose envelope was checked. */
export interface Arrived {
  from: DivisionCode;
  message: Envelope['messages'][number];
  bytes: Uint8Array | null;
}

/** The lane that keeps a message's order beside other messages, and its receiver there. */
interface Lane {
  key: string;
  receiver: SharedReceiver;
}

/** A message that is being taken in; without a lane it is taken alone. */
interface Taken extends Arrived {
  body: unknown;
  lane: Lane | null;
  /** The case it is about. */
  about: string | null;
}

/** The decisions on a batch, and its answers. */
export interface Outcome {
  answers: { to: DivisionCode; answer: Answer }[];
  /** Whether a message was set aside. */
  parked: boolean;
}

/**
 * Takes in a batch of messages, in one transaction with their effects. Messages of different cases are processed side
 * by side, so that their statements go over together; those of one case, and all others, keep their order.
 */
export class Taking {
  readonly #receivers: Receivers;
  readonly #inbox: Inbox;
  readonly #lockCases: LockCases;
  readonly #log: Logger;

  constructor(receivers: Receivers, inbox: Inbox, lockCases: LockCases, log: Logger) {
    this.#receivers = receivers;
    this.#inbox = inbox;
    this.#lockCases = lockCases;
    this.#log = log;
  }

  /**
   * @param mode TOGETHER: a fault in one message is thrown; ONE_BY_ONE: that message alone is parked
   * @throws what the first that failed throws, where they are taken TOGETHER
   */
  async take(tx: NodeTx, arrived: readonly Arrived[], mode: BatchMode): Promise<Outcome> {
    const known = await this.#readAnswers(tx, arrived);
    const fresh = new Map<string, Taken>();
    for (const each of arrived) {
      const key = keyOf(each);
      // a second copy within the batch gets the answer of the first
      if (!known.has(key) && !fresh.has(key)) fresh.set(key, { ...each, ...this.#readBody(each.message) });
    }
    let parked = false;
    const lasting: AnsweredMessage[] = [];
    const runs = runsOf([...fresh.values()]);
    // one run locks its cases together; otherwise they would be locked in the order the messages came
    if (runs.length > 1 || mode === 'ONE_BY_ONE') await this.#lockCases(tx, casesOf([...fresh.values()]));
    for (const run of runs) {
      const settled = mode === 'TOGETHER' ? await this.#takeTogether(tx, run) : await this.#takeOneByOne(tx, run);
      for (const [index, verdict] of settled.entries()) {
        const { from, message, bytes } = run[index] as Taken;
        const answer = answerOf(message.id, sha256(message.body), verdict);
        if (!answer) continue;
        const { id, kind } = message;
        known.set(keyOf({ from, message, bytes }), answer);
        if (verdict.outcome === 'PARKED') {
          const { code, reason } = verdict;
          const { body } = message;
          await parkMessage(tx, { id, sender: from, kind, body, code, reason, kid: null, envelope: null, bytes });
          parked = true;
        }
        if (isLasting(kind, answer)) lasting.push({ id, sender: from, kind, answer });
      }
    }
    if (lasting.length > 0) await tx.withCommit(this.#inbox.remember(tx, lasting));
    const answers = arrived.flatMap((each) => {
      const answer = known.get(keyOf(each));
      return answer ? [{ to: each.from, answer }] : [];
    });
    return { answers, parked };
  }

  /** The answers to copies that came before, by sender and message. */
  async #readAnswers(tx: SharedTx, arrived: readonly Arrived[]): Promise<Map<string, Answer>> {
    const asked = arrived.filter(({ message }) => isRemembered(message.kind));
    if (asked.length === 0) return new Map();
    const found = await this.#inbox.find(
      tx,
      asked.map(({ message }) => message.id),
    );
    return new Map(found.map(({ id, sender, answer }) => [`${sender} ${id}`, answer]));
  }

  async #takeTogether(tx: NodeTx, run: readonly Taken[]): Promise<Settled[]> {
    const [first] = run;
    if (first && run.length === 1) return [await this.#takeOnly(tx, first)];
    const lanes = grouped(run.keys(), (index) => run[index]?.lane?.key);
    const settled: Settled[] = [];
    await shareTransaction(
      tx,
      [...lanes.values()].map((lane) => async (shared) => {
        for (const index of lane) {
          const taken = run[index] as Taken & { lane: Lane };
          settled[index] = await receive(taken.lane.receiver, shared, taken);
        }
      }),
    );
    return settled;
  }

  async #takeOneByOne(tx: NodeTx, run: readonly Taken[]): Promise<Settled[]> {
    const settled: Settled[] = [];
    for (const taken of run) settled.push(await this.#takeAlone(tx, taken));
    return settled;
  }

  async #takeAlone(tx: NodeTx, taken: Taken): Promise<Settled> {
    const { from, message } = taken;
    try {
      return await tx.attempt(() => this.#takeOnly(tx, taken));
    } catch (error) {
      // nothing is wrong with the message: the whole batch is tried again
      if (isLost(error)) throw error;
      this.#log.error({ err: error, node: tx.node, from, message: message.id, kind: message.kind }, 'message parked');
      return parkedBy(error, message.kind);
    }
  }

  #takeOnly(tx: NodeTx, taken: Taken): Promise<Settled> {
    const receiver: Receiver = this.#receivers[taken.message.kind];
    return receive(receiver, tx, taken);
  }

  #readBody({ kind, body: text }: Arrived['message']): Pick<Taken, 'body' | 'lane' | 'about'> {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return { body: undefined, lane: null, about: null };
    }
    const { case: id, sha256: digest } = (body ?? {}) as { case?: unknown; sha256?: unknown };
    const key = kind === 'MATERIAL' ? digest : id;
    const lane = isSideBySide(kind) && typeof key === 'string' ? { key, receiver: this.#receivers[kind] } : null;
    return { body, lane, about: kind !== 'MATERIAL' && typeof id === 'string' ? id : null };
  }
}

/** Processes a message in the trace it came with. */
function receive<Tx extends SharedTx>(
  receiver: (tx: Tx, message: Incoming) => Promise<Settled>,
  tx: Tx,
  { from, message, bytes, body }: Taken,
): Promise<Settled> {
  const { id, kind, trace } = message;
  return inTrace(trace ?? null, `take ${kind}`, async () => {
    // text that is not JSON throws here, and is parked with that reason
    const incoming: Incoming = { id, from, to: tx.node, kind, body: body ?? JSON.parse(message.body), bytes };
    return receiver(tx, incoming);
  });
}

/** Feeds are numbered: a second copy of a stretch is recognized without remembering it. */
function isRemembered(kind: MessageKind): boolean {
  return kind !== 'FEED';
}

function isLasting(kind: MessageKind, answer: Answer): boolean {
  if (!isRemembered(kind)) return false;
  // a message that waits for a key is judged again when it comes again
  if (answer.outcome === 'PARKED') return !isAboutKeys(answer.code);
  return answer.outcome === 'DONE' || answer.outcome === 'REFUSED';
}

function keyOf({ from, message }: Arrived): string {
  return `${from} ${message.id}`;
}

/** Runs of messages that may be processed side by side; any other message is a run of its own. */
function runsOf(messages: readonly Taken[]): Taken[][] {
  const runs: Taken[][] = [];
  for (const taken of messages) {
    const run = runs.at(-1);
    const [first] = run ?? [];
    const joins =
      first !== undefined && first.lane !== null && taken.lane !== null && isPiece(first) === isPiece(taken);
    if (run && joins) run.push(taken);
    else runs.push([taken]);
  }
  return runs;
}

/** Pieces of materials are stored before the dossiers that need them are processed. */
function isPiece({ message }: Taken): boolean {
  return message.kind === 'MATERIAL';
}

function casesOf(messages: readonly Taken[]): string[] {
  return [...new Set(messages.flatMap(({ about }) => about ?? []))];
}
