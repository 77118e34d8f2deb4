import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requireHarmless } from './material-kinds.ts';

const FIELD = 'materials.0.content';
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
type MediaType = Parameters<typeof requireHarmless>[1];

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const jpeg = Buffer.concat([Buffer.from('ffd8ffe000104a46494600010100000100010000', 'hex'), Buffer.alloc(64)]);
const pdf = (inside = '') => Buffer.from(`%PDF-1.4\n1 0 obj\n<< /Type /Catalog ${inside} >>\nendobj\n%%EOF`);
/** An office document with only its parts' names; stored, not compressed (PKWARE APPNOTE 4.3.7). */
const docx = (...names: string[]) => {
  const part = (name: string, content: string) => {
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt32LE(content.length, 18);
    head.writeUInt32LE(content.length, 22);
    head.writeUInt16LE(name.length, 26);
    return Buffer.concat([head, Buffer.from(name), Buffer.from(content)]);
  };
  const types = `<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="${DOCX}.main+xml"/></Types>`;
  return Buffer.concat([
    part('[Content_Types].xml', types),
    ...names.map((name) => part(name, '<w/>')),
    Buffer.alloc(64),
  ]);
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
    ['an archive as an office document', DOCX, docx().subarray(0, 10)],
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

  test('of any bytes is taken or refused, and nothing else happens', async () => {
    const kinds: MediaType[] = ['application/pdf', 'image/jpeg', 'image/png', 'text/plain', DOCX];
    const begun = [Buffer.alloc(0), pdf().subarray(0, 9), png.subarray(0, 20), jpeg.subarray(0, 8), docx('word/x')];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.constantFrom(...begun),
        fc.uint8Array({ maxLength: 300 }),
        async (kind, head, tail) => {
          const codes = [undefined, 'MATERIAL_MISLABELLED', 'MATERIAL_ACTIVE'];
          expect(codes).toContain((await refusal(Buffer.concat([head, tail]), kind))?.[0]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
