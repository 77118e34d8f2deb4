import { appointments } from '@liandong/schema/domains/appointments';
import { offices } from '@liandong/schema/domains/offices';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import { queue } from '@liandong/schema/domains/queue';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LOW_INCOME, agent, clerk, codesOf } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';

const BIRTH = '3310-WJ-001';
const keeper = personAt(COUNTY, 'CATALOGUER');
const terminal = personAt(COUNTY, 'TERMINAL');
const civil = personAt(COUNTY, 'CLERK', '民政');
const health = personAt(COUNTY, 'CLERK', '卫生健康');
const supervisor = personAt(CITY, 'SUPERVISOR');
const once = { idempotencyKey: null };

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  for (const [code, department] of [
    ['MZ1', '民政'],
    ['MZ2', '民政'],
    ['WJ1', '卫生健康'],
  ] as const) {
    const window = { code, name: `${department}窗口`, department, from: '2026-01-01', until: null };
    await federation.desk(COUNTY, offices).openWindow(keeper, { ...window, ...once });
  }
});
afterAll(() => federation.stop());
beforeEach(async () => {
  await federation.rows(COUNTY, `DELETE FROM queue_numbers WHERE node = $1 RETURNING 1`, [COUNTY]);
});

const desk = (node = COUNTY) => federation.desk(node, queue);
type Taking = InputOf<typeof queue.operations.takeNumber>;
const take = (wanted: Partial<Taking>, viewer: Viewer = terminal, node = COUNTY) =>
  desk(node).takeNumber(viewer, { items: [], department: null, appointment: null, ...once, ...wanted });
const next = (window: string, viewer: Viewer = civil) => desk().callNext(viewer, { window, ...once });
const again = (window: string, number: string, viewer: Viewer = civil) =>
  desk().callAgain(viewer, { window, number, ...once });
const pass = (number: string, viewer: Viewer = civil) => desk().passNumber(viewer, { number, ...once });
const finish = (number: string, viewer: Viewer = civil) => desk().finishNumber(viewer, { number, ...once });
const board = () => desk().queueBoard(null, { division: COUNTY });
/** Does something when the hosts' clock shows a time. */
async function at<T>(instant: string, work: () => Promise<T>): Promise<T> {
  const shift = Date.parse(instant) - federation.now().getTime();
  federation.shiftMs += shift;
  try {
    return await work();
  } finally {
    federation.shiftMs -= shift;
  }
}

describe('a number', () => {
  test('is taken for an item or a department, and called in turn at the windows that serve it', async () => {
    const one = await take({ items: [LOW_INCOME] });
    const two = await take({ department: '民政' });
    const three = await take({ department: '卫生健康' });
    expect([one, two, three].map(({ number, ahead }) => [number, ahead])).toEqual([
      ['A001', 0],
      ['A002', 1],
      ['A003', 0],
    ]);
    expect(await next('MZ1')).toMatchObject({ number: 'A001', state: 'CALLED', window: 'MZ1', calls: 1 });
    expect(await next('MZ2')).toMatchObject({ number: 'A002' });
    expect(await next('WJ1', health)).toMatchObject({ number: 'A003' });
    await finish('a001');
    expect(await codesOf(next('MZ1'))).toEqual(['NOT_FOUND']);
  });

  test('is given once to each of those who take one at the same moment, and called once by windows that call at once', async () => {
    const taken = await Promise.all(Array.from({ length: 8 }, () => take({ department: '民政' })));
    expect(new Set(taken.map(({ number }) => number)).size).toBe(8);
    const called = await Promise.all([next('MZ1'), next('MZ2')]);
    expect(called.map(({ number }) => number).toSorted()).toEqual(['A001', 'A002']);
  });

  test('taken again under its key is the same number', async () => {
    const input = { department: '民政', idempotencyKey: 'terminal-1-0001' };
    const [one, two] = [await take(input), await take(input)];
    expect(two).toEqual(one);
    expect((await board()).waiting).toEqual(['A001']);
  });

  test('starts at 1 each day in Asia/Shanghai', async () => {
    const day = dayOf(federation.now());
    expect(await at(`${day}T15:59:00Z`, () => take({ department: '民政' }))).toMatchObject({ number: 'A001', day });
    await at(`${day}T15:59:00Z`, () => take({ department: '民政' }));
    const tomorrow = plusDays(day, 1);
    expect(await at(`${day}T16:01:00Z`, () => take({ department: '民政' }))).toMatchObject({
      number: 'A001',
      day: tomorrow,
    });
    expect(await codesOf(at(`${day}T16:01:00Z`, () => finish('A002')))).toEqual(['NOT_FOUND']);
  });

  test('is called again, passed, and called once more when its visitor comes', async () => {
    await take({ department: '民政' });
    await take({ department: '民政' });
    expect(await codesOf(again('MZ1', 'A001'))).toEqual(['ILLEGAL_STEP']);
    await next('MZ1');
    expect(await again('MZ1', 'A001')).toMatchObject({ calls: 2 });
    expect(await codesOf(next('MZ1'))).toEqual(['ILLEGAL_STEP']);
    expect(await codesOf(again('MZ2', 'A001'))).toEqual(['ILLEGAL_STEP']);
    expect(await pass('A001')).toMatchObject({ state: 'PASSED' });
    expect((await board()).passed).toEqual(['A001']);
    expect(await next('MZ1')).toMatchObject({ number: 'A002' });
    expect(await again('MZ2', 'A001')).toMatchObject({ state: 'CALLED', window: 'MZ2', calls: 1 });
    expect(await codesOf(pass('A003'))).toEqual(['NOT_FOUND']);
  });

  test('for items of two departments goes from window to window, ahead of those who were not served', async () => {
    await take({ items: [LOW_INCOME, BIRTH] });
    await take({ department: '卫生健康' });
    await next('MZ1');
    await next('WJ1', health);
    expect(await finish('L001')).toMatchObject({ state: 'WAITING' });
    await finish('A002', health);
    await take({ department: '卫生健康' });
    expect(await next('WJ1', health)).toMatchObject({ number: 'L001' });
    expect(await finish('L001', health)).toMatchObject({ state: 'FINISHED' });
  });

  test('is not taken for what no window serves today, for nothing, or for two things', async () => {
    expect(await codesOf(take({ department: '海洋' }))).toEqual(['WINDOW_UNAUTHORIZED']);
    expect(await codesOf(take({ items: ['3310-XX-999'] }))).toEqual(['ITEM_UNKNOWN']);
    expect(await codesOf(take({}))).toEqual(['BAD_INPUT']);
    expect(await codesOf(take({ items: [LOW_INCOME], department: '民政' }))).toEqual(['BAD_INPUT']);
  });

  test('is taken by terminals and called by windows’ people, each for nothing else', async () => {
    await take({ department: '民政' }, civil);
    expect(await codesOf(take({ department: '民政' }, supervisor))).toEqual(['FORBIDDEN']);
    expect(await codesOf(take({ department: '民政' }, agent))).toEqual(['FORBIDDEN']);
    expect(await codesOf(next('MZ1', terminal))).toEqual(['FORBIDDEN']);
    expect(await codesOf(next('MZ1', health))).toEqual(['WRONG_DEPARTMENT']);
    expect(await codesOf(next('MZ1', { ...civil, window: 'MZ2' }))).toEqual(['FORBIDDEN']);
    expect(await codesOf(next('NONE'))).toEqual(['NOT_FOUND']);
    await next('MZ1', { ...civil, window: 'MZ1' });
    expect(await codesOf(finish('A001', health))).toEqual(['WRONG_DEPARTMENT']);
    expect(await codesOf(desk().queueNumbers(terminal, { division: COUNTY }))).toEqual(['FORBIDDEN']);
    expect(await codesOf(desk().queueNumbers(clerk, { division: COUNTY }))).toEqual(['FORBIDDEN']);
    expect(await desk().queueNumbers(supervisor, { division: COUNTY })).toHaveLength(1);
  });
});

describe('a number with an appointment', () => {
  test('goes first in the time of the appointment, and its booker has arrived with it', async () => {
    const day = plusDays(dayOf(federation.now()), 1);
    const booking = federation.desk(COUNTY, appointments);
    const times = { begins: '09:00', ends: '10:00', capacity: 5, afterHours: true };
    const [slot] = await booking.openSlots(keeper, { window: 'MZ1', days: [day], ...times, ...once });
    const book = (phone: string) => {
      const who = { name: '王秀英', phone, item: LOW_INCOME, ...once };
      return booking.bookAppointment(null, { division: COUNTY, slot: slot?.id ?? '', ...who });
    };
    const [one, two] = [await book('13900001111'), await book('13900002222')];
    const { number } = one.appointment;
    expect(await codesOf(take({ appointment: { number, code: one.code } }))).toEqual(['ILLEGAL_STEP']);
    await at(`${day}T01:05:00Z`, async () => {
      await take({ department: '民政' });
      expect(await codesOf(take({ appointment: { number, code: null } }))).toEqual(['NOT_FOUND']);
      expect(await codesOf(take({ appointment: { number, code: 'AAAA2222' } }))).toEqual(['NOT_FOUND']);
      expect(await take({ appointment: { number, code: one.code } })).toMatchObject({ number: 'Y002', ahead: 0 });
      expect(await codesOf(take({ appointment: { number, code: one.code } }))).toEqual(['ILLEGAL_STEP']);
      expect(await booking.appointment(null, { number, code: one.code })).toMatchObject({ state: 'ARRIVED' });
      // people of the desk see who it is
      await take({ appointment: { number: two.appointment.number, code: null } }, civil);
      expect(await next('MZ2')).toMatchObject({ number: 'Y002' });
    });
    await at(`${day}T02:00:00Z`, async () => expect(await next('MZ1')).toMatchObject({ number: 'A001' }));
  });
});

test('the board shows anybody which number is where and who waits, and the graph tells no more', async () => {
  await take({ items: [LOW_INCOME, BIRTH] });
  await take({ department: '民政' });
  await take({ department: '卫生健康' });
  await next('MZ1');
  const query = `query ($division: ID!) { queueBoard(division: $division) {
    day waiting passed division { code } windows { code name number calls waiting } } }`;
  const asked = { role: 'offices' as const, query, variables: { division: COUNTY }, token: null };
  const { data, errors } = await federation.ask(COUNTY, asked);
  expect(errors ?? []).toEqual([]);
  expect(data?.['queueBoard']).toEqual({
    day: dayOf(federation.now()),
    waiting: ['A002', 'A003'],
    passed: [],
    division: { code: COUNTY },
    windows: [
      { code: 'MZ1', name: '民政窗口', number: 'L001', calls: 1, waiting: 1 },
      { code: 'MZ2', name: '民政窗口', number: null, calls: 0, waiting: 1 },
      { code: 'WJ1', name: '卫生健康窗口', number: null, calls: 0, waiting: 1 },
    ],
  });
});
