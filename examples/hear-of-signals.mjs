// A clerk in 亭旁镇 hears by itself that a case came up from 包家村, and that its agent noted something on it.
//   node examples/hear-of-signals.mjs
import { randomUUID } from 'node:crypto';
import { ask, events, signIn } from './ask.mjs';

const FILE = `mutation ($input: FileCaseInput!) { fileCase(input: $input) { case { id number } errors { code message } } }`;
const FORWARD = `mutation ($input: CaseStepInput!) { forwardCase(input: $input) { errors { code message } } }`;
const NOTE = `mutation ($input: AddNoteInput!) { addNote(input: $input) { errors { code message } } }`;
const READ = `mutation ($input: MarkSignalsReadInput!) { markSignalsRead(input: $input) { unread { count } errors { code } } }`;
const NEW = `subscription ($after: String!) {
  signals(after: $after) { edges { cursor node { kind number item { name } } } }
}`;

const key = () => ({ idempotencyKey: randomUUID() });
function done(payload) {
  const [refused] = payload.errors;
  if (refused) throw new Error(`${refused.code}: ${refused.message}`);
  return payload;
}
const paper = (name) => ({
  name,
  fileName: `${name}.txt`,
  mediaType: 'text/plain',
  content: Buffer.from(`${name}:示例材料`).toString('base64'),
});

const [agent, clerk] = [await signIn('baojia-agent'), await signIn('tingpang-clerk')];
const { unreadSignals } = await ask('{ unreadSignals { count cursor } }', {}, clerk);
console.log(`未读提醒 ${unreadSignals.count}`);
let { cursor } = unreadSignals;
const stream = events(NEW, { after: cursor }, clerk);

const input = {
  ...key(),
  item: '3310-MZ-001',
  applicant: { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
  consent: {
    givenBy: '王秀英',
    way: 'FINGERPRINT',
    scope: '代办最低生活保障',
    givenAt: new Date(Date.now() - 60_000).toISOString(),
  },
  materials: ['最低生活保障申请书', '身份证明', '家庭经济状况核对授权书', '户口簿'].map(paper),
};
const { case: made } = done((await ask(FILE, { input }, agent)).fileCase);
done((await ask(FORWARD, { input: { ...key(), id: made.id } }, agent)).forwardCase);

// each event is a page of new signals; a client that lost its stream opens another behind the last cursor
const wanted = ['CASE_CAME', 'NOTE_ADDED'];
for await (const { signals } of stream) {
  for (const edge of signals.edges) {
    cursor = edge.cursor;
    const { kind, number, item } = edge.node;
    if (number !== made.number || kind !== wanted[0]) continue;
    console.log(`${kind} ${number} ${item.name}`);
    wanted.shift();
    const note = { ...key(), case: made.id, text: '申请人行动不便,请先联系家属' };
    if (kind === 'CASE_CAME') done((await ask(NOTE, { input: note }, agent)).addNote);
  }
  if (wanted.length === 0) break;
}
const { unread } = done((await ask(READ, { input: { ...key(), upTo: cursor } }, clerk)).markSignalsRead);
console.log(`已读, 未读提醒 ${unread.count}`);
