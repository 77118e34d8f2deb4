import type { Domain, Operation, PageRequest, Perform, Viewer } from '@liandong/schema/operation';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import {
  AfterCommit,
  requireKeptDesk,
  requireOwnCase,
  requireOwnDesk,
  requirePermission,
  requireReaderOver,
  signedIn,
  unrouted,
} from '@liandong/schema/operation';
import type { Reader, StepRunner, StoredCase, Take } from '../cases/index.ts';
import type { HostDb, NodeHandlers, SharedTx } from '../db/index.ts';
import { once } from '../idempotency/index.ts';

/** How a domain shows a case after a step. */
export type ShowCase = (tx: SharedTx, stored: StoredCase, viewer: Viewer) => unknown;

/** A domain at a node: the handlers of its operations. */
export interface DomainAtNode {
  domain: Domain;
  handlers: Readonly<Record<string, unknown>>;
  show: ShowCase | null;
  /** Who may read a case for one of its steps; null for the usual readers of cases. */
  reader: Reader | null;
}

type AnswersOf<D extends Domain> = D['operations'][keyof D['operations']] extends infer O
  ? O extends { readonly kind: 'step'; readonly answer: { readonly of?: () => infer A } }
    ? A
    : never
  : never;

/**
 * Puts a domain to work at a node. Every operation that is not a pure step has its handler, or this does not compile. A
 * domain with steps says how it shows a case, and who reads one for them if the usual readers of cases do not.
 */
export function atNode<D extends Domain>(
  domain: D,
  handlers: NodeHandlers<D>,
  ...[show, reader]: [AnswersOf<D>] extends [never]
    ? []
    : [
        show: (tx: SharedTx, stored: StoredCase, viewer: Viewer) => AnswersOf<D> | Promise<AnswersOf<D>>,
        reader?: Reader,
      ]
): DomainAtNode {
  return { domain, handlers, show: show ?? null, reader: reader ?? null };
}

interface PerformerParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  runner: StepRunner;
}

/** Performs the operations of these domains at one node. */
export function performer(parts: PerformerParts, domains: readonly DomainAtNode[]): Perform {
  const known = new Map(
    domains.flatMap((at) => Object.values(at.domain.operations).map((operation) => [operation.name, at] as const)),
  );
  const perform = (
    operation: Operation,
    viewer: Viewer | null,
    input: object,
    page?: PageRequest,
  ): Promise<unknown> => {
    const at = known.get(operation.name);
    if (!at) throw new Error(`no domain at ${parts.node} does ${operation.name}`);
    return doOperation(parts, at, operation, viewer, input, page);
  };
  // atNode has listed every operation with handlers of its own types
  return perform as Perform;
}

/** A handler without its types; {@link atNode} has checked them. */
type Loose = (asked: object, take?: (needs: unknown) => unknown) => Promise<never>;
type LooseHandler = Loose | { prepare: (asked: object) => Promise<unknown> };
/** The input that every mutation and step has. */
interface Keyed {
  id: string;
  idempotencyKey: string | null;
}

async function doOperation(
  parts: PerformerParts,
  at: DomainAtNode,
  operation: Operation,
  viewer: Viewer | null,
  input: object,
  page?: PageRequest,
): Promise<unknown> {
  const handler = at.handlers[operation.name] as LooseHandler | undefined;
  if (operation.kind === 'step') return takeStep(parts, at, operation, viewer, input, handler);
  if (!handler) throw new Error(`${operation.name} has no handler`);
  const person = allowed(parts, operation, viewer);
  if (operation.kind === 'mutation') return mutate(parts, operation, person, input, handler);
  return (handler as Loose)({ viewer: person, input, queries: parts.db.queries(parts.node), page });
}

async function takeStep(
  { runner }: PerformerParts,
  { show, reader }: DomainAtNode,
  operation: Extract<Operation, { kind: 'step' }>,
  viewer: Viewer | null,
  input: object,
  handler: LooseHandler | undefined,
): Promise<unknown> {
  const rule = operation.take as (context: object, file: object, input: object, needs: unknown) => never;
  const person = signedIn(viewer);
  const work =
    handler && 'prepare' in handler ? ((await handler.prepare({ viewer: person, input })) as Loose) : handler;
  const take: Take = async (tx, context, file) => {
    const judge = (needs: unknown) => rule(context, file, input, needs);
    return work ? work({ viewer: context.viewer, tx, context, file, input }, judge) : judge(null);
  };
  const asked = { keyedAs: operation.keyedAs, input: input as Keyed, take, ...(reader ? { reader } : {}) };
  return runner.run(person, asked, show ?? (() => null));
}

async function mutate(
  { node, db, runner }: PerformerParts,
  { name, keyedAs, keyHolder, hashedAs, inBulk, input: schema }: Extract<Operation, { kind: 'mutation' }>,
  viewer: Viewer | null,
  input: object,
  handler: LooseHandler,
): Promise<unknown> {
  const holder = keyHolder ? { sub: keyHolder(input as never) } : signedIn(viewer);
  const request = hashedAs?.(input as never) ?? { mutation: keyedAs, input: unrouted(schema, input) };
  const { lane, work } =
    'prepare' in handler
      ? ((await handler.prepare({ viewer, input })) as { lane: string | null; work: Loose })
      : { lane: laneOf(inBulk, input), work: handler };
  const transacted = async (tx: SharedTx): Promise<unknown> => {
    let keyed = false;
    const doOnce = <T>(effect: () => Promise<T>) => {
      keyed = true;
      return once(tx, holder, (input as Keyed).idempotencyKey, request, effect);
    };
    const answer: unknown = await work({ viewer, input, tx, once: doOnce });
    if (!keyed) throw new Error(`${name} did its work beside its key`);
    return answer;
  };
  const done = await (lane === null ? db.transact(node, transacted) : runner.open(lane, transacted));
  return done instanceof AfterCommit ? done.find() : done;
}

/** The lane of a case's work that many ask for at once, so that they share transactions as steps do; else null. */
function laneOf(inBulk: readonly string[] | undefined, input: object): string | null {
  return inBulk === undefined ? null : (input as Keyed).id;
}

/**
 * Checks that the caller may do it: by their post at this tier, unless the rules of cases judge that or any login will
 * do; if it is about their own desk, there; if it changes something, at their own desk or, for what a chief keeps, at a
 * village's of their township, or for what operators keep, below their own; and with a token that is not for one case
 * alone, unless the operation is open to those.
 * @throws {ProblemError} UNAUTHENTICATED, FORBIDDEN
 */
function allowed(
  { node, divisions }: PerformerParts,
  operation: Exclude<Operation, { kind: 'step' }>,
  viewer: Viewer | null,
): Viewer | null {
  const { by, oneCase } = operation;
  if (by === 'PUBLIC') return viewer;
  const person = signedIn(viewer);
  const changes = operation.kind === 'mutation';
  const own = changes ? operation.desk === 'OWN' : operation.route.by === 'viewer';
  if (own) requireOwnDesk(person, node);
  if (changes && operation.desk === 'OWN_OR_VILLAGE') requireKeptDesk(person, node, divisions);
  if (changes && operation.desk === 'WITHIN' && operation.by !== 'PUBLIC') {
    requireReaderOver(person, operation.by, node, divisions);
  }
  const byPost = !changes || operation.judgedBy === 'POST';
  if (byPost && by !== 'LOGIN') requirePermission(person, by, divisions.get(person.division).tier);
  if (!oneCase) requireOwnCase(person, null);
  return person;
}
