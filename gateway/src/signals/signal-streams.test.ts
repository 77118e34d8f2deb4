import { afterEach, expect, test } from 'vitest';
import { TOWNSHIP, realDivisions } from '../testing/memory-federation.ts';
import { personAt } from '../testing/people.ts';
import type { SignalStream } from './signal-stream.ts';
import type { StreamTiming } from './signal-streams.ts';
import { STREAM_TIMING, SignalStreams } from './signal-streams.ts';

const context = { viewer: personAt(TOWNSHIP, 'CLERK'), token: 'token' };

/** How many signals the node has; a cursor is a number of them. */
let count = 0;
let streams: SignalStreams | null = null;
afterEach(() => {
  streams?.close();
  count = 0;
});

/** Streams over a node whose hints are all lost. */
function withoutHints(timing: Partial<StreamTiming>): SignalStreams {
  streams = new SignalStreams({
    ask: async ({ variables }) => {
      const { after, first } = variables as { after: string; first: number };
      const shown = Math.max(0, Math.min(first, count - Number(after)));
      const edges = Array.from({ length: shown }, (_, i) => ({ cursor: String(Number(after) + i + 1) }));
      return { data: { signals: { edges } } };
    },
    hints: { hear: () => () => undefined, onBack: () => undefined },
    divisions: realDivisions(),
    requestTimeoutMs: 1_000,
    timing: { ...STREAM_TIMING, ...timing },
  });
  return streams;
}
const event = async (stream: SignalStream) => (await stream.next()).value;

test('a signal whose hint was lost comes with the regular question', async () => {
  const stream = withoutHints({ checkMs: 10 }).open(context, '0');
  const first = event(stream);
  count = 2;
  expect(await first).toEqual({ after: '0', first: 2 });
  const second = event(stream);
  count = 3;
  expect(await second).toEqual({ after: '2', first: 1 });
});

test('a reader that takes nothing is let go with a code, and its cursor brings it everything that waited', async () => {
  count = 1;
  const all = withoutHints({ slowMs: 10 });
  const stream = all.open(context, '0');
  expect(await event(stream)).toEqual({ after: '0', first: 1 });
  count = 120;
  await expect.poll(() => all.size).toBe(0);
  expect(await event(stream)).toMatchObject({ problem: { code: 'STREAM_ENDED' } });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  const again = all.open(context, '1');
  expect([await event(again), await event(again), await event(again)]).toEqual([
    { after: '1', first: 50 },
    { after: '51', first: 50 },
    { after: '101', first: 19 },
  ]);
});

test('a reader that waits for more is not slow, and one that leaves while it waits ends at once', async () => {
  const all = withoutHints({ slowMs: 10, checkMs: 5 });
  const stream = all.open(context, '0');
  const waiting = stream.next();
  const other = all.open(context, '0');
  await expect.poll(() => all.size).toBe(1);
  expect((await event(other)) ?? null).toMatchObject({ problem: { code: 'STREAM_ENDED' } });
  await stream.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(all.size).toBe(0);
});
