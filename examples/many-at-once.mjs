// An agent in 包家村 files for two residents and sends both cases up in one request, with an id that does not exist.
//   node examples/many-at-once.mjs
import { randomUUID } from 'node:crypto';
import { ask, signIn } from './ask.mjs';

const FILE = `mutation ($input: FileCaseInput!) {
  fileCase(input: $input) { case { id number } errors { code message } }
}`;
const FORWARD = `mutation ($input: ForwardCasesInput!) {
  forwardCases(input: $input) {
    outcomes { id case { number inTransitTo { name } } errors { code message } }
    errors { code message }
  }
}`;

const paper = (name) => ({
  name,
  fileName: `${name}.txt`,
  mediaType: 'text/plain',
  content: Buffer.from(`${name}:示例材料`).toString('base64'),
});

const agent = await signIn('baojia-agent');

async function file(name) {
  const input = {
    idempotencyKey: randomUUID(),
    item: '3310-MZ-001',
    applicant: { name, idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
    consent: {
      givenBy: name,
      way: 'FINGERPRINT',
      scope: '代办最低生活保障',
      givenAt: new Date(Date.now() - 60_000).toISOString(),
    },
    materials: ['最低生活保障申请书', '身份证明', '家庭经济状况核对授权书', '户口簿'].map(paper),
  };
  const { case: made, errors } = (await ask(FILE, { input }, agent)).fileCase;
  if (errors.length > 0) throw new Error(`${errors[0].code}: ${errors[0].message}`);
  return made.id;
}

const ids = [await file('王秀英'), '331022103201-none', await file('包小敏')];

// each has its own key: sent again as it is, the request does what was not done, and nothing twice
const each = ids.map((id) => ({ id, idempotencyKey: randomUUID() }));
const { outcomes, errors } = (await ask(FORWARD, { input: { each } }, agent)).forwardCases;
if (errors.length > 0) throw new Error(`${errors[0].code}: ${errors[0].message}`);

for (const { id, case: sent, errors: refused } of outcomes) {
  if (sent) console.log(`${sent.number}  上报 → ${sent.inTransitTo?.name}`);
  else console.log(`${id}  ${refused[0].code}: ${refused[0].message}`);
}
