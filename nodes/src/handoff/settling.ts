import { randomUUID } from 'node:crypto';
import { inTrace } from '@liandong/runtime';
import type { Answer, MessageKind } from '@liandong/schema/wire';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { NodeTx, SharedTx } from '../db/index.ts';
import { shareTransaction, pipelined } from '../db/index.ts';
import { countAnswer, observeHandOff } from '../observability/index.ts';
import { isLost } from './answers.ts';
import type { BatchMode } from './batch-transaction.ts';
import { grouped } from './grouped.ts';
import type { LockCases, Settler } from './messages.ts';

/** Time until a parked message is offered again, ms, in case people repaired the cause. */
const PARKED_RETRY_MS = 3_600_000;

/** A receiver's signed answers about messages of this node. */
export interface SignedAnswers {
  from: DivisionCode;
  /** The receipt as it came; kept as proof of what it settled. */
  jws: string;
  answers: readonly Answer[];
}

interface OwedRow {
  id: string;
  receiver: DivisionCode;
  kind: MessageKind;
  case_id: string | null;
  body: string;
  created_at: Date;
  trace: string | null;
}

/** An answer, the message it is about, and the receipt it came in. */
interface Settling {
  answer: Answer;
  row: OwedRow;
  receipt: string;
}

/**
 * Settles a node's messages by their receivers' answers, in one transaction with the effects of the answers. Answers
 * about different cases are processed side by side.
 */
export class Settlement {
  readonly #settlers: Partial<Record<MessageKind, Settler>>;
  readonly #lockCases: LockCases;
  readonly #log: Logger;

  constructor(settlers: Partial<Record<MessageKind, Settler>>, lockCases: LockCases, log: Logger) {
    this.#settlers = settlers;
    this.#lockCases = lockCases;
    this.#log = log;
  }

  /**
   * @param mode TOGETHER: a fault in one answer is thrown; ONE_BY_ONE: its message alone stays owed
   * @param kinds only messages of these; all when null
   * @throws what the first that failed throws, where they are taken TOGETHER
   */
  async settle(
    tx: NodeTx,
    receipts: readonly SignedAnswers[],
    mode: BatchMode,
    kinds: readonly MessageKind[] | null = null,
  ): Promise<void> {
    const kept = receipts.map((receipt) => ({ ...receipt, id: randomUUID() }));
    const used = new Set<string>();
    let open = kept.flatMap(({ from, id, answers }) => answers.map((answer) => ({ from, receipt: id, answer })));
    // a second answer to the same message finds what the first one left
    while (open.length > 0) {
      const first = new Map(open.toReversed().map((each) => [each.answer.id, each]));
      const now = open.filter((each) => first.get(each.answer.id) === each);
      open = open.filter((each) => first.get(each.answer.id) !== each);
      const rows = await lockOwed(
        tx,
        now.map(({ answer }) => answer.id),
        kinds,
      );
      const settling = now.flatMap(({ from, receipt, answer }): Settling[] => {
        const row = rows.get(answer.id);
        return row?.receiver === from ? [{ answer, row, receipt }] : [];
      });
      const taken = await this.#takeAll(tx, settling, mode);
      await tx.withCommit(mark(tx, taken));
      for (const { answer, receipt } of taken) if (answer.outcome !== 'WANTS') used.add(receipt);
      for (const { answer, row } of taken) {
        const { outcome } = answer;
        tx.afterCommit(() => {
          countAnswer(outcome);
          if (outcome !== 'DONE' && outcome !== 'REFUSED') return;
          observeHandOff(row.kind, Date.now() - row.created_at.getTime());
        });
      }
    }
    const proofs = kept.filter(({ id }) => used.has(id));
    if (proofs.length > 0) await tx.withCommit(keep(tx, proofs));
  }

  /** @returns those that could be processed */
  async #takeAll(tx: NodeTx, settling: readonly Settling[], mode: BatchMode): Promise<readonly Settling[]> {
    const led = settling.filter(({ row }) => this.#settlers[row.kind] !== undefined);
    // an answer that is not about a case locks other rows, which come behind the cases
    if (mode === 'ONE_BY_ONE' || led.some(({ row }) => row.case_id === null)) {
      await this.#lockCases(tx, [...new Set(led.flatMap(({ row }) => row.case_id ?? []))]);
    }
    if (mode === 'ONE_BY_ONE') return this.#takeOneByOne(tx, settling, led);
    const lanes = [...grouped(led, ({ row }) => row.case_id ?? row.id).values()];
    const takeLane = async (tx: SharedTx, lane: readonly Settling[]) => {
      for (const each of lane) await this.#take(tx, each);
    };
    const [only, ...others] = lanes;
    if (only && others.length === 0) await takeLane(tx, only);
    else
      await shareTransaction(
        tx,
        lanes.map((lane) => (shared: SharedTx) => takeLane(shared, lane)),
      );
    return settling;
  }

  async #takeOneByOne(
    tx: NodeTx,
    settling: readonly Settling[],
    led: readonly Settling[],
  ): Promise<readonly Settling[]> {
    const refused = new Set<Settling>();
    for (const each of led) {
      try {
        await tx.attempt(() => this.#take(tx, each));
      } catch (error) {
        // nothing is wrong with the answer: the whole batch is processed again
        if (isLost(error)) throw error;
        // the message stays owed and is answered again; the fault is shown
        const { id, kind } = each.row;
        this.#log.error({ err: error, node: tx.node, message: id, kind }, 'receipt not processed');
        refused.add(each);
      }
    }
    return settling.filter((each) => !refused.has(each));
  }

  async #take(tx: SharedTx, { answer, row }: Settling): Promise<void> {
    const { id, receiver, kind, case_id: caseId } = row;
    const settler = this.#settlers[kind];
    if (!settler) return;
    const body: unknown = JSON.parse(await tx.vault.open('outbox.body', id, row.body));
    await inTrace(row.trace, `answer ${kind}`, () => settler(tx, { id, receiver, kind, caseId, body, answer }));
  }
}

async function lockOwed(
  tx: SharedTx,
  ids: readonly string[],
  kinds: readonly MessageKind[] | null,
): Promise<Map<string, OwedRow>> {
  const rows = await tx.query<OwedRow>(
    `SELECT id, receiver, kind, case_id, body, created_at, trace FROM outbox
     WHERE node = $1 AND id = ANY ($2::uuid[]) AND settled_at IS NULL
       AND ($3::text[] IS NULL OR kind = ANY ($3)) ORDER BY id FOR UPDATE`,
    [ids, kinds],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * Updates the answered messages in the outbox, with one statement an outcome; all statements are sent before any is
 * awaited.
 */
function mark(tx: SharedTx, settled: readonly Settling[]): Promise<unknown> {
  const by = grouped(settled, ({ answer }) => answer.outcome);
  const ids = (outcome: Answer['outcome']) => (by.get(outcome) ?? []).map(({ answer }) => answer.id);
  const statements: Promise<unknown>[] = [];
  const ended = [...(by.get('DONE') ?? []), ...(by.get('REFUSED') ?? [])];
  if (ended.length > 0) {
    statements.push(
      tx.query(
        `UPDATE outbox o SET settled_at = now(), outcome = a.outcome, code = a.code, receipt_id = a.receipt
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[]) AS a (id, outcome, code, receipt)
         WHERE o.node = $1 AND o.id = a.id`,
        [
          ended.map(({ answer }) => answer.id),
          ended.map(({ answer }) => answer.outcome),
          ended.map(({ answer }) => (answer.outcome === 'REFUSED' ? answer.code : null)),
          ended.map(({ receipt }) => receipt),
        ],
      ),
    );
  }
  const parked = by.get('PARKED') ?? [];
  if (parked.length > 0) {
    statements.push(
      tx.query(
        `UPDATE outbox o SET outcome = 'PARKED', code = a.code, receipt_id = a.receipt,
           next_at = now() + ${PARKED_RETRY_MS} * interval '1 millisecond'
         FROM unnest($2::uuid[], $3::text[], $4::uuid[]) AS a (id, code, receipt)
         WHERE o.node = $1 AND o.id = a.id`,
        [
          ids('PARKED'),
          parked.map(({ answer }) => (answer.outcome === 'PARKED' ? answer.code : null)),
          parked.map(({ receipt }) => receipt),
        ],
      ),
    );
  }
  // the materials were enqueued behind the message; it follows them
  if (by.has('WANTS')) {
    statements.push(
      tx.query(
        `UPDATE outbox SET next_at = now() + interval '200 milliseconds' WHERE node = $1 AND id = ANY ($2::uuid[])`,
        [ids('WANTS')],
      ),
    );
  }
  return pipelined(...statements);
}

async function keep(tx: SharedTx, receipts: readonly { id: string; from: DivisionCode; jws: string }[]): Promise<void> {
  await tx.query(
    `INSERT INTO receipts (node, id, sender, jws)
     SELECT $1, r.* FROM unnest($2::uuid[], $3::text[], $4::text[]) AS r`,
    [receipts.map(({ id }) => id), receipts.map(({ from }) => from), receipts.map(({ jws }) => jws)],
  );
}
