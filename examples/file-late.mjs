// An agent in 包家村 registers a tablet, takes numbers ahead, files an application late with one of them, and ends the
// tablet when it is lost. The chief of 亭旁镇 sees the devices of all desks of the township.
//   node examples/file-late.mjs
import { randomUUID } from 'node:crypto';
import { ask, signIn } from './ask.mjs';

const agent = await signIn('baojia-agent');
/** Asks a mutation, and fails with its first error. */
async function change(query, input) {
  const { done } = await ask(query, { input: { idempotencyKey: randomUUID(), ...input } }, agent);
  if (done.errors.length > 0) throw new Error(`${done.errors[0].code}: ${done.errors[0].message}`);
  return done;
}

const { device } = await change(
  `mutation ($input: RegisterDeviceInput!) { done: registerDevice(input: $input) { device { id name } errors { code message } } }`,
  { name: '包家村平板' },
);
const { caseNumberBlock: block } = await change(
  `mutation ($input: TakeCaseNumbersInput!) {
    done: takeCaseNumbers(input: $input) { caseNumberBlock { id day left expiresAt } errors { code message } } }`,
  { device: device.id },
);
console.log(`${device.name}: 预留编号 ${block.left.length} 个, ${block.day}, 补录截至 ${block.expiresAt}`);

// here the line would be cut: the resident gets the number on paper, and the tablet keeps the application
const receivedAt = new Date().toISOString();
const { case: made } = await change(
  `mutation ($input: FileCaseInput!) {
    done: fileCase(input: $input) { case { id number filedAt late { enteredAt } } errors { code message } } }`,
  {
    item: '3310-MZ-001',
    applicant: { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
    consent: { givenBy: '王秀英', way: 'FINGERPRINT', scope: '代办最低生活保障', givenAt: receivedAt },
    materials: [],
    late: { device: device.id, number: block.left[0], receivedAt },
  },
);
console.log(`补录 ${made.number}: 收件 ${made.filedAt}, 录入 ${made.late.enteredAt}`);

const { device: lost } = await change(
  `mutation ($input: EndDeviceInput!) {
    done: endDevice(input: $input) { device { endReason left blocks { state used { number } } } errors { code message } } }`,
  { device: device.id, reason: 'LOST' },
);
const [{ state, used }] = lost.blocks;
console.log(`${lost.endReason} ${state}: 已用 ${used.length} 个, 可用 ${lost.left} 个`);

const chief = await signIn('tingpang-chief');
const { desks } = await ask(
  `query ($division: ID!) {
    desks: devicesWithin(division: $division) { node { name } devices { id name left endReason } errors { code } } }`,
  { division: '331022103' },
  chief,
);
for (const { node, devices } of desks) {
  const found = devices?.find(({ id }) => id === device.id);
  if (found) console.log(`${node.name} ${found.name}: ${found.endReason}, 可用 ${found.left} 个`);
}
