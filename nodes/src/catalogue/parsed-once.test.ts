import { expect, test } from 'vitest';
import { z } from 'zod';
import { parsedOnce } from './parsed-once.ts';

test('the same text is parsed once, and another text of the same thing anew', () => {
  let parsed = 0;
  const parse = parsedOnce(z.object({ code: z.string() }).refine(() => ++parsed > 0));
  const first = parse('{"code":"A"}');
  expect(parse('{"code":"A"}')).toBe(first);
  expect(parsed).toBe(1);
  expect(parse('{"code":"B"}')).toEqual({ code: 'B' });
  expect(parsed).toBe(2);
});

test('a text that is not what it should be is refused each time', () => {
  const parse = parsedOnce(z.object({ code: z.string() }));
  for (let i = 0; i < 2; i++) expect(() => parse('{"code":1}')).toThrow('expected string');
});
