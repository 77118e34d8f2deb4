import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { SIGNED_TYPES } from '../wire/envelope.ts';
import { CITY, COUNTY, OTHER_COUNTY, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import type { TestKey } from '../testing/keys.ts';
import { certify, end, keyOf, signAs } from '../testing/keys.ts';
import { sha256Hex } from './digest.ts';
import { KeyRing, parentByCode } from './key-ring.ts';

const MARCH = '2026-03-01T00:00:00.000Z';
const JULY = '2026-07-01T00:00:00.000Z';

let city: TestKey;
let county: TestKey;
let township: TestKey;
let next: TestKey;
let village: TestKey;
let chain: string[];

beforeAll(async () => {
  [city, county, township, next, village] = (await Promise.all(
    [CITY, COUNTY, TOWNSHIP, TOWNSHIP, VILLAGE].map(keyOf),
  )) as [TestKey, TestKey, TestKey, TestKey, TestKey];
  chain = await Promise.all([
    certify(city, city),
    certify(city, county),
    certify(county, township),
    certify(township, village),
  ]);
});

const ringOf = async (...documents: string[]) => {
  const ring = new KeyRing(city.jwk, parentByCode);
  const learned = await ring.learn([...chain, ...documents]);
  return { ring, states: learned.slice(chain.length).map((l) => l.state) };
};
const line = (key: TestKey, at: string) => signAs(key, SIGNED_TYPES.line, { at });
const verify = (ring: KeyRing, jws: string) => ring.verify(jws, SIGNED_TYPES.line, new Date(JULY));

describe('a key ring', () => {
  test('believes the same, in whatever order certificates and ends come, at once or one by one', async () => {
    const documents = [
      ...chain,
      await certify(county, next, { issuedAt: MARCH }),
      await end(county, township, { from: JULY }),
      await end(city, county, { reason: 'COMPROMISED', keeps: [await sha256Hex(chain[2] ?? '')] }),
    ];
    const told = (ring: KeyRing) =>
      ring
        .keys()
        .map(({ kid, ended }) => `${kid} ${ended?.content.from ?? ''}`)
        .sort();
    const whole = new KeyRing(city.jwk, parentByCode);
    await whole.learn(documents);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(documents, { minLength: documents.length }),
        fc.boolean(),
        async (order, each) => {
          const ring = new KeyRing(city.jwk, parentByCode);
          if (each) for (const document of order) await ring.learn([document]);
          else await ring.learn(order);
          expect(told(ring)).toEqual(told(whole));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('keeps a certificate whose signer is not known yet, and believes it when that key’s own comes', async () => {
    const ring = new KeyRing(city.jwk, parentByCode);
    const [root = '', ofCounty = '', ofTownship = ''] = chain;
    expect((await ring.learn([root, ofTownship]))[1]).toMatchObject({ state: 'WAITING' });
    expect(ring.findKey(township.kid)).toBeUndefined();
    await ring.learn([ofCounty]);
    expect(ring.findKey(township.kid)?.node).toBe(TOWNSHIP);
  });

  test('remembers nothing of what a stranger brings and nobody signed', async () => {
    const ring = new KeyRing(city.jwk, parentByCode);
    const [root = '', ofCounty = '', ofTownship = ''] = chain;
    expect((await ring.learn([root, ofTownship], false))[1]).toMatchObject({ state: 'WAITING' });
    expect(ring.documents().map((document) => document.jws)).toEqual([root]);
    await ring.learn([ofCounty]);
    expect(ring.findKey(township.kid)).toBeUndefined();
  });

  test('verifies by a superseded key what is of the time before its end, and nothing after', async () => {
    const { ring } = await ringOf(await certify(county, next, { issuedAt: MARCH }), await end(county, township));
    expect((await verify(ring, await line(township, MARCH))).node).toBe(TOWNSHIP);
    await expect(verify(ring, await line(township, JULY))).rejects.toMatchObject({ code: 'KEY_NOT_IN_EFFECT' });
    expect((await verify(ring, await line(next, JULY))).kid).toBe(next.kid);
    // its own certificates stay valid too
    expect((await verify(ring, await line(village, JULY))).node).toBe(VILLAGE);
  });

  test('takes an envelope for of the moment it is opened, whatever date it gives itself', async () => {
    const { ring } = await ringOf(await end(county, township));
    const envelope = await signAs(township, SIGNED_TYPES.envelope, { at: MARCH });
    await expect(ring.verify(envelope, SIGNED_TYPES.envelope, new Date(JULY))).rejects.toMatchObject({
      code: 'KEY_NOT_IN_EFFECT',
    });
    expect((await ring.verify(envelope, SIGNED_TYPES.envelope, new Date(MARCH))).node).toBe(TOWNSHIP);
  });

  test('holds a key to the window of its certificate, with ten minutes for clocks that differ', async () => {
    const { ring } = await ringOf(await certify(county, next, { issuedAt: MARCH, notBefore: MARCH, notAfter: JULY }));
    const at = async (instant: string) => (await verify(ring, await line(next, instant))).node;
    expect(await at('2026-02-28T23:51:00.000Z')).toBe(TOWNSHIP);
    await expect(at('2026-02-28T23:49:00.000Z')).rejects.toMatchObject({ code: 'KEY_NOT_IN_EFFECT' });
    expect(await at(JULY)).toBe(TOWNSHIP);
    await expect(at('2026-07-01T00:00:01.000Z')).rejects.toMatchObject({ code: 'KEY_NOT_IN_EFFECT' });
  });

  test('believes of a compromised key’s certificates only those that its end keeps, however they are dated', async () => {
    const [, , ofTownship = ''] = chain;
    const backdated = await certify(county, next, { issuedAt: '2026-01-02T00:00:00.000Z' });
    const { ring } = await ringOf(
      backdated,
      await end(city, county, { reason: 'COMPROMISED', keeps: [await sha256Hex(ofTownship)] }),
    );
    expect(ring.findKey(township.kid)?.node).toBe(TOWNSHIP);
    expect(ring.findKey(next.kid)).toBeUndefined();
  });

  test('lets the city’s next key be vouched for by the one before it, under the same root', async () => {
    const nextCity = await keyOf(CITY);
    const other = await keyOf(OTHER_COUNTY);
    const { ring } = await ringOf(
      await certify(city, nextCity, { issuedAt: MARCH }),
      await certify(nextCity, other, { issuedAt: JULY }),
      await end(nextCity, city),
    );
    expect((await verify(ring, await line(other, JULY))).node).toBe(OTHER_COUNTY);
    // the root's own key certifies no more after its end
    const late = await certify(city, await keyOf(COUNTY), { issuedAt: JULY });
    expect((await ring.learn([late]))[0]?.state).not.toBe('BELIEVED');
  });

  test.each([
    ['a neighbour', () => keyOf(OTHER_COUNTY), true],
    ['a child', () => Promise.resolve(village), false],
  ])('does not let %s end a key', async (_name, signerOf, stranger) => {
    const signer = await signerOf();
    const { ring, states } = await ringOf(
      ...(stranger ? [await certify(city, signer)] : []),
      await end(signer, township),
    );
    expect(states.at(-1)).toBe('REFUSED');
    expect(ring.findKey(township.kid)?.ended).toBeNull();
  });

  test.each([
    ['the node itself', () => township],
    ['its parent', () => county],
    ['the city', () => city],
  ])('lets %s end a key', async (_name, signerOf) => {
    const { ring, states } = await ringOf(await end(signerOf(), township));
    expect(states).toEqual(['BELIEVED']);
    expect(ring.findKey(township.kid)?.ended?.content.reason).toBe('SUPERSEDED');
  });

  test('lets a key that ended end no other', async () => {
    const { ring } = await ringOf(
      await end(city, county, { at: MARCH, from: MARCH, keeps: [] }),
      await end(county, township, { at: JULY, from: JULY }),
    );
    expect(ring.findKey(township.kid)?.ended).toBeNull();
  });

  test('takes no key under the name of another', async () => {
    const { states } = await ringOf(await certify(county, next, { kid: township.kid }));
    expect(states).toEqual(['REFUSED']);
  });
});
