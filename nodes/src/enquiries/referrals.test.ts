import { enquiries } from '@liandong/schema/domains/enquiries';
import type { Viewer } from '@liandong/schema/operation';
import type { MessageKind } from '@liandong/schema/wire';
import { PROTOCOL } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Outbox } from '../handoff/index.ts';
import { codesOf } from '../testing/cases.ts';
import { putOutbox } from '../testing/outbox.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';

const once = { idempotencyKey: null };
const agent = personAt(VILLAGE, 'AGENT');
const clerk = personAt(COUNTY, 'CLERK', '民政');
const desk = (viewer: Viewer) => federation.desk(viewer.division, enquiries);

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE] });
});
afterAll(() => federation.stop());

const ask = async (item: string | null = null) => {
  const question = '王秀英的临时救助标准是多少,电话 13800000001';
  const asked = { division: VILLAGE, kind: 'QUESTION' as const, question, item, asker: null, ...once };
  const { id, code } = await federation.desk(VILLAGE, enquiries).askQuestion(null, asked);
  return { id, code: code ?? '' };
};
const REFERRED = { to: COUNTY, question: '临时救助的标准是多少', reason: '县民政局职责' };
const refer = (id: string, change: Partial<typeof REFERRED> = {}, viewer: Viewer = agent) =>
  desk(viewer).referEnquiry(viewer, { id, ...REFERRED, ...change, ...once });
/** The enquiry at the county that came of this one. */
const arrived = async (id: string) => {
  const found = async () => {
    const page = { first: 100, after: null };
    const { nodes } = await desk(clerk).enquiries(clerk, { filter: { kind: 'QUESTION' } }, page);
    const [row] = await federation.rows<{ id: string }>(
      COUNTY,
      'SELECT id FROM enquiries WHERE node = $1 AND referred_id = $2',
      [COUNTY, id],
    );
    return nodes.find((enquiry) => enquiry.id === row?.id);
  };
  await eventually(async () => (await found()) !== undefined);
  return found();
};

describe('a question that is another node’s matter', () => {
  test('is put there without the asker, answered there, and reported by the desk that was asked first', async () => {
    const { id, code } = await ask();
    const referred = await refer(id);
    expect(referred.referrals).toMatchObject([{ to: COUNTY, by: agent.name, answeredAt: null, refusal: null }]);
    expect(referred.state).toBe('OPEN');
    const there = await arrived(id);
    expect(there).toMatchObject({ referredBy: VILLAGE, question: REFERRED.question, asker: null, state: 'OPEN' });
    expect(there?.dueOn).toEqual(referred.dueOn);
    await desk(clerk).reportEnquiry(clerk, { id: there?.id ?? '', result: '每人每次 860 元', ...once });
    const here = () => desk(agent).enquiry(agent, { id });
    await eventually(async () => (await here()).referrals[0]?.answeredAt !== null);
    expect(await here()).toMatchObject({ state: 'OPEN', referrals: [{ answer: '每人每次 860 元' }] });
    const tracked = () => federation.desk(VILLAGE, enquiries).trackEnquiry(null, { number: id, code });
    // the asker reads where it was put, and the answer when the desk reports it
    expect(await tracked()).toMatchObject({
      result: null,
      referrals: [{ to: COUNTY, reason: REFERRED.reason, by: null, question: null, answer: null }],
    });
    await desk(agent).reportEnquiry(agent, { id, result: '每人每次 860 元', ...once });
    expect(await tracked()).toMatchObject({ state: 'REPORTED', result: '每人每次 860 元' });
    expect(await codesOf(refer(id, { to: CITY }))).toEqual(['ENQUIRY_REPORTED']);
  });

  test('is put there with its item, whose guide the answering desk has before it', async () => {
    const { id } = await ask('3310-MZ-002');
    await refer(id);
    const there = await arrived(id);
    expect(there).toMatchObject({ item: '3310-MZ-002', decider: COUNTY, state: 'OPEN' });
    expect(there?.answer).toContain('临时救助对象认定');
  });

  test('is put there without its item where that node has no such item', async () => {
    const { id } = await ask('3310-MZ-002');
    const body = {
      enquiry: id,
      question: REFERRED.question,
      item: '3310-XX-999',
      reason: REFERRED.reason,
      dueOn: null,
    };
    await putOutbox(federation, VILLAGE, {
      receiver: COUNTY,
      kind: 'ENQUIRY_REFERRED',
      body: JSON.stringify(body),
    });
    expect(await arrived(id)).toMatchObject({ item: null, question: REFERRED.question });
  });

  test('waits with the line cut, and arrives when it is whole', async () => {
    const { id } = await ask();
    await federation.stopHost(COUNTY);
    const referred = await refer(id);
    expect(referred.referrals).toHaveLength(1);
    await federation.startHost(COUNTY);
    expect(await arrived(id)).toMatchObject({ referredBy: VILLAGE });
  });

  test('is put once to each node, to one of the federation, and by the desk that was asked first', async () => {
    const { id } = await ask();
    await refer(id, { to: TOWNSHIP });
    expect(await codesOf(refer(id, { to: TOWNSHIP }))).toEqual(['NO_CHANGE']);
    expect(await codesOf(refer(id, { to: '331023' }))).toEqual(['BAD_INPUT']);
    expect(await codesOf(refer(id, { to: VILLAGE }))).toEqual(['BAD_INPUT']);
    expect(await codesOf(refer(id, { question: '回电 13800000001' }))).toEqual(['BAD_INPUT']);
    expect(await codesOf(refer(id, { reason: '' }))).toEqual(['REASON_MISSING']);
    expect(await codesOf(refer(id, {}, clerk))).toEqual(['NOT_FIRST_ASKED']);
    expect(await codesOf(refer(id, {}, personAt(VILLAGE, 'AGENT', null, 'x')))).toEqual([]);
    const supervisor = personAt(COUNTY, 'SUPERVISOR');
    expect(await codesOf(refer(id, {}, supervisor))).toEqual(['FORBIDDEN']);
  });

  test('from a node that was not asked, and an answer from one that was not, are refused', async () => {
    const { id } = await ask();
    const body = { enquiry: id, question: '问题', item: null, reason: '转', dueOn: null };
    const outbox = new Outbox();
    outbox.heedProtocols(() => PROTOCOL);
    const refused = async (from: string, receiver: string, kind: MessageKind, content: object) => {
      await federation
        .db(from)
        .transact(from, (tx) => outbox.enqueue(tx, [{ receiver, kind, caseId: null, body: content }]));
      const settled = () =>
        federation.rows<{ code: string | null }>(
          from,
          'SELECT code FROM outbox WHERE node = $1 AND kind = $2 AND receiver = $3 AND settled_at IS NOT NULL',
          [from, kind, receiver],
        );
      await eventually(async () => (await settled()).length > 0);
      return (await settled())[0]?.code;
    };
    expect(await refused(OTHER_TOWNSHIP, COUNTY, 'ENQUIRY_REFERRED', body)).toBe('FORBIDDEN');
    const answer = { enquiry: id, answer: '假的', at: new Date().toISOString() };
    expect(await refused(OTHER_TOWNSHIP, VILLAGE, 'ENQUIRY_ANSWERED', answer)).toBe('FORBIDDEN');
  });
});
