import type { DivisionCode } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import type { HostDb, HostTx } from '../db/index.ts';
import { findNodeTables, removeRows } from './node-rows.ts';

/**
 * LEAVING: its host shall stop serving it. STILL: its host does nothing for it any more. LEFT: its rows were written
 * out. CAME: the rows were taken in here, the keys not yet. ARRIVED: both were taken in, and it is served. KEPT: it did
 * not leave after all.
 */
export type MoveState = 'LEAVING' | 'STILL' | 'LEFT' | 'CAME' | 'ARRIVED' | 'KEPT';

/** A node's move from one host to another (迁移). */
export interface Move {
  node: DivisionCode;
  number: number;
  state: MoveState;
  fromHost: string;
  toHost: string;
}

const AWAY: readonly MoveState[] = ['LEAVING', 'STILL', 'LEFT', 'CAME'];

/** Inside a transaction or not. */
type Queries = Pick<HostDb, 'queryHost'> | HostTx;

function query<Row>(db: Queries, sql: string, params: readonly unknown[]): Promise<Row[]> {
  return 'queryHost' in db ? db.queryHost<Row>(sql, params) : db.query<Row>(sql, params);
}

/** The newest move of each of some nodes. */
export function findMoves(db: Queries, nodes: readonly DivisionCode[]): Promise<Move[]> {
  return query<Move>(
    db,
    `SELECT DISTINCT ON (node) node, number, state, from_host AS "fromHost", to_host AS "toHost" FROM node_moves
     WHERE node = ANY ($1) ORDER BY node, number DESC`,
    [nodes],
  );
}

/** The nodes that are leaving or have left this database, or have not come completely. */
export async function findAway(db: Queries, nodes: readonly DivisionCode[]): Promise<Move[]> {
  return (await findMoves(db, nodes)).filter(({ state }) => AWAY.includes(state));
}

/** @throws {ProblemError} MISROUTED for a node that is leaving or has left */
export async function requireHere(db: Queries, node: DivisionCode): Promise<void> {
  const [move] = await findAway(db, [node]);
  if (move) throw problem('MISROUTED', `${node} moved to host ${move.toHost}.`, { node });
}

/**
 * Begins a move, or continues the one that was begun.
 * @throws {ProblemError} BAD_INPUT where a move to another host was begun
 */
export async function beginMove(
  db: HostDb,
  node: DivisionCode,
  order: { fromHost: string; toHost: string; actor: string; why: string },
): Promise<Move> {
  const { fromHost, toHost, actor, why } = order;
  const [last] = await findMoves(db, [node]);
  if (last && AWAY.includes(last.state)) {
    if (last.toHost === toHost) return last;
    throw problem('BAD_INPUT', `${node} is moving to ${last.toHost} already; liandong node keep undoes that.`, {
      field: 'to',
    });
  }
  const move: Move = { node, number: (last?.number ?? 0) + 1, state: 'LEAVING', fromHost, toHost };
  await db.transact(node, (tx) =>
    tx.query(
      `INSERT INTO node_moves (node, number, state, from_host, to_host, actor, why)
       VALUES ($1, $2, 'LEAVING', $3, $4, $5, $6)`,
      [move.number, fromHost, toHost, actor, why],
    ),
  );
  return move;
}

/** Sets a move to its next state. @returns whether it was in one of the expected states */
export async function setMove(
  db: HostDb,
  { node, number }: Pick<Move, 'node' | 'number'>,
  from: MoveState[],
  to: MoveState,
): Promise<boolean> {
  return db.transactHost((tx) => setMoveIn(tx, { node, number }, from, to));
}

export async function setMoveIn(
  tx: HostTx,
  { node, number }: Pick<Move, 'node' | 'number'>,
  from: readonly MoveState[],
  to: MoveState,
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE node_moves SET state = $3, at = now() WHERE node = $1 AND number = $2 AND state = ANY ($4) RETURNING 1`,
    [node, number, to, from],
  );
  return rows.length === 1;
}

/**
 * Removes the rows of a node that another host took in; the record of its move stays.
 * @returns how many tables held rows of it
 * @throws {ProblemError} BAD_INPUT for a node that did not leave
 */
export async function forgetNode(db: HostDb, node: DivisionCode): Promise<number> {
  return db.transactHost(async (tx) => {
    const [last] = await findMoves(tx, [node]);
    if (last?.state !== 'LEFT') throw problem('BAD_INPUT', `${node} did not leave this host.`);
    const tables = (await findNodeTables(tx)).filter(({ name }) => name !== 'node_moves');
    return removeRows(tx, tables, node);
  });
}
