import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CITY, COUNTY, TOWNSHIP, TestFederation, personAt } from '../testing/test-federation.ts';

const SAMPLE = fileURLToPath(new URL('../../../data/implementations-sample.json', import.meta.url));

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP] });
});
afterAll(() => federation.stop());

test('every sample implementation can be stated at its node over the graph, as the demo does', async () => {
  const { implementations } = JSON.parse(await readFile(SAMPLE, 'utf8')) as {
    implementations: { item: string; node: string }[];
  };
  const query = `mutation ($input: ReviseImplementationInput!) { reviseImplementation(input: $input) {
    implementation { itemCode version verified } errors { code field } } }`;
  for (const { node, ...stated } of implementations) {
    const token = await federation.token(personAt(node, 'CATALOGUER'));
    const variables = { input: { reason: '公布办事指南要素', ...stated } };
    const { data } = await federation.ask(node, { role: 'implementation', query, variables, token });
    const implementation = { itemCode: stated.item, version: 2, verified: false };
    expect(data).toEqual({ reviseImplementation: { implementation, errors: [] } });
  }
});
