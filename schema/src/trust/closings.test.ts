import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { CITY, COUNTY, NEIGHBOUR_VILLAGE, OTHER_TOWNSHIPS_VILLAGE, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import type { TestKey } from '../testing/keys.ts';
import { certify, closing, end, keyOf } from '../testing/keys.ts';
import { KeyRing, parentByCode } from './key-ring.ts';

const MARCH = '2026-03-01T00:00:00.000Z';
const JULY = '2026-07-01T00:00:00.000Z';
let city: TestKey;
let county: TestKey;
let township: TestKey;
let chain: string[];

beforeAll(async () => {
  [city, county, township] = (await Promise.all([CITY, COUNTY, TOWNSHIP].map(keyOf))) as [TestKey, TestKey, TestKey];
  chain = await Promise.all([certify(city, city), certify(city, county), certify(county, township)]);
});

async function learn(...documents: string[]) {
  const ring = new KeyRing(city.jwk, parentByCode);
  const states = (await ring.learn([...chain, ...documents])).slice(chain.length).map(({ state }) => state);
  return { ring, states };
}

describe('the closing of a node', () => {
  test.each([
    ['the parent itself', TOWNSHIP],
    ['another child of it', NEIGHBOUR_VILLAGE],
  ])('is believed of its parent, with %s in its place', async (_, successor) => {
    const { ring, states } = await learn(await closing(township, VILLAGE, successor, MARCH));
    expect(states).toEqual(['BELIEVED']);
    expect(ring.findClosing(VILLAGE)?.content.successor).toBe(successor);
  });

  test.each([
    ['of a level further up', () => closing(county, VILLAGE, NEIGHBOUR_VILLAGE, MARCH)],
    ['with itself in its place', () => closing(township, VILLAGE, VILLAGE, MARCH)],
    ['with another parent’s child in its place', () => closing(township, VILLAGE, OTHER_TOWNSHIPS_VILLAGE, MARCH)],
    ['with the grandparent in its place', () => closing(township, VILLAGE, COUNTY, MARCH)],
    ['of the city, which has no parent', () => closing(city, CITY, COUNTY, MARCH)],
  ])('is refused %s', async (_, sign) => {
    const { ring, states } = await learn(await sign());
    expect(states).toEqual(['REFUSED']);
    expect(ring.closings()).toEqual([]);
  });

  test('is not believed of a key that had ended by its date', async () => {
    const ended = await end(county, township, { from: MARCH, at: MARCH });
    const { ring } = await learn(ended, await closing(township, VILLAGE, TOWNSHIP, JULY));
    expect(ring.closings()).toEqual([]);
  });

  test('waits for its signer’s key', async () => {
    const jws = await closing(township, VILLAGE, TOWNSHIP, MARCH);
    const ring = new KeyRing(city.jwk, parentByCode);
    expect(await ring.learn([jws])).toMatchObject([{ state: 'WAITING' }]);
    await ring.learn(chain);
    expect(ring.closings()).toHaveLength(1);
  });

  test('is the first of two, in whatever order they come', async () => {
    const first = await closing(township, VILLAGE, TOWNSHIP, MARCH);
    const second = await closing(township, VILLAGE, NEIGHBOUR_VILLAGE, JULY);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...chain, first, second], { minLength: 5 }), async (order) => {
        const ring = new KeyRing(city.jwk, parentByCode);
        await ring.learn(order);
        expect(ring.closings().map(({ content }) => content.successor)).toEqual([TOWNSHIP]);
      }),
      { numRuns: 20 },
    );
  });
});
