import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseSteps, LOW_INCOME, RELIEF, application, material } from '../testing/cases.ts';
import { runAt } from '../testing/commands.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  eventually,
  personAt,
} from '../testing/test-federation.ts';

const DAY_MS = 86_400_000;
/** Two nodes of one host; its jobs come to this one first. */
const FIRST = OTHER_TOWNSHIP;
const SECOND = TOWNSHIP;
const firstClerk = personAt(FIRST, 'CLERK');
const secondClerk = personAt(SECOND, 'CLERK');
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({
    nodes: [CITY, COUNTY, FIRST, SECOND],
    together: [FIRST, SECOND],
    keepLog: true,
  });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const direct = { consent: null, materials: [material('身份证明')] };
const stateOf = async (node: string, id: string) =>
  (await federation.rows<{ state: string }>(node, `SELECT state FROM cases WHERE node = $1 AND id = $2`, [node, id]))[0]
    ?.state;
const warnings = (text: string) =>
  federation.logged
    .map((line) => JSON.parse(line) as { level: number; msg: string; node?: string; case?: string; code?: string })
    .filter(({ level, msg }) => level === 40 && msg.includes(text));

test('a case whose item nobody knows here any more does not keep a later one from counting as accepted', async () => {
  const unknown = await steps.file(secondClerk, application({ ...direct, item: RELIEF, amountFen: 50_000 }));
  const due = await steps.file(secondClerk, application({ ...direct, item: LOW_INCOME }));
  for (const [id, days] of [
    [unknown, 2],
    [due, 1],
  ] as const) {
    await federation.rows(
      SECOND,
      `UPDATE cases SET acceptance_due_at = now() - $2 * interval '1 day' WHERE node = $3 AND id = $1`,
      [id, days, SECOND],
    );
  }
  await federation.rows(SECOND, `DELETE FROM items WHERE node = $1 AND code = $2`, [SECOND, RELIEF]);
  federation.shiftMs = 14 * DAY_MS;
  await federation.stopHost(SECOND);
  await federation.startHost(SECOND);
  await eventually(async () => (await stateOf(SECOND, due)) === 'ACCEPTED');
  expect(await stateOf(SECOND, unknown)).toBe('FILED');
  expect(warnings('acceptance')).toMatchObject([{ node: SECOND, case: unknown, code: 'ITEM_UNKNOWN' }]);
  federation.shiftMs = 0;
});

test('a node whose key has ended does not stop the clock of the nodes behind it on the same host', async () => {
  const first = await steps.file(firstClerk, application(direct));
  const second = await steps.file(secondClerk, application(direct));
  const { out } = await runAt(federation, COUNTY, 'keys', 'list', '--node', COUNTY, '--json');
  for (const { kid } of (JSON.parse(out) as { kid: string; node: string }[]).filter(({ node }) => node === FIRST)) {
    const why = ['--why', '测试', '--by', '王主任'];
    await runAt(federation, COUNTY, 'keys', 'revoke', kid, '--node', COUNTY, '--reason', 'CESSATION', ...why);
    await eventually(async () => {
      const told = await federation.rows(
        FIRST,
        `SELECT 1 FROM key_documents WHERE node = $1 AND kid = $2 AND kind = 'REVOCATION'`,
        [FIRST, kid],
      );
      return told.length > 0;
    });
  }
  // nor does the numbering of their feed entries
  const entry = JSON.stringify({ kind: 'KEY', document: 'none' });
  await federation.rows(FIRST, `INSERT INTO feed_pending (node, feed, entry) VALUES ($1, 'CATALOGUE', $2)`, [
    FIRST,
    entry,
  ]);
  federation.shiftMs = 14 * DAY_MS;
  await federation.stopHost(SECOND);
  await federation.startHost(SECOND);
  await eventually(async () => (await stateOf(SECOND, second)) === 'ACCEPTED');
  await eventually(async () => {
    const stated = await federation.rows(
      SECOND,
      `SELECT 1 FROM feed_entries WHERE node = $1 AND publisher = $1 AND feed = 'FACTS'
         AND entry LIKE '%' || $2 || '%' AND entry LIKE '%ACCEPTED%'`,
      [SECOND, second],
    );
    return stated.length > 0;
  });
  // the host that was stopped may have met it, too
  const unnumbered = warnings('numbering a feed').map(({ node, code }) => `${node} ${code}`);
  expect([...new Set(unnumbered)]).toEqual([`${FIRST} KEY_NOT_IN_EFFECT`]);
  expect(await stateOf(FIRST, first)).toBe('FILED');
  await eventually(async () => warnings('acceptance').some(({ node }) => node === FIRST));
  expect(warnings('acceptance').filter(({ node }) => node === FIRST)).toMatchObject([
    { case: first, code: 'KEY_NOT_IN_EFFECT' },
  ]);
  federation.shiftMs = 0;
});
