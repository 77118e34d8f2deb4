import { readFile } from 'node:fs/promises';
import * as documents from './documents.ts';
import type { Federation } from './federation.ts';
import { IMPLEMENTATIONS_FILE } from './plan.ts';
import { when } from './waiting.ts';

/** One entry of the sample: the elements a node states of its own. */
interface Stated {
  item: string;
  node: string;
}

/** Who keeps the implementations of each of the demo's nodes. */
const CATALOGUERS: Readonly<Record<string, string>> = {
  '331000': 'city-cataloguer',
  '331022': 'county-cataloguer',
  '331022103': 'tingpang-cataloguer',
};

/** The nodes' cataloguers state conditions, stages, windows and discretion standards. @returns how many implementations */
export async function stateImplementations(federation: Federation): Promise<number> {
  const { implementations } = JSON.parse(await readFile(IMPLEMENTATIONS_FILE, 'utf8')) as { implementations: Stated[] };
  for (const { node, ...stated } of implementations) {
    const person = CATALOGUERS[node];
    if (person === undefined) throw new Error(`${node} has no cataloguer in the demo`);
    const client = await federation.as(person);
    await client.do(documents.REVISE_IMPLEMENTATION, { reason: '公布办事指南要素', ...stated });
  }
  const reader = await federation.as('baojia-clerk');
  const guide = async () => {
    const { data } = await reader.ask(documents.GUIDE, { item: '3310-MZ-001', division: '331022103201' });
    return data?.['guide'] as { markdown: string } | null | undefined;
  };
  await when(guide, (now) => now?.markdown.includes('入户调查') === true, 'the guide has come down to the village');
  return implementations.length;
}
