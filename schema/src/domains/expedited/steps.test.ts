import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyLimit } from '../../testing/arbitraries.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import {
  at,
  calendar,
  COUNTY,
  divisions,
  itemOf,
  material,
  sha256,
  TOWNSHIP,
  VILLAGE,
} from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import type { Role } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { readersOf } from '../../case/case-file.ts';
import { foldLine } from '../../case/case-state.ts';
import type { Clock } from '../../case/clock.ts';
import { clockOf } from '../../case/clock.ts';
import { isUrgent, urgentDueAt } from './rules.ts';
import type { Limit } from '../../kernel/limits.ts';
import { nextDue } from '../../case/work-queue.ts';
import type { Desk } from '../../case/step-context.ts';
import type { Filing } from '../filing/steps.ts';
import { askUrgency, decideUrgency, leaveProject, linkToProject, openGreenChannel } from './steps.ts';
import { fileCase } from '../filing/steps.ts';

const PROJECT = { id: `${COUNTY}-0198c0de-0000-7000-8000-000000000001`, key: true, ended: false };
const workdays = (days: number): Limit => ({ days, unit: 'WORKDAY' });
const GREEN = workdays(5);
const HALF = workdays(0.5);

const desk = (node: string, role: Role, change: Partial<Desk> = {}): Desk => {
  const made = deskOf(node, role, { now: at('2026-03-03'), sub: 'another' });
  return {
    ...made,
    implementation: { ...made.implementation, greenChannel: GREEN, urgent: HALF },
    project: PROJECT,
    ...change,
  };
};
/** Accepted at the township on Monday, 2 March 2026, at noon; due on Thursday the 26th. */
const accepted = () =>
  CaseLog.filed({ at: at('2026-03-02') })
    .handedTo(TOWNSHIP)
    .accepted();
const linked = () => accepted().linked(PROJECT.id);
const clock = (file: CaseFile, now = at('2026-03-05')): Clock => {
  const found = clockOf(file, calendar, divisions, now);
  if (!found) throw new Error('It has no clock.');
  return found;
};

describe('a case', () => {
  const filing: Filing = {
    number: 'n',
    place: VILLAGE,
    application: sha256('application'),
    consent: { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00.000Z' },
    materials: itemOf('3310-MZ-001').standard.materials.map((m) => material(m.name)),
  };
  const filed = (standing: typeof PROJECT | null) =>
    fileCase(desk(VILLAGE, 'AGENT'), { ...filing, project: { id: PROJECT.id, standing } }).lines[0];

  test('is filed for a project this desk was told of, and for no other', () => {
    expect(filed(PROJECT)).toMatchObject({ data: { project: PROJECT.id } });
    expect(refusal(() => filed(null))).toMatchObject({
      code: 'NOT_FOUND',
      field: 'project',
      article: ARTICLES.projects,
    });
    expect(refusal(() => filed({ ...PROJECT, ended: true }))).toMatchObject({
      code: 'PROJECT_ENDED',
      field: 'project',
    });
    expect(fileCase(desk(VILLAGE, 'AGENT'), filing).lines[0]).not.toHaveProperty('data.project');
  });

  test('of a project is read where the project is kept', () => {
    const { file } = CaseLog.filed({ data: { project: PROJECT.id } });
    expect(file.project).toBe(PROJECT.id);
    expect(readersOf(file)).toEqual([VILLAGE, COUNTY]);
    expect(readersOf(CaseLog.filed().file)).toEqual([VILLAGE]);
  });

  test('drawn up for a project keeps it when the draft is filed', () => {
    const { file } = CaseLog.drafted({ data: { project: PROJECT.id } }).filedAfterDraft();
    expect(file.project).toBe(PROJECT.id);
  });

  test('is linked once', () => {
    const link = (file: CaseFile) => linkToProject(desk(TOWNSHIP, 'CLERK'), file, PROJECT.id, PROJECT);
    expect(link(accepted().file).lines[0]).toMatchObject({ action: 'PROJECT_LINKED', data: { project: PROJECT.id } });
    expect(refusal(() => link(linked().file))).toMatchObject({ code: 'PROJECT_CONFLICT', article: ARTICLES.projects });
    const again = linked().next({ action: 'PROJECT_LINKED', data: { project: `${COUNTY}-other` } });
    expect(refusalCode(() => foldLine(linked().file, again))).toBe('ILLEGAL_STEP');
  });

  test('is taken out for a reason, keeps the limit of its green channel, and may be put into another', () => {
    const leave = (file: CaseFile, reason = '误纳入项目') => leaveProject(desk(TOWNSHIP, 'CLERK'), file, reason);
    expect(leave(linked().file).lines).toEqual([
      expect.objectContaining({
        action: 'PROJECT_LEFT',
        note: '误纳入项目',
        data: { project: PROJECT.id, reason: '误纳入项目' },
      }),
    ]);
    expect(refusal(() => leave(linked().file, ' '))).toMatchObject({ code: 'REASON_MISSING' });
    expect(refusal(() => leave(linked().file, '联系电话13800138000'))).toMatchObject({
      code: 'BAD_INPUT',
      field: 'reason',
    });
    expect(refusal(() => leave(accepted().file))).toMatchObject({ code: 'PROJECT_CONFLICT', field: 'id' });
    const onChannel = linked().onGreenChannel();
    const { file } = onChannel.projectLeft();
    expect(file).toMatchObject({ project: null, greenChannel: onChannel.file.greenChannel });
    expect(readersOf(file)).toEqual([VILLAGE, TOWNSHIP]);
    const other = { ...PROJECT, id: `${COUNTY}-other` };
    expect(linkToProject(desk(TOWNSHIP, 'CLERK'), file, other.id, other).lines[0]).toMatchObject({
      data: { project: other.id },
    });
    const forged = linked().next({ action: 'PROJECT_LEFT', data: { project: other.id, reason: '他人项目' } });
    expect(refusalCode(() => foldLine(linked().file, forged))).toBe('ILLEGAL_STEP');
  });
});

describe('the green channel', () => {
  const open = (file: CaseFile, change: Partial<Desk> = {}, ground = '县重点项目') =>
    openGreenChannel(desk(TOWNSHIP, 'CHIEF', change), file, ground);

  test('takes the limit of the implementation as it is that day, and its ground into the log', () => {
    expect(open(linked().file).lines).toEqual([
      expect.objectContaining({
        action: 'GREEN_CHANNEL_OPENED',
        data: { project: PROJECT.id, ground: '县重点项目', limit: GREEN },
      }),
    ]);
  });

  test.each<[string, () => unknown, string, string | null]>([
    ['of no project', () => open(accepted().file), 'NOT_KEY_PROJECT', 'id'],
    [
      'of a project that is no key project',
      () => open(linked().file, { project: { ...PROJECT, key: false } }),
      'NOT_KEY_PROJECT',
      'id',
    ],
    [
      'of a project that has ended',
      () => open(linked().file, { project: { ...PROJECT, ended: true } }),
      'PROJECT_ENDED',
      'project',
    ],
    ['that is on it', () => open(linked().onGreenChannel().file), 'EXPEDITED_ALREADY', 'id'],
    ['without a ground', () => open(linked().file, {}, ''), 'REASON_MISSING', 'reason'],
    [
      'whose ground names a number of a person',
      () => open(linked().file, {}, '电话13800138000'),
      'BAD_INPUT',
      'ground',
    ],
    [
      'of an implementation that names no days',
      () => open(linked().file, { implementation: deskOf(TOWNSHIP, 'CHIEF').implementation }),
      'NO_SHORTER_LIMIT',
      null,
    ],
    [
      'that is decided',
      () =>
        openGreenChannel(
          desk(COUNTY, 'CHIEF'),
          linked().reviewed().handedTo(COUNTY).reviewed().decided().file,
          '县重点项目',
        ),
      'ILLEGAL_STEP',
      null,
    ],
  ])('is refused to a case %s', (_, act, code, field) => {
    expect(refusal(act)).toMatchObject({ code, field });
  });

  test('cites its source', () => {
    expect(refusal(() => open(accepted().file)).article).toBe(ARTICLES.greenChannel);
    expect(refusal(() => open(linked().file, {}, '')).article).toBe(ARTICLES.greenChannel);
  });

  test('is not opened by a desk that only took the case in', () => {
    const { file } = CaseLog.filed().linked(PROJECT.id);
    expect(refusalCode(() => openGreenChannel(desk(VILLAGE, 'CHIEF'), file, '县重点项目'))).toBe('FORBIDDEN');
  });

  test('opened before acceptance counts from acceptance; opened later, from then on', () => {
    const before = CaseLog.filed({ at: at('2026-03-02') })
      .handedTo(TOWNSHIP)
      .linked(PROJECT.id)
      .onGreenChannel()
      .accepted();
    // accepted on Monday, 2 March: five working days end on Monday the 9th
    expect(clock(before.file).dueAt.toISOString()).toBe('2026-03-09T15:59:59.999Z');
    const later = linked().onGreenChannel(GREEN, { at: at('2026-03-10').toISOString() });
    expect(clock(later.file, at('2026-03-11'))).toMatchObject({
      dueAt: new Date('2026-03-17T15:59:59.999Z'),
      expedited: { way: 'GREEN_CHANNEL', limit: GREEN, startedOn: '2026-03-10' },
      promised: workdays(18),
      remainingDays: 4,
    });
  });

  test('opened too late to end earlier changes nothing', () => {
    const late = linked().onGreenChannel(GREEN, { at: at('2026-03-25').toISOString() });
    expect(clock(late.file).dueAt).toEqual(clock(accepted().file).dueAt);
  });

  test('stays with the case at the next desk, and is extended like the promise', () => {
    const log = linked().onGreenChannel(GREEN).reviewed().handedTo(COUNTY);
    expect(clock(log.file).dueAt).toEqual(clock(linked().onGreenChannel(GREEN).file).dueAt);
    // ten working days after Monday, 9 March
    expect(clock(log.extended(10).file).dueAt.toISOString()).toBe('2026-03-23T15:59:59.999Z');
  });
});

describe('urgent handling', () => {
  const ask = (file: CaseFile, ground = '急需住院') => askUrgency(desk(TOWNSHIP, 'CLERK'), file, ground);
  const decide = (file: CaseFile, approved = true, reason: string | null = null, change: Partial<Desk> = {}) =>
    decideUrgency(desk(TOWNSHIP, 'CHIEF', change), file, approved, reason);
  const waiting = () => accepted().urgencyAsked();

  test('is asked for with a ground and approved by another person, with the limit of the implementation', () => {
    expect(ask(accepted().file).lines[0]).toMatchObject({ action: 'URGENCY_ASKED', data: { ground: '急需住院' } });
    expect(decide(waiting().file).lines[0]).toMatchObject({
      action: 'URGENCY_DECIDED',
      actor: { role: 'CHIEF' },
      data: { approved: true, reason: null, limit: HALF },
    });
    expect(isUrgent(waiting().file)).toBe(false);
    expect(isUrgent(waiting().urgencyDecided().file)).toBe(true);
  });

  test('is asked for again after a refusal, and not while it is open or approved', () => {
    const refused = waiting().urgencyDecided(null);
    expect(refused.file.urgency).toMatchObject({ approved: false, reason: '理由不足', limit: null });
    expect(codeOrDone(() => ask(refused.file))).toBeNull();
    expect(refusal(() => ask(waiting().file))).toMatchObject({
      code: 'EXPEDITED_ALREADY',
      article: ARTICLES.urgency,
    });
    expect(refusalCode(() => ask(waiting().urgencyDecided().file))).toBe('EXPEDITED_ALREADY');
  });

  test.each<[string, () => unknown, string]>([
    ['asked for without a ground', () => ask(accepted().file, ' '), 'REASON_MISSING'],
    ['asked for with a number of a person', () => ask(accepted().file, '卡号6222020200112233'), 'BAD_INPUT'],
    ['decided where nobody asked', () => decide(accepted().file), 'URGENCY_NOT_ASKED'],
    ['decided twice', () => decide(waiting().urgencyDecided().file), 'URGENCY_NOT_ASKED'],
    ['not approved without a reason', () => decide(waiting().file, false), 'REASON_MISSING'],
    [
      'approved where the implementation names no limit',
      () => decide(waiting().file, true, null, { implementation: deskOf(TOWNSHIP, 'CHIEF').implementation }),
      'NO_SHORTER_LIMIT',
    ],
    [
      'approved by whoever wrote the ground down',
      () => decide(accepted().urgencyAsked({ actor: { sub: 'another', name: '人', role: 'CLERK' } }).file),
      'SAME_PERSON',
    ],
  ])('is not %s', (_, act, code) => {
    expect(refusal(act)).toMatchObject({ code, article: expect.anything() as string });
  });

  test('counts from the materials, of one approved later from then on, in half days', () => {
    const early = CaseLog.filed({ at: at('2026-03-02') })
      .urgencyAsked()
      .handedTo(TOWNSHIP)
      .urgencyDecided(HALF, { at: at('2026-03-03', '10:00').toISOString() });
    // approved on Tuesday at 10:00: the half day after this one ends at 17:30
    expect(urgentDueAt(early.file, calendar)).toEqual(at('2026-03-03', '17:30'));
    const on = early.accepted({}, { at: at('2026-03-03', '16:00').toISOString() });
    expect(urgentDueAt(on.file, calendar)).toBeNull();
    expect(clock(on.file).dueAt).toEqual(at('2026-03-03', '17:30'));
    expect(clock(on.file, at('2026-03-04')).overdue).toBe(true);
  });

  test('is due in the queue before acceptance, ahead of the notice', () => {
    const { file } = CaseLog.filed({ at: at('2026-03-02') })
      .handedTo(TOWNSHIP)
      .urgencyAsked()
      .urgencyDecided();
    const urgent = urgentDueAt(file, calendar);
    expect(nextDue(file, null, at('2026-03-09'), urgent).nextDueAt).toEqual(urgent);
    expect(nextDue(file, null, null, urgent).nextDueAt).toEqual(urgent);
    expect(nextDue(file, null, at('2026-03-02', '10:00'), urgent).nextDueAt).toEqual(at('2026-03-02', '10:00'));
  });

  test('is the way of every case of an urgent item, by its limit or else its promise', () => {
    const item = { ...itemOf('3310-MZ-001'), processingClass: 'URGENT' as const };
    const filing: Filing = {
      number: 'n',
      place: VILLAGE,
      application: sha256('application'),
      consent: { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00.000Z' },
      materials: [],
    };
    const urgentOf = (urgent: Limit | null) => {
      const made = desk(VILLAGE, 'AGENT', { item });
      const step = fileCase({ ...made, implementation: { ...made.implementation, urgent } }, filing);
      return step.lines[0].action === 'FILED' ? step.lines[0].data.urgent : undefined;
    };
    expect(urgentOf(HALF)).toEqual({ limit: HALF });
    expect(urgentOf(null)).toEqual({ limit: workdays(18) });
    const { file } = CaseLog.filed({ data: { urgent: { limit: HALF } } });
    expect(file.urgency).toMatchObject({ approved: true, ground: null, limit: HALF });
    expect(refusalCode(() => askUrgency(desk(VILLAGE, 'AGENT'), file, '急'))).toBe('EXPEDITED_ALREADY');
  });
});

test('neither the green channel nor urgency ever ends later than the ordinary limit, whatever their own', () => {
  const anyInstant = fc
    .integer({ min: 0, max: 90 * 24 })
    .map((h) => new Date(at('2026-03-02', '13:00').getTime() + h * 3_600_000));
  fc.assert(
    fc.property(
      anyLimit,
      anyLimit,
      anyLimit,
      anyInstant,
      anyInstant,
      fc.nat(10),
      (promised, green, urgent, one, two, days) => {
        const plain = CaseLog.filed({ at: at('2026-03-02') })
          .handedTo(TOWNSHIP)
          .accepted({ promised });
        const [first, second] = one < two ? [one, two] : [two, one];
        const speeded = plain
          .linked(PROJECT.id)
          .urgencyAsked()
          .onGreenChannel(green, { at: new Date(first.getTime() + 2 * 3_600_000).toISOString() })
          .urgencyDecided(urgent, { at: new Date(second.getTime() + 3 * 3_600_000).toISOString() });
        const extend = (log: CaseLog) => (days === 0 ? log : log.reviewed().handedTo(COUNTY).extended(days));
        const due = (log: CaseLog) => clock(extend(log).file, at('2026-09-01')).dueAt.getTime();
        expect(due(speeded)).toBeLessThanOrEqual(due(plain));
      },
    ),
  );
});
