import { describe, expect, test } from 'vitest';
import { catalogueContent } from '../../testing/fixtures.ts';
import { readCatalogueFile } from './catalogue-file.ts';
import type { FormField } from './catalogue.ts';
import { isLinearPattern, matchesPattern } from './form-pattern.ts';
import { formFaults } from './forms.ts';

const EMAIL = '([a-zA-Z0-9_.-]+)+@([a-zA-Z0-9]+\\.?)+[a-z]{2,}';
const field = (pattern: string): FormField => ({ name: 'email', label: '电子邮箱', required: true, pattern });

describe('the pattern of a form field', () => {
  // an engine that tries every way would still be at it when the machine is scrapped
  test('is matched in linear time, also where a value almost matches in very many ways', { timeout: 20_000 }, () => {
    const value = `a@a.${'a'.repeat(70)}!`;
    expect(formFaults([field(EMAIL)], [{ field: 'email', value }])).toMatchObject([{ code: 'FORM_INVALID' }]);
    const long = `${'a'.repeat(1999)}!`;
    expect(formFaults([field('(a+)+')], [{ field: 'email', value: long }])).toMatchObject([{ code: 'FORM_INVALID' }]);
  });

  test.each([
    ['\\d{1,9}(\\.\\d{1,2})?', '12.50', '12.505'],
    ['.{4,60}', '三门县亭旁镇', '包家'],
    ['\\d{4}-\\d{2}-\\d{2}', '2026-11-29', ' 2026-11-29'],
    ['[\\u4e00-\\u9fff]+', '宅基地', 'zjd'],
    ['\\p{Script=Han}{2,4}', '王秀英', '王'],
    ['a|b', 'b', 'ab'],
  ])('%s is matched by the whole value alone', (pattern, right, wrong) => {
    expect(matchesPattern(pattern, right)).toBe(true);
    expect(matchesPattern(pattern, wrong)).toBe(false);
  });

  test.each(['(?=a)a', '(?<!b)a', '(a)\\1'])('%s is named as one that no linear engine can match', (pattern) => {
    expect(isLinearPattern(pattern)).toBe(false);
  });

  test('that is not linear is refused at import, with its place', () => {
    const content = catalogueContent();
    const form = [{ name: 'email', label: '电子邮箱', required: true, pattern: '(?=a)a' }];
    Object.assign(content.items[0] ?? {}, { fields: form });
    expect(readCatalogueFile(content, '2026-01-01').faults).toMatchObject([{ place: 'items[0].fields[0].pattern' }]);
  });

  test('that was stored before and is not linear is not run, and lets the value pass to the desk', () => {
    const value = `${'a'.repeat(50)}!`;
    expect(formFaults([field('((a+)+)\\1b')], [{ field: 'email', value }])).toEqual([]);
  });
});
