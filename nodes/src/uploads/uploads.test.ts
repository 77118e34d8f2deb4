import { randomBytes } from 'node:crypto';
import { filing } from '@liandong/schema/domains/filing';
import {
  MAX_PIECE_BYTES,
  MAX_UPLOAD_BYTES,
  MOST_UPLOADED_BYTES,
  UPLOAD_MS,
  uploads,
} from '@liandong/schema/domains/uploads';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readMaterial } from '../materials/index.ts';
import { CaseSteps, LOW_INCOME_MATERIALS, agent, application, chief, clerk, codesOf } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';
import { sha256 } from '../trust/index.ts';
import { removeExpired } from './index.ts';

/** Before materials above 10 MiB. */
const OLD_PROTOCOL = 2;
const [FORM = '', IDENTITY = ''] = LOW_INCOME_MATERIALS;

let federation: TestFederation;
let steps: CaseSteps;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());
afterEach(() => {
  federation.shiftMs = 0;
});

const desk = (node = VILLAGE) => federation.desk(node, uploads);
const pdf = (bytes: number) =>
  Buffer.concat([Buffer.from('%PDF-1.4 '), randomBytes(bytes - 9 - 6), Buffer.from('\n%%EOF')]);
const about = (bytes: Buffer) => ({
  fileName: '王秀英户口簿.pdf',
  mediaType: 'application/pdf' as const,
  size: bytes.length,
  sha256: sha256(bytes),
  idempotencyKey: null,
});
const add = (viewer: Viewer | null, upload: string, offset: number, bytes: Buffer, node = VILLAGE) =>
  desk(node).addToUpload(viewer, { upload, offset, bytes: bytes.toString('base64'), idempotencyKey: null });

/** Sends a whole file in pieces. @returns the upload's id */
async function sent(bytes: Buffer, viewer = agent): Promise<string> {
  const { id } = await desk(viewer.division).openUpload(viewer, about(bytes));
  for (let offset = 0; offset < bytes.length; offset += MAX_PIECE_BYTES) {
    await add(viewer, id, offset, bytes.subarray(offset, offset + MAX_PIECE_BYTES), viewer.division);
  }
  return id;
}
const naming = (...ids: string[]) =>
  application({ materials: ids.map((upload, i) => ({ name: LOW_INCOME_MATERIALS[i] ?? '', upload })) });
const filed = (...ids: string[]) => federation.desk(VILLAGE, filing).fileCase(agent, naming(...ids));
const stored = async (node: string, digest: string) => {
  const rows = await federation.rows<{ staged: boolean }>(
    node,
    `SELECT staged_until IS NOT NULL AS staged FROM blobs WHERE node = $1 AND sha256 = $2`,
    [node, digest],
  );
  return rows.map(({ staged }) => (staged ? 'STAGED' : 'KEPT'));
};
const clean = (node = VILLAGE) =>
  federation.db(node).transact(node, (tx) => removeExpired(tx, new Date(Date.now() + federation.shiftMs)));

describe('an upload', () => {
  test('of 20 MiB comes in pieces, is named by an application, and goes up with the case, byte for byte', async () => {
    const scan = pdf(MAX_UPLOAD_BYTES);
    const upload = await sent(scan);
    expect(await desk().upload(agent, { id: upload })).toMatchObject({ complete: true, received: MAX_UPLOAD_BYTES });
    expect(await stored(VILLAGE, sha256(scan))).toEqual(['STAGED']);
    const { filing: made } = await filed(upload);
    expect(made.materials).toMatchObject([{ name: FORM, fileName: '王秀英户口簿.pdf', size: MAX_UPLOAD_BYTES }]);
    expect(await stored(VILLAGE, sha256(scan))).toEqual(['KEPT']);
    await steps.forward(made.id, agent);
    await steps.arrives(made.id, clerk);
    await eventually(async () => (await stored(TOWNSHIP, sha256(scan))).length === 1);
    const queries = federation.db(TOWNSHIP).queries(TOWNSHIP);
    expect((await readMaterial(queries, sha256(scan)))?.equals(scan)).toBe(true);
  });

  test('goes on where it stands: a piece that came before changes nothing, a gap or an overlap is refused', async () => {
    const scan = pdf(3_000);
    const { id } = await desk().openUpload(agent, about(scan));
    await add(agent, id, 0, scan.subarray(0, 1_000));
    expect((await add(agent, id, 0, scan.subarray(0, 1_000))).received).toBe(1_000);
    for (const [from, to] of [
      [2_000, 3_000],
      [500, 1_500],
    ]) {
      expect(await codesOf(add(agent, id, from ?? 0, scan.subarray(from, to)))).toEqual(['UPLOAD_OFFSET']);
    }
    expect(await codesOf(add(agent, id, 1_000, Buffer.alloc(2_001)))).toEqual(['PAYLOAD_TOO_LARGE']);
    expect(await add(agent, id, 1_000, scan.subarray(1_000))).toMatchObject({ complete: true, received: 3_000 });
    expect((await add(agent, id, 1_000, scan.subarray(1_000))).complete).toBe(true);
  });

  test('whose same piece is sent many times at once takes it once', async () => {
    const scan = pdf(9_000);
    const { id } = await desk().openUpload(agent, about(scan));
    await Promise.all(Array.from({ length: 5 }, () => add(agent, id, 0, scan)));
    expect(await desk().upload(agent, { id })).toMatchObject({ complete: true, received: 9_000 });
  });

  test('of other bytes than were announced is not complete, and no application takes it', async () => {
    const { id } = await desk().openUpload(agent, about(pdf(1_000)));
    expect(await codesOf(add(agent, id, 0, pdf(1_000)))).toEqual(['MATERIAL_CORRUPT']);
    expect(await desk().upload(agent, { id })).toMatchObject({ complete: false, received: 0 });
    expect(await codesOf(filed(id))).toEqual(['ILLEGAL_STEP']);
  });

  test.each([
    ['that is no PDF', Buffer.from('plain text'), 'MATERIAL_MISLABELLED'],
    ['with a script', Buffer.from('%PDF-1.4 /JavaScript %%EOF'), 'MATERIAL_ACTIVE'],
    ['that ends too early', Buffer.from('%PDF-1.4 obj'), 'MATERIAL_TORN'],
    ['with a password', Buffer.from('%PDF-1.4 /Encrypt 5 0 R %%EOF'), 'MATERIAL_ENCRYPTED'],
  ])('of a PDF %s is refused with its last piece', async (_, bytes, code) => {
    const { id } = await desk().openUpload(agent, about(bytes));
    expect(await codesOf(add(agent, id, 0, bytes))).toEqual([code]);
    expect(await stored(VILLAGE, sha256(bytes))).toEqual([]);
  });

  test('is its person’s alone: a colleague, another issuer’s person and another desk do not find it', async () => {
    const upload = await sent(pdf(1_000));
    for (const other of [
      { ...agent, sub: 'colleague' },
      { ...agent, issuer: 'https://other.example' },
    ]) {
      expect(await codesOf(desk().upload(other, { id: upload }))).toEqual(['NOT_FOUND']);
      expect(await codesOf(add(other, upload, 0, Buffer.from('a')))).toEqual(['NOT_FOUND']);
      expect(await codesOf(federation.desk(VILLAGE, filing).fileCase(other, naming(upload)))).toEqual(['NOT_FOUND']);
    }
    expect(await codesOf(desk(TOWNSHIP).upload(clerk, { id: upload }))).toEqual(['NOT_FOUND']);
  });

  test('is for those who take applications in: neither a chief nor a supervisor opens one, nor a stranger', async () => {
    const scan = pdf(100);
    expect(await codesOf(desk(TOWNSHIP).openUpload(chief, about(scan)))).toEqual(['FORBIDDEN']);
    expect(await codesOf(desk(COUNTY).openUpload(personAt(COUNTY, 'SUPERVISOR'), about(scan)))).toEqual(['FORBIDDEN']);
    expect(await codesOf(desk().openUpload(null, about(scan)))).toEqual(['UNAUTHENTICATED']);
  });

  test('is sealed in the database: neither its name nor its bytes are there as they are', async () => {
    const scan = pdf(2_000);
    const { id } = await desk().openUpload(agent, about(scan));
    await add(agent, id, 0, scan.subarray(0, 1_000));
    const [row] = await federation.rows<{ name: string; content: Buffer }>(
      VILLAGE,
      `SELECT u.file_name AS name, p.content FROM uploads u JOIN upload_pieces p ON p.upload = u.id WHERE u.id = $1`,
      [id],
    );
    expect(row?.name).not.toContain('王秀英');
    expect(row?.content.includes(scan.subarray(100, 200))).toBe(false);
  });

  test('goes after a day with its bytes, unless an application has named it', async () => {
    const [unused, used] = [pdf(1_000), pdf(1_000)];
    const ids = [await sent(unused), await sent(used)];
    const made = await filed(ids[1] ?? '');
    federation.shiftMs = UPLOAD_MS + 1_000;
    expect(await codesOf(filed(ids[0] ?? ''))).toEqual(['NOT_FOUND']);
    expect(await clean()).toBeGreaterThanOrEqual(2);
    expect(await stored(VILLAGE, sha256(unused))).toEqual([]);
    expect(await stored(VILLAGE, sha256(used))).toEqual(['KEPT']);
    expect(made.filing.materials).toHaveLength(1);
  });

  test('is discarded by its person, with its bytes; not once an application has it', async () => {
    const [unused, used] = [pdf(1_000), pdf(1_000)];
    const ids = [await sent(unused), await sent(used)];
    await filed(ids[1] ?? '');
    const discard = (upload = '') => desk().discardUpload(agent, { upload, idempotencyKey: null });
    await discard(ids[0]);
    await clean();
    expect(await stored(VILLAGE, sha256(unused))).toEqual([]);
    expect(await codesOf(desk().upload(agent, { id: ids[0] ?? '' }))).toEqual(['NOT_FOUND']);
    expect(await codesOf(discard(ids[1]))).toEqual(['ILLEGAL_STEP']);
  });

  test('is refused while 400 MiB of the person wait for an application', async () => {
    const other = { ...agent, sub: 'uploader' };
    const large = { ...about(pdf(100)), size: MAX_UPLOAD_BYTES };
    const opened = [];
    for (let bytes = 0; bytes < MOST_UPLOADED_BYTES; bytes += MAX_UPLOAD_BYTES) {
      opened.push(await desk().openUpload(other, large));
    }
    expect(await codesOf(desk().openUpload(other, large))).toEqual(['PAYLOAD_TOO_LARGE']);
    await desk().discardUpload(other, { upload: opened[0]?.id ?? '', idempotencyKey: null });
    expect((await desk().openUpload(other, large)).received).toBe(0);
  });
});

describe('an application that names uploads', () => {
  test('sent again with its key is the same case, though the upload is used', async () => {
    const upload = await sent(pdf(1_000));
    const input = { ...naming(upload), idempotencyKey: `uploads-${upload}` };
    const first = await federation.desk(VILLAGE, filing).fileCase(agent, input);
    const again = await federation.desk(VILLAGE, filing).fileCase(agent, input);
    expect(again.filing.id).toBe(first.filing.id);
  });

  test('may have bytes beside them, in the order they are named', async () => {
    const upload = await sent(pdf(1_000));
    const inline = application().materials[1];
    const input = application({ materials: [{ name: FORM, upload }, ...(inline ? [inline] : [])] });
    const { filing: made } = await federation.desk(VILLAGE, filing).fileCase(agent, input);
    expect(made.materials.map(({ name }) => name)).toEqual([FORM, IDENTITY]);
  });

  test('is refused by a rule without using them up', async () => {
    const scan = pdf(1_000);
    const upload = await sent(scan);
    const input = application({ materials: [{ name: '无关材料', upload }] });
    expect(await codesOf(federation.desk(VILLAGE, filing).fileCase(agent, input))).toEqual(['MATERIAL_UNRELATED']);
    expect(await stored(VILLAGE, sha256(scan))).toEqual(['STAGED']);
    expect((await filed(upload)).filing.materials).toHaveLength(1);
  });

  test('may share one with another application', async () => {
    const upload = await sent(pdf(1_000));
    const cases = [await filed(upload), await filed(upload)];
    expect(new Set(cases.map((c) => c.filing.id)).size).toBe(2);
  });

  test('a draft is filed with uploads, and a supplement is made of them', async () => {
    const [first, second] = [await sent(pdf(1_000)), await sent(pdf(1_000))];
    const { filing: draft } = await federation.desk(VILLAGE, filing).draftCase(agent, application({ materials: [] }));
    const made = await federation
      .desk(VILLAGE, filing)
      .fileDraft(agent, { id: draft.id, materials: [{ name: FORM, upload: first }], idempotencyKey: null });
    expect(made.materials.map(({ name }) => name)).toEqual([FORM]);
    const unknown = [{ name: IDENTITY, upload: second }];
    const early = { id: draft.id, materials: unknown, note: null, idempotencyKey: null };
    expect(await codesOf(federation.desk(VILLAGE, filing).supplementCase(agent, early))).toEqual(['ILLEGAL_STEP']);
  });
});

describe('a large material under way', () => {
  test('above 10 MiB waits, with its case, for a township whose program does not take it yet', async () => {
    const scan = pdf(MAX_UPLOAD_BYTES / 2 + 1_000);
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP, { protocol: OLD_PROTOCOL });
    // the village learns which protocol the township's program knows
    const small = await steps.file();
    await steps.forward(small, agent);
    await steps.arrives(small, clerk);
    await eventually(async () => {
      const told = `SELECT 1 FROM peer_protocols WHERE node = $1 AND peer = $2 AND protocol = $3`;
      return (await federation.rows(VILLAGE, told, [VILLAGE, TOWNSHIP, OLD_PROTOCOL])).length === 1;
    });
    const { filing: made } = await filed(await sent(scan));
    await steps.forward(made.id, agent);
    const waiting = () =>
      federation.rows<{ kind: string }>(
        VILLAGE,
        `SELECT DISTINCT kind FROM outbox WHERE node = $1 AND case_id = $2 AND outcome = 'WAITS' ORDER BY 1`,
        [VILLAGE, made.id],
      );
    expect((await waiting()).map(({ kind }) => kind)).toEqual(['DOSSIER', 'MATERIAL']);
    expect(await steps.seen(made.id, clerk)).toBeNull();
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP);
    await steps.forward(await steps.file(), agent);
    await steps.arrives(made.id, clerk);
    await eventually(async () => (await stored(TOWNSHIP, sha256(scan))).length === 1);
  });

  test('that a desk has uploaded itself belongs to the case once it comes with one', async () => {
    const scan = pdf(2_000);
    await sent(scan, clerk);
    expect(await stored(TOWNSHIP, sha256(scan))).toEqual(['STAGED']);
    const { filing: made } = await filed(await sent(scan));
    await steps.forward(made.id, agent);
    await steps.arrives(made.id, clerk);
    await eventually(async () => (await stored(TOWNSHIP, sha256(scan)))[0] === 'KEPT');
  });
});
