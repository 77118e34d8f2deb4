import { expect, test } from 'vitest';
import { textOfFile } from './file-text.ts';

const TEXT = '{"name":"三门县"}';
const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, 'utf16le'));
const swapped = (bytes: Uint8Array) => Uint8Array.from(Buffer.from(bytes).swap16());
const read = (bytes: Uint8Array) => textOfFile(bytes, 'people.json', 'BAD_CONFIG');

test('a file is read with and without a byte-order mark', () => {
  expect(read(new TextEncoder().encode(TEXT))).toBe(TEXT);
  expect(read(new TextEncoder().encode(`\uFEFF${TEXT}`))).toBe(TEXT);
  expect(read(new Uint8Array())).toBe('');
  expect(read(new TextEncoder().encode('1'))).toBe('1');
});

test.each([
  ['UTF-16', utf16(TEXT)],
  ['UTF-16 with a mark', utf16(`\uFEFF${TEXT}`)],
  ['UTF-16 the other way round', swapped(utf16(TEXT))],
  ['UTF-16 the other way round with a mark', swapped(utf16(`\uFEFF${TEXT}`))],
])('a file in %s is refused with how to save it', (_, bytes) => {
  expect(() => read(bytes)).toThrow(
    expect.objectContaining({
      code: 'BAD_CONFIG',
      message: expect.stringMatching(/^people\.json is UTF-16\. Save it as UTF-8/),
    }),
  );
});

test('a file in GBK is refused with how to save it, and never read as other signs', () => {
  // 三门 in GBK
  const bytes = Uint8Array.from([0x22, 0xc8, 0xfd, 0xc3, 0xc5, 0x22]);
  expect(() => read(bytes)).toThrow(/^people\.json is no UTF-8 \(GBK\?\)\. Save it as UTF-8/);
});
