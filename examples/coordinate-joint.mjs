// The county's housing window asks the county's departments and 亭旁镇 at once. The centre sees the case in its list of
// joint cases, with the visit still to call, and reminds the township, whose clerk hears of it.
//   node examples/coordinate-joint.mjs
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, signIn } from './ask.mjs';

const COUNTY = '331022';
const TOWNSHIP = '331022103';
const DEPARTMENTS = ['住房城乡建设', '自然资源和规划', '消防', '人防', '气象', '水利', '综合执法'];
const [clerk, centre, township] = await Promise.all(
  ['county-housing-clerk', 'county-supervisor', 'tingpang-clerk'].map((name) => signIn(name)),
);

/** Does one mutation. @returns its answer; throws the first refusal */
async function change(name, type, input, token, answer) {
  const query = `mutation ($input: ${type}!) { done: ${name}(input: $input) { ${answer} errors { code message } } }`;
  const { done } = await ask(query, { input: { ...input, idempotencyKey: randomUUID() } }, token);
  if (done.errors.length > 0) throw new Error(`${name}: ${done.errors[0].code}: ${done.errors[0].message}`);
  return done;
}

/** Asks until there is an answer. */
async function until(look) {
  for (let tries = 0; tries < 60; tries++) {
    const found = await look();
    if (found) return found;
    await pause(500);
  }
  throw new Error('There was no answer within half a minute.');
}

const materials = ['联合验收申请表', '竣工验收报告', '各专项验收自查材料'].map((name) => ({
  name,
  fileName: `${name}.txt`,
  mediaType: 'text/plain',
  content: Buffer.from(`${name}:示例材料`).toString('base64'),
}));
const applicant = {
  name: '三门亭旁橡胶厂',
  idType: 'SOCIAL_CREDIT_CODE',
  idNumber: '91331022MA0000000F',
  phone: '13800000009',
};
const { case: filed } = await change(
  'fileCase',
  'FileCaseInput',
  { item: '3310-LB-003', applicant, materials },
  clerk,
  'case { id number }',
);
const { id } = filed;
await change('acceptCase', 'CaseStepInput', { id }, clerk, 'case { state }');
const week = DEPARTMENTS.map((department) => ({ department, ask: 'OPINION', days: 5 }));
// the township's answer is due by the next working day, so that it can be reminded today
const parties = [...week, { node: TOWNSHIP, department: '村镇建设', ask: 'OPINION', days: 1 }];
const last = parties.length;
await change(
  'openJointHandling',
  'OpenJointHandlingInput',
  { id, stage: 'COMPLETION', parties },
  clerk,
  'jointHandling { open }',
);

const JOINT = `query ($division: ID!) {
  jointCasesWithin(division: $division, visitToCall: true) {
    node { name } errors { code }
    cases { caseId number lead late visitToCall parties { number department outstanding askedAt reminded } }
  }
}`;
const listed = async () => {
  const { jointCasesWithin } = await ask(JOINT, { division: COUNTY }, centre);
  return jointCasesWithin.flatMap(({ cases }) => cases ?? []).find(({ caseId }) => caseId === id);
};
// the township has the question
const found = await until(async () => {
  const now = await listed();
  return now?.parties.find(({ number, askedAt }) => number === last && askedAt) ? now : null;
});
const waiting = found.parties.filter(({ outstanding }) => outstanding).length;
console.log(`联办件 ${found.number} 牵头 ${found.lead}: 待答复 ${waiting}, 逾期 ${found.late.length}, 待安排踏勘`);

await change('remindParty', 'RemindPartyInput', { id, party: last }, centre, 'jointHandling { open }');
const again = await change(
  'remindParty',
  'RemindPartyInput',
  { id, party: last },
  centre,
  'jointHandling { open }',
).catch(({ message }) => message);
console.log(again);
const SIGNALS = `{ signals(first: 100, unread: true) { nodes { kind caseId } } }`;
await until(async () => {
  const { signals } = await ask(SIGNALS, {}, township);
  return signals.nodes.find((signal) => signal.kind === 'OPINION_REMINDED' && signal.caseId === id);
});
const { parties: now } = await listed();
console.log(`已催办 ${now.find(({ number }) => number === last).reminded} 次, 亭旁镇收到提醒`);
