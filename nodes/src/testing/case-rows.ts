import { readFile } from 'node:fs/promises';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';

const ROWS = new URL('../../../test/case-rows.sql', import.meta.url);

/** Fills a host with rows of cases without logs, for code that reads rows only. */
export async function fillCases(db: HostDb, node: DivisionCode, count: number): Promise<void> {
  await db.queryHost(await readFile(ROWS, 'utf8'), [node, count]);
  await db.queryHost('VACUUM ANALYZE cases');
}
