// An agent in 包家村 files for a resident, sends the case up to 亭旁镇, and the resident follows it with the slip.
//   node examples/follow-a-case.mjs
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, open, signIn } from './ask.mjs';

const FILE = `mutation ($input: FileCaseInput!) {
  fileCase(input: $input) { case { id number } trackingCode errors { code message field } }
}`;
const FORWARD = `mutation ($input: CaseStepInput!) {
  forwardCase(input: $input) { case { id state } errors { code message field } }
}`;
const WHOM = `query ($id: ID!) { case(id: $id) { applicant { name phone } } }`;
const PHONE = `query ($id: ID!) { showPersonalData(case: $id, field: PHONE, purpose: "告知进度") }`;
const TRACK = `query ($number: String!, $code: String!) {
  track(number: $number, code: $code) { state custodian { name } steps { at action node { name } } }
}`;

const PAPERS = `query ($number: String!, $code: String!) {
  trackedPapers(number: $number, code: $code) { name sha256 }
}`;
const ADDRESS = `query ($case: ID!, $sha256: String!) {
  paperAddress(case: $case, sha256: $sha256) { path fileName }
}`;
const FIND = `query ($value: String!) {
  findCases(by: PHONE, value: $value, purpose: "申请人遗失回执") { id number state }
}`;
const REISSUE = `mutation ($input: ReissueTrackingCodeInput!) {
  reissueTrackingCode(input: $input) { trackingCode errors { code message field } }
}`;

/** A refusal is data: a mutation answers with `errors` and changes nothing. */
function done(payload) {
  const [refused] = payload.errors;
  if (refused) throw new Error(`${refused.code}: ${refused.message}`);
  return payload;
}

/** Each mutation has a key: asked again under the same one, it is done once. */
const key = () => ({ idempotencyKey: randomUUID() });

const paper = (name) => ({
  name,
  fileName: `${name}.txt`,
  mediaType: 'text/plain',
  content: Buffer.from(`${name}:示例材料`).toString('base64'),
});

const agent = await signIn('baojia-agent');
const filed = await ask(
  FILE,
  {
    input: {
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
    },
  },
  agent,
);
const { case: made, trackingCode } = done(filed.fileCase);
console.log(`收件 ${made.number}, 查询码 ${trackingCode}`);

// numbers are masked; one is shown for a purpose, which the resident can read in the log of reads
const { applicant } = (await ask(WHOM, { id: made.id }, agent)).case;
const { showPersonalData } = await ask(PHONE, { id: made.id }, agent);
console.log(`${applicant.name} ${applicant.phone}, 完整号码 ${showPersonalData}`);

done((await ask(FORWARD, { input: { ...key(), id: made.id } }, agent)).forwardCase);
console.log('上报 → 亭旁镇');

for (let tries = 0; ; tries++) {
  const { track } = await ask(TRACK, { number: made.number, code: trackingCode });
  if (track.custodian?.name === '亭旁镇') {
    for (const { at, action, node } of track.steps) console.log(`  ${at}  ${node.name}  ${action}`);
    break;
  }
  if (tries > 100) throw new Error('the case has not arrived at 亭旁镇');
  await pause(200);
}

// the township opens a paper that came up with the case: the address is for this reader alone
const clerk = await signIn('tingpang-clerk');
const { trackedPapers } = await ask(PAPERS, { number: made.number, code: trackingCode });
const { paperAddress } = await ask(ADDRESS, { case: made.id, sha256: trackedPapers[0].sha256 }, clerk);
const opened = await open(paperAddress.path, clerk);
console.log(`阅卷 ${paperAddress.fileName}: ${await opened.text()}`);

// the resident lost the slip: the village finds the cases by phone and gives a new code against the identity number
const { findCases } = await ask(FIND, { value: '138-0000-0001' }, agent);
const found = findCases.find(({ id }) => id === made.id);
const lost = { ...key(), case: made.id, idNumber: '331022195203120028', purpose: '申请人遗失回执' };
const reissued = done((await ask(REISSUE, { input: lost }, agent)).reissueTrackingCode).trackingCode;
const after = await ask(TRACK, { number: found.number, code: reissued });
console.log(`补发查询码 ${found.number}: ${reissued}, ${after.track.state}`);
