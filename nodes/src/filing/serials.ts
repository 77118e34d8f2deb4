import type { Day, DivisionCode } from '@liandong/schema/kernel';
import { caseNumberOf } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';

/** Numbers fetched at a time: filing does not wait for the counter's row, and a stop wastes few. */
const BLOCK = 20;

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
      const [row] = await this.#db.queries(this.#node).query<{ next: number }>(
        `INSERT INTO serials (node, day, next) VALUES ($1, $2, 1 + ${BLOCK})
         ON CONFLICT (node, day) DO UPDATE SET next = serials.next + ${BLOCK} RETURNING next`,
        [day],
      );
      this.#end = row?.next ?? 1;
      this.#next = this.#end - BLOCK;
      this.#day = day;
    } finally {
      this.#fetching = null;
    }
  }
}
