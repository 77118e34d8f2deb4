import type { NodeQueries, SharedTx } from './host-db.ts';
import { pipelined } from './host-db.ts';

/** Inputs of one kind of statement that are not sent yet. */
interface Waiting {
  inputs: unknown[];
  answer: Promise<readonly unknown[]>;
}

/** The statements that the parallel parts of one transaction wait for. */
class Coalescing {
  /** By the function that answers them. */
  readonly waiting = new Map<unknown, Waiting>();
  #turn: Promise<void> | null = null;

  /** Resolves when none of the parts can go on; everything collected until then goes to the database in one write. */
  turn(): Promise<void> {
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = null;
        resolve();
      });
    });
    return this.#turn;
  }
}

/** Transactions that several parts share at the moment. */
const shared = new WeakMap<NodeQueries, Coalescing>();

/**
 * One statement for all callers who ask for the same kind of thing at the same moment. Where parts of a transaction run
 * side by side, their calls are collected until none of the parts can go on; elsewhere each call runs its own
 * statement.
 * @param work answers all inputs, in their order
 */
export function coalesced<In, Out, Queries extends NodeQueries>(
  work: (queries: Queries, inputs: readonly In[]) => Promise<readonly Out[]>,
): (queries: Queries, input: In) => Promise<Out> {
  return async (queries, input) => {
    const coalescing = shared.get(queries);
    if (!coalescing) return (await work(queries, [input]))[0] as Out;
    const { waiting } = coalescing;
    let mine = waiting.get(work);
    if (!mine) {
      const inputs: In[] = [];
      const answer = coalescing.turn().then(() => {
        waiting.delete(work);
        return work(queries, inputs);
      });
      mine = { inputs, answer };
      waiting.set(work, mine);
    }
    const place = mine.inputs.push(input) - 1;
    return (await mine.answer)[place] as Out;
  };
}

/**
 * Runs one statement for all callers who ask the same question at the same moment, with parts of a transaction side by
 * side as in {@link coalesced}. The callers share the answer and must not change it.
 * @param work answers one question, which is the JSON of its input
 */
export function askedOnce<In, Out>(
  work: (queries: NodeQueries, input: In) => Promise<Out>,
): (queries: NodeQueries, input: In) => Promise<Out> {
  return coalesced(async (queries: NodeQueries, inputs: readonly In[]) => {
    const asked = new Map<string, Promise<Out>>();
    const answers = inputs.map((input) => {
      const question = JSON.stringify(input);
      let answer = asked.get(question);
      if (!answer) asked.set(question, (answer = work(queries, input)));
      return answer;
    });
    return pipelined(...answers);
  });
}

/**
 * Runs parts of one transaction side by side, so that their statements go to the database together, and statements of
 * one kind become one ({@link coalesced}). There is no savepoint: if a part throws, the transaction is lost. It can't be
 * told which part was at fault, so the caller runs the parts again one by one. Each part gets a handle that waits for
 * its writes before the part ends, for the commit must not overtake collected statements. A part can't undo its own
 * statements alone.
 * @throws what the first that failed throws
 */
export async function shareTransaction<T>(
  tx: SharedTx,
  parts: readonly ((tx: SharedTx) => Promise<T>)[],
): Promise<T[]> {
  const joint: SharedTx = {
    node: tx.node,
    vault: tx.vault,
    query: (sql, params) => tx.query(sql, params),
    withCommit: async (written) => void (await written),
    refuse: (error) => tx.refuse(error),
    afterCommit: (work) => tx.afterCommit(work),
  };
  return runParts(
    joint,
    parts.map((part) => () => part(joint)),
  );
}

async function runParts<T>(tx: SharedTx, parts: readonly (() => Promise<T>)[]): Promise<T[]> {
  shared.set(tx, new Coalescing());
  try {
    const ended = await Promise.allSettled(parts.map((part) => part()));
    return ended.map((end) => {
      if (end.status === 'rejected') throw end.reason;
      return end.value;
    });
  } finally {
    shared.delete(tx);
  }
}
