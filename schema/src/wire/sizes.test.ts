import { expect, test } from 'vitest';
import { jsonBytes, MAX_ENTRY_BYTES, MAX_FACT_BYTES, MAX_PAYLOAD, textRoom } from './sizes.ts';

const base64 = (bytes: number) => Math.ceil((bytes * 4) / 3);

test('the longest entry of a catalogue fits into one message, signed twice and framed', () => {
  // an entry's own frame and signature, and the feed message that carries it alone, with the publisher's statement of
  // its head
  const signed = base64(MAX_ENTRY_BYTES + 500) + 1_000;
  expect(signed + 6_000).toBeLessThan(textRoom(MAX_PAYLOAD));
});

test('the longest fact fits into one message, also where it is made of quotes', () => {
  const fact = '"'.repeat(MAX_FACT_BYTES);
  expect(jsonBytes(JSON.stringify([fact])) + 6_000).toBeLessThan(textRoom(MAX_PAYLOAD));
});

test('sizes are counted in bytes of UTF-8, not in characters', () => {
  expect(jsonBytes('办')).toBe(5);
  expect(jsonBytes({ a: '"' })).toBe(10);
});

test('a broker that takes next to nothing has room for nothing', () => {
  expect(textRoom(1_000)).toBe(0);
});
