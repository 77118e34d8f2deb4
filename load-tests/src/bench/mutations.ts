import { randomUUID } from 'node:crypto';
import { TOKEN_AUDIENCE } from '@liandong/schema/identity';
import { SignJWT, importJWK } from 'jose';
import pg from 'pg';
import { BenchFederation, CITY, COUNTY, ISSUER, TOWNSHIP } from './bench-federation.ts';
import type { MutationStep, Walked } from './desk-protocol.ts';
import type { WrittenRows } from './statements.ts';
import type { Times } from './statistics.ts';
import { round, timesOf } from './statistics.ts';

export interface MutationsOptions {
  /** Cases whose whole life is run. */
  cases: number;
  concurrency: number;
}

export interface MutationsResult extends MutationsOptions {
  /** Statements of one mutation, BEGIN and COMMIT included. */
  statements: Record<string, { count: number; sent: string[] }>;
  /** Mutations of one node through GraphQL, each with a token and a key of its own. */
  product: Rate;
  /** Transactions of `pg` alone that write the same rows, in the same database, as many at once. */
  bare: Rate;
  /** Mutations to bare transactions. */
  ratio: number;
}

interface Rate {
  perSecond: number;
  all: Times;
  mutations: Record<string, Times>;
}

const FAULT = 'errors { code message }';
const step = (
  name: string,
  mutation: string,
  input: string,
  who: MutationStep['who'],
  fields: object,
): MutationStep => ({
  name,
  role: 'handling',
  who,
  query: `mutation Step($input: ${input}!) { ${mutation}(input: $input) { case { id state } ${FAULT} } }`,
  input: { ...fields },
});
const file = (item: string, materials: readonly string[]): MutationStep => ({
  name: 'file',
  role: 'filing',
  who: 'AGENT',
  query: `mutation File($input: FileCaseInput!) { fileCase(input: $input) { case { id number } ${FAULT} } }`,
  input: {
    item,
    applicant: { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
    consent: { givenBy: '王秀英', way: 'FINGERPRINT', scope: '代办', givenAt: '2026-01-05T01:00:00.000Z' },
    materials: materials.map((name) => ({ name, fileName: `${name}.txt`, mediaType: 'text/plain' })),
  },
});
const ACCEPT = step('accept', 'acceptCase', 'CaseStepInput', 'CLERK', {});
const REVIEW = step('review', 'reviewCase', 'ReviewCaseInput', 'CLERK', { opinion: 'APPROVE', note: '属实' });

/** 生育登记: all steps at the township. */
const LIFE: readonly MutationStep[] = [
  file('3310-WJ-001', ['身份证明', '结婚证']),
  ACCEPT,
  REVIEW,
  step('decide', 'decideCase', 'DecideCaseInput', 'CHIEF', { outcome: 'GRANTED' }),
  step('issueDocument', 'issueDocument', 'CaseStepInput', 'CHIEF', {}),
  step('deliver', 'deliverCase', 'DeliverCaseInput', 'CLERK', { way: 'WINDOW' }),
];
/** 低保: reviewed at the township, decided at the county. */
const FORWARDED: readonly MutationStep[] = [
  file('3310-MZ-001', ['最低生活保障申请书', '身份证明', '家庭经济状况核对授权书', '户口簿']),
  ACCEPT,
  REVIEW,
  step('forward', 'forwardCase', 'CaseStepInput', 'CLERK', {}),
];

/** Runs whole lives of cases at one node, and beside them bare transactions that write the same rows. */
export async function mutations(
  { cases, concurrency }: MutationsOptions,
  profileDir: string | null,
  tell: (line: string) => void,
): Promise<MutationsResult> {
  tell('starting one node for its mutations');
  const federation = await BenchFederation.start({
    hosts: { above: [CITY, COUNTY], desk: [TOWNSHIP] },
    connections: concurrency + 2,
    sharedBuffersMb: 256,
    profileDir,
  });
  try {
    await federation.stopDesk('above');
    const tokens = await tokensOf(federation);
    const desk = federation.desk('desk');
    const walk = { do: 'walk', node: TOWNSHIP, tokens } as const;
    await desk.ask({ ...walk, steps: LIFE, cases: Math.ceil(cases / 5), concurrency });
    const forwarded = await desk.ask({ do: 'listen', node: TOWNSHIP, tokens, steps: FORWARDED });
    const listened = await desk.ask({ do: 'listen', node: TOWNSHIP, tokens, steps: LIFE });
    const written = LIFE.map(({ name }) => listened.written[name] ?? []);
    const database = federation.environment('desk')['LIANDONG_DATABASE_URL'] ?? '';
    tell(`${cases} lives of ${LIFE.length} mutations, ${concurrency} at once, and their rows alone, in turn`);
    const product: Walked[] = [];
    const bare: Walked[] = [];
    for (let round = 0; round < 2; round++) {
      bare.push(await walkBare(database, written, cases / 2, concurrency));
      product.push(await desk.ask({ ...walk, steps: LIFE, cases: cases / 2, concurrency }));
    }
    const rates = { product: rateOf(product), bare: rateOf(bare) };
    return {
      cases,
      concurrency,
      statements: Object.fromEntries(
        [
          ...Object.entries(listened.sent),
          ...Object.entries(forwarded.sent).filter(([name]) => name === 'forward'),
        ].map(([name, sent]) => [name, { count: sent.length, sent }]),
      ),
      ...rates,
      ratio: round(rates.product.perSecond / rates.bare.perSecond, 3),
    };
  } finally {
    await federation.stop();
  }
}

function rateOf(walked: readonly Walked[]): Rate {
  const times = walked.map((each) => each.times);
  const names = [...new Set(times.flatMap((each) => Object.keys(each)))];
  const of = (name: string) => times.flatMap((each) => each[name] ?? []);
  const all = names.flatMap(of);
  const seconds = walked.reduce((sum, each) => sum + each.seconds, 0);
  return {
    perSecond: round(all.length / seconds),
    all: timesOf(all),
    mutations: Object.fromEntries(names.map((name) => [name, timesOf(of(name))])),
  };
}

async function tokensOf(federation: BenchFederation): Promise<Record<MutationStep['who'], string>> {
  const key = await importJWK(federation.issuerKey, 'EdDSA');
  const token = (role: MutationStep['who']) =>
    new SignJWT({ name: '章亭兰', division: TOWNSHIP, roles: [role] })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(`bench-${role}`)
      .setIssuedAt()
      .setExpirationTime('2h')
      .sign(key);
  return { AGENT: await token('AGENT'), CLERK: await token('CLERK'), CHIEF: await token('CHIEF') };
}

/** Writes the rows of whole lives under another node's code, one transaction a mutation, statement by statement. */
async function walkBare(
  url: string,
  written: readonly WrittenRows[][],
  cases: number,
  concurrency: number,
): Promise<Walked> {
  const pool = new pg.Pool({ connectionString: url, max: concurrency });
  pool.on('error', () => undefined);
  const times: Record<string, number[]> = {};
  const begun = performance.now();
  let left = cases;
  try {
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        while (left-- > 0) {
          const fresh = freshened(written);
          for (const [index, rows] of fresh.entries()) {
            const began = performance.now();
            await writeBare(pool, rows, index === 0);
            (times[LIFE[index]?.name ?? ''] ??= []).push(performance.now() - began);
          }
        }
      }),
    );
  } finally {
    await pool.end();
  }
  return { times, seconds: (performance.now() - begun) / 1000 };
}

/** The same rows of another case: of the same length in bytes, with ids of their own. */
function freshened(written: readonly WrittenRows[][]): WrittenRows[][] {
  const ids = new Map<string, string>();
  const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
  const other = (text: string) =>
    text.replaceAll(id, (known) => {
      const made = ids.get(known) ?? randomUUID();
      ids.set(known, made);
      return made;
    });
  const suffix = randomUUID();
  return written.map((each) =>
    each.map(({ table, rows }) => ({
      table,
      rows: rows.map((row) => {
        const fresh: Record<string, unknown> = {};
        for (const [name, value] of Object.entries(row)) {
          fresh[name] = typeof value === 'string' && name !== 'jws' && name !== 'entry' ? other(value) : value;
        }
        fresh['node'] = `${TOWNSHIP.slice(0, 6)}999`;
        if (table === 'cases') fresh['number'] = suffix.slice(0, String(row['number']).length);
        if (table === 'blobs') fresh['sha256'] = `${suffix}${String(row['sha256']).slice(suffix.length)}`;
        return fresh;
      }),
    })),
  );
}

async function writeBare(pool: pg.Pool, written: readonly WrittenRows[], first: boolean): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    for (const { table, rows } of written) {
      for (const row of rows) await client.query(statementFor(table, row, first));
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

/** A plain prepared statement: a case's row is there already after its filing. */
function statementFor(table: string, row: Record<string, unknown>, first: boolean) {
  const names = Object.keys(row);
  const values = Object.values(row);
  if (table === 'cases' && !first) {
    const set = names.map((name, i) => `${name} = $${i + 1}`).join(', ');
    const at = (name: string) => names.indexOf(name) + 1;
    return {
      name: 'update cases',
      text: `UPDATE cases SET ${set} WHERE node = $${at('node')} AND id = $${at('id')}`,
      values,
    };
  }
  const places = names.map((_, i) => `$${i + 1}`).join(', ');
  return { name: `insert ${table}`, text: `INSERT INTO ${table} (${names.join(', ')}) VALUES (${places})`, values };
}
