import { problem } from '@liandong/schema/kernel';
import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { processRegistry } from '../observability/index.ts';
import { Failures } from './index.ts';

const NODES = ['331022101', '331022102', '331022103'];
const subjectOf = (node: string) => ({ node });
let logged: { level: number; node: string; code?: string; msg: string }[];
let failures: Failures;

beforeEach(() => {
  logged = [];
  failures = new Failures(pino({}, { write: (line) => void logged.push(JSON.parse(line) as (typeof logged)[number]) }));
});

const counted = async (job: string) => {
  const metric = await processRegistry.getSingleMetric('liandong_failures_total')?.get();
  return metric?.values
    .filter(({ labels }) => labels['job'] === job)
    .map(({ labels, value }) => ({ ...labels, value }));
};

describe('Failures', () => {
  test('work on many goes on behind one that fails, and counts and names it', async () => {
    const done: string[] = [];
    const failed = await failures.each('job a', NODES, subjectOf, async (node) => {
      if (node === '331022102') throw problem('ITEM_UNKNOWN', 'No such item.');
      done.push(node);
    });
    expect(failed).toBe(1);
    expect(done).toEqual(['331022101', '331022103']);
    expect(logged).toMatchObject([{ level: 40, node: '331022102', code: 'ITEM_UNKNOWN' }]);
    expect(await counted('job a')).toEqual([{ job: 'job a', node: '331022102', code: 'ITEM_UNKNOWN', value: 1 }]);
  });

  test('what fails again and again is logged once, another reason anew, and that it works again', async () => {
    const attempt = (reason: string | null) =>
      failures.attempt('job b', { node: '331022101' }, async () => {
        if (reason !== null) throw new Error(reason);
      });
    for (const reason of ['one', 'one', 'two', null, null]) await attempt(reason);
    expect(logged.map(({ level }) => level)).toEqual([40, 40, 30]);
    expect(await counted('job b')).toEqual([{ job: 'job b', node: '331022101', code: 'INTERNAL', value: 3 }]);
  });

  test('work on many ends where the database can do nothing for anybody', async () => {
    const seen: string[] = [];
    const work = failures.each('job c', NODES, subjectOf, async (node) => {
      seen.push(node);
      throw problem('DATABASE_UNAVAILABLE', 'It is away.');
    });
    await expect(work).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(seen).toHaveLength(1);
  });

  test('a list leaves out what cannot be made', () => {
    const made = failures.map('job d', NODES, subjectOf, (node) => {
      if (node === '331022101') throw new Error('no');
      return node;
    });
    expect(made).toEqual(['331022102', '331022103']);
  });
});
