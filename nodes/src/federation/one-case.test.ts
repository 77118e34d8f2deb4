import { filing } from '@liandong/schema/domains/filing';
import { enquiries } from '@liandong/schema/domains/enquiries';
import type { RoleName } from '@liandong/schema/wire';
import type { Viewer } from '@liandong/schema/operation';
import { ROLE_SCHEMAS } from '@liandong/schema/wire';
import { opensTo, roleSchema } from '@liandong/schema/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, LOW_INCOME, agent, application, material } from '../testing/cases.ts';
import type { Samples } from '../testing/inputs.ts';
import { mutationCall, queryCall, refusalsIn } from '../testing/inputs.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE } from '../testing/test-federation.ts';

interface RootField {
  role: RoleName;
  field: string;
  kind: 'query' | 'mutation';
  opens: ReturnType<typeof opensTo>;
}

const ROOT_FIELDS: RootField[] = ROLE_SCHEMAS.flatMap((role) =>
  (['query', 'mutation'] as const).flatMap((kind) => {
    const schema = roleSchema(role);
    const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
    return Object.values(root?.getFields() ?? {}).map((f) => ({ role, field: f.name, kind, opens: opensTo(f) }));
  }),
);
const opened = (opens: RootField['opens']) => ROOT_FIELDS.filter((root) => root.opens === opens);

let federation: TestFederation;
let asked: { id: string; number: string };
let samples: Samples;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  asked = await filed();
  const enquiry = await federation.desk(VILLAGE, enquiries).openEnquiry(agent, {
    item: LOW_INCOME,
    place: null,
    asker: { name: '包小敏', phone: null },
    idempotencyKey: null,
  });
  samples = samplesOf(asked, enquiry.id);
});
afterAll(() => federation.stop());

async function filed() {
  const made = await federation.desk(VILLAGE, filing).fileCase(agent, application());
  return { id: made.filing.id, number: made.filing.number };
}

function samplesOf({ id, number }: { id: string; number: string }, enquiry = 'none'): Samples {
  return {
    id,
    case: id,
    cases: [id],
    ids: [id],
    subject: id,
    keys: [{ id, at: VILLAGE }],
    '_items.keys': [{ code: LOW_INCOME, at: VILLAGE }],
    '_implementations.keys': [{ item: LOW_INCOME, node: COUNTY, at: VILLAGE }],
    '_catalogueSeqs.keys': [{ at: VILLAGE }],
    '_catalogueBases.keys': [{ at: VILLAGE, seq: 0 }],
    '_catalogueDrifts.keys': [{ at: VILLAGE }],
    '_placeRosters.keys': [{ at: VILLAGE }],
    '_casesWithin.keys': [{ at: VILLAGE }],
    'enquiry.id': enquiry,
    'ReportEnquiryInput.id': enquiry,
    'HandOnEnquiryInput.id': enquiry,
    'ReferEnquiryInput.id': enquiry,
    'ReferEnquiryInput.to': COUNTY,
    'AskQuestionInput.item': '3310-XX-999',
    number,
    division: VILLAGE,
    item: LOW_INCOME,
    code: LOW_INCOME,
    party: 1,
    seq: 1,
    sha256: '0'.repeat(64),
    day: '2026-06-01',
    from: '2026-06-01',
    to: '2026-06-02',
    applicant: application().applicant,
    consent: application().consent,
    materials: [material('身份证明')],
    items: [LOW_INCOME],
    'TransferCaseInput.to': TOWNSHIP,
    'GrantPowerInput.to': null,
    'AssignHandlerInput.to': { issuer: 'test-issuer', sub: 'colleague', name: '同事' },
    way: 'AT_DESK',
    'DeliverCaseInput.way': 'AGENT',
    'DeliverBundleInput.way': 'AGENT',
    'RevokeConsentInput.way': 'SIGNATURE',
    grade: 5,
  };
}

/** An agent who acts for an applicant, with the token that was given for that applicant's case. */
const actingFor = (number: string): Viewer => ({
  ...agent,
  actsFor: `applicant:${number}`,
  onlyCase: number,
});

async function call({ role, field, kind }: RootField, viewer: Viewer | null, given: Samples = samples) {
  const { query, variables } =
    kind === 'query' ? queryCall(roleSchema(role), field, given) : mutationCall(roleSchema(role), field, given);
  const token = viewer && (await federation.token(viewer));
  const { data, errors = [] } = await federation.ask(VILLAGE, { role, query, variables, token });
  const value: unknown = data?.[field] ?? null;
  const refused = kind === 'mutation' ? refusalsIn(value) : [];
  return { value, codes: [...errors.map((e) => e.extensions?.code), ...refused.map((e) => e.code)] };
}

describe('a token for one case', () => {
  test.each(ROOT_FIELDS.filter((root) => root.opens !== 'AS_PUBLIC'))(
    'is refused at $kind $field, which is asked about another case or none',
    async (root) => {
      const other = actingFor(`${asked.number.slice(0, -1)}9`);
      const { codes } = await call(root, other);
      expect(codes).toEqual(['FORBIDDEN']);
    },
  );

  test.each(opened('AS_PUBLIC'))('is answered at $kind $field as anybody is', async (root) => {
    const other = actingFor(`${asked.number.slice(0, -1)}9`);
    expect(await call(root, other)).toEqual(await call(root, null));
    expect((await call(root, null)).codes).not.toContain('UNAUTHENTICATED');
  });

  test.each(opened('ITS_CASE'))('is not refused at $kind $field where it is asked about its own case', async (root) => {
    const own = await filed();
    const { codes } = await call(root, actingFor(own.number), samplesOf(own));
    const post = await call(root, agent, samplesOf(own));
    expect(codes).not.toContain('FORBIDDEN');
    expect(post.codes).not.toContain('FORBIDDEN');
  });

  test('takes its case a step further', async () => {
    const { id, number } = await filed();
    const forward = ROOT_FIELDS.find(({ field }) => field === 'forwardCase');
    if (!forward) throw new Error('no forwardCase');
    expect((await call(forward, actingFor(number), { id })).codes).toEqual([]);
    expect((await new CaseSteps(federation).seen(id, agent))?.inTransitTo).toBe(TOWNSHIP);
  });
});
