import { expect, test } from 'vitest';
import { parseInput } from '../../graph/parse-input.ts';
import { reviseImplementation } from '../implementation/operations.ts';
import { openWindow } from './operations.ts';

test('a window or revision that says nothing of places has the text its key was hashed with before there were any', () => {
  const window = { code: 'A01', name: '窗口', department: null, from: '2026-01-01', until: null };
  expect(JSON.stringify(parseInput(openWindow.input, { ...window, idempotencyKey: 'a-key-0001' }))).toBe(
    JSON.stringify({ ...window, idempotencyKey: 'a-key-0001' }),
  );
  const stages = [{ name: '受理', post: '窗口', standard: '齐全' }];
  const discretion = [{ circumstance: '情形', standard: '标准' }];
  const revision = { item: '3310-MZ-001', reason: '修订', idempotencyKey: 'a-key-0001', discretion, stages };
  expect(JSON.stringify(parseInput(reviseImplementation.input, revision))).toBe(JSON.stringify(revision));
});
