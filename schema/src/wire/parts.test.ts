import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOrDone, refusalCode } from '../testing/refusals.ts';
import type { Part } from './parts.ts';
import { MAX_PARTS, PartsCollector, splitParts } from './parts.ts';

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);

/** Puts parts together in the order they come; null while some are missing. */
function collect(parts: readonly Part[]): Uint8Array | null {
  const collector = new PartsCollector();
  return parts.reduce<Uint8Array | null>((_, part) => collector.add(part.header, part.bytes), null);
}

const anyBytes = fc.uint8Array({ maxLength: 2_000 });
const anyMost = fc.integer({ min: 16, max: 500 });

describe('cutting', () => {
  test('leaves whole what fits into one message, to the last byte', () => {
    expect(splitParts(bytesOf(100), 100)).toEqual([{ header: null, bytes: bytesOf(100) }]);
    expect(splitParts(bytesOf(101), 100)).toHaveLength(2);
  });

  test('leaves nothing at all whole as well', () => {
    expect(splitParts(new Uint8Array(), 100)).toEqual([{ header: null, bytes: new Uint8Array() }]);
  });

  test('numbers the parts from one', () => {
    expect(splitParts(bytesOf(250), 100).map((part) => [part.header, part.bytes.length])).toEqual([
      ['1/3', 100],
      ['2/3', 100],
      ['3/3', 50],
    ]);
  });

  test('makes no part longer than it may be, and none empty', () => {
    fc.assert(
      fc.property(anyBytes, anyMost, (bytes, most) => {
        const parts = splitParts(bytes, most);
        expect(parts.every((part) => part.bytes.length <= most)).toBe(true);
        expect(parts.filter((part) => part.bytes.length === 0)).toHaveLength(bytes.length === 0 ? 1 : 0);
      }),
    );
  });

  test('goes up to 128 parts and refuses what would need one more', () => {
    expect(splitParts(bytesOf(MAX_PARTS * 10), 10)).toHaveLength(128);
    expect(refusalCode(() => splitParts(bytesOf(MAX_PARTS * 10 + 1), 10))).toBe('PAYLOAD_TOO_LARGE');
  });
});

describe('putting together', () => {
  test('undoes the cutting, in whatever order the parts come', () => {
    const anyShuffled = fc
      .tuple(anyBytes, anyMost)
      .chain(([bytes, most]) => fc.record({ bytes: fc.constant(bytes), parts: shuffled(splitParts(bytes, most)) }));
    fc.assert(
      fc.property(anyShuffled, ({ bytes, parts }) => {
        expect(collect(parts)).toEqual(bytes);
      }),
    );
  });

  test('waits for the last part that is missing, whichever it is', () => {
    const parts = splitParts(bytesOf(250), 100);
    for (const missing of parts) expect(collect(parts.filter((part) => part !== missing))).toBeNull();
  });

  test('is not misled by a part that comes twice before all are there', () => {
    const [first, second, third] = splitParts(bytesOf(250), 100);
    if (!first || !second || !third) throw new Error('It was cut otherwise.');
    expect(collect([first, first, second])).toBeNull();
    expect(collect([second, first, second, third])).toEqual(bytesOf(250));
  });

  test('takes a message without a header as the whole', () => {
    expect(collect([{ header: null, bytes: bytesOf(7) }])).toEqual(bytesOf(7));
  });

  test('takes as many parts as may be cut', () => {
    const bytes = bytesOf(MAX_PARTS * 10);
    expect(collect(splitParts(bytes, 10))).toEqual(bytes);
  });

  test('takes one part of one as the whole', () => {
    expect(collect([{ header: '1/1', bytes: bytesOf(7) }])).toEqual(bytesOf(7));
  });

  test.each([
    '',
    '1',
    '/',
    '1/',
    '/3',
    '0/3',
    '4/3',
    '-1/3',
    '1/0',
    '0/0',
    '1/129',
    '129/129',
    '1/4294967296',
    '1/99999999999999999999',
    '99999999999999999999/3',
    '1.5/3',
    '1e0/3',
    '0x1/3',
    '1/3/3',
    ' 1/3',
    '1/3\n',
    '１/３',
    'a/b',
    'NaN/NaN',
    'Infinity/Infinity',
    '__proto__/1',
  ])('refuses the header %j', (header) => {
    expect(refusalCode(() => new PartsCollector().add(header, bytesOf(1)))).toBe('MESSAGE_INVALID');
  });

  test('refuses a part of another count than the parts before it', () => {
    const collector = new PartsCollector();
    collector.add('1/3', bytesOf(1));
    expect(refusalCode(() => collector.add('2/4', bytesOf(1)))).toBe('MESSAGE_INVALID');
    expect(refusalCode(() => collector.add('1/2', bytesOf(1)))).toBe('MESSAGE_INVALID');
  });

  test('goes on after a part that was refused', () => {
    const collector = new PartsCollector();
    expect(refusalCode(() => collector.add('5/2', bytesOf(1)))).toBe('MESSAGE_INVALID');
    expect(collector.add('2/2', Uint8Array.of(2))).toBeNull();
    expect(refusalCode(() => collector.add('x', bytesOf(1)))).toBe('MESSAGE_INVALID');
    expect(collector.add('1/2', Uint8Array.of(1))).toEqual(Uint8Array.of(1, 2));
  });

  test('takes a header that says part n of m up to 128, and no other', () => {
    const anyNumber = fc.oneof(fc.nat({ max: 140 }), fc.nat());
    const anyHeader = fc.oneof(
      fc.tuple(anyNumber, anyNumber).map((parts) => parts.join('/')),
      fc.string(),
    );
    fc.assert(
      fc.property(anyHeader, (header) => {
        const [n = 0, m = 0] = /^[0-9]+\/[0-9]+$/.test(header) ? header.split('/').map(Number) : [];
        const code = codeOrDone(() => new PartsCollector().add(header, bytesOf(1)));
        expect(code).toBe(n >= 1 && n <= m && m <= 128 ? null : 'MESSAGE_INVALID');
      }),
      { numRuns: 500 },
    );
  });
});

function shuffled<T>(values: T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray(values, { minLength: values.length, maxLength: values.length });
}
