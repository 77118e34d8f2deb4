import { DAYS_AHEAD } from '@liandong/schema/domains/devices';
import type { Day, DivisionCode } from '@liandong/schema/kernel';
import { FEEDS } from '@liandong/schema/wire';
import type { ProblemError } from '@liandong/schema/kernel';
import { dayOf, plusDays, problem } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { HostDb, HostTx, RowOf, SharedTx } from '../db/index.ts';
import { openedRow } from '../db/index.ts';
import { findFeeds } from '../feeds/index.ts';
import { livesTable } from './tables.ts';

/** Time before the last sign of life from which on others are asked, ms: clocks differ, and commits take time. */
const MARGIN_MS = 15 * 60_000;
/** Time between two signs of life of a running host, ms. */
export const SIGN_OF_LIFE_MS = 30_000;
/** Case numbers of the day that may have been given and forgotten: the next numbers begin after these. */
const SKIPPED_SERIALS = 10_000;

/**
 * Identifies the database: the cluster, its timeline (raised by every point-in-time recovery and every promotion of a
 * standby) and the database's own number (another one after a dump was read back).
 */
const IDENTITY = `SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' ||
  left(pg_walfile_name(pg_current_wal_lsn()), 8) || '/' || oid AS identity
  FROM pg_database WHERE datname = current_database()`;

/**
 * Incarnations (任次) of the nodes' databases, stored and sent as `life`. A restored database has forgotten everything
 * after its backup. It begins a new incarnation, and the node takes no steps until other nodes have given back what they
 * hold of it.
 */
export class Incarnations {
  readonly #db: HostDb;
  readonly #log: Logger;
  readonly #now: () => Date;
  readonly #incarnations = new Map<DivisionCode, { life: number; healing: boolean; restored: boolean; seenAt: Date }>();
  readonly #peers = new Map<string, number>();
  readonly #beginning = new Map<DivisionCode, Promise<void>>();

  private constructor(db: HostDb, now: () => Date, log: Logger) {
    this.#db = db;
    this.#now = now;
    this.#log = log;
  }

  /** Reads the present incarnation of each node’s database; begins a new one if the database is not the one of before. */
  static async open(db: HostDb, nodes: readonly DivisionCode[], now: () => Date, log: Logger): Promise<Incarnations> {
    const incarnations = new Incarnations(db, now, log);
    await incarnations.take(nodes);
    await incarnations.signOfLife();
    return incarnations;
  }

  /** Reads the incarnations of nodes that this host begins to serve. */
  async take(nodes: readonly DivisionCode[]): Promise<void> {
    const identity = await readIdentity(this.#db);
    for (const node of nodes) {
      const last = await findIncarnation(this.#db, node);
      if (!last) await this.#insert(node, identity, null);
      else {
        this.#incarnations.set(node, {
          life: last.life,
          healing: last.healedAt === null,
          restored: last.askedSince !== null,
          seenAt: last.seenAt,
        });
        if (last.identity !== identity) await this.begin(node);
      }
      const peers = await this.#db.reads(node).peerLife.findMany();
      for (const { peer, life } of peers) this.#peers.set(`${node} ${peer}`, Number(life));
    }
  }

  /** The present incarnation; a node states it in everything it signs for the road. */
  readonly incarnationOf = (node: DivisionCode): number | undefined => this.#incarnations.get(node)?.life;

  readonly isHealing = (node: DivisionCode): boolean => this.#incarnations.get(node)?.healing ?? false;

  readonly healing = (): DivisionCode[] => [...this.#incarnations.keys()].filter(this.isHealing);

  /** Whether a node or its peer was ever restored: messages may then come under new ids. */
  readonly wasRestored = (node: DivisionCode, peer: DivisionCode): boolean =>
    (this.#incarnations.get(node)?.restored ?? false) || this.#peers.has(`${node} ${peer}`);

  /** Whether a peer's statement comes from an incarnation that is over. */
  readonly isOver = (node: DivisionCode, peer: DivisionCode, life: number | undefined): boolean => {
    const known = this.#peers.get(`${node} ${peer}`);
    return known !== undefined && (life ?? 0) < known;
  };

  /**
   * Begins a new incarnation: the database is older than the node or its peers remember. Callers that ask meanwhile, as
   * several subscribers do at once, wait for the same one.
   */
  async begin(node: DivisionCode): Promise<void> {
    let beginning = this.#beginning.get(node);
    if (!beginning) {
      beginning = this.#begin(node).finally(() => this.#beginning.delete(node));
      this.#beginning.set(node, beginning);
    }
    await beginning;
  }

  async #begin(node: DivisionCode): Promise<void> {
    const before = this.#incarnations.get(node);
    const seenAt = before?.seenAt ?? this.#now();
    // at once: the node must take no step while the incarnation is being stored
    if (before) this.#incarnations.set(node, { ...before, healing: true });
    try {
      await this.#insert(node, await readIdentity(this.#db), new Date(seenAt.getTime() - MARGIN_MS));
    } catch (error) {
      if (before) this.#incarnations.set(node, before);
      throw error;
    }
    this.#log.warn({ node, since: seenAt }, 'restored database detected: asking other nodes for what they hold');
  }

  /** Records a peer's new incarnation. @returns false if a newer one is known */
  async tell(tx: SharedTx, peer: DivisionCode, life: number): Promise<boolean> {
    if (this.isOver(tx.node, peer, life)) return false;
    await tx.query(
      `INSERT INTO peer_lives (node, peer, life) VALUES ($1, $2, $3)
       ON CONFLICT (node, peer) DO UPDATE SET life = excluded.life, told_at = now()`,
      [peer, life],
    );
    // at once: an earlier statement of the peer may come behind this one in the same batch
    this.#peers.set(`${tx.node} ${peer}`, life);
    return true;
  }

  /** Ends the healing of an incarnation. Does nothing for an incarnation that is over or ends at this moment. */
  healed(node: DivisionCode, life: number): void {
    const known = this.#incarnations.get(node);
    if (known?.life === life && !this.#beginning.has(node)) this.#incarnations.set(node, { ...known, healing: false });
  }

  /** Forgets the incarnation of a node that leaves this host. */
  forget(node: DivisionCode): void {
    this.#incarnations.delete(node);
  }

  /** Stores the time at intervals, so that a restored database knows up to when it remembers. */
  async signOfLife(): Promise<void> {
    const nodes = [...this.#incarnations];
    await this.#db.queryHost(
      `UPDATE lives SET seen_at = now() FROM unnest($1::text[], $2::int8[]) AS l (node, life)
       WHERE lives.node = l.node AND lives.life = l.life`,
      [nodes.map(([node]) => node), nodes.map(([, { life }]) => life)],
    );
  }

  async #insert(node: DivisionCode, identity: string, askedSince: Date | null): Promise<void> {
    const life = Math.max(this.#now().getTime(), (this.#incarnations.get(node)?.life ?? 0) + 1);
    const healing = askedSince !== null;
    await this.#db.transact(node, async (tx) => {
      const heads: { feed: string; head: number }[] = [];
      for (const feed of FEEDS) {
        const own = (await findFeeds(tx, feed)).find((f) => f.publisher === node);
        heads.push({ feed, head: own?.head ?? 0 });
      }
      await tx.query(
        `INSERT INTO lives (node, life, identity, asked_since, healed_at, heads)
         VALUES ($1, $2, $3, $4, CASE WHEN $5::boolean THEN NULL ELSE now() END, $6)`,
        [life, identity, askedSince, healing, JSON.stringify(heads)],
      );
      if (!healing) return;
      await tx.query(
        `INSERT INTO serials (node, day, next) SELECT $1, day, 1 + ${SKIPPED_SERIALS} FROM unnest($2::date[]) AS d (day)
         ON CONFLICT (node, day) DO UPDATE SET next = serials.next + ${SKIPPED_SERIALS}`,
        [takenAhead(dayOf(this.#now()))],
      );
    });
    this.#incarnations.set(node, { life, healing, restored: healing, seenAt: this.#now() });
  }
}

/** The days of which case numbers may have been given out and forgotten: devices take them ahead. */
function takenAhead(today: Day): Day[] {
  return Array.from({ length: DAYS_AHEAD + 1 }, (_, days) => plusDays(today, days));
}

/** The newest incarnation of a node's database; undefined before its first start. */
export async function findIncarnation(db: HostDb, node: DivisionCode): Promise<RowOf<typeof livesTable> | undefined> {
  const row = await db.reads(node).life.findFirst({ orderBy: { life: 'desc' } });
  return row ? openedRow(db.queries(node), livesTable, row) : undefined;
}

/** Those of the nodes that were ever served from this database. */
export async function findEverServed(db: HostDb, nodes: readonly DivisionCode[]): Promise<DivisionCode[]> {
  const rows = await db.queryHost<{ node: DivisionCode }>(`SELECT DISTINCT node FROM lives WHERE node = ANY ($1)`, [
    nodes,
  ]);
  return rows.map(({ node }) => node);
}

/**
 * Begins a new incarnation because an operator says so, for a host that does not run: at its next start other nodes are
 * asked.
 */
export async function forceIncarnation(db: HostDb, node: DivisionCode, now: () => Date, log: Logger): Promise<void> {
  const incarnations = await Incarnations.open(db, [node], now, log);
  if (!incarnations.isHealing(node)) await incarnations.begin(node);
}

/** The state of a node's healing: how much each peer gave, and which peers are silent. */
export interface HealingState {
  healedAt: Date | null;
  askedSince: Date | null;
  answered: number;
  cases: number;
  silent: DivisionCode[];
}

export async function healingState(db: HostDb, node: DivisionCode): Promise<HealingState | null> {
  const life = await findIncarnation(db, node);
  if (!life) return null;
  const { healedAt, askedSince } = life;
  const peers = await db.reads(node).healPeer.findMany({ where: { life: life.life }, orderBy: { peer: 'asc' } });
  const silent = peers.filter((p) => p.doneAt === null).map((p) => p.peer);
  return {
    healedAt,
    askedSince,
    silent,
    answered: peers.length - silent.length,
    cases: peers.reduce((sum, p) => sum + p.cases, 0),
  };
}

/**
 * Stops waiting for some peers, as of the next part that arrives or the next start. What they send later is still
 * taken.
 */
export async function waitNoLonger(
  db: HostDb,
  node: DivisionCode,
  peers: readonly DivisionCode[],
): Promise<DivisionCode[]> {
  const rows = await db.transact(node, (tx) =>
    tx.query<{ peer: string }>(
      `UPDATE heal_peers SET done_at = now() WHERE node = $1 AND peer = ANY ($2) AND done_at IS NULL
         AND life = (SELECT max(life) FROM lives WHERE node = $1) RETURNING peer`,
      [peers],
    ),
  );
  return rows.map((r) => r.peer);
}

/**
 * Records that the node's rows were carried whole to this database, so that no new incarnation begins: for moves, which
 * lose nothing.
 */
export async function carryIncarnation(tx: HostTx, node: DivisionCode): Promise<void> {
  await tx.query(
    `UPDATE lives SET identity = (${IDENTITY})
     WHERE node = $1 AND life = (SELECT max(life) FROM lives WHERE node = $1)`,
    [node],
  );
}

async function readIdentity(db: HostDb): Promise<string> {
  const [row] = await db.queryHost<{ identity: string }>(IDENTITY);
  return row?.identity ?? '';
}

/** The refusal of a step at a node that heals. */
export function healingRefusal(node: DivisionCode): ProblemError {
  return problem('NODE_HEALING', `${node} was restored and waits for what others hold of it.`, { node });
}
