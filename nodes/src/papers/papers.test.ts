import { randomBytes } from 'node:crypto';
import { PDFDocument } from '@cantoo/pdf-lib';
import { handling } from '@liandong/schema/domains/handling';
import { filing } from '@liandong/schema/domains/filing';
import { ADDRESS_MS, MAX_PART_BYTES, papers } from '@liandong/schema/domains/papers';
import { reads } from '@liandong/schema/domains/reads';
import { ProblemError } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { decodeQR } from 'qr/decode.js';
import sharp from 'sharp';
import { pageOf } from './rendering/page.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  CaseSteps,
  LOW_INCOME_MATERIALS,
  agent,
  application,
  chief,
  clerk,
  codesOf,
  homestead,
  material,
} from '../testing/cases.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  personAt,
} from '../testing/test-federation.ts';

const supervisor = personAt(COUNTY, 'SUPERVISOR');
/** A scan of several parts. */
const SCAN = Buffer.concat([Buffer.from('%PDF-1.4 '), randomBytes(2 * MAX_PART_BYTES), Buffer.from('\n%%EOF')]);
const GB = Buffer.from('d6a4c3f7', 'hex');

let federation: TestFederation;
let steps: CaseSteps;
let id: string;
let slip: { number: string; code: string };
/** Digests by name. */
const digests = new Map<string, string>();

beforeAll(async () => {
  federation = await TestFederation.start({
    nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE],
    verifyPage: 'https://fw.example.cn/verify',
  });
  steps = new CaseSteps(federation);
  const [form = '', identity = '', ...others] = LOW_INCOME_MATERIALS;
  const text = { ...material(identity, GB), fileName: '证明.txt', mediaType: 'text/plain' as const };
  const materials = [material(form, SCAN), text, ...others.map((name) => material(name))];
  const made = await desk(VILLAGE, filing).fileCase(agent, application({ materials }));
  ({ id } = made.filing);
  slip = { number: made.filing.number, code: made.trackingCode };
  for (const { name, sha256 } of made.filing.materials) digests.set(name, sha256);
});
afterAll(() => federation.stop());
afterEach(() => {
  federation.shiftMs = 0;
});

const desk: TestFederation['desk'] = (node, domain) => federation.desk(node, domain);
const scan = () => digests.get(LOW_INCOME_MATERIALS[0] ?? '') ?? '';
const addressFor = (viewer: Viewer | null, sha256 = scan(), node = VILLAGE) =>
  desk(node, papers).paperAddress(viewer, { case: id, sha256 });
const ticketOf = ({ path }: { path: string }) => path.split('/').at(-1) ?? '';
const part = (viewer: Viewer | null, ticket: string, offset: number, length: number, node = VILLAGE) =>
  desk(node, papers).paperPart(viewer, { division: node, ticket, entry: 0, offset, length });

describe('an address of a paper', () => {
  test('gives the agent who asked for it every byte, part by part, and says what the paper is', async () => {
    const address = await addressFor(agent);
    expect(address).toMatchObject({ mediaType: 'application/pdf', size: SCAN.length, inline: true });
    expect(address.path).toMatch(new RegExp(`^/papers/${VILLAGE}/[\\w.-]+$`));
    expect(address.path).not.toContain(id);
    const got: Buffer[] = [];
    for (let offset = 0; offset < SCAN.length; offset += 400_000) {
      const { bytes, ...about } = await part(agent, ticketOf(address), offset, 400_000);
      expect(about).toMatchObject({ size: SCAN.length, sha256: scan(), contentType: 'application/pdf', inline: true });
      got.push(Buffer.from(bytes, 'base64'));
    }
    expect(Buffer.concat(got).equals(SCAN)).toBe(true);
  });

  test('opens for its reader alone: not for a colleague, another issuer’s person of the same number, or without a login', async () => {
    const ticket = ticketOf(await addressFor(agent));
    for (const viewer of [{ ...agent, sub: 'colleague' }, { ...agent, issuer: 'https://other.example' }, null]) {
      expect(await codesOf(part(viewer, ticket, 0, 9))).toEqual(['FORBIDDEN']);
    }
  });

  test('is over after ten minutes', async () => {
    const address = await addressFor(agent);
    expect(address.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(ADDRESS_MS);
    federation.shiftMs = ADDRESS_MS - 60_000;
    expect((await part(agent, ticketOf(address), 0, 9)).bytes).not.toBe('');
    federation.shiftMs = ADDRESS_MS + 1_000;
    expect(await codesOf(part(agent, ticketOf(address), 0, 9))).toEqual(['ADDRESS_EXPIRED']);
  });

  test('that was changed, made up, or made by another node opens nothing', async () => {
    const ticket = ticketOf(await addressFor(agent));
    const changed = `${ticket.slice(0, -2)}${ticket.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const wrong of [changed, '', 'ld1.x.y', 'x'.repeat(4_000)]) {
      expect(await codesOf(part(agent, wrong, 0, 9))).toEqual(['ADDRESS_EXPIRED']);
    }
    expect(await codesOf(part(agent, ticket, 0, 9, TOWNSHIP))).toEqual(['ADDRESS_EXPIRED']);
  });

  test('gives nothing behind the paper’s end', async () => {
    const ticket = ticketOf(await addressFor(agent));
    expect((await part(agent, ticket, SCAN.length, 9)).bytes).toBe('');
    expect(await codesOf(part(agent, ticket, SCAN.length + 1, 9))).toEqual(['BAD_INPUT']);
  });

  test('of a text states the charset it is written in', async () => {
    const address = await addressFor(agent, digests.get(LOW_INCOME_MATERIALS[1] ?? ''));
    expect(await part(agent, ticketOf(address), 0, 99)).toMatchObject({
      contentType: 'text/plain; charset=gb18030',
      bytes: GB.toString('base64'),
    });
  });
});

describe('who may read a paper', () => {
  test('a supervisor above reads it at the desk that holds it', async () => {
    const address = await addressFor(supervisor);
    expect((await part(supervisor, ticketOf(address), 0, 9)).bytes).toBe(SCAN.subarray(0, 9).toString('base64'));
  });

  test.each<[string, Viewer | null, string]>([
    ['the township that has nothing to do with it', personAt(OTHER_TOWNSHIP, 'CLERK'), 'FORBIDDEN'],
    ['a supervisor of another county', personAt('331023', 'SUPERVISOR'), 'FORBIDDEN'],
    ['a cashier', personAt(VILLAGE, 'CASHIER'), 'FORBIDDEN'],
    ['a person with a token for another case', { ...agent, onlyCase: '331022103201-20260101-000001' }, 'FORBIDDEN'],
    ['the public', null, 'UNAUTHENTICATED'],
  ])('%s gets no address, and no list', async (_, viewer, code) => {
    expect(await codesOf(addressFor(viewer))).toEqual([code]);
    expect(await codesOf(desk(VILLAGE, papers).casePapers(viewer, { case: id }))).toEqual([code]);
  });

  test('an agent with the applicant’s token for this case reads it', async () => {
    const own = { ...agent, onlyCase: slip.number, actsFor: '王秀英' };
    expect((await addressFor(own)).size).toBe(SCAN.length);
  });

  test('the applicant lists and opens it by number and tracking code, without a login', async () => {
    const list = await desk(VILLAGE, papers).trackedPapers(null, slip);
    expect(list.map(({ material: { name }, origin }) => [name, origin])).toEqual(
      LOW_INCOME_MATERIALS.map((name) => [name, 'APPLICATION']),
    );
    const address = await desk(VILLAGE, papers).trackedPaperAddress(null, { ...slip, sha256: scan() });
    expect((await part(null, ticketOf(address), 0, 9)).bytes).toBe(SCAN.subarray(0, 9).toString('base64'));
  });

  test('a wrong number and a wrong code are refused alike', async () => {
    for (const wrong of [
      { ...slip, code: 'WRONG234' },
      { ...slip, number: '331022103201-20260101-999999' },
    ]) {
      expect(await codesOf(desk(VILLAGE, papers).trackedPapers(null, wrong))).toEqual(['NOT_FOUND']);
      expect(await codesOf(desk(VILLAGE, papers).trackedPaperAddress(null, { ...wrong, sha256: scan() }))).toEqual([
        'NOT_FOUND',
      ]);
    }
  });

  test('a paper that is not in the file, and a case that is not here, are refused', async () => {
    expect(await codesOf(addressFor(agent, 'f'.repeat(64)))).toEqual(['NOT_FOUND']);
    expect(await codesOf(desk(COUNTY, papers).paperAddress(supervisor, { case: id, sha256: scan() }))).toEqual([
      'NOT_FOUND',
    ]);
  });
});

test('reading a paper is recorded for the person it is about; an applicant’s own reading is not', async () => {
  const query = `query Asked($id: ID!, $sha256: String!) { paperAddress(case: $id, sha256: $sha256) { path } }`;
  const variables = { id, sha256: scan() };
  const token = await federation.token(agent);
  expect((await federation.ask(VILLAGE, { role: 'filing', query, variables, token })).errors).toBeUndefined();
  const own = `query Own($n: String!, $c: String!, $s: String!) { trackedPaperAddress(number: $n, code: $c, sha256: $s) { path } }`;
  const asked = {
    role: 'filing' as const,
    query: own,
    variables: { n: slip.number, c: slip.code, s: scan() },
    token: null,
  };
  expect((await federation.ask(VILLAGE, asked)).errors).toBeUndefined();
  const [line] = await desk(VILLAGE, reads).personalDataReadsAt(personAt(TOWNSHIP, 'SUPERVISOR'), {
    division: VILLAGE,
    subject: id,
  });
  expect(line).toMatchObject({ personName: agent.name, fields: ['Query.paperAddress'], question: 'paperAddress' });
});

describe('as a case goes on', () => {
  test('the desk above opens what came up with it, and the desk below still opens what it sent', async () => {
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const above = await addressFor(clerk, scan(), TOWNSHIP);
    expect((await part(clerk, ticketOf(above), 0, 9, TOWNSHIP)).bytes).toBe(SCAN.subarray(0, 9).toString('base64'));
    expect((await addressFor(agent)).size).toBe(SCAN.length);
  });

  test('a supplement stands beside what it replaces, and both are opened', async () => {
    const name = LOW_INCOME_MATERIALS.at(-1) ?? '';
    await desk(TOWNSHIP, handling).requestSupplement(clerk, {
      id,
      missing: [{ material: name, reason: '缺页' }],
      note: null,
      idempotencyKey: null,
    });
    await steps.arrives(id, agent);
    await desk(VILLAGE, filing).supplementCase(agent, {
      id,
      materials: [material(name)],
      note: null,
      idempotencyKey: null,
    });
    const versions = (await desk(VILLAGE, papers).casePapers(agent, { case: id })).filter(
      (paper) => paper.material.name === name,
    );
    expect(versions.map(({ origin, version, node }) => [origin, version, node])).toEqual([
      ['APPLICATION', 1, VILLAGE],
      ['SUPPLEMENT', 2, VILLAGE],
    ]);
    expect(versions[0]?.replacedBy).toBe(versions[1]?.material.sha256);
    for (const { material: each } of versions) expect((await addressFor(agent, each.sha256)).size).toBe(each.size);
  });

  test('the document that was issued is among the papers, also for the applicant where it was delivered', async () => {
    const made = await desk(VILLAGE, filing).fileCase(agent, homestead());
    const { id: own, number } = made.filing;
    await steps.toReviewedAtTownship(own);
    await steps.decide(own, chief);
    await steps.deliver(own, chief, agent);
    const slipOfOwn = { number, code: made.trackingCode };
    const document = (await desk(VILLAGE, papers).trackedPapers(null, slipOfOwn)).find((p) => p.origin === 'DOCUMENT');
    const sha256 = document?.material.sha256 ?? '';
    const address = await desk(VILLAGE, papers).trackedPaperAddress(null, { ...slipOfOwn, sha256 });
    const shown = await part(null, ticketOf(address), 0, MAX_PART_BYTES);
    expect(shown).toMatchObject({ contentType: 'text/plain; charset=utf-8', inline: true });
    expect(Buffer.from(shown.bytes, 'base64').toString()).toContain('王秀英');

    // printed, it carries a QR code; what that says, the public verifies the document with
    const read = new URL(await qrOf(await printed(slipOfOwn)));
    const asked = { number: read.searchParams.get('number') ?? '', code: read.searchParams.get('code') ?? '' };
    expect(await desk(TOWNSHIP, handling).verifyDocument(null, asked)).toMatchObject({ standing: 'STANDS', sha256 });
  });

  test('a print sheet has no QR code while no document is issued, whatever page the host names', async () => {
    const made = await desk(VILLAGE, filing).fileCase(agent, homestead());
    const sheet = await printed({ number: made.filing.number, code: made.trackingCode });
    await expect(qrOf(sheet)).rejects.toThrow('finder');
  });
});

describe('a whole file', () => {
  const own = (form: 'PDF' | 'ZIP', change: Partial<typeof slip> = {}) =>
    desk(VILLAGE, papers).trackedFileAddress(null, { ...slip, form, ...change });

  test('is the applicant’s too, by number and tracking code, as a ZIP and as a sheet in the applicant’s name', async () => {
    expect(await part(null, ticketOf(await own('ZIP')), 0, 0)).toMatchObject({
      contentType: 'application/zip',
      entries: LOW_INCOME_MATERIALS.length + 1,
    });
    const ofSheet = ticketOf(await own('PDF'));
    const sheet = await prepared(() => part(null, ofSheet, 0, MAX_PART_BYTES));
    expect(sheet).toMatchObject({ contentType: 'application/pdf', fileName: `${slip.number}.pdf` });
  });

  test('is refused to the public without the right code', async () => {
    expect(await codesOf(own('ZIP', { code: 'WRONG234' }))).toEqual(['NOT_FOUND']);
    expect(await codesOf(own('PDF', { number: '331022103201-20260101-999999' }))).toEqual(['NOT_FOUND']);
  });

  const fileFor = (viewer: Viewer | null, form: 'PDF' | 'ZIP') =>
    desk(VILLAGE, papers).caseFileAddress(viewer, { case: id, form });

  test('as a ZIP lists every version in order, and gives each byte for byte', async () => {
    const address = await fileFor(agent, 'ZIP');
    expect(address).toMatchObject({ fileName: `${slip.number}.zip`, size: null, inline: false });
    const ticket = ticketOf(address);
    const about = await part(agent, ticket, 0, 0);
    expect(about).toMatchObject({ contentType: 'application/zip', entries: LOW_INCOME_MATERIALS.length + 1 });
    const entry = (n: number) =>
      desk(VILLAGE, papers).paperPart(agent, {
        division: VILLAGE,
        ticket,
        entry: n,
        offset: 0,
        length: MAX_PART_BYTES,
      });
    const first = await entry(1);
    expect(first.fileName).toBe(`01-${LOW_INCOME_MATERIALS[0]}-${LOW_INCOME_MATERIALS[0]}.pdf`);
    expect(first.bytes).toBe(SCAN.subarray(0, MAX_PART_BYTES).toString('base64'));
    expect((await entry(about.entries)).fileName).toContain('第2版');
    expect(await codesOf(entry(about.entries + 1))).toEqual(['NOT_FOUND']);
  });

  test('as a PDF is drawn with a cover and numbered pages; torn papers are named, text is written out', async () => {
    const ticket = ticketOf(await fileFor(agent, 'PDF'));
    const got: Buffer[] = [];
    for (let size = 1; Buffer.concat(got).length < size;) {
      const asked = await prepared(() => part(agent, ticket, Buffer.concat(got).length, MAX_PART_BYTES));
      ({ size } = asked);
      got.push(Buffer.from(asked.bytes, 'base64'));
    }
    const pdf = await PDFDocument.load(Buffer.concat(got));
    // the cover and the one text; the test's PDFs are only said to be some
    expect(pdf.getPageCount()).toBe(2);
  });

  test('is for those who may read the case', async () => {
    for (const form of ['PDF', 'ZIP'] as const) {
      expect(await codesOf(fileFor(personAt(OTHER_TOWNSHIP, 'CLERK'), form))).toEqual(['FORBIDDEN']);
      expect(await codesOf(fileFor(null, form))).toEqual(['UNAUTHENTICATED']);
      const ticket = ticketOf(await fileFor(agent, form));
      expect(await codesOf(part({ ...agent, sub: 'colleague' }, ticket, 0, 0))).toEqual(['FORBIDDEN']);
    }
  });
});

describe('a page of a paper', () => {
  test('is drawn as a picture of at most a megabyte, with the number of pages', async () => {
    const pdf = await PDFDocument.create();
    for (let i = 0; i < 3; i++) pdf.addPage([595, 842]).drawText(`page ${i}`);
    const own = await filed(Buffer.from(await pdf.save()));
    const page = (n: number) =>
      prepared(() => desk(VILLAGE, papers).paperPage(agent, { division: VILLAGE, ticket: own, page: n }));
    const second = await page(2);
    expect(second.pages).toBe(3);
    const { format, width } = await sharp(Buffer.from(second.bytes, 'base64')).metadata();
    expect([format, width]).toEqual(['jpeg', 1_600]);
    expect(await codesOf(page(4))).toEqual(['NOT_FOUND']);
  });

  test('is refused for a text, which is opened as it is, and for a whole file', async () => {
    const text = ticketOf(await addressFor(agent, digests.get(LOW_INCOME_MATERIALS[1] ?? '')));
    const whole = ticketOf(await desk(VILLAGE, papers).caseFileAddress(agent, { case: id, form: 'ZIP' }));
    for (const ticket of [text, whole]) {
      const page = () => desk(VILLAGE, papers).paperPage(agent, { division: VILLAGE, ticket, page: 1 });
      expect(await codesOf(prepared(page))).toEqual(['BAD_INPUT']);
    }
  });
});

/** The ticket of a paper with these bytes, in a case of its own. */
async function filed(bytes: Buffer): Promise<string> {
  const [form = '', ...others] = LOW_INCOME_MATERIALS;
  const materials = [material(form, bytes), ...others.map((name) => material(name))];
  const made = await desk(VILLAGE, filing).fileCase(agent, application({ materials }));
  const [paper] = made.filing.materials;
  const asked = { case: made.filing.id, sha256: paper?.sha256 ?? '' };
  return ticketOf(await desk(VILLAGE, papers).paperAddress(agent, asked));
}

/** The print sheet that an applicant gets at the village. */
async function printed(whose: typeof slip): Promise<Buffer> {
  const ticket = ticketOf(await desk(VILLAGE, papers).trackedFileAddress(null, { ...whose, form: 'PDF' }));
  const { size } = await prepared(() => part(null, ticket, 0, 0));
  const pieces: Buffer[] = [];
  for (let at = 0; at < size; at += MAX_PART_BYTES) {
    pieces.push(Buffer.from((await part(null, ticket, at, MAX_PART_BYTES)).bytes, 'base64'));
  }
  return Buffer.concat(pieces);
}

/** The text of the QR code on the last page of a PDF. */
async function qrOf(pdf: Uint8Array): Promise<string> {
  const { pages } = await pageOf({ kind: 'PAGE', mediaType: 'application/pdf', bytes: pdf, page: 1 });
  const { bytes } = await pageOf({ kind: 'PAGE', mediaType: 'application/pdf', bytes: pdf, page: pages });
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return decodeQR({ width: info.width, height: info.height, data });
}

/** Asks again while the paper is being prepared, as the gateway does. */
async function prepared<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'PAPER_PREPARING') throw error;
    }
  }
}
