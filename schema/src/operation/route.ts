/** Ways in which many nodes' answers become one. */
export type Gathering = 'catalogDrift' | 'rosterCoverage';

/** Ways in which many nodes' parts become one page. */
export type Merging = 'casesWithin';

/** How a root field names its nodes. */
export type Route =
  | SingleRoute
  /** A list of keys, each with its own node. `copy` is the key's field that allows a copy to answer. */
  | { by: 'keys'; argument: string; copy: string | null }
  /** All nodes within the division at this path of the arguments. */
  | { by: 'subtree'; path: readonly string[]; gather: Gathering }
  /** A list at this path of the arguments: each of it goes to the node that `one` names for it. */
  | { by: 'each'; path: readonly string[]; one: SingleRoute }
  /** Each node within the division at this path of the arguments, asked for the caller. */
  | { by: 'within'; path: readonly string[] }
  /** The same nodes, asked for the caller; their parts become one page. */
  | { by: 'merged'; path: readonly string[]; merge: Merging };

/** How a root field names the one node that answers it. */
export type SingleRoute =
  /**
   * A case id or number, which begins with the node's code. `copyAt` names the desk that may answer when that node
   * can't.
   */
  | { by: 'prefix'; argument: string; copyAt: 'viewer' | null }
  /**
   * A division code, at this path of the arguments; the viewer's own desk if it is left out and `otherwise` allows it.
   * `nearest`: the nearest node above answers for a place without one.
   */
  | { by: 'division'; path: readonly string[]; otherwise: 'viewer' | null; nearest?: true }
  /** An item's code, which begins with its city's. `copyAt` as above. */
  | { by: 'item'; argument: string; copyAt: 'viewer' | null }
  /** The caller's own desk. */
  | { by: 'viewer' };

/** The default route of a mutation. */
export const VIEWERS_DESK: Route = { by: 'viewer' };

/** A query whose argument `division` must name the node. */
export const NAMED_DIVISION: Route = { by: 'division', path: ['division'], otherwise: null };

/** A query whose argument `division` may name the node; the viewer's own desk otherwise. */
export const ASKED_DIVISION: Route = { by: 'division', path: ['division'], otherwise: 'viewer' };

/** A batched lookup: the argument `keys`, each with its own node. @param copy the key's field that allows a copy */
export const byKeys = (copy: string | null = null): Route => ({ by: 'keys', argument: 'keys', copy });
