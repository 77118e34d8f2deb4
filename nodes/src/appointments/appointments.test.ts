import { appointments } from '@liandong/schema/domains/appointments';
import { offices } from '@liandong/schema/domains/offices';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOMESTEAD, LOW_INCOME, agent, chief, clerk, codesOf } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';

const keeper = personAt(TOWNSHIP, 'CATALOGUER');
const supervisor = personAt(COUNTY, 'SUPERVISOR');
const once = { idempotencyKey: null };
let federation: TestFederation;
let windowCount = 0;
let phones = 0;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
});
afterAll(() => federation.stop());

const desk = () => federation.desk(TOWNSHIP, appointments);
const tomorrow = () => plusDays(dayOf(federation.now()), 1);
/** A window of its own for each test, so that slots of two tests never overlap. */
async function newWindow(): Promise<string> {
  const code = `W${++windowCount}`;
  const input = { name: '综合窗口', department: null, from: '2026-01-01', until: null, place: '一楼' };
  await federation.desk(TOWNSHIP, offices).openWindow(keeper, { code, ...input, ...once });
  return code;
}
async function newSlot(change: object = {}, viewer: Viewer = keeper) {
  const window = await newWindow();
  const times = { begins: '09:00', ends: '09:30', capacity: 3, afterHours: true };
  const [slot] = await desk().openSlots(viewer, { window, days: [tomorrow()], ...times, ...change, ...once });
  if (!slot) throw new Error('no slot');
  return slot;
}
const newPhone = () => `139${String(++phones).padStart(8, '0')}`;
const book = (slot: string, change: object = {}) =>
  desk().bookAppointment(null, {
    division: TOWNSHIP,
    slot,
    item: LOW_INCOME,
    name: '王秀英',
    phone: newPhone(),
    ...once,
    ...change,
  });
const slotNow = async (id: string) =>
  (await desk().appointmentSlots(null, { division: TOWNSHIP, from: null, until: null })).find((s) => s.id === id);
/** Does something at a later time of the hosts' clock. */
async function at<T>(hours: number, work: () => Promise<T>): Promise<T> {
  federation.shiftMs += hours * 3_600_000;
  try {
    return await work();
  } finally {
    federation.shiftMs -= hours * 3_600_000;
  }
}

describe('a slot', () => {
  test('is opened on several days at once by who keeps the windows, and shown to anybody with the places left', async () => {
    const window = await newWindow();
    const days = [tomorrow(), plusDays(tomorrow(), 1)];
    const input = { window, days, begins: '17:30', ends: '18:30', capacity: 2, afterHours: true, ...once };
    const made = await desk().openSlots(keeper, input);
    expect(made.map(({ day }) => day)).toEqual(days);
    expect(await slotNow(made[0]?.id ?? '')).toMatchObject({ window, place: '一楼', afterHours: true, booked: 0 });
    expect(await codesOf(desk().openSlots(keeper, input))).toEqual(['OFFICE_CONFLICT']);
  });

  test('is opened by the chief of the desk, and by nobody else', async () => {
    expect(await newSlot({}, chief)).toMatchObject({ capacity: 3 });
    for (const viewer of [clerk, supervisor, personAt(COUNTY, 'CATALOGUER')]) {
      expect(await codesOf(newSlot({}, viewer))).toEqual(['FORBIDDEN']);
    }
    expect(await codesOf(newSlot({ window: 'NONE' }))).toEqual(['NOT_FOUND']);
  });

  test('is found by the item its window serves', async () => {
    const { id } = await newSlot();
    const of = async (item: string) =>
      (await desk().appointmentSlots(null, { division: TOWNSHIP, item, from: null, until: null })).map((s) => s.id);
    expect(await of(LOW_INCOME)).toContain(id);
    expect(await codesOf(of('3310-XX-999'))).toEqual(['ITEM_UNKNOWN']);
    const long = { division: TOWNSHIP, from: tomorrow(), until: plusDays(tomorrow(), 61) };
    expect(await codesOf(desk().appointmentSlots(null, long))).toEqual(['BAD_INPUT']);
  });

  test('takes no more than its capacity of those who book at the same moment', async () => {
    const { id } = await newSlot({ capacity: 3 });
    const tried = await Promise.all(
      Array.from({ length: 12 }, () =>
        book(id).then(
          ({ appointment }) => appointment.number,
          (e: Error) => e,
        ),
      ),
    );
    const numbers = tried.filter((outcome) => typeof outcome === 'string');
    expect(new Set(numbers).size).toBe(3);
    expect(tried.filter((o) => o instanceof Error && 'code' in o && o.code === 'SLOT_FULL')).toHaveLength(9);
    expect(await slotNow(id)).toMatchObject({ booked: 3, capacity: 3 });
  });

  test('gets more places, and fewer as long as those who booked keep theirs', async () => {
    const { id } = await newSlot({ capacity: 2 });
    await book(id);
    await book(id);
    const change = (capacity: number, viewer: Viewer = keeper) => desk().changeSlot(viewer, { id, capacity, ...once });
    expect(await codesOf(change(1))).toEqual(['OFFICE_CONFLICT']);
    expect(await change(3)).toMatchObject({ capacity: 3, booked: 2 });
    expect(await codesOf(change(4, clerk))).toEqual(['FORBIDDEN']);
    await book(id);
  });

  test('that the desk closes is called off for those who booked, with the reason', async () => {
    const { id } = await newSlot();
    const { appointment, code } = await book(id);
    expect(await codesOf(desk().closeSlot(keeper, { id, reason: '', ...once }))).toEqual(['REASON_MISSING']);
    await desk().closeSlot(keeper, { id, reason: '停电检修', ...once });
    const { number } = appointment;
    const seen = await desk().appointment(null, { number, code });
    expect(seen).toMatchObject({ state: 'CALLED_OFF', calledOffFor: '停电检修' });
    expect(await codesOf(book(id))).toEqual(['SLOT_CLOSED']);
    expect(await slotNow(id)).toBeUndefined();
    expect(await codesOf(desk().closeSlot(keeper, { id, reason: '再关', ...once }))).toEqual(['SLOT_CLOSED']);
    expect(await codesOf(desk().cancelAppointment(null, { number, code, ...once }))).toEqual(['ILLEGAL_STEP']);
  });
});

describe('an appointment', () => {
  let slot: string;
  beforeEach(async () => {
    slot = (await newSlot()).id;
  });

  test('is booked without a login, opened by number and code alone, and shows the public no name', async () => {
    const { appointment, code } = await book(slot);
    const { number } = appointment;
    expect(appointment).toMatchObject({ state: 'BOOKED', item: LOW_INCOME, booker: null, begins: '09:00' });
    expect(await desk().appointment(null, { number, code: code.toLowerCase() })).toEqual(appointment);
    expect(await codesOf(desk().appointment(null, { number, code: 'AAAA2222' }))).toEqual(['NOT_FOUND']);
    const none = `${TOWNSHIP}-Y-20260101-A1-0900-01`;
    expect(await codesOf(desk().appointment(null, { number: none, code }))).toEqual(['NOT_FOUND']);
  });

  test('is booked once under its key, with the same code', async () => {
    const input = { idempotencyKey: 'booking-0001', phone: newPhone() };
    const [one, two] = await Promise.all([book(slot, input), book(slot, input)]);
    expect(two).toEqual(one);
    expect(await codesOf(book(slot, { ...input, name: '另一人' }))).toEqual(['IDEMPOTENCY_MISMATCH']);
  });

  test('gives its place back when it is cancelled, once, until it begins', async () => {
    const { appointment, code } = await book(slot);
    const { number } = appointment;
    const cancel = (given = code) => desk().cancelAppointment(null, { number, code: given, ...once });
    expect(await codesOf(cancel('AAAA2222'))).toEqual(['NOT_FOUND']);
    const tried = await Promise.all([codesOf(cancel()), codesOf(cancel())]);
    expect(tried.flat()).toEqual(['ILLEGAL_STEP']);
    expect(await slotNow(slot)).toMatchObject({ booked: 0 });
    const next = await book(slot);
    expect(next.appointment.number).not.toBe(number);
    const late = () => desk().cancelAppointment(null, { number: next.appointment.number, code: next.code, ...once });
    expect(await at(48, () => codesOf(late()))).toEqual(['ILLEGAL_STEP']);
    expect(await codesOf(late())).toEqual([]);
  });

  test('of one phone has at most one beside it, also if both are booked at once', async () => {
    const phone = newPhone();
    const others = [await newSlot(), await newSlot(), await newSlot()];
    const tried = await Promise.all(others.map(({ id }) => codesOf(book(id, { phone }))));
    expect(tried.flat()).toEqual(['APPOINTMENT_LIMIT']);
    expect(await codesOf(book(slot, { phone }))).toEqual(['APPOINTMENT_LIMIT']);
  });

  test('is of an item in the catalogue, at a slot that is there', async () => {
    expect(await codesOf(book(slot, { item: '3310-XX-999' }))).toEqual(['ITEM_UNKNOWN']);
    expect(await codesOf(book('00000000-0000-4000-8000-000000000000'))).toEqual(['NOT_FOUND']);
    expect(await codesOf(book(slot, { item: HOMESTEAD }))).toEqual([]);
  });

  test('at a county is of an item that its window serves', async () => {
    const county = federation.desk(COUNTY, appointments);
    const police = { code: 'GA1', name: '公安', department: '公安', from: '2026-01-01', until: null };
    await federation.desk(COUNTY, offices).openWindow(personAt(COUNTY, 'CATALOGUER'), { ...police, ...once });
    const times = { begins: '09:00', ends: '09:30', capacity: 3, afterHours: true };
    const input = { window: 'GA1', days: [tomorrow()], ...times, ...once };
    const [made] = await county.openSlots(personAt(COUNTY, 'CHIEF', '公安'), input);
    expect(await codesOf(county.openSlots(personAt(COUNTY, 'CHIEF', '民政'), input))).toEqual(['WRONG_DEPARTMENT']);
    const who = { name: '王秀英', phone: newPhone(), ...once };
    const asked = county.bookAppointment(null, { division: COUNTY, slot: made?.id ?? '', item: LOW_INCOME, ...who });
    expect(await codesOf(asked)).toEqual(['WINDOW_UNAUTHORIZED']);
  });

  test('is kept or missed as the desk marks it, and a late one may still come', async () => {
    const { number } = (await book(slot)).appointment;
    const mark = (attended: 'ARRIVED' | 'MISSED', viewer: Viewer = clerk) =>
      desk().markAppointment(viewer, { number, attended, ...once });
    expect(await codesOf(mark('ARRIVED'))).toEqual(['ILLEGAL_STEP']);
    expect(await codesOf(mark('MISSED'))).toEqual(['ILLEGAL_STEP']);
    // to 23:00 of its day
    const hours = (Date.parse(`${tomorrow()}T15:00:00Z`) - federation.now().getTime()) / 3_600_000;
    await at(hours, async () => {
      expect(await mark('MISSED')).toMatchObject({ state: 'MISSED' });
      expect(await codesOf(mark('MISSED'))).toEqual(['ILLEGAL_STEP']);
      expect(await mark('ARRIVED')).toMatchObject({ state: 'ARRIVED', booker: { name: '王秀英' } });
    });
    expect(await codesOf(mark('ARRIVED', supervisor))).toEqual(['FORBIDDEN']);
    expect(await codesOf(desk().markAppointment(clerk, { number: 'none', attended: 'MISSED', ...once }))).toEqual([
      'NOT_FOUND',
    ]);
  });

  test('is listed for its desk and supervisors, the phone masked and shown for a purpose', async () => {
    const { number } = (await book(slot, { phone: '13800000001' })).appointment;
    const listed = async (viewer: Viewer) =>
      (await desk().appointments(viewer, { division: TOWNSHIP, day: tomorrow() })).find((a) => a.number === number);
    expect((await listed(clerk))?.booker).toEqual({ name: '王秀英', phone: '138****0001' });
    expect((await listed(supervisor))?.booker).toEqual({ name: '王**', phone: '138****0001' });
    expect(await codesOf(listed(agent))).toEqual(['FORBIDDEN']);
    const phone = (viewer: Viewer, purpose: string) => desk().showBookerPhone(viewer, { number, purpose });
    expect(await phone(clerk, '告知改期')).toBe('13800000001');
    expect(await codesOf(phone(clerk, ''))).toEqual(['REASON_MISSING']);
    expect(await codesOf(phone(supervisor, '抽查'))).toEqual(['FORBIDDEN']);
    const kept = await federation.rows(TOWNSHIP, `SELECT * FROM appointments WHERE node = $1`, [TOWNSHIP]);
    expect(JSON.stringify(kept)).not.toMatch(/王秀英|1380000/);
  });

  test('forgets who booked it 30 days after its day', async () => {
    const { number } = (await book(slot)).appointment;
    await at(24 * 33, async () => {
      await federation.stopHost(TOWNSHIP);
      await federation.startHost(TOWNSHIP);
      const left = `SELECT 1 FROM appointments WHERE node = $1 AND number = $2 AND phone IS NOT NULL`;
      await eventually(async () => (await federation.rows(TOWNSHIP, left, [TOWNSHIP, number])).length === 0);
    });
  });
});

test('the graph books, notes who reads the name, and cancels', async () => {
  const { id } = await newSlot();
  const send = async (query: string, variables: object, viewer: Viewer | null = null) => {
    const token = viewer && (await federation.token(viewer));
    const asked = { role: 'offices' as const, query, variables: { ...variables }, token };
    const { data, errors } = await federation.ask(TOWNSHIP, asked);
    expect(errors ?? []).toEqual([]);
    return data ?? {};
  };
  const booking = `mutation ($input: BookAppointmentInput!) { bookAppointment(input: $input) {
    booked { code appointment { number state item { code } division { code } booker { name } } } errors { code } } }`;
  const input = { division: TOWNSHIP, slot: id, item: LOW_INCOME, name: '包小敏', phone: newPhone() };
  const { bookAppointment } = await send(booking, { input });
  const { booked } = bookAppointment as { booked: { code: string; appointment: { number: string } } };
  expect(booked.appointment).toMatchObject({ state: 'BOOKED', item: { code: LOW_INCOME }, booker: null });
  const { number } = booked.appointment;
  const listing = `query ($day: Date!) { appointments(day: $day) { number booker { name phone } } }`;
  const { appointments: listed } = await send(listing, { day: tomorrow() }, clerk);
  expect(listed).toContainEqual({ number, booker: { name: '包小敏', phone: expect.stringContaining('****') } });
  const reads = `SELECT subject_kind, fields FROM personal_data_reads WHERE node = $1 AND subject = $2`;
  expect(await federation.rows(TOWNSHIP, reads, [TOWNSHIP, number])).toEqual([
    { subject_kind: 'APPOINTMENT', fields: ['Appointment.booker.name', 'Appointment.booker.phone'] },
  ]);
  const cancelling = `mutation ($number: String!, $code: String!) {
    cancelAppointment(number: $number, code: $code) { appointment { state } errors { code } } }`;
  expect(await send(cancelling, { number, code: booked.code })).toMatchObject({
    cancelAppointment: { appointment: { state: 'CANCELLED' }, errors: [] },
  });
});
