import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COUNTY } from './testing/memory-federation.ts';
import { personAt } from './testing/people.ts';
import { TestGateway } from './testing/test-gateway.ts';

const CORPUS = JSON.parse(readFileSync(new URL('../../test/hostile-inputs.json', import.meta.url), 'utf8')) as string[];
const RUNS = 12_000;

let gateway: TestGateway;
let authorization: string;

beforeAll(async () => {
  gateway = await TestGateway.open();
  authorization = `Bearer ${await gateway.tokens.token(personAt(COUNTY, 'CLERK'))}`;
});
afterAll(() => gateway.close());

test('any request to the graph is answered: never a 500, never a stack, never a crash', async () => {
  const text = fc.oneof(fc.constantFrom(...CORPUS), fc.string({ unit: 'binary', maxLength: 80 }));
  const literal = text.map((inside) => JSON.stringify(inside));
  const name = fc.constantFrom(
    'case',
    'catalog',
    'division',
    'track',
    'cases',
    'competence',
    '__typename',
    '_filing',
    'nothing',
  );
  const query = fc.oneof(
    text,
    fc
      .tuple(name, fc.constantFrom('id', 'code', 'division', 'number', 'item'), literal)
      .map(([field, argument, value]) => `{ ${field}(${argument}: ${value}) { __typename } }`),
    fc
      .tuple(fc.array(name, { maxLength: 6 }), fc.constantFrom('{', '}', '{ code ', ' } }', ''))
      .map(([fields, end]) => `{ ${fields.join(' { ')} ${end}`),
  );
  const body = fc.oneof(
    text,
    fc.json(),
    fc.record({ query }, { requiredKeys: ['query'] }).map((sent) => JSON.stringify(sent)),
    fc
      .record({
        query,
        variables: fc.jsonValue(),
        operationName: fc.oneof(text, fc.jsonValue()),
        extensions: fc.jsonValue(),
      })
      .map((sent) => JSON.stringify(sent)),
  );
  const type = fc.constantFrom(
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    'application/graphql',
    'x',
  );
  const path = fc.constantFrom(
    '/graphql',
    '/graphql?query=%7B',
    '/graphql?x=%00',
    '/health',
    '/ready',
    '/issuer/token',
    '/',
  );
  const wrong: string[] = [];
  await fc.assert(
    fc.asyncProperty(
      path,
      fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE', 'OPTIONS'),
      type,
      body,
      fc.boolean(),
      async (at, method, kind, sent, known) => {
        const answer = await gateway.request(at, {
          method,
          headers: { 'content-type': kind, ...(known ? { authorization } : {}) },
          ...(method === 'GET' ? {} : { body: sent }),
        });
        const bad = (answer.status >= 500 && at !== '/ready') || /\n? {4}at |node_modules|\.ts:\d+/.test(answer.text);
        if (bad)
          wrong.push(`${method} ${at} ${kind} ${sent.slice(0, 200)}: ${answer.status} ${answer.text.slice(0, 200)}`);
        return !bad;
      },
    ),
    { numRuns: RUNS },
  );
  expect(wrong).toEqual([]);
}, 180_000);
