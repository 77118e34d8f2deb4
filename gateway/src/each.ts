import type { Problem } from '@liandong/schema/kernel';
import { problem, problemsOf } from '@liandong/schema/kernel';
import { roleSchema } from '@liandong/schema/graph';
import { MOST_IN_BULK } from '@liandong/schema/operation';
import type { RoleName } from '@liandong/schema/wire';
import { isDeepStrictEqual } from 'node:util';
import { answerHere } from './answer-here.ts';
import type { Answer, Failure } from './failures.ts';
import { problemOf } from './failures.ts';
import type { Route, SingleRoute } from './roles.ts';
import type { Asked, RootField } from './scatter.ts';
import { argumentType } from './scatter.ts';

/** A node's answer to a root field. */
export interface OwnersAnswer extends Answer {
  /** Why it gave none; null if it gave one. */
  refusal: Problem | null;
  /** The owner's fault, if a copy answered in its place. */
  copyFor: Problem | null;
}

type Entry = Record<string, unknown>;

/** How the executor of a role asks one node. */
export interface AsksNodes {
  /** The node a route names for these arguments. @throws {ProblemError} */
  nodeOf: (route: SingleRoute, args: Record<string, unknown>) => string;
  /** Asks the node or, if it can't be reached and the route has one, its copy. */
  askOwner: (route: SingleRoute, node: string, asked: Asked) => Promise<OwnersAnswer>;
}

/** The part of a list that goes to one node. */
interface Group {
  node: string;
  /** Places in the whole list. */
  places: number[];
}

/**
 * Answers a field that does the same for each of a list: the list is divided by node, and the outcomes go back to their
 * places. A node that gives no answer costs its own cases only; each of them has the reason.
 * @throws {ProblemError} UNAUTHENTICATED for a caller without a desk
 */
export async function answerEach(
  role: RoleName,
  field: RootField,
  route: Route & { by: 'each' },
  asks: AsksNodes,
): Promise<Answer> {
  const list = new ListOfCases(role, field, route);
  return answerOf(list, route.one, groupsOf(route.one, list, asks), asks);
}

/**
 * Answers a field that asks every node of a division, each for the caller. A node that gives no answer has its reason
 * at its place.
 */
export async function answerWithin(
  role: RoleName,
  field: RootField,
  nodes: readonly string[],
  asks: AsksNodes,
): Promise<Answer> {
  const groups = nodes.map((node, place) => ({ node, places: [place] }));
  const route = { by: 'division', path: ['division'], otherwise: null } as const;
  return answerOf(new ListOfNodes(role, field, nodes), route, groups, asks);
}

async function answerOf(list: DividedList, route: SingleRoute, groups: Group[], asks: AsksNodes): Promise<Answer> {
  const answers = await Promise.all(
    groups.map(async ({ node, places }) => ({ places, answer: await asks.askOwner(route, node, list.asking(places)) })),
  );
  const [only] = answers;
  if (only?.places.length === list.length && isWhole(only.answer)) return only.answer;
  for (const { places, answer } of answers) list.take(places, answer);
  return list.whole(groups[0]?.node ?? '');
}

const isWhole = ({ refusal, copyFor }: OwnersAnswer) => refusal === null && copyFor === null;

/** Whether the operation refuses such a list before it does anything: its own schema says why. */
function isRefusedWhole(entries: readonly Entry[]): boolean {
  if (entries.length === 0 || entries.length > MOST_IN_BULK) return true;
  return entries.some((entry, i) => entries.slice(0, i).some((before) => isSame(entry, before)));
}

function isSame({ idempotencyKey: key, ...own }: Entry, { idempotencyKey: other, ...its }: Entry): boolean {
  return isDeepStrictEqual(own, its) || (key !== undefined && key === other);
}

function groupsOf(route: SingleRoute, list: ListOfCases, asks: AsksNodes): Group[] {
  const { entries, common } = list;
  const places = entries.map((_, place) => place);
  // a list that is refused as a whole goes to one node, which says why; nothing of it may be done.
  // the viewer's desk is the same for all, and a caller without one is refused as a whole
  if (route.by === 'viewer' || isRefusedWhole(entries)) {
    return [{ node: asks.nodeOf(route, { ...common, ...entries[0] }), places }];
  }
  const groups = new Map<string, Group>();
  for (const place of places) {
    try {
      const node = asks.nodeOf(route, { ...common, ...entries[place] });
      const group = groups.get(node);
      if (group) group.places.push(place);
      else groups.set(node, { node, places: [place] });
    } catch (error) {
      list.refuse([place], problemsOf(error)[0]);
    }
  }
  return [...groups.values()];
}

/** A node's answer for some of the list. */
interface Taken {
  places: readonly number[];
  value: unknown;
  isCopy: boolean;
}

/** What a root field asks for many, and the outcomes that came so far. */
abstract class DividedList {
  readonly length: number;
  readonly #role: RoleName;
  readonly #field: RootField;
  readonly #isPayload: boolean;
  readonly #taken: Taken[] = [];
  readonly #failures: Failure[] = [];
  readonly #refusals: (Problem | null)[];

  protected constructor(role: RoleName, field: RootField, length: number, isPayload: boolean) {
    this.length = length;
    this.#role = role;
    this.#field = field;
    this.#isPayload = isPayload;
    this.#refusals = Array.from({ length }, () => null);
  }

  /** The question for some of them. */
  abstract asking(places: readonly number[]): Asked;
  /** The nodes, if they are what the list is of. */
  protected abstract readonly nodes: readonly string[] | undefined;

  /** The question with another value of an argument. */
  protected askingWith(argument: string, value: unknown): Asked {
    const type = argumentType(roleSchema(this.#role), this.#field.name, argument);
    const { query, variables, keysVariable } = this.#field.keyed(argument, type);
    return { query, variables: { ...variables, [keysVariable]: value } };
  }

  refuse(places: readonly number[], why: Problem): void {
    for (const place of places) this.#refusals[place] = why;
  }

  /** Takes a node's answer for some of the list; one that leaves out outcomes counts as none. */
  take(places: readonly number[], { value, failures, refusal, copyFor }: OwnersAnswer): void {
    if (refusal) {
      this.refuse(places, refusal);
      return;
    }
    const lists: unknown[] = this.#isPayload ? Object.values(value ?? {}) : [value];
    if (!lists.some((list) => Array.isArray(list) && list.length === places.length)) {
      this.refuse(places, problem('MESSAGE_INVALID', 'The node left out answers.').problem);
      return;
    }
    // the owner's fault matters more than a copy without the case
    if (copyFor) this.refuse(places, copyFor);
    this.#taken.push({ places, value, isCopy: copyFor !== null });
    this.#failures.push(...failures.map((failure) => ({ ...failure, path: this.#placed(failure.path, places) })));
  }

  /** The path of a fault in a part, in the whole. */
  #placed(path: Failure['path'], places: readonly number[]): Failure['path'] {
    const at = this.#isPayload ? 1 : 0;
    return path.map((step, i) => (i === at && typeof step === 'number' ? (places[step] ?? step) : step));
  }

  /**
   * The whole answer. The role's own schema answers here for what is refused, so that it has the form that was asked
   * for; what nodes answered is laid over it.
   * @param at the node that is named for a refusal of the whole
   * @throws {ProblemError} if a question is refused as a whole
   */
  async whole(at: string): Promise<Answer> {
    const all = Array.from({ length: this.length }, (_, i) => i);
    const gathered = { refusals: this.#refusals, ...(this.nodes ? { nodes: this.nodes } : {}) };
    const { data, errors = [] } = await answerHere(this.#role, this.asking(all), at, gathered);
    const value = data?.[this.#field.responseKey] ?? null;
    for (const taken of this.#taken) lay(taken, taken.value, value, this.length);
    const failures = errors.map((error) => ({ path: (error.path ?? []).slice(1), problem: problemOf(error, at) }));
    return { value, failures: [...failures, ...this.#failures] };
  }
}

/** A list of cases in a root field's arguments. */
class ListOfCases extends DividedList {
  readonly entries: readonly Entry[];
  readonly common: Entry;
  protected readonly nodes = undefined;
  readonly #argument: string;
  readonly #inside: boolean;

  constructor(role: RoleName, field: RootField, { path }: Route & { by: 'each' }) {
    const [argument = 'each', inside] = path;
    const given = (inside === undefined ? field.args : field.args[argument]) as Entry & { each: Entry[] };
    const { each, ...common } = given;
    // the graph takes one entry for a list of one
    const entries = [each].flat();
    super(role, field, entries.length, inside !== undefined);
    this.entries = entries;
    this.common = common;
    this.#argument = argument;
    this.#inside = inside !== undefined;
  }

  asking(places: readonly number[]): Asked {
    const each = places.flatMap((place) => this.entries[place] ?? []);
    return this.askingWith(this.#argument, this.#inside ? { ...this.common, each } : each);
  }
}

/** The nodes of a division, which are each asked for themselves. */
class ListOfNodes extends DividedList {
  protected readonly nodes: readonly string[];

  constructor(role: RoleName, field: RootField, nodes: readonly string[]) {
    super(role, field, nodes.length, false);
    this.nodes = nodes;
  }

  asking([place = 0]: readonly number[]): Asked {
    return this.askingWith('division', this.nodes[place]);
  }
}

/** Lays a part's outcomes at their places over the whole, under every name they were asked for. */
function lay(taken: Taken, part: unknown, whole: unknown, length: number): void {
  if (Array.isArray(whole) && Array.isArray(part)) {
    if (whole.length !== length) return;
    taken.places.forEach((place, i) => {
      const outcome: unknown = part[i];
      if (!taken.isCopy || !isRefusedAs(whole[place], outcome)) whole[place] = outcome;
    });
    return;
  }
  for (const [key, list] of Object.entries(whole ?? {})) {
    if (Array.isArray(list)) lay(taken, (part as Record<string, unknown>)[key], list, length);
  }
}

/** Whether an outcome has nothing where a refused one has nothing. */
function isRefusedAs(refused: unknown, outcome: unknown): boolean {
  const found = (outcome ?? {}) as Record<string, unknown>;
  return Object.entries(refused as object).every(([key, value]) => value !== null || (found[key] ?? null) === null);
}
