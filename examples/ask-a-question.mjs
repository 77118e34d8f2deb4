// A resident asks the township a question without a login. The township's clerk puts it to the county, whose matter it
// is; the county answers, the township reports the answer, and the resident reads it with number and code.
//   node examples/ask-a-question.mjs
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, signIn } from './ask.mjs';

const COUNTY = '331022';
const TOWNSHIP = '331022103';
const QUESTION = '孤寡老人申请临时救助,县里还要看哪些证明?';

/** Does one mutation on enquiries. @returns the enquiry; throws the first refusal */
async function done(name, type, input, token = null) {
  const document = `mutation ($input: ${type}!) {
    ${name}(input: $input) { enquiry { id code dueOn state } errors { code message } }
  }`;
  const { [name]: answer } = await ask(document, { input: { ...input, idempotencyKey: randomUUID() } }, token);
  const [refused] = answer.errors;
  if (refused) throw new Error(`${name}: ${refused.code}: ${refused.message}`);
  return answer.enquiry;
}

const asked = await done('askQuestion', 'AskQuestionInput', {
  division: TOWNSHIP,
  kind: 'QUESTION',
  question: QUESTION,
  item: '3310-MZ-002',
  asker: { name: '王先生', phone: '13800000006' },
});
console.log(`网上咨询 ${asked.id}, 查询码 ${asked.code}, ${asked.dueOn} 前答复`);

const clerk = await signIn('tingpang-clerk');
const referred = { id: asked.id, to: COUNTY, question: QUESTION, reason: '县级权限事项' };
await done('referEnquiry', 'ReferEnquiryInput', referred, clerk);

/** Asks until there is an answer. */
async function until(look) {
  for (let tries = 0; tries < 60; tries++) {
    const found = await look();
    if (found) return found;
    await pause(500);
  }
  throw new Error('There was no answer within half a minute.');
}

const county = await signIn('county-civil-clerk');
const LIST = `query ($division: ID) {
  enquiries(first: 100, filter: { division: $division, state: OPEN }) { nodes { id question referredBy { name } } }
}`;
const atCounty = await until(async () => {
  const { enquiries } = await ask(LIST, { division: COUNTY }, county);
  return enquiries.nodes.find(({ question, referredBy }) => question === QUESTION && referredBy);
});
console.log(`${atCounty.referredBy.name} 转请答复: ${atCounty.question}`);
await done('reportEnquiry', 'ReportEnquiryInput', { id: atCounty.id, result: '只看户口簿和收入说明。' }, county);

const ONE = `query ($id: ID!) { enquiry(id: $id) { referrals { to { name } answer } } }`;
const { answer } = await until(async () => {
  const { enquiry } = await ask(ONE, { id: asked.id }, clerk);
  return enquiry.referrals.find((referral) => referral.answer);
});
await done('reportEnquiry', 'ReportEnquiryInput', { id: asked.id, result: `县民政窗口答复: ${answer}` }, clerk);

const TRACK = `query ($number: String!, $code: String!) { trackEnquiry(number: $number, code: $code) { state result } }`;
const { trackEnquiry } = await ask(TRACK, { number: asked.id, code: asked.code });
console.log(`${trackEnquiry.state}: ${trackEnquiry.result}`);
