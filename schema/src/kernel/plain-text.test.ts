import { describe, expect, test } from 'vitest';
import { unwritableIn } from './plain-text.ts';

describe('a text', () => {
  test.each(['', '王秀英', 'a\tb\r\nc', '𠮷田', '😀', '\u00a0\u3000', '\u202e', '\ufeff', '\ufffd', '\u{10ffff}'])(
    'may hold what people write: %j',
    (text) => expect(unwritableIn(text)).toBeNull(),
  );

  test.each([
    ['a\u0000b', 'U+0000'],
    ['\u001b[31m', 'U+001B'],
    ['\b', 'U+0008'],
    ['half an emoji \ud83d', 'U+D83D'],
    ['its other half \ude00', 'U+DE00'],
    ['the halves in the wrong order \ude00\ud83d', 'U+DE00'],
    ['\uffff', 'U+FFFF'],
    ['\ufffe', 'U+FFFE'],
  ])('holds no sign that cannot be stored or written: %j', (text, sign) => expect(unwritableIn(text)).toBe(sign));
});
