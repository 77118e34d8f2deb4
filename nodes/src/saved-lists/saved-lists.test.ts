import { randomUUID } from 'node:crypto';
import { MOST_LISTS, savedListsDomain } from '@liandong/schema/domains/saved-lists';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clerk, codesOf } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
});
afterAll(() => federation.stop());

type Arranged = InputOf<typeof savedListsDomain.operations.saveList>;
const FILTER = { states: ['ACCEPTED', 'REVIEWED'], overdue: true, handler: 'ME', division: null } as const;
const arranged = (change: Partial<Arranged> = {}): Arranged => ({
  name: '本周到期',
  filter: { ...FILTER, states: [...FILTER.states] },
  orderBy: 'REMAINING_DAYS',
  columns: ['NUMBER', 'APPLICANT', 'DUE_AT'],
  shared: false,
  idempotencyKey: null,
  ...change,
});
const colleague = personAt(TOWNSHIP, 'CLERK', null, 'colleague');
/** A person of the township without lists. */
const fresh = () => personAt(TOWNSHIP, 'CLERK', null, `clerk-${randomUUID()}`);
const lists = (viewer: Viewer) => federation.desk(viewer.division, savedListsDomain);
const namesOf = async (viewer: Viewer) => (await lists(viewer).savedLists(viewer, {})).map(({ name }) => name);

describe('a list that a person saves', () => {
  test('comes back as it was arranged, to that person alone', async () => {
    const saved = await lists(clerk).saveList(clerk, arranged());
    const { idempotencyKey: _, ...said } = arranged();
    expect(saved).toMatchObject({ ...said, own: true, owner: { sub: clerk.sub } });
    expect(await lists(clerk).savedLists(clerk, {})).toEqual([saved]);
    expect(await lists(colleague).savedLists(colleague, {})).toEqual([]);
    const change = { ...arranged({ name: '别人的' }), id: saved.id };
    expect(await codesOf(lists(colleague).changeList(colleague, change))).toEqual(['NOT_FOUND']);
  });

  test('and shares is seen by colleagues of the desk, who do not change it, and by no other desk', async () => {
    const owner = fresh();
    const { id } = await lists(owner).saveList(owner, arranged({ name: '科室共用', shared: true }));
    expect(await lists(colleague).savedLists(colleague, {})).toMatchObject([
      { id, own: false, owner: { name: owner.name } },
    ]);
    const change = { ...arranged({ name: '改' }), id };
    expect(await codesOf(lists(colleague).changeList(colleague, change))).toEqual(['FORBIDDEN']);
    expect(await codesOf(lists(colleague).removeList(colleague, { id, idempotencyKey: null }))).toEqual(['FORBIDDEN']);
    const elsewhere = personAt(COUNTY, 'SUPERVISOR');
    expect(await namesOf(elsewhere)).toEqual([]);
    // a subject is one person at its issuer alone
    const namesake = { ...owner, issuer: 'another' };
    expect(await codesOf(lists(owner).removeList(namesake, { id, idempotencyKey: null }))).toEqual(['FORBIDDEN']);
  });

  test('is changed and removed by its owner', async () => {
    const owner = fresh();
    const { id } = await lists(owner).saveList(owner, arranged());
    const change = arranged({
      name: '下周到期',
      filter: { item: '3310-MZ-001', dueWithin: 5 },
      orderBy: null,
      columns: ['STATE'],
    });
    expect(await lists(owner).changeList(owner, { ...change, id })).toMatchObject({
      name: '下周到期',
      filter: { item: '3310-MZ-001', dueWithin: 5 },
      orderBy: null,
      columns: ['STATE'],
    });
    expect(await lists(owner).removeList(owner, { id, idempotencyKey: null })).toBe(id);
    expect(await lists(owner).savedLists(owner, {})).not.toContainEqual(expect.objectContaining({ id }));
    expect(await codesOf(lists(owner).removeList(owner, { id, idempotencyKey: null }))).toEqual(['NOT_FOUND']);
  });

  test('has a name of its own, without a person’s number, and a filter of some length', async () => {
    const owner = fresh();
    await lists(owner).saveList(owner, arranged());
    const { id } = await lists(owner).saveList(owner, arranged({ name: '另一个' }));
    expect(await codesOf(lists(owner).saveList(owner, arranged()))).toEqual(['BAD_INPUT']);
    expect(await codesOf(lists(owner).changeList(owner, { ...arranged(), id }))).toEqual(['BAD_INPUT']);
    expect(await codesOf(lists(owner).saveList(owner, arranged({ name: '13800000001' })))).toEqual(['BAD_INPUT']);
    const long = arranged({ name: '长', filter: { department: '民'.repeat(5_000) } });
    expect(await codesOf(lists(owner).saveList(owner, long))).toEqual(['BAD_INPUT']);
    // a colleague may give the same name
    const other = fresh();
    expect(await lists(other).saveList(other, arranged())).toMatchObject({ name: '本周到期' });
  });

  test('keeps its name alone if several of one name come at once', async () => {
    const owner = fresh();
    const outcomes = await Promise.all([1, 2, 3].map(() => codesOf(lists(owner).saveList(owner, arranged()))));
    expect(outcomes.flat()).toEqual(['BAD_INPUT', 'BAD_INPUT']);
  });

  test('is one of so many, also if several come at once', async () => {
    const owner = fresh();
    const save = (n: number) => lists(owner).saveList(owner, arranged({ name: `第${n}个` }));
    for (let n = 0; n < MOST_LISTS - 1; n++) await save(n);
    const outcomes = await Promise.all([100, 101, 102].map((n) => codesOf(save(n))));
    expect(outcomes.flat()).toEqual(['BAD_INPUT', 'BAD_INPUT']);
    expect((await namesOf(owner)).filter((name) => name.startsWith('第'))).toHaveLength(MOST_LISTS);
  });

  test('is saved once under its key', async () => {
    const owner = fresh();
    const idempotencyKey = randomUUID();
    const [one, two] = [
      await lists(owner).saveList(owner, arranged({ idempotencyKey })),
      await lists(owner).saveList(owner, arranged({ idempotencyKey })),
    ];
    expect(two).toEqual(one);
    const other = lists(owner).saveList(owner, arranged({ name: '别的', idempotencyKey }));
    expect(await codesOf(other)).toEqual(['IDEMPOTENCY_MISMATCH']);
  });
});

test('who lists no cases saves no lists, and nobody does at another desk', async () => {
  const cashier = personAt(TOWNSHIP, 'CASHIER');
  expect(await codesOf(lists(cashier).saveList(cashier, arranged()))).toEqual(['FORBIDDEN']);
  expect(await codesOf(lists(cashier).savedLists(cashier, {}))).toEqual(['FORBIDDEN']);
  const chief = personAt(COUNTY, 'CHIEF');
  expect(await codesOf(lists(clerk).saveList(chief, arranged()))).toEqual(['FORBIDDEN']);
  expect(await codesOf(lists(clerk).savedLists(chief, {}))).toEqual(['FORBIDDEN']);
  expect(await codesOf(lists(clerk).savedLists(null, {}))).toEqual(['UNAUTHENTICATED']);
});
