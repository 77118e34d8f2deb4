import { readFile } from 'node:fs/promises';
import type { Certificate } from '@liandong/schema/trust';
import { Divisions, parseDivisions } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { beforeAll, describe, expect, test } from 'vitest';
import { CITY, COUNTY, DIVISIONS_FILE, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE } from '../testing/test-federation.ts';
import type { StoredKey, TrustFile } from './index.ts';
import { Trust, generateNodeKey, importNodeKey, publicOf, signWith } from './index.ts';

let divisions: Divisions;
const keys = new Map<string, StoredKey>();
const key = (node: string): StoredKey => {
  const found = keys.get(node);
  if (!found) throw new Error(`no key of ${node}`);
  return found;
};

/** A certificate of one node, signed by another. */
async function certify(node: string, signer: string, change: Partial<Certificate> = {}): Promise<string> {
  const { kid, jwk } = key(node);
  const certificate: Certificate = {
    node,
    issuer: signer,
    jwk: publicOf(jwk),
    kid,
    issuedAt: new Date().toISOString(),
    ...change,
  };
  return signWith(await importNodeKey(key(signer)), SIGNED_TYPES.certificate, certificate);
}

async function trustFile(certificates: string[]): Promise<TrustFile> {
  return {
    root: publicOf(key(CITY).jwk),
    certificates: [await certify(CITY, CITY), await certify(COUNTY, CITY), ...certificates],
  };
}

beforeAll(async () => {
  divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
  for (const node of [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE]) keys.set(node, await generateNodeKey(node));
});

describe('trust', () => {
  test('reaches from the root down to a village, in whatever order the certificates stand', async () => {
    const file = await trustFile([await certify(VILLAGE, TOWNSHIP), await certify(TOWNSHIP, COUNTY)]);
    file.certificates.reverse();
    const trust = await Trust.load(file, [key(VILLAGE)], divisions);
    expect(new Set(trust.nodes())).toEqual(new Set([CITY, COUNTY, TOWNSHIP, VILLAGE]));
    const signed = await trust.sign(VILLAGE, SIGNED_TYPES.line, { hello: '村' });
    expect(await trust.verify(signed, SIGNED_TYPES.line)).toEqual({ node: VILLAGE, payload: { hello: '村' } });
  });

  test.each<[string, () => Promise<string[]>]>([
    [
      'signed by a neighbour instead of the parent',
      async () => [
        await certify(TOWNSHIP, COUNTY),
        await certify(OTHER_TOWNSHIP, COUNTY),
        await certify(VILLAGE, OTHER_TOWNSHIP),
      ],
    ],
    [
      'that names its parent but is signed by a neighbour',
      async () => [
        await certify(TOWNSHIP, COUNTY),
        await certify(OTHER_TOWNSHIP, COUNTY),
        await certify(VILLAGE, OTHER_TOWNSHIP, { issuer: TOWNSHIP }),
      ],
    ],
    ['signed by the root past its parent', async () => [await certify(TOWNSHIP, CITY)]],
    ['signed by itself', async () => [await certify(TOWNSHIP, TOWNSHIP)]],
    ['whose parent has none', async () => [await certify(VILLAGE, TOWNSHIP)]],
    ['with a changed byte', async () => [(await certify(TOWNSHIP, COUNTY)).replace(/.{4}$/, 'AAAA')]],
    ['that is none', async () => ['x.y.z']],
  ])('does not take a certificate %s', async (_name, certificates) => {
    await expect(trustFile(await certificates()).then((file) => Trust.load(file, [], divisions))).rejects.toMatchObject(
      { code: 'BAD_CONFIG' },
    );
  });

  test('keeps believing a zone that changed its parent, by whoever was its parent when the certificate was given', async () => {
    const zone = '331022Z01';
    const moved = '331002';
    keys.set(zone, await generateNodeKey(zone));
    keys.set(moved, await generateNodeKey(moved));
    const row = { code: zone, name: '园区', tier: 'TOWNSHIP' as const, parent: COUNTY };
    const register = new Divisions(
      [...divisions.all(), { ...row, parentsFrom: [{ from: '2027-01-01', parent: moved }] }],
      '2027-03-01',
    );
    const load = async (signer: string, issuedAt: string) =>
      Trust.load(
        await trustFile([await certify(moved, CITY), await certify(zone, signer, { issuedAt })]),
        [key(zone)],
        register,
      );
    for (const [signer, issuedAt] of [
      [COUNTY, '2026-03-02T01:00:00.000Z'],
      [moved, '2027-02-01T01:00:00.000Z'],
    ] as const) {
      const trust = await load(signer, issuedAt);
      const signed = await trust.sign(zone, SIGNED_TYPES.line, { hello: '园区' });
      expect((await trust.verify(signed, SIGNED_TYPES.line)).node).toBe(zone);
    }
    await expect(load(COUNTY, '2027-02-01T01:00:00.000Z')).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await expect(load(moved, '2026-03-02T01:00:00.000Z')).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });

  test('does not take another root', async () => {
    const file = await trustFile([]);
    await expect(
      Trust.load({ ...file, root: publicOf((await generateNodeKey(CITY)).jwk) }, [], divisions),
    ).rejects.toMatchObject({ code: 'BAD_CONFIG' });
  });

  test('does not sign with a key that nobody vouched for', async () => {
    await expect(Trust.load(await trustFile([]), [await generateNodeKey(COUNTY)], divisions)).rejects.toMatchObject({
      code: 'BAD_CONFIG',
    });
  });

  test('takes a signature for one kind of thing never for another', async () => {
    const trust = await Trust.load(await trustFile([]), [key(COUNTY)], divisions);
    const line = await trust.sign(COUNTY, SIGNED_TYPES.line, {});
    await expect(trust.verify(line, SIGNED_TYPES.envelope)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
  });

  test('tells an unknown key, a wrong signature and no signature apart', async () => {
    const trust = await Trust.load(await trustFile([]), [key(COUNTY)], divisions);
    const stranger = await importNodeKey(key(TOWNSHIP));
    await expect(
      trust.verify(await signWith(stranger, SIGNED_TYPES.line, {}), SIGNED_TYPES.line),
    ).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
    const impostor = { ...stranger, kid: key(COUNTY).kid };
    await expect(
      trust.verify(await signWith(impostor, SIGNED_TYPES.line, {}), SIGNED_TYPES.line),
    ).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    await expect(trust.verify('{}', SIGNED_TYPES.line)).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
    await expect(trust.sign(TOWNSHIP, SIGNED_TYPES.line, {})).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  test('reads no private key of another kind', async () => {
    await expect(importNodeKey({ node: COUNTY, kid: 'x', jwk: { kty: 'RSA' } })).rejects.toMatchObject({
      code: 'BAD_CONFIG',
    });
  });
});
