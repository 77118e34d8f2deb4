import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CITY, COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE, divisions } from '../../testing/fixtures.ts';
import { person } from '../../testing/people.ts';
import { codeOrDone as code, refusal } from '../../testing/refusals.ts';
import type { Role } from '../../kernel/words.ts';
import {
  nameForm,
  requireApplicantsNumber,
  requireFinder,
  requireSearchKey,
  searchForm,
  searchKeysOf,
} from './rules.ts';
import type { ApplicantKey } from './words.ts';

const applicant = {
  name: '王秀英',
  idType: 'RESIDENT_ID',
  idNumber: '331022195203120028',
  phone: '13800000001',
} as const;
const purpose = '申请人到窗口查询';

describe('a value that is searched by', () => {
  test.each<[ApplicantKey, string, string]>([
    ['ID_NUMBER', ' 331022 19520312 002x', '33102219520312002X'],
    ['ID_NUMBER', '３３１０２２１９５２０３１２００２８', '331022195203120028'],
    ['PHONE', '+86 138-0000-0001', '13800000001'],
    ['PHONE', '（0576）83300000', '0576-83300000'],
    ['NAME', ' 王 秀英 ', '王秀英'],
    ['NAME', '阿卜杜拉•买买提', '阿卜杜拉买买提'],
    ['NAME', '三门Ａ公司（普通合伙）', '三门A公司(普通合伙)'],
  ])('by %s is compared in one form: %s', (by, written, form) => {
    expect(searchForm(by, written)).toBe(form);
    expect(requireSearchKey({ by, value: written, purpose })).toEqual({ by, form });
  });

  test('finds the applicant again from its own form, and with blanks put in', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }), (name) => {
        const form = nameForm(name);
        expect(nameForm(form)).toBe(form);
        expect(nameForm(Array.from(form).join(' '))).toBe(form);
      }),
    );
  });

  test.each<[ApplicantKey, string]>([
    ['PHONE', '138000'],
    ['PHONE', '王秀英'],
    ['NAME', ' · '],
    ['ID_NUMBER', '--'],
  ])('is refused where no %s can be %s, without repeating it', (by, value) => {
    const refused = refusal(() => requireSearchKey({ by, value, purpose }));
    expect(refused).toMatchObject({ code: 'BAD_INPUT', field: 'value' });
    expect(refused.message).not.toContain(`${value} `);
  });

  test('needs a purpose, in which no number stands', () => {
    const asked = { by: 'NAME', value: '王秀英' } as const;
    expect(code(() => requireSearchKey({ ...asked, purpose: '' }))).toBe('REASON_MISSING');
    expect(code(() => requireSearchKey({ ...asked, purpose: '查 13800000001' }))).toBe('BAD_INPUT');
  });
});

describe('a case', () => {
  test('is found by the applicant’s number, phone and name, and by who consented', () => {
    expect(searchKeysOf(applicant, '王秀英').map(({ by }) => by)).toEqual(['ID_NUMBER', 'PHONE', 'NAME']);
    const firm = { ...applicant, name: '三门联动公司' };
    expect(searchKeysOf(firm, '李经理')).toContainEqual({ by: 'NAME', form: '李经理' });
  });

  test('of an earlier program with a phone in no known form is found by the rest', () => {
    expect(searchKeysOf({ ...applicant, phone: '无' }, null).map(({ by }) => by)).toEqual(['ID_NUMBER', 'NAME']);
  });
});

describe('who finds cases', () => {
  const may = (role: Role, at: string, node: string) =>
    code(() => {
      requireFinder(person(at, role), node, divisions);
    });
  test.each<[Role, string]>([
    ['AGENT', VILLAGE],
    ['AGENT', TOWNSHIP],
    ['CLERK', COUNTY],
    ['CHIEF', TOWNSHIP],
    ['HEAD', COUNTY],
    ['SUPERVISOR', COUNTY],
  ])('a %s does at their own desk %s', (role, at) => {
    expect(may(role, at, at)).toBeNull();
  });

  test('a supervisor does at every desk below, and at none above or beside', () => {
    expect([VILLAGE, TOWNSHIP, COUNTY, CITY].map((node) => may('SUPERVISOR', COUNTY, node))).toEqual([
      null,
      null,
      null,
      'FORBIDDEN',
    ]);
    expect(may('SUPERVISOR', TOWNSHIP, OTHER_TOWNSHIP)).toBe('FORBIDDEN');
  });

  test.each<[Role, string, string]>([
    ['AGENT', VILLAGE, TOWNSHIP],
    ['AGENT', TOWNSHIP, VILLAGE],
    ['CLERK', COUNTY, TOWNSHIP],
    ['CHIEF', COUNTY, VILLAGE],
    ['CASHIER', COUNTY, COUNTY],
    ['OPERATOR', COUNTY, COUNTY],
  ])('a %s of %s does not at %s', (role, at, node) => {
    expect(may(role, at, node)).toBe('FORBIDDEN');
  });

  test('a token that acts for an applicant does not', () => {
    const viewer = { ...person(VILLAGE, 'AGENT'), actsFor: 'applicant' };
    expect(code(() => requireFinder(viewer, VILLAGE, divisions))).toBe('FORBIDDEN');
  });
});

test('a new tracking code needs the number of the application, in any usual way of writing', () => {
  expect(() => requireApplicantsNumber(applicant, '331022 19520312 0028')).not.toThrow();
  const refused = refusal(() => requireApplicantsNumber(applicant, '331022195203120029'));
  expect(refused).toMatchObject({ code: 'BAD_INPUT', field: 'idNumber' });
  expect(refused.message).not.toMatch(/\d{6}/);
});
