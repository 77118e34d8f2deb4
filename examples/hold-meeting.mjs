// 亭旁镇 discusses an application at a joint review: the chief plans the meeting, the clerk puts the case on its agenda
// and records what was found, the chief closes the minutes and decides by them.
//   node examples/hold-meeting.mjs
import { randomUUID } from 'node:crypto';
import { ask, signIn } from './ask.mjs';

const [clerk, chief] = [await signIn('tingpang-clerk'), await signIn('tingpang-chief')];
/** Asks a mutation, and fails with its first error. */
async function change(name, input, token, answer) {
  const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
  return run(name, type, input, token, answer);
}
async function run(name, type, input, token, answer) {
  const query = `mutation ($input: ${type}!) { done: ${name}(input: $input) { ${answer} errors { code message } } }`;
  const { done } = await ask(query, { input: { idempotencyKey: randomUUID(), ...input } }, token);
  if (done.errors.length > 0) throw new Error(`${done.errors[0].code}: ${done.errors[0].message}`);
  return done;
}
/** The person a token is for. */
function personOf(token, name) {
  const { iss: issuer, sub } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  return { issuer, sub, name };
}
const paper = (name) => ({
  name,
  fileName: `${name}.txt`,
  mediaType: 'text/plain',
  content: Buffer.from(`${name}:示例材料`).toString('base64'),
});

const { case: filed } = await change(
  'fileCase',
  {
    item: '3310-NY-001',
    place: '331022103201',
    applicant: { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
    consent: { givenBy: '王秀英', way: 'FINGERPRINT', scope: '代办宅基地', givenAt: new Date().toISOString() },
    materials: ['宅基地和建房申请表', '农村宅基地使用承诺书', '身份证明', '村集体讨论通过及公示证明'].map(paper),
  },
  clerk,
  'case { id number }',
);
const { id } = filed;
await run('acceptCase', 'CaseStepInput', { id }, clerk, 'case { state }');
await change('reviewCase', { id, opinion: 'APPROVE' }, clerk, 'case { state }');

const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
const { meeting } = await change(
  'planMeeting',
  {
    kind: 'JOINT_REVIEW',
    day,
    begins: '09:00',
    place: '镇便民服务中心会议室',
    chair: personOf(chief, '梅建国'),
    people: [personOf(clerk, '章亭兰')],
    departments: ['自然资源和规划'],
  },
  chief,
  'meeting { id seats { number department person { name } } }',
);
console.log(`联合会审 ${day}: ${meeting.seats.map((s) => s.person?.name ?? s.department).join('、')}`);

const of = { meeting: meeting.id };
await change('putOnAgenda', { ...of, case: id, question: '选址是否符合村庄规划' }, clerk, 'meeting { id }');
const attendance = [
  { seat: 1, presence: 'PRESENT' },
  { seat: 2, presence: 'PRESENT' },
  { seat: 3, presence: 'PRESENT', by: '规划所代表' },
];
await change('recordAttendance', { ...of, attendance }, clerk, 'meeting { id }');
const outcome = { agendaItem: 1, outcome: 'AGREED_WITH_CONDITIONS', conditions: ['放样时到场'] };
await change('recordOutcome', { ...of, ...outcome }, clerk, 'meeting { id }');
const task = { text: '放样到场并留影像', department: '自然资源和规划', due: day };
await change('giveTask', { ...of, ...task }, clerk, 'meeting { id }');
const { meeting: held } = await change('closeMeeting', of, chief, 'meeting { minutes { number digest text } }');
console.log(held.minutes.text);

// a decision that contradicts the meeting is refused
const cited = { id, meeting: held.minutes.number };
await change('decideCase', { ...cited, outcome: 'REFUSED', reason: '不同意' }, chief, 'case { state }').catch(
  ({ message }) => console.log(message),
);
const { case: decided } = await change(
  'decideCase',
  { ...cited, outcome: 'GRANTED' },
  chief,
  'case { number state decision { meeting { kind number day digest } } meetings { outcome } }',
);
const { number, digest } = decided.decision.meeting;
console.log(
  `${decided.number} ${decided.state} 依据 ${number} ${digest === held.minutes.digest ? '摘要一致' : '摘要不符'}`,
);

const { meetingTasks } = await ask('{ meetingTasks { id text due overdue department } }', {}, clerk);
console.log(`待办会议任务: ${meetingTasks.map(({ text, due }) => `${text} ${due}`).join(';')}`);
