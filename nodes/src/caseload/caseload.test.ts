import { caseload } from '@liandong/schema/domains/caseload';
import { handling } from '@liandong/schema/domains/handling';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CaseSteps, agent, chief, clerk, codesOf, countyClerk } from '../testing/cases.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  personAt,
} from '../testing/test-federation.ts';

const colleague = personAt(TOWNSHIP, 'CLERK', null, 'colleague');
const third = personAt(TOWNSHIP, 'CLERK', null, 'third');
const namesake = { ...clerk, issuer: 'another-issuer', name: '同名' };
const supervisor = personAt(COUNTY, 'SUPERVISOR');
const once = { idempotencyKey: null };

let federation: TestFederation;
let steps: CaseSteps;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const desk = (viewer: Viewer = clerk) => federation.desk(viewer.division, caseload);
const claim = (id: string, viewer: Viewer = clerk) => desk(viewer).claimCase(viewer, { id, ...once });
const release = (id: string, viewer: Viewer = clerk) => desk(viewer).releaseCase(viewer, { id, ...once });
const assign = (id: string, { issuer, sub, name }: Viewer, viewer: Viewer = chief) =>
  desk(viewer).assignHandler(viewer, { id, to: { issuer, sub, name }, ...once });
const queue = async (filter: object, viewer: Viewer = clerk) => {
  const input = { filter: { custody: 'HELD' as const, ...filter }, orderBy: null };
  const page = { first: 100, after: null };
  return (await federation.desk(viewer.division, handling).cases(viewer, input, page)).nodes.map(({ id }) => id);
};
const today = () => dayOf(new Date());
/** Records in the register of posts that one person stands in for another today. */
const standsIn = (one: Viewer, absent: Viewer) =>
  federation.rows(
    TOWNSHIP,
    `INSERT INTO stand_ins (node, id, role, absent, absent_name, stand_in, stand_in_name, from_day, until_day)
     VALUES ($1, $2, 'CLERK', $3, $4, $5, $6, $7, $7) RETURNING 1`,
    [TOWNSHIP, `${one.sub} for ${absent.sub}`, absent.sub, absent.name, one.sub, one.name, today()],
  );

describe('a case at a desk', () => {
  let id: string;
  beforeEach(async () => {
    id = await steps.file(clerk);
  });

  test('is claimed by one of its people, who is shown as its handler', async () => {
    expect((await steps.seen(id, clerk))?.handler).toBeNull();
    const claimed = await claim(id);
    expect(claimed.handler).toMatchObject({
      issuer: clerk.issuer,
      sub: clerk.sub,
      name: clerk.name,
      by: clerk.name,
      standing: 'PRESENT',
    });
    expect((await steps.seen(id, clerk))?.handler).toEqual(claimed.handler);
    expect(await queue({ handler: 'ME' })).toContain(id);
    expect(await queue({ handler: 'NOBODY' })).not.toContain(id);
    expect(await queue({ handledBy: { issuer: clerk.issuer, sub: clerk.sub } }, chief)).toContain(id);
  });

  test('that a colleague handles is not claimed by another', async () => {
    await claim(id);
    expect(await codesOf(claim(id, colleague))).toEqual(['HANDLED_BY_ANOTHER']);
    expect(await codesOf(claim(id, namesake))).toEqual(['HANDLED_BY_ANOTHER']);
  });

  test('that two claim at once has one of them as its handler', async () => {
    const tried = await Promise.all([codesOf(claim(id)), codesOf(claim(id, colleague))]);
    expect(tried.flat()).toEqual(['HANDLED_BY_ANOTHER']);
  });

  test('is no case of a person who has the same subject at another issuer', async () => {
    await claim(id);
    expect(await queue({ handler: 'ME' }, namesake)).not.toContain(id);
    expect(await codesOf(release(id, namesake))).toEqual(['HANDLED_BY_ANOTHER']);
  });

  test('is not claimed by people of another desk, a supervisor, the public, or with a token for another case', async () => {
    expect(await codesOf(claim(id, { ...personAt(OTHER_TOWNSHIP, 'CLERK'), division: TOWNSHIP, roles: [] }))).toEqual([
      'FORBIDDEN',
    ]);
    const at = federation.desk(TOWNSHIP, caseload);
    for (const viewer of [personAt(OTHER_TOWNSHIP, 'CLERK'), agent, supervisor]) {
      expect(await codesOf(at.claimCase(viewer, { id, ...once }))).toEqual(['FORBIDDEN']);
    }
    expect(await codesOf(at.claimCase(null, { id, ...once }))).toEqual(['UNAUTHENTICATED']);
    expect(await codesOf(claim(id, { ...clerk, onlyCase: 'another' }))).toEqual(['FORBIDDEN']);
  });

  test('is claimed once under its key, and a replay shows the case as it is', async () => {
    const input = { id, idempotencyKey: `claim-${id.slice(-30)}` };
    await desk().claimCase(clerk, input);
    await release(id);
    expect((await desk().claimCase(clerk, input)).handler).toBeNull();
  });

  test('is let go of by its handler or the chief, and by nobody else', async () => {
    await claim(id);
    expect(await codesOf(release(id, colleague))).toEqual(['HANDLED_BY_ANOTHER']);
    expect((await release(id)).handler).toBeNull();
    expect(await codesOf(release(id, chief))).toEqual(['NO_CHANGE']);
    await claim(id);
    expect((await release(id, chief)).handler).toBeNull();
  });

  test('is passed on by its handler', async () => {
    await claim(id);
    const passed = await assign(id, colleague, clerk);
    expect(passed.handler).toMatchObject({ sub: 'colleague', by: clerk.name });
    expect(await codesOf(assign(id, third, clerk))).toEqual(['HANDLED_BY_ANOTHER']);
  });

  test('without a handler is given to a colleague by the chief alone', async () => {
    expect(await codesOf(assign(id, colleague, clerk))).toEqual(['FORBIDDEN']);
    expect((await assign(id, colleague)).handler?.sub).toBe('colleague');
  });

  test('of an absent handler is the stand-in’s, too, and can be claimed', async () => {
    await claim(id, third);
    expect(await queue({ handler: 'ME' }, colleague)).not.toContain(id);
    await standsIn(colleague, third);
    expect((await steps.seen(id, clerk))?.handler?.standing).toBe('ABSENT');
    expect(await queue({ handler: 'ME' }, colleague)).toContain(id);
    expect((await assign(id, clerk, colleague)).handler?.sub).toBe(clerk.sub);
    await claim(await steps.file(clerk), third);
    const left = (await queue({ handledBy: third })).at(0) ?? '';
    expect((await claim(left)).handler?.sub).toBe(clerk.sub);
    await federation.rows(TOWNSHIP, `DELETE FROM stand_ins WHERE node = $1 RETURNING 1`, [TOWNSHIP]);
  });

  test('that moved on has no handler at its new desk, and none at the old one any more', async () => {
    await steps.accept(id, clerk);
    await steps.review(id, clerk);
    await claim(id);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    expect((await steps.seen(id, countyClerk))?.handler).toBeNull();
    const kept = `SELECT handler_sub FROM cases WHERE node = $1 AND id = $2`;
    await expect
      .poll(() => federation.rows(TOWNSHIP, kept, [TOWNSHIP, id]), { timeout: 30_000 })
      .toEqual([{ handler_sub: null }]);
    expect(await codesOf(claim(id))).toEqual(['NOT_CUSTODIAN']);
  });

  test('says nothing of its handler in the signed log', async () => {
    const before = (await steps.seen(id, clerk))?.log;
    await claim(id);
    expect((await steps.seen(id, clerk))?.log).toEqual(before);
  });
});

describe('the cases of a desk', () => {
  test('are counted by person for the chief and those above, and for no clerk', async () => {
    const id = await steps.file(clerk);
    const before = await desk(chief).caseloads(chief, { division: null });
    await assign(id, personAt(TOWNSHIP, 'CLERK', null, 'counted'));
    const after = await federation.desk(TOWNSHIP, caseload).caseloads(supervisor, { division: TOWNSHIP });
    expect(after.find(({ handler }) => handler?.sub === 'counted')).toMatchObject({
      open: 1,
      overdue: 0,
      standing: 'PRESENT',
    });
    const waiting = (list: typeof after) => list.find(({ handler }) => handler === null)?.open ?? 0;
    expect(waiting(after)).toBe(waiting(before) - 1);
    expect(await codesOf(desk().caseloads(clerk, { division: null }))).toEqual(['FORBIDDEN']);
  });

  test('are not given to a person whom the roster has no more, and show as left by them', async () => {
    const gone = personAt(TOWNSHIP, 'AGENT', null, 'gone');
    const id = await steps.file(clerk);
    await assign(id, gone);
    await federation.rows(
      TOWNSHIP,
      `INSERT INTO roster_agents (node, sub, name, employment, withheld, from_day, until_day)
       VALUES ($1, 'gone', '甲', 'STAFF', '{}', $2, $3) RETURNING 1`,
      [TOWNSHIP, plusDays(today(), -30), plusDays(today(), -1)],
    );
    expect((await steps.seen(id, clerk))?.handler?.standing).toBe('LEFT');
    expect(await codesOf(assign(id, gone))).toEqual(['NOT_IN_ROSTER']);
    expect((await claim(id)).handler?.sub).toBe(clerk.sub);
  });

  test('asked for in two ways at once are refused', async () => {
    const both = { handler: 'ME', handledBy: { issuer: clerk.issuer, sub: clerk.sub } };
    expect(await codesOf(queue(both))).toEqual(['BAD_INPUT']);
  });
});
