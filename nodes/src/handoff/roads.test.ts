import { errors } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { TOWNSHIP, VILLAGE } from '../testing/test-federation.ts';
import { Roads } from './roads.ts';

/** Ways under a clock that the test moves, ms. */
function roadsAt() {
  const clock = { now: 0 };
  const roads = new Roads(() => clock.now);
  const healed: string[] = [];
  roads.onHealed((receiver) => healed.push(receiver));
  return { clock, roads, healed };
}

const nobody = () => Promise.reject(new errors.NoRespondersError('ld.m.x'));
const silence = () => Promise.reject(new errors.TimeoutError());
const passes = () => Promise.resolve('kept');
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { code?: string; name: string }) => error.code ?? error.name,
  );

describe('a way on which something passed', () => {
  test('is open', async () => {
    const { roads, healed } = roadsAt();
    expect(await roads.over(VILLAGE, passes)).toBe('kept');
    expect([roads.cut(), roads.isCut(VILLAGE), healed]).toEqual([[], false, []]);
  });

  test('stays open after an error that says nothing of the way', async () => {
    const { roads } = roadsAt();
    const full = () => Promise.reject(new Error('maximum bytes exceeded'));
    await expect(roads.over(VILLAGE, full)).rejects.toThrow('maximum bytes');
    expect(roads.isCut(VILLAGE)).toBe(false);
  });
});

describe('a way on which nobody answered', () => {
  test('is cut for its receiver alone, and tried again after a second', async () => {
    const { clock, roads } = roadsAt();
    await expect(roads.over(VILLAGE, nobody)).rejects.toThrow(errors.NoRespondersError);
    expect([roads.cut(), roads.isCut(TOWNSHIP)]).toEqual([[VILLAGE], false]);
    let asked = 0;
    const counted = () => passes().finally(() => asked++);
    clock.now = 999;
    expect([await codeOf(roads.over(VILLAGE, counted)), asked]).toEqual(['BROKER_UNAVAILABLE', 0]);
    clock.now = 1_000;
    expect(roads.cut()).toEqual([]);
    expect([await roads.over(VILLAGE, counted), asked]).toEqual(['kept', 1]);
  });

  test.each([
    ['a request that found no responders', new errors.RequestError('', { cause: new errors.NoRespondersError('x') })],
    ['JetStream that is not there', Object.assign(new Error('off'), { name: 'JetStreamNotEnabled' })],
  ])('is cut alike by %s', async (_, error) => {
    const { roads } = roadsAt();
    await expect(roads.over(VILLAGE, () => Promise.reject(error))).rejects.toBe(error);
    expect(roads.cut()).toEqual([VILLAGE]);
  });

  test('is tried by one while the others wait', async () => {
    const { clock, roads } = roadsAt();
    await codeOf(roads.over(VILLAGE, nobody));
    clock.now = 1_000;
    let arrived: (kept: string) => void = () => undefined;
    const trying = roads.over(VILLAGE, () => new Promise<string>((resolve) => (arrived = resolve)));
    expect(await codeOf(roads.over(VILLAGE, passes))).toBe('BROKER_UNAVAILABLE');
    arrived('kept');
    expect(await trying).toBe('kept');
    expect(await roads.over(VILLAGE, passes)).toBe('kept');
  });

  test('tells once, and whom, when something passes again', async () => {
    const { clock, roads, healed } = roadsAt();
    await codeOf(roads.over(VILLAGE, nobody));
    await codeOf(roads.over(TOWNSHIP, nobody));
    clock.now = 1_000;
    await roads.over(VILLAGE, passes);
    await roads.over(VILLAGE, passes);
    expect(healed).toEqual([VILLAGE]);
    expect(roads.isCut(TOWNSHIP)).toBe(true);
  });

  test('is forgotten when the broker itself was away', async () => {
    const { roads, healed } = roadsAt();
    await codeOf(roads.over(VILLAGE, nobody));
    roads.forget();
    expect([roads.cut(), await roads.over(VILLAGE, passes), healed]).toEqual([[], 'kept', []]);
  });
});

describe('a way on which an answer was waited for in vain', () => {
  test('is tried less often: only a silent broker gives a silent link up', async () => {
    const { clock, roads } = roadsAt();
    expect(await codeOf(roads.over(VILLAGE, silence))).toBe('TimeoutError');
    clock.now = 9_999;
    expect(roads.cut()).toEqual([VILLAGE]);
    clock.now = 10_000;
    expect(await roads.over(VILLAGE, passes)).toBe('kept');
  });

  test('is left alone for the same time again while a try is under way', async () => {
    const { clock, roads } = roadsAt();
    await codeOf(roads.over(VILLAGE, silence));
    clock.now = 10_000;
    void codeOf(roads.over(VILLAGE, () => new Promise(() => undefined)));
    clock.now = 19_999;
    expect(await codeOf(roads.over(VILLAGE, passes))).toBe('BROKER_UNAVAILABLE');
    clock.now = 20_000;
    expect(await roads.over(VILLAGE, passes)).toBe('kept');
  });
});
