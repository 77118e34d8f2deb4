import type { DivisionCode } from '@liandong/schema';
import type { Logger } from 'pino';
import type { HostDb } from '../db/index.ts';
import { Loop } from '../handoff/index.ts';
import type { Move } from '../moves/index.ts';
import { findAway, setMove } from '../moves/index.ts';

/** How often nodes that shall leave are looked for, ms. */
const LOOK_MS = 500;

/** The nodes a host serves: those its settings name, less those that are leaving or have left for another host. */
export class Served {
  readonly #db: HostDb;
  readonly #log: Logger;
  readonly #nodes: DivisionCode[];
  readonly #away = new Map<DivisionCode, Move>();
  #loop: Loop | null = null;

  private constructor(db: HostDb, nodes: readonly DivisionCode[], log: Logger) {
    this.#db = db;
    this.#nodes = [...nodes];
    this.#log = log;
  }

  static async open(db: HostDb, nodes: readonly DivisionCode[], log: Logger): Promise<Served> {
    const served = new Served(db, nodes, log);
    for (const move of await findAway(db, nodes)) {
      served.#take(move);
      // nothing of it runs here yet
      await setMove(db, move, ['LEAVING'], 'STILL');
      log.warn({ node: move.node, to: move.toHost }, 'a node that moved to another host is not served');
    }
    return served;
  }

  /** Live: a node that leaves is taken out. */
  get nodes(): DivisionCode[] {
    return this.#nodes;
  }

  /** The host that a node which is leaving, or has left, moves to. */
  readonly movedTo = (node: DivisionCode): string | undefined => this.#away.get(node)?.toHost;

  /** Looks for nodes that shall leave. @param leave ends when nothing of the node is under way any more */
  start(leave: (node: DivisionCode) => Promise<void>): void {
    this.#loop = new Loop(
      async () => {
        for (const move of await findAway(this.#db, this.#nodes)) {
          this.#take(move);
          await leave(move.node);
          await setMove(this.#db, move, ['LEAVING'], 'STILL');
          this.#log.warn({ node: move.node, to: move.toHost }, 'a node is served no more: it moves to another host');
        }
        return false;
      },
      LOOK_MS,
      (error) => this.#log.error({ err: error }, 'nodes that shall leave'),
    );
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  #take(move: Move): void {
    this.#away.set(move.node, move);
    const at = this.#nodes.indexOf(move.node);
    if (at >= 0) this.#nodes.splice(at, 1);
  }
}
