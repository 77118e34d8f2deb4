// The chief of 亭旁镇 names a steward for an enterprise. The steward sees the enterprise's cases at every desk of the
// township, and what each waits for. Then the service ends.
//   node examples/follow-an-enterprise.mjs
import { randomUUID } from 'node:crypto';
import { ask, signIn } from './ask.mjs';

const TOWNSHIP = '331022103';
const CODE = '91330100799655058B';
const administrator = await signIn('county-administrator');
const chief = await signIn('tingpang-chief');
const steward = await signIn('tingpang-agent');
const villageAgent = await signIn('baojia-agent');
const { sub, name } = JSON.parse(Buffer.from(steward.split('.')[1], 'base64url').toString());
const now = new Date().toISOString();

/** Asks a mutation, and fails with its first error. */
async function change(token, query, input) {
  const { done } = await ask(query, { input: { idempotencyKey: randomUUID(), ...input } }, token);
  if (done.errors.length > 0) throw new Error(`${done.errors[0].code}: ${done.errors[0].message}`);
  return done;
}

// a steward holds a post at the desk
await change(
  administrator,
  `mutation ($input: GivePostInput!) { done: givePost(input: $input) { errors { code message } } }`,
  {
    division: TOWNSHIP,
    sub,
    name,
    roles: ['AGENT'],
    from: new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
  },
);
const { enterprise } = await change(
  chief,
  `mutation ($input: NameStewardInput!) {
    done: nameSteward(input: $input) {
      enterprise { id name code steward { name } contact { name phone } } errors { code message } } }`,
  { code: CODE, name: '三门联动公司', contact: { name: '李经理', phone: '13800000009' }, steward: { sub, name } },
);
const { contact } = enterprise;
console.log(
  `${enterprise.name} ${enterprise.code}: 管家 ${enterprise.steward.name}, 联络员 ${contact.name} ${contact.phone}`,
);

await change(
  villageAgent,
  `mutation ($input: FileCaseInput!) { done: fileCase(input: $input) { errors { code message } } }`,
  {
    item: '3310-MZ-001',
    applicant: { name: '三门联动公司', idType: 'SOCIAL_CREDIT_CODE', idNumber: CODE, phone: '13800000009' },
    consent: { givenBy: '李经理', way: 'FINGERPRINT', scope: '代办', givenAt: now },
    materials: [],
  },
);

const { myEnterprises } = await ask('query { myEnterprises { nodes { id name } } }', {}, steward);
console.log(`我服务的企业 ${myEnterprises.nodes.map((e) => e.name).join(' ')}`);
const { stewardPass } = await ask('query ($id: ID!) { stewardPass(id: $id) { pass } }', { id: enterprise.id }, steward);
const { nodes } = await ask(
  `query ($division: ID!, $pass: String!) { nodes: enterpriseCasesWithin(division: $division, pass: $pass) {
    node { name } errors { code }
    enterpriseCases { cases { number waits { kind division { name } } } nextItems { item { name } } } } }`,
  { division: TOWNSHIP, pass: stewardPass.pass },
  steward,
);
for (const { node, enterpriseCases: found } of nodes) {
  for (const { number, waits } of found?.cases ?? []) {
    console.log(`企业在办件 ${node.name} ${number}: ${waits.kind} ${waits.division.name}`);
  }
}
const { showContactPhone } = await ask(
  'query ($id: ID!) { showContactPhone(id: $id, purpose: "联系补正") }',
  { id: enterprise.id },
  steward,
);
console.log(`联络员电话 ${showContactPhone}`);

await change(
  chief,
  `mutation ($input: EndStewardInput!) { done: endSteward(input: $input) { errors { code message } } }`,
  { id: enterprise.id, reason: '企业迁出' },
);
const after = await ask('query { myEnterprises { nodes { id } } }', {}, steward);
console.log(`终止后 ${after.myEnterprises.nodes.length} 家`);
