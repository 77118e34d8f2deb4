import { createReadStream, createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { DivisionCode } from '@liandong/schema/kernel';
import { problem, ProblemError } from '@liandong/schema/kernel';
import { divisionCodeSchema } from '@liandong/schema/case';
import { z } from 'zod';
import type { HostDb, HostTx } from '../db/index.ts';
import { knownMigrations } from '../db/index.ts';
import { carryIncarnation } from '../restore/index.ts';
import type { Move } from './moves.ts';
import { findMoves, setMoveIn } from './moves.ts';
import { findNodeTables, digestsOf, passNumbers, removeRows, RowSum, rowsOf, writeRows } from './node-rows.ts';
import type { TableDigest } from './node-rows.ts';

const FORMAT = 'liandong-node/1';

/** The first line of a file that carries a node. */
const headSchema = z.object({
  format: z.literal(FORMAT),
  node: divisionCodeSchema,
  number: z.int().min(1),
  fromHost: z.string(),
  toHost: z.string(),
  /** The migrations of the schema its rows belong to. */
  migrations: z.array(z.string()),
});
export type NodeFileHead = z.infer<typeof headSchema>;

/** The last line. */
const endSchema = z.object({ digests: z.record(z.string(), z.object({ rows: z.int(), sum: z.string() })) });

/**
 * Writes all rows of a STILL node into a file, gzip of one JSON text a line, from one snapshot of the database.
 * @returns rows by table
 * @throws {ProblemError} INTERNAL if a row was written meanwhile
 */
export async function writeNodeFile(db: HostDb, move: Move, file: string): Promise<Record<string, TableDigest>> {
  const { node, number, fromHost, toHost } = move;
  const head: NodeFileHead = { format: FORMAT, node, number, fromHost, toHost, migrations: await knownMigrations() };
  const digests = await snapshot(db, async (tx) => {
    const tables = await findNodeTables(tx);
    const written: Record<string, TableDigest> = {};
    const lines = async function* () {
      yield `${JSON.stringify(head)}\n`;
      for (const { name } of tables) {
        const sum = new RowSum();
        yield `${JSON.stringify({ table: name })}\n`;
        for await (const rows of rowsOf(tx, name, node)) {
          sum.add(rows);
          yield `${rows.join('\n')}\n`;
        }
        written[name] = sum.digest();
      }
      yield `${JSON.stringify({ digests: written })}\n`;
    };
    await pipeline(Readable.from(lines()), createGzip(), createWriteStream(`${file}.part`, { mode: 0o600 }));
    return written;
  });
  const again = await snapshot(db, async (tx) => digestsOf(tx, await findNodeTables(tx), node));
  if (JSON.stringify(again) !== JSON.stringify(digests)) {
    throw problem('INTERNAL', `Something wrote to ${node} while it was read. Give the command again.`);
  }
  await rename(`${file}.part`, file);
  return digests;
}

/** The contents of a file, as its first line states them. @throws {ProblemError} BAD_INPUT */
export async function readNodeFileHead(file: string): Promise<NodeFileHead> {
  for await (const line of linesOf(file)) return headOf(file, line);
  throw problem('BAD_INPUT', `${file} is empty.`);
}

/**
 * Takes in a node's rows, all or none, and checks that they equal those at the old host. Rows that an earlier move left
 * here are replaced. The node is not served before the move is set to `ARRIVED`, when its keys are here too.
 * @returns rows by table; null where the very same move was taken in before
 * @throws {ProblemError} BAD_INPUT for a file that is not whole, of another schema, or of a node that is here
 */
export async function takeNodeIn(db: HostDb, file: string): Promise<Record<string, TableDigest> | null> {
  const head = await readNodeFileHead(file);
  const { node, number } = head;
  const known = await knownMigrations();
  if (JSON.stringify(known) !== JSON.stringify(head.migrations)) {
    throw problem(
      'BAD_INPUT',
      `${file} is of another version of the program than this host's. Bring both to the same.`,
    );
  }
  return db.transactHost(async (tx) => {
    const tables = await findNodeTables(tx);
    const [last] = await findMoves(tx, [node]);
    if (last?.number === number && (last.state === 'CAME' || last.state === 'ARRIVED')) return null;
    if (last && (last.state !== 'LEFT' || last.number >= number)) throw isHere(node);
    if (last) await removeRows(tx, tables, node);
    else if (Object.values(await digestsOf(tx, tables, node)).some(({ rows }) => rows > 0)) throw isHere(node);
    const digests = await insertFile(tx, file, new Map(tables.map((table) => [table.name, table])));
    for (const table of tables) await passNumbers(tx, table, node);
    const here = await digestsOf(tx, tables, node);
    for (const { name } of tables) {
      const [there, now] = [digests[name], here[name]];
      if (there?.rows !== now?.rows || there?.sum !== now?.sum) {
        throw problem('INTERNAL', `The rows of ${node} in ${name} are not here as they were there.`);
      }
    }
    if (!(await setMoveIn(tx, { node, number }, ['STILL', 'LEFT'], 'CAME'))) {
      throw problem('BAD_INPUT', `${file} does not hold the move it speaks of.`);
    }
    // no row was lost on the way: this is not a restored database
    await carryIncarnation(tx, node);
    return digests;
  });
}

async function insertFile(
  tx: HostTx,
  file: string,
  tables: ReadonlyMap<string, Parameters<typeof writeRows>[1]>,
): Promise<Record<string, TableDigest>> {
  let first = true;
  let table: Parameters<typeof writeRows>[1] | null = null;
  let rows: string[] = [];
  const flush = async () => {
    if (table && rows.length > 0) await writeRows(tx, table, rows);
    rows = [];
  };
  for await (const line of linesOf(file)) {
    if (first) {
      first = false;
      continue;
    }
    // rows are objects of columns, and every table has a node
    if (line.startsWith('{"table":')) {
      await flush();
      const { table: name } = JSON.parse(line) as { table: string };
      table = tables.get(name) ?? null;
      if (!table) throw problem('BAD_INPUT', `${file} has rows of a table ${name} that is not here.`);
    } else if (line.startsWith('{"digests":')) {
      await flush();
      const end = endSchema.safeParse(JSON.parse(line));
      if (end.success) return end.data.digests;
    } else {
      rows.push(line);
      if (rows.length >= 200) await flush();
    }
  }
  throw problem('BAD_INPUT', `${file} is not whole: its end is missing.`);
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const text = createGunzip();
  createReadStream(file)
    .on('error', (error) => text.destroy(error))
    .pipe(text);
  text.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw problem('BAD_INPUT', `${file} can't be read, or was changed.`, { cause });
  }
}

function headOf(file: string, line: string): NodeFileHead {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch (cause) {
    throw problem('BAD_INPUT', `${file} holds no node.`, { cause });
  }
  const head = headSchema.safeParse(content);
  if (!head.success) throw problem('BAD_INPUT', `${file} holds no node.`);
  return head.data;
}

function isHere(node: DivisionCode) {
  return problem('BAD_INPUT', `This database has rows of ${node} that did not leave it.`);
}

function snapshot<T>(db: HostDb, work: (tx: HostTx) => Promise<T>): Promise<T> {
  return db.transactHost(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return work(tx);
  });
}
