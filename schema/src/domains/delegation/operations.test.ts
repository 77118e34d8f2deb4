import { expect, test } from 'vitest';
import { parseInput } from '../../graph/parse-input.ts';
import { grantPower, requestPower } from './operations.ts';

const power = { items: ['3310-MZ-010'], stages: ['DECIDE'], capFen: 5 };

const hashed = ({ input, hashedAs }: typeof grantPower | typeof requestPower, asked: object) =>
  JSON.stringify(hashedAs?.(parseInput<object>(input, asked) as never));

test('a grant’s idempotency key is hashed with the words of its document, as it always was', () => {
  const asked = { grantee: '331022103', mode: 'ENTRUSTED', from: '2026-03-02', basis: '依据', announcement: '公告' };
  expect(hashed(grantPower, { ...power, ...asked })).toBe(
    '{"mutation":"grant","input":{"items":["3310-MZ-010"],"stages":["DECIDE"],"grantee":"331022103","mode":"ENTRUSTED","from":"2026-03-02","to":null,"basis":"依据","announcement":"公告","request":null,"idempotencyKey":null,"cap":{"amountFen":5}}}',
  );
});

test('and so is that of a request for a power', () => {
  const asked = { grantor: '331022', reason: '就近办理', staff: 3 };
  expect(hashed(requestPower, { ...power, ...asked })).toBe(
    '{"mutation":"request","input":{"items":["3310-MZ-010"],"stages":["DECIDE"],"reason":"就近办理","staff":3,"idempotencyKey":null,"cap":{"amountFen":5},"divisionAbove":"331022"}}',
  );
});
