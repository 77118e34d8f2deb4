import { describe, expect, test } from 'vitest';
import type { Problem } from './errors.ts';
import { ERROR_CODES, ERRORS, isErrorCode, problem, ProblemError, problemsOf } from './errors.ts';

describe('the list of codes', () => {
  test('is closed', () => {
    expect(ERROR_CODES).toEqual(Object.keys(ERRORS));
    expect(ERROR_CODES.every(isErrorCode)).toBe(true);
  });

  test.each(['', 'bad_input', 'TEAPOT', 'toString', '__proto__', 'constructor', 400, null, undefined, {}])(
    '%s is no code',
    (value) => {
      expect(isErrorCode(value)).toBe(false);
    },
  );

  test.each(ERROR_CODES)('%s has an HTTP status of an error and a Chinese text', (code) => {
    const { http, zh } = ERRORS[code];
    expect(http).toBeGreaterThanOrEqual(400);
    expect(http).toBeLessThan(600);
    expect(zh).toMatch(/\p{Script=Han}/u);
  });

  test('says that trying again may help for what passes by itself, and for nothing else', () => {
    expect(ERROR_CODES.filter((code) => ERRORS[code].retry)).toEqual([
      'PAPER_PREPARING',
      'RATE_LIMITED',
      'CASE_IN_TRANSIT',
      'FORM_NOT_HERE',
      'KEY_UNKNOWN',
      'NODE_HEALING',
      'STREAM_ENDED',
      'MISROUTED',
      'NODE_MOVING',
      'NODE_UNREACHABLE',
      'ISSUER_UNREACHABLE',
      'DEADLINE_EXCEEDED',
      'NOT_BEGUN',
      'BROKER_UNAVAILABLE',
      'DATABASE_UNAVAILABLE',
    ]);
  });

  test('counts every fault of the outside as one that may pass', () => {
    const mayPass = ERROR_CODES.filter((code) => ERRORS[code].http === 503 || ERRORS[code].http === 504);
    expect(mayPass.filter((code) => !ERRORS[code].retry)).toEqual([]);
  });
});

describe('a problem', () => {
  test('knows code, article and field, and leaves out what it does not know', () => {
    const { problem: made, code } = problem('SAME_PERSON', 'No.', { article: '一审一核', field: 'outcome' });
    expect(code).toBe('SAME_PERSON');
    expect(made).toEqual({
      code: 'SAME_PERSON',
      message: 'No.',
      article: '一审一核',
      field: 'outcome',
      node: null,
    });
  });

  test('names the custodian where it is about custody', () => {
    expect(problem('NOT_CUSTODIAN', 'No.', { custodian: '331022' }).problem.custodian).toBe('331022');
  });

  test('keeps its cause for the log', () => {
    const cause = new Error('deep');
    expect(problem('INTERNAL', 'No.', { cause }).cause).toBe(cause);
    expect(problem('INTERNAL', 'No.')).not.toHaveProperty('cause');
  });

  test('of several faults is branched on by the first', () => {
    const faults: [Problem, Problem] = [
      problem('CONSENT_MISSING', 'a').problem,
      problem('MATERIAL_UNRELATED', 'b').problem,
    ];
    const error = new ProblemError(faults);
    expect(error.code).toBe('CONSENT_MISSING');
    expect(error.problems.map((p) => p.code)).toEqual(['CONSENT_MISSING', 'MATERIAL_UNRELATED']);
    expect(error).toBeInstanceOf(Error);
  });
});

describe('what may be shown of anything thrown', () => {
  test('is the problem itself, with the node that found it', () => {
    expect(problemsOf(problem('NOT_FOUND', 'No.'), '331022')).toMatchObject([{ code: 'NOT_FOUND', node: '331022' }]);
  });

  test('is the node that is named already', () => {
    const made = problem('NOT_FOUND', 'No.', { node: '331022103' });
    expect(problemsOf(made, '331022')).toMatchObject([{ node: '331022103' }]);
  });

  test('is every problem, each with its node', () => {
    const error = new ProblemError([
      problem('BAD_INPUT', 'a', { field: 'x' }).problem,
      problem('BAD_INPUT', 'b', { field: 'y', node: '331000' }).problem,
    ]);
    expect(problemsOf(error, '331022').map((p) => [p.field, p.node])).toEqual([
      ['x', '331022'],
      ['y', '331000'],
    ]);
  });

  test.each([
    ['an error', new Error('身份证 11010519491231002X at /srv/node.js:1')],
    ['a text', '身份证 11010519491231002X'],
    ['nothing', undefined],
    ['something that only looks like a problem', { code: 'NOT_FOUND', problems: [{ message: '11010519491231002X' }] }],
  ])('is INTERNAL without its text when it is %s', (_, thrown) => {
    const shown = problemsOf(thrown, '331022');
    expect(shown).toMatchObject([{ code: 'INTERNAL', node: '331022', article: null, field: null }]);
    expect(JSON.stringify(shown)).not.toContain('11010519491231002X');
  });
});
