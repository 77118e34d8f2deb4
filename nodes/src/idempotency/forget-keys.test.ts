import { itemLife } from '@liandong/schema/domains/item-life';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cataloguer } from '../testing/catalogue.ts';
import { codesOf } from '../testing/cases.ts';
import { CITY, TestFederation, eventually } from '../testing/test-federation.ts';

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY] });
});
afterAll(() => federation.stop());

const draft = (idempotencyKey: string, note: string) =>
  federation.desk(CITY, itemLife).draftItem(cataloguer, { code: '3310-MZ-001', reason: '修订', note, idempotencyKey });

const keys = async () => {
  const rows = await federation.rows<{ key: string }>(
    CITY,
    'SELECT key FROM idempotency WHERE node = $1 ORDER BY key',
    [CITY],
  );
  return rows.map(({ key }) => key);
};

const aged = (key: string, days: number) =>
  federation.rows(CITY, `UPDATE idempotency SET at = at - $3 * interval '1 day' WHERE node = $1 AND key = $2`, [
    CITY,
    key,
    days,
  ]);

test('a key is kept for thirty days, in which its step is not done again, and then forgotten with its answer', async () => {
  await draft('draft-older', '说明一');
  await draft('draft-newer', '说明二');
  await aged('draft-older', 31);
  await aged('draft-newer', 29);
  // the host forgets keys when it starts, and every hour
  await federation.stopHost(CITY);
  await federation.startHost(CITY);
  await eventually(async () => !(await keys()).includes('draft-older'));
  expect(await keys()).toEqual(['draft-newer']);
  expect(await codesOf(draft('draft-newer', '说明三'))).toEqual(['IDEMPOTENCY_MISMATCH']);
  expect(await draft('draft-older', '说明三')).toMatchObject({ item: { item: { note: '说明三' } } });
});
