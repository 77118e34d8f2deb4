import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { runOperation } from '../commands/operation.ts';
import { HostDb, migrate } from '../db/index.ts';
import { CITY, TestFederation, createDatabase } from '../testing/test-federation.ts';
import { TestPooler, findPgBouncer } from '../testing/test-pooler.ts';
import { examine } from './doctor.ts';
import type { Finding } from './doctor-check.ts';

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY], catalogue: false });
});
afterAll(() => federation.stop());

/** The doctor's findings on a host after the test has changed its database with these statements. */
async function examineAfter(...statements: readonly string[]): Promise<Finding[]> {
  const databaseUrl = await createDatabase();
  const db = new HostDb(databaseUrl, 1, () => undefined);
  try {
    for (const statement of statements) await db.queryHost(statement);
  } finally {
    await db.close();
  }
  return examine({ ...federation.config(CITY), databaseUrl }, federation.now);
}
const of = (findings: readonly Finding[], part: string) => findings.filter((finding) => finding.part === part);

test('the doctor names a part that could not be examined, with the reason, and goes on with the others', async () => {
  const findings = await examineAfter('DROP TABLE parked', 'DROP TABLE lives CASCADE');
  const unexamined = (reason: string) => ({
    state: 'BAD',
    text: expect.stringMatching(`^could not be examined: .*"${reason}" does not exist`),
  });
  expect(of(findings, 'parked')).toMatchObject([unexamined('parked')]);
  expect(of(findings, 'served')).toMatchObject([unexamined('lives')]);
  for (const part of ['migrations', 'outbox', 'feeds', 'broker']) {
    expect(of(findings, part)).toMatchObject([{ state: 'OK' }]);
  }
});

test('the doctor examines the rest of a host whose topology cannot be read', async () => {
  const topologyFile = join(federation.dir, 'torn.json');
  await writeFile(topologyFile, '{');
  const environment = { ...federation.environment(CITY), LIANDONG_TOPOLOGY_FILE: topologyFile };
  const said: string[] = [];
  expect(await runOperation('doctor')(['--json'], { environment, print: (text) => void said.push(text) })).toBe(1);
  const findings = JSON.parse(said.join('')) as Finding[];
  expect(of(findings, 'topology')).toMatchObject([{ state: 'BAD', text: expect.stringContaining(topologyFile) }]);
  expect(of(findings, 'database')).toMatchObject([{ state: 'OK' }]);
});

const pgBouncer = findPgBouncer();
test.skipIf(pgBouncer === null)(
  'the doctor names a pooler that lends connections by the transaction, and examines what needs no database',
  async () => {
    const pooler = await TestPooler.start(pgBouncer ?? '', await createDatabase(), 'transaction');
    try {
      const { databaseUrl } = pooler;
      const findings = await examine({ ...federation.config(CITY), databaseUrl }, federation.now);
      const text = expect.stringContaining('pool_mode = session');
      expect(of(findings, 'database')).toMatchObject([{ state: 'BAD', text }]);
      for (const part of ['keys', 'broker']) expect(of(findings, part)).toMatchObject([{ state: 'OK' }]);
    } finally {
      await pooler.stop();
    }
  },
);

test('the doctor warns of indexes sorted by older rules than the server goes by, with the commands that mend them', async () => {
  const admin = new HostDb(inject('postgresAdminUrl'), 1, () => undefined);
  const name = `t_icu_${randomUUID().replaceAll('-', '')}`;
  const databaseUrl = inject('postgresAdminUrl').replace(/\/postgres$/, `/${name}`);
  await admin.queryHost(`CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh' LOCALE 'C'`);
  await admin.close();
  await migrate(databaseUrl);
  const db = new HostDb(databaseUrl, 1, () => undefined);
  const collation = async () =>
    of(await examine({ ...federation.config(CITY), databaseUrl }, federation.now), 'collation');
  try {
    expect(await collation()).toMatchObject([{ state: 'OK' }]);
    // as after an upgrade of the library that changed the rules
    await db.queryHost(`UPDATE pg_database SET datcollversion = '1.0' WHERE datname = current_database()`);
    await db.queryHost(`CREATE TABLE towns (name text COLLATE "zh-x-icu" PRIMARY KEY)`);
    await db.queryHost(`UPDATE pg_collation SET collversion = '2.0' WHERE collname IN ('zh-x-icu', 'de-x-icu')`);
    const [found, ...others] = await collation();
    expect(others).toEqual([]);
    expect(found).toMatchObject({ state: 'WARN', text: expect.stringContaining('1.0') });
    expect(found?.text).not.toContain('de-x-icu');
    const commands = found?.text.match(/(REINDEX|ALTER) [^;]+/g) ?? [];
    expect(commands).toEqual([
      `REINDEX DATABASE ${name}`,
      `ALTER DATABASE ${name} REFRESH COLLATION VERSION`,
      'ALTER COLLATION "zh-x-icu" REFRESH VERSION',
    ]);
    for (const command of commands) await db.queryHost(command);
    expect(await collation()).toMatchObject([{ state: 'OK' }]);
  } finally {
    await db.close();
  }
});
