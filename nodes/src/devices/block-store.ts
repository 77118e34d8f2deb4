import { randomUUID } from 'node:crypto';
import { BLOCK_SIZE, blockExpiry, blockStateAt } from '@liandong/schema/domains/devices';
import type { CaseNumberBlockView, StoredBlockState } from '@liandong/schema/domains/devices';
import type { Day, DivisionCode } from '@liandong/schema/kernel';
import { caseNumberOf, problem } from '@liandong/schema/kernel';
import { takeSerials } from '../case-numbers/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import type { BlockRow, LateFilingRow } from './tables.ts';
import { lateFilingsTable, numberBlocksTable } from './tables.ts';

const BLOCKS = `SELECT ${numberBlocksTable.select('b')} FROM number_blocks b`;
const LATE = `SELECT ${lateFilingsTable.select('l')} FROM late_filings l`;
/** Days for which ended blocks are shown with their device. */
const SHOWN_DAYS = 30;

/** Takes the next numbers of a day for a device. @returns the block's id */
export async function takeBlock(tx: SharedTx, device: string, day: Day, at: Date): Promise<string> {
  const first = await takeSerials(tx, day, BLOCK_SIZE);
  const id = randomUUID();
  const taken = { id, device, day, first, size: BLOCK_SIZE, takenAt: at, expiresAt: blockExpiry(day) };
  await insert(tx, numberBlocksTable, [{ ...taken, state: 'OPEN', endedAt: null }]);
  return id;
}

/** The device that took a block. @throws {ProblemError} NOT_FOUND */
export async function findDeviceOf(queries: NodeQueries, id: string): Promise<string> {
  const [block] = await queries.query<BlockRow>(`${BLOCKS} WHERE b.node = $1 AND b.id = $2`, [id]);
  if (block) return block.device;
  throw unknownBlock(queries);
}

/** One block, locked until the transaction ends. @throws {ProblemError} NOT_FOUND */
export async function lockBlock(tx: SharedTx, id: string): Promise<BlockRow> {
  const [block] = await tx.query<BlockRow>(`${BLOCKS} WHERE b.node = $1 AND b.id = $2 FOR UPDATE`, [id]);
  if (block) return block;
  throw unknownBlock(tx);
}

const unknownBlock = ({ node }: Pick<NodeQueries, 'node'>) =>
  problem('NOT_FOUND', `${node} has given out no such block of numbers.`, { field: 'block' });

/** The block of a device that has a serial of a day, locked until the transaction ends; undefined if none has. */
export async function lockBlockOf(
  tx: SharedTx,
  device: string,
  { day, serial }: { day: Day; serial: number },
): Promise<BlockRow | undefined> {
  const [block] = await tx.query<BlockRow>(
    `${BLOCKS} WHERE b.node = $1 AND b.device = $2 AND b.day = $3 AND $4::int BETWEEN b.first AND b.first + b.size - 1
     FOR UPDATE`,
    [device, day, serial],
  );
  return block;
}

export async function endBlock(
  tx: SharedTx,
  id: string,
  state: Exclude<StoredBlockState, 'OPEN'>,
  at: Date,
): Promise<void> {
  await tx.query(`UPDATE number_blocks SET state = $3, ended_at = $4 WHERE node = $1 AND id = $2`, [id, state, at]);
}

/** Ends the blocks whose time is over. @returns how many */
export async function expireBlocks(tx: SharedTx, now: Date): Promise<number> {
  const ended = await tx.query(
    `UPDATE number_blocks SET state = 'EXPIRED', ended_at = expires_at
     WHERE node = $1 AND state = 'OPEN' AND expires_at <= $2 RETURNING 1`,
    [now],
  );
  return ended.length;
}

/** Numbers of a day that a device can still use. */
export async function countLeft(tx: SharedTx, device: string, day: Day): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT coalesce(sum(b.size - (SELECT count(*) FROM late_filings l WHERE l.node = b.node AND l.block = b.id)), 0)::int AS count
     FROM number_blocks b WHERE b.node = $1 AND b.device = $2 AND b.day = $3 AND b.state = 'OPEN'`,
    [device, day],
  );
  return row?.count ?? 0;
}

/** The case that has a number of a block; undefined while it is unused. */
export async function findLateFiling(queries: NodeQueries, number: string): Promise<LateFilingRow | undefined> {
  const [found] = await queries.query<LateFilingRow>(`${LATE} WHERE l.node = $1 AND l.number = $2`, [number]);
  return found;
}

export async function insertLateFiling(tx: SharedTx, filing: LateFilingRow): Promise<void> {
  await insert(tx, lateFilingsTable, [filing]);
}

/** Blocks of a day, in the order of their serials. */
export function findBlocksOf(queries: NodeQueries, day: Day): Promise<BlockRow[]> {
  return queries.query<BlockRow>(`${BLOCKS} WHERE b.node = $1 AND b.day = $2 ORDER BY b.first`, [day]);
}

/** The blocks of devices that are open or not older than 30 days, by device; newest day first. */
export async function blockViews(
  queries: NodeQueries,
  devices: readonly string[],
  today: Day,
  now: Date,
): Promise<CaseNumberBlockView[]> {
  const blocks = await queries.query<BlockRow>(
    `${BLOCKS} WHERE b.node = $1 AND b.device = ANY ($2::uuid[])
       AND (b.state = 'OPEN' OR b.day > $3::date - ${SHOWN_DAYS}) ORDER BY b.day DESC, b.first DESC`,
    [devices, today],
  );
  return viewsOf(queries, blocks, now);
}

/** One block as it is now. @throws {ProblemError} NOT_FOUND */
export async function blockView(tx: SharedTx, id: string, now: Date): Promise<CaseNumberBlockView> {
  const [view] = await viewsOf(tx, [await lockBlock(tx, id)], now);
  if (!view) throw new Error(`block ${id} has no view`);
  return view;
}

async function viewsOf(queries: NodeQueries, blocks: readonly BlockRow[], now: Date): Promise<CaseNumberBlockView[]> {
  const used = await queries.query<LateFilingRow>(
    `${LATE} WHERE l.node = $1 AND l.block = ANY ($2::uuid[]) ORDER BY l.number`,
    [blocks.map(({ id }) => id)],
  );
  return blocks.map((block) => viewOf(queries.node, block, used, now));
}

function viewOf(
  node: DivisionCode,
  { id, device, day, first, size, takenAt, expiresAt, state: stored, endedAt }: BlockRow,
  filings: readonly LateFilingRow[],
  now: Date,
): CaseNumberBlockView {
  const used = filings.filter(({ block }) => block === id);
  // the clockwork may not have come by yet
  const state = blockStateAt({ state: stored, expiresAt }, now);
  const numbers = Array.from({ length: size }, (_, i) => caseNumberOf(node, day, first + i));
  return {
    id,
    device,
    day,
    left: state === 'OPEN' ? numbers.filter((number) => !used.some((u) => u.number === number)) : [],
    used: used.map(({ number, caseId, receivedAt, enteredAt }) => ({ number, case: caseId, receivedAt, enteredAt })),
    takenAt,
    expiresAt,
    state,
    endedAt: state === 'OPEN' ? null : (endedAt ?? expiresAt),
  };
}
