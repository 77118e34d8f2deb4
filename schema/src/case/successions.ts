import type { DivisionCode, Divisions } from '../kernel/divisions.ts';
import { problem } from '../kernel/errors.ts';
import type { LogLine } from './log-line.ts';
import { ARTICLES } from '../kernel/articles.ts';
import type { CaseFile } from './case-file.ts';
import { projectKeeperOf } from './case-file.ts';

// 撤并: a node is closed and another takes its place, for new cases and in every case that names it.

/** The successor of a closed node. */
export interface Succession {
  node: DivisionCode;
  successor: DivisionCode;
  /** The parent's signed document of the closing (JWS). */
  closing: string;
  at: Date;
  /** The decision it is based on. */
  why: string;
}

/** The succession of a node; null while it is not closed. */
export type SuccessionOf = (node: DivisionCode) => Succession | null;
export const NO_SUCCESSION: SuccessionOf = () => null;

/** The node that acts for a node: itself, or the last of its successors in turn. */
export function actingFor(node: DivisionCode, successionOf: SuccessionOf): DivisionCode {
  const seen = new Set<DivisionCode>();
  let acting = node;
  for (let next = successionOf(acting); next && !seen.has(acting); next = successionOf(acting)) {
    seen.add(acting);
    acting = next.successor;
  }
  return acting;
}

type Named = Pick<CaseFile, 'acceptor' | 'decider' | 'power' | 'through' | 'home' | 'proxy'>;

/**
 * Whether a case names a node in a part that still has duties. The keeper of its project counts too: it is told of
 * every line.
 */
export function names(file: Named & Pick<CaseFile, 'project' | 'successions'>, node: DivisionCode): boolean {
  const { acceptor, decider, power, through, home, proxy, project } = file;
  const parties = Object.values(through).flatMap((use) => (use ? [use.grantor, use.grantee] : []));
  const keeper = project === null ? undefined : projectKeeperOf(project, file);
  return [acceptor, decider, power, home, proxy?.agent.node, keeper, ...parties].includes(node);
}

/**
 * The route of a case after a node it names was closed. The successor takes over the closed node's own powers. A power
 * lent by or to the closed node ends with it (Art. 24: a delegation goes to a named organ and not further), so the
 * holder of the power accepts and decides again.
 */
export function afterSuccession(file: Named, { node, successor }: Pick<Succession, 'node' | 'successor'>): Named {
  const taken = (code: DivisionCode) => (code === node ? successor : code);
  const { accept, review, decide } = file.through;
  const kept = <U extends { grantor: DivisionCode; grantee: DivisionCode } | null>(use: U) =>
    use && use.grantor !== node && use.grantee !== node ? use : null;
  const power = taken(file.power);
  const through = { accept: kept(accept), review: kept(review), decide: kept(decide) };
  const agent = file.proxy?.agent;
  return {
    acceptor: accept && !through.accept ? power : taken(file.acceptor),
    decider: through.decide ? file.decider : power,
    power,
    through,
    home: taken(file.home),
    // the successor's team; none of its people is named yet
    proxy:
      file.proxy && agent?.node === node
        ? { ...file.proxy, agent: { node: successor, sub: null, name: null } }
        : file.proxy,
  };
}

/**
 * The change a line of succession makes; null if it can't stand. The holder's clockwork writes it, if it concerns the
 * case.
 */
export function afterSuccessionLine(
  file: CaseFile,
  { node: holder, actor, data: { node, successor } }: Extract<LogLine, { action: 'SUCCEEDED' }>,
): (Named & Pick<CaseFile, 'acceptorHadMaterials' | 'successions'>) | null {
  const named = names(file, node);
  // a closed holder also hands over cases that do not name it
  const leaves = holder === node && !file.successions.some((s) => s.node === node);
  if (node === successor || actor.role !== null || !(named || leaves)) return null;
  const way = afterSuccession(file, { node, successor });
  const acceptorHadMaterials = file.acceptorHadMaterials || way.acceptor === file.custodian;
  return { ...way, acceptorHadMaterials, successions: [...file.successions, { node, successor }] };
}

/** The order to close a node, checked before it is signed. */
export interface ClosingOrder {
  node: DivisionCode;
  successor: DivisionCode;
}

/** The facts about the federation that a closing is checked against. */
export interface Standing {
  divisions: Divisions;
  /** Whether a place has a node that can take cases: one with a key in effect. */
  serves: (node: DivisionCode) => boolean;
  successionOf: SuccessionOf;
}

/**
 * Checks the closing of a node by its parent. The successor is a node of the same parent, or the parent: only these can
 * be competent for the same places and matters without a growth of any node's powers.
 * @throws {ProblemError} UNKNOWN_DIVISION, NODE_UNREACHABLE (no node, or none that can take cases), FORBIDDEN (the
 * city, another's child), NODE_CLOSED (the successor; the node, to another successor), NODE_HAS_CHILDREN,
 * SUCCESSOR_UNFIT
 */
export function requireClosable(by: DivisionCode, { node, successor }: ClosingOrder, standing: Standing): void {
  const { divisions, serves, successionOf } = standing;
  const known = (code: DivisionCode, field: 'node' | 'successor') => {
    const division = divisions.find(code);
    if (!division) throw problem('UNKNOWN_DIVISION', `No division has the code "${code.slice(0, 20)}".`, { field });
    return division;
  };
  const { parent } = known(node, 'node');
  const heir = known(successor, 'successor');
  const article = ARTICLES.closing;
  if (parent === null)
    throw problem('FORBIDDEN', 'The city is the root and is not closed.', { article, field: 'node' });
  if (parent !== by) {
    throw problem('FORBIDDEN', `${node} is closed by its parent ${parent}, not by ${by}.`, { article, field: 'node' });
  }
  const before = successionOf(node);
  if (before && before.successor !== successor) {
    throw problem('NODE_CLOSED', `${node} was closed before; ${before.successor} took its place.`, {
      field: 'successor',
    });
  }
  if (before) return;
  if (!serves(node)) throw problem('NODE_UNREACHABLE', `${node} has no node in this federation.`, { field: 'node' });
  if (successor === node || (successor !== parent && heir.parent !== parent)) {
    throw problem('SUCCESSOR_UNFIT', `${successor} is neither the parent of ${node} nor another child of it.`, {
      article,
      field: 'successor',
    });
  }
  const heirs = successionOf(successor);
  if (heirs) {
    throw problem('NODE_CLOSED', `${successor} is closed itself; ${heirs.successor} took its place.`, {
      field: 'successor',
    });
  }
  if (!serves(successor)) {
    throw problem('NODE_UNREACHABLE', `${successor} has no node that could take cases.`, { field: 'successor' });
  }
  const standingChildren = divisions
    .children(node)
    .map(({ code }) => code)
    .filter((code) => serves(code) && !successionOf(code));
  if (standingChildren.length > 0) {
    throw problem('NODE_HAS_CHILDREN', `Close first what stands below ${node}: ${standingChildren.join(', ')}.`, {
      article,
      field: 'node',
    });
  }
}

/**
 * A closed node takes no new cases in.
 * @throws {ProblemError} NODE_CLOSED
 */
export function requireOpenNode(node: DivisionCode, successionOf: SuccessionOf): void {
  const closed = successionOf(node);
  if (!closed) return;
  const { successor, at } = closed;
  throw problem(
    'NODE_CLOSED',
    `${node} was closed on ${at.toISOString()}; file at ${successor}, which took its place.`,
    {
      article: ARTICLES.closing,
      node,
    },
  );
}
