import type { ArgumentNode, DocumentNode, FieldNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';
import { GraphQLError, Kind } from 'graphql';
import { DOMAINS } from '../domains/list.ts';
import { MOST_IN_BULK } from '../operation/bulk.ts';
import { operationsOf } from '../operation/domain.ts';

/** The largest size of a question, measured before any data is read. */
export interface QueryLimits {
  /** Fields below each other. */
  depth: number;
  /** Fields that are given another name. */
  aliases: number;
  /** Characters of an alias: every entry of the answer repeats it. */
  aliasLength: number;
  /** Root fields; each is asked of a node of its own. */
  roots: number;
  directives: number;
  /**
   * Most fields of the answer, counting a page of `first` with that many entries, and a page of a variable with the
   * most.
   */
  cost: number;
}

/** Limits far above any question of a desk or a page. */
export const CLIENT_LIMITS: QueryLimits = {
  depth: 12,
  aliases: 60,
  aliasLength: 100,
  roots: 20,
  directives: 50,
  cost: 30_000,
};

/**
 * Limits far above any question of a gateway. Nodes have their own limits, because a caller who reaches a host past the
 * gateway must meet limits too.
 */
export const NODE_LIMITS: QueryLimits = {
  depth: 16,
  aliases: 500,
  aliasLength: 200,
  roots: 200,
  directives: 200,
  cost: 500_000,
};

/** Root fields that cost more than their answer shows. */
export interface HeavyRoots {
  /** Weight of a root field, in fields of the answer, beside the fields it shows; 0 if it is not heavy. */
  weightOf: (root: FieldNode) => number;
  /** Most heavy fields in one question. */
  most: number;
}

const NONE_HEAVY: HeavyRoots = { weightOf: () => 0, most: Infinity };

/** The largest page size, and the most cases at once. */
const MAX_PAGE = MOST_IN_BULK;
/** Root fields that answer for many cases; variables hold the list, so that the text does not say how many. */
const BULK: ReadonlySet<string> = new Set(
  operationsOf(DOMAINS).flatMap(({ operation }) =>
    operation.kind === 'bulk' && operation.over === 'LIST' ? [operation.name] : [],
  ),
);

interface Size {
  depth: number;
  aliases: number;
  longestAlias: number;
  directives: number;
  cost: number;
}

/**
 * The limits a question exceeds; empty if it is within all. It reads the text alone and each fragment once, so that no
 * question is costly to measure.
 */
export function limitFaults(
  document: DocumentNode,
  limits: QueryLimits,
  { weightOf, most }: HeavyRoots = NONE_HEAVY,
): GraphQLError[] {
  const measure = new Measure(document);
  const faults: GraphQLError[] = [];
  const over = (what: string, is: number, most: number) => {
    if (is > most) faults.push(tooLarge(`The question ${what}; ${most} is the most.`));
  };
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  // the GraphQL page sends all its operations and names one
  over('holds too many operations', operations.length, 10);
  for (const { selectionSet, directives = [] } of operations) {
    const size = measure.of(selectionSet);
    over('is too deep', size.depth, limits.depth);
    over('has too many aliases', size.aliases, limits.aliases);
    over('has too long an alias', size.longestAlias, limits.aliasLength);
    over('has too many directives', size.directives + directives.length, limits.directives);
    const roots = measure.sumOfRoots(selectionSet, () => 1);
    over('has too many root fields', roots, limits.roots);
    // weights are computed only if the root fields are few enough to be answered
    const heavy = roots > limits.roots ? 0 : measure.sumOfRoots(selectionSet, weightOf);
    over('asks for too much at once', size.cost + heavy, limits.cost);
    if (heavy > 0) {
      const questions = measure.sumOfRoots(selectionSet, (root) => (weightOf(root) > 0 ? 1 : 0));
      over('asks too many nodes too often at once', questions, most);
    }
  }
  return faults;
}

export function tooLarge(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_LARGE' } });
}

class Measure {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #known = new Map<string, Size>();

  constructor(document: DocumentNode) {
    this.#fragments = new Map(
      document.definitions.flatMap((d) => (d.kind === Kind.FRAGMENT_DEFINITION ? [[d.name.value, d] as const] : [])),
    );
  }

  of(selectionSet: SelectionSetNode): Size {
    const sum: Size = { ...NOTHING };
    for (const selection of selectionSet.selections) {
      let size: Size;
      if (selection.kind === Kind.FIELD) {
        // introspection has a rule of its own (MaxIntrospectionDepthRule)
        const inside = selection.name.value.startsWith('__') ? undefined : selection.selectionSet;
        const below = inside ? this.of(inside) : NOTHING;
        const page = BULK.has(selection.name.value) ? MAX_PAGE : pageOf(selection.arguments ?? []);
        size = {
          depth: below.depth + 1,
          aliases: below.aliases + (selection.alias ? 1 : 0),
          longestAlias: Math.max(below.longestAlias, selection.alias?.value.length ?? 0),
          directives: below.directives,
          cost: 1 + page * below.cost,
        };
      } else if (selection.kind === Kind.INLINE_FRAGMENT) size = this.of(selection.selectionSet);
      else size = this.#fragment(selection.name.value);
      sum.depth = Math.max(sum.depth, size.depth);
      sum.aliases += size.aliases;
      sum.longestAlias = Math.max(sum.longestAlias, size.longestAlias);
      sum.directives += size.directives + (selection.directives?.length ?? 0);
      sum.cost += size.cost;
    }
    return sum;
  }

  /** The sum of a value over the root fields; each fragment is computed once. */
  sumOfRoots(
    selectionSet: SelectionSetNode,
    of: (root: FieldNode) => number,
    known = new Map<string, number>(),
  ): number {
    return selectionSet.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + of(selection);
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + this.sumOfRoots(selection.selectionSet, of, known);
      const name = selection.name.value;
      let inside = known.get(name);
      if (inside === undefined) {
        const fragment = this.#fragments.get(name);
        // validation refuses a fragment that contains itself; here the recursion only has to end
        known.set(name, 0);
        inside = fragment ? this.sumOfRoots(fragment.selectionSet, of, known) : 0;
        known.set(name, inside);
      }
      return sum + inside;
    }, 0);
  }

  #fragment(name: string): Size {
    const known = this.#known.get(name);
    if (known) return known;
    const fragment = this.#fragments.get(name);
    // validation refuses a fragment that contains itself; here the recursion only has to end
    this.#known.set(name, NOTHING);
    const size = fragment ? this.of(fragment.selectionSet) : NOTHING;
    this.#known.set(name, size);
    return size;
  }
}

const NOTHING: Size = { depth: 0, aliases: 0, longestAlias: 0, directives: 0, cost: 0 };

/** Most entries a field can return: the page size, as far as the question's text says it. */
function pageOf(given: readonly ArgumentNode[]): number {
  const first = given.find(({ name }) => name.value === 'first');
  if (!first) return 1;
  if (first.value.kind !== Kind.INT) return MAX_PAGE;
  return Math.min(Math.max(Number(first.value.value), 1), MAX_PAGE);
}
