import { describe, expect, test } from 'vitest';
import { readReply } from './transport.ts';

const HOST = { id: 'a', nodes: ['331000'], url: null };

describe('the answer of a host', () => {
  test('is read as it stands', () => {
    const reply = {
      results: [{ data: { a: 1 } }, { data: null, errors: [{ message: 'no', extensions: { code: 'NOT_FOUND' } }] }],
    };
    expect(readReply(HOST, JSON.stringify(reply))).toEqual(reply);
    const refused = { problem: { code: 'MESSAGE_INVALID', message: 'no' } };
    expect(readReply(HOST, JSON.stringify(refused))).toEqual(refused);
  });

  test.each(['', 'no', 'null', '[]', '{}', '{"results":{}}', '{"problem":{"code":"NO_CODE","message":""}}'])(
    'that is none is MESSAGE_INVALID: %s',
    (text) => {
      expect(() => readReply(HOST, text)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
    },
  );

  test.each([null, 1, 'data', [], { data: 1 }, { errors: {} }, { errors: [{ path: [] }] }])(
    'to one operation that can’t be read is MESSAGE_INVALID for that one: %j',
    (faulty) => {
      const good = { data: { a: 1 } };
      expect(readReply(HOST, JSON.stringify({ results: [good, faulty, good] }))).toEqual({
        results: [
          good,
          { data: null, errors: [{ message: expect.any(String), extensions: { code: 'MESSAGE_INVALID' } }] },
          good,
        ],
      });
    },
  );
});
