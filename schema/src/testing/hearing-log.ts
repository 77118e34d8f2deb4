import type { LogEntry } from '../case/log-line.ts';
import { NODE_ACTOR } from '../case/log-line.ts';
import type { Item } from '../domains/catalogue/catalogue.ts';
import type { CaseLog } from './case-log.ts';
import { CaseLog as Log } from './case-log.ts';
import { COUNTY, itemOf, material } from './fixtures.ts';

const DAY_MS = 86_400_000;

/** A licence of the county's own, accepted there: 林木采伐许可证核发. */
export function licenceAccepted(item: Item = itemOf('3310-LY-001'), data: { expiresOn?: string } = {}): CaseLog {
  const renewal = data.expiresOn === undefined ? {} : { renewal: { licence: '浙0001', expiresOn: data.expiresOn } };
  return Log.filed({ item, node: COUNTY, acceptor: COUNTY, decider: COUNTY, data: renewal }).accepted();
}

/** Days after the last line. */
const days = (log: CaseLog, count: number) => new Date(log.file.lastAt.getTime() + count * DAY_MS).toISOString();

export const CHAIR = { sub: 'chair', name: '听证主持人' };

/** Right lines of a hearing, each as it may stand next. */
export const HEARING_ENTRIES = {
  told: (log: CaseLog, grave = true): LogEntry => {
    const first = log.file.hearing.groups.reduce((sum, g) => sum + g.count, 1);
    const data = { first, count: 2, register: material('利害关系人名册'), matter: '采光', grave };
    return { action: 'INTERESTED_TOLD', data };
  },
  heard: (_: CaseLog, party = 0): LogEntry => ({
    action: 'PARTY_HEARD',
    data: { party, statement: material('陈述申辩') },
  }),
  offered: (log: CaseLog, parties: number[] = [0]): LogEntry => ({
    action: 'HEARING_OFFERED',
    data: { parties, notice: '可申请听证', until: days(log, 7) },
  }),
  requested: (log: CaseLog, party = 0): LogEntry => ({
    action: 'HEARING_REQUESTED',
    data: { party, holdBy: days(log, 28) },
  }),
  waived: (_: CaseLog, party = 0): LogEntry => ({ action: 'HEARING_WAIVED', data: { party } }),
  called: (log: CaseLog): LogEntry => ({
    action: 'HEARING_CALLED',
    data: { at: days(log, 14), place: '听证室', chair: CHAIR, announcement: '公开举行听证' },
  }),
  recused: (): LogEntry => ({ action: 'CHAIR_RECUSED', data: { reason: '与本件有直接利害关系' } }),
  held: (_: CaseLog, attended: number[] = [0]): LogEntry => ({
    action: 'HEARING_HELD',
    data: { attended, signed: attended, unsigned: [], record: material('听证笔录') },
  }),
};

export type HearingEvent = keyof typeof HEARING_ENTRIES;

/** A log with more events of a hearing, each line valid at its place. */
export function withHearing(log: CaseLog, ...events: HearingEvent[]): CaseLog {
  return events.reduce<CaseLog>((made, event) => {
    const entry = HEARING_ENTRIES[event](made);
    return event === 'held'
      ? made.add(entry, { at: made.file.hearing.call?.at.toISOString() ?? '', actor: { ...CHAIR, role: 'CLERK' } })
      : made.add(entry);
  }, log);
}

/** The line of the law itself when the licence to renew has expired. */
export function deemedRenewed(log: CaseLog): CaseLog {
  const expiredOn = log.file.renewal?.expiresOn ?? '2026-01-01';
  const at = new Date(Date.parse(`${expiredOn}T00:00:00+08:00`) + DAY_MS).toISOString();
  return log.add(
    { action: 'DEEMED_RENEWED', data: { expiredOn, inNameOf: log.file.decider } },
    { at, actor: NODE_ACTOR, note: '视为准予延续' },
  );
}
