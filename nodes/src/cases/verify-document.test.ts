import { handling } from '@liandong/schema/domains/handling';
import { implementation } from '@liandong/schema/domains/implementation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, codesOf, countyChief, countyClerk, clerk, LOW_INCOME } from '../testing/cases.ts';
import { isolate } from '../testing/isolate.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';
import { findImplementations } from '../catalogue/index.ts';

const A2 = { id: 'A2', circumstance: '人均收入高于标准的 50%', standard: '按差额救助' };
const once = { idempotencyKey: null };

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
  const change = { item: LOW_INCOME, reason: '公布裁量基准', discretion: [A2], ...once };
  await federation.desk(COUNTY, implementation).reviseImplementation(personAt(COUNTY, 'CATALOGUER'), change);
  const key = { item: LOW_INCOME, node: COUNTY };
  const known = async () => (await findImplementations(federation.db(TOWNSHIP).queries(TOWNSHIP), [key]))[0];
  await eventually(async () => (await known())?.version === 2);
});
afterAll(() => federation.stop());

const desk = (node: string) => federation.desk(node, handling);
const verify = (number: string, code: string, node = COUNTY) => desk(node).verifyDocument(null, { number, code });

/** A case that the county's desk has reviewed. */
async function reviewed(): Promise<string> {
  const id = await steps.file();
  await steps.toReviewedAtTownship(id);
  await steps.forward(id, clerk);
  await steps.arrives(id, countyClerk);
  await steps.review(id, countyClerk);
  return id;
}

async function issued(discretion: string | null = null) {
  const id = await reviewed();
  const decision = { id, outcome: 'GRANTED' as const, reason: null, minutes: null, discretion, ...once };
  await desk(COUNTY).decideCase(countyChief, decision);
  const { issued: document } = await desk(COUNTY).issueDocument(countyChief, { id, note: null, ...once });
  if (!document) throw new Error('no document');
  return { id, number: document.number, code: document.verificationCode };
}

describe('a decision', () => {
  test('cites a discretion standard of the implementation the case was accepted under, and its document names it', async () => {
    const { id } = await issued('A2');
    expect((await steps.seen(id, countyChief))?.decision).toMatchObject({ discretion: A2 });
    const text = await desk(COUNTY).resultDocument(countyChief, { case: id });
    expect(text).toContain('| 裁量基准 | A2:人均收入高于标准的 50%;按差额救助 |');
  });

  test('is refused with a standard there is not, and the case stays undecided', async () => {
    const id = await reviewed();
    const decision = { id, outcome: 'GRANTED' as const, reason: null, minutes: null, discretion: 'A3', ...once };
    expect(await codesOf(desk(COUNTY).decideCase(countyChief, decision))).toEqual(['NOT_FOUND']);
    expect((await steps.seen(id, countyChief))?.state).toBe('REVIEWED');
  });
});

describe('a document', () => {
  test('is verified by number and code at the node that issued it, by anybody, also when every other node is down', async () => {
    const { id, number, code } = await issued();
    const text = await desk(COUNTY).resultDocument(countyChief, { case: id });
    expect(text).toContain(`凭文号 ${number} 和核验码 ${code} 可以核验本文书。`);
    expect(code).toMatch(/^331022-[2-9A-HJ-NP-Z]{16}$/u);
    const told = { number, issuedBy: COUNTY, item: LOW_INCOME, outcome: 'GRANTED', standing: 'STANDS', endedAt: null };
    await isolate(federation, COUNTY, async () => {
      const verified = await verify(number, code.toLowerCase());
      expect(verified).toMatchObject({ ...told, staleSince: null });
      expect(JSON.stringify(verified)).not.toMatch(/王秀英|331022195203120028|13800000001/u);
    });
  });

  test('is unknown with a wrong number, a wrong code, another document’s code, and at other nodes', async () => {
    const [one, two] = [await issued(), await issued()];
    const unknown = (number: string, code: string, node = COUNTY) => codesOf(verify(number, code, node));
    expect(await unknown(one.number, two.code)).toEqual(['NOT_FOUND']);
    expect(await unknown(one.number, `${COUNTY}-2222222222222222`)).toEqual(['NOT_FOUND']);
    expect(await unknown(one.number.replace('准', '否'), one.code)).toEqual(['NOT_FOUND']);
    expect(await unknown('一号', one.code)).toEqual(['NOT_FOUND']);
    expect(await unknown(one.number, 'ABCD')).toEqual(['BAD_INPUT']);
    expect(await unknown(one.number, one.code, TOWNSHIP)).toEqual(['NOT_FOUND']);
  });

  test('does not stand any more once its case is voided, and says since when, not why', async () => {
    const { id, number, code } = await issued();
    await desk(COUNTY).voidCase(countyChief, { id, reason: '隐瞒收入', ...once });
    const verified = await verify(number, code);
    expect(verified).toMatchObject({ standing: 'VOIDED', endedAt: expect.any(Date) });
    expect(JSON.stringify(verified)).not.toContain('隐瞒收入');
  });

  test('has the same code at the desk that delivers it, and says how old the issuing node’s knowledge is', async () => {
    const { id, number, code } = await issued();
    await desk(COUNTY).assignCase(countyChief, { id, note: null, ...once });
    await steps.arrives(id, agent);
    expect((await steps.seen(id, agent))?.issued).toMatchObject({ number, verificationCode: code });
    await eventually(async () => (await verify(number, code)).staleSince !== null);
    await desk(VILLAGE).deliverCase(agent, { id, way: 'AGENT', note: null, ...once });
    await steps.known(id, countyChief, 'CLOSED');
    expect(await verify(number, code)).toMatchObject({ standing: 'STANDS', staleSince: expect.any(Date) });
  });

  test('is verified over the graph without a login', async () => {
    const { number, code } = await issued();
    const query = `query ($number: String!, $code: String!) { verifyDocument(number: $number, code: $code) {
      number issuedAt outcome standing sha256 } }`;
    const asked = { role: 'handling' as const, query, variables: { number, code }, token: null };
    expect((await federation.ask(COUNTY, asked)).data).toMatchObject({
      verifyDocument: { number, standing: 'STANDS' },
    });
  });
});
