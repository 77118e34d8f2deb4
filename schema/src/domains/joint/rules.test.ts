import { acceptCase } from '../handling/acceptance.ts';
import {
  confirmCorrection,
  excuseOpinion,
  giveOpinion,
  lapseOpinions,
  openJoint,
  recordVisit,
  resolveObjection,
  scheduleVisit,
} from './steps.ts';
import { decideCase, reviewCase } from '../handling/decision.ts';
import { enterWord } from './party-steps.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NODE_ACTOR } from '../../case/log-line.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { at, COUNTY, itemOf, sha256, TOWNSHIP } from '../../testing/fixtures.ts';
import { codeOrDone, refusalCode } from '../../testing/refusals.ts';
import type { PartySays, PartyWord } from './messages.ts';
import type { LogLine } from '../../case/log-line.ts';
import { PROJECT_STAGES } from './words.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import { foldLine, foldLog } from '../../case/case-state.ts';
import { STAGE_LEADS } from './leads.ts';
import { jointOpen, nextLapseAt, openCorrections, statutoryLimitOf } from './rules.ts';

const SURVEY = itemOf('3310-LB-002');
const ACCEPTANCE = itemOf('3310-LB-003');
const FIRE = '消防';

/** Filed and accepted at the county on Monday, 2 March 2026. */
const acceptedAt = (item: typeof SURVEY) => {
  const filed = CaseLog.filed({ item, node: COUNTY, acceptor: COUNTY, decider: COUNTY });
  const on = at('2026-03-02', '10:00');
  return filed.taken(acceptCase(deskOf(COUNTY, 'CLERK', { item, now: on }), filed.file, null), on);
};
const lead = (item: typeof SURVEY, now: Date, role: 'CLERK' | 'CHIEF' = 'CLERK') => deskOf(COUNTY, role, { item, now });
const party = (item: typeof SURVEY, department: string, now: Date) =>
  deskOf(COUNTY, 'CLERK', { item, now, department, sub: `clerk-${department}` });
const parties = (item: typeof SURVEY, days: number, statutory: readonly string[] = []) => ({
  stage: null,
  parties: (item.bundle?.departments ?? []).map((department) => ({
    node: COUNTY,
    department,
    ask: statutory.includes(department) ? ('STATUTORY' as const) : ('OPINION' as const),
    days,
  })),
});
const take = (log: CaseLog, desk: Desk, step: (file: CaseLog['file']) => Step | null): CaseLog => {
  const taken = step(log.file);
  if (!taken) throw new Error('Nothing to do.');
  return log.taken(taken, desk.now);
};
const opened = (item: typeof SURVEY, days: number, statutory: readonly string[] = []) => {
  const desk = lead(item, at('2026-03-02', '11:00'));
  return take(acceptedAt(item), desk, (f) => openJoint(desk, f, parties(item, days, statutory)));
};
const agree = (
  log: CaseLog,
  item: typeof SURVEY,
  department: string,
  now: Date,
  opinion: 'AGREE' | 'OBJECT' = 'AGREE',
) => {
  const desk = party(item, department, now);
  const number = log.file.joint?.parties.find((p) => p.department === department)?.number ?? 0;
  const reason = opinion === 'OBJECT' ? '消防通道不足' : null;
  return take(log, desk, (f) => giveOpinion(desk, f, { party: number, opinion, reason }));
};
const TOMORROW = at('2026-03-03', '10:00');
/** After a deadline of three working days from 2 March. */
const LATE = at('2026-03-06', '00:30');
const lapse = (log: CaseLog, item: typeof SURVEY, now: Date) => lapseOpinions(lead(item, now), log.file);

describe('the joint survey of 三门', () => {
  const departments = SURVEY.bundle?.departments ?? [];

  test('asks all three at once and takes 6 working days instead of 30', () => {
    const { file } = opened(SURVEY, 3);
    expect(file.acceptance).toMatchObject({ promised: { days: 6 }, statutory: { days: 30 } });
    expect(file.joint?.parties.map((p) => p.department)).toEqual(departments);
  });

  test('is reviewed and decided by the lead once all have answered, not before', () => {
    let log = opened(SURVEY, 3);
    for (const department of departments) {
      expect(refusalCode(() => reviewCase(lead(SURVEY, TOMORROW), log.file, 'APPROVE', null))).toBe('JOINT_OPEN');
      log = agree(log, SURVEY, department, TOMORROW);
    }
    const desk = lead(SURVEY, TOMORROW);
    log = take(log, desk, (f) => reviewCase(desk, f, 'APPROVE', null));
    const chief = lead(SURVEY, TOMORROW, 'CHIEF');
    log = take(log, chief, (f) => decideCase(chief, f, 'GRANTED', null));
    expect(log.file.state).toBe('GRANTED');
  });

  test('stays overdue where somebody is silent, since the item gives silence no effect, until the answer comes', () => {
    let log = opened(SURVEY, 3);
    log = take(log, lead(SURVEY, LATE), () => lapse(log, SURVEY, LATE));
    expect(log.file.joint?.parties.map((p) => p.lapse?.effect)).toEqual(['OVERDUE', 'OVERDUE', 'OVERDUE']);
    expect(log.lines.at(-1)?.note).toContain('仍须答复');
    expect(refusalCode(() => reviewCase(lead(SURVEY, LATE), log.file, 'APPROVE', null))).toBe('JOINT_OPEN');
    for (const department of departments) log = agree(log, SURVEY, department, LATE);
    expect(jointOpen(log.file.joint)).toBe(false);
  });
});

describe('the joint acceptance of 三门', () => {
  const departments = ACCEPTANCE.bundle?.departments ?? [];
  const VISIT = at('2026-03-04', '09:00');
  const visiting = (log: CaseLog) => {
    const desk = lead(ACCEPTANCE, TOMORROW);
    const called = departments.map((_, i) => i + 1);
    return take(log, desk, (f) => scheduleVisit(desk, f, { at: VISIT, place: '厂区', parties: called }));
  };
  const attendance = (absent: readonly string[], excused: readonly string[] = []) =>
    departments.map((name, i) => ({
      party: i + 1,
      as: absent.includes(name)
        ? ('ABSENT' as const)
        : excused.includes(name)
          ? ('EXCUSED' as const)
          : ('PRESENT' as const),
      reason: excused.includes(name) ? '防汛值班' : null,
    }));
  const corrections = [
    { party: 3, text: '补设疏散指示', mandatory: true },
    { party: 1, text: '绿化宜补种', mandatory: false },
  ];
  const recorded = (log: CaseLog, absent: readonly string[] = [], excused: readonly string[] = []) => {
    const desk = lead(ACCEPTANCE, at('2026-03-04', '12:00'));
    const record = { record: '七部门联合踏勘', attendance: attendance(absent, excused), corrections };
    return take(log, desk, (f) => recordVisit(desk, f, record));
  };

  test('has seven departments, about a month, and the law’s 45 working days where the item names no limit', () => {
    const { file } = opened(ACCEPTANCE, 3);
    expect(file.joint?.parties).toHaveLength(7);
    expect(file.acceptance).toMatchObject({ promised: { days: 22 }, statutory: { days: 45, unit: 'WORKDAY' } });
  });

  test('takes the silent for consenting, and the log says so; never to a statutory decision', () => {
    let log = opened(ACCEPTANCE, 3, [FIRE]);
    expect(lapse(log, ACCEPTANCE, TOMORROW)).toBeNull();
    expect(nextLapseAt(log.file.joint)).toEqual(log.file.joint?.parties[0]?.dueAt);
    log = take(log, lead(ACCEPTANCE, LATE), () => lapse(log, ACCEPTANCE, LATE));
    const effects = log.file.joint?.parties.map((p) => [p.department, p.lapse?.effect]);
    expect(effects).toEqual(departments.map((name) => [name, name === FIRE ? 'OVERDUE' : 'CONSENT']));
    expect(log.lines.filter((l) => l.action === 'OPINION_LAPSED').every((l) => l.actor.role === null)).toBe(true);
    expect(lapse(log, ACCEPTANCE, LATE)).toBeNull();
    expect(refusalCode(() => agree(log, ACCEPTANCE, '人防', LATE))).toBe('OPINION_SETTLED');
    expect(jointOpen(agree(log, ACCEPTANCE, FIRE, LATE).file.joint)).toBe(false);
  });

  test('gives a party that excuses itself in time a new deadline, once', () => {
    const desk = party(ACCEPTANCE, FIRE, TOMORROW);
    let log = opened(ACCEPTANCE, 3);
    expect(refusalCode(() => excuseOpinion(desk, log.file, 3, ' ', 5))).toBe('REASON_MISSING');
    expect(refusalCode(() => excuseOpinion(desk, log.file, 3, '需检测', 30))).toBe('BAD_INPUT');
    log = take(log, desk, (f) => excuseOpinion(desk, f, 3, '需检测', 5));
    expect(refusalCode(() => excuseOpinion(desk, log.file, 3, '再延', 5))).toBe('EXCUSE_TOO_LATE');
    log = take(log, lead(ACCEPTANCE, LATE), () => lapse(log, ACCEPTANCE, LATE));
    expect(log.file.joint?.parties[2]?.lapse).toBeNull();
    const late = party(ACCEPTANCE, '人防', LATE);
    expect(refusalCode(() => excuseOpinion(late, log.file, 4, '忘了', 5))).toBe('EXCUSE_TOO_LATE');
  });

  test('has one visit with one list of corrections, and is not reviewed before the mandatory ones are made', () => {
    let log = recorded(visiting(opened(ACCEPTANCE, 3)));
    for (const department of departments) log = agree(log, ACCEPTANCE, department, at('2026-03-04', '15:00'));
    const desk = lead(ACCEPTANCE, at('2026-03-09'));
    expect(refusalCode(() => recordVisit(desk, log.file, { record: '又一次', attendance: [], corrections }))).toBe(
      'JOINT_REPEATED',
    );
    expect(refusalCode(() => reviewCase(desk, log.file, 'APPROVE', null))).toBe('CORRECTION_OPEN');
    expect(refusalCode(() => confirmCorrection(desk, log.file, 1, ' '))).toBe('REASON_MISSING');
    log = take(log, desk, (f) => confirmCorrection(desk, f, 1, '整改照片'));
    expect(refusalCode(() => confirmCorrection(desk, log.file, 1, '照片'))).toBe('NOT_FOUND');
    log = take(log, desk, (f) => reviewCase(desk, f, 'APPROVE', null));
    // the advised correction may be made later
    log = take(log, desk, (f) => confirmCorrection(desk, f, 2, '已补种'));
    expect(log.file.state).toBe('REVIEWED');
  });

  test('counts unexcused absence from the visit as no objection; an excuse leaves the answer owed', () => {
    const { joint } = recorded(visiting(opened(ACCEPTANCE, 3, ['水利'])), ['气象', '水利'], ['人防']).file;
    const absent = joint?.parties.filter((p) => p.absent).map((p) => p.department);
    // 水利 has a statutory decision, so its absence has no effect
    expect(absent).toEqual(['气象']);
  });

  test('has every party that was called accounted for, and corrections only of those that came', () => {
    const log = visiting(opened(ACCEPTANCE, 3));
    const desk = lead(ACCEPTANCE, at('2026-03-04', '12:00'));
    const record = (change: object) => ({ record: '踏勘', attendance: attendance([]), corrections: [], ...change });
    const code = (change: object) => refusalCode(() => recordVisit(desk, log.file, record(change)));
    expect(code({ attendance: attendance([]).slice(1) })).toBe('JOINT_INCOMPLETE');
    expect(code({ attendance: attendance([FIRE]), corrections })).toBe('BAD_INPUT');
    const noReason = attendance([], [FIRE]).map((a) => ({ ...a, reason: null }));
    expect(code({ attendance: noReason })).toBe('REASON_MISSING');
    expect(refusalCode(() => recordVisit(lead(ACCEPTANCE, TOMORROW), log.file, record({})))).toBe('BAD_INPUT');
    expect(refusalCode(() => reviewCase(desk, log.file, 'APPROVE', null))).toBe('JOINT_OPEN');
  });

  test('has objections resolved by the lead’s chief; one of a statutory decision only its own party takes back', () => {
    let log = opened(ACCEPTANCE, 3, [FIRE]);
    for (const name of departments) {
      log = agree(log, ACCEPTANCE, name, TOMORROW, name === FIRE || name === '气象' ? 'OBJECT' : 'AGREE');
    }
    const chief = lead(ACCEPTANCE, TOMORROW, 'CHIEF');
    const clerk = lead(ACCEPTANCE, TOMORROW);
    const settle = (number: number) => ({ party: number, end: 'SETTLED' as const, resolution: '会商一致' });
    expect(refusalCode(() => reviewCase(clerk, log.file, 'APPROVE', null))).toBe('OBJECTION_UNRESOLVED');
    expect(refusalCode(() => resolveObjection(clerk, log.file, settle(5)))).toBe('FORBIDDEN');
    log = take(log, chief, (f) => resolveObjection(chief, f, settle(5)));
    expect(refusalCode(() => resolveObjection(chief, log.file, settle(3)))).toBe('NOT_COMPETENT');
    expect(jointOpen(agree(log, ACCEPTANCE, FIRE, TOMORROW).file.joint)).toBe(false);
    log = take(log, chief, (f) => resolveObjection(chief, f, { ...settle(3), end: 'UPHELD' }));
    log = take(log, clerk, (f) => reviewCase(clerk, f, 'REJECT', '消防异议成立'));
    expect(refusalCode(() => decideCase(chief, log.file, 'GRANTED', null))).toBe('OBJECTION_UNRESOLVED');
    log = take(log, chief, (f) => decideCase(chief, f, 'REFUSED', '消防验收不合格'));
    expect(log.file.state).toBe('REFUSED');
  });
});

describe('joint handling', () => {
  test('of an item of several departments is not skipped', () => {
    const { file } = acceptedAt(ACCEPTANCE);
    expect(refusalCode(() => reviewCase(lead(ACCEPTANCE, TOMORROW), file, 'APPROVE', null))).toBe('JOINT_MISSING');
  });

  test.each([
    ['once', 'JOINT_REPEATED', () => openJoint(lead(SURVEY, TOMORROW), opened(SURVEY, 3).file, parties(SURVEY, 3))],
    [
      'with every department of the item',
      'JOINT_INCOMPLETE',
      () => openJoint(lead(ACCEPTANCE, TOMORROW), acceptedAt(ACCEPTANCE).file, parties(SURVEY, 3)),
    ],
    [
      'within the case’s own limit',
      'BAD_INPUT',
      () => openJoint(lead(SURVEY, TOMORROW), acceptedAt(SURVEY).file, parties(SURVEY, 20)),
    ],
    [
      'by the department that leads the stage',
      'WRONG_DEPARTMENT',
      () =>
        openJoint(lead(SURVEY, TOMORROW), acceptedAt(SURVEY).file, {
          ...parties(SURVEY, 3),
          stage: 'COMPLETION',
        }),
    ],
  ])('is opened %s', (_, code, act) => {
    expect(refusalCode(act)).toBe(code);
  });

  test('of the completion stage is led by housing and construction', () => {
    const desk = lead(ACCEPTANCE, TOMORROW);
    const opening = { ...parties(ACCEPTANCE, 3), stage: 'COMPLETION' as const };
    const log = take(acceptedAt(ACCEPTANCE), desk, (f) => openJoint(desk, f, opening));
    expect(log.file.joint).toMatchObject({ lead: '住房城乡建设', stage: 'COMPLETION' });
    expect(PROJECT_STAGES.map((stage) => STAGE_LEADS[stage])).toEqual([
      '自然资源和规划',
      '自然资源和规划',
      '住房城乡建设',
      '住房城乡建设',
    ]);
  });

  test('takes an opinion of the party’s own people only, and of a supervisor never', () => {
    const { file } = opened(ACCEPTANCE, 3);
    const opinion = { party: 3, opinion: 'AGREE' as const, reason: null };
    expect(refusalCode(() => giveOpinion(party(ACCEPTANCE, '气象', TOMORROW), file, opinion))).toBe('WRONG_DEPARTMENT');
    const supervisor = deskOf(COUNTY, 'SUPERVISOR', { item: ACCEPTANCE, now: TOMORROW, department: FIRE });
    expect(refusalCode(() => giveOpinion(supervisor, file, opinion))).toBe('FORBIDDEN');
    expect(refusalCode(() => giveOpinion(party(ACCEPTANCE, FIRE, TOMORROW), file, { ...opinion, party: 9 }))).toBe(
      'NOT_FOUND',
    );
    const objection = { ...opinion, opinion: 'OBJECT' as const };
    expect(refusalCode(() => giveOpinion(party(ACCEPTANCE, FIRE, TOMORROW), file, objection))).toBe('REASON_MISSING');
  });

  test('keeps the case where it is', () => {
    const filed = CaseLog.filed({ item: ACCEPTANCE, node: TOWNSHIP, acceptor: COUNTY, decider: COUNTY });
    const open = filed.handedTo(COUNTY).accepted().jointOpened(['OPINION']);
    expect(refusalCode(() => open.returned(TOWNSHIP))).toBe('ILLEGAL_STEP');
    expect(open.opinionGiven().returned(TOWNSHIP).file.inTransitTo).toBe(TOWNSHIP);
  });

  test('is brought to its end by whoever opened it, also when the grant it decides under ended, and then goes on', () => {
    const open = CaseLog.entrusted().handedTo(TOWNSHIP).accepted().jointOpened(['OPINION']);
    const rerouted = open.rerouted();
    expect(rerouted.file).toMatchObject({ decider: COUNTY, custodian: TOWNSHIP });
    expect(refusalCode(() => rerouted.forwarded(COUNTY))).toBe('ILLEGAL_STEP');
    expect(rerouted.opinionGiven().forwarded(COUNTY).file.inTransitTo).toBe(COUNTY);
  });

  test('has the law’s limit only where the item names none', () => {
    expect(statutoryLimitOf(SURVEY)).toEqual({ days: 30, unit: 'WORKDAY' });
    expect(statutoryLimitOf(ACCEPTANCE)).toEqual({ days: 45, unit: 'WORKDAY' });
    expect(statutoryLimitOf({ kind: 'LICENSE', handlingWay: 'OWN', statutory: null })).toBeNull();
  });

  test('enters another node’s signed answer, also one given in time that came in after its silence was logged', () => {
    const desk = lead(ACCEPTANCE, at('2026-03-02', '11:00'));
    const given = parties(ACCEPTANCE, 3);
    const far = {
      ...given,
      parties: [...given.parties, { node: TOWNSHIP, department: '环保', ask: 'OPINION' as const, days: 3 }],
    };
    let log = take(acceptedAt(ACCEPTANCE), desk, (f) => openJoint(desk, f, far));
    log = take(log, desk, (f) => enterWord(desk, f, { node: TOWNSHIP, word: wordOf(log, ASKED), jws: 'a' }));
    log = take(log, lead(ACCEPTANCE, LATE), () => lapse(log, ACCEPTANCE, LATE));
    expect(log.file.joint?.parties.at(-1)?.lapse?.effect).toBe('CONSENT');
    const late = lead(ACCEPTANCE, LATE);
    const enter = (at: Date, node = TOWNSHIP) => {
      const objection = { says: 'OPINION', at: at.toISOString(), opinion: 'OBJECT', reason: '排污', actor } as const;
      return enterWord(late, log.file, { node, word: wordOf(log, objection), jws: 'a.b.c' });
    };
    expect(refusalCode(() => enter(LATE))).toBe('OPINION_SETTLED');
    expect(refusalCode(() => enter(TOMORROW, COUNTY))).toBe('NOT_COMPETENT');
    log = take(log, late, () => enter(TOMORROW));
    expect(log.file.joint?.parties.at(-1)).toMatchObject({
      lapse: null,
      given: { opinion: 'OBJECT', answer: 'a.b.c' },
    });
  });
});

const actor = { sub: 'x', name: '环保人员', role: 'CLERK' as const };
const ASKED = { says: 'ASKED', at: at('2026-03-02', '11:05').toISOString() } as const;
/** The signed word of the party of 亭旁镇, which was asked last. */
function wordOf(log: CaseLog, says: PartySays): PartyWord {
  const party = log.file.joint?.parties.length ?? 0;
  const head = { case: log.file.id, opened: sha256('opened'), party, node: TOWNSHIP, department: '环保' };
  return { ...head, ...says };
}

describe('whatever comes in whatever order', () => {
  const entry = fc.oneof(
    fc.record({
      kind: fc.constant('OPINION_GIVEN' as const),
      party: fc.integer({ min: 1, max: 3 }),
      yes: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('OPINION_LAPSED' as const),
      party: fc.integer({ min: 1, max: 3 }),
      yes: fc.boolean(),
    }),
    fc.record({
      kind: fc.constantFrom(
        'VISIT_SCHEDULED',
        'VISIT_RECORDED',
        'CORRECTION_MADE',
        'OBJECTION_RESOLVED',
        'QUESTION_WITHDRAWN',
        'REVIEWED',
        'DECIDED',
      ),
      party: fc.integer({ min: 1, max: 3 }),
      yes: fc.boolean(),
    }),
  );

  // lines that bring most cases to their decision from any state
  const ENDING = [
    ...[1, 2, 3].map((n) => ({ kind: 'OPINION_GIVEN' as const, party: n, yes: true })),
    ...(['VISIT_RECORDED', 'CORRECTION_MADE'] as const).map((kind) => ({ kind, party: 1, yes: true })),
    ...(['REVIEWED', 'DECIDED'] as const).map((kind) => ({ kind, party: 1, yes: true })),
  ];

  test('nobody consents to a statutory decision by silence, and nothing is decided with an open mandatory correction', () => {
    let decisions = 0;
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), fc.boolean(), (entries, silent) => {
        let log = acceptedAt(ACCEPTANCE).jointOpened(['OPINION', 'STATUTORY', 'OPINION'], silent);
        const seen = new Date(log.file.lastAt).getTime();
        for (const { kind, party: number, yes } of [...entries, ...ENDING]) {
          const past = { at: new Date(Math.max(log.file.lastAt.getTime(), seen) + 40 * 86_400_000).toISOString() };
          const tried = lineFor(log, kind, number, yes, kind === 'OPINION_LAPSED' ? past : {});
          if (codeOrDone(() => foldLine(log.file, tried)) === null) log = CaseLog.of([...log.lines, tried]);
          const { joint, decision } = log.file;
          const parties = joint?.parties ?? [];
          const presumed = parties.filter((p) => {
            return p.ask === 'STATUTORY' && (p.lapse?.effect === 'CONSENT' || p.absent || p.withdrawn !== null);
          });
          expect(presumed).toEqual([]);
          expect(parties.filter((p) => !silent && p.lapse?.effect === 'CONSENT')).toEqual([]);
          if (decision) decisions++;
          expect(decision !== null && (openCorrections(joint).length > 0 || jointOpen(joint))).toBe(false);
        }
        expect(foldLog(log.lines)).toEqual(log.file);
      }),
      { numRuns: 300, seed: 4 },
    );
    expect(decisions).toBeGreaterThan(0);
  });
});

function lineFor(log: CaseLog, kind: string, number: number, yes: boolean, head: object): LogLine {
  switch (kind) {
    case 'OPINION_GIVEN':
      return log.next({ action: kind, data: { party: number, opinion: yes ? 'AGREE' : 'OBJECT', reason: '理由' } });
    case 'OPINION_LAPSED':
      return log.next(
        { action: kind, data: { party: number, effect: yes ? 'CONSENT' : 'OVERDUE' } },
        { actor: NODE_ACTOR, ...head },
      );
    case 'VISIT_SCHEDULED':
      return log.next({ action: kind, data: { at: log.file.lastAt.toISOString(), place: '厂区', parties: [1, 2, 3] } });
    case 'VISIT_RECORDED': {
      const attendance = [1, 2, 3].map((n) => ({
        party: n,
        as: n === number && !yes ? ('ABSENT' as const) : ('PRESENT' as const),
        reason: null,
      }));
      const corrections = yes ? [{ party: number, text: '整改', mandatory: true }] : [];
      return log.next({ action: kind, data: { record: '踏勘', attendance, corrections } });
    }
    case 'CORRECTION_MADE':
      return log.next({ action: kind, data: { correction: 1, evidence: '照片' } });
    case 'OBJECTION_RESOLVED':
      return log.next({ action: kind, data: { party: number, end: yes ? 'SETTLED' : 'UPHELD', resolution: '协调' } });
    case 'QUESTION_WITHDRAWN':
      return log.next({ action: kind, data: { party: number, reason: '机构撤并' } });
    case 'REVIEWED':
      return log.next({ action: kind, data: { opinion: 'APPROVE' } });
    default:
      return log.next({
        action: 'DECIDED',
        data: { outcome: yes ? 'GRANTED' : 'REFUSED', reason: '理由', remedies: '复议', inNameOf: COUNTY },
      });
  }
}
