import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { parseInput } from '../../graph/parse-input.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { VILLAGE } from '../../testing/fixtures.ts';
import { refusal, refusals } from '../../testing/refusals.ts';
import { enquiries } from '../enquiries/operations.ts';
import { interestedPartyInput } from '../hearings/operations.ts';
import { applicantInput, consentInput } from './application-input.ts';
import { MAX_MATERIAL_BYTES } from './material-input.ts';
import { MATERIAL_MEDIA_TYPES } from './media-types.ts';
import { filing } from './operations.ts';

const { fileCase } = filing.operations;
const applicant = { name: '张三', idType: 'RESIDENT_ID', idNumber: '11010519491231002X', phone: '13858600001' };
const consent = { givenBy: '张三', way: 'SIGNATURE', scope: '代办低保', givenAt: '2026-03-02T09:00:00+08:00' };
const materialInput = (changes: Record<string, unknown> = {}) => ({
  name: '户口簿',
  fileName: '户口簿.pdf',
  mediaType: 'application/pdf',
  content: 'JVBERi0=',
  ...changes,
});
const application = (changes: Record<string, unknown> = {}) => ({
  item: '3310-MZ-001',
  place: VILLAGE,
  applicant,
  consent,
  materials: [materialInput()],
  idempotencyKey: 'slip-0001',
  ...changes,
});

/** The fields an input is refused for. */
const fieldsOf = (schema: z.ZodType, input: unknown) => refusals(() => parseInput(schema, input)).map((p) => p.field);

/** Base64 text that decodes to this many bytes. */
const base64Of = (bytes: number) => 'A'.repeat(Math.ceil(bytes / 3) * 4);

describe('an application', () => {
  test('that is right is taken, with what was left out as null', () => {
    expect(parseInput(fileCase.input, application())).toEqual({
      ...application(),
      amountFen: null,
      consent: { ...consent, givenAt: '2026-03-02T01:00:00.000Z' },
    });
    const { place: _, consent: __, idempotencyKey: ___, ...short } = application();
    expect(parseInput(fileCase.input, short)).toMatchObject({ place: null, consent: null, idempotencyKey: null });
    const nulls = application({ place: null, consent: null, idempotencyKey: null });
    expect(parseInput(fileCase.input, nulls)).toMatchObject({ place: null, consent: null, idempotencyKey: null });
  });

  test('loses the spaces around what people typed, and has its number in capitals', () => {
    const typed = application({ item: ' 3310-MZ-001 ', applicant: { ...applicant, idNumber: ' 11010519491231002x ' } });
    expect(parseInput(fileCase.input, typed)).toMatchObject({
      item: '3310-MZ-001',
      applicant: { idNumber: applicant.idNumber },
    });
  });

  test('is refused with every fault at once, each at its field', () => {
    const faulty = application({
      item: '',
      place: 'sanmen',
      applicant: { ...applicant, name: ' ', idNumber: '110105194912310021', phone: '12' },
      consent: { ...consent, givenBy: '', givenAt: 'yesterday' },
      materials: [materialInput(), materialInput({ name: '', mediaType: 'text/html', content: '' })],
      idempotencyKey: 'x',
    });
    const problems = refusals(() => parseInput(fileCase.input, faulty));
    expect(problems.map((p) => p.field ?? '').sort()).toEqual(
      [
        'item',
        'place',
        'applicant.name',
        'applicant.idNumber',
        'applicant.phone',
        'consent.givenBy',
        'consent.givenAt',
        'materials.1.name',
        'materials.1.mediaType',
        'materials.1.content',
        'idempotencyKey',
      ].sort(),
    );
    expect(new Set(problems.map((p) => p.code))).toEqual(new Set(['BAD_INPUT']));
  });

  test.each([
    ['item', { item: 'x'.repeat(51) }],
    ['place', { place: '33102' }],
    ['idempotencyKey', { idempotencyKey: 'x'.repeat(101) }],
    ['materials', { materials: Array.from({ length: 51 }, () => materialInput()) }],
    ['materials.0.name', { materials: [materialInput({ name: 'x'.repeat(101) })] }],
    ['materials.0.fileName', { materials: [materialInput({ fileName: 'x'.repeat(201) })] }],
    ['materials.0.fileName', { materials: [materialInput({ fileName: ' ' })] }],
    ['materials.0.mediaType', { materials: [materialInput({ mediaType: 'application/x-msdownload' })] }],
    ['consent.way', { consent: { ...consent, way: 'NOD' } }],
    ['consent.scope', { consent: { ...consent, scope: '' } }],
    ['consent.givenAt', { consent: { ...consent, givenAt: '2026-03-02' } }],
    ['applicant.idType', { applicant: { ...applicant, idType: 'PASSPORT' } }],
  ])('with a %s out of bounds is refused for it alone', (field, changes) => {
    expect(fieldsOf(fileCase.input, application(changes))).toEqual([field]);
  });

  test('without materials is taken: they are asked for once, later', () => {
    expect(parseInput(fileCase.input, application({ materials: [] })).materials).toEqual([]);
  });

  test.each(MATERIAL_MEDIA_TYPES)('takes materials of the type %s', (mediaType) => {
    expect(() => parseInput(fileCase.input, application({ materials: [materialInput({ mediaType })] }))).not.toThrow();
  });
});

describe('the size of materials', () => {
  const of = (...bytes: number[]) =>
    application({ materials: bytes.map((b) => materialInput({ content: base64Of(b) })) });

  test('is up to 10 MiB each', () => {
    expect(() => parseInput(fileCase.input, of(MAX_MATERIAL_BYTES))).not.toThrow();
    expect(fieldsOf(fileCase.input, of(MAX_MATERIAL_BYTES + 3))).toEqual(['materials.0.content']);
  });

  test('is up to 30 MiB together', () => {
    const third = MAX_MATERIAL_BYTES - 3;
    expect(() => parseInput(fileCase.input, of(third, third, third))).not.toThrow();
    expect(fieldsOf(fileCase.input, of(third, third, third, 1024))).toEqual(['materials']);
  });
});

describe('an applicant', () => {
  test.each([
    ['RESIDENT_ID', '11010519491231002X'],
    ['SOCIAL_CREDIT_CODE', '91110000802100433B'],
  ])('has a %s whose check sign is right', (idType, idNumber) => {
    expect(() => parseInput(applicantInput, { ...applicant, idType, idNumber })).not.toThrow();
  });

  test.each([
    ['RESIDENT_ID', '110105194912310021', ARTICLES.residentId],
    ['RESIDENT_ID', '91110000802100433B', ARTICLES.residentId],
    ['SOCIAL_CREDIT_CODE', '911100008021004330', ARTICLES.socialCreditCode],
    ['SOCIAL_CREDIT_CODE', '11010519491231002X', ARTICLES.socialCreditCode],
  ])('whose %s is %s is refused with the standard %s', (idType, idNumber, article) => {
    expect(refusal(() => parseInput(applicantInput, { ...applicant, idType, idNumber }))).toMatchObject({
      code: 'BAD_INPUT',
      field: 'idNumber',
      article,
    });
  });

  test.each([
    ['13858600001 ', '13858600001'],
    ['+86 138 5860 0001', '13858600001'],
    ['\u202d13858600001\u202c', '13858600001'],
    ['１３８５８６００００１', '13858600001'],
    ['057683361234', '0576-83361234'],
    ['0576-83361234-801', '0576-83361234-801'],
    ['400-012-3456', '400-012-3456'],
  ])('has the phone it was given as %j in one form, %s, wherever one is asked for', (written, stored) => {
    const asker = { name: '王秀英', phone: written };
    expect(parseInput(applicantInput, { ...applicant, phone: written }).phone).toBe(stored);
    expect(parseInput(interestedPartyInput, { name: '王秀英', phone: written }).phone).toBe(stored);
    const { openEnquiry } = enquiries.operations;
    expect(parseInput(openEnquiry.input, { item: 'x', asker }).asker?.phone).toBe(stored);
  });

  test('is the same under its key, whichever way its numbers were written', () => {
    const typed = { ...applicant, idNumber: '１１０１０５１９４９１２３１００２ｘ', phone: '+86 13858600001' };
    expect(parseInput(fileCase.input, application({ applicant: typed }))).toEqual(
      parseInput(fileCase.input, application({ applicant })),
    );
  });

  test.each(['', '1385860000', '138586000011', '83361234', '+1 212 555 0100'])(
    'is refused with the phone %j, and told how to write one',
    (phone) => {
      const problem = refusal(() => parseInput(applicantInput, { ...applicant, phone }));
      expect(problem).toMatchObject({ code: 'BAD_INPUT', field: 'phone', article: null });
      expect(problem.message).toContain('0576-83300000-801');
    },
  );

  test('of somebody who asks may lack the phone, and not have a wrong one', () => {
    const { input } = enquiries.operations.openEnquiry;
    expect(parseInput(input, { item: 'x', asker: { name: '王秀英', phone: ' ' } }).asker?.phone).toBeNull();
    const wrong = refusal(() => parseInput(input, { item: 'x', asker: { phone: '83361234' } }));
    expect(wrong).toMatchObject({ code: 'BAD_INPUT', field: 'asker.phone' });
  });

  test('is never named in what is refused', () => {
    const secret = { ...applicant, idNumber: '110105194912310021', phone: '138586' };
    const told = JSON.stringify(refusals(() => parseInput(applicantInput, secret)));
    expect(told).not.toContain('110105194912310021');
    expect(told).not.toContain('138586');
    expect(told).not.toContain('张三');
  });
});

test('the instant of a consent is kept in UTC, whatever zone it was given in', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }), (at) => {
      const local = new Date(at.getTime() + 8 * 3_600_000).toISOString().replace('Z', '+08:00');
      expect(parseInput(consentInput, { ...consent, givenAt: local }).givenAt).toBe(at.toISOString());
      expect(parseInput(consentInput, { ...consent, givenAt: at.toISOString() }).givenAt).toBe(at.toISOString());
    }),
  );
});
