import type { IdType } from '../case/words.ts';
import { isDay } from './calendar.ts';
import { phoneOf } from './written-numbers.ts';

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS = '10X98765432';

/** Whether an identity number (居民身份证号码) has 18 places, a real birthday and the right check digit: GB 11643-1999. */
export function isResidentId(text: string): boolean {
  if (!/^[1-9]\d{16}[\dX]$/.test(text)) return false;
  const birthday = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
  if (!isDay(birthday) || birthday < '1800-01-01') return false;
  const sum = ID_WEIGHTS.reduce((total, weight, i) => total + weight * Number(text[i]), 0);
  return ID_CHECKS[sum % 11] === text[17];
}

const CREDIT_CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const CREDIT_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** Whether a unified social credit code (统一社会信用代码) has the right check character: GB 32100-2015. */
export function isSocialCreditCode(text: string): boolean {
  if (!/^[0-9A-HJ-NP-RT-UW-Y]{2}\d{6}[0-9A-HJ-NP-RT-UW-Y]{10}$/.test(text)) return false;
  const sum = CREDIT_WEIGHTS.reduce((total, weight, i) => total + weight * CREDIT_CHARACTERS.indexOf(text[i] ?? ''), 0);
  return CREDIT_CHARACTERS[(31 - (sum % 31)) % 31] === text[17];
}

/** Whether the number is valid for its type. */
export function isIdNumber(type: IdType, text: string): boolean {
  switch (type) {
    case 'RESIDENT_ID':
      return isResidentId(text);
    case 'SOCIAL_CREDIT_CODE':
      return isSocialCreditCode(text);
    default:
      return type satisfies never;
  }
}

/** Keeps the first and the last signs of a number: `331022********1234` (GB/T 35273 de-identification). */
export function maskNumber(text: string): string {
  const [head, tail] = text.length > 13 ? [6, 4] : [3, Math.min(4, Math.max(0, text.length - 7))];
  if (text.length <= head + tail) return '*'.repeat(text.length);
  return text.slice(0, head) + '*'.repeat(text.length - head - tail) + text.slice(text.length - tail);
}

/** Numbers of papers, and mobile phones with or without blanks, that stand alone in a text. */
const IN_TEXT =
  /(?<![0-9A-Za-z])(?:[1-9]\d{16}[\dXx]|[0-9A-HJ-NP-RT-UW-Y]{18}|(?:\+?86[ -]?)?1[3-9]\d([ -]?)\d{4}\1\d{4})(?![0-9A-Za-z])/gu;
const FULL_WIDTH = /[\uFF10-\uFF19\uFF38\uFF58]/gu;

/**
 * Masks every identity number and phone in a text, and leaves the rest as it is: for what people write freely, and for
 * values whose kind nobody knows. A number of 18 places is masked only if it is valid; case numbers and digests are not.
 * @example maskNumbersIn('联系 13800000001') // '联系 138****0001'
 */
export function maskNumbersIn(text: string): string {
  if (phoneOf(text) !== null) return maskNumber(text);
  const plain = text.replace(FULL_WIDTH, (sign) => String.fromCodePoint((sign.codePointAt(0) ?? 0) - 0xfee0));
  const masked = plain.replace(IN_TEXT, (number) => {
    const bare = number.toUpperCase();
    if (bare.length === 18 && !isResidentId(bare) && !isSocialCreditCode(bare)) return number;
    return maskNumber(number);
  });
  return masked === plain ? text : masked;
}
