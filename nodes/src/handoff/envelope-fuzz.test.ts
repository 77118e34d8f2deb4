import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Certificate } from '@liandong/schema/trust';
import type { Envelope } from '@liandong/schema/wire';
import { parseDivisions, ProblemError } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Bus } from '../bus/index.ts';
import { CITY, DIVISIONS_FILE } from '../testing/test-federation.ts';
import { Trust, generateNodeKey, importNodeKey, publicOf, signWith } from '../trust/index.ts';
import { Carrier, readUnchecked } from './parcels.ts';

const CORPUS = JSON.parse(
  readFileSync(new URL('../../../test/hostile-inputs.json', import.meta.url), 'utf8'),
) as string[];
const RUNS = 12_000;
const CODES = ['MESSAGE_INVALID', 'SIGNATURE_INVALID', 'KEY_UNKNOWN', 'KEY_NOT_IN_EFFECT'];

test('anything for an envelope or a receipt is refused by its code, and nothing else happens', async () => {
  const divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
  const key = await generateNodeKey(CITY);
  const own = await importNodeKey(key);
  const certificate: Certificate = {
    node: CITY,
    issuer: CITY,
    jwk: publicOf(key.jwk),
    kid: key.kid,
    issuedAt: new Date().toISOString(),
  };
  const certificates = [await signWith(own, SIGNED_TYPES.certificate, certificate)];
  const trust = await Trust.load({ root: publicOf(key.jwk), certificates }, [key], divisions);
  // opening needs no road
  const carrier = new Carrier({} as Bus, trust, divisions);
  const envelope: Envelope = { v: 1, from: CITY, to: CITY, at: new Date().toISOString(), messages: [] };
  const good = await signWith(own, SIGNED_TYPES.envelope, envelope);
  expect(await carrier.openReceipt(CITY, Buffer.from(good)).catch((error: ProblemError) => error.code)).toBe(
    'MESSAGE_INVALID',
  );
  const [head = '', body = '', signature = ''] = good.split('.');
  const text = fc.oneof(fc.constantFrom(...CORPUS), fc.string({ unit: 'binary', maxLength: 200 }));
  const encoded = fc.oneof(text, fc.json()).map((inside) => Buffer.from(inside).toString('base64url'));
  const part = (as: string) => fc.oneof(fc.constant(as), encoded, text);
  /** Signed by a trusted node, with any JSON as its content. */
  const said = fc.jsonValue();
  const hostile = fc.oneof(
    text,
    fc.tuple(part(head), part(body), part(signature)).map((parts) => parts.join('.')),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  const refused = async (opening: Promise<unknown>) => {
    const outcome = await opening.catch((error: unknown) => error);
    return outcome instanceof ProblemError && CODES.includes(outcome.code);
  };
  await fc.assert(
    fc.asyncProperty(hostile, async (jws) => {
      fc.pre(jws !== good);
      readUnchecked(jws);
      const payload = Buffer.from(jws);
      return (
        (await refused(carrier.openReceipt(CITY, payload))) &&
        (await refused(carrier.openEnvelope(CITY, payload, null)))
      );
    }),
    { numRuns: RUNS },
  );
  await fc.assert(
    fc.asyncProperty(said, async (content) => {
      const jws = await signWith(own, SIGNED_TYPES.envelope, content);
      return refused(carrier.openEnvelope(CITY, Buffer.from(jws), null));
    }),
    { numRuns: 2_000 },
  );
}, 180_000);
