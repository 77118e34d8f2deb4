/** Characters allowed between the digits of a number: blanks, marks of direction, dashes, brackets, dots. */
const BETWEEN = /[\s\p{Cf}\p{Pd}\u2212().·]/gu;
/** The word before an extension, as people write it. */
const EXTENSION = /转|分机|EXT|#/u;

/**
 * The stored form of an identity paper's number. The written form may have full-width signs, blanks, dashes, marks of
 * direction and small letters. It does not check whether the number is valid.
 * @example bareNumber('１１０１０５ 19491231 002x') // '11010519491231002X'
 */
export function bareNumber(written: string): string {
  return written.normalize('NFKC').replace(BETWEEN, '').toUpperCase();
}

/**
 * The stored form of a mainland phone number, from any written form: `13800000000`, `0576-83300000`,
 * `0576-83300000-801` with an extension, `400-012-3456`. Null for other texts.
 */
export function phoneOf(written: string): string | null {
  // a separator stays as one dash, since it marks the extension
  const parts = written.normalize('NFKC').toUpperCase().replace(EXTENSION, '-').replace(BETWEEN, '-').split('-');
  const dashed = parts.filter((part) => part !== '').join('-');
  const inland = dashed.replace(/^(\+|00)-?86-?0?(?=[1-9])|^86-?(?=1[3-9])/, '');
  const digits = inland.replaceAll('-', '');
  if (/^1[3-9]\d{9}$/.test(digits)) return digits;
  if (/^[48]00\d{7}$/.test(digits)) return `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`;
  // after the country code an area code has no zero
  const national = inland === dashed ? inland : `0${inland}`;
  const landline = /^(0(?:10|2\d|[3-9]\d{2}))-?(\d{3,4})-?(\d{4})(?:-(\d{1,6}))?$/.exec(national);
  if (!landline) return null;
  const [, area, head, tail, extension] = landline;
  return [area, `${head}${tail}`, ...(extension === undefined ? [] : [extension])].join('-');
}
