import { graphql } from 'graphql';
import { expect, test } from 'vitest';
import { createBuilder } from './builder.ts';

const { builder } = createBuilder(['Fen']);
builder.queryType({
  fields: (t) => ({
    same: t.field({ type: 'Fen', args: { fen: t.arg({ type: 'Fen', required: true }) }, resolve: (_, { fen }) => fen }),
    half: t.field({ type: 'Fen', resolve: () => 0.5 }),
  }),
});
const schema = builder.toSchema();
const same = async (fen: unknown) => {
  const source = 'query ($fen: Fen!) { same(fen: $fen) }';
  const { data, errors } = await graphql({ schema, source, variableValues: { fen } });
  return errors ? 'refused' : data?.['same'];
};

test.each([0, 1, 2_147_483_648, Number.MAX_SAFE_INTEGER, -1])('%d fen come back as they went in', async (fen) => {
  expect(await same(fen)).toBe(fen);
});

test.each([0.5, '100', 2 ** 53, Number.NaN, true, null])('%s is no amount in fen', async (fen) => {
  expect(await same(fen)).toBe('refused');
});

test('an amount may stand in the text of a question, as a whole number only', async () => {
  const ask = async (text: string) => (await graphql({ schema, source: `{ same(fen: ${text}) }` })).data?.['same'];
  expect(await ask('3000000000')).toBe(3_000_000_000);
  for (const text of ['1.5', '"7"', '1e3', '9007199254740993']) expect(await ask(text)).toBeUndefined();
});

test('a resolver that comes to a fraction fails rather than shows it', async () => {
  expect((await graphql({ schema, source: '{ half }' })).errors).toHaveLength(1);
});
