import { ProblemError } from '@liandong/schema/kernel';
import { knownMigrations, refusePooler } from '../db/index.ts';
import { clockOffset } from '../observability/index.ts';
import type { Finding, Subject } from './doctor-check.ts';
import { bad, ok, reasonOf } from './doctor-check.ts';
import { CLOCK_LIMIT_MS } from './readiness.ts';

export async function examineDatabase({ config }: Subject): Promise<Finding[]> {
  try {
    await refusePooler(config.databaseUrl);
    return [ok('database', 'The database answers, and connections stay with this host.')];
  } catch (error) {
    if (error instanceof ProblemError) return [bad('database', error.message)];
    const remedy = 'Is PostgreSQL running, and are address, user and password in LIANDONG_DATABASE_URL right?';
    return [bad('database', `The database does not answer: ${reasonOf(error)}. ${remedy}`)];
  }
}

export async function examineClock({ db, now }: Subject): Promise<Finding[]> {
  const asked = now().getTime();
  const [row] = await db.queryHost<{ theirs: number }>(
    `SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS theirs`,
  );
  const offset = clockOffset({ theirs: row?.theirs ?? asked, asked, answered: now().getTime() });
  if (Math.abs(offset) <= CLOCK_LIMIT_MS) return [ok('clock', 'The clock agrees with the database’s.')];
  const seconds = Math.round(Math.abs(offset) / 100) / 10;
  const way = offset > 0 ? 'ahead of' : 'behind';
  return [bad('clock', `The clock is ${seconds} s ${way} the database’s. Set up NTP (chrony) on both machines.`)];
}

export async function examineDurability({ db }: Subject): Promise<Finding[]> {
  const [row] = await db.queryHost<{ value: string }>(`SELECT current_setting('synchronous_commit') AS value`);
  if (row?.value !== 'off') return [ok('durability', 'The database commits durably.')];
  const text = 'synchronous_commit is off: a power cut would lose what residents were told. Switch it on.';
  return [bad('durability', text)];
}

export async function examineMigrations({ db }: Subject): Promise<Finding[]> {
  const known = await knownMigrations();
  const [table] = await db.queryHost<{ there: boolean }>(`SELECT to_regclass('migrations') IS NOT NULL AS there`);
  const rows = table?.there ? await db.queryHost<{ name: string }>(`SELECT name::text FROM migrations`) : [];
  const applied = rows.map((r) => r.name);
  const missing = known.filter((name) => !applied.includes(name));
  const strange = applied.filter((name) => !known.includes(name)).sort();
  const findings: Finding[] = [];
  if (strange.length > 0) {
    const text = `The database is newer than this program (${strange.join(', ')}). Update it.`;
    findings.push(bad('program', text));
  }
  if (missing.length > 0) {
    const text = `${missing.join(', ')} are not applied. Run liandong migrate, or start the host.`;
    findings.push(bad('migrations', text));
  } else if (strange.length === 0) findings.push(ok('migrations', `All ${known.length} are applied.`));
  return findings;
}
