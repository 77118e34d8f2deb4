import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { feeChangesTable } from '../admission/tables.ts';
import { dataRequestsTable } from '../sharing/tables.ts';
import { createDatabase } from '../testing/test-federation.ts';
import { SEALED_COLUMNS, Vault, generateDataKey } from '../vault/index.ts';
import type { Columns, OnKnown, RowOf, Table } from './index.ts';
import { HostDb, insert, integer, jsonOf, nullable, opened, table, text, uuid } from './index.ts';
import { snake } from './table.ts';

const SOURCES = fileURLToPath(new URL('../', import.meta.url));

const NODE = '331022';

let db: HostDb;
beforeAll(async () => {
  const keys = [generateDataKey(NODE, new Date())];
  const vault = await Vault.open(() => Promise.resolve(keys));
  db = new HostDb(await createDatabase(), 2, () => undefined, vault);
});
afterAll(() => db.close());

async function described(): Promise<Table<string, Columns>[]> {
  const files = readdirSync(SOURCES).map((folder) => `${SOURCES}${folder}/tables.ts`);
  const modules = await Promise.all(files.filter(existsSync).map((file) => import(file) as Promise<object>));
  return modules.flatMap((module) => Object.values(module) as Table<string, Columns>[]);
}

/** A table as the database has it, and as its description says: column, type, nullability, place in the key. */
async function stored(name: string): Promise<string[]> {
  const rows = await db.queryHost<{ line: string }>(
    `SELECT concat_ws(' ', a.attname, a.atttypid::regtype, CASE WHEN a.attnotnull THEN 'NOT NULL' END,
       'KEY ' || array_position(k.indkey::int2[], a.attnum)) AS line
     FROM pg_attribute a JOIN pg_index k ON k.indrelid = a.attrelid AND k.indisprimary
     WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY 1`,
    [name],
  );
  return rows.map(({ line }) => line);
}
async function said({ columns, key }: Table<string, Columns>): Promise<string[]> {
  const types = await db.queryHost<{ name: string }>(`SELECT t::regtype AS name FROM unnest($1::text[]) AS t`, [
    Object.values(columns).map(({ type }) => type),
  ]);
  const lines = Object.entries(columns).map(([field, column], i) => {
    const at = key.indexOf(field) + 1;
    return `${snake(field)} ${types[i]?.name}${column.nullable ? '' : ' NOT NULL'}${at > 0 ? ` KEY ${at}` : ''}`;
  });
  return ['node text NOT NULL KEY 0', ...lines].sort();
}

/** Columns to which the database gives a value by itself; identities can't be inserted otherwise. */
async function given(name: string): Promise<{ identities: string[]; all: string[] }> {
  const rows = await db.queryHost<{ column: string; identity: boolean }>(
    `SELECT attname AS column, attidentity <> '' AS identity FROM pg_attribute
     WHERE attrelid = to_regclass($1) AND (attidentity <> '' OR atthasdef)`,
    [name],
  );
  return { identities: rows.filter((r) => r.identity).map((r) => r.column), all: rows.map((r) => r.column) };
}

/** Fields of Prisma's models by table. */
async function models(): Promise<Map<string, string[]>> {
  const schema = await readFile(`${SOURCES}../prisma/schema.prisma`, 'utf8');
  const found = [...schema.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(([, model = '', body = '']) => {
    const fields = [...body.matchAll(/^ {2}(\w+) +(?:String|Int|BigInt|Boolean|DateTime|Json|Bytes)\b/gm)];
    const [, name = model] = /@@map\("(\w+)"\)/.exec(body) ?? [];
    return [name, fields.map(([, field = '']) => field)] as const;
  });
  return new Map(found);
}

describe('the descriptions of tables', () => {
  test('say what the migrated database has', async () => {
    const tables = await described();
    expect(tables.length).toBeGreaterThan(2);
    for (const one of tables) expect([one.name, await said(one)]).toEqual([one.name, (await stored(one.name)).sort()]);
  });

  test('would be found out if a column were wrong: type, nullability, key, name', async () => {
    const note = { id: uuid, caseId: text, at: text, digest: nullable(text), sign: text };
    const wrong = await said(table('case_notes', ['caseId'], note));
    const has = await stored('case_notes');
    expect(wrong.filter((line) => !has.includes(line))).toEqual([
      'at text NOT NULL',
      'case_id text NOT NULL KEY 1',
      'digest text',
      'id uuid NOT NULL',
      'sign text NOT NULL',
    ]);
    expect(await stored('no_such_table')).toEqual([]);
    expect(await said(table('serials', ['day'], { day: text, next: integer }))).not.toEqual(await stored('serials'));
  });

  test('leave to the database what it gives by itself', async () => {
    for (const { name, columns } of await described()) {
      const generated = Object.keys(columns).filter((field) => columns[field]?.generated);
      const { identities, all } = await given(name);
      expect([name, all]).toEqual([name, expect.arrayContaining(generated.map(snake))]);
      expect([name, generated.map(snake)]).toEqual([name, expect.arrayContaining(identities)]);
    }
  });

  test('name their fields as Prisma does, so that rows of both are read the same', async () => {
    const fieldsOf = await models();
    for (const { name, columns } of await described()) {
      expect([name, ...Object.keys(columns), 'node'].sort()).toEqual([name, ...(fieldsOf.get(name) ?? [])].sort());
    }
  });

  test('give the vault every sealed column', async () => {
    const sealed = (await described()).flatMap(({ name, columns }) =>
      Object.keys(columns).flatMap((field) => (columns[field]?.sealed ? [`${name}.${snake(field)}`] : [])),
    );
    expect(Object.keys(SEALED_COLUMNS)).toEqual(expect.arrayContaining(sealed));
  });
});

describe('rows', () => {
  const fee: RowOf<typeof feeChangesTable> = {
    item: 'A',
    name: '工本费',
    effectiveFrom: '2026-03-01',
    change: 'ADDED',
    amountFen: 1_234_567_890_123,
    basis: '文',
    recordedAt: new Date('2026-02-01T08:00:00.123Z'),
    recordedBy: '王',
  };

  test('are inserted, kept, replaced or changed by an own clause, and read by both as they were given', async () => {
    const { reads, ...queries } = db.queries(NODE);
    const put = (rows: RowOf<typeof feeChangesTable>[], known?: OnKnown) =>
      db.transact(NODE, (tx) => insert(tx, feeChangesTable, rows, known));
    const all = async () => [
      await opened(queries, feeChangesTable, await reads.feeChange.findMany({ omit: { node: true } })),
      await opened(
        queries,
        feeChangesTable,
        await queries.query<RowOf<typeof feeChangesTable>>(
          `SELECT ${feeChangesTable.selectAll('f')} FROM fee_changes f WHERE node = $1`,
        ),
      ),
    ];
    expect(await put([fee])).toBe(1);
    expect(await all()).toEqual([[fee], [fee]]);
    await expect(put([fee])).rejects.toThrow('duplicate key');
    const free = { ...fee, change: 'DROPPED' as const, amountFen: null };
    expect(await put([free], 'KEEP')).toBe(0);
    expect(await all()).toEqual([[fee], [fee]]);
    expect(await put([free], 'REPLACE')).toBe(1);
    expect(await all()).toEqual([[free], [free]]);
    const clause = 'ON CONFLICT (node, item, name, effective_from) DO UPDATE SET basis = excluded.basis' as const;
    expect(await put([{ ...fee, basis: '令' }], clause)).toBe(1);
    expect(await all()).toEqual([[{ ...free, basis: '令' }], [{ ...free, basis: '令' }]]);
  });

  test('are sealed when they are written and opened when they are read; an empty list and a null stay', async () => {
    const asked = {
      caseId: 'c',
      offer: 'o',
      asker: NODE,
      provider: NODE,
      item: null,
      askedBy: '王',
      askedAt: new Date(0),
      fields: [],
      state: 'SENT' as const,
      answeredAt: null,
      replaces: null,
      record: null,
      given: null,
    };
    const rows = [
      { ...asked, id: '00000000-0000-4000-8000-000000000001' },
      { ...asked, id: '00000000-0000-4000-8000-000000000002', fields: ['收入', 'a"b,{c}'], given: '{"收入":"0"}' },
    ];
    await db.transact(NODE, (tx) => insert(tx, dataRequestsTable, rows));
    const { reads, ...queries } = db.queries(NODE);
    const stored = await reads.dataRequest.findMany({ orderBy: { id: 'asc' }, omit: { node: true } });
    expect(stored[1]?.given).toMatch(/^ld1\./);
    expect(await opened(queries, dataRequestsTable, stored)).toEqual(rows);
    expect(dataRequestsTable.select('r')).not.toContain('given');
  });

  test('hold JSON as it was given, and null is null', async () => {
    const bases = table('legal_bases', ['id'], { id: text, title: text, body: jsonOf<object>() });
    const basis = { id: 'b', title: 't', body: { a: [1, 'x', null, { b: true }] } };
    await db.transact(NODE, (tx) => insert(tx, bases, [basis]));
    expect(await db.reads(NODE).legalBasis.findMany({ omit: { node: true } })).toEqual([basis]);
  });
});
