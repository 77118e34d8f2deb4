import { createGraphQLError } from '@graphql-tools/utils';
import { ERROR_CODES, ERRORS, problem, ProblemError } from '@liandong/schema/kernel';
import { GraphQLError, locatedError } from 'graphql';
import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { shownError } from './errors.ts';

const lines: string[] = [];
const log = pino({}, { write: (line: string) => void lines.push(line) });
const shown = (error: unknown) => shownError(error, log);

beforeEach(() => {
  lines.length = 0;
});

describe('an error that is shown', () => {
  test.each(ERROR_CODES)('has the code, and outside a place of the graph the HTTP status, of %s', (code) => {
    const { extensions } = shown(problem(code, 'why', { node: '331022' }));
    expect(extensions).toEqual({ code, node: '331022', http: { status: ERRORS[code].http } });
    expect(lines).toEqual([]);
  });

  test('has the article and the field, where there are some', () => {
    const { extensions } = shown(problem('BAD_INPUT', 'why', { article: 'Art. 32', field: 'materials.0' }));
    expect(extensions).toMatchObject({ article: 'Art. 32', field: 'materials.0', node: null });
  });

  test('of several problems is the first', () => {
    const several = new ProblemError([problem('BAD_INPUT', 'a').problem, problem('NOT_FOUND', 'b').problem]);
    expect(shown(several).extensions['code']).toBe('BAD_INPUT');
  });

  test.each([new Error('secret'), new TypeError('secret'), 'secret', null, undefined, { message: 'secret' }])(
    'of the program, %j, is INTERNAL without its text, and the log has it',
    (error) => {
      const made = shown(error);
      expect(made.extensions).toMatchObject({ code: 'INTERNAL', http: { status: 500 } });
      expect(JSON.stringify(made)).not.toContain('secret');
      expect(made.originalError).toBeUndefined();
      expect(lines).toHaveLength(1);
    },
  );

  test('of a resolver keeps its place', () => {
    const made = shown(locatedError(problem('UNKNOWN_DIVISION', 'why'), undefined, ['division', 'parent', 0]));
    expect(made.path).toEqual(['division', 'parent', 0]);
    expect(made.extensions['code']).toBe('UNKNOWN_DIVISION');
  });

  test('of the program in a resolver keeps its place and loses its text', () => {
    const made = shown(locatedError(new Error('secret'), undefined, ['case', 'log']));
    expect(made.path).toEqual(['case', 'log']);
    expect(made.extensions['code']).toBe('INTERNAL');
    expect(JSON.stringify(made)).not.toContain('secret');
  });

  test.each(['NODE_UNREACHABLE', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'BAD_REQUEST'])(
    'with a code that is known, %s, is shown as it is',
    (code) => {
      const error = createGraphQLError('why', { path: ['a', 0], extensions: { code, node: '331022' } });
      expect(shown(error)).toBe(error);
    },
  );

  test('inside others is found, and stands where the outermost stands', () => {
    const inner = new GraphQLError('why', {
      originalError: problem('NOT_FOUND', 'why', { node: '331022' }),
      path: ['inner'],
    });
    const made = shown(new GraphQLError('why', { originalError: inner, path: ['outer', 1] }));
    expect(made.extensions).toEqual({ code: 'NOT_FOUND', node: '331022' });
    expect(made.path).toEqual(['outer', 1]);
  });

  test('at a place of the graph sets no HTTP status: the other fields have their answers', () => {
    const made = shown(locatedError(problem('NOT_FOUND', 'why'), undefined, ['case']));
    expect(made.extensions).not.toHaveProperty('http');
  });

  test('of GraphQL itself on a variable is BAD_INPUT', () => {
    const made = shown(new GraphQLError('Variable "$id" of required type "ID!" was not provided.'));
    expect(made.extensions).toEqual({ code: 'BAD_INPUT', node: null });
    expect(lines).toEqual([]);
  });

  test('about a body that is too long is PAYLOAD_TOO_LARGE', () => {
    const made = shown(createGraphQLError('long', { extensions: { code: 'REQUEST_ENTITY_TOO_LARGE' } }));
    expect(made.extensions).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', http: { status: 413 } });
  });
});
