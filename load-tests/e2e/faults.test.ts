import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Federation } from '../src/federation/federation.ts';
import * as documents from '../src/federation/documents.ts';
import { Journey, fileLowIncome, lowIncome } from '../src/federation/journeys.ts';
import { custodians, logs, settled, startFederation } from './federation.ts';

let federation: Federation;

beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation.stop());

/** Takes a case from the township's desk to its end. */
async function finish(journey: Journey): Promise<void> {
  await journey.arrives('tingpang-clerk', '331022103', '亭旁镇 收到');
  await journey.step('tingpang-clerk', '受理', documents.ACCEPT_CASE);
  await journey.step('tingpang-clerk', '审查', documents.REVIEW_CASE, { opinion: 'APPROVE', note: '属实' });
  await journey.step('tingpang-clerk', '上报', documents.FORWARD_CASE);
  await journey.arrives('county-civil-clerk', '331022', '三门县 收到');
  await journey.step('county-civil-clerk', '审查', documents.REVIEW_CASE, { opinion: 'APPROVE', note: '属实' });
  await journey.step('county-civil-chief', '决定', documents.DECIDE_CASE, { outcome: 'GRANTED' });
  await journey.until('baojia-agent', '得知结果', (now) => now.state === 'GRANTED');
}

/**
 * Checks that nothing is lost or doubled: one custodian, two hand-offs, the same log at every desk, nothing owed,
 * nothing parked.
 */
async function expectWhole(journey: Journey): Promise<void> {
  await settled(federation);
  expect(await custodians(federation, journey.id)).toEqual(['331022']);
  const report = await journey.report('baojia-agent', '3310-MZ-001');
  expect(report).toMatchObject({ outcome: 'GRANTED', hops: 2, custodian: '331022' });
  const copies = [...(await logs(federation, journey.id))];
  expect(copies.map(([host]) => host)).toEqual(['county', 'tingpang', 'baojia']);
  for (const [, hashes] of copies) expect(hashes).toEqual(copies[0]?.[1]);
  for (const host of federation.hosts()) {
    expect(await federation.rows(host.name, 'SELECT id, code FROM parked')).toEqual([]);
  }
}

async function filed(): Promise<Journey> {
  const journey = new Journey(federation, () => undefined);
  await fileLowIncome(journey);
  return journey;
}

describe('killing the sender', () => {
  test('between sending a case and hearing of its receipt delays the journey and does nothing else', async () => {
    const journey = await filed();
    federation.host('tingpang').freeze();
    await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
    await federation.host('baojia').kill();
    expect(await custodians(federation, journey.id)).toEqual([]);
    federation.host('tingpang').thaw();
    await federation.host('baojia').start();
    await finish(journey);
    await expectWhole(journey);
  });

  test('at the moment it answers the agent does the same', async () => {
    const journey = await filed();
    await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
    await federation.host('baojia').kill();
    await federation.host('baojia').start();
    await finish(journey);
    await expectWhole(journey);
  });
});

describe('killing the receiver', () => {
  test('before the case reaches it delays the journey and does nothing else', async () => {
    const journey = await filed();
    await federation.host('tingpang').kill();
    await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
    await federation.host('tingpang').start();
    await finish(journey);
    await expectWhole(journey);
  });

  test('while it takes the case, and again while it decides, does the same', async () => {
    const journey = await filed();
    await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
    await federation.host('tingpang').kill();
    await federation.host('tingpang').start();
    await journey.arrives('tingpang-clerk', '331022103', '亭旁镇 收到');
    await federation.host('county').kill();
    await federation.host('county').start();
    await finish(journey);
    await expectWhole(journey);
  });
});

describe('killing the broker', () => {
  test('in the middle of a hand-off delays the journey and does nothing else', async () => {
    const journey = await filed();
    federation.host('tingpang').freeze();
    await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
    federation.services.killBroker();
    federation.host('tingpang').thaw();
    await federation.services.startBroker();
    await finish(journey);
    await expectWhole(journey);
  });
});

describe('killing the host of a village that is being closed', () => {
  const CLOSED = '331022103201';
  const SUCCESSOR = '331022103210';
  const host = () => federation.host('baojia');
  const cases: string[] = [];
  /** How many of its cases the closed village has handed over. */
  const handedOver = async () => {
    const [row] = await federation.rows<{ n: number }>(
      'baojia',
      `SELECT count(*)::int AS n FROM cases WHERE id = ANY ($1) AND custody <> 'HELD'`,
      [cases],
    );
    return row?.n ?? 0;
  };
  /**
   * Kills the host (SIGKILL) while it hands over a case. A lock on the case's row keeps the host waiting in its step.
   */
  const killedIn = async (id: string) => {
    const client = new pg.Client({ connectionString: federation.environment('baojia')['LIANDONG_DATABASE_URL'] });
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT 1 FROM cases WHERE id = $1 FOR UPDATE', [id]);
      await host().start();
      await expect.poll(handedOver, { timeout: 60_000 }).toBe(cases.indexOf(id));
      await host().kill();
    } finally {
      await client.end();
    }
    expect(await handedOver()).toBe(cases.indexOf(id));
  };
  const close = async () => {
    const words = `node close ${CLOSED} --node 331022103 --successor ${SUCCESSOR} --why 撤村并居`.split(' ');
    const { code, output } = await federation.command('tingpang', words);
    expect([code, output]).toEqual([0, expect.any(String)]);
    return output;
  };

  test('before it knows, and twice in the middle, and its successor’s too, loses nothing: each case is held once', async () => {
    const agent = await federation.as('baojia-agent');
    for (let made = 0; made < 13; made++) {
      const { case: filing } = await agent.do<{ case: { id: string } }>(documents.FILE_CASE, lowIncome());
      cases.push(filing.id);
    }
    // on its way up when the closing comes: the township has it, whatever happens to the village
    const [forwarded = ''] = cases.splice(0, 1);
    // the village hands them over in this order
    cases.sort();
    const [, , , early = '', , , , late = ''] = cases;
    await agent.do(documents.FORWARD_CASE, { id: forwarded });
    await host().kill();
    expect(await close()).toContain(`Closed ${CLOSED}`);
    await killedIn(early);
    await federation.host('renjia').kill();
    await killedIn(late);
    await federation.host('renjia').start();
    await host().start();
    // given again after all this, it does nothing
    expect(await close()).toContain('was closed before');
    await expect.poll(handedOver, { timeout: 60_000 }).toBe(cases.length);
    await settled(federation);
    for (const id of cases) expect(await custodians(federation, id)).toEqual([SUCCESSOR]);
    expect(await custodians(federation, forwarded)).toEqual(['331022103']);
    for (const { name } of federation.hosts()) expect(await federation.rows(name, 'SELECT id FROM parked')).toEqual([]);
    const taken = await federation.rows(
      'renjia',
      `SELECT 1 FROM inbox WHERE node = $1 AND kind = 'DOSSIER' AND answer ->> 'outcome' = 'DONE'`,
      [SUCCESSOR],
    );
    expect(taken).toHaveLength(cases.length);
  });

  test('leaves its cases to the successor’s agent, asked through the gateway, and to nobody of the closed desk', async () => {
    const [id = '', other = ''] = cases;
    const former = await federation.as('baojia-agent');
    const codes = async (document: string, input: Record<string, unknown>) =>
      (await former.refusals(document, input)).map(({ code }) => code);
    expect(await codes(documents.FORWARD_CASE, { id })).toEqual(['NOT_CUSTODIAN']);
    expect(await codes(documents.FILE_CASE, lowIncome())).toEqual(['NODE_CLOSED']);
    const agent = await federation.as('renjia-agent');
    const seen = await agent.get<{ case: { custodian: { code: string } } }>(documents.CASE_NOW, { id });
    expect(seen.case.custodian.code).toBe(SUCCESSOR);
    await agent.do(documents.FORWARD_CASE, { id });
    await agent.do(documents.WITHDRAW_CASE, { id: other, reason: '申请人撤回' });
    await settled(federation);
    expect(await custodians(federation, id)).toEqual(['331022103']);
    const now = await agent.get<{ case: { state: string } }>(documents.CASE_NOW, { id: other });
    expect(now.case.state).toBe('WITHDRAWN');
  });
});
