import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostDb } from '../db/index.ts';
import { VILLAGE, createDatabase } from '../testing/test-federation.ts';
import { Incarnations } from './incarnations.ts';

let db: HostDb;
beforeAll(async () => {
  db = new HostDb(await createDatabase(), 2, () => undefined);
});
afterAll(() => db.close());

describe('a node whose database turns out to be restored', () => {
  const now = () => new Date();
  const log = pino({ level: 'silent' });
  const open = async () => {
    const incarnations = await Incarnations.open(db, [VILLAGE], now, log);
    return { incarnations, before: incarnations.incarnationOf(VILLAGE) ?? 0 };
  };

  test('stays closed for steps although the end of the recovery before comes in late', async () => {
    const { incarnations, before } = await open();
    await incarnations.begin(VILLAGE);
    incarnations.healed(VILLAGE, before);
    expect(incarnations.isHealing(VILLAGE)).toBe(true);
    incarnations.healed(VILLAGE, incarnations.incarnationOf(VILLAGE) ?? 0);
    expect(incarnations.isHealing(VILLAGE)).toBe(false);
  });

  test('stays closed for steps while the new incarnation is written down, whatever ends meanwhile', async () => {
    const { incarnations, before } = await open();
    const begun = incarnations.begin(VILLAGE);
    incarnations.healed(VILLAGE, before);
    expect(incarnations.isHealing(VILLAGE)).toBe(true);
    await begun;
    expect(incarnations.isHealing(VILLAGE)).toBe(true);
  });
});
