import type { Host, HostReply, HostRequest, RoleOperation } from '@liandong/schema/wire';
import { MAX_QUERY_CHARACTERS } from '@liandong/schema/wire';
import { problem, ProblemError } from '@liandong/schema/kernel';
import { describe, expect, test } from 'vitest';
import type { HostAnswer, HostCallerOptions } from './host-caller.ts';
import { HostCaller } from './host-caller.ts';
import type { Transport } from './transport.ts';

const A: Host = { id: 'a', nodes: ['331000'], url: null };
const B: Host = { id: 'b', nodes: ['331022'], url: null };

const operation = (name: string): RoleOperation => ({
  role: 'filing',
  at: null,
  query: name,
  variables: {},
  token: null,
});
const soon = () => performance.now() + 60_000;
const namesOf = (request: HostRequest) => request.operations.map((o) => o.query);
const echo = (request: HostRequest): HostReply => ({ results: namesOf(request).map((name) => ({ data: { name } })) });
const answered = (...names: string[]) => names.map((name) => ({ data: { name } }));
const codeOf = (answer: HostAnswer) => (answer instanceof ProblemError ? answer.code : null);

interface Sent {
  host: Host;
  request: HostRequest;
  timeoutMs: number;
  signal: AbortSignal | null;
  answer: (reply: HostReply) => void;
  fail: (error: unknown) => void;
}

/** A transport whose answers the test gives by hand. */
class HandTransport implements Transport {
  readonly sent: Sent[] = [];
  /** Called with each request at once; null leaves it open. */
  at: ((sent: Sent) => void) | null = null;
  #noticed = () => {};

  async send(
    host: Host,
    request: HostRequest,
    timeoutMs: number,
    signal: AbortSignal | null = null,
  ): Promise<HostReply> {
    return new Promise((answer, fail) => {
      const sent = { host, request, timeoutMs, signal, answer, fail };
      this.sent.push(sent);
      this.at?.(sent);
      this.#noticed();
    });
  }

  /** Waits until so many requests were sent in all. */
  async until(count: number): Promise<void> {
    while (this.sent.length < count) await new Promise<void>((resolve) => (this.#noticed = resolve));
  }

  async close(): Promise<void> {}
}

const set = (options: Partial<HostCallerOptions> = {}) => {
  const transport = new HandTransport();
  const caller = new HostCaller(() => transport, { hostTimeoutMs: 2_000, maxBatch: 100, maxInFlight: 10, ...options });
  return { transport, caller };
};
const answering = ({ request, answer }: Sent) => answer(echo(request));

/** Lets all work run that waits only for its turn. */
const settle = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

describe('operations of one step', () => {
  test('to one host travel together, and each gets its own answer', async () => {
    const { transport, caller } = set();
    transport.at = answering;
    const answers = await Promise.all(['1', '2', '3'].map((name) => caller.ask(A, operation(name), soon())));
    expect(transport.sent.map(({ request }) => namesOf(request))).toEqual([['1', '2', '3']]);
    expect(answers).toEqual(answered('1', '2', '3'));
  });

  test('that are asked after promises of the same turn still travel together', async () => {
    const { transport, caller } = set();
    transport.at = answering;
    const later = async () => {
      await Promise.resolve();
      await Promise.resolve();
      return caller.ask(A, operation('late'), soon());
    };
    await Promise.all([caller.ask(A, operation('early'), soon()), later()]);
    expect(transport.sent.map(({ request }) => namesOf(request))).toEqual([['early', 'late']]);
  });

  test('to several hosts travel apart', async () => {
    const { transport, caller } = set();
    transport.at = answering;
    await Promise.all([
      caller.ask(A, operation('1'), soon()),
      caller.ask(B, operation('2'), soon()),
      caller.ask(A, operation('3'), soon()),
    ]);
    expect(transport.sent.map(({ host, request }) => [host.id, namesOf(request)])).toEqual([
      ['a', ['1', '3']],
      ['b', ['2']],
    ]);
  });

  test('are not joined with those of a later step', async () => {
    const { transport, caller } = set();
    transport.at = answering;
    await caller.ask(A, operation('1'), soon());
    await caller.ask(A, operation('1'), soon());
    expect(transport.sent.map(({ request }) => namesOf(request))).toEqual([['1'], ['1']]);
  });

  test('are split where a request would hold too many', async () => {
    const { transport, caller } = set({ maxBatch: 2 });
    transport.at = answering;
    const names = ['1', '2', '3', '4', '5'];
    const answers = await Promise.all(names.map((name) => caller.ask(A, operation(name), soon())));
    expect(transport.sent.map(({ request }) => namesOf(request))).toEqual([['1', '2'], ['3', '4'], ['5']]);
    expect(answers).toEqual(answered(...names));
  });
});

describe('requests under way to one host', () => {
  test('are never more than allowed; the others wait their turn', async () => {
    const { transport, caller } = set({ maxBatch: 1, maxInFlight: 2 });
    const names = ['1', '2', '3', '4', '5'];
    const answers = Promise.all(names.map((name) => caller.ask(A, operation(name), soon())));
    for (let done = 0; done < names.length; done++) {
      await transport.until(Math.min(done + 2, names.length));
      await settle();
      expect(transport.sent).toHaveLength(Math.min(done + 2, names.length));
      const next = transport.sent[done];
      if (next) answering(next);
    }
    expect(await answers).toEqual(answered(...names));
  });

  test('leave their place also when they fail', async () => {
    const { transport, caller } = set({ maxBatch: 1, maxInFlight: 1 });
    transport.at = ({ fail }) => fail(new Error('no line'));
    const answers = await Promise.all(['1', '2', '3'].map((name) => caller.ask(A, operation(name), soon())));
    expect(answers.map(codeOf)).toEqual(['NODE_UNREACHABLE', 'NODE_UNREACHABLE', 'NODE_UNREACHABLE']);
    transport.at = answering;
    expect(await caller.ask(A, operation('4'), soon())).toEqual({ data: { name: '4' } });
  });

  test('do not keep those to another host waiting', async () => {
    const { transport, caller } = set({ maxBatch: 1, maxInFlight: 1 });
    const held = caller.ask(A, operation('1'), soon());
    await transport.until(1);
    transport.at = answering;
    expect(await caller.ask(B, operation('2'), soon())).toEqual({ data: { name: '2' } });
    for (const sent of transport.sent) answering(sent);
    expect(await held).toEqual({ data: { name: '1' } });
  });
});

describe('a way that fails', () => {
  test('costs the operations of its own request only', async () => {
    const { transport, caller } = set();
    transport.at = (sent) => (sent.host.id === 'a' ? sent.fail(new Error('no line')) : answering(sent));
    const [a1, b, a2] = await Promise.all([
      caller.ask(A, operation('1'), soon()),
      caller.ask(B, operation('2'), soon()),
      caller.ask(A, operation('3'), soon()),
    ]);
    expect([a1, a2].map(codeOf)).toEqual(['NODE_UNREACHABLE', 'NODE_UNREACHABLE']);
    expect(b).toEqual({ data: { name: '2' } });
  });

  test('is used again with the next question', async () => {
    const { transport, caller } = set();
    transport.at = ({ fail }) => fail(problem('NODE_UNREACHABLE', 'down'));
    await caller.ask(A, operation('1'), soon());
    transport.at = answering;
    expect(await caller.ask(A, operation('2'), soon())).toEqual({ data: { name: '2' } });
  });

  test.each(['DEADLINE_EXCEEDED', 'NODE_UNREACHABLE', 'PAYLOAD_TOO_LARGE'] as const)(
    'keeps the code it failed with: %s',
    async (code) => {
      const { transport, caller } = set();
      transport.at = ({ fail }) => fail(problem(code, 'why'));
      expect(codeOf(await caller.ask(A, operation('1'), soon()))).toBe(code);
    },
  );

  test('that is thrown at once is no different', async () => {
    const transport: Transport = {
      send: () => {
        throw new Error('at once');
      },
      close: async () => {},
    };
    const caller = new HostCaller(() => transport, { hostTimeoutMs: 1_000, maxBatch: 1, maxInFlight: 1 });
    expect(codeOf(await caller.ask(A, operation('1'), soon()))).toBe('NODE_UNREACHABLE');
    expect(codeOf(await caller.ask(A, operation('2'), soon()))).toBe('NODE_UNREACHABLE');
  });
});

describe('an answer', () => {
  test('that refuses the whole request is given to each operation', async () => {
    const { transport, caller } = set();
    transport.at = ({ answer }) => answer({ problem: { code: 'DATABASE_UNAVAILABLE', message: 'no database' } });
    const answers = await Promise.all(['1', '2'].map((name) => caller.ask(A, operation(name), soon())));
    expect(answers.map(codeOf)).toEqual(['DATABASE_UNAVAILABLE', 'DATABASE_UNAVAILABLE']);
  });

  test('with a code nobody knows is INTERNAL', async () => {
    const { transport, caller } = set();
    transport.at = ({ answer }) => answer({ problem: { code: 'NONSENSE', message: 'what' } });
    expect(codeOf(await caller.ask(A, operation('1'), soon()))).toBe('INTERNAL');
  });

  test('that leaves results out is MESSAGE_INVALID for those operations, and good for the others', async () => {
    const { transport, caller } = set();
    transport.at = ({ answer }) => answer({ results: [{ data: { name: '1' } }] });
    const answers = await Promise.all(['1', '2', '3'].map((name) => caller.ask(A, operation(name), soon())));
    expect(answers[0]).toEqual({ data: { name: '1' } });
    expect(answers.slice(1).map(codeOf)).toEqual(['MESSAGE_INVALID', 'MESSAGE_INVALID']);
  });

  test('with errors of the operation is the operation’s answer', async () => {
    const { transport, caller } = set();
    const result = { data: null, errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }] };
    transport.at = ({ answer }) => answer({ results: [result] });
    expect(await caller.ask(A, operation('1'), soon())).toEqual(result);
  });
});

describe('time', () => {
  test('for one host is bounded, however much the caller has left', async () => {
    const { transport, caller } = set({ hostTimeoutMs: 500 });
    transport.at = answering;
    await caller.ask(A, operation('1'), performance.now() + 600_000);
    expect(transport.sent.map((s) => [s.timeoutMs, s.request.budgetMs])).toEqual([[500, 500]]);
  });

  test('is what the caller has left, when that is less', async () => {
    const { transport, caller } = set({ hostTimeoutMs: 600_000 });
    transport.at = answering;
    await caller.ask(A, operation('1'), performance.now() + 60_000);
    const [sent] = transport.sent;
    expect(sent?.timeoutMs).toBeGreaterThan(0);
    expect(sent?.timeoutMs).toBeLessThanOrEqual(60_000);
    expect(sent?.request.budgetMs).toBe(Math.round(sent?.timeoutMs ?? 0));
  });

  test('of callers that are nearly out of it does not hold back the others', async () => {
    const { transport, caller } = set({ hostTimeoutMs: 600_000 });
    transport.at = answering;
    const now = performance.now();
    await Promise.all([caller.ask(A, operation('1'), now + 5_000), caller.ask(A, operation('2'), now + 500_000)]);
    expect(transport.sent).toHaveLength(1);
    expect(transport.sent[0]?.timeoutMs).toBeGreaterThan(5_000);
  });

  test('of one caller ends its wait, also while the others of the same request wait on', async () => {
    const { transport, caller } = set();
    const late = caller.ask(A, operation('late'), performance.now() + 30);
    const patient = caller.ask(A, operation('patient'), soon());
    await transport.until(1);
    expect(codeOf(await late)).toBe('DEADLINE_EXCEEDED');
    for (const sent of transport.sent) answering(sent);
    expect(await patient).toEqual({ data: { name: 'patient' } });
  });

  test('that has run out asks nobody', async () => {
    const { transport, caller } = set();
    expect(codeOf(await caller.ask(A, operation('1'), performance.now() - 1))).toBe('DEADLINE_EXCEEDED');
    expect(transport.sent).toEqual([]);
  });

  test('that runs out while waiting for a place asks nobody', async () => {
    const { transport, caller } = set({ maxBatch: 1, maxInFlight: 1 });
    const first = caller.ask(A, operation('1'), soon());
    const second = caller.ask(A, operation('2'), performance.now() + 1);
    await transport.until(1);
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
    for (const sent of transport.sent) answering(sent);
    expect(await first).toEqual({ data: { name: '1' } });
    expect(codeOf(await second)).toBe('DEADLINE_EXCEEDED');
    expect(transport.sent).toHaveLength(1);
  });
});

describe('the way to a host', () => {
  test('is chosen by its address, and chosen anew when the address changes', async () => {
    const [nats, http] = [new HandTransport(), new HandTransport()];
    nats.at = answering;
    http.at = answering;
    const caller = new HostCaller((host) => (host.url === null ? nats : http), {
      hostTimeoutMs: 1_000,
      maxBatch: 10,
      maxInFlight: 10,
    });
    await caller.ask(A, operation('1'), soon());
    await caller.ask({ ...A, url: 'http://127.0.0.1:1' }, operation('2'), soon());
    await caller.ask(A, operation('3'), soon());
    expect(nats.sent.map(({ request }) => namesOf(request))).toEqual([['1'], ['3']]);
    expect(http.sent.map(({ host, request }) => [host.url, namesOf(request)])).toEqual([['http://127.0.0.1:1', ['2']]]);
  });
});

describe('one operation of a request', () => {
  test('that is longer than a host reads is refused alone, and no host is asked for it', async () => {
    const { transport, caller } = set();
    transport.at = answering;
    const [good, long, other] = await Promise.all(
      ['1', 'x'.repeat(MAX_QUERY_CHARACTERS + 1), '2'].map((name) => caller.ask(A, operation(name), soon())),
    );
    expect([good, other]).toEqual(answered('1', '2'));
    expect(codeOf(long ?? {})).toBe('QUERY_TOO_LARGE');
    expect(transport.sent.map(({ request }) => namesOf(request))).toEqual([['1', '2']]);
  });

  test('of many bytes travels alone, and others stay within what a host reads', async () => {
    const { transport, caller } = set();
    transport.at = answering;
    const MIB = 1024 * 1024;
    const asked = [1, 1, 30, 1, 30, 4, 4].map((mib, i) => ({
      ...operation(String(i)),
      variables: { input: { materials: [{ content: 'x'.repeat(mib * MIB) }] } },
    }));
    const answers = await Promise.all(asked.map((each) => caller.ask(A, each, soon())));
    expect(answers).toEqual(answered(...asked.map(({ query }) => query)));
    expect(transport.sent.map(({ request }) => namesOf(request))).toEqual([
      ['0', '1'],
      ['2'],
      ['3'],
      ['4'],
      ['5'],
      ['6'],
    ]);
  });

  test('does not lose its neighbours when its own request is too large for the host', async () => {
    const { transport, caller } = set();
    transport.at = (sent) =>
      namesOf(sent.request).includes('large')
        ? sent.answer({ problem: { code: 'PAYLOAD_TOO_LARGE', message: 'too large' } })
        : answering(sent);
    const large = { ...operation('large'), variables: { content: 'x'.repeat(40_000_000) } };
    const answers = await Promise.all(
      [operation('1'), large, operation('2')].map((each) => caller.ask(A, each, soon())),
    );
    expect(answers.map((answer) => codeOf(answer))).toEqual([null, 'PAYLOAD_TOO_LARGE', null]);
  });
});

describe('a caller that goes away', () => {
  test('is waited for no longer, and its request is cancelled', async () => {
    const { transport, caller } = set();
    const left = new AbortController();
    const answer = caller.ask(A, operation('1'), soon(), left.signal);
    await transport.until(1);
    left.abort();
    expect(codeOf(await answer)).toBe('DEADLINE_EXCEEDED');
    expect(transport.sent[0]?.signal?.aborted).toBe(true);
  });

  test('does not cancel a request in which others travel until all have gone', async () => {
    const { transport, caller } = set();
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [
      caller.ask(A, operation('1'), soon(), first.signal),
      caller.ask(A, operation('2'), soon(), second.signal),
    ];
    await transport.until(1);
    first.abort();
    expect(codeOf((await answers[0]) ?? {})).toBe('DEADLINE_EXCEEDED');
    expect(transport.sent[0]?.signal?.aborted).toBe(false);
    second.abort();
    expect(transport.sent[0]?.signal?.aborted).toBe(true);
  });

  test('does not cancel a request with one that is waited for in any case', async () => {
    const { transport, caller } = set();
    const left = new AbortController();
    const answers = [caller.ask(A, operation('1'), soon(), left.signal), caller.ask(A, operation('2'), soon())];
    await transport.until(1);
    left.abort();
    expect(transport.sent[0]?.signal).toBe(null);
    transport.sent.forEach(answering);
    expect(await answers[1]).toEqual({ data: { name: '2' } });
  });

  test('asks nothing more: neither what waits for its turn nor what comes later is sent', async () => {
    const { transport, caller } = set({ maxInFlight: 1 });
    const left = new AbortController();
    const first = caller.ask(A, operation('1'), soon());
    await transport.until(1);
    const waiting = caller.ask(A, operation('2'), soon(), left.signal);
    await settle();
    left.abort();
    const later = caller.ask(A, operation('3'), soon(), left.signal);
    transport.sent.forEach(answering);
    expect([await first, codeOf(await waiting), codeOf(await later)]).toEqual([
      { data: { name: '1' } },
      'DEADLINE_EXCEEDED',
      'DEADLINE_EXCEEDED',
    ]);
    await settle();
    expect(transport.sent).toHaveLength(1);
  });
});
