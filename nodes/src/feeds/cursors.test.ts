import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CITY, COUNTY, TestFederation } from '../testing/test-federation.ts';

describe('who is told of a feed', () => {
  let federation: TestFederation;
  beforeAll(async () => {
    federation = await TestFederation.start({ nodes: [CITY, COUNTY], catalogue: false });
  });
  afterAll(() => federation.stop());

  test('is no longer a desk that lies above no more, and still the ones that do', async () => {
    await federation.rows(
      COUNTY,
      `INSERT INTO feed_cursors (node, feed, publisher, subscriber) VALUES ($1, 'FACTS', $1, '331100')`,
      [COUNTY],
    );
    await federation.stopHost(COUNTY);
    await federation.startHost(COUNTY);
    const told = await federation.rows<{ subscriber: string }>(
      COUNTY,
      `SELECT subscriber FROM feed_cursors WHERE node = $1 AND feed = 'FACTS' AND publisher = $1`,
      [COUNTY],
    );
    expect(told).toEqual([{ subscriber: CITY }]);
  });
});
