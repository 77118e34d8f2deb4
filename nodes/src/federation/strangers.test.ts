import { randomUUID } from 'node:crypto';
import type { RoleName, Viewer } from '@liandong/schema';
import { ROLE_SCHEMAS, roleSchema } from '@liandong/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, LOW_INCOME, RELIEF, agent } from '../testing/cases.ts';
import type { Samples } from '../testing/inputs.ts';
import { queryCall } from '../testing/inputs.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  OTHER_VILLAGE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  personAt,
} from '../testing/test-federation.ts';

/**
 * What anybody may ask: catalogue, places, published lists and figures, who is at which window, what data is offered,
 * and what a number and its tracking code open.
 */
const PUBLIC = [
  'admission',
  'catalog',
  'catalogEntry',
  '_catalogueBases',
  '_catalogueDrifts',
  '_catalogueSeqs',
  'competence',
  'dataOffers',
  'dataUse',
  'delegations',
  'fullAuthority',
  'guide',
  '_implementations',
  'item',
  '_items',
  'legalBases',
  'personalDataReads',
  '_placeRosters',
  'powerTransfers',
  'publishedList',
  'standardization',
  'track',
  'windows',
];

const QUESTIONS = ROLE_SCHEMAS.flatMap((role) =>
  Object.keys(roleSchema(role).getQueryType()?.getFields() ?? {}).map((field) => ({ role, field })),
);

/** Who has nothing to do with the village's case, enquiry, bundle, request or grant. */
const STRANGERS: [string, Viewer | null][] = [
  ['nobody', null],
  ['the agent of the next village', personAt(OTHER_VILLAGE, 'AGENT')],
  ['a clerk of the next township', personAt(OTHER_TOWNSHIP, 'CLERK')],
  ['the chief of the next township', personAt(OTHER_TOWNSHIP, 'CHIEF')],
  ['a supervisor of another county', personAt('331023', 'SUPERVISOR')],
  ['a cashier of the next township', personAt(OTHER_TOWNSHIP, 'CASHIER')],
];

/** The last where only the gateway gathers the answer. */
const REFUSALS = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'MISROUTED'];

let federation: TestFederation;
let samples: Samples;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  const id = await new CaseSteps(federation).file();
  const asked = await federation.services(VILLAGE).enquiries.open(agent, {
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
    bundle: randomUUID(),
  };
});
afterAll(() => federation.stop());

async function answer({ role, field }: { role: RoleName; field: string }, viewer: Viewer | null) {
  const { query, variables } = queryCall(roleSchema(role), field, samples);
  const token = viewer && (await federation.token(viewer));
  const { data, errors = [] } = await federation.ask(VILLAGE, { role, query, variables, token });
  return { value: data?.[field] ?? null, codes: errors.map((error) => error.extensions?.code) };
}

describe('what a desk keeps', () => {
  const closed = QUESTIONS.filter(({ field }) => !PUBLIC.includes(field));

  test.each(closed)('is not told to strangers: $field', async (question) => {
    const told: string[] = [];
    for (const [who, viewer] of STRANGERS) {
      const { value, codes } = await answer(question, viewer);
      const nothing = value === null || (Array.isArray(value) && value.every((entry) => entry === null));
      const refused = codes.length > 0 && codes.every((code) => REFUSALS.includes(code ?? ''));
      if (!nothing || !refused) told.push(`${who}: ${JSON.stringify(value)} ${codes.join(' ')}`);
    }
    expect(told).toEqual([]);
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
