import type { HostReply, RoleOperation, RoleResult } from '@liandong/schema/wire';
import { MAX_QUERY_CHARACTERS, PartsCollector, splitParts } from '@liandong/schema/wire';
import { TokenVerifier } from '@liandong/schema/identity';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { MAX_REPLY_BYTES, PART_BYTES, encodeReply } from './reply.ts';
import { Responder } from './responder.ts';

const good: RoleOperation = { role: 'handling', at: null, query: '{ __typename }', variables: {}, token: null };
const GOOD: RoleResult = { data: { __typename: 'Query' } };

class Faulty extends TokenVerifier {
  override verify(): never {
    throw new Error('secret of the program');
  }
}
const none = () => {
  throw new Error('nothing is fetched');
};
const logged: string[] = [];
const responderWith = (tokens: TokenVerifier) =>
  new Responder({
    host: 'host',
    services: new Map(),
    tokens,
    requirePost: () => undefined,
    isHealing: () => false,
    movedTo: () => undefined,
    log: pino({}, { write: (line: string) => void logged.push(line) }),
  });
const answer = (operations: unknown[], tokens = new TokenVerifier([], none)) =>
  responderWith(tokens).answer({ operations, budgetMs: 1_000 });
const resultsOf = (reply: HostReply) => ('results' in reply ? reply.results : []);
const codesOf = (reply: HostReply) => resultsOf(reply).map(({ errors }) => errors?.[0]?.extensions?.code ?? 'ok');

describe('one operation of a request', () => {
  test.each<[string, unknown]>([
    ['has too long a text', { ...good, query: `{ ${'a'.repeat(MAX_QUERY_CHARACTERS)}: __typename }` }],
    ['has no text', { ...good, query: '' }],
    ['is of no role', { ...good, role: 'king' }],
    ['has no variables', { ...good, variables: undefined }],
    ['has a trace that is none', { ...good, trace: 'nothing' }],
    ['has a number for a token', { ...good, token: 1 }],
    ['is nothing', null],
    ['is a text', 'operation'],
  ])('that %s is MESSAGE_INVALID at its own place, and the others are answered', async (_, faulty) => {
    const reply = await answer([good, faulty, good]);
    expect(codesOf(reply)).toEqual(['ok', 'MESSAGE_INVALID', 'ok']);
    expect(resultsOf(reply)[2]).toEqual(GOOD);
  });

  test('that meets a fault of the program is INTERNAL alone, without its text, and the log has it', async () => {
    const reply = await answer([good, { ...good, token: 'a.b.c' }, good], new Faulty([], none));
    expect(codesOf(reply)).toEqual(['ok', 'INTERNAL', 'ok']);
    expect(JSON.stringify(reply)).not.toContain('secret');
    expect(logged.join('')).toContain('secret of the program');
  });

  test('more than 500 at once are no request', async () => {
    expect(await answer(Array.from({ length: 501 }, () => good))).toMatchObject({
      problem: { code: 'MESSAGE_INVALID' },
    });
  });
});

describe('the answers of a request', () => {
  const large = (bytes: number): RoleResult => ({ data: { text: '中'.repeat(Math.ceil(bytes / 3)) } });
  const read = (reply: HostReply, most: number) => {
    const bytes = encodeReply(reply, most);
    expect(bytes.length).toBeLessThanOrEqual(most);
    return codesOf(JSON.parse(bytes.toString()) as HostReply);
  };

  test('are written as they stand while they fit', () => {
    const reply = { results: [GOOD, large(1_000), GOOD] };
    expect(JSON.parse(encodeReply(reply, 2_000).toString())).toEqual(reply);
    const problem: HostReply = { problem: { code: 'MESSAGE_INVALID', message: 'no' } };
    expect(JSON.parse(encodeReply(problem, 2_000).toString())).toEqual(problem);
  });

  test('of which one alone is too large lose that one', () => {
    expect(read({ results: [GOOD, large(10_000), GOOD] }, 5_000)).toEqual(['ok', 'PAYLOAD_TOO_LARGE', 'ok']);
  });

  test('of which one is more than the broker carries still go over it, without that one', () => {
    const collector = new PartsCollector();
    const parts = splitParts(encodeReply({ results: [GOOD, large(MAX_REPLY_BYTES), GOOD] }), PART_BYTES);
    const whole = parts.map(({ header, bytes }) => collector.add(header, bytes)).at(-1);
    expect(codesOf(JSON.parse(new TextDecoder().decode(whole ?? undefined)) as HostReply)).toEqual([
      'ok',
      'PAYLOAD_TOO_LARGE',
      'ok',
    ]);
  });

  test('that are too large together lose the largest', () => {
    const results = [large(3_000), GOOD, large(4_000), large(2_000), GOOD];
    expect(read({ results }, 8_000)).toEqual(['ok', 'ok', 'PAYLOAD_TOO_LARGE', 'ok', 'ok']);
    expect(read({ results }, 3_000)).toEqual(['PAYLOAD_TOO_LARGE', 'ok', 'PAYLOAD_TOO_LARGE', 'ok', 'ok']);
  });
});
