import { z } from 'zod';
import type { Problem } from '../kernel/errors.ts';
import { problem, ProblemError, problemsOf } from '../kernel/errors.ts';
import { parseInput } from '../graph/parse-input.ts';
import type { AnyStep } from './case-step.ts';
import { IDEMPOTENCY_KEY_LENGTH } from './input-parts.ts';
import type { MayAsk, Mutation, Query, View } from './operation.ts';
import { requiredDivision } from './fields.ts';
import type { Route, SingleRoute } from './route.ts';

/** Most cases of one request. */
export const MOST_IN_BULK = 200;
/** Cases under way at once, so that other people's steps get their turn in between. */
const AT_ONCE = 32;
/** Time kept for the answer, ms: no case is begun after it. */
const ANSWER_MS = 1_000;

type One = Query | Mutation | AnyStep;

/** What became of one of many: its answer, or the reasons for its refusal. */
export interface OutcomeOfOne {
  id: string;
  done: unknown;
  problems: readonly Problem[];
  /** The node that did it or refused it. */
  node: string;
}

/**
 * An operation on many in one request: on the cases of a list, derived from one that says `inBulk`, or at all nodes of a
 * division, derived from a query that says `within`. Each is done as if it were asked for alone: in its own
 * transaction, under its own key, by the same rule and permission.
 */
export interface BulkOperation {
  readonly kind: 'bulk';
  /** The operation that is done for each. */
  readonly one: One;
  readonly over: 'LIST' | 'SUBTREE';
  readonly name: string;
  readonly zh: string;
  readonly about: string;
  readonly by: MayAsk;
  readonly article: string;
  readonly input: z.ZodObject;
  readonly answer: View<OutcomeOfOne[]>;
  readonly route: Route;
}

/** The operation's name for many: `acceptCase` is `acceptCases`. */
const manyOf = (name: string) => `${name}s`;

/** What each has of its own: its key and, for a mutation, an idempotency key. */
type EachShape = Record<string, z.core.$ZodType>;

const made = new WeakMap<One, readonly BulkOperation[]>();

/** The operations for many that are derived from one; none if one at a time is all there is. */
export function bulksOf(one: One): readonly BulkOperation[] {
  let known = made.get(one);
  if (!known) {
    known = [...(one.inBulk ? [derived(one, one.inBulk)] : []), ...(one.within ? [overSubtree(one)] : [])];
    made.set(one, known);
  }
  return known;
}

/** The operations of a domain, and those derived for many. */
export function withBulk(operations: Readonly<Record<string, One>>): (One | BulkOperation)[] {
  return Object.values(operations).flatMap((one) => [one, ...bulksOf(one)]);
}

function derived(one: One, own: readonly string[]): BulkOperation {
  const { answer } = one;
  const asks = one.kind === 'query';
  const { idempotencyKey: _, ...shape } = one.input.shape;
  const ofEach: EachShape = Object.fromEntries(own.map((field) => [field, shape[field] ?? unknownField(one, field)]));
  const common = Object.fromEntries(Object.entries(shape).filter(([field]) => !own.includes(field)));
  const each = z.object(asks ? ofEach : { ...ofEach, idempotencyKey: requiredKey });
  const type = answer.payload.type.replace(/Payload$/, 'Outcome');
  return {
    kind: 'bulk',
    one,
    over: 'LIST',
    name: manyOf(one.name),
    zh: `批量${one.zh}`,
    about: `up to ${MOST_IN_BULK} at once, each as \`${one.name}\` alone, with an outcome of its own.`,
    by: one.by,
    article: one.article,
    input: z.object({
      each: listOf(asks || own.length > 1 ? each : each.meta({ inputType: 'BulkCaseInput' })),
      ...common,
    }),
    answer: { type, many: 'LIST', payload: { type: `${type}sPayload`, field: 'outcomes' } },
    route: { by: 'each', path: asks ? ['each'] : ['input', 'each'], one: one.route as SingleRoute },
  };
}

/** @throws {Error} if the operation does not name its node by a division */
function overSubtree(one: One): BulkOperation {
  const { answer, name, zh, by, article, input } = one;
  if (one.kind !== 'query' || one.route.by !== 'division') throw new Error(`${name} is no query at a division`);
  const type = answer.payload.type.replace(/Payload$/, 'Outcome');
  return {
    kind: 'bulk',
    one,
    over: 'SUBTREE',
    name: `${name}Within`,
    zh: `${zh}(辖区)`,
    about: `\`${name}\` at every node of a division, for people at it or above; a silent node has the reason.`,
    by,
    article,
    input: z.object({ ...input.shape, division: requiredDivision }),
    answer: { type, many: 'LIST', payload: { type: `${type}sPayload`, field: 'outcomes' } },
    route: { by: 'within', path: one.route.path },
  };
}

/** A key that each must have: without it, a request that ended early could not be sent again. */
const requiredKey = z.string().min(IDEMPOTENCY_KEY_LENGTH.min).max(IDEMPOTENCY_KEY_LENGTH.max);

function listOf(each: z.ZodObject) {
  return z
    .array(each)
    .min(1)
    .max(MOST_IN_BULK)
    .superRefine((entries, context) => {
      for (const index of repeatedIn(entries)) {
        context.addIssue({ code: 'custom', path: [index], message: 'stands in the list before, or its key does' });
      }
    })
    .meta({ description: `1 to ${MOST_IN_BULK} of them, none twice.` });
}

/** Places of entries that repeat another's case or key. */
function repeatedIn(entries: readonly Record<string, unknown>[]): number[] {
  const seen = new Set<string>();
  return entries.flatMap(({ idempotencyKey, ...own }, index) => {
    const marks = [
      `of ${JSON.stringify(own)}`,
      ...(typeof idempotencyKey === 'string' ? [`key ${idempotencyKey}`] : []),
    ];
    const repeated = marks.some((mark) => seen.has(mark));
    for (const mark of marks) seen.add(mark);
    return repeated ? [index] : [];
  });
}

function unknownField({ name }: One, field: string): never {
  throw new Error(`${name} has no ${field} that each of many could have`);
}

/** One of many, as it would be asked for alone. */
export interface EachAsked {
  id: string;
  input: object;
}

/**
 * Takes a list apart; each gets the inputs all have in common.
 * @param nodes the nodes that a question over a division is for
 * @throws {ProblemError} BAD_INPUT for more than {@link MOST_IN_BULK}, a case or key that comes twice, or a faulty field;
 *   nothing was done then
 */
export function eachOf({ one, over, input }: BulkOperation, given: object, nodes: readonly string[]): EachAsked[] {
  parseInput<object>(input, given);
  if (over === 'SUBTREE') {
    return nodes.map((node) => ({ id: node, input: parseInput<object>(one.input, { ...given, division: node }) }));
  }
  const { each, ...common } = given as { each: readonly Record<string, unknown>[] };
  const [named = 'id'] = one.inBulk ?? [];
  return each.map((entry) => ({
    id: String(entry[named]),
    input: parseInput<object>(one.input, { ...common, ...entry }),
  }));
}

/**
 * Does each of many, some at a time. A refusal, and a fault of the program, is the outcome of that one alone. If the
 * time of the request ends, the rest is not begun.
 * @param deadline ms of the process's monotonic clock (`performance.now()`)
 * @returns the outcomes in order; an error in place of one is a fault of the program
 */
export async function doEach(
  asked: readonly EachAsked[],
  { node, deadline, work }: { node: string; deadline: number; work: (input: object) => Promise<unknown> },
): Promise<(OutcomeOfOne | Error)[]> {
  const outcomes: (OutcomeOfOne | Error)[] = [];
  let longest = 0;
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    const begun = performance.now();
    if (from > 0 && begun + longest + ANSWER_MS > deadline) break;
    outcomes.push(
      ...(await Promise.all(asked.slice(from, from + AT_ONCE).map((one) => outcomeOfOne(one, node, work)))),
    );
    longest = Math.max(longest, performance.now() - begun);
  }
  return [...outcomes, ...asked.slice(outcomes.length).map(({ id }) => refusedOne(id, node, [notBegun()]))];
}

async function outcomeOfOne(
  { id, input }: EachAsked,
  node: string,
  work: (input: object) => Promise<unknown>,
): Promise<OutcomeOfOne | Error> {
  try {
    return { id, done: await work(input), problems: [], node };
  } catch (error) {
    if (error instanceof ProblemError) return refusedOne(id, node, problemsOf(error, node));
    return error instanceof Error ? error : new Error(String(error));
  }
}

export function refusedOne(id: string, node: string, problems: readonly Problem[]): OutcomeOfOne {
  return { id, done: null, problems, node };
}

const notBegun = (): Problem =>
  problem('NOT_BEGUN', 'Not begun: the time of the request was over. Send it again under the same key.').problem;
