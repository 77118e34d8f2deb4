import type { LogLine } from '@liandong/schema/case';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseSteps, agent, clerk } from '../testing/cases.ts';
import { putOutbox } from '../testing/outbox.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually } from '../testing/test-federation.ts';
import { importNodeKey, payloadOf, readKeys, readPassphrase, signWith } from '../trust/index.ts';

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const linesAt = async (node: string, id: string) =>
  (
    await federation.rows<{ jws: string }>(
      node,
      `SELECT jws FROM case_log WHERE node = $1 AND case_id = $2 ORDER BY seq`,
      [node, id],
    )
  ).map(({ jws }) => jws);

/** Another last line, signed with the township's own key, as a database put back by hand could make it. */
async function otherLine(id: string): Promise<string> {
  const { keysDir, nodes, keysPassphraseFile } = federation.config(TOWNSHIP);
  const [stored] = await readKeys(keysDir, nodes, await readPassphrase(keysPassphraseFile));
  if (!stored) throw new Error('the township has no key');
  const last = payloadOf((await linesAt(TOWNSHIP, id)).at(-1) ?? '') as LogLine;
  return signWith(await importNodeKey(stored), SIGNED_TYPES.line, { ...last, note: '另一行' });
}

async function parkedAs(message: string): Promise<string | undefined> {
  const [row] = await federation.rows<{ code: string }>(
    VILLAGE,
    `SELECT code FROM parked WHERE node = $1 AND id = $2`,
    [VILLAGE, message],
  );
  return row?.code;
}

test('another line of a number that is here is parked, alone, and leaves the log as it was', async () => {
  const id = await steps.file();
  await steps.forward(id, agent);
  await steps.arrives(id, clerk);
  await steps.accept(id, clerk);
  await steps.known(id, agent, 'ACCEPTED');
  const before = await linesAt(VILLAGE, id);
  const body = JSON.stringify({ case: id, lines: [await otherLine(id)] });
  const message = await putOutbox(federation, TOWNSHIP, { receiver: VILLAGE, kind: 'ECHO', caseId: id, body });
  await eventually(async () => (await parkedAs(message)) !== undefined);
  expect(await parkedAs(message)).toBe('CHAIN_BROKEN');
  expect(await linesAt(VILLAGE, id)).toEqual(before);
  // the lines behind it go on
  await steps.review(id, clerk);
  await steps.known(id, agent, 'REVIEWED');
});
