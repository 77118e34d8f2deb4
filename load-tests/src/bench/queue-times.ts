import { readFile } from 'node:fs/promises';
import type { Services } from '@liandong/runtime/local';
import { HostDb, builtInCalendar, migrate, queuePage } from '@liandong/nodes';
import type { CaseFilter } from '@liandong/nodes';
import type { Times } from './statistics.ts';
import { timesOf } from './statistics.ts';

/** The desk whose work queue is read. */
export const QUEUE_NODE = '331022';
const ROWS = new URL('../../../test/case-rows.sql', import.meta.url);

/** Over all filters, and by filter. */
export type QueueTimes = Times & { filters: Record<string, Times> };

const ALL: CaseFilter = { custody: null, states: null, item: null, number: null, orderBy: 'REMAINING_DAYS' };

/** Filters that desks use on their queue. */
function filters(now: Date): Record<string, CaseFilter> {
  return {
    'by days left': ALL,
    'by days left, one state': { ...ALL, states: ['REVIEWED'] },
    'by days left, three states': { ...ALL, states: ['FILED', 'ACCEPTED', 'DRAFT'] },
    'by days left, item': { ...ALL, item: 'item-7' },
    'by days left, rare item': { ...ALL, item: 'item-40' },
    'by days left, department': { ...ALL, department: 'department-3' },
    'by days left, department and state': { ...ALL, department: 'department-3', states: ['FILED'] },
    overdue: { ...ALL, overdue: true },
    'not overdue': { ...ALL, overdue: false },
    'due within three days': { ...ALL, dueBefore: new Date(now.getTime() + 3 * 86_400_000) },
    'standing still': { ...ALL, paused: true },
    'waiting for a supplement': { ...ALL, waitingFor: 'SUPPLEMENT' },
    'waiting for delivery': { ...ALL, waitingFor: 'DELIVERY' },
    newest: { ...ALL, orderBy: 'NEWEST' },
    'newest, one state': { ...ALL, orderBy: 'NEWEST', states: ['REFUSED'] },
    'newest, department': { ...ALL, orderBy: 'NEWEST', department: 'department-3' },
  };
}

/** A host's database with so many cases at one desk. @param name of the database */
export async function filledQueue(
  services: Services,
  name: string,
  count: number,
  tell: (line: string) => void,
): Promise<HostDb> {
  tell(`filling a host with ${count} cases`);
  const url = await services.createDatabase(`cases_${name}`);
  await migrate(url);
  const db = new HostDb(url, 2, () => undefined);
  await db.queryHost(await readFile(ROWS, 'utf8'), [QUEUE_NODE, count]);
  await db.queryHost('VACUUM ANALYZE cases');
  return db;
}

/** First pages and second pages of twenty from each host in turn, so that other load on the machine affects both alike. */
export async function queueTimes<K extends string>(
  dbs: Readonly<Record<K, HostDb>>,
  rounds: number,
): Promise<Record<K, QueueTimes>> {
  const clock = { now: new Date(), calendar: builtInCalendar() };
  const hosts = Object.keys(dbs) as K[];
  const samples = new Map(hosts.map((host) => [host, new Map<string, number[]>()]));
  for (let i = -1; i < rounds; i++) {
    for (const [name, filter] of Object.entries(filters(clock.now))) {
      for (const host of hosts) {
        const queries = dbs[host].queries(QUEUE_NODE);
        const times = samples.get(host)?.get(name) ?? [];
        samples.get(host)?.set(name, times);
        let after: string | null = null;
        for (let page = 0; page < 2; page++) {
          const begun = performance.now();
          const shown = await queuePage(queries, filter, { first: 20, after }, clock);
          // the first round warms up
          if (i >= 0) times.push(performance.now() - begun);
          after = shown.cursors.at(-1) ?? null;
        }
      }
    }
  }
  const told = (times: Map<string, number[]>) => ({
    ...timesOf([...times.values()].flat()),
    filters: Object.fromEntries([...times].map(([name, each]) => [name, timesOf(each)])),
  });
  return Object.fromEntries([...samples].map(([host, times]) => [host, told(times)])) as Record<K, QueueTimes>;
}
