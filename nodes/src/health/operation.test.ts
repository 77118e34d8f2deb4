import { randomUUID } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@liandong/runtime/local';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decideParked, getParked, listParked } from '../handoff/index.ts';
import { CaseSteps, agent, application, clerk } from '../testing/cases.ts';
import { putOutbox } from '../testing/outbox.ts';
import {
  CITY,
  COUNTY,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  createDatabase,
  eventually,
} from '../testing/test-federation.ts';
import { runOperation } from '../commands/operation.ts';
import { examine } from './doctor.ts';
import { METRIC_QUERIES } from './host-metrics.ts';

const RULES = fileURLToPath(new URL('../../../docs/operation/liandong.rules.yml', import.meta.url));
const PAGE = fileURLToPath(new URL('../../../docs/operation.md', import.meta.url));
let federation: TestFederation;
let steps: CaseSteps;
let metricsUrl: string;
let httpUrl: string;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE], keepLog: true });
  steps = new CaseSteps(federation);
  await federation.stopHost(TOWNSHIP);
  const [httpPort, metricsPort] = [await freePort(), await freePort()];
  federation.reconfigure(TOWNSHIP, { httpPort, metricsPort });
  metricsUrl = `http://127.0.0.1:${metricsPort}`;
  httpUrl = `http://127.0.0.1:${httpPort}`;
  await federation.startHost(TOWNSHIP);
});
afterAll(() => federation.stop());

const scrape = async () => (await fetch(`${metricsUrl}/metrics`)).text();
/** A message that no receiver can process: its body does not fit its kind. */
async function sendNonsense(): Promise<string> {
  const id = await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'ECHO', body: '{"case":""}' });
  await eventually(async () => (await listParked(federation.db(TOWNSHIP), TOWNSHIP)).some((p) => p.id === id));
  return id;
}
const decide = (id: string, decision: 'RETRY' | 'REFUSE', reason: string | null) =>
  federation.db(TOWNSHIP).transact(TOWNSHIP, (tx) => decideParked(tx, id, decision, 'wang', reason));
const owed = async (id: string) =>
  (
    await federation.rows<{ outcome: string | null; settled_at: Date | null }>(
      VILLAGE,
      `SELECT outcome, settled_at FROM outbox WHERE node = $1 AND id = $2`,
      [VILLAGE, id],
    )
  )[0];

describe('a trace', () => {
  test('follows a case from the caller over the outbox to the next desk, and logs name no person and no secret', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const token = await federation.token(agent);
    const id = await steps.file();
    const result = await federation.ask(VILLAGE, {
      role: 'handling',
      query: 'mutation ($input: CaseStepInput!) { forwardCase(input: $input) { errors { code } } }',
      variables: { input: { id } },
      token,
      trace: `00-${trace}-b7ad6b7169203331-01`,
    });
    expect(result.errors).toBeUndefined();
    await steps.arrives(id, clerk);
    const traces = await federation.rows<{ trace: string }>(
      VILLAGE,
      `SELECT DISTINCT trace FROM outbox WHERE node = $1 AND case_id = $2 AND kind = 'DOSSIER'`,
      [VILLAGE, id],
    );
    expect(traces.map((t) => t.trace.split('-')[1])).toEqual([trace]);
    // messages that the township sends because of it are of the same trace
    await steps.accept(id, clerk);
    await sendNonsense();
    const logged = federation.logged.join('');
    expect(logged.length).toBeGreaterThan(0);
    const { applicant } = application();
    const secrets = [applicant.name, applicant.idNumber, applicant.phone, token, token.split('.')[2] ?? ''];
    for (const secret of secrets) expect(secret !== null && logged.includes(secret)).toBe(false);
    const { databaseUrl, natsSeedFile } = federation.config(VILLAGE);
    const seed = (await readFile(natsSeedFile ?? '', 'utf8')).trim();
    for (const secret of [seed, databaseUrl]) expect(logged).not.toContain(secret);
  });
});

describe('a scrape', () => {
  test('is on a port of its own and nowhere else', async () => {
    expect((await fetch(`${httpUrl}/metrics`)).status).toBe(404);
    expect((await fetch(`${metricsUrl}/federation`, { method: 'POST' })).status).toBe(404);
    expect(await scrape()).toContain('nodejs_eventloop_lag_seconds');
  });

  test('has every figure that an alert names, and those the page on operation lists, and no other', async () => {
    const namesIn = (text: string) => new Set([...text.matchAll(/\bliandong_[a-z_]+/g)].map((m) => m[0]));
    const named = namesIn(await readFile(RULES, 'utf8'));
    const text = await scrape();
    const shown = [...text.matchAll(/^# TYPE (liandong_[a-z_]+) /gm)].map((m) => m[1] ?? '');
    expect(named.size).toBeGreaterThan(7);
    expect([...named].filter((name) => !shown.includes(name))).toEqual([]);
    const rows = (await readFile(PAGE, 'utf8')).split('\n').filter((line) => line.startsWith('| `liandong_'));
    const listed = [...namesIn(rows.join('\n'))].filter((name) => !name.startsWith('liandong_gateway_'));
    expect(listed.sort()).toEqual(shown.sort());
  });

  test('shows what waits and what was parked, and latencies by role and field, never by id', async () => {
    const id = await steps.file();
    await federation.stopHost(COUNTY);
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    const text = await scrape();
    expect(text).toMatch(
      new RegExp(`liandong_outbox_waiting\\{node="${TOWNSHIP}",kind="DOSSIER",receiver="${COUNTY}"\\} 1`),
    );
    expect(text).toMatch(/liandong_handoff_seconds_count\{kind="DOSSIER"\} [1-9]/);
    expect(text).toMatch(/liandong_sql_seconds_count\{statement="SELECT cases"\}/);
    expect(text).toMatch(/liandong_graphql_seconds_count\{role="handling",field="forwardCase",outcome="ok"\}/);
    expect(text).not.toContain(id);
    await federation.startHost(COUNTY);
  });

  test('reads only what is open: no question walks the rows that are done', async () => {
    const db = federation.db(CITY);
    await db.queryHost(
      `INSERT INTO outbox (node, id, receiver, kind, body, settled_at, outcome)
       SELECT '331000', gen_random_uuid(), '331022', 'ECHO', '{}', now(), 'DONE' FROM generate_series(1, 60000)`,
    );
    await db.queryHost(
      `INSERT INTO parked (node, id, sender, kind, body, code, reason, resolved_at)
       SELECT '331000', gen_random_uuid(), '331022', 'ECHO', '{}', 'INTERNAL', '', now() FROM generate_series(1, 30000)`,
    );
    await db.queryHost(
      `INSERT INTO cases (node, id, number, item, filing_node, acceptor, decider, state, custody, custodian, epoch, seq,
         head, filed_at, last_at, closed_at)
       SELECT '331000', 'x' || i, 'x' || i, 'i', '331000', '331000', '331000', 'GRANTED', 'HELD', '331000', 1, 1, '',
         now(), now(), now() FROM generate_series(1, 60000) i`,
    );
    await db.queryHost('ANALYZE');
    for (const [name, table] of [
      ['outbox', 'outbox'],
      ['parked', 'parked'],
      ['doubled', 'cases'],
    ] as const) {
      const params = name === 'outbox' ? [[]] : [];
      const plan = JSON.stringify(await db.queryHost(`EXPLAIN (FORMAT JSON) ${METRIC_QUERIES[name]}`, params));
      // small tables beside it may be read in full
      const walked = new RegExp(`"Node Type":"Seq Scan"[^{}]*"Relation Name":"${table}"`);
      expect({ table, seq: walked.test(plan) }).toEqual({ table, seq: false });
    }
    await db.queryHost(`DELETE FROM outbox WHERE node = '331000' AND body = '{}'`);
    await db.queryHost(`DELETE FROM cases WHERE node = '331000' AND id LIKE 'x%'`);
  });
});

describe('readiness', () => {
  test('says which part does not work', async () => {
    const ready = async (): Promise<Record<string, unknown>> => {
      const answer = await fetch(`${httpUrl}/ready`);
      return { ...((await answer.json()) as Record<string, unknown>), status: answer.status };
    };
    expect(await ready()).toMatchObject({ status: 200, database: true, broker: true, migrations: true, clock: true });
    federation.shiftMs = 600_000;
    const skewed = await ready();
    federation.shiftMs = 0;
    expect(skewed).toMatchObject({ status: 503, clock: false });
    expect(skewed['offsetMs']).toMatchObject({ database: expect.closeTo(600_000, -4) });
    const [applied] = await federation.rows<{ name: string }>(
      TOWNSHIP,
      `DELETE FROM migrations WHERE name = (SELECT max(name) FROM migrations) RETURNING name`,
    );
    expect(await ready()).toMatchObject({ status: 503, migrations: false });
    await federation.rows(TOWNSHIP, `INSERT INTO migrations (name, run_on) VALUES ($1, now())`, [applied?.name]);
    expect(await ready()).toMatchObject({ status: 200 });
  });
});

describe('a parked message', () => {
  test('is refused by people, and its sender is told', async () => {
    const id = await sendNonsense();
    await decide(id, 'REFUSE', '内容有误');
    await eventually(async () => (await owed(id))?.outcome === 'REFUSED');
    expect((await getParked(federation.db(TOWNSHIP), TOWNSHIP, id)).resolvedAt).toBeInstanceOf(Date);
    await expect(decide(id, 'RETRY', null)).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });

  test('that cannot be processed this time either waits again', async () => {
    const id = await sendNonsense();
    await decide(id, 'RETRY', null);
    await eventually(async () => (await getParked(federation.db(TOWNSHIP), TOWNSHIP, id)).retryAt === null);
    expect((await getParked(federation.db(TOWNSHIP), TOWNSHIP, id)).resolvedAt).toBeNull();
    expect((await owed(id))?.settled_at).toBeNull();
  });

  test('whose cause was mended is done by a retry, and settled at its sender', async () => {
    const id = await sendNonsense();
    const caseId = await steps.file();
    const [{ jws } = { jws: '' }] = await federation.rows<{ jws: string }>(
      VILLAGE,
      `SELECT jws FROM case_log WHERE node = $1 AND case_id = $2`,
      [VILLAGE, caseId],
    );
    await federation.rows(TOWNSHIP, `UPDATE parked SET body = $2 WHERE id = $1`, [
      id,
      federation
        .db(TOWNSHIP)
        .vault(TOWNSHIP)
        .seal('parked.body', id, JSON.stringify({ case: caseId, lines: [jws] })),
    ]);
    await decide(id, 'RETRY', null);
    await eventually(async () => (await owed(id))?.outcome === 'DONE');
  });

  test('unknown or badly named is refused with a clear word', async () => {
    const db = federation.db(TOWNSHIP);
    await expect(getParked(db, TOWNSHIP, 'x')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(getParked(db, TOWNSHIP, randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the doctor', () => {
  const found = async (node: string) => examine(federation.config(node), federation.now);
  const states = async (node: string) =>
    Object.fromEntries((await found(node)).filter((f) => f.state !== 'OK').map((f) => [f.part, f.state]));

  test('finds nothing wrong at a sound host', async () => {
    const wrong = await states(VILLAGE);
    expect(Object.values(wrong)).not.toContain('BAD');
    expect(wrong).not.toHaveProperty('keys');
  });

  test('finds keys that others may read, a clock that is off, messages that wait, and what people must look at', async () => {
    const { natsSeedFile } = federation.config(TOWNSHIP);
    await chmod(natsSeedFile ?? '', 0o644);
    await sendNonsense();
    federation.shiftMs = 60_000;
    expect(await states(TOWNSHIP)).toMatchObject({ secrets: 'WARN', clock: 'BAD', parked: 'WARN' });
    federation.shiftMs = 0;
    await chmod(natsSeedFile ?? '', 0o600);
    await federation.rows(
      CITY,
      `INSERT INTO outbox (node, id, receiver, kind, body, created_at, next_at)
       VALUES ($1, gen_random_uuid(), '331002', 'ECHO', '{}', now() - interval '2 hours', now() + interval '1 day')`,
      [CITY],
    );
    expect(await states(CITY)).toMatchObject({ outbox: 'BAD' });
  });

  test('finds a node that is placed here and not served, and says what it lacks', async () => {
    const { nodes, ...config } = federation.config(TOWNSHIP);
    const served = async (more: string[]) =>
      (await examine({ ...config, nodes: [...nodes, ...more] }, federation.now)).filter((f) => f.part === 'served');
    expect(await served([])).toMatchObject([{ state: 'OK' }]);
    // neither rows nor key: the node has not come yet, and nothing is wrong here
    const lacking = expect.stringMatching(new RegExp(`${VILLAGE} .*no key of it`));
    expect(await served([VILLAGE])).toMatchObject([{ state: 'WARN', text: lacking }]);
    // rows without a key: something was lost
    const life = `INSERT INTO lives (node, life, identity, seen_at, healed_at, heads) VALUES ($1, 1, '', 'epoch', now(), '[]')`;
    await federation.rows(TOWNSHIP, life, [VILLAGE]);
    const gone = expect.stringMatching(new RegExp(`${VILLAGE} .*private key is gone`));
    expect(await served([VILLAGE])).toMatchObject([{ state: 'BAD', text: gone }]);
    await federation.rows(TOWNSHIP, 'DELETE FROM lives WHERE node = $1', [VILLAGE]);
  });

  test('finds an issuer that shows no keys, and a file of issuers that is none', async () => {
    const issuersFile = join(federation.dir, 'away.json');
    await writeFile(issuersFile, JSON.stringify([{ issuer: 'id', jwksUri: 'http://127.0.0.1:1/jwks' }]));
    const of = async (file: string) =>
      (await examine({ ...federation.config(VILLAGE), issuersFile: file }, federation.now)).find(
        (f) => f.part === 'issuers',
      );
    expect(await of(issuersFile)).toMatchObject({ state: 'WARN', text: expect.stringContaining('127.0.0.1:1/jwks') });
    expect(await of(RULES)).toMatchObject({ state: 'BAD' });
  });

  test('finds a database that is away, one that is not migrated, wrong keys and a wrong broker seed, all in one run', async () => {
    const config = federation.config(TOWNSHIP);
    const other = federation.config(VILLAGE);
    const away = await examine(
      { ...config, databaseUrl: 'postgresql://x:y@127.0.0.1:1/none', keysDir: other.keysDir, natsSeedFile: '/nowhere' },
      federation.now,
    );
    const parts = Object.fromEntries(away.map((f) => [f.part, f.state]));
    expect(parts).toMatchObject({ database: 'BAD', keys: 'BAD', broker: 'BAD' });
    const empty = await examine({ ...config, databaseUrl: await createDatabase(null) }, federation.now);
    expect(empty.find((f) => f.part === 'migrations')).toMatchObject({ state: 'BAD' });
    const strange = await examine({ ...config, natsSeedFile: other.natsSeedFile }, federation.now);
    expect(strange.find((f) => f.part === 'broker')).toMatchObject({ state: 'BAD' });
  });

  test('says what a host lacks in its settings, with the exit code of a failure', async () => {
    const said: string[] = [];
    const terminal = { environment: {}, print: (text: string) => void said.push(text) };
    expect(await runOperation('doctor')([], terminal)).toBe(1);
    expect(said.join('')).toContain('LIANDONG_DATABASE_URL');
    await expect(runOperation('parked')(['burn'], terminal)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});
