import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIdNumber, isResidentId, isSocialCreditCode, maskNumber, maskNumbersIn } from './identity-numbers.ts';

// These tests compute check characters by the standards' own text, and not with the code under test.

/** GB 11643: ISO 7064 MOD 11-2 over the number read from left to right; the whole leaves the rest 1. */
function residentCheck(first17: string): string {
  let rest = 0;
  for (const digit of first17) rest = ((rest + Number(digit)) * 2) % 11;
  const check = (12 - rest) % 11;
  return check === 10 ? 'X' : String(check);
}

const CREDIT_SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY'.split('');

/** GB 32100: sign i weighs 3^i modulo 31; all together leave the rest 0. */
function creditCheck(first17: string): string {
  let sum = 0;
  let weight = 1;
  for (const sign of first17) {
    sum += weight * CREDIT_SIGNS.indexOf(sign);
    weight = (weight * 3) % 31;
  }
  return CREDIT_SIGNS[(31 - (sum % 31)) % 31] ?? '';
}

const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`));
const anyBirthday = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
  .map((at) => at.toISOString().slice(0, 10).replaceAll('-', ''));

const anyResidentId = fc
  .tuple(fc.integer({ min: 110000, max: 659999 }), anyBirthday, digits(3))
  .map(([place, birthday, serial]) => `${place}${birthday}${serial}`)
  .map((first17) => first17 + residentCheck(first17));

const anySign = fc.constantFrom(...CREDIT_SIGNS);
const signs = (count: number) =>
  fc.array(anySign, { minLength: count, maxLength: count }).map((found) => found.join(''));
const anyCreditCode = fc
  .tuple(signs(2), digits(6), signs(9))
  .map((parts) => parts.join(''))
  .map((first17) => first17 + creditCheck(first17));

const replaced = (text: string, place: number, sign: string) => text.slice(0, place) + sign + text.slice(place + 1);

describe('identity numbers of residents', () => {
  test.each(['11010519491231002X', '440524188001010014'])("the standard's own example %s is right", (number) => {
    expect(isResidentId(number)).toBe(true);
  });

  test('every number made by the rule is right', () => {
    fc.assert(
      fc.property(anyResidentId, (number) => {
        expect(isResidentId(number)).toBe(true);
      }),
    );
  });

  test('any single sign changed makes it wrong', () => {
    fc.assert(
      fc.property(
        anyResidentId,
        fc.integer({ min: 0, max: 17 }),
        fc.constantFrom(...'0123456789X'.split('')),
        (number, place, sign) => {
          fc.pre(number[place] !== sign);
          expect(isResidentId(replaced(number, place, sign))).toBe(false);
        },
      ),
    );
  });

  test('any two neighbours swapped make it wrong', () => {
    fc.assert(
      fc.property(anyResidentId, fc.integer({ min: 0, max: 16 }), (number, place) => {
        const [a = '', b = ''] = [number[place], number[place + 1]];
        fc.pre(a !== b);
        expect(isResidentId(replaced(replaced(number, place, b), place + 1, a))).toBe(false);
      }),
    );
  });

  test.each(['19990229', '19991301', '19990001', '19990431', '19990400'])(
    'a birthday that is none, %s, makes it wrong in spite of a right check digit',
    (birthday) => {
      const first17 = `331022${birthday}001`;
      expect(isResidentId(first17 + residentCheck(first17))).toBe(false);
    },
  );

  test('a leap day is a birthday in a leap year only', () => {
    const born = (birthday: string) => `331022${birthday}001` + residentCheck(`331022${birthday}001`);
    expect(isResidentId(born('20000229'))).toBe(true);
    expect(isResidentId(born('19000229'))).toBe(false);
  });

  test.each([
    ['one sign short', '1101051949123100'],
    ['one sign long', '11010519491231002X0'],
    ['of the old 15 places', '110105491231002'],
    ['with a small x', '11010519491231002x'],
    ['with a space', '11010519491231002X '],
    ['with a line break', '11010519491231002X\n'],
    ['with digits of full width', '110105194912310021'],
    ['with an X in the middle', '1101051949123X0021'],
    ['nothing', ''],
  ])('a number %s is wrong', (_, number) => {
    expect(isResidentId(number)).toBe(false);
  });
});

describe('unified social credit codes', () => {
  test.each(['91330100799655058B', '91110000802100433B'])('%s, a code in public use, is right', (code) => {
    expect(isSocialCreditCode(code)).toBe(true);
  });

  test('every code made by the rule is right', () => {
    fc.assert(
      fc.property(anyCreditCode, (code) => {
        expect(isSocialCreditCode(code)).toBe(true);
      }),
    );
  });

  test('any single sign changed makes it wrong', () => {
    fc.assert(
      fc.property(anyCreditCode, fc.integer({ min: 0, max: 17 }), anySign, (code, place, sign) => {
        fc.pre(code[place] !== sign);
        expect(isSocialCreditCode(replaced(code, place, sign))).toBe(false);
      }),
    );
  });

  test.each(['I', 'O', 'S', 'V', 'Z'])('the letter %s, which is too like a digit, does not occur', (letter) => {
    fc.assert(
      fc.property(anyCreditCode, fc.integer({ min: 0, max: 17 }), (code, place) => {
        expect(isSocialCreditCode(replaced(code, place, letter))).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ['one sign short', '91330100799655058'],
    ['in small letters', '91330100799655058b'],
    ['with a line break', '91330100799655058B\n'],
    ['nothing', ''],
  ])('a code %s is wrong', (_, code) => {
    expect(isSocialCreditCode(code)).toBe(false);
  });
});

test('a number is checked by the rule of its own type', () => {
  expect(isIdNumber('RESIDENT_ID', '11010519491231002X')).toBe(true);
  expect(isIdNumber('SOCIAL_CREDIT_CODE', '91330100799655058B')).toBe(true);
  expect(isIdNumber('SOCIAL_CREDIT_CODE', '11010519491231002X')).toBe(false);
  expect(isIdNumber('RESIDENT_ID', '91330100799655058B')).toBe(false);
});

describe('masking', () => {
  test('leaves the first six and the last four signs of an identity number', () => {
    expect(maskNumber('11010519491231002X')).toBe('110105********002X');
  });

  test.each([
    ['13858600001', '138****0001'],
    ['057683361234', '057*****1234'],
  ])('leaves the first three and the last four digits of the phone %s', (phone, masked) => {
    expect(maskNumber(phone)).toBe(masked);
  });

  test('never shows the birthday of a resident', () => {
    fc.assert(
      fc.property(anyResidentId, (number) => {
        const masked = maskNumber(number);
        expect(masked.slice(6, 14)).toBe('********');
        expect(masked).not.toContain(number.slice(6, 14));
      }),
    );
  });

  test('keeps the length and changes nothing but to a star', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Z-]{0,30}$/), (text) => {
        const masked = maskNumber(text);
        expect(masked).toHaveLength(text.length);
        expect(masked.split('').every((sign, i) => sign === '*' || sign === text[i])).toBe(true);
      }),
    );
  });

  test('hides what stands in the middle', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Z-]{8,30}$/), (text) => {
        expect(maskNumber(text)[Math.floor(text.length / 2)]).toBe('*');
      }),
    );
  });

  test('never shows all of a number, however short', () => {
    for (let length = 1; length <= 30; length++) {
      const masked = maskNumber('7'.repeat(length));
      expect(masked).toContain('*');
    }
  });
});

describe('masking the numbers in a text', () => {
  test.each([
    ['联系 13858600001 或门卫', '联系 138****0001 或门卫'],
    ['电话138 5860 0001', '电话138******0001'],
    ['+86 13858600001', '+86 13*****0001'],
    ['本人 11010519491231002X,已核', '本人 110105********002X,已核'],
    ['证号１１０１０５１９４９１２３１００２Ｘ', '证号110105********002X'],
    ['统一社会信用代码 91330100799655058B', '统一社会信用代码 913301********058B'],
    ['0576-83361234', '057******1234'],
  ])('%j is %j', (text, masked) => expect(maskNumbersIn(text)).toBe(masked));

  test.each([
    '办件 331022103201-20260105-00001',
    '窗口电话 0576-83361234,上午办理',
    `SHA-256 ${'13858600001'.repeat(5)}abcdef123`,
    '0198c0de-0000-7000-8000-000000000001',
    '金额 120000 元,编号 110105194912310021',
    '2026-03-02T01:00:00.000Z',
    '同意',
  ])('%j stays as it is', (text) => expect(maskNumbersIn(text)).toBe(text));

  test('leaves no resident’s number in any text', () => {
    const around = fc.string({ maxLength: 20 }).filter((text) => !/[0-9A-Za-z\uFF10-\uFF19\uFF38\uFF58]/.test(text));
    fc.assert(
      fc.property(around, anyResidentId, around, (before, number, after) => {
        expect(maskNumbersIn(`${before}${number}${after}`)).not.toContain(number);
      }),
    );
  });
});
