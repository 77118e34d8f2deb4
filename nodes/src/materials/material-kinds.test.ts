import fc from 'fast-check';
import { strToU8, unzipSync, zipSync } from 'fflate';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { requireHarmless } from './material-kinds.ts';

const FIELD = 'materials.0.content';
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
type MediaType = Parameters<typeof requireHarmless>[1];

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c33' } })
  .jpeg()
  .toBuffer();
const pdf = (inside = '') => Buffer.from(`%PDF-1.4\n1 0 obj\n<< /Type /Catalog ${inside} >>\nendobj\n%%EOF`);
/** An office document with only its parts' names, and what stands in them. */
const docx = (...names: string[]) => {
  const types = `<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="${DOCX}.main+xml"/></Types>`;
  const parts = Object.fromEntries(names.map((name) => [name, strToU8('<w/>')]));
  return Buffer.from(zipSync({ '[Content_Types].xml': strToU8(types), ...parts }, { level: 0 }));
};

/** As office programs write a document with a password: a compound file with the stream of the sealed package. */
const sealedOffice = Buffer.concat([
  Buffer.from('d0cf11e0a1b11ae1', 'hex'),
  Buffer.alloc(600),
  Buffer.from('EncryptedPackage', 'utf16le'),
]);
/** A picture that states this size in its head (PNG §11.2.2). */
const picture = (width: number, height: number) => {
  const stated = Buffer.from(png);
  stated.writeUInt32BE(width, 16);
  stated.writeUInt32BE(height, 20);
  return stated;
};
const bomb = () => {
  const types = docx('word/document.xml');
  const list = unzipSync(types);
  return Buffer.from(zipSync({ ...list, 'word/media/a.bin': new Uint8Array(201_000_000) }, { level: 1 }));
};

const refusal = (bytes: Buffer, mediaType: MediaType) =>
  requireHarmless(bytes, mediaType, FIELD).then(
    () => null,
    (error: { code?: string; problem?: { field: string } }) => [error.code, error.problem?.field],
  );

describe('a material', () => {
  test.each<[MediaType, Buffer]>([
    ['application/pdf', pdf()],
    ['image/png', png],
    ['image/jpeg', jpeg],
    [DOCX, docx('word/document.xml')],
    ['text/plain', Buffer.from('兹证明王秀英为本村村民。\n')],
    ['text/plain', Buffer.from('d6a4c3f7', 'hex')],
  ])('that is what it is said to be is taken (%s)', async (mediaType, bytes) => {
    expect(await refusal(bytes, mediaType)).toBeNull();
  });

  test.each<[string, MediaType, Buffer]>([
    ['a program for Windows as a PDF', 'application/pdf', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)])],
    [
      'a program for Linux as a picture',
      'image/jpeg',
      Buffer.concat([Buffer.from('7f454c46', 'hex'), Buffer.alloc(200)]),
    ],
    ['a page as a PDF', 'application/pdf', Buffer.from('<html><script>alert(1)</script></html>')],
    ['a picture as a text', 'text/plain', png],
    ['a PNG as a JPEG', 'image/jpeg', png],
    ['a picture as an office document', DOCX, png],
    ['bytes without meaning as a text', 'text/plain', Buffer.from([0xff, 0xfe, 0x00, 0x81])],
    ['nothing that is known as a picture', 'image/png', Buffer.from('just words')],
  ])('that is not is refused: %s', async (_, mediaType, bytes) => {
    expect(await refusal(bytes, mediaType)).toEqual(['MATERIAL_MISLABELLED', FIELD]);
  });

  test.each<[string, MediaType, Buffer]>([
    ['a PDF with JavaScript', 'application/pdf', pdf('/OpenAction << /S /JavaScript /JS (app.alert(1)) >>')],
    ['a PDF that hides the word', 'application/pdf', pdf('/OpenAction << /S /J#61va#53cript >>')],
    ['a PDF that starts programs', 'application/pdf', pdf('/A << /S /Launch /F (cmd.exe) >>')],
    ['a PDF with a file inside', 'application/pdf', pdf('/EmbeddedFile')],
    ['an office document with macros', DOCX, docx('word/document.xml', 'word/vbaProject.bin')],
    ['a text that is a page', 'text/plain', Buffer.from('你好 <script src="//evil.example/x.js"></script>')],
    ['a text that is a picture with scripts', 'text/plain', Buffer.from(' <svg onload="alert(1)"/>')],
    ['a text that is a program', 'text/plain', Buffer.from('#!/bin/sh\nrm -rf /\n')],
  ])('that acts by itself is refused: %s', async (_, mediaType, bytes) => {
    expect(await refusal(bytes, mediaType)).toEqual(['MATERIAL_ACTIVE', FIELD]);
  });

  test.each<[string, string, MediaType, () => Buffer | Promise<Buffer>]>([
    ['a PDF with a password', 'MATERIAL_ENCRYPTED', 'application/pdf', () => pdf('>> trailer << /Encrypt 5 0 R')],
    ['an office document with a password', 'MATERIAL_ENCRYPTED', DOCX, () => sealedOffice],
    ['a PDF without its end', 'MATERIAL_TORN', 'application/pdf', () => pdf().subarray(0, -8)],
    [
      'a PDF whose end stands too far ahead',
      'MATERIAL_TORN',
      'application/pdf',
      () => Buffer.concat([pdf(), Buffer.alloc(2_000)]),
    ],
    ['a photograph that ends in its middle', 'MATERIAL_TORN', 'image/jpeg', () => jpeg.subarray(0, -9)],
    ['a scan that ends in its middle', 'MATERIAL_TORN', 'image/png', () => png.subarray(0, -12)],
    [
      'an office document that ends in its middle',
      'MATERIAL_TORN',
      DOCX,
      () => docx('word/document.xml').subarray(0, -30),
    ],
    ['a picture 30,000 pixels wide and high', 'MATERIAL_OVERSIZED', 'image/png', () => picture(30_000, 30_000)],
    ['a strip 30,000 pixels wide', 'MATERIAL_OVERSIZED', 'image/png', () => picture(30_000, 10)],
    ['an office document of 200 MB in one', 'MATERIAL_OVERSIZED', DOCX, () => bomb()],
  ])('that no desk will be able to read is refused: %s', async (_, code, mediaType, made) => {
    expect(await refusal(await made(), mediaType)).toEqual([code, FIELD]);
  });

  test('as large as an A0 scan at 300 dpi is taken', async () => {
    expect(await refusal(picture(9_933, 14_043), 'image/png')).toBeNull();
  });

  test('of any bytes is taken or refused, and nothing else happens', async () => {
    const kinds: MediaType[] = ['application/pdf', 'image/jpeg', 'image/png', 'text/plain', DOCX];
    const begun = [Buffer.alloc(0), pdf().subarray(0, 9), png.subarray(0, 20), jpeg.subarray(0, 8), docx('word/x')];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.constantFrom(...begun),
        fc.uint8Array({ maxLength: 300 }),
        async (kind, head, tail) => {
          const codes = [undefined, 'MATERIAL_MISLABELLED', 'MATERIAL_ACTIVE', 'MATERIAL_TORN', 'MATERIAL_OVERSIZED'];
          expect(codes).toContain((await refusal(Buffer.concat([head, tail]), kind))?.[0]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
