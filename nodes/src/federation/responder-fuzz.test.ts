import { readFileSync } from 'node:fs';
import { ERROR_CODES } from '@liandong/schema/kernel';
import { ROLE_SCHEMAS } from '@liandong/schema/wire';
import { TokenVerifier } from '@liandong/schema/identity';
import fc from 'fast-check';
import { exportJWK, generateKeyPair } from 'jose';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Responder } from './responder.ts';

const CORPUS = JSON.parse(
  readFileSync(new URL('../../../test/hostile-inputs.json', import.meta.url), 'utf8'),
) as string[];
const RUNS = 12_000;

test('any request to a host is answered with codes of the list: never a crash, never a stack', async () => {
  const { publicKey } = await generateKeyPair('Ed25519', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kty: 'OKP' };
  const tokens = new TokenVerifier([{ issuer: 'desk', jwks: { keys: [jwk] } }], () => {
    throw new Error('nothing is fetched');
  });
  const logged: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) });
  const responder = new Responder({
    host: 'host',
    services: new Map(),
    tokens,
    requirePost: () => undefined,
    isHealing: () => false,
    movedTo: () => undefined,
    log,
  });
  const text = fc.oneof(fc.constantFrom(...CORPUS), fc.string({ unit: 'binary', maxLength: 80 }));
  const query = fc.oneof(
    text,
    text.map((inside) => `{ case(id: ${JSON.stringify(inside)}) { id } }`),
    fc
      .array(fc.constantFrom('case', 'cases', '_filing', '{', '}', '(', ')', 'id', '...F', '@skip'), { maxLength: 12 })
      .map((words) => `{ ${words.join(' ')}`),
  );
  const operation = fc.record({
    role: fc.oneof(fc.constantFrom(...ROLE_SCHEMAS), text),
    at: fc.oneof(fc.constant(null), fc.constant('331022'), text),
    query,
    variables: fc.oneof(fc.constant({}), fc.dictionary(text, fc.jsonValue()), fc.jsonValue()),
    token: fc.oneof(fc.constant(null), text),
  });
  const content = fc.oneof(
    fc.jsonValue(),
    fc.record({
      operations: fc.array(operation, { maxLength: 4 }),
      budgetMs: fc.oneof(fc.constant(1_000), fc.jsonValue()),
    }),
  );
  await fc.assert(
    fc.asyncProperty(content, async (sent) => {
      const reply = await responder.answer(sent);
      const codes =
        'problem' in reply
          ? [reply.problem.code]
          : reply.results.flatMap(({ errors = [] }) => errors.map((error) => error.extensions?.code ?? 'none'));
      return (
        codes.every((code) => ERROR_CODES.some((known) => known === code) && code !== 'INTERNAL') &&
        !/ {4}at /.test(JSON.stringify(reply))
      );
    }),
    { numRuns: RUNS },
  );
  expect(logged).toEqual([]);
}, 120_000);
