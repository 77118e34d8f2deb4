import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GraphQLSchema } from 'graphql';
import { textPlaces } from '../../schema/src/testing/inputs.ts';
import { stitchRoles } from './stitch.ts';
import { VILLAGE, realDivisions } from './testing/memory-federation.ts';
import { NO_STREAMS } from './testing/no-streams.ts';
import { personAt } from './testing/people.ts';
import { TestGateway, codesOf } from './testing/test-gateway.ts';

const SCHEMA: GraphQLSchema = stitchRoles(
  realDivisions(),
  () => () => {
    throw new Error('nobody is asked');
  },
  NO_STREAMS,
);
const ROOT_FIELDS = (['query', 'mutation'] as const).flatMap((kind) => {
  const root = kind === 'query' ? SCHEMA.getQueryType() : SCHEMA.getMutationType();
  return Object.keys(root?.getFields() ?? {}).flatMap((field) =>
    textPlaces(SCHEMA, kind, field, { division: VILLAGE }).length > 0 ? [{ kind, field }] : [],
  );
});

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.open();
});
afterAll(() => gateway.close());

test.each(ROOT_FIELDS)(
  'a text that no node could store is refused at $kind $field, and none is asked',
  async (root) => {
    const wrong: unknown[] = [];
    const asked = gateway.hosts.requests.length;
    for (const { field, call } of textPlaces(SCHEMA, root.kind, root.field, { division: VILLAGE })) {
      for (const sign of ['\u0000', '\ud83d']) {
        const { query, variables } = call(`文${sign}字`);
        for (const answer of [
          await gateway.ask(query, variables),
          await gateway.askAs(personAt(VILLAGE, 'AGENT'), query, variables),
        ]) {
          const payload = answer.data?.[root.field] as { errors: { code: string; field: string }[] } | null | undefined;
          const found =
            root.kind === 'query'
              ? answer.errors.map(({ extensions }) => [extensions?.['code'], extensions?.['field']])
              : (payload?.errors ?? []).map((error) => [error.code, error.field]);
          if (JSON.stringify(found) !== JSON.stringify([['BAD_INPUT', field]])) wrong.push([field, sign, answer.text]);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(gateway.hosts.requests.length).toBe(asked);
  },
);

test('a text that stands in the question itself is refused alike', async () => {
  const answer = await gateway.ask(
    String.raw`{ track(number: "331022103201-20260101-00001", code: "\u0000") { number } }`,
  );
  expect(codesOf(answer)).toEqual(['BAD_INPUT']);
  expect(gateway.logged).toEqual([]);
});
