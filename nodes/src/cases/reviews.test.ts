import { handling } from '@liandong/schema/domains/handling';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, clerk, countyClerk, relief } from '../testing/cases.ts';
import {
  CITY,
  COUNTY,
  OTHER_VILLAGE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  personAt,
} from '../testing/test-federation.ts';

const MATERIALS = ['临时救助申请书', '身份证明', '困难情况证明'];
const SEEN = `query Seen($id: ID!, $at: ID!) {
  _handling(keys: [{ id: $id, at: $at, copy: true }]) {
    appliedFen
    reviews { node { code } department reviewer post second opinion amountFen conditions reason }
    log { action data { filed { facts { amountFen } } reviewed { opinion amountFen second { name } conditions } received { from { code } } } }
  }
}`;

let federation: TestFederation;
let steps: CaseSteps;
let id: string;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
  id = await steps.file(agent, relief(1_500_00, MATERIALS));
  await steps.forward(id, agent);
  await steps.arrives(id, clerk);
  await steps.accept(id, clerk);
  await federation.desk(TOWNSHIP, handling).reviewCase(clerk, {
    id,
    opinion: 'APPROVE',
    amountFen: 1_200_00,
    note: '情况属实',
    second: { sub: 'second', name: '王五' },
    conditions: ['收入变化须报告'],
    idempotencyKey: null,
  });
  await steps.forward(id, clerk);
  await steps.arrives(id, countyClerk);
});
afterAll(() => federation.stop());

async function seen(viewer: Viewer | null, at: string) {
  const token = viewer && (await federation.token(viewer));
  const { data, errors } = await federation.ask(at, {
    role: 'handling',
    query: SEEN,
    variables: { id, at },
    token,
  });
  return { found: (data?.['_handling'] as unknown[] | undefined)?.[0], code: errors?.[0]?.extensions?.code };
}

describe('the reviews of a case', () => {
  const review = {
    node: { code: TOWNSHIP },
    department: null,
    reviewer: clerk.name,
    post: 'CLERK',
    second: '王五',
    opinion: 'APPROVE',
    amountFen: 1_200_00,
    conditions: ['收入变化须报告'],
    reason: '情况属实',
  };

  test.each([
    ['the next desk', countyClerk, COUNTY],
    ['the desk that made them, by its own database', clerk, TOWNSHIP],
    ['a supervisor', personAt(COUNTY, 'SUPERVISOR'), COUNTY],
  ])('are seen by %s, with the amount applied for', async (_, viewer, at) => {
    expect(await seen(viewer, at)).toMatchObject({ found: { appliedFen: 1_500_00, reviews: [review] } });
  });

  test('are what the log says of every step, by the fields of its action', async () => {
    const { found } = await seen(countyClerk, COUNTY);
    const { log } = found as { log: { action: string; data: object | null }[] };
    const of = (action: string) => log.find((line) => line.action === action)?.data;
    expect(of('FILED')).toEqual({ filed: { facts: { amountFen: 1_500_00 } }, reviewed: null, received: null });
    expect(of('RECEIVED')).toEqual({ filed: null, reviewed: null, received: { from: { code: VILLAGE } } });
    expect(of('REVIEWED')).toEqual({
      filed: null,
      reviewed: { opinion: 'APPROVE', amountFen: 1_200_00, second: { name: '王五' }, conditions: ['收入变化须报告'] },
      received: null,
    });
  });

  test.each([
    ['another village', personAt(OTHER_VILLAGE, 'AGENT'), 'FORBIDDEN'],
    ['the public', null, 'UNAUTHENTICATED'],
  ])('are refused to %s', async (_, viewer, code) => {
    expect((await seen(viewer, COUNTY)).code).toBe(code);
  });
});
