import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, chief, clerk } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';

interface Outcome {
  id: string;
  case?: { state: string; log?: { action: string }[]; handler?: { person: { sub: string } } | null } | null;
  text?: string | null;
  errors: { code: string; article: string | null; message: string; node: { code: string } }[];
}

let federation: TestFederation;
let steps: CaseSteps;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const keyed = (ids: readonly string[], round = randomUUID()) =>
  ids.map((id, n) => ({ id, idempotencyKey: `${round} ${n}` }));

/** Asks for many at once, as the gateway would; the outcomes, or the codes that refuse the whole. */
async function many(field: string, viewer: Viewer, input: object, budgetMs = 60_000): Promise<Outcome[] | string[]> {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const query = `mutation($input: ${type}!) { ${field}(input: $input) {
    outcomes { id case { state log { action } handler { person { sub } } } errors { code article message node { code } } }
    errors { code } } }`;
  const token = await federation.token(viewer);
  const operation = { role: 'handling' as const, at: viewer.division, query, variables: { input }, token };
  const reply = await federation.host(viewer.division).answer({ operations: [operation], budgetMs });
  if (!('results' in reply)) throw new Error(reply.problem.message);
  const payload = reply.results[0]?.data?.[field] as { outcomes: Outcome[] | null; errors: { code: string }[] };
  return payload.outcomes ?? payload.errors.map(({ code }) => code);
}

const outcomesOf = async (...asked: Parameters<typeof many>) => (await many(...asked)) as Outcome[];
const codes = (outcomes: readonly Outcome[]) => outcomes.map(({ errors }) => errors[0]?.code ?? 'done');
const filed = (count: number) =>
  Promise.all(Array.from({ length: count }, () => steps.file(clerk, application({ place: VILLAGE }))));
const linesOf = async (id: string) => {
  const sql = `SELECT seq FROM case_log WHERE node = $1 AND case_id = $2 ORDER BY seq`;
  return (await federation.rows(TOWNSHIP, sql, [TOWNSHIP, id])).length;
};

describe('cases accepted at once', () => {
  test('have an outcome each, in order: one that is refused says why and stops none of the others', async () => {
    const [first = '', second = ''] = await filed(2);
    const done = await steps.file(clerk, application({ place: VILLAGE }));
    await steps.accept(done, clerk);
    const ids = [first, done, `${TOWNSHIP}-none`, second];
    const outcomes = await outcomesOf('acceptCases', clerk, { each: keyed(ids) });
    expect(outcomes.map(({ id }) => id)).toEqual(ids);
    expect(codes(outcomes)).toEqual(['done', 'ILLEGAL_STEP', 'NOT_FOUND', 'done']);
    expect(outcomes.map((outcome) => outcome.case?.state ?? null)).toEqual(['ACCEPTED', null, null, 'ACCEPTED']);
    expect(outcomes[1]?.errors[0]).toMatchObject({
      message: expect.stringContaining('ACCEPTED'),
      node: { code: TOWNSHIP },
    });
  });

  test('under the same keys are accepted once, and what was refused is judged again', async () => {
    const [one = '', other = ''] = await filed(2);
    const input = { each: keyed([one, `${TOWNSHIP}-none`, other]) };
    const before = await outcomesOf('acceptCases', clerk, input);
    const lines = await Promise.all([one, other].map(linesOf));
    expect(await outcomesOf('acceptCases', clerk, input)).toEqual(before);
    expect(await Promise.all([one, other].map(linesOf))).toEqual(lines);
  });

  test('share their keys with the step alone: what was done alone is not done again at once', async () => {
    const [id = ''] = await filed(1);
    const each = keyed([id]);
    const query = `mutation($input: CaseStepInput!) { acceptCase(input: $input) { errors { code } } }`;
    const token = await federation.token(clerk);
    const alone = { role: 'handling' as const, query, variables: { input: { ...each[0], note: '齐全' } }, token };
    await federation.ask(TOWNSHIP, alone);
    expect(codes(await outcomesOf('acceptCases', clerk, { each, note: '齐全' }))).toEqual(['done']);
    expect(codes(await outcomesOf('acceptCases', clerk, { each, note: '另一' }))).toEqual(['IDEMPOTENCY_MISMATCH']);
    expect(await linesOf(id)).toBe(2);
  });

  test('are refused each to a person who may not, and nothing is done', async () => {
    const ids = await filed(2);
    const refused = [agent, chief, personAt(COUNTY, 'CLERK', '民政')].map((viewer) =>
      many('acceptCases', viewer, { each: keyed(ids) }),
    );
    // a desk that does not know the cases says so
    const said = (await Promise.all(refused)) as Outcome[][];
    expect(said.map(codes)).toEqual([
      ['NOT_FOUND', 'NOT_FOUND'],
      ['FORBIDDEN', 'FORBIDDEN'],
      ['NOT_FOUND', 'NOT_FOUND'],
    ]);
    expect(await Promise.all(ids.map(linesOf))).toEqual([1, 1]);
  });

  test('are refused as a whole, before anything is done, if they are too many or one comes twice', async () => {
    const ids = await filed(2);
    const [first = ''] = ids;
    const tooMany = [...ids, ...Array.from({ length: 199 }, (_, n) => `${TOWNSHIP}-${n}`)];
    expect(await many('acceptCases', clerk, { each: keyed(tooMany) })).toEqual(['BAD_INPUT']);
    expect(await many('acceptCases', clerk, { each: keyed([...ids, first]) })).toEqual(['BAD_INPUT']);
    expect(await many('acceptCases', { ...clerk, onlyCase: 'one' }, { each: keyed(ids) })).toEqual(['FORBIDDEN']);
    expect(await Promise.all(ids.map(linesOf))).toEqual([1, 1]);
  });

  test('that the time of a request did not reach were not begun, and are done when it is sent again', async () => {
    const ids = await filed(40);
    const input = { each: keyed(ids) };
    const early = codes(await outcomesOf('acceptCases', clerk, input, 1));
    expect(early).toEqual([...Array<string>(32).fill('done'), ...Array<string>(8).fill('NOT_BEGUN')]);
    expect(await linesOf(ids[39] ?? '')).toBe(1);
    expect(new Set(codes(await outcomesOf('acceptCases', clerk, input)))).toEqual(new Set(['done']));
    expect(await Promise.all(ids.map(linesOf))).toEqual(ids.map(() => 2));
  });

  test('need less than a fifth of the statements that the same steps need one by one', async () => {
    const [alone, together] = [await filed(64), await filed(64)];
    const one = await statementsOf(async () => {
      for (const id of alone) await steps.accept(id, clerk);
    });
    const many = await statementsOf(async () => {
      expect(new Set(codes(await outcomesOf('acceptCases', clerk, { each: keyed(together) })))).toEqual(
        new Set(['done']),
      );
    });
    expect(many).toBeLessThan(one / 5);
  });
});

describe('other steps at once', () => {
  test('hand cases on to the next desk, and back with one reason for all', async () => {
    const ids = await Promise.all([steps.file(), steps.file()]);
    expect(codes(await outcomesOf('forwardCases', agent, { each: keyed(ids) }))).toEqual(['done', 'done']);
    await Promise.all(ids.map((id) => steps.arrives(id, clerk)));
    const back = await outcomesOf('returnCases', clerk, { each: keyed(ids), reason: '材料与事项不符' });
    expect(codes(back)).toEqual(['done', 'done']);
    await Promise.all(ids.map((id) => steps.arrives(id, agent)));
    expect(codes(await outcomesOf('returnCases', clerk, { each: keyed(ids), reason: '再退' }))).toEqual([
      'NOT_CUSTODIAN',
      'NOT_CUSTODIAN',
    ]);
  });

  test('claim cases, give them to a colleague and release them; one that another handles is refused alone', async () => {
    const [mine = '', taken = ''] = await filed(2);
    const colleague = personAt(TOWNSHIP, 'CLERK', null, 'colleague');
    await outcomesOf('claimCases', colleague, { each: keyed([taken]) });
    expect(codes(await outcomesOf('claimCases', clerk, { each: keyed([mine, taken]) }))).toEqual([
      'done',
      'HANDLED_BY_ANOTHER',
    ]);
    const { issuer, sub, name } = colleague;
    const to = { issuer, sub, name };
    const none = `${TOWNSHIP}-none`;
    const given = await outcomesOf('assignHandlers', chief, { each: keyed([mine, none, taken]), to });
    expect(codes(given)).toEqual(['done', 'NOT_FOUND', 'done']);
    expect(given.map((outcome) => outcome.case?.handler?.person.sub)).toEqual(['colleague', undefined, 'colleague']);
    const released = await outcomesOf('releaseCases', chief, { each: keyed([mine, taken]) });
    expect(released.map((outcome) => outcome.case?.handler)).toEqual([null, null]);
    expect(codes(await outcomesOf('releaseCases', chief, { each: keyed([mine]) }))).toEqual(['NO_CHANGE']);
  });
});

describe('papers printed at once', () => {
  const print = async (viewer: Viewer | null, field: string, each: object[]) => {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}EachInput`;
    const query = `query($each: [${type}!]!) { ${field}(each: $each) { id text errors { code } } }`;
    const token = viewer && (await federation.token(viewer));
    const { data, errors = [] } = await federation.ask(TOWNSHIP, {
      role: 'handling',
      query,
      variables: { each },
      token,
    });
    return errors.length > 0 ? errors.map((e) => e.extensions?.code) : (data?.[field] as Outcome[]);
  };

  test('come with one outcome each, and each reading is recorded', async () => {
    const [accepted = '', fresh = ''] = await filed(2);
    await steps.accept(accepted, clerk);
    const each = [
      { case: accepted, seq: 2 },
      { case: fresh, seq: 2 },
      { case: `${TOWNSHIP}-none`, seq: 1 },
    ];
    const papers = (await print(clerk, 'caseNotices', each)) as Outcome[];
    expect(papers.map(({ id }) => id)).toEqual(each.map((one) => one.case));
    expect(papers[0]?.text).toContain('受理');
    expect(codes(papers)).toEqual(['done', 'NOT_FOUND', 'NOT_FOUND']);
    const reads = `SELECT fields FROM personal_data_reads WHERE node = $1 AND subject = $2`;
    expect(await federation.rows(TOWNSHIP, reads, [TOWNSHIP, accepted])).toEqual([
      { fields: ['DocumentOutcome.text'] },
    ]);
    expect(await federation.rows(TOWNSHIP, reads, [TOWNSHIP, fresh])).toEqual([]);
  });

  test('of cases without a document are refused each, and to the public all', async () => {
    const [id = ''] = await filed(1);
    const each = [{ case: id }];
    expect(codes((await print(clerk, 'resultDocuments', each)) as Outcome[])).toEqual(['NOT_FOUND']);
    expect(codes((await print(null, 'resultDocuments', each)) as Outcome[])).toEqual(['UNAUTHENTICATED']);
    expect(await print(clerk, 'resultDocuments', [...each, ...each])).toEqual(['BAD_INPUT']);
  });
});

/** Number of statements that some work sends to the database. */
async function statementsOf(work: () => Promise<void>): Promise<number> {
  const client = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = client;
  let sent = 0;
  client.query = function counted(this: unknown, ...args: unknown[]) {
    sent++;
    return query.apply(this, args);
  };
  try {
    await work();
    return sent;
  } finally {
    client.query = query;
  }
}
