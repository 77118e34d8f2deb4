import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue, MAX_ITEM_FORM_BYTES } from '@liandong/schema/domains/catalogue';
import { itemLife } from '@liandong/schema/domains/item-life';
import { dayOf } from '@liandong/schema/kernel';
import { MAX_PART_BYTES } from '@liandong/schema/wire';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importCatalogue, publishCatalogue } from '../catalogue/index.ts';
import { FeedAppender } from '../feeds/index.ts';
import { Outbox } from '../handoff/index.ts';
import { attachFolder } from '../item-life/index.ts';
import { approveDraft, cataloguer } from '../testing/catalogue.ts';
import { codesOf, LOW_INCOME } from '../testing/cases.ts';
import { sha256 } from '../trust/index.ts';
import {
  CATALOGUE_FILE,
  CITY,
  COUNTY,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';
import { FormCarrier } from './index.ts';

const FOLDER = fileURLToPath(new URL('../../../data/forms/', import.meta.url));
const MATERIAL = '最低生活保障申请书';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const once = { idempotencyKey: null };

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
});
afterAll(() => federation.stop());

const life = () => federation.desk(CITY, itemLife);
const offered = async (node = VILLAGE) =>
  (await federation.desk(node, catalogue).guide(null, { division: node, item: LOW_INCOME })).forms;
const part = (digest: string, node = VILLAGE, offset = 0, length = MAX_PART_BYTES) =>
  federation.desk(node, catalogue).formPart(null, { division: node, sha256: digest, offset, length });
const pdf = (inside: string | Buffer = '') =>
  Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.from(inside), Buffer.from('\n%%EOF')]);
/** A workbook with only the list of its parts. */
const xlsx = (...names: string[]) => {
  const types = `<?xml version="1.0"?><Types><Override PartName="/xl/workbook.xml" ContentType="${XLSX}.main+xml"/></Types>`;
  const parts = Object.fromEntries(['xl/workbook.xml', ...names].map((name) => [name, strToU8('<x/>')]));
  return Buffer.from(zipSync({ '[Content_Types].xml': strToU8(types), ...parts }, { level: 0 }));
};

interface Attached {
  title?: string;
  kind?: 'BLANK' | 'SAMPLE';
  material?: string;
  mediaType?: 'application/pdf' | typeof XLSX;
  fileName?: string;
  reason?: string;
}
const attach = (bytes: Buffer, given: Attached = {}, viewer = cataloguer, node = CITY) =>
  federation.desk(node, itemLife).attachItemForm(viewer, {
    code: LOW_INCOME,
    material: MATERIAL,
    kind: 'BLANK',
    title: '申请书',
    fileName: '申请书.pdf',
    mediaType: 'application/pdf',
    content: bytes.toString('base64'),
    reason: '上载表格',
    ...given,
    ...once,
  });
const publish = async () => {
  await approveDraft(life(), LOW_INCOME);
  return life().publishItem(cataloguer, { code: LOW_INCOME, effectiveFrom: dayOf(federation.now()), ...once });
};
const drop = async () => {
  const { draft } = await life().itemHistory(cataloguer, { code: LOW_INCOME });
  for (const form of draft?.item.item.forms ?? []) {
    await life().detachItemForm(cataloguer, { code: LOW_INCOME, title: form.title, reason: '撤下', ...once });
  }
};
const arrive = (digest: string, node = VILLAGE) =>
  eventually(async () => (await offered(node)).some((form) => form.sha256 === digest && form.arrived));

describe('a form of an item', () => {
  test('goes down with the catalogue, and every node below gives it to anybody, byte for byte', async () => {
    const blank = pdf(Buffer.alloc(3 * MAX_PART_BYTES + 5, 'x'));
    const digest = sha256(blank);
    const { item } = await attach(blank);
    expect(item.item.forms).toMatchObject([{ title: '申请书', kind: 'BLANK', size: blank.length, sha256: digest }]);
    await attach(xlsx(), { title: '样表', kind: 'SAMPLE', mediaType: XLSX, fileName: '样表.xlsx' });
    // before it is published, it is given to no one
    expect(await codesOf(part(digest, CITY))).toEqual(['NOT_FOUND']);
    await publish();
    for (const node of [COUNTY, TOWNSHIP, VILLAGE]) await arrive(digest, node);
    const shown = await offered();
    expect(shown.map(({ title, path }) => [title, path])).toEqual([
      ['申请书', `/forms/${VILLAGE}/${digest}`],
      ['样表', `/forms/${VILLAGE}/${sha256(xlsx())}`],
    ]);
    const got: Buffer[] = [];
    for (let offset = 0; offset < blank.length; offset += MAX_PART_BYTES) {
      const { bytes, size, fileName } = await part(digest, VILLAGE, offset);
      expect([size, fileName]).toEqual([blank.length, '申请书.pdf']);
      got.push(Buffer.from(bytes, 'base64'));
    }
    expect(Buffer.concat(got).equals(blank)).toBe(true);
    const { markdown } = await federation.desk(VILLAGE, catalogue).guide(null, { division: VILLAGE, item: LOW_INCOME });
    expect(markdown).toContain(`| ${MATERIAL} | 空白表格 | 申请书 | PDF,1.5 MB | /forms/${VILLAGE}/${digest} |`);
    expect(markdown).toContain('| 样表 | 样表 | XLSX,1 KB |');
  });

  test('that another replaces is still given to those whom a guide led to it', async () => {
    const before = (await offered())[0]?.sha256 ?? '';
    const next = pdf('next');
    await attach(next);
    await publish();
    await arrive(sha256(next));
    expect((await offered()).map(({ title }) => title)).toEqual(['样表', '申请书']);
    expect((await part(before)).size).toBeGreaterThan(MAX_PART_BYTES);
  });

  test('whose bytes have not come yet is named as such in the guide, and its address says so', async () => {
    const late = pdf('late');
    const digest = sha256(late);
    await federation.db(VILLAGE).transact(VILLAGE, async (tx) => {
      const form = { material: MATERIAL, kind: 'BLANK' as const, title: '迟到', fileName: '迟到.pdf' };
      const named = { ...form, mediaType: 'application/pdf' as const, size: late.length, sha256: digest };
      const [found] = await federation.services(VILLAGE).catalogue.getMany([LOW_INCOME]);
      if (!found || found instanceof Error) throw new Error('no item');
      await new FormCarrier(federation.divisions, new Outbox()).offer(tx, [{ ...found.item, forms: [named] }]);
    });
    expect(await codesOf(part(digest))).toEqual(['FORM_NOT_HERE']);
  });

  test('comes to a node that was offline when it was published, and through one that waited for it', async () => {
    const missed = pdf('missed');
    await attach(missed, { title: '新表' });
    await federation.stopHost(COUNTY);
    await federation.stopHost(VILLAGE);
    await publish();
    await federation.startHost(VILLAGE);
    await federation.startHost(COUNTY);
    await arrive(sha256(missed));
    expect(Buffer.from((await part(sha256(missed))).bytes, 'base64').equals(missed)).toBe(true);
  });

  test('is attached and taken out by the city’s cataloguers alone', async () => {
    for (const [viewer, node] of [
      [personAt(CITY, 'CLERK'), CITY],
      [personAt(CITY, 'REVIEWER'), CITY],
      [personAt(COUNTY, 'CATALOGUER'), COUNTY],
    ] as const) {
      expect(await codesOf(attach(pdf('other'), {}, viewer, node))).toEqual(['FORBIDDEN']);
      const out = { code: LOW_INCOME, title: '申请书', reason: '撤下', ...once };
      expect(await codesOf(federation.desk(node, itemLife).detachItemForm(viewer, out))).toEqual(['FORBIDDEN']);
    }
  });

  test.each([
    ['that is no PDF', Buffer.from('plain text'), {}, 'MATERIAL_MISLABELLED'],
    ['with a script', pdf('/OpenAction << /S /JavaScript /JS (app.alert(1)) >>'), {}, 'MATERIAL_ACTIVE'],
    ['with a password', pdf('/Encrypt 5 0 R'), {}, 'MATERIAL_ENCRYPTED'],
    ['that is torn', pdf().subarray(0, -6), {}, 'MATERIAL_TORN'],
    ['with macros', xlsx('xl/vbaProject.bin'), { mediaType: XLSX }, 'MATERIAL_ACTIVE'],
    ['above 2 MiB', pdf(Buffer.alloc(MAX_ITEM_FORM_BYTES)), {}, 'PAYLOAD_TOO_LARGE'],
    ['without a byte', Buffer.alloc(0), {}, 'BAD_INPUT'],
    ['for a material the item does not ask for', pdf('a'), { material: '结婚证' }, 'BAD_INPUT'],
    ['in a folder', pdf('b'), { fileName: '../a.pdf' }, 'BAD_INPUT'],
    ['without a reason', pdf('c'), { reason: ' ' }, 'REASON_MISSING'],
  ] as const)('%s is refused', async (_, bytes, given, code) => {
    expect(await codesOf(attach(bytes, given))).toEqual([code]);
  });

  test('taken out of a draft before it was published leaves no bytes behind', async () => {
    const unused = pdf('unused');
    await attach(unused, { title: '未用' });
    const stored = () =>
      federation.rows(CITY, `SELECT 1 FROM item_forms WHERE node = $1 AND sha256 = $2`, [CITY, sha256(unused)]);
    expect(await stored()).toHaveLength(1);
    const out = { code: LOW_INCOME, title: '未用', reason: '撤下', ...once };
    await life().detachItemForm(cataloguer, out);
    expect(await stored()).toEqual([]);
    expect(await codesOf(life().detachItemForm(cataloguer, out))).toEqual(['NOT_FOUND']);
  });

  test('goes from the draft with the material it was for', async () => {
    const [found] = await federation.services(CITY).catalogue.getMany([LOW_INCOME]);
    if (!found || found instanceof Error) throw new Error('no item');
    const materials = found.item.standard.materials.filter(({ name }) => name !== MATERIAL);
    const draft = await life().draftItem(cataloguer, { code: LOW_INCOME, reason: '减材料', materials, ...once });
    expect(draft.item.item.forms).toBeUndefined();
    await drop();
  });
});

describe('a message about forms', () => {
  const answered = (to: string, from: string, kind: 'wanted' | 'part', body: object, bytes: Uint8Array | null = null) =>
    federation.db(to).transact(to, (tx) => {
      const carrier = new FormCarrier(federation.divisions, new Outbox());
      const message = { id: '1', from, to, kind: 'FORM_PART' as const, body, bytes };
      return carrier[kind](tx, message);
    });
  const digest = 'a'.repeat(64);

  test('is refused from a node that is not beside it in the tree', async () => {
    expect(await answered(CITY, VILLAGE, 'wanted', { sha256: digest })).toMatchObject({ code: 'FORBIDDEN' });
    const piece = { sha256: digest, offset: 0, length: 1, size: 1 };
    expect(await answered(VILLAGE, COUNTY, 'part', piece, Buffer.from('a'))).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('is refused for a form that no item names, and for one of another size', async () => {
    const unknown = { sha256: digest, offset: 0, length: 1, size: 1 };
    const bytes = Buffer.from('a');
    expect(await answered(VILLAGE, TOWNSHIP, 'part', unknown, bytes)).toMatchObject({ code: 'MATERIAL_CORRUPT' });
    const known = { ...unknown, sha256: (await offered())[0]?.sha256 };
    expect(await answered(VILLAGE, TOWNSHIP, 'part', known, bytes)).toMatchObject({ code: 'MATERIAL_CORRUPT' });
  });

  test('with other bytes than their digest says is refused, and the form is not here', async () => {
    const late = pdf('late');
    const wrong = Buffer.from(late).fill('y', 10, 12);
    const piece = { sha256: sha256(late), offset: 0, length: late.length, size: late.length };
    expect(await answered(VILLAGE, TOWNSHIP, 'part', piece, wrong)).toMatchObject({ code: 'MATERIAL_CORRUPT' });
    expect(await codesOf(part(sha256(late)))).toEqual(['FORM_NOT_HERE']);
    expect(await answered(VILLAGE, TOWNSHIP, 'part', piece, late)).toEqual({ outcome: 'DONE' });
    expect((await part(sha256(late))).size).toBe(late.length);
  });
});

describe('a folder of forms', () => {
  test('is attached to new items before they are published, and attaching it again changes nothing', async () => {
    const bare = await TestFederation.start({ nodes: [CITY], catalogue: false });
    try {
      const db = bare.db(CITY);
      const { divisions } = bare;
      await importCatalogue(db, CITY, divisions, CATALOGUE_FILE, bare.now());
      const first = await attachFolder(db, CITY, divisions, FOLDER, bare.now(), null);
      expect(first).toEqual([MATERIAL, `${MATERIAL}(样表)`]);
      await attachFolder(db, CITY, divisions, FOLDER, bare.now(), null);
      // the catalogue file says nothing of forms, and takes none away
      expect(await importCatalogue(db, CITY, divisions, CATALOGUE_FILE, bare.now())).toMatchObject({ unchanged: 42 });
      await publishCatalogue(db, CITY, new FeedAppender(), bare.now());
      await eventually(async () => {
        const guide = await bare.desk(CITY, catalogue).guide(null, { division: CITY, item: LOW_INCOME });
        return guide.forms.length === 2 && guide.forms.every(({ arrived }) => arrived);
      });
    } finally {
      await bare.stop();
    }
  });

  test('with a fault attaches nothing, and a published item needs an author', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'liandong-forms-'));
    try {
      const list = JSON.parse(await readFile(join(FOLDER, 'forms.json'), 'utf8')) as { fileName: string }[];
      const from = (folder: string, author: string | null = null) =>
        attachFolder(federation.db(CITY), CITY, federation.divisions, folder, federation.now(), author);
      await writeFile(join(dir, 'forms.json'), JSON.stringify(list));
      expect(await codesOf(from(dir))).toEqual(['CATALOGUE_INVALID']);
      for (const { fileName } of list) await copyFile(join(FOLDER, fileName), join(dir, fileName));
      await writeFile(join(dir, 'forms.json'), JSON.stringify(list.map((form) => ({ ...form, colour: 'red' }))));
      expect(await codesOf(from(dir))).toEqual(['CATALOGUE_INVALID']);
      expect(await codesOf(from(FOLDER))).toEqual(['BAD_INPUT']);
      const { divisions } = federation;
      const at = attachFolder(federation.db(COUNTY), COUNTY, divisions, FOLDER, federation.now(), null);
      expect(await codesOf(at)).toEqual(['NOT_COMPETENT']);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
