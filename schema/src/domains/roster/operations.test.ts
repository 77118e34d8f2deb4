import { expect, test } from 'vitest';
import { parseInput } from '../../graph/parse-input.ts';
import { roster } from './operations.ts';

const { keepRosterAgent, nameStandIn } = roster.operations;
const idempotencyKey = 'key-of-before';

test('keys of a roster are hashed with the duty and without the desk, as earlier programs hashed them', () => {
  const asked = { sub: 's', name: '甲', employment: 'STAFF', from: '2026-01-01', idempotencyKey };
  const input = parseInput(keepRosterAgent.input, { division: '331022103201', ...asked });
  expect(JSON.stringify(keepRosterAgent.hashedAs?.(input as never))).toBe(
    '{"action":"KEEP_ROSTER","input":{"sub":"s","name":"甲","employment":"STAFF","withheld":[],"from":"2026-01-01",' +
      '"until":null,"standIn":null,"idempotencyKey":"key-of-before"}}',
  );
});

test('keys of stand-ins are hashed so as well', () => {
  const term = { from: '2026-01-01', until: '2026-01-02' };
  const persons = { absent: { sub: 'a', name: '甲' }, standIn: { sub: 'b', name: '乙' } };
  const input = parseInput(nameStandIn.input, { role: 'CHIEF', ...persons, ...term, idempotencyKey });
  expect(JSON.stringify(nameStandIn.hashedAs?.(input as never))).toBe(
    '{"action":"KEEP_STAND_INS","input":{"role":"CHIEF","absent":{"sub":"a","name":"甲"},' +
      '"standIn":{"sub":"b","name":"乙"},"department":null,"from":"2026-01-01","until":"2026-01-02",' +
      '"idempotencyKey":"key-of-before"}}',
  );
});
