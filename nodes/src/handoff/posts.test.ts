import { handling } from '@liandong/schema/domains/handling';
import { notes } from '@liandong/schema/domains/notes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, clerk, codesOf } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';

/** The last protocol before the post of a deputy head. */
const OLD_PROTOCOL = 3;
const deputy = personAt(TOWNSHIP, 'DEPUTY_HEAD');

let federation: TestFederation;
let steps: CaseSteps;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const waiting = (id: string) =>
  federation.rows<{ kind: string }>(
    TOWNSHIP,
    `SELECT kind FROM outbox WHERE node = $1 AND case_id = $2 AND outcome = 'WAITS' ORDER BY kind`,
    [TOWNSHIP, id],
  );

describe('what a deputy head wrote', () => {
  test('waits for a village whose program does not know the post, and goes when it does', async () => {
    await federation.stopHost(VILLAGE);
    await federation.startHost(VILLAGE, { protocol: OLD_PROTOCOL });
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await steps.accept(id, clerk);
    await steps.known(id, agent, 'ACCEPTED');
    await eventually(async () => {
      const told = `SELECT 1 FROM peer_protocols WHERE node = $1 AND peer = $2 AND protocol = $3`;
      return (await federation.rows(TOWNSHIP, told, [TOWNSHIP, VILLAGE, OLD_PROTOCOL])).length === 1;
    });
    const key = { idempotencyKey: null };
    await federation.desk(TOWNSHIP, notes).addNote(deputy, { case: id, text: '分管领导阅', ...key });
    await federation.desk(TOWNSHIP, handling).terminateCase(deputy, { id, reason: '申请人死亡', ...key });
    expect(await waiting(id)).toEqual([{ kind: 'CASE_NOTE' }, { kind: 'ECHO' }]);
    await federation.stopHost(VILLAGE);
    await federation.startHost(VILLAGE);
    await steps.forward(await steps.file(), agent);
    await steps.known(id, agent, 'TERMINATED');
    await eventually(async () => (await waiting(id)).length === 0);
  });

  test('does not reach beyond the post: accepting and reviewing stay with the window', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    expect(await codesOf(steps.accept(id, deputy))).toEqual(['FORBIDDEN']);
    await steps.accept(id, clerk);
    expect(await codesOf(steps.review(id, deputy))).toEqual(['FORBIDDEN']);
  });
});
