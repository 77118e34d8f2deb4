import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { CITY, COUNTY, divisions, OTHER_COUNTY, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { person } from '../../testing/people.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import { citedBy } from './citation.ts';
import type { Meeting } from './meeting.ts';
import { minutesNumber, minutesText } from './minutes.ts';
import type { PlanAsked } from './rules.ts';
import {
  attended,
  cancelled,
  isMeetingReader,
  lackingToClose,
  openItem,
  planned,
  putOn,
  requireClosable,
  requireMeetingReader,
  requireOfMeeting,
  requireOwnAgenda,
  resolved,
  seesMeeting,
} from './rules.ts';
import { finishedTask, givenTask } from './tasks.ts';
import { MEETING_KINDS, MEETING_OUTCOMES, PRESENCES } from './words.ts';

const NOW = new Date('2026-03-04T02:00:00.000Z');
const DAY = '2026-03-04';
const chief = person(COUNTY, 'CHIEF', '民政');
const clerk = person(COUNTY, 'CLERK', '民政');
const head = person(COUNTY, 'HEAD');
const other = person(COUNTY, 'CHIEF', '水利', 'water');
const one = ({ issuer, sub, name }: typeof chief) => ({ issuer, sub, name });

const asked = (change: Partial<PlanAsked> = {}): PlanAsked => ({
  kind: 'JOINT_REVIEW',
  department: null,
  day: DAY,
  begins: '09:00',
  place: '三楼会议室',
  chair: one(head),
  people: [one(clerk)],
  departments: ['水利'],
  ...change,
});
const meeting = planned(asked(), chief, NOW, 'm');
const about = { caseId: 'c1', caseNumber: '331022-20260304-1', item: '3310-MZ-001' };
const withItem: Meeting = { ...meeting, agenda: [putOn(meeting, about, '是否符合低保条件', 1)] };
const all = meeting.seats.map(({ number, person: who }) => ({
  seat: number,
  presence: 'PRESENT' as const,
  by: who === null ? '李四' : null,
}));
const found = (outcome: 'AGREED' | 'REFUSED' | 'DEFERRED', reason: string | null = null) =>
  resolved(withItem, 1, { outcome, reason, conditions: [] }, NOW);
const ready: Meeting = { ...attended(withItem, all, NOW), agenda: [found('AGREED')] };
const task = givenTask(
  ready,
  { text: '补充核对', person: one(clerk), department: null, due: '2026-03-06' },
  chief,
  NOW,
  't',
);
const minutes = { number: '会纪〔2026〕1号', at: NOW, by: '首席', digest: 'a'.repeat(64), text: '纪要' };
const held: Meeting = { ...ready, tasks: [task], state: 'HELD', minutes };

describe('a meeting', () => {
  test('is of the planner’s department, with its chair on the first seat and each invited once', () => {
    expect(
      planned(asked({ people: [one(clerk), one(head)], departments: ['水利', '民政', '水利'] }), chief, NOW, 'm'),
    ).toMatchObject({
      department: '民政',
      state: 'PLANNED',
      seats: [
        { number: 1, person: one(head) },
        { number: 2, person: one(clerk) },
        { number: 3, department: '水利' },
      ],
    });
  });

  test('of window heads is the whole desk’s; a head plans one for any department', () => {
    expect(planned(asked({ kind: 'WINDOW_HEADS' }), chief, NOW, 'm').department).toBeNull();
    expect(planned(asked({ department: '水利' }), head, NOW, 'm').department).toBe('水利');
  });

  test('is not planned for another department, for a day that has passed, nor jointly with no other', () => {
    const plan = (change: Partial<PlanAsked>) => refusalCode(() => planned(asked(change), chief, NOW, 'm'));
    expect(plan({ department: '水利' })).toBe('WRONG_DEPARTMENT');
    expect(plan({ day: '2026-03-03' })).toBe('BAD_INPUT');
    expect(plan({ people: [], departments: [] })).toBe('BAD_INPUT');
    expect(plan({ people: Array.from({ length: 100 }, (_, n) => ({ ...one(clerk), sub: `p${n}` })) })).toBe(
      'BAD_INPUT',
    );
    const alone = asked({ kind: 'APPROVAL', people: [], departments: [] });
    expect(codeOrDone(() => planned(alone, chief, NOW, 'm'))).toBeNull();
  });

  test('is worked on by its department, those who sit for all, its chair and its planner, and by no others', () => {
    for (const viewer of [chief, clerk, head]) expect(codeOrDone(() => requireOfMeeting(viewer, meeting))).toBeNull();
    expect(refusalCode(() => requireOfMeeting(other, meeting))).toBe('WRONG_DEPARTMENT');
    const chaired = planned(asked({ chair: one(other) }), chief, NOW, 'm');
    expect(codeOrDone(() => requireOfMeeting(other, chaired))).toBeNull();
    const desks = planned(asked({ kind: 'WINDOW_HEADS' }), other, NOW, 'm');
    expect(codeOrDone(() => requireOfMeeting(other, desks))).toBeNull();
    expect(refusalCode(() => requireOfMeeting(chief, desks))).toBe('WRONG_DEPARTMENT');
  });

  test('is seen by its department and those who are invited, and read at its desk and above it alone', () => {
    for (const viewer of [chief, head, other]) expect(seesMeeting(viewer, meeting)).toBe(true);
    expect(seesMeeting(person(COUNTY, 'CLERK', '教育', 'school'), meeting)).toBe(false);
    const reads = (viewer: typeof chief) => codeOrDone(() => requireMeetingReader(viewer, COUNTY, divisions));
    for (const viewer of [clerk, head, person(CITY, 'SUPERVISOR'), person(COUNTY, 'SUPERVISOR')]) {
      expect(reads(viewer)).toBeNull();
      expect(isMeetingReader(viewer, COUNTY, divisions)).toBe(true);
    }
    for (const viewer of [
      person(CITY, 'CHIEF'),
      person(OTHER_COUNTY, 'SUPERVISOR'),
      person(COUNTY, 'AGENT'),
      person(TOWNSHIP, 'CLERK'),
      person(VILLAGE, 'CLERK'),
    ]) {
      expect(reads(viewer)).toBe('FORBIDDEN');
      expect(isMeetingReader(viewer, COUNTY, divisions)).toBe(false);
    }
    expect(isMeetingReader({ ...clerk, onlyCase: 'n' }, COUNTY, divisions)).toBe(false);
    expect(isMeetingReader({ ...clerk, actsFor: 'a' }, COUNTY, divisions)).toBe(false);
  });

  test('that is cancelled says why, and is not cancelled twice', () => {
    const ended = cancelled(meeting, '主持人出差', '首席', NOW);
    expect(ended).toMatchObject({ state: 'CANCELLED', cancelled: { reason: '主持人出差' } });
    expect(refusalCode(() => cancelled(ended, '再次', '首席', NOW))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => cancelled(meeting, '电话 13800000001', '首席', NOW))).toBe('BAD_INPUT');
  });
});

describe('an agenda', () => {
  const atCounty = CaseLog.filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY);

  test('has cases the desk holds or is a joint party of, and none of others or that have ended', () => {
    const put = (node: string, log: CaseLog) => codeOrDone(() => requireOwnAgenda(node, log.file));
    expect(put(COUNTY, atCounty)).toBeNull();
    expect(put(TOWNSHIP, atCounty)).toBe('NOT_CUSTODIAN');
    expect(put(TOWNSHIP, atCounty.farPartyCalled(TOWNSHIP))).toBeNull();
    expect(put(TOWNSHIP, CaseLog.filed().handedTo(TOWNSHIP).accepted().reviewed().forwarded(COUNTY))).toBe(
      'CASE_IN_TRANSIT',
    );
    expect(put(COUNTY, atCounty.withdrawn())).toBe('ILLEGAL_STEP');
  });

  test('has each case once, with a question that has no numbers of a person', () => {
    expect(refusalCode(() => putOn(withItem, about, '再议', 2))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => putOn(meeting, about, '身份证 331022195203120028', 1))).toBe('BAD_INPUT');
    expect(refusalCode(() => openItem(withItem, 2))).toBe('NOT_FOUND');
    const full = Array.from({ length: 100 }, (_, n) => ({ ...found('AGREED'), caseId: `x${n}`, number: n + 1 }));
    expect(refusalCode(() => putOn({ ...meeting, agenda: full }, about, '问题', 101))).toBe('BAD_INPUT');
  });

  test('gets an outcome for each case: refusals and deferrals with a reason, conditions where they belong', () => {
    expect(found('AGREED').result).toMatchObject({ outcome: 'AGREED' });
    expect(found('REFUSED', '不符').result).toMatchObject({ reason: '不符' });
    for (const outcome of ['REFUSED', 'DEFERRED'] as const) {
      expect(refusalCode(() => found(outcome))).toBe('REASON_MISSING');
    }
    const result = (outcome: 'AGREED' | 'AGREED_WITH_CONDITIONS', conditions: string[]) =>
      codeOrDone(() => resolved(withItem, 1, { outcome, reason: null, conditions }, NOW));
    expect(result('AGREED_WITH_CONDITIONS', ['每季度复核'])).toBeNull();
    expect(result('AGREED_WITH_CONDITIONS', [])).toBe('BAD_INPUT');
    expect(result('AGREED', ['每季度复核'])).toBe('BAD_INPUT');
    expect(result('AGREED_WITH_CONDITIONS', ['打 13800000001'])).toBe('BAD_INPUT');
  });
});

describe('attendance', () => {
  const mark = (seat: number, presence: (typeof PRESENCES)[number], by: string | null) =>
    codeOrDone(() => attended(meeting, [{ seat, presence, by }], NOW));

  test('names who came for a department or in a person’s place, and no other', () => {
    expect(mark(1, 'PRESENT', null)).toBeNull();
    expect(mark(1, 'REPRESENTED', '副局长')).toBeNull();
    expect(mark(3, 'PRESENT', '李四')).toBeNull();
    expect(mark(2, 'EXCUSED', null)).toBeNull();
    expect(mark(1, 'PRESENT', '他人')).toBe('BAD_INPUT');
    expect(mark(1, 'REPRESENTED', null)).toBe('BAD_INPUT');
    expect(mark(3, 'PRESENT', null)).toBe('BAD_INPUT');
    expect(mark(2, 'ABSENT', '李四')).toBe('BAD_INPUT');
    expect(mark(4, 'PRESENT', null)).toBe('NOT_FOUND');
  });

  test('and outcomes are not recorded before the day of the meeting', () => {
    const before = new Date('2026-03-03T02:00:00.000Z');
    expect(refusalCode(() => attended(meeting, all, before))).toBe('ILLEGAL_STEP');
    const result = { outcome: 'AGREED' as const, reason: null, conditions: [] };
    expect(refusalCode(() => resolved(withItem, 1, result, before))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => requireClosable(ready, before))).toBe('ILLEGAL_STEP');
  });
});

describe('closing', () => {
  test('is refused with everything that is lacking, by name', () => {
    expect(codeOrDone(() => requireClosable(ready, NOW))).toBeNull();
    expect(refusal(() => requireClosable(withItem, NOW))).toMatchObject({ code: 'MEETING_INCOMPLETE' });
    expect(refusal(() => requireClosable(withItem, NOW)).message).toMatch(
      /lacks the attendance of seats 1, 2, 3; the outcome of items 1\./,
    );
  });

  test('is refused while the chair is away without a stand-in', () => {
    for (const presence of ['EXCUSED', 'ABSENT'] as const) {
      const away = attended(ready, [{ seat: 1, presence, by: null }], NOW);
      expect(refusal(() => requireClosable(away, NOW))).toMatchObject({
        code: 'MEETING_INCOMPLETE',
        message: expect.stringContaining('a chair') as string,
      });
    }
    const replaced = attended(ready, [{ seat: 1, presence: 'REPRESENTED', by: '副局长' }], NOW);
    expect(codeOrDone(() => requireClosable(replaced, NOW))).toBeNull();
  });

  const anyMeeting = fc
    .record({
      presences: fc.tuple(...meeting.seats.map(() => fc.option(fc.constantFrom(...PRESENCES)))),
      outcomes: fc.array(fc.option(fc.constantFrom(...MEETING_OUTCOMES)), { maxLength: 5 }),
      kind: fc.constantFrom(...MEETING_KINDS),
    })
    .map(({ presences, outcomes, kind }): Meeting => ({
      ...meeting,
      kind,
      seats: meeting.seats.map((seat, i) => ({ ...seat, presence: presences[i] ?? null })),
      agenda: outcomes.map((outcome, i) => ({
        ...about,
        caseId: `c${i}`,
        number: i + 1,
        question: '问题',
        result: outcome && { outcome, reason: '理由', conditions: [] },
      })),
    }));

  test('is possible exactly when all seats are marked, somebody chairs, and each case has an outcome', () => {
    fc.assert(
      fc.property(anyMeeting, (any) => {
        const [chair, ...others] = any.seats.map(({ presence }) => presence);
        const complete =
          (chair === 'PRESENT' || chair === 'REPRESENTED') &&
          !others.includes(null) &&
          any.agenda.every(({ result }) => result !== null);
        expect(lackingToClose(any).length === 0).toBe(complete);
        expect(codeOrDone(() => requireClosable(any, NOW))).toBe(complete ? null : 'MEETING_INCOMPLETE');
      }),
    );
  });

  test('fixes everything: no rule changes a meeting that was closed or cancelled', () => {
    fc.assert(
      fc.property(anyMeeting, fc.constantFrom('HELD', 'CANCELLED'), (any, state) => {
        const ended: Meeting = { ...any, state };
        const due = { text: '任务', person: null, department: '水利', due: DAY };
        for (const act of [
          () => putOn(ended, { ...about, caseId: 'new' }, '问题', 9),
          () => openItem(ended, 1),
          () => resolved(ended, 1, { outcome: 'AGREED', reason: null, conditions: [] }, NOW),
          () => attended(ended, all, NOW),
          () => givenTask(ended, due, chief, NOW, 't'),
          () => requireClosable(ended, NOW),
          () => cancelled(ended, '理由', '首席', NOW),
        ]) {
          expect(refusalCode(act)).toBe('ILLEGAL_STEP');
        }
      }),
    );
  });

  test('writes minutes that tell who came, what was found and what is to be done, the same each time', () => {
    const closing = { ...ready, tasks: [task] };
    const text = minutesText(closing, minutesNumber('2026', 7), '三门县', NOW);
    expect(text).toBe(minutesText(closing, '会纪〔2026〕7号', '三门县', NOW));
    expect(text).toContain('# 三门县民政联合会审纪要\n\n会纪〔2026〕7号');
    expect(text).toContain(`主持:人员head-${COUNTY},出席`);
    expect(text).toContain('- 水利,出席:李四');
    expect(text).toContain('### 1. 办件 331022-20260304-1(3310-MZ-001)\n\n- 议题:是否符合低保条件\n- 议定结果:同意');
    expect(text).toContain(`- 补充核对(人员clerk-${COUNTY},2026-03-06 前)`);
    expect(minutesText({ ...closing, agenda: [found('REFUSED', '不符')] }, '会纪〔2026〕7号', '三门县', NOW)).not.toBe(
      text,
    );
  });
});

describe('a task', () => {
  const give = (change: object) =>
    codeOrDone(() =>
      givenTask(ready, { text: '核对', person: null, department: '水利', due: DAY, ...change }, chief, NOW, 't'),
    );

  test('is one person’s or one department’s, by a day from the meeting on', () => {
    expect(give({})).toBeNull();
    expect(give({ person: one(clerk) })).toBe('BAD_INPUT');
    expect(give({ department: null })).toBe('BAD_INPUT');
    expect(give({ due: '2026-03-03' })).toBe('BAD_INPUT');
    expect(give({ text: '致电 13800000001' })).toBe('BAD_INPUT');
  });

  test('is finished once, by who has it or people of the meeting, also after its closing', () => {
    const done = finishedTask(held, task, clerk, '已核对', NOW);
    expect(done.done).toMatchObject({ result: '已核对' });
    const water = { ...task, person: null, department: '水利' };
    expect(codeOrDone(() => finishedTask(held, water, other, null, NOW))).toBeNull();
    expect(codeOrDone(() => finishedTask(held, water, head, null, NOW))).toBeNull();
    expect(refusalCode(() => finishedTask(held, task, other, null, NOW))).toBe('WRONG_DEPARTMENT');
    expect(refusalCode(() => finishedTask(held, done, clerk, null, NOW))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => finishedTask({ ...held, state: 'CANCELLED' }, task, clerk, null, NOW))).toBe(
      'ILLEGAL_STEP',
    );
  });
});

test('a decision cites a meeting that found the same, and none that found otherwise or put it off', () => {
  const cited = { kind: 'JOINT_REVIEW' as const, number: '会纪〔2026〕1号', day: DAY, digest: 'a'.repeat(64) };
  const cells = (['GRANTED', 'REFUSED'] as const).map((decided) =>
    MEETING_OUTCOMES.filter((outcome) => codeOrDone(() => citedBy(decided, { ...cited, outcome })) === null),
  );
  expect(cells).toEqual([['AGREED', 'AGREED_WITH_CONDITIONS'], ['REFUSED']]);
  expect(citedBy('GRANTED', { ...cited, outcome: 'AGREED' })).toEqual(cited);
  expect(refusalCode(() => citedBy('GRANTED', { ...cited, outcome: 'DEFERRED' }))).toBe('MEETING_CONTRADICTED');
});
