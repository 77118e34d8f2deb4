import type { DivisionCode } from '@liandong/schema/kernel';
import { problem, ProblemError } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { HostDb } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { Loop } from '../handoff/index.ts';
import type { Move } from '../moves/index.ts';
import { findAway, setMove } from '../moves/index.ts';
import { findEverServed } from '../restore/index.ts';
import type { NodePlacement } from './node-placement.ts';

/** Time between two checks for nodes that come or go, ms. */
const LOOK_MS = 500;
/** Time until a node that can't be served yet is tried again, ms: reading its key takes a while. */
const AGAIN_MS = 3_000;

export interface ServedNodesParts {
  db: HostDb;
  placement: NodePlacement;
  failures: Failures;
  log: Logger;
}

/** What a host does when nodes come and go while it runs. */
export interface Changes {
  /** Begins to serve the given nodes, or all; returns the reasons for those that can't be served yet. */
  takeUp: (nodes: readonly DivisionCode[]) => Promise<ReadonlyMap<DivisionCode, Error>>;
  /** Resolves when no work of the node is under way any more. */
  leave: (node: DivisionCode) => Promise<void>;
  /** Whether a closed node's keys have ended. */
  isGone: (node: DivisionCode) => boolean;
  /** Called for a later topology. */
  onPlaced: () => void;
}

/**
 * The nodes a host serves: those that its settings and its topology place there and whose rows, or at least keys, it
 * has; except those that are leaving or have left for another host. Nodes come and go while it runs.
 */
export class ServedNodes {
  readonly #parts: ServedNodesParts;
  /** Live. */
  readonly nodes: DivisionCode[] = [];
  readonly #away = new Map<DivisionCode, Move>();
  /** Nodes placed here and not served yet, with the time of the last try and its reason. */
  readonly #awaited = new Map<DivisionCode, { at: number; reason: string }>();
  #loop: Loop | null = null;

  private constructor(parts: ServedNodesParts) {
    this.#parts = parts;
  }

  /**
   * Fails if a node that was served here before can't be served again; new nodes may wait for what they lack.
   * @param keyed nodes whose private keys are with the host
   * @param isKnown whether register and trust file know a node
   * @throws {ProblemError} BAD_CONFIG if the host has no keys of any of its nodes
   */
  static async open(
    parts: ServedNodesParts,
    keyed: ReadonlySet<DivisionCode>,
    isKnown: (node: DivisionCode) => boolean,
  ): Promise<ServedNodes> {
    const { db, placement, log } = parts;
    const served = new ServedNodes(parts);
    for (const move of await findAway(db, placement.named)) {
      served.#away.set(move.node, move);
      // no work of the node runs here yet
      await setMove(db, move, ['LEAVING'], 'STILL');
      log.warn({ node: move.node, to: move.toHost }, 'node not served: it moved to another host');
    }
    const here = placement.named.filter((node) => !served.#away.has(node));
    const lived = await findEverServed(db, here);
    const isFirst = lived.length === 0;
    const isReady = (node: DivisionCode) => keyed.has(node) && (isFirst || isKnown(node));
    served.nodes.push(...here.filter((node) => lived.includes(node) || isReady(node)));
    const [awaited] = here;
    if (awaited !== undefined && served.nodes.length === 0) {
      throw problem('BAD_CONFIG', `The key directory holds no key of ${awaited}.`);
    }
    return served;
  }

  /** The host to which a node is leaving or has left. */
  readonly movedTo = (node: DivisionCode): string | undefined => this.#away.get(node)?.toHost;

  /** Looks for nodes that come and go. */
  start(changes: Changes): void {
    const { log } = this.#parts;
    this.#loop = new Loop(
      async () => {
        await this.#lookAtPlace(changes);
        await this.#letGo(changes);
        await this.#takeUp(changes);
        return false;
      },
      LOOK_MS,
      (error) => log.error({ err: error }, 'taking in or releasing nodes failed'),
    );
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  async #lookAtPlace({ onPlaced }: Changes): Promise<void> {
    const { placement, log } = this.#parts;
    try {
      if (!(await placement.look())) return;
      onPlaced();
      // the change may also have repaired what kept a node away
      this.#awaited.clear();
    } catch (error) {
      log.error({ err: error }, 'topology file not read: the topology before it stays in force');
    }
  }

  async #letGo({ leave, isGone }: Changes): Promise<void> {
    const { db, placement, failures, log } = this.#parts;
    const moves = await findAway(db, [...new Set([...placement.named, ...this.nodes])]);
    const subjectOf = ({ node }: Pick<Move, 'node'>) => ({ node });
    await failures.each('releasing a moved node', moves, subjectOf, async (move) => {
      const { node, toHost } = move;
      this.#away.set(node, move);
      if (this.#strike(node)) {
        await leave(node);
        log.warn({ node, to: toHost }, 'node released: it moves to another host');
      }
      if (move.state === 'LEAVING') await setMove(db, move, ['LEAVING'], 'STILL');
    });
    for (const node of this.#away.keys()) if (!moves.some((move) => move.node === node)) this.#away.delete(node);
    const gone = this.nodes.filter((served) => isGone(served) && !placement.has(served)).map((node) => ({ node }));
    await failures.each('releasing a closed node', gone, subjectOf, async ({ node }) => {
      this.#strike(node);
      await leave(node);
      log.warn({ node }, 'closed node released: its keys have ended and the topology leaves it out');
    });
  }

  async #takeUp({ takeUp, isGone }: Changes): Promise<void> {
    const { placement, log } = this.#parts;
    const now = performance.now();
    const due = placement.named.filter(
      (node) =>
        !this.nodes.includes(node) &&
        !this.#away.has(node) &&
        !(isGone(node) && !placement.has(node)) &&
        now - (this.#awaited.get(node)?.at ?? -Infinity) >= AGAIN_MS,
    );
    if (due.length === 0) return;
    const failures = await takeUp(due);
    for (const node of due) {
      const failure = failures.get(node);
      if (failure === undefined) {
        this.#awaited.delete(node);
        log.warn({ node }, 'node taken in');
        continue;
      }
      if (this.#awaited.get(node)?.reason !== failure.message) {
        const code = failure instanceof ProblemError ? failure.code : 'INTERNAL';
        log.warn({ node, code, err: failure }, 'node placed here cannot be served yet');
      }
      this.#awaited.set(node, { at: performance.now(), reason: failure.message });
    }
  }

  /** Removes a node. @returns whether it was served */
  #strike(node: DivisionCode): boolean {
    const at = this.nodes.indexOf(node);
    if (at >= 0) this.nodes.splice(at, 1);
    return at >= 0;
  }
}
