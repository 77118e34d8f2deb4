import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { DocumentCache } from './document-cache.ts';

const MIB = 1024 * 1024;

describe('documents that are remembered', () => {
  test('are found by their very text', () => {
    const cache = new DocumentCache(MIB);
    const document = parse('{ a }');
    cache.keep('{ a }', document);
    expect(cache.find('{ a }')).toBe(document);
    expect(cache.find('{ a } ')).toBeUndefined();
  });

  test.each<[string, (i: number) => string]>([
    ['long comments', (i) => `{ a } #${i}${'x'.repeat(2_000)}`],
    ['many comments', (i) => `{ a } ${'#\n'.repeat(1_000)} #${i}`],
    ['many fields', (i) => `{ ${'a '.repeat(150)} b${i} }`],
  ])('of %s never take more than their bound', (_, text) => {
    const cache = new DocumentCache(MIB);
    for (let i = 0; i < 200; i++) {
      cache.keep(text(i), parse(text(i)));
      expect(cache.bytes).toBeLessThanOrEqual(MIB);
      expect(cache.find(text(i))).toBeDefined();
    }
    expect(cache.find(text(0))).toBeUndefined();
  });

  test('go when they were not asked for longest', () => {
    const cache = new DocumentCache(MIB);
    const text = (i: number) => `{ a${i} } #${'x'.repeat(2_000)}`;
    for (let i = 0; i < 9; i++) cache.keep(text(i), parse(text(i)));
    expect(cache.find(text(0))).toBeDefined();
    for (let i = 9; i < 14; i++) cache.keep(text(i), parse(text(i)));
    expect(cache.find(text(0))).toBeDefined();
    expect(cache.find(text(1))).toBeUndefined();
  });

  test('count once, however often they are kept', () => {
    const cache = new DocumentCache(MIB);
    cache.keep('{ a }', parse('{ a }'));
    const once = cache.bytes;
    cache.keep('{ a }', parse('{ a }'));
    expect(cache.bytes).toBe(once);
  });

  test('are none that alone would drive out the others', () => {
    const cache = new DocumentCache(MIB);
    const text = `{ ${'a '.repeat(1_900)} }`;
    cache.keep(text, parse(text));
    expect(cache.find(text)).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });
});
