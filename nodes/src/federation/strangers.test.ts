import { enquiries } from '@liandong/schema/domains/enquiries';
import { DOMAINS } from '@liandong/schema/domains';
import type { Role } from '@liandong/schema/kernel';
import type { RoleName } from '@liandong/schema/wire';
import type { Viewer } from '@liandong/schema/operation';
import { operationsOf } from '@liandong/schema/operation';
import { delegation } from '@liandong/schema/domains/delegation';
import { ROLE_SCHEMAS } from '@liandong/schema/wire';
import { dayOf } from '@liandong/schema/kernel';
import { roleSchema } from '@liandong/schema/graph';
import { bundles } from '@liandong/schema/domains/bundles';
import { projects } from '@liandong/schema/domains/projects';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CaseSteps,
  LOW_INCOME,
  RELIEF,
  agent,
  application,
  chief,
  clerk,
  countyChief,
  material,
} from '../testing/cases.ts';
import type { Samples } from '../testing/inputs.ts';
import { mutationCall, queryCall } from '../testing/inputs.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  OTHER_VILLAGE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';

/**
 * What the public may ask: catalogue, places, published lists and figures, the people at each window, the data on
 * offer, the slots that can be booked, the numbers called in a hall, what a number and its tracking code open, and
 * whether a login is somebody's.
 */
const PUBLIC = [
  '_accountHomes',
  'admission',
  'answerTerms',
  'appointmentSlots',
  'catalog',
  'catalogEntry',
  '_catalogueBases',
  '_catalogueDrifts',
  '_catalogueSeqs',
  'competence',
  'dataOffers',
  'dataUse',
  'delegations',
  'formPart',
  'fullAuthority',
  'guide',
  '_heldPosts',
  '_implementations',
  'item',
  '_items',
  'legalBases',
  '_passwordChoices',
  'personalDataReads',
  '_placeRosters',
  'powerTransfers',
  'queueBoard',
  'publishedList',
  '_signIns',
  'standardization',
  'track',
  'verifyDocument',
  'windows',
];

const QUESTIONS = ROLE_SCHEMAS.flatMap((role) =>
  Object.keys(roleSchema(role).getQueryType()?.getFields() ?? {}).map((field) => ({ role, field })),
);

/** Viewers without a part in the village's case, enquiry, bundle, request or grant. */
const STRANGERS: [string, Viewer | null][] = [
  ['nobody', null],
  ['the agent of the next village', personAt(OTHER_VILLAGE, 'AGENT')],
  ['a clerk of the next township', personAt(OTHER_TOWNSHIP, 'CLERK')],
  ['the chief of the next township', personAt(OTHER_TOWNSHIP, 'CHIEF')],
  ['a supervisor of another county', personAt('331023', 'SUPERVISOR')],
  ['a cashier of the next township', personAt(OTHER_TOWNSHIP, 'CASHIER')],
];

/** MISROUTED only if the gateway alone gathers the answer, ADDRESS_EXPIRED only if a ticket opens it. */
const REFUSALS = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'MISROUTED', 'ADDRESS_EXPIRED'];

/** Questions about the caller's own desk. */
const OF_OWN_DESK = operationsOf(DOMAINS).flatMap(({ operation, domain: { role } }) =>
  operation.kind === 'query' && operation.route.by === 'viewer' ? [{ role, field: operation.name }] : [],
);

let federation: TestFederation;
let samples: Samples;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE] });
  const id = await new CaseSteps(federation).file();
  const asked = await federation.desk(VILLAGE, enquiries).openEnquiry(agent, {
    item: LOW_INCOME,
    place: null,
    asker: { name: '包小敏', phone: '13900009999' },
    idempotencyKey: null,
  });
  samples = {
    id,
    case: id,
    cases: [id],
    subject: id,
    keys: [{ id, at: VILLAGE }],
    '_casesWithin.keys': [{ at: VILLAGE }],
    enquiry: asked.id,
    division: VILLAGE,
    item: RELIEF,
    code: LOW_INCOME,
    party: 1,
    sha256: '0'.repeat(64),
    day: '2026-06-01',
    from: '2026-06-01',
    to: '2026-06-02',
    window: 'A1',
    ...(await othersObjects()),
  };
});
afterAll(() => federation.stop());

const townAgent = personAt(TOWNSHIP, 'AGENT');
const keeper = personAt(COUNTY, 'CLERK');

/** A bundle of the township, a grant offered to it, a power it asks for, and a project of the county: real ones. */
async function othersObjects(): Promise<Samples> {
  const { bundle } = await federation.desk(TOWNSHIP, bundles).fileBundle(townAgent, {
    item: '3310-LB-001',
    place: null,
    applicant: application().applicant,
    consent: application().consent,
    form: Object.entries(ENTERPRISE).map(([field, value]) => ({ field, value })),
    materials: PAPERS.map((name) => material(name)),
    idempotencyKey: null,
  });
  const power = {
    items: [RELIEF],
    stages: ['DECIDE' as const],
    mode: 'ENTRUSTED' as const,
    capFen: 100_000,
  };
  const { grant } = await federation.desk(COUNTY, delegation).grantPower(countyChief, {
    idempotencyKey: null,
    ...power,
    grantee: TOWNSHIP,
    from: dayOf(federation.now()),
    to: null,
    basis: '《社会救助暂行办法》第四十八条',
    announcement: '三门县民政局委托亭旁镇人民政府确认小额临时救助',
    request: null,
  });
  const { mode: _, ...wanted } = power;
  const asked = await federation.desk(TOWNSHIP, delegation).requestPower(chief, {
    idempotencyKey: null,
    ...wanted,
    grantor: COUNTY,
    reason: '就近办理',
    staff: 3,
  });
  const project = await federation.desk(COUNTY, projects).registerProject(keeper, {
    name: '三门县滨海新城产业园',
    amountFen: 1_000_000,
    place: VILLAGE,
    on: dayOf(federation.now()),
    idempotencyKey: null,
  });
  await eventually(async () => {
    const [grants, requests] = [
      await federation.desk(TOWNSHIP, delegation).delegations(null, { division: TOWNSHIP }),
      await federation.desk(COUNTY, delegation).delegationRequests(countyChief, {}),
    ];
    return grants.some((g) => g.grant.id === grant.id) && requests.some((r) => r.id === asked.id);
  });
  return {
    'bundle.id': bundle.id,
    'DeliverBundleInput.id': bundle.id,
    'AnswerDelegationInput.id': grant.id,
    'EndDelegationInput.id': grant.id,
    requestedPower: asked.id,
    'project.id': project.file.id,
    'AmendProjectInput.id': project.file.id,
    'EndProjectInput.id': project.file.id,
  };
}
const ENTERPRISE = {
  enterpriseName: '三门联动科技有限公司',
  capital: '100',
  businessScope: '软件开发',
  address: '三门县海润街道1号',
  representative: '王秀英',
  sealKinds: '公章',
  employees: '3',
  bank: '台州银行三门支行',
};
const PAPERS = ['登记申请书', '主体资格文件', '住所使用证明', '章程', '身份证明', '法定代表人身份证明'];

async function answer({ role, field }: { role: RoleName; field: string }, viewer: Viewer | null, node = VILLAGE) {
  const { query, variables } = queryCall(roleSchema(role), field, samples);
  const token = viewer && (await federation.token(viewer));
  const { data, errors = [] } = await federation.ask(node, { role, query, variables, token });
  const value: unknown = data?.[field] ?? null;
  const outcomes = (Array.isArray(value) ? (value as unknown[]) : []).filter(isOutcome);
  const refused = outcomes.flatMap((outcome) => outcome.errors.map(({ code }) => code));
  return { value, codes: [...errors.map((error) => error.extensions?.code), ...refused] };
}

/** One of many outcomes: what was found, or why it was refused. */
interface Outcome {
  errors: { code: string }[];
}
const isOutcome = (entry: unknown): entry is Outcome =>
  typeof entry === 'object' && entry !== null && 'errors' in entry;
/** Whether an answer tells nothing: null, or outcomes that hold nothing but refusals. */
const isNothing = (value: unknown): boolean =>
  value === null ||
  (Array.isArray(value) && value.every(isNothing)) ||
  (isOutcome(value) && Object.entries(value).every(([key, found]) => key === 'errors' || found === null));

describe('what a desk keeps', () => {
  const closed = QUESTIONS.filter(({ field }) => !PUBLIC.includes(field));

  test.each(closed)('is not told to strangers: $field', async (question) => {
    const told: string[] = [];
    for (const [who, viewer] of STRANGERS) {
      const { value, codes } = await answer(question, viewer);
      const refused = codes.length > 0 && codes.every((code) => REFUSALS.includes(code ?? ''));
      if (!isNothing(value) || !refused) told.push(`${who}: ${JSON.stringify(value)} ${codes.join(' ')}`);
    }
    expect(told).toEqual([]);
  });

  test.each(OF_OWN_DESK)('is asked at the own desk alone, whoever carries the question: $field', async (question) => {
    const posts: Role[] = ['AGENT', 'CLERK', 'CHIEF', 'DEPUTY_HEAD', 'HEAD', 'SUPERVISOR'];
    for (const viewer of posts.map((post) => personAt(COUNTY, post))) {
      const { value, codes } = await answer(question, viewer);
      expect([viewer.sub, value, codes]).toEqual([viewer.sub, null, ['FORBIDDEN']]);
    }
  });

  test('is told to the desk itself: the questions do find what is asked for', async () => {
    for (const field of ['_filing', '_handling', 'caseNotice', 'cases', 'enquiries']) {
      const question = QUESTIONS.find((q) => q.field === field);
      if (!question) throw new Error(`no question ${field}`);
      expect([field, (await answer(question, agent)).codes]).toEqual([field, []]);
    }
  });

  test('is closed unless it is in the list of what is open, which names questions that are there', () => {
    const names = QUESTIONS.map(({ field }) => field);
    expect(PUBLIC.filter((field) => !names.includes(field))).toEqual([]);
  });
});

describe('an object that is there', () => {
  const question = (field: string) => {
    const found = QUESTIONS.find((q) => q.field === field);
    if (!found) throw new Error(`no question ${field}`);
    return found;
  };
  const attempt = async (node: string, role: RoleName, field: string, viewer: Viewer | null) => {
    const of = field === 'declinePowerRequest' ? { 'EndDelegationInput.id': samples['requestedPower'] } : {};
    const { query, variables } = mutationCall(roleSchema(role), field, { ...samples, ...of });
    const token = viewer && (await federation.token(viewer));
    const { data, errors = [] } = await federation.ask(node, { role, query, variables, token });
    const payload = data?.[field] as { errors: { code: string }[] } | null | undefined;
    return [...errors.map((e) => e.extensions?.code), ...(payload?.errors ?? []).map((e) => e.code)];
  };
  const at = (node: string, ...roles: Role[]) => roles.map((role): [string, Viewer] => [node, personAt(node, role)]);

  test.each([
    ['bundle', TOWNSHIP, townAgent],
    ['project', COUNTY, keeper],
  ] as const)('is read by its own desk and by no stranger: %s', async (field, node, own) => {
    expect(await answer(question(field), own, node)).toMatchObject({ codes: [], value: expect.anything() });
    for (const [who, viewer] of STRANGERS) {
      const { value, codes } = await answer(question(field), viewer, node);
      expect([who, value, REFUSALS.includes(codes[0] ?? 'told')]).toEqual([who, null, true]);
    }
  });

  // the holder of the very post that may do it, at another desk: also at their own, where the object is not
  test.each<[RoleName, string, string, [string, Viewer][]]>([
    ['bundles', 'deliverBundle', TOWNSHIP, [...at(OTHER_TOWNSHIP, 'AGENT', 'CLERK'), ...at(OTHER_VILLAGE, 'AGENT')]],
    ['delegation', 'answerDelegation', TOWNSHIP, [...at(OTHER_TOWNSHIP, 'CHIEF', 'HEAD'), ...at(COUNTY, 'CHIEF')]],
    ['delegation', 'handBackDelegation', TOWNSHIP, [...at(OTHER_TOWNSHIP, 'CHIEF', 'HEAD'), ...at(COUNTY, 'CHIEF')]],
    ['delegation', 'revokeDelegation', COUNTY, [...at('331023', 'CHIEF', 'HEAD'), ...at(TOWNSHIP, 'CHIEF')]],
    ['delegation', 'declinePowerRequest', COUNTY, [...at('331023', 'CHIEF', 'HEAD'), ...at(TOWNSHIP, 'CHIEF')]],
    ['projects', 'amendProject', COUNTY, [...at('331023', 'CLERK', 'CHIEF'), ...at(OTHER_TOWNSHIP, 'CLERK')]],
    ['projects', 'endProject', COUNTY, [...at('331023', 'CLERK', 'CHIEF', 'HEAD'), ...at(OTHER_TOWNSHIP, 'CHIEF')]],
  ])('%s: %s is refused to the same post of another desk', async (role, field, node, others) => {
    for (const [desk, viewer] of others) {
      for (const place of new Set([node, federation.nodes().includes(desk) ? desk : node])) {
        const codes = await attempt(place, role, field, viewer);
        expect([viewer.sub, place, codes.length > 0 && codes.every((c) => REFUSALS.includes(c ?? ''))]).toEqual([
          viewer.sub,
          place,
          true,
        ]);
      }
    }
  });

  test('is as it was after all of that, and its own desk may', async () => {
    const known = await federation.desk(TOWNSHIP, delegation).delegations(null, { division: TOWNSHIP });
    const offered = known.find(({ grant }) => grant.id === samples['EndDelegationInput.id']);
    expect(offered?.state).toBe('OFFERED');
    expect((await federation.desk(COUNTY, delegation).delegationRequests(countyChief, {}))[0]?.declined).toBeNull();
    expect(await attempt(TOWNSHIP, 'delegation', 'answerDelegation', chief)).toEqual([]);
    expect(await attempt(COUNTY, 'delegation', 'declinePowerRequest', countyChief)).toEqual([]);
    // the state of its members refuses it, which only the own desk is told
    expect(await attempt(TOWNSHIP, 'bundles', 'deliverBundle', clerk)).toEqual(['BUNDLE_OPEN']);
  });
});
