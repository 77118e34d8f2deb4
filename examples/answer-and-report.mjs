// Two cases that end without a decision of ours. A project's question is answered in writing (答复件), and a permit that
// an organ outside the city decides is passed on to it; what comes back is delivered (转报).
//   node examples/answer-and-report.mjs
import { randomUUID } from 'node:crypto';
import { ask, signIn, upload } from './ask.mjs';

const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
const applicant = {
  name: '三门海润水产有限公司',
  idType: 'SOCIAL_CREDIT_CODE',
  idNumber: '91330100799655058B',
  phone: '13800000005',
};

/** Files at the county's own window, where the applicant has come. */
async function file(token, item, names) {
  const materials = names.map((name) => ({
    name,
    fileName: `${name}.txt`,
    mediaType: 'text/plain',
    content: Buffer.from(`${name}:示例材料`).toString('base64'),
  }));
  const document = `mutation ($input: FileCaseInput!) {
    fileCase(input: $input) { case { id number } errors { code message } }
  }`;
  return (await done('fileCase', document, { item, place: '331022103', applicant, materials }, token)).case;
}

/** Does one step. @returns its answer; throws the first refusal */
async function done(name, document, input, token) {
  const { [name]: answer } = await ask(document, { input: { ...input, idempotencyKey: randomUUID() } }, token);
  const [refused] = answer.errors;
  if (refused) throw new Error(`${name}: ${refused.code}: ${refused.message}`);
  return answer;
}
const step = (name, type, input, token) =>
  done(
    name,
    `mutation ($input: ${type}!) {
      ${name}(input: $input) {
        case { number state answer { verdict needs } report { to late dueOn } result } errors { code message }
      }
    }`,
    input,
    token,
  );

const planning = await signIn('county-development-clerk');
const asked = await file(planning, '3310-FG-002', ['控制事项答复申请表', '项目基本情况说明']);
const { case: answered } = await step(
  'answerCase',
  'AnswerCaseInput',
  {
    id: asked.id,
    verdict: 'ON_CONDITIONS',
    reason: '属限制类项目',
    basis: '《产业结构调整指导目录》',
    needs: ['节能审查意见'],
  },
  planning,
);
console.log(
  `答复件 ${asked.number}: ${answered.state} ${answered.answer.verdict}, 需要 ${answered.answer.needs.join('、')}`,
);

const [clerk, reviewer, chief] = await Promise.all(
  ['county-water-clerk', 'county-water-reviewer', 'county-water-chief'].map((name) => signIn(name)),
);
const permit = await file(clerk, '3310-SL-002', ['取水许可申请书', '水资源论证报告']);
const { id } = permit;
await step('acceptCase', 'CaseStepInput', { id }, clerk);
const conditions = ['年取水量不超过 5 万立方米'];
await step('reviewCase', 'ReviewCaseInput', { id, opinion: 'APPROVE', conditions }, reviewer);

// before the chief signs: who reviewed it, and under which conditions
const REVIEWS = `query ($id: ID!) {
  case(id: $id) { log { action actor data { reviewed { opinion conditions department } } } }
}`;
const { log } = (await ask(REVIEWS, { id }, chief)).case;
for (const { actor, data } of log.filter(({ action }) => action === 'REVIEWED')) {
  const { opinion, conditions: under, department } = data.reviewed;
  console.log(`审查 ${department} ${actor}: ${opinion}, 条件 ${under.join('、')}`);
}
const { case: sent } = await step(
  'reportOutside',
  'ReportOutsideInput',
  { id, to: '省水利厅', number: '三水〔2026〕1号', sentOn: today, way: 'EXCHANGE', sent: '全套材料和审查意见' },
  chief,
);
console.log(`转报 ${permit.number}: ${sent.state} → ${sent.report.to}`);
await step('recordReportProgress', 'RecordReportProgressInput', { id, event: 'RECEIVED', on: today }, clerk);
const document = await upload(Buffer.from('%PDF-1.4 取水许可 %%EOF'), '取水许可.pdf', 'application/pdf', clerk);
await step(
  'recordReportResult',
  'RecordReportResultInput',
  { id, result: 'GRANTED', number: '浙水许〔2026〕8号', on: today, upload: document },
  clerk,
);
const { case: delivered } = await step('deliverCase', 'DeliverCaseInput', { id, way: 'WINDOW' }, clerk);
console.log(`送达 ${permit.number}: ${delivered.state} ${delivered.result}`);
