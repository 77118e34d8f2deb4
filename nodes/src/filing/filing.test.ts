import { filing } from '@liandong/schema/domains/filing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agent, application, codesOf, material } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
});
afterAll(() => federation.stop());

const intake = () => federation.desk(VILLAGE, filing);

describe('tracking without a login', () => {
  test('shows the steps and no personal data, for the right number and code only', async () => {
    const { filing: view, trackingCode } = await intake().fileCase(agent, application());
    const tracked = await intake().track(null, { number: view.number, code: trackingCode.toLowerCase() });
    expect(tracked).toMatchObject({ number: view.number, state: 'FILED', steps: [{ node: VILLAGE, action: 'FILED' }] });
    expect(JSON.stringify(tracked)).not.toMatch(/王秀英|331022195203120028|13800000001/);
    expect(await codesOf(intake().track(null, { number: view.number, code: 'WRONG234' }))).toEqual(['NOT_FOUND']);
    expect(await codesOf(intake().track(null, { number: '331022103201-20200101-00001', code: trackingCode }))).toEqual([
      'NOT_FOUND',
    ]);
  });
});

describe('bytes that are no base64', () => {
  const faulty = { ...material('身份证明'), content: '%%%%' };
  const supplement = (materials: (typeof faulty)[]) => ({
    id: `${VILLAGE}-none`,
    materials,
    note: null,
    idempotencyKey: null,
  });

  test('are refused before a case is looked for, and after who asks', async () => {
    const { supplementCase, fileDraft } = intake();
    for (const step of [supplementCase, fileDraft]) {
      expect(await codesOf(step(agent, supplement([faulty])))).toEqual(['BAD_INPUT']);
      expect(await codesOf(step(agent, supplement([material('身份证明')])))).toEqual(['NOT_FOUND']);
      expect(await codesOf(step(null, supplement([faulty])))).toEqual(['UNAUTHENTICATED']);
    }
  });

  test('use up no number of the desk', async () => {
    const numberOf = async () => (await intake().fileCase(agent, application({ materials: [] }))).filing.number;
    const before = await numberOf();
    expect(await codesOf(intake().fileCase(agent, application({ materials: [faulty] })))).toEqual(['BAD_INPUT']);
    const chief = personAt(TOWNSHIP, 'CHIEF');
    expect(await codesOf(federation.desk(TOWNSHIP, filing).fileCase(chief, application()))).toEqual(['FORBIDDEN']);
    expect(Number((await numberOf()).slice(-5))).toBe(Number(before.slice(-5)) + 1);
  });
});
