import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostDb } from '../db/index.ts';
import { VILLAGE, createDatabase } from '../testing/test-federation.ts';
import { Lives } from './lives.ts';

let db: HostDb;
beforeAll(async () => {
  db = new HostDb(await createDatabase(), 2, () => undefined);
});
afterAll(() => db.close());

describe('a node whose database turns out to be restored', () => {
  const now = () => new Date();
  const log = pino({ level: 'silent' });
  const open = async () => {
    const lives = await Lives.open(db, [VILLAGE], now, log);
    return { lives, before: lives.lifeOf(VILLAGE) ?? 0 };
  };

  test('stays closed for steps although the end of the recovery before comes in late', async () => {
    const { lives, before } = await open();
    await lives.begin(VILLAGE);
    lives.healed(VILLAGE, before);
    expect(lives.isHealing(VILLAGE)).toBe(true);
    lives.healed(VILLAGE, lives.lifeOf(VILLAGE) ?? 0);
    expect(lives.isHealing(VILLAGE)).toBe(false);
  });

  test('stays closed for steps while the new life is written down, whatever ends meanwhile', async () => {
    const { lives, before } = await open();
    const begun = lives.begin(VILLAGE);
    lives.healed(VILLAGE, before);
    expect(lives.isHealing(VILLAGE)).toBe(true);
    await begun;
    expect(lives.isHealing(VILLAGE)).toBe(true);
  });
});
