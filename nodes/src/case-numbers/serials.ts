import type { Day, DivisionCode } from '@liandong/schema/kernel';
import { caseNumberOf } from '@liandong/schema/kernel';
import type { HostDb, NodeQueries } from '../db/index.ts';

/** Numbers fetched at a time: filing does not wait for the counter's row, and a stop wastes few. */
const BLOCK = 20;

/** Takes serials of a day that follow each other; no other taker gets one of them. @returns the first */
export async function takeSerials(queries: NodeQueries, day: Day, count: number): Promise<number> {
  const [row] = await queries.query<{ next: number }>(
    `INSERT INTO serials (node, day, next) VALUES ($1, $2, 1 + $3::int)
     ON CONFLICT (node, day) DO UPDATE SET next = serials.next + $3::int RETURNING next`,
    [day, count],
  );
  if (!row) throw new Error(`no serials of ${day} at ${queries.node}`);
  return row.next - count;
}

/** How many serials of a day were given out; 0 for a day without one. */
export async function countSerials(queries: NodeQueries, day: Day): Promise<number> {
  const [row] = await queries.query<{ next: number }>(`SELECT next FROM serials WHERE node = $1 AND day = $2`, [day]);
  return (row?.next ?? 1) - 1;
}

/** Hands out case numbers (办件编号) of one node, each once. */
export class Serials {
  readonly #db: HostDb;
  readonly #node: DivisionCode;
  #day = '';
  #next = 1;
  #end = 1;
  #fetching: Promise<void> | null = null;

  constructor(db: HostDb, node: DivisionCode) {
    this.#db = db;
    this.#node = node;
  }

  async take(day: Day): Promise<string> {
    while (this.#day !== day || this.#next >= this.#end) await (this.#fetching ??= this.#fetch(day));
    return caseNumberOf(this.#node, day, this.#next++);
  }

  async #fetch(day: Day): Promise<void> {
    try {
      this.#next = await takeSerials(this.#db.queries(this.#node), day, BLOCK);
      this.#end = this.#next + BLOCK;
      this.#day = day;
    } finally {
      this.#fetching = null;
    }
  }
}
