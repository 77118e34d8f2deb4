import { describe, expect, test } from 'vitest';
import { Loop } from './loop.ts';

describe('a loop', () => {
  test('runs on while there is more, and when it is woken', async () => {
    const left = [true, true, false];
    let runs = 0;
    let idle = later();
    const loop = new Loop(
      () => {
        runs++;
        const more = left.shift() ?? false;
        if (!more) idle.resolve();
        return Promise.resolve(more);
      },
      3_600_000,
      () => undefined,
    );
    loop.start();
    await idle.promise;
    expect(runs).toBe(3);
    idle = later();
    loop.wake();
    await idle.promise;
    expect(runs).toBe(4);
    await loop.stop();
  });

  test('runs once more when it was woken while it ran, and never twice at a time', async () => {
    let running = 0;
    let runs = 0;
    const done = later();
    const loop: Loop = new Loop(
      async () => {
        expect(++running).toBe(1);
        if (++runs === 1) loop.wake();
        await Promise.resolve();
        running--;
        if (runs === 2) done.resolve();
        return false;
      },
      3_600_000,
      (error) => done.reject(error as Error),
    );
    loop.start();
    await done.promise;
    expect(runs).toBe(2);
    await loop.stop();
  });

  test('tells of a failed run and goes on', async () => {
    const errors: unknown[] = [];
    const done = later();
    let runs = 0;
    const loop = new Loop(
      () => {
        if (++runs === 1) return Promise.reject(new Error('once'));
        done.resolve();
        return Promise.resolve(false);
      },
      1,
      (error) => errors.push(error),
    );
    loop.start();
    await done.promise;
    await loop.stop();
    expect(errors.length).toBe(1);
  });

  test('with a pace does what came meanwhile in one run, and ends within it when it is stopped', async () => {
    let waiting = 1;
    const taken: number[] = [];
    const first = later();
    const loop = new Loop(
      () => {
        taken.push(waiting);
        waiting = 0;
        first.resolve();
        return Promise.resolve(false);
      },
      3_600_000,
      () => undefined,
      100,
    );
    loop.start();
    await first.promise;
    for (let i = 0; i < 3; i++) {
      waiting++;
      loop.wake();
      await Promise.resolve();
    }
    while (taken.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(taken).toEqual([1, 3]);
    loop.wake();
    await loop.stop();
    expect(waiting).toBe(0);
  });
});

function later() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((keep, refuse) => {
    resolve = keep;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
