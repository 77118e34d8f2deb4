import { PDFDocument } from '@cantoo/pdf-lib';
import { MAX_PAGE_BYTES } from '@liandong/schema/domains/papers';
import { ProblemError } from '@liandong/schema/kernel';
import { randomBytes } from 'node:crypto';
import { decodeQR } from 'qr/decode.js';
import { pino } from 'pino';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { Renderer } from './renderer.ts';
import type { Drawing, PageTask, SheetPaper, Task } from './tasks.ts';

const renderer = new Renderer(pino({ level: 'silent' }));
afterAll(() => renderer.stop());
let count = 0;

/** Draws, and asks again while it is being prepared. */
async function draw(task: Task): Promise<Drawing> {
  const key = String(++count);
  for (;;) {
    try {
      return await renderer.draw(task.kind, key, async () => task);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'PAPER_PREPARING') throw error;
    }
  }
}
const page = (mediaType: string, bytes: Uint8Array, number = 1) =>
  draw({ kind: 'PAGE', mediaType, bytes, page: number });
const codeOf = (drawn: Promise<unknown>) =>
  drawn.then(
    () => null,
    (error: ProblemError) => error.code,
  );

async function pdfOf(pages: number, password?: string): Promise<Buffer> {
  const pdf = await PDFDocument.create();
  for (let i = 0; i < pages; i++) pdf.addPage([595, 842]).drawText(`page ${i + 1}`, { x: 50, y: 700, size: 40 });
  if (password !== undefined) pdf.encrypt({ userPassword: password, ownerPassword: password });
  return Buffer.from(await pdf.save({ useObjectStreams: false }));
}
const picture = (width: number, height: number, format: 'png' | 'jpeg') =>
  sharp({ create: { width, height, channels: 3, background: '#c33' }, limitInputPixels: false })
    .toFormat(format)
    .toBuffer();

describe('a page', () => {
  test.each([1, 3])('of a PDF is drawn: page %i of three', async (number) => {
    const { bytes, pages } = await page('application/pdf', await pdfOf(3), number);
    const { format, width, height } = await sharp(bytes).metadata();
    expect({ pages, format, width, height }).toEqual({ pages: 3, format: 'jpeg', width: 1_600, height: 2_264 });
  });

  test('of a scan is made small enough for a thin line, and stands upright', async () => {
    const noise = await sharp(randomBytes(3_000 * 4_000 * 3), { raw: { width: 3_000, height: 4_000, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 95 })
      .toBuffer();
    expect(noise.length).toBeGreaterThan(MAX_PAGE_BYTES);
    const { bytes } = await page('image/jpeg', noise);
    expect(bytes.length).toBeLessThanOrEqual(MAX_PAGE_BYTES);
    const { width, height } = await sharp(bytes).metadata();
    expect(width).toBeGreaterThan(height);
  });

  test('of a small picture is not made larger', async () => {
    expect(await sharp((await page('image/png', await picture(40, 30, 'png'))).bytes).metadata()).toMatchObject({
      width: 40,
      height: 30,
    });
  });

  test.each<[string, () => Promise<[string, Uint8Array]>, string]>([
    [
      'a PDF that ends in its middle',
      async () => ['application/pdf', (await pdfOf(3)).subarray(0, 400)],
      'MATERIAL_TORN',
    ],
    ['bytes that are no PDF', async () => ['application/pdf', Buffer.from('%PDF-1.4 nothing %%EOF')], 'MATERIAL_TORN'],
    ['a PDF with a password', async () => ['application/pdf', await pdfOf(1, 'geheim')], 'MATERIAL_ENCRYPTED'],
    [
      'a photograph that ends in its middle',
      async () => {
        const whole = await picture(800, 800, 'jpeg');
        return ['image/jpeg', whole.subarray(0, whole.length / 2)];
      },
      'MATERIAL_TORN',
    ],
    ['bytes that are no picture', async () => ['image/png', randomBytes(900)], 'MATERIAL_TORN'],
    [
      'a picture of more pixels than are opened',
      async () => ['image/png', await picture(12_500, 12_500, 'png')],
      'MATERIAL_OVERSIZED',
    ],
    ['an office document', async () => ['application/msword', Buffer.from('x')], 'BAD_INPUT'],
  ])('of %s is refused with its code, and the next is drawn', async (_, made, code) => {
    expect(await codeOf(page(...(await made())))).toBe(code);
    expect((await page('application/pdf', await pdfOf(1))).pages).toBe(1);
  });

  test('that a paper has not is refused', async () => {
    expect(await codeOf(page('application/pdf', await pdfOf(2), 3))).toBe('NOT_FOUND');
    expect(await codeOf(page('image/png', await picture(9, 9, 'png'), 2))).toBe('NOT_FOUND');
  });

  test('asked for by several at once is drawn once', async () => {
    const bytes = await pdfOf(1);
    let made = 0;
    const task = async (): Promise<PageTask> => {
      made++;
      return { kind: 'PAGE', mediaType: 'application/pdf', bytes, page: 1 };
    };
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => renderer.draw('PAGE', 'one', task)));
    expect([all.length, made]).toEqual([5, 1]);
  });
});

describe('a print sheet', () => {
  const paper = async (title: string, mediaType: string, bytes: Uint8Array): Promise<SheetPaper> => {
    return { title, mediaType, charset: mediaType.startsWith('text/') ? 'utf-8' : null, bytes, qr: null };
  };
  const sheet = (papers: SheetPaper[]) =>
    draw({
      kind: 'SHEET',
      papers,
      cover: ['案卷材料', '阅卷人 王小明'],
      watermark: '王小明 2026-11-30',
      foot: '331022',
    });

  test('has a cover, every page of every paper, and leaves out what has no pages', async () => {
    const { bytes, pages } = await sheet([
      await paper('1. 申请书', 'application/pdf', await pdfOf(2)),
      await paper('2. 照片', 'image/jpeg', await picture(900, 400, 'jpeg')),
      await paper('3. 证明', 'text/plain', Buffer.from('兹证明王秀英为本村村民。\n'.repeat(80))),
      await paper('4. 表格', 'application/msword', Buffer.from('x')),
      await paper('5. 残缺', 'application/pdf', Buffer.from('%PDF-1.4')),
    ]);
    const pdf = await PDFDocument.load(bytes);
    const sizes = pdf.getPages().map((each) => (each.getWidth() > each.getHeight() ? 'wide' : 'high'));
    expect([pages, sizes]).toEqual([6, ['high', 'high', 'high', 'wide', 'high', 'high']]);
  });

  test.each([1, 40, 45, 46, 80])('has the QR code behind a document of %i lines, and it is read', async (lines) => {
    const address = 'https://fw.example.cn/verify?number=三门县准字〔2026〕331022-20260301-00001&code=331022-ABCD-EFGH';
    const document = await paper('1. 决定书', 'text/markdown', Buffer.from('决定\n'.repeat(lines)));
    const { bytes, pages } = await sheet([{ ...document, qr: address }]);
    const { bytes: jpeg } = await page('application/pdf', bytes, pages);
    const { data, info } = await sharp(jpeg).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    expect(decodeQR({ width: info.width, height: info.height, data })).toBe(address);
  });

  test('has no QR code where the text names no page for it', async () => {
    const { bytes, pages } = await sheet([await paper('1. 证明', 'text/plain', Buffer.from('证明'))]);
    const { bytes: jpeg } = await page('application/pdf', bytes, pages);
    const { data, info } = await sharp(jpeg).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    expect(() => decodeQR({ width: info.width, height: info.height, data })).toThrow(/./u);
  });

  test('with more papers than the cover lists goes on with the list at the end', async () => {
    const texts = Array.from({ length: 60 }, (_, i) => paper(`${i + 1}. 证明`, 'text/plain', Buffer.from('证明')));
    expect((await sheet(await Promise.all(texts))).pages).toBe(1 + 60 + 1);
  });

  test('of more pages than one sheet may have is refused', async () => {
    expect(await codeOf(sheet([await paper('1. 卷宗', 'application/pdf', await pdfOf(301))]))).toBe(
      'MATERIAL_OVERSIZED',
    );
  });
});
