import { describe, expect, test } from 'vitest';
import { clockOffset, statementLabel } from './index.ts';

describe('figures', () => {
  test.each([
    ['SELECT a FROM cases WHERE node = $1', 'SELECT cases'],
    ['INSERT INTO outbox (node) VALUES ($1)', 'INSERT outbox'],
    ['UPDATE feeds SET head = 1', 'UPDATE feeds'],
    ['SELECT "public"."items"."code" FROM "public"."items" WHERE 1=1', 'SELECT items'],
    ['BEGIN', 'BEGIN'],
  ])('call %s %s', (sql, label) => expect(statementLabel(sql)).toBe(label));

  test.each([
    [{ theirs: 100, asked: 100, answered: 200 }, 0],
    [{ theirs: 150, asked: 100, answered: 200 }, 0],
    [{ theirs: 50, asked: 100, answered: 200 }, 50],
    [{ theirs: 500, asked: 100, answered: 200 }, -300],
  ])('take of a clock %j only what is proved', (sample, offset) => expect(clockOffset(sample)).toBe(offset));
});
