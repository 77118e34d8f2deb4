import { enquiries } from '@liandong/schema/domains/enquiries';
import { randomUUID } from 'node:crypto';
import type { Action, Viewer } from '@liandong/schema/operation';
import type { Role, Tier } from '@liandong/schema/kernel';
import type { RoleName } from '@liandong/schema/wire';
import { DOMAINS } from '@liandong/schema/domains';
import { dutiesOf, PERMISSIONS } from '@liandong/schema/operation';
import { ROLES } from '@liandong/schema/kernel';
import { ROLE_SCHEMAS } from '@liandong/schema/wire';
import { roleSchema } from '@liandong/schema/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, LOW_INCOME, agent, application, material } from '../testing/cases.ts';
import { dumpOf } from '../testing/dump.ts';
import type { Samples } from '../testing/inputs.ts';
import { mutationCall, refusalsIn } from '../testing/inputs.ts';
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
 * The duty each mutation of the graph belongs to; PUBLIC needs no login. A mutation that is missing here fails the
 * walk.
 */
const DUTIES: Record<string, Action | 'PUBLIC'> = dutiesOf(DOMAINS);

interface Mutation {
  role: RoleName;
  field: string;
}
const MUTATIONS: Mutation[] = ROLE_SCHEMAS.flatMap((role) =>
  Object.keys(roleSchema(role).getMutationType()?.getFields() ?? {}).map((field) => ({ role, field })),
);

const DESKS: Record<Tier, string> = { CITY, COUNTY, TOWNSHIP, VILLAGE };
/** A desk of the same tier, or of another if there is only one. */
const NEIGHBOURS: Record<Tier, string> = {
  CITY: COUNTY,
  COUNTY: '331023',
  TOWNSHIP: OTHER_TOWNSHIP,
  VILLAGE: OTHER_VILLAGE,
};
const TIERS_DOWN: Tier[] = ['CITY', 'COUNTY', 'TOWNSHIP', 'VILLAGE'];

let federation: TestFederation;
let samples: Record<string, Samples>;
let before: Map<string, string>;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  const steps = new CaseSteps(federation);
  const id = await steps.file();
  const own: Record<string, string> = { [VILLAGE]: id };
  for (const node of [TOWNSHIP, COUNTY])
    own[node] = await steps.file(personAt(node, 'CLERK', '民政'), application({ place: VILLAGE }));
  const asked = await federation
    .desk(VILLAGE, enquiries)
    .openEnquiry(agent, { item: LOW_INCOME, place: null, asker: null, idempotencyKey: null });
  samples = Object.fromEntries(
    Object.values(DESKS).map((node) => [node, samplesAt(own[node] ?? `${node}~${randomUUID()}`, id, asked.id)]),
  );
  await settled();
  before = await states();
});
afterAll(() => federation.stop());

/** @param filed a case of the village */
function samplesAt(caseId: string, filed: string, enquiry: string): Samples {
  return {
    id: caseId,
    case: caseId,
    'ReportEnquiryInput.id': enquiry,
    'HandOnEnquiryInput.id': enquiry,
    'ReferEnquiryInput.id': enquiry,
    'ReferEnquiryInput.to': COUNTY,
    'AskQuestionInput.item': '3310-XX-999',
    'AskQuestionInput.kind': 'QUESTION',
    'SetAnswerTermInput.kind': 'QUESTION',
    'EndDelegationInput.id': randomUUID(),
    'AnswerDelegationInput.id': randomUUID(),
    'RetryParkedInput.id': randomUUID(),
    'AnswerParkedInput.id': randomUUID(),
    'RevokeInput.id': randomUUID(),
    'DeliverBundleInput.id': randomUUID(),
    change: randomUUID(),
    slot: randomUUID(),
    'ChangeSlotInput.id': randomUUID(),
    'CloseSlotInput.id': randomUUID(),
    'OpenSlotsInput.days': ['2026-12-31'],
    'CallAgainInput.number': 'A001',
    'QueueNumberInput.number': 'A001',
    begins: '09:00',
    ends: '10:00',
    item: LOW_INCOME,
    'BundleFillInput.item': LOW_INCOME,
    'FileBundleInput.item': '3310-LB-001',
    code: LOW_INCOME,
    'OpenWindowInput.code': 'A1',
    'CloseWindowInput.code': 'A1',
    window: 'A1',
    applicant: application().applicant,
    consent: application().consent,
    node: TOWNSHIP,
    phone: '13800000001',
    project: `${COUNTY}-P-20260105-001`,
    'AmendProjectInput.id': `${COUNTY}-P-20260105-001`,
    'DispatchProjectInput.id': `${COUNTY}-P-20260105-001`,
    'EndProjectInput.id': `${COUNTY}-P-20260105-001`,
    'FlagKeyProjectInput.id': `${COUNTY}-P-20260105-001`,
    'AnswerProjectOrderInput.id': `${COUNTY}-P-20260105-001`,
    'ReachProjectPhaseInput.id': `${COUNTY}-P-20260105-001`,
    materials: [material('身份证明')],
    items: [LOW_INCOME],
    cases: [caseId],
    ids: [filed],
    'MarkSignalsReadInput.ids': [randomUUID()],
    'MarkSignalsReadInput.upTo': null,
    grantee: TOWNSHIP,
    grantor: COUNTY,
    from: '2026-06-01',
    to: TOWNSHIP,
    'GrantPowerInput.to': null,
    'AssignHandlerInput.to': { issuer: 'test-issuer', sub: 'colleague', name: '同事' },
    number: '331022103201-20260105-00001',
    grade: 5,
    'ChangeFeeInput.change': 'ADDED',
    'ChangeLegalBasisInput.change': 'NEW',
  };
}

/** The contents of a node's database, without signs of life, what the road changes, and counts of refused attempts. */
async function states(): Promise<Map<string, string>> {
  const held = new Map<string, string>();
  for (const node of Object.values(DESKS)) {
    const dump = await dumpOf(federation.db(node));
    const lines = dump
      .split('\n')
      .filter(
        (line) => !/^(lives|feeds|feed_cursors|outbox|inbox|receipts|serials|idempotency|search_rates) /.test(line),
      );
    held.set(node, lines.sort().join('\n'));
  }
  return held;
}

/** Waits until nothing is owed here any more: every message has its receipt, and every feed entry has arrived. */
async function settled(): Promise<void> {
  const desks = Object.values(DESKS);
  await eventually(async () => {
    const owed = await Promise.all(
      desks.map((node) =>
        federation.rows(
          node,
          `SELECT 1 FROM outbox WHERE settled_at IS NULL UNION ALL SELECT 1 FROM feed_pending UNION ALL
           SELECT 1 FROM feed_cursors c JOIN feeds f USING (node, feed, publisher)
           WHERE c.acked < f.head AND c.subscriber IN (${desks.map((desk) => `'${desk}'`).join(', ')}) LIMIT 1`,
        ),
      ),
    );
    return owed.every((rows) => rows.length === 0);
  });
}

/** The part of the variables that has the idempotency key. */
function keyedIn(variables: Record<string, unknown>): object {
  const { input = variables } = variables as { input?: { each?: object[] } };
  const [first = input] = (input as { each?: object[] }).each ?? [];
  return first;
}

/** A node's answer to a person: the codes of a refusal, or `done`. */
async function call(node: string, { role, field }: Mutation, viewer: Viewer | null, key?: string): Promise<string> {
  const { query, variables } = mutationCall(roleSchema(role), field, samples[node] ?? {});
  if (key !== undefined) Object.assign(keyedIn(variables), { idempotencyKey: key });
  const token = viewer && (await federation.token(viewer));
  const { data, errors = [] } = await federation.ask(node, { role, query, variables, token });
  const codes = [
    ...errors.map((error) => error.extensions?.code ?? 'none'),
    ...refusalsIn(data?.[field]).map((error) => (error.code === 'BAD_INPUT' ? `BAD_INPUT ${error.field}` : error.code)),
  ];
  return codes[0] ?? 'done';
}

/** An idempotency key that was used for something else. */
const KEY = 'used-before';
const spend = (node: string, subject: string, key: string) =>
  federation.rows(
    node,
    `INSERT INTO idempotency (node, subject, key, request_hash, response)
     VALUES ($1, $2, $3, 'of another request', 'sealed') ON CONFLICT DO NOTHING`,
    [node, subject, key],
  );

const may = (action: Action, role: Role, tier: Tier) => PERMISSIONS[action][role]?.includes(tier) ?? false;

describe('every mutation of the graph', () => {
  test('is somebody’s duty', () => {
    expect(MUTATIONS.map((m) => m.field).sort()).toEqual(Object.keys(DUTIES).sort());
  });

  test.each(MUTATIONS.filter((m) => DUTIES[m.field] === 'PUBLIC'))(
    '$field is open to whoever knows what it is about, a case’s or an appointment’s number and code, a slot or an item, and to nobody else',
    async (mutation) => {
      expect(['NOT_FOUND', 'ITEM_UNKNOWN']).toContain(await call(VILLAGE, mutation, null));
    },
  );

  test.each(
    MUTATIONS.flatMap((mutation) => {
      const action = DUTIES[mutation.field];
      return action === undefined || action === 'PUBLIC' ? [] : [{ field: mutation.field, mutation, action }];
    }),
  )('$field is refused to whoever may not, at every tier, with a code', async ({ mutation, action }) => {
    const wrong: string[] = [];
    for (const tier of TIERS_DOWN) {
      const node = DESKS[tier];
      const expected = async (who: string, viewer: Viewer | null, codes: string[]) => {
        const code = await call(node, mutation, viewer);
        if (!codes.includes(code)) wrong.push(`${who} at ${tier}: ${code}`);
      };
      await expected('nobody', null, ['UNAUTHENTICATED']);
      for (const role of ROLES) {
        const own = personAt(node, role, '民政');
        if (!may(action, role, tier)) await expected(role, own, ['FORBIDDEN', 'NOT_FOUND']);
        else
          await expected(`a neighbour's ${role}`, personAt(NEIGHBOURS[tier], role, '民政'), ['FORBIDDEN', 'NOT_FOUND']);
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each(
    MUTATIONS.flatMap((mutation) => {
      const action = DUTIES[mutation.field];
      return action === undefined || action === 'PUBLIC' ? [] : [{ field: mutation.field, mutation, action }];
    }),
  )('$field looks at its key before it does anything', async ({ mutation, action }) => {
    const posts = TIERS_DOWN.flatMap((tier) =>
      ROLES.filter((role) => may(action, role, tier)).map((role) => [DESKS[tier], role] as const),
    );
    const codes = await Promise.all(
      posts.map(async ([node, role]) => {
        const person = personAt(node, role, '民政');
        await spend(node, person.sub, KEY);
        return call(node, mutation, person, KEY);
      }),
    );
    expect(codes).toContain('IDEMPOTENCY_MISMATCH');
  });

  test('that was refused changed nothing', async () => {
    await settled();
    const after = await states();
    for (const node of Object.values(DESKS)) expect(after.get(node)).toBe(before.get(node));
  });
});
