// 王秀英 books a time at the window of 亭旁镇 without a login, two visitors take numbers, and the window calls them.
//   node examples/book-and-queue.mjs
import { randomUUID } from 'node:crypto';
import { ask, signIn } from './ask.mjs';

const division = '331022103';
const window = `D${Date.now() % 1_000_000}`;
const shanghai = (ms) => new Date(ms + 8 * 3_600_000).toISOString();
const inDays = (days) => shanghai(Date.now() + days * 86_400_000).slice(0, 10);

/** Sends a mutation; throws its first error. */
async function change(name, type, fields, input, token = null) {
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} errors { code message } } }`;
  const done = (await ask(query, { input: { idempotencyKey: randomUUID(), ...input } }, token))[name];
  if (done.errors.length > 0) throw new Error(`${done.errors[0].code}: ${done.errors[0].message}`);
  return done;
}

const cataloguer = await signIn('tingpang-cataloguer');
const clerk = await signIn('tingpang-clerk');

await change('openWindow', 'OpenWindowInput', '', { code: window, name: '综合窗口', from: inDays(0) }, cataloguer);
const times = { days: [inDays(1)], begins: '17:30', ends: '18:00', capacity: 4, afterHours: true };
await change('openSlots', 'OpenSlotsInput', 'slots { id }', { window, ...times }, cataloguer);

const SLOTS = `query ($division: ID!, $item: ID) {
  appointmentSlots(division: $division, item: $item) { id window windowName day begins ends afterHours left }
}`;
const { appointmentSlots: slots } = await ask(SLOTS, { division, item: '3310-MZ-001' });
const slot = slots.find((one) => one.window === window);
console.log(`${slot.day} ${slot.begins}—${slot.ends} ${slot.windowName}, 余 ${slot.left}`);

const phone = `139${String(Date.now()).slice(-8)}`;
const who = { division, slot: slot.id, item: '3310-MZ-001', name: '王秀英', phone };
const booked = 'booked { code appointment { number state } }';
const { code, appointment } = (await change('bookAppointment', 'BookAppointmentInput', booked, who)).booked;
console.log(`预约 ${appointment.number}, 验证码 ${code}`);

const taken = 'taken { number state ahead window }';
for (const items of [['3310-MZ-001'], ['3310-MZ-001', '3310-NY-001']]) {
  const { number, ahead } = (await change('takeNumber', 'TakeNumberInput', taken, { items }, clerk)).taken;
  console.log(`取号 ${number}, 前面 ${ahead} 人`);
}
const { number } = (await change('callNext', 'CallNextInput', taken, { window }, clerk)).taken;

const BOARD = `query ($division: ID!) {
  queueBoard(division: $division) { waiting windows { code name number waiting } }
}`;
const { queueBoard } = await ask(BOARD, { division });
for (const { name, number: called, waiting } of queueBoard.windows) {
  console.log(`${name}  ${called ?? '—'}  等候 ${waiting}`);
}
const ended = (await change('finishNumber', 'QueueNumberInput', taken, { number }, clerk)).taken;
console.log(`${ended.number} ${ended.state}`);
