import { filing } from '@liandong/schema/domains/filing';
import { enquiries } from '@liandong/schema/domains/enquiries';
import { readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DivisionCode } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCase } from '../cases/index.ts';
import { runGroup } from '../commands/index.ts';
import { listParked } from '../handoff/index.ts';
import { examine } from '../health/doctor.ts';
import {
  CaseSteps,
  LOW_INCOME,
  agent,
  application,
  clerk,
  countyChief,
  countyClerk,
  material,
} from '../testing/cases.ts';
import { dumpOf } from '../testing/dump.ts';
import { putOutbox } from '../testing/outbox.ts';
import { DataSharing, withoutHousehold } from '../testing/sharing.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually } from '../testing/test-federation.ts';
import type { SealedColumn, SealedName } from '../vault/index.ts';
import { SEALED_COLUMNS } from '../vault/index.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, VILLAGE];
/** Text that must appear nowhere: of the applicant, the asker and the household, and the text of a scanned paper. */
const PERSONAL = [
  '331022195203120028',
  '13800000001',
  '13900009999',
  '王秀英',
  '包小敏',
  '3310220001234',
  '低保申请书正文',
];

let federation: TestFederation;
let steps: CaseSteps;
let data: DataSharing;
let id: string;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES, encryptedKeys: true });
  steps = new CaseSteps(federation);
  data = await DataSharing.start(federation);
  id = await journey();
});
afterAll(async () => {
  await data.stop();
  await federation.stop();
});

/** A case from the question at the desk to the paper in the applicant's hands, with sharing, over three levels. */
async function journey(): Promise<string> {
  const { fileCase } = federation.desk(VILLAGE, filing);
  await federation.desk(VILLAGE, enquiries).openEnquiry(agent, {
    item: LOW_INCOME,
    place: null,
    asker: { name: '包小敏', phone: '13900009999' },
    idempotencyKey: 'asked',
  });
  const input = withoutHousehold({ idempotencyKey: 'filed' });
  const scan = material('家庭经济状况核对授权书', Buffer.from(`%PDF-1.4 低保申请书正文 ${PERSONAL.join(' ')} %%EOF`));
  const materials = input.materials.map((m) => (m.name === scan.name ? scan : m));
  const made = await fileCase(agent, { ...input, materials });
  const again = await fileCase(agent, { ...input, materials });
  expect(again.trackingCode).toBe(made.trackingCode);
  const { id: filed } = made.filing;
  const { id: request } = await data.ask(filed);
  await data.ended(filed, request);
  await steps.toReviewedAtTownship(filed);
  await steps.forward(filed, clerk);
  await steps.arrives(filed, countyClerk);
  await steps.review(filed, countyClerk);
  await steps.decide(filed, countyChief);
  await steps.deliver(filed, countyChief, agent);
  // a dossier that can't be processed is set aside with its whole content
  const stored = await findCase(federation.db(VILLAGE).queries(VILLAGE), filed);
  const body = JSON.stringify({ case: filed, epoch: 1, application: stored?.application, lines: 'none' });
  await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'DOSSIER', caseId: filed, body });
  await eventually(async () => (await listParked(federation.db(TOWNSHIP), TOWNSHIP)).length > 0);
  return filed;
}

async function command(node: DivisionCode, ...argv: string[]): Promise<string> {
  const environment = federation.environment(node);
  let out = '';
  await runGroup(argv, { environment, print: (text) => void (out += text) });
  return out;
}

interface ListedKeys {
  keys: { kid: string; state: string; values: number }[];
  readable: number;
}
const listed = async (node: DivisionCode) =>
  JSON.parse(await command(node, 'data-keys', 'list', '--node', node, '--json')) as ListedKeys;

const WITH_ALL = ['--with-application', '--with-materials', '--why', '核对'];

/** The verification of the case's own export, application and bytes included. */
async function verdict(node: DivisionCode): Promise<{ ok: boolean; checked: Record<string, unknown> }> {
  const out = join(federation.dir, `${node}-case.json`);
  await command(node, 'case', 'export', id, '--node', node, ...WITH_ALL, '--out', out);
  const { trustFile, divisionsFile } = federation.config(node);
  const text = await command(node, 'verify', out, '--root', trustFile, '--divisions', divisionsFile, '--json');
  return JSON.parse(text) as { ok: boolean; checked: Record<string, unknown> };
}

describe('a database that was stolen', () => {
  test.each(NODES)('tells no name, number, phone or paper of whom a journey was about (%s)', async (node) => {
    const dump = await dumpOf(federation.db(node));
    expect(PERSONAL.filter((needle) => dump.includes(needle))).toEqual([]);
  });

  test('would tell all of it if one column were left readable: the search does find', async () => {
    const node = VILLAGE;
    const { application: sealed } = await cases(node);
    const open = await federation.db(node).vault(node).open('cases.application', id, sealed);
    await write(node, open);
    expect(PERSONAL.filter((needle) => open.includes(needle))).not.toEqual([]);
    const dump = await dumpOf(federation.db(node));
    expect(PERSONAL.filter((needle) => dump.includes(needle))).not.toEqual([]);
    await write(node, sealed);
  });

  test('does not take what is put there in place of another row', async () => {
    const other = await steps.file(agent, application({ applicant: { ...application().applicant, name: '邵建平' } }));
    const { application: own } = await cases(VILLAGE);
    const { application: theirs } = await cases(VILLAGE, other);
    await write(VILLAGE, theirs);
    const read = await federation.services(VILLAGE).filing.getMany(agent, [id, other]);
    // only the case whose row was changed
    expect(read).toMatchObject([{ code: 'SEAL_BROKEN' }, { id: other }]);
    await write(VILLAGE, own);
  });
});

const cases = async (node: DivisionCode, of = id) =>
  (
    await federation.rows<{ application: string }>(node, `SELECT application FROM cases WHERE node = $1 AND id = $2`, [
      node,
      of,
    ])
  )[0] ?? { application: '' };
const write = (node: DivisionCode, value: string) =>
  federation.rows(node, `UPDATE cases SET application = $3 WHERE node = $1 AND id = $2`, [node, id, value]);

describe('a database that an earlier program filled', () => {
  /** Undoes the sealing: every value is readable, as before sealing was introduced. */
  const unseal = async (node: DivisionCode) => {
    const db = federation.db(node);
    const vault = db.vault(node);
    for (const [name, column] of Object.entries(SEALED_COLUMNS) as [SealedName, SealedColumn][]) {
      const keys = column.key.map((k) => k.name);
      const rows = await federation.rows<Record<string, string | number> & { value: string | Buffer | null }>(
        node,
        `SELECT ${keys.join(', ')}, ${column.column} AS value FROM ${column.table}
         WHERE node = $1 AND ${column.column} IS NOT NULL AND ${column.where ?? 'true'}`,
        [node],
      );
      for (const { value, ...row } of rows) {
        const place = keys.map((key) => row[key]).join('/');
        const open =
          typeof value === 'string'
            ? await vault.open(name, place, value)
            : column.form === 'bytes'
              ? await vault.openBytes(name, place, value ?? Buffer.alloc(0))
              : await vault.openPieces(name, place, value ?? Buffer.alloc(0));
        const same = keys.map((key, i) => `${key} = $${i + 3}`).join(' AND ');
        await federation.rows(node, `UPDATE ${column.table} SET ${column.column} = $2 WHERE node = $1 AND ${same}`, [
          node,
          open,
          ...keys.map((key) => row[key]),
        ]);
      }
    }
    await federation.rows(node, `DELETE FROM node_settings WHERE node = $1 AND key = 'sealed-columns'`, [node]);
  };

  test('is sealed at the first start, and every case still proves itself', async () => {
    for (const node of [VILLAGE, TOWNSHIP]) {
      await federation.stopHost(node);
      await unseal(node);
      const before = await dumpOf(federation.db(node));
      expect(PERSONAL.filter((needle) => before.includes(needle)).length).toBeGreaterThan(3);
      expect((await listed(node)).readable).toBeGreaterThan(5);
      await federation.startHost(node);
      const dump = await dumpOf(federation.db(node));
      expect(PERSONAL.filter((needle) => dump.includes(needle))).toEqual([]);
      expect((await listed(node)).readable).toBe(0);
      expect(await verdict(node)).toMatchObject({ ok: true, checked: { application: true } });
    }
    const next = await steps.file();
    await steps.forward(next, agent);
    await steps.arrives(next, clerk);
  });

  test('with a value that cannot be opened is sealed but for that one, and its host starts', async () => {
    const left = await steps.file();
    const broken = `ld1.${'A'.repeat(12)}.${'A'.repeat(40)}`;
    const { application: sealed } = await cases(VILLAGE);
    const plain = await federation.db(VILLAGE).vault(VILLAGE).open('cases.application', id, sealed);
    await federation.stopHost(VILLAGE);
    await write(VILLAGE, plain);
    await federation.rows(VILLAGE, `UPDATE cases SET application = $3 WHERE node = $1 AND id = $2`, [
      VILLAGE,
      left,
      broken,
    ]);
    await federation.rows(VILLAGE, `DELETE FROM node_settings WHERE node = $1 AND key = 'sealed-columns'`, [VILLAGE]);
    await federation.startHost(VILLAGE);
    expect((await cases(VILLAGE)).application).not.toBe(plain);
    expect((await cases(VILLAGE, left)).application).toBe(broken);
    expect(await command(VILLAGE, 'data-keys', 'reseal', '--node', VILLAGE)).toContain(`cases.application ${left}`);
    await federation.rows(VILLAGE, `DELETE FROM cases WHERE node = $1 AND id = $2`, [VILLAGE, left]);
  });
});

describe('a data key', () => {
  test('is changed while the host serves, and what was sealed before stays readable', async () => {
    const [old] = (await listed(VILLAGE)).keys;
    const out = await command(VILLAGE, 'data-keys', 'rotate', '--node', VILLAGE, '--why', '年度换钥', '--by', '王主任');
    expect(out).toMatch(/Sealed \d\d+ values anew/);
    const { keys } = await listed(VILLAGE);
    expect(keys).toMatchObject([
      { kid: old?.kid, state: 'OPENS', values: 0 },
      { state: 'SEALS', values: old?.values },
    ]);
    // the running host finds a row under the new key and loads that key
    const [seen] = await federation.services(VILLAGE).filing.getMany(agent, [id]);
    expect(seen).toMatchObject({ applicant: { idNumber: '331022********0028' } });
    await steps.file();
    expect((await listed(VILLAGE)).keys[0]?.values).toBe(0);
    expect(await verdict(VILLAGE)).toMatchObject({ ok: true });
    await command(VILLAGE, 'data-keys', 'retire', old?.kid ?? '', '--node', VILLAGE, '--why', '已无密文');
    expect((await listed(VILLAGE)).keys[0]).toMatchObject({ kid: old?.kid, state: 'RETIRED' });
    const log = await command(VILLAGE, 'keys', 'show', old?.kid ?? '', '--node', VILLAGE, '--json').catch(() => '');
    expect(log).not.toContain(PERSONAL[0]);
    const logged = await federation.rows<{ action: string; actor: string }>(
      VILLAGE,
      `SELECT action, actor FROM key_log WHERE node = $1 AND action LIKE 'DATA_KEY%' ORDER BY id`,
      [VILLAGE],
    );
    expect(logged.map((line) => line.action)).toEqual(['DATA_KEY_MADE', 'DATA_KEY_MADE', 'DATA_KEY_RETIRED']);
    expect(logged[1]?.actor).toBe('王主任');
  });

  test('that still seals something is not retired, nor is the newest', async () => {
    const { kid = '' } = (await listed(TOWNSHIP)).keys[0] ?? {};
    const retire = command(TOWNSHIP, 'data-keys', 'retire', kid, '--node', TOWNSHIP, '--why', '错');
    await expect(retire).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  test('that was lost keeps the host from starting, and doctor and error name it', async () => {
    const { keysDir } = federation.config(TOWNSHIP);
    await federation.stopHost(TOWNSHIP);
    const file = (await readdir(keysDir)).find((name) => name.includes('.data.jwks')) ?? '';
    const { kid = '' } = (await listed(TOWNSHIP)).keys[0] ?? {};
    await rename(join(keysDir, file), join(federation.dir, file));
    await expect(federation.startHost(TOWNSHIP)).rejects.toMatchObject({
      code: 'DATA_KEY_MISSING',
      message: expect.stringContaining(kid),
    });
    const found = await examine(federation.config(TOWNSHIP), federation.now);
    expect(found.find((finding) => finding.part === 'data keys')).toMatchObject({
      state: 'BAD',
      text: expect.stringContaining(kid),
    });
    // another key in its file is not accepted in its place
    await writeFile(
      join(keysDir, file),
      await readFile(join(federation.dir, file)).then((text) => text.subarray(0, -4)),
    );
    await expect(federation.startHost(TOWNSHIP)).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    await rename(join(federation.dir, file), join(keysDir, file));
    await federation.startHost(TOWNSHIP);
    expect(
      (await examine(federation.config(TOWNSHIP), federation.now)).find((f) => f.part === 'data keys')?.state,
    ).toBe('OK');
  });
});
