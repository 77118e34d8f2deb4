import { handling } from '@liandong/schema/domains/handling';
import type { LogLine } from '@liandong/schema/case';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCase } from '../cases/index.ts';
import { CaseSteps, agent, chief, clerk, countyChief, countyClerk, custodians, homestead } from '../testing/cases.ts';
import { carryIncarnation, healingState, waitNoLonger } from './index.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, readKeysOf } from '../testing/test-federation.ts';
import { importNodeKey, payloadOf, sha256, signWith } from '../trust/index.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, VILLAGE];
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const one = async <Row>(node: string, sql: string, params: unknown[] = []): Promise<Row | undefined> =>
  (await federation.rows<Row>(node, sql, params))[0];
const log = async (node: string, id: string) =>
  (
    await federation.rows<{ hash: string }>(
      node,
      `SELECT hash FROM case_log WHERE node = $1 AND case_id = $2 ORDER BY seq`,
      [node, id],
    )
  ).map((r) => r.hash);
const caseRow = (node: string, id: string) =>
  one<{ custody: string; state: string; epoch: number }>(
    node,
    `SELECT custody, state, epoch FROM cases WHERE node = $1 AND id = $2`,
    [node, id],
  );
const healed = (node: string) =>
  eventually(
    async () =>
      (
        await one<{ healed_at: Date | null }>(
          node,
          `SELECT healed_at FROM lives WHERE node = $1 ORDER BY life DESC LIMIT 1`,
          [node],
        )
      )?.healed_at instanceof Date,
  );
const lives = (node: string) => federation.rows(node, `SELECT life FROM lives WHERE node = $1`, [node]);
/** Whether no message is owed any more, and every feed reaches as far as its subscribers know. */
const settled = () =>
  eventually(async () => {
    for (const node of NODES) {
      const [owed] = await federation.rows(node, `SELECT 1 FROM outbox WHERE node = $1 AND settled_at IS NULL`, [node]);
      const [pending] = await federation.rows(node, `SELECT 1 FROM feed_pending WHERE node = $1`, [node]);
      const [behind] = await federation.rows(
        node,
        `SELECT 1 FROM feed_cursors c JOIN feeds f USING (node, feed, publisher) WHERE c.node = $1 AND c.acked < f.head`,
        [node],
      );
      if (owed || pending || behind) return false;
    }
    return true;
  });
const count = async (node: string, table: 'parked' | 'lights') =>
  (await one<{ n: number }>(node, `SELECT count(*) AS n FROM ${table} WHERE node = $1`, [node]))?.n;
const figures = async () =>
  federation.rows<{ measure: string; publisher: string; n: number }>(
    CITY,
    `SELECT publisher, measure, sum(count) AS n FROM rollup_days WHERE node = $1 GROUP BY 1, 2 ORDER BY 1, 2`,
    [CITY],
  );
const factsOf = async (node: string, id: string) =>
  (
    await federation.rows<{ entry: string }>(
      CITY,
      `SELECT entry FROM feed_entries WHERE node = $1 AND feed = 'FACTS' AND publisher = $2 AND entry LIKE '%' || $3 || '%'`,
      [CITY, node, id],
    )
  ).map((r) => (JSON.parse(r.entry) as { measure: string }).measure);

describe('a township whose database was restored from an old backup', () => {
  let received: string;
  let passedOn: string;
  let decided: string;
  let held: string;
  let logs: Map<string, string[]>;
  let before: unknown;

  beforeAll(async () => {
    // before the backup: one case has just arrived
    held = await steps.file();
    await steps.forward(held, agent);
    await steps.arrives(held, clerk);
    await settled();
    const backup = await federation.backup(TOWNSHIP);
    // after it, all forgotten: one case accepted here, another received, a third passed on and decided, a fourth
    // decided here
    await steps.accept(held, clerk);
    received = await steps.file();
    await steps.forward(received, agent);
    await steps.arrives(received, clerk);
    passedOn = await steps.file();
    await steps.toReviewedAtTownship(passedOn);
    await steps.forward(passedOn, clerk);
    await steps.arrives(passedOn, countyClerk);
    await steps.review(passedOn, countyClerk);
    await steps.decide(passedOn, countyChief);
    decided = await steps.file(agent, homestead());
    await steps.toReviewedAtTownship(decided);
    await steps.decide(decided, chief);
    await steps.known(decided, agent, 'GRANTED');
    await steps.known(passedOn, agent, 'GRANTED');
    await settled();
    logs = new Map();
    for (const id of [held, received, passedOn, decided]) logs.set(id, await log(TOWNSHIP, id));
    await eventually(async () => (await factsOf(TOWNSHIP, decided)).includes('GRANTED'));
    before = await figures();
    await federation.restore(TOWNSHIP, backup);
    await federation.startHost(TOWNSHIP);
    await healed(TOWNSHIP);
    await settled();
  });

  test('has begun a new incarnation by itself', async () => {
    expect(await lives(TOWNSHIP)).toHaveLength(2);
    expect(await lives(COUNTY)).toHaveLength(1);
  });

  test('holds every line again that others hold, to the letter', async () => {
    for (const [id, lines] of logs) expect(await log(TOWNSHIP, id)).toEqual(lines);
    expect(await caseRow(TOWNSHIP, held)).toMatchObject({ state: 'ACCEPTED', custody: 'HELD' });
    expect(await caseRow(TOWNSHIP, passedOn)).toMatchObject({ state: 'GRANTED', custody: 'ELSEWHERE' });
    expect(await caseRow(TOWNSHIP, decided)).toMatchObject({ state: 'GRANTED' });
  });

  test('holds the application and every byte of the cases it received', async () => {
    const application = async (node: string) =>
      (await findCase(federation.db(node).queries(node), received))?.application;
    expect(await application(TOWNSHIP)).toContain('331022195203120028');
    expect(await application(TOWNSHIP)).toBe(await application(VILLAGE));
    const blobs = (node: string) =>
      federation.rows<{ sha256: string }>(node, `SELECT sha256 FROM blobs WHERE node = $1 ORDER BY 1`, [node]);
    expect(await blobs(TOWNSHIP)).toEqual(await blobs(VILLAGE));
  });

  test('holds again by what the cases it received are found', async () => {
    const digests = `SELECT by FROM applicant_digests WHERE node = $1 AND case_id = $2 ORDER BY by`;
    const [kept] = await federation.rows(TOWNSHIP, digests, [TOWNSHIP, received]);
    expect(kept).toEqual({ by: 'ID_NUMBER' });
  });

  test('leaves every case with one custodian and nothing parked', async () => {
    for (const id of [held, received, decided]) expect(await custodians(federation, NODES, id)).toEqual([TOWNSHIP]);
    expect(await custodians(federation, NODES, passedOn)).toEqual([COUNTY]);
    for (const node of NODES) expect(await count(node, 'parked')).toBe(0);
  });

  test('has stated no fact twice and lost none', async () => {
    expect(await figures()).toEqual(before);
    const own = (node: string) =>
      one<{ head: number }>(node, `SELECT head FROM feeds WHERE node = $1 AND feed = 'FACTS' AND publisher = $2`, [
        node,
        TOWNSHIP,
      ]);
    expect(await own(TOWNSHIP)).toEqual(await own(CITY));
  });

  test('goes on with the cases as if nothing had been', async () => {
    await steps.review(held, clerk);
    await steps.forward(held, clerk);
    await steps.arrives(held, countyClerk);
    await steps.accept(received, clerk);
    await steps.known(received, agent, 'ACCEPTED');
    expect(await custodians(federation, NODES, held)).toEqual([COUNTY]);
    await eventually(async () => (await factsOf(TOWNSHIP, received)).join() === 'ACCEPTED');
  });
});

describe('a village whose database was restored', () => {
  test('knows that it handed a case off, also when it held it at the backup', async () => {
    const id = await steps.file();
    await settled();
    const backup = await federation.backup(VILLAGE);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await steps.accept(id, clerk);
    await settled();
    await federation.restore(VILLAGE, backup);
    expect(await caseRow(VILLAGE, id)).toMatchObject({ custody: 'HELD' });
    await federation.startHost(VILLAGE);
    await healed(VILLAGE);
    expect(await caseRow(VILLAGE, id)).toMatchObject({ custody: 'ELSEWHERE', state: 'ACCEPTED' });
    expect(await log(VILLAGE, id)).toEqual(await log(TOWNSHIP, id));
  });

  test('sends what was owed at the backup again, and it is not done again', async () => {
    await federation.stopHost(TOWNSHIP);
    const id = await steps.file();
    await steps.forward(id, agent);
    const backup = await federation.backup(VILLAGE);
    await federation.startHost(TOWNSHIP);
    await steps.arrives(id, clerk);
    await settled();
    const lines = await log(TOWNSHIP, id);
    await federation.restore(VILLAGE, backup);
    expect(await caseRow(VILLAGE, id)).toMatchObject({ custody: 'IN_TRANSIT' });
    await federation.startHost(VILLAGE);
    await healed(VILLAGE);
    await settled();
    expect(await log(TOWNSHIP, id)).toEqual(lines);
    expect(await log(VILLAGE, id)).toEqual(lines);
    expect(await custodians(federation, NODES, id)).toEqual([TOWNSHIP]);
  });

  test('carries a case again that was under way when its dossier was lost with the backup’s future', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await settled();
    const backup = await federation.backup(TOWNSHIP);
    await federation.stopHost(COUNTY);
    await steps.accept(id, clerk);
    await steps.review(id, clerk);
    await steps.forward(id, clerk);
    // the village knows that the case is under way; the county has not taken it
    await eventually(async () => (await log(VILLAGE, id)).length === (await log(TOWNSHIP, id)).length);
    await federation.stopHost(TOWNSHIP);
    await federation.wipeBroker();
    await federation.restore(TOWNSHIP, backup);
    await federation.startHost(COUNTY);
    await federation.startHost(TOWNSHIP);
    await healed(TOWNSHIP);
    await steps.arrives(id, countyClerk);
    await settled();
    expect(await custodians(federation, NODES, id)).toEqual([COUNTY]);
    expect(await log(COUNTY, id)).toEqual(await log(VILLAGE, id));
  });

  test('gives no case number twice', async () => {
    const backup = await federation.backup(VILLAGE);
    const forgotten = await steps.file();
    const number = (
      await one<{ number: string }>(VILLAGE, `SELECT number FROM cases WHERE node = $1 AND id = $2`, [
        VILLAGE,
        forgotten,
      ])
    )?.number;
    await federation.restore(VILLAGE, backup);
    await federation.startHost(VILLAGE);
    await healed(VILLAGE);
    expect(await caseRow(VILLAGE, forgotten)).toBeUndefined();
    const again = await steps.file();
    const [row] = await federation.rows<{ number: string }>(
      VILLAGE,
      `SELECT number FROM cases WHERE node = $1 AND id = $2`,
      [VILLAGE, again],
    );
    expect(row?.number).not.toBe(number);
  });

  test('answers questions and takes no steps until all have answered', async () => {
    const id = await steps.file();
    await settled();
    const backup = await federation.backup(VILLAGE);
    await federation.stopHost(COUNTY);
    await federation.restore(VILLAGE, backup);
    await federation.startHost(VILLAGE);
    const token = await federation.token(agent);
    const forward = () =>
      federation.ask(VILLAGE, {
        role: 'handling',
        query: `mutation ($input: CaseStepInput!) { forwardCase(input: $input) { errors { code } } }`,
        variables: { input: { id } },
        token,
      });
    expect((await forward()).errors?.[0]?.extensions?.code).toBe('NODE_HEALING');
    const listed = await federation.desk(VILLAGE, handling).steps(agent, { case: id });
    expect([...new Set(listed.map(({ why }) => why?.code))]).toEqual(['NODE_HEALING']);
    const question = { role: 'handling' as const, query: '{ cases(first: 1) { nodes { id } } }', variables: {}, token };
    expect((await federation.ask(VILLAGE, question)).errors).toBeUndefined();
    await federation.startHost(COUNTY);
    await healed(VILLAGE);
    await eventually(async () => (await forward()).errors?.[0]?.extensions?.code !== 'NODE_HEALING');
  });

  test('waits no longer for whom people gave up, by name', async () => {
    const backup = await federation.backup(VILLAGE);
    await federation.stopHost(COUNTY);
    await federation.restore(VILLAGE, backup);
    await federation.startHost(VILLAGE);
    const state = () => healingState(federation.db(VILLAGE), VILLAGE);
    await eventually(async () => (await state())?.silent.join() === COUNTY);
    expect((await state())?.healedAt).toBeNull();
    expect(await waitNoLonger(federation.db(VILLAGE), VILLAGE, [COUNTY, CITY])).toEqual([COUNTY]);
    await federation.stopHost(VILLAGE);
    await federation.startHost(VILLAGE);
    await healed(VILLAGE);
    await federation.startHost(COUNTY);
    await settled();
  });

  test('is found out by its subscribers where nothing tells its database from the one before', async () => {
    const backup = await federation.backup(VILLAGE);
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await factsOf(VILLAGE, id)).includes('FILED'));
    const known = (await lives(VILLAGE)).length;
    await federation.restore(VILLAGE, backup);
    await federation.db(VILLAGE).transactHost((tx) => carryIncarnation(tx, VILLAGE));
    await federation.startHost(VILLAGE);
    await eventually(async () => (await lives(VILLAGE)).length === known + 1);
    await healed(VILLAGE);
    expect(await log(VILLAGE, id)).toEqual(await log(TOWNSHIP, id));
    await settled();
  });

  test('knows of a case again whose dossier was still in the broker when the database was put back', async () => {
    const id = await steps.file();
    await settled();
    const backup = await federation.backup(VILLAGE);
    await federation.stopHost(TOWNSHIP);
    await steps.forward(id, agent);
    await eventually(
      async () =>
        ((
          await one<{ attempts: number }>(
            VILLAGE,
            `SELECT min(attempts) AS attempts FROM outbox WHERE node = $1 AND case_id = $2 AND settled_at IS NULL`,
            [VILLAGE, id],
          )
        )?.attempts ?? 0) > 0,
    );
    await federation.restore(VILLAGE, backup);
    await federation.startHost(VILLAGE);
    await federation.startHost(TOWNSHIP);
    await healed(VILLAGE);
    await settled();
    const held = await custodians(federation, NODES, id);
    expect(held).toHaveLength(1);
    expect(await log(VILLAGE, id)).toEqual(held[0] === TOWNSHIP ? await log(TOWNSHIP, id) : await log(VILLAGE, id));
    for (const node of NODES) expect(await count(node, 'parked')).toBe(0);
  });

  test('goes on although it wrote a case differently since: that copy is set aside for people, the others are taken', async () => {
    const forked = await steps.file();
    const other = await steps.file();
    await settled();
    const backup = await federation.backup(VILLAGE);
    for (const id of [forked, other]) {
      await steps.forward(id, agent);
      await steps.arrives(id, clerk);
    }
    await settled();
    await federation.restore(VILLAGE, backup);
    const [key] = await readKeysOf(federation.config(VILLAGE));
    const [line] = await federation.rows<{ jws: string }>(
      VILLAGE,
      `SELECT jws FROM case_log WHERE node = $1 AND case_id = $2`,
      [VILLAGE, forked],
    );
    if (!key || !line) throw new Error('no key or no line');
    const changed = { ...(payloadOf(line.jws) as LogLine), note: '另一行' };
    const jws = await signWith(await importNodeKey(key), SIGNED_TYPES.line, changed);
    await federation.rows(VILLAGE, `UPDATE case_log SET jws = $3, hash = $4 WHERE node = $1 AND case_id = $2`, [
      VILLAGE,
      forked,
      jws,
      sha256(jws),
    ]);
    await federation.startHost(VILLAGE);
    await healed(VILLAGE);
    expect(await caseRow(VILLAGE, other)).toMatchObject({ custody: 'ELSEWHERE' });
    expect(await log(VILLAGE, forked)).toEqual([sha256(jws)]);
    expect(
      await federation.rows(VILLAGE, `SELECT kind, code FROM parked WHERE node = $1 AND resolved_at IS NULL`, [
        VILLAGE,
      ]),
    ).toEqual([{ kind: 'ECHO', code: 'CHAIN_BROKEN' }]);
  });
});
