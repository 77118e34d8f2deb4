import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { Role } from '../../kernel/words.ts';
import { contentsOf, resultOf } from '../../case/case-file.ts';
import { clockOf } from '../../case/clock.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { at, calendar, COUNTY, divisions, itemOf, material, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import { decideCase } from '../handling/decision.ts';
import { assignCase } from '../handling/hand-off.ts';
import { recordProgress, recordResult, reportDueAt, reportOutside } from './rules.ts';
import type { ReportDraft } from './rules.ts';
import { awaitsSupplement } from './state.ts';
import { reportView } from './views.ts';
import { REPORT_EVENTS } from './words.ts';

const ITEM = itemOf('3310-SL-002');
const filed = () =>
  CaseLog.filed({ item: ITEM, node: COUNTY, acceptor: COUNTY, decider: COUNTY, at: at('2026-03-02') });
const accepted = () => filed().accepted({ promised: { days: 5, unit: 'WORKDAY' } });
const reviewed = () => accepted().reviewed('APPROVE', { actor: { sub: 'reviewer', name: '审查', role: 'CLERK' } });
const sentOn = (on: string) => reviewed().reported({ at: at(on).toISOString() });
const later = (log: CaseLog) => new Date(log.file.lastAt.getTime() + 60_000);
const desk = (log: CaseLog, role: Role = 'CHIEF', item = ITEM) => deskOf(COUNTY, role, { item, now: later(log) });
const letter = (log: CaseLog, change: Partial<ReportDraft> = {}): ReportDraft => ({
  to: '省水利厅',
  number: '三水〔2026〕1号',
  sentOn: dayOf(log.file.lastAt),
  way: 'EXCHANGE',
  sent: '全套材料和审查意见',
  dueOn: null,
  ...change,
});
const news = (log: CaseLog, event: (typeof REPORT_EVENTS)[number]) => ({
  event,
  on: dayOf(log.file.lastAt),
  number: null,
  what: '补充论证',
  dueOn: null,
});
const outcome = (log: CaseLog) => ({
  result: 'GRANTED' as const,
  number: '浙水许1号',
  on: dayOf(log.file.lastAt),
  reason: null,
  document: material('许可文件'),
});

describe('a case that an organ outside decides', () => {
  test.each<Role>(['CHIEF', 'DEPUTY_HEAD', 'HEAD'])('goes out reviewed, under the signature of a %s', (role) => {
    const log = reviewed();
    const { file } = log.taken(reportOutside(desk(log, role), log.file, letter(log)), later(log));
    expect(file).toMatchObject({ state: 'REPORTED', custodian: COUNTY, report: { to: '省水利厅', result: null } });
  });

  test.each<Role>(['CLERK', 'AGENT', 'SUPERVISOR'])('is sent out by no %s', (role) => {
    const log = reviewed();
    expect(refusalCode(() => reportOutside(desk(log, role), log.file, letter(log)))).toBe('FORBIDDEN');
  });

  test('is not sent out by who reviewed it, nor without a review, nor while a procedure runs', () => {
    const log = reviewed();
    const self = deskOf(COUNTY, 'CHIEF', { item: ITEM, now: later(log), sub: 'reviewer' });
    expect(refusalCode(() => reportOutside(self, log.file, letter(log)))).toBe('SAME_PERSON');
    const early = accepted();
    expect(refusalCode(() => reportOutside(desk(early), early.file, letter(early)))).toBe('REVIEW_MISSING');
    const running = reviewed().procedureStarted();
    expect(refusalCode(() => reportOutside(desk(running), running.file, letter(running)))).toBe('PROCEDURE_OPEN');
    expect(() => running.reported()).toThrow('REPORTED');
  });

  test('is never decided here, and one that is decided here never goes out', () => {
    const log = reviewed();
    expect(refusal(() => decideCase(desk(log), log.file, 'GRANTED', null))).toMatchObject({
      code: 'NOT_COMPETENT',
      article: ARTICLES.reportedOutside,
    });
    const own = { ...ITEM, handlingWay: 'OWN' as const };
    expect(refusal(() => reportOutside(desk(log, 'CHIEF', own), log.file, letter(log)))).toMatchObject({
      code: 'ILLEGAL_STEP',
      article: ARTICLES.reportedOutside,
    });
  });

  test('is sent out by the organ that would decide it alone', () => {
    const log = CaseLog.filed({ item: ITEM, acceptor: TOWNSHIP, decider: COUNTY })
      .handedTo(TOWNSHIP)
      .accepted()
      .reviewed();
    const township = deskOf(TOWNSHIP, 'CHIEF', { item: ITEM, now: later(log) });
    expect(refusalCode(() => reportOutside(township, log.file, letter(log)))).toBe('NOT_COMPETENT');
    expect(() => log.reported()).toThrow('REPORTED');
  });

  test.each<[string, Partial<ReportDraft>]>([
    ['before it was filed', { sentOn: '2026-03-01' }],
    ['in the future', { sentOn: '2027-01-01' }],
    ['with a date to answer by that is past at the sending', { dueOn: '2026-03-02' }],
  ])('is not sent out %s', (_, change) => {
    const log = reviewed();
    expect(refusalCode(() => reportOutside(desk(log), log.file, letter(log, change)))).toBe('BAD_INPUT');
  });

  test('costs the desk no day after the sending, however late the organ outside is', () => {
    const log = sentOn('2026-03-05');
    const clock = clockOf(log.file, calendar, divisions, at('2026-09-01'));
    expect(clock).toMatchObject({ usedDays: 3, overdue: false, pausedSince: null });
    expect(reportView(log.file, at('2026-09-01'))).toMatchObject({ late: true });
  });

  test('is late outside from the day after the one it was expected by, and not while a supplement is asked for', () => {
    const log = sentOn('2026-03-05');
    expect(reportView(log.file, at('2026-04-30'))?.late).toBe(false);
    expect(reportView(log.file, at('2026-05-01'))?.late).toBe(true);
    const asked = log.reportProgressed('SUPPLEMENT_ASKED');
    expect(reportDueAt(asked.file)).toBeNull();
    expect(reportView(asked.file, at('2026-05-01'))).toMatchObject({ late: false, awaitsSupplement: true });
    expect(reportView(asked.reportProgressed('SUPPLEMENT_SENT').file, at('2026-05-01'))?.late).toBe(true);
    expect(reportDueAt(log.reportDecided().file)).toBeNull();
  });

  test('takes word from outside: received once, a supplement asked for and sent in turn, with a new date', () => {
    let log = sentOn('2026-03-05');
    const take = (event: (typeof REPORT_EVENTS)[number], dueOn: string | null = null) => {
      const step = recordProgress(desk(log, 'CLERK'), log.file, { ...news(log, event), dueOn });
      log = log.taken(step, later(log));
    };
    expect(refusalCode(() => take('SUPPLEMENT_SENT'))).toBe('BAD_INPUT');
    take('RECEIVED', '2026-06-30');
    expect(log.file.report?.dueOn).toBe('2026-06-30');
    expect(refusalCode(() => take('RECEIVED'))).toBe('BAD_INPUT');
    take('SUPPLEMENT_ASKED');
    expect(refusalCode(() => take('SUPPLEMENT_ASKED'))).toBe('BAD_INPUT');
    take('SUPPLEMENT_SENT');
    expect(log.file.report?.events.map(({ event }) => event)).toEqual([...REPORT_EVENTS]);
    const silent = { ...news(log, 'SUPPLEMENT_ASKED'), what: null };
    expect(refusalCode(() => recordProgress(desk(log), log.file, silent))).toBe('BAD_INPUT');
  });

  test.each(['GRANTED', 'REFUSED', 'RETURNED'] as const)(
    'is closed with the document of the outside organ: %s',
    (result) => {
      const log = sentOn('2026-03-05').reportDecided(result);
      expect(log.file).toMatchObject({ state: 'REPORT_DECIDED', issued: { number: '浙水许〔2026〕1号', seal: null } });
      expect(contentsOf(log.file, VILLAGE).map(({ name }) => name)).toContain('许可文件');
      expect(resultOf(log.delivered().closed().file)).toBe('FORWARDED_CLOSED');
    },
  );

  test('goes down with that document to the desk that took it in', () => {
    const log = CaseLog.filed({ item: ITEM, acceptor: COUNTY, decider: COUNTY }).handedTo(COUNTY).accepted().reviewed();
    const decided = log.reported().reportDecided();
    expect(assignCase(desk(decided), decided.file, null).handOff).toMatchObject({ to: VILLAGE });
  });

  test('needs a reason for a result that is no grant, and takes no result of a day that can’t be', () => {
    const log = sentOn('2026-03-05');
    const record = (change: object) => recordResult(desk(log, 'CLERK'), log.file, { ...outcome(log), ...change });
    expect(refusalCode(() => record({ result: 'REFUSED' }))).toBe('REASON_MISSING');
    expect(refusalCode(() => record({ on: '2026-01-01' }))).toBe('BAD_INPUT');
    expect(record({ result: 'REFUSED', reason: '不符合规划' }).lines).toHaveLength(1);
    const done = log.reportDecided();
    expect(refusalCode(() => recordResult(desk(done), done.file, outcome(done)))).toBe('ILLEGAL_STEP');
  });
});

test('whatever news comes, in whichever order, a supplement is never asked for twice, nor sent unasked', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...REPORT_EVENTS), { maxLength: 8 }), (events) => {
      let log = sentOn('2026-03-05');
      for (const event of events) {
        const waits = log.file.report && awaitsSupplement(log.file.report);
        const known = log.file.report?.events.some((e) => e.event === 'RECEIVED') ?? false;
        const fits = { RECEIVED: !known, SUPPLEMENT_ASKED: !waits, SUPPLEMENT_SENT: waits === true }[event];
        const step = () => recordProgress(desk(log), log.file, news(log, event));
        expect(codeOrDone(step)).toBe(fits ? null : 'BAD_INPUT');
        if (fits) log = log.taken(step(), later(log));
      }
    }),
  );
});
