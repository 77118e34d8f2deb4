import type { Step } from '../../case/step-context.ts';
import { acceptCase } from '../handling/acceptance.ts';
import {
  giveOpinion,
  lapseOpinions,
  openJoint,
  recordVisit,
  resolveObjection,
  scheduleVisit,
  withdrawQuestion,
} from './steps.ts';
import type { PartyDesk } from './party-steps.ts';
import { answerRequest, enterWord, excuseAttendance, excuseRequest } from './party-steps.ts';
import { decideCase, reviewCase } from '../handling/decision.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpinionNotice, PartySays, PartyWord } from './messages.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import {
  at,
  calendar,
  CITY,
  COUNTY,
  divisions,
  itemOf,
  OTHER_TOWNSHIP,
  sha256,
  TOWNSHIP,
  VILLAGE,
} from '../../testing/fixtures.ts';
import { NO_ROSTER } from '../roster/rules.ts';
import { person } from '../../testing/people.ts';
import { codeOrDone, refusalCode } from '../../testing/refusals.ts';
import { dayOf, endOfDay } from '../../kernel/calendar.ts';
import { foldLine, foldLog } from '../../case/case-state.ts';
import { isOutstanding, jointOpen } from './rules.ts';
import type { AskedOpinion } from './parties.ts';
import {
  isAsNew,
  partyStandingOf,
  readableDepartment,
  requestStateOf,
  requireRequestReader,
  sameStanding,
  shownMaterials,
  shownUntil,
  visitOf,
  withOwnWords,
} from './parties.ts';

const ACCEPTANCE = itemOf('3310-LB-003');
const OPENED = sha256('opened');
const BUILDING = '村镇建设';
const MONDAY = at('2026-03-02', '10:00');
const lead = (now: Date, role: 'CLERK' | 'CHIEF' = 'CLERK') => deskOf(COUNTY, role, { item: ACCEPTANCE, now });
const take = (log: CaseLog, now: Date, step: Step | null) => {
  if (!step) throw new Error('Nothing to do.');
  return log.taken(step, now);
};

/** Accepted at the county on 2 March 2026; housing of the county and the township's building office have 3 days. */
function asked(materials: string[] | null = null): CaseLog {
  const filed = CaseLog.filed({ item: ACCEPTANCE, node: COUNTY, acceptor: COUNTY, decider: COUNTY });
  const accepted = take(filed, MONDAY, acceptCase(lead(MONDAY), filed.file, null));
  const near = (ACCEPTANCE.bundle?.departments ?? []).map((department) => ({ node: COUNTY, department }));
  const parties = [...near, { node: TOWNSHIP, department: BUILDING }].map((p) => {
    return { ...p, ask: 'OPINION' as const, days: 3, materials };
  });
  return take(accepted, MONDAY, openJoint(lead(MONDAY), accepted.file, { stage: 'COMPLETION', parties }));
}
const FAR = (ACCEPTANCE.bundle?.departments ?? []).length + 1;
const partyIn = ({ file }: CaseLog, number = FAR) => {
  const party = file.joint?.parties.find((p) => p.number === number);
  if (!party) throw new Error(`no party ${number}`);
  return party;
};
const wordOf = (log: CaseLog, says: PartySays): PartyWord => {
  return { case: log.file.id, opened: OPENED, party: FAR, node: TOWNSHIP, department: BUILDING, ...says };
};
const enter = (log: CaseLog, now: Date, says: PartySays, jws = `${says.says} ${says.at}`) =>
  enterWord(lead(now), log.file, { node: TOWNSHIP, word: wordOf(log, says), jws });
const ASKED = (on: Date) => ({ says: 'ASKED' as const, at: on.toISOString() });
const actor = { sub: 'x', name: '窗口人员', role: 'CLERK' as const };
const opinion = (on: Date, as: 'AGREE' | 'OBJECT' = 'AGREE') => {
  return {
    says: 'OPINION' as const,
    at: on.toISOString(),
    actor,
    opinion: as,
    reason: as === 'OBJECT' ? '占道' : null,
  };
};
const lapse = (log: CaseLog, now: Date) => lapseOpinions(lead(now), log.file);

/** The question at the township's desk. */
const atParty = (log: CaseLog): AskedOpinion => ({
  case: log.file.id,
  number: log.file.number,
  item: log.file.item,
  opened: OPENED,
  leadNode: COUNTY,
  lead: '住房城乡建设',
  party: partyIn(log),
  visit: log.file.joint ? visitOf(log.file.joint, FAR) : null,
  state: log.file.state,
  limit: at('2026-04-01'),
});
const partyDesk = (now: Date, viewer = person(TOWNSHIP, 'CLERK')): PartyDesk => {
  return { node: TOWNSHIP, viewer, now, divisions, calendar, standIns: [], roster: NO_ROSTER };
};

describe('the deadline of another node’s party', () => {
  test.each([
    ['on the day it is asked, the deadline it was asked with', '2026-03-02', '2026-03-05'],
    ['days later, as many days after that', '2026-03-10', '2026-03-13'],
    ['over a weekend, working days only', '2026-03-06', '2026-03-11'],
    ['after the case’s own limit, all the same', '2026-04-20', '2026-04-23'],
  ])('has, where its node has the question %s', (_, day, due) => {
    const on = at(day, '11:00');
    const log = take(asked(), on, enter(asked(), on, ASKED(on)));
    expect(dayOf(partyIn(log).dueAt)).toBe(due);
    expect(partyIn(log).asked?.at).toEqual(on);
  });

  test('is set once: a second word changes nothing', () => {
    const log = take(asked(), MONDAY, enter(asked(), MONDAY, ASKED(MONDAY)));
    expect(enter(log, at('2026-03-20'), ASKED(at('2026-03-20')))).toBeNull();
  });
});

test('a village is no organ, and nobody is asked twice', () => {
  const open = (change: { node?: string; department?: string }) => () => {
    const filed = CaseLog.filed({ item: ACCEPTANCE, node: COUNTY, acceptor: COUNTY, decider: COUNTY });
    const accepted = take(filed, MONDAY, acceptCase(lead(MONDAY), filed.file, null));
    const near = (ACCEPTANCE.bundle?.departments ?? []).map((department) => ({ node: COUNTY, department }));
    const parties = [...near, { node: TOWNSHIP, department: BUILDING, ...change }].map((p) => {
      return { ...p, ask: 'OPINION' as const, days: 3 };
    });
    return openJoint(lead(MONDAY), accepted.file, { stage: null, parties });
  };
  expect(codeOrDone(open({}))).toBeNull();
  expect(refusalCode(open({ node: VILLAGE }))).toBe('BAD_INPUT');
  expect(refusalCode(open({ department: ' ' }))).toBe('BAD_INPUT');
  expect(refusalCode(open({ node: COUNTY, department: '消防' }))).toBe('BAD_INPUT');
});

describe('silence of another node’s party', () => {
  const LATE = at('2026-03-09');

  test('is none before its node’s word, however late it is, while the lead’s own departments lapse', () => {
    const before = asked();
    const log = take(before, LATE, lapse(before, LATE));
    expect(log.file.joint?.parties.map((p) => p.lapse?.effect ?? null)).toEqual([
      ...Array.from({ length: FAR - 1 }, () => 'CONSENT'),
      null,
    ]);
    expect(lapse(log, at('2026-06-01'))).toBeNull();
    expect(jointOpen(log.file.joint)).toBe(true);
  });

  test('counts after the word and its deadline', () => {
    const told = take(asked(), MONDAY, enter(asked(), MONDAY, ASKED(MONDAY)));
    expect(partyIn(take(told, LATE, lapse(told, LATE))).lapse?.effect).toBe('CONSENT');
  });

  test('gives way to what was signed in time, also once the case is reviewed, and to nothing signed later', () => {
    const told = take(asked(), MONDAY, enter(asked(), MONDAY, ASKED(MONDAY)));
    const silent = take(told, LATE, lapse(told, LATE));
    const reviewed = take(silent, LATE, reviewCase(lead(LATE), silent.file, 'APPROVE', null));
    expect(refusalCode(() => enter(reviewed, LATE, opinion(LATE)))).toBe('OPINION_SETTLED');
    const log = take(reviewed, LATE, enter(reviewed, LATE, opinion(at('2026-03-05', '16:00'), 'OBJECT')));
    expect(log.file.state).toBe('REVIEWED');
    const chief = lead(LATE, 'CHIEF');
    expect(refusalCode(() => decideCase(chief, log.file, 'GRANTED', null))).toBe('OBJECTION_UNRESOLVED');
    const end = { party: FAR, end: 'SETTLED' as const, resolution: '已让道' };
    const settled = take(log, LATE, resolveObjection(chief, log.file, end));
    const decided = take(settled, LATE, decideCase(chief, settled.file, 'GRANTED', null));
    expect(refusalCode(() => enter(decided, LATE, opinion(MONDAY)))).toBe('ILLEGAL_STEP');
  });
});

describe('a question to another node that is taken back', () => {
  const back = (log: CaseLog, reason = '该镇撤并,无法送达') =>
    withdrawQuestion(lead(MONDAY, 'CHIEF'), log.file, FAR, reason);

  test('is waited for no more: no silence, no excuse, and a later answer is over', () => {
    const log = take(asked(), MONDAY, back(asked()));
    expect(partyIn(log).withdrawn).toMatchObject({ reason: '该镇撤并,无法送达', actor: { role: 'CHIEF' } });
    expect(isOutstanding(partyIn(log))).toBe(false);
    expect(requestStateOf({ party: partyIn(log), state: log.file.state })).toBe('WITHDRAWN');
    expect(partyStandingOf(log.file, OPENED, partyIn(log)).standing.withdrawn).not.toBeNull();
    // its node received the question only now
    expect(enter(log, MONDAY, ASKED(MONDAY))).toBeNull();
    expect(refusalCode(() => enter(log, MONDAY, opinion(MONDAY)))).toBe('OPINION_SETTLED');
    const excuse = { says: 'EXCUSE' as const, at: MONDAY.toISOString(), actor, reason: '核查', days: 1 };
    expect(refusalCode(() => enter(log, MONDAY, excuse))).toBe('EXCUSE_TOO_LATE');
    const desk = partyDesk(MONDAY);
    const input = { party: FAR, opinion: 'AGREE' as const, reason: null };
    expect(refusalCode(() => answerRequest(desk, atParty(log), input))).toBe('OPINION_SETTLED');
    const silent = take(log, at('2026-03-09'), lapse(log, at('2026-03-09')));
    expect(partyIn(silent).lapse).toBeNull();
    expect(jointOpen(silent.file.joint)).toBe(false);
  });

  test('calls the party to no visit, and leaves none where it was the only one', () => {
    const visit = (parties: number[]) => ({ at: at('2026-03-04', '09:00'), place: '厂区', parties });
    const called = (parties: number[]) =>
      take(asked(), MONDAY, scheduleVisit(lead(MONDAY), asked().file, visit(parties)));
    const both = called([1, FAR]);
    expect(take(both, MONDAY, back(both)).file.joint?.visit?.called).toEqual([1]);
    const alone = called([FAR]);
    const log = take(alone, MONDAY, back(alone));
    expect(log.file.joint?.visit).toBeNull();
    expect(refusalCode(() => scheduleVisit(lead(MONDAY), log.file, visit([FAR])))).toBe('OPINION_SETTLED');
    const forged = log.next({
      action: 'VISIT_SCHEDULED',
      data: { ...visit([FAR]), at: visit([FAR]).at.toISOString() },
    });
    expect(refusalCode(() => foldLine(log.file, forged))).toBe('ILLEGAL_STEP');
  });

  test('is refused without a reason, by a clerk, once answered, of a decision by law, and of the item’s own department', () => {
    const log = asked();
    expect(refusalCode(() => back(log, ' '))).toBe('REASON_MISSING');
    expect(refusalCode(() => back(log, '联系人13800138000'))).toBe('BAD_INPUT');
    expect(refusalCode(() => withdrawQuestion(lead(MONDAY), log.file, FAR, '撤并'))).toBe('FORBIDDEN');
    const chief = lead(MONDAY, 'CHIEF');
    expect(refusalCode(() => withdrawQuestion(chief, log.file, 99, '撤并'))).toBe('NOT_FOUND');
    expect(refusalCode(() => withdrawQuestion(chief, log.file, 1, '撤并'))).toBe('JOINT_INCOMPLETE');
    const answered = take(log, MONDAY, enter(log, MONDAY, opinion(MONDAY)));
    expect(refusalCode(() => back(answered))).toBe('OPINION_SETTLED');
    const twice = take(log, MONDAY, back(log));
    expect(refusalCode(() => back(twice))).toBe('OPINION_SETTLED');
    const { joint } = log.file;
    const parties = joint?.parties.map((p) => ({ ...p, ask: 'STATUTORY' as const })) ?? [];
    const byLaw = { ...log.file, joint: joint && { ...joint, parties } };
    expect(refusalCode(() => withdrawQuestion(chief, byLaw, FAR, '撤并'))).toBe('NOT_COMPETENT');
    const line = log.next({ action: 'QUESTION_WITHDRAWN', data: { party: FAR, reason: '撤并' } });
    expect(refusalCode(() => foldLine(byLaw, line))).toBe('ILLEGAL_STEP');
  });
});

describe('a word', () => {
  test('of another node than the party’s, or of nobody’s party, is refused', () => {
    const log = asked();
    const word = wordOf(log, opinion(MONDAY));
    const by = (node: string, change: object) => () =>
      enterWord(lead(MONDAY), log.file, { node, word: { ...word, ...change }, jws: 'w' });
    expect(refusalCode(by(OTHER_TOWNSHIP, {}))).toBe('NOT_COMPETENT');
    expect(refusalCode(by(TOWNSHIP, { party: 1 }))).toBe('NOT_COMPETENT');
    expect(refusalCode(by(TOWNSHIP, { party: 99 }))).toBe('NOT_FOUND');
    expect(refusalCode(by(TOWNSHIP, { opinion: 'OBJECT' }))).toBe('REASON_MISSING');
  });

  test('of excuse gets a later deadline within the case’s own limit', () => {
    const log = take(asked(), MONDAY, enter(asked(), MONDAY, ASKED(MONDAY)));
    const excuse = (days: number) => ({
      says: 'EXCUSE' as const,
      at: MONDAY.toISOString(),
      actor,
      reason: '核查',
      days,
    });
    expect(refusalCode(() => enter(log, MONDAY, excuse(40)))).toBe('BAD_INPUT');
    const excused = take(log, MONDAY, enter(log, MONDAY, excuse(2)));
    expect(dayOf(partyIn(excused).dueAt)).toBe('2026-03-09');
    expect(refusalCode(() => enter(excused, MONDAY, excuse(2)))).toBe('EXCUSE_TOO_LATE');
  });

  test('on the visit stands for the visit as it is called, and for none that was moved', () => {
    const called = (day: string, log: CaseLog) => {
      const visit = { at: at(day, '09:00'), place: '厂区', parties: [FAR] };
      return take(log, MONDAY, scheduleVisit(lead(MONDAY), log.file, visit));
    };
    const first = called('2026-03-04', asked());
    const knows = (day: string) => {
      return { says: 'CALLED' as const, at: MONDAY.toISOString(), visitAt: at(day, '09:00').toISOString() };
    };
    const away = (day: string) => ({ ...knows(day), says: 'ABSENCE' as const, actor, reason: '抢险' });
    const known = take(first, MONDAY, enter(first, MONDAY, knows('2026-03-04')));
    expect(known.file.joint?.visit?.notified).toEqual([FAR]);
    expect(enter(known, MONDAY, knows('2026-03-04'))).toBeNull();
    const moved = called('2026-03-05', known);
    expect(moved.file.joint?.visit?.notified).toEqual([]);
    expect(enter(moved, MONDAY, knows('2026-03-04'))).toBeNull();
    expect(refusalCode(() => enter(moved, MONDAY, away('2026-03-04')))).toBe('NOT_FOUND');
    const excused = take(moved, MONDAY, enter(moved, MONDAY, away('2026-03-05')));
    expect(visitOf(excused.file.joint ?? { visit: null }, FAR)).toMatchObject({ excuse: '抢险', as: null });
    expect(refusalCode(() => enter(excused, MONDAY, away('2026-03-05')))).toBe('EXCUSE_TOO_LATE');
    const then = at('2026-03-05', '12:00');
    const record = (as: 'ABSENT' | 'EXCUSED') => {
      const attendance = [{ party: FAR, as, reason: '抢险' }];
      return () => recordVisit(lead(then), excused.file, { record: '踏勘', attendance, corrections: [] });
    };
    expect(refusalCode(record('ABSENT'))).toBe('BAD_INPUT');
    expect(codeOrDone(record('EXCUSED'))).toBeNull();
  });
});

describe('at the desk that was asked', () => {
  const told = take(asked(), MONDAY, enter(asked(), MONDAY, ASKED(MONDAY)));
  const give = (desk: PartyDesk, question = atParty(told), as: 'AGREE' | 'OBJECT' = 'AGREE', reason = '占道') =>
    answerRequest(desk, question, { party: FAR, opinion: as, reason });

  test.each([
    ['a clerk of the township’s comprehensive window', person(TOWNSHIP, 'CLERK'), null],
    ['a clerk of the very department', person(TOWNSHIP, 'CLERK', BUILDING), null],
    ['a chief', person(TOWNSHIP, 'CHIEF'), null],
    ['a clerk of another department', person(TOWNSHIP, 'CLERK', '农业农村'), 'WRONG_DEPARTMENT'],
    ['a clerk of another township', person(OTHER_TOWNSHIP, 'CLERK'), 'FORBIDDEN'],
    ['an agent', person(TOWNSHIP, 'AGENT'), 'FORBIDDEN'],
    ['a supervisor', person(TOWNSHIP, 'SUPERVISOR'), 'FORBIDDEN'],
  ])('%s answers or is refused', (_, viewer, code) => {
    expect(codeOrDone(() => give(partyDesk(MONDAY, viewer)))).toBe(code);
  });

  test.each([
    ['a clerk of the department', person(CITY, 'CLERK', '生态环境'), CITY, null],
    ['a clerk of another', person(CITY, 'CLERK', '教育'), CITY, 'WRONG_DEPARTMENT'],
    ['a clerk of none', person(CITY, 'CLERK'), CITY, 'WRONG_DEPARTMENT'],
    ['the lead’s clerk', person(COUNTY, 'CLERK', '生态环境'), CITY, 'FORBIDDEN'],
    ['the city’s supervisor', person(CITY, 'SUPERVISOR'), TOWNSHIP, null],
    ['the township’s supervisor', person(TOWNSHIP, 'SUPERVISOR'), CITY, 'FORBIDDEN'],
    ['an agent', person(TOWNSHIP, 'AGENT'), TOWNSHIP, 'FORBIDDEN'],
    ['a cataloguer', person(CITY, 'CATALOGUER', '生态环境'), CITY, 'FORBIDDEN'],
  ])('%s reads the question or is refused', (_, viewer, node, code) => {
    expect(codeOrDone(() => requireRequestReader(viewer, node, '生态环境', divisions))).toBe(code);
  });

  test('the list is of the own department; of all at a comprehensive window and for supervisors', () => {
    expect(readableDepartment(person(CITY, 'CLERK', '生态环境'), CITY, divisions)).toBe('生态环境');
    expect(readableDepartment(person(TOWNSHIP, 'CLERK'), TOWNSHIP, divisions)).toBeNull();
    expect(readableDepartment(person(CITY, 'SUPERVISOR'), COUNTY, divisions)).toBeNull();
  });

  test('an objection has its reason, and nothing is said of a case that ended or was answered', () => {
    expect(refusalCode(() => give(partyDesk(MONDAY), atParty(told), 'OBJECT', ' '))).toBe('REASON_MISSING');
    const ended = { ...atParty(told), state: 'WITHDRAWN' as const };
    expect(refusalCode(() => give(partyDesk(MONDAY), ended))).toBe('OPINION_SETTLED');
    expect(requestStateOf(ended)).toBe('ENDED');
    const answered = take(told, MONDAY, enter(told, MONDAY, opinion(MONDAY)));
    expect(refusalCode(() => give(partyDesk(MONDAY), atParty(answered)))).toBe('OPINION_SETTLED');
    expect(requestStateOf(atParty(answered))).toBe('ANSWERED');
  });

  test('an excuse comes once, in time, with a reason, and not past the case’s own limit', () => {
    const excuse = (now: Date, days = 2, reason = '核查') => excuseRequest(partyDesk(now), atParty(told), reason, days);
    expect(codeOrDone(() => excuse(MONDAY))).toBeNull();
    expect(refusalCode(() => excuse(MONDAY, 40))).toBe('BAD_INPUT');
    expect(refusalCode(() => excuse(MONDAY, 2, ''))).toBe('REASON_MISSING');
    expect(refusalCode(() => excuse(at('2026-03-06')))).toBe('EXCUSE_TOO_LATE');
  });

  test('there is no excuse from a visit that nobody called to', () => {
    expect(refusalCode(() => excuseAttendance(partyDesk(MONDAY), atParty(told), '抢险'))).toBe('NOT_FOUND');
  });

  test('the desk’s own words stand until the lead says more', () => {
    const words = [{ word: wordOf(told, opinion(MONDAY, 'OBJECT')), jws: 'w' }];
    const known = withOwnWords(atParty(told), words);
    expect(known.party.given).toMatchObject({ opinion: 'OBJECT', answer: 'w' });
    expect(isOutstanding(known.party)).toBe(false);
    const later = opinion(at('2026-03-03'));
    const answered = take(told, MONDAY, enter(told, MONDAY, later, 'later'));
    expect(withOwnWords(atParty(answered), words).party.given?.answer).toBe('later');
  });
});

test('a party is shown what the lead named, all where it named nothing, and nothing that is not there', () => {
  const [first] = ACCEPTANCE.standard.materials.map((m) => m.name);
  const one = asked([first ?? '']);
  expect(shownMaterials(one.file, partyIn(one)).map((m) => m.name)).toEqual([first]);
  expect(shownMaterials(one.file, partyIn(asked()))).toEqual(one.file.materials);
  expect(refusalCode(() => asked(['户口簿']))).toBe('BAD_INPUT');
});

test('a notice says something new only where the party stands differently, and the newer one counts', () => {
  const log = asked();
  const told = take(log, MONDAY, enter(log, MONDAY, ASKED(MONDAY)));
  const of = (l: CaseLog) => partyStandingOf(l.file, OPENED, partyIn(l));
  const other = log.taken(
    giveOpinion(deskOf(COUNTY, 'CLERK', { item: ACCEPTANCE, now: MONDAY, department: '消防' }), log.file, {
      party: 3,
      opinion: 'AGREE',
      reason: null,
    }),
    MONDAY,
  );
  expect(sameStanding(of(log), of(other))).toBe(true);
  expect(sameStanding(of(log), of(told))).toBe(false);
  expect(isAsNew(of(told), of(log))).toBe(true);
  expect(isAsNew(of(log), of(told))).toBe(false);
  const withdrawn = log.withdrawn();
  expect(sameStanding(of(log), of(withdrawn))).toBe(false);
});

test('whatever another node signs and whenever it comes in, nobody unasked is silent and no answer in time is lost', () => {
  const move = fc.record({
    kind: fc.constantFrom('ASKED', 'AGREE', 'OBJECT', 'EXCUSE', 'LAPSE', 'REVIEW', 'DECIDE'),
    /** Hours from the opening to the answer, and from the answer to its arrival. */
    said: fc.integer({ min: 0, max: 300 }),
    late: fc.integer({ min: 0, max: 300 }),
  });
  let silences = 0;
  let rescued = 0;
  fc.assert(
    fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
      let log = asked();
      for (const department of ACCEPTANCE.bundle?.departments ?? []) {
        const desk = deskOf(COUNTY, 'CLERK', { item: ACCEPTANCE, now: MONDAY, department });
        const party = log.file.joint?.parties.find((p) => p.department === department)?.number ?? 0;
        log = log.taken(giveOpinion(desk, log.file, { party, opinion: 'AGREE', reason: null }), MONDAY);
      }
      for (const { kind, said, late } of moves) {
        const then = new Date(MONDAY.getTime() + said * 3_600_000);
        const now = new Date(Math.max(log.file.lastAt.getTime(), then.getTime() + late * 3_600_000));
        const before = partyIn(log);
        const open = log.file.state === 'ACCEPTED' || log.file.state === 'REVIEWED';
        const step = () => {
          if (kind === 'LAPSE') return lapse(log, now);
          if (kind === 'REVIEW') return reviewCase(lead(now), log.file, 'APPROVE', null);
          if (kind === 'DECIDE') return decideCase(lead(now, 'CHIEF'), log.file, 'GRANTED', null);
          if (kind === 'ASKED') return enter(log, now, ASKED(then));
          if (kind === 'EXCUSE') {
            return enter(log, now, { says: 'EXCUSE', at: then.toISOString(), actor, reason: '核查', days: 2 });
          }
          return enter(log, now, opinion(then, kind));
        };
        const answers = kind === 'AGREE' || kind === 'OBJECT';
        let taken = false;
        const code = codeOrDone(() => {
          const made = step();
          if (made) log = log.taken(made, now);
          taken = made !== null;
        });
        // an answer signed in time counts while the case is undecided, even if the silence was logged meanwhile
        const inTime = answers && open && before.given === null && then <= before.dueAt;
        expect(inTime && !(taken && code === null)).toBe(false);
        if (answers && taken && before.lapse !== null) rescued++;
        const { asked: had, dueAt, lapse: silence } = partyIn(log);
        if (silence !== null) silences++;
        expect(silence !== null && (had === null || silence.at <= dueAt)).toBe(false);
        const granted = log.file.decision !== null;
        expect(granted && jointOpen(log.file.joint)).toBe(false);
      }
      expect(foldLog(log.lines)).toEqual(log.file);
    }),
    { numRuns: 400, seed: 20 },
  );
  expect(silences).toBeGreaterThan(0);
  expect(rescued).toBeGreaterThan(0);
});

describe('what a party was shown', () => {
  const notice = (change: Partial<OpinionNotice>) => {
    const log = asked();
    return { ...partyStandingOf(log.file, OPENED, partyIn(log)), ...change };
  };
  const over = new Date('2026-03-02T02:00:00Z');

  test.each(['CLOSED', 'WITHDRAWN', 'TERMINATED', 'NOT_ACCEPTED', 'VOIDED'] as const)(
    'is kept for 90 days after the case ended (%s), to the end of the day',
    (state) => {
      expect(shownUntil(notice({ state, asOf: over }))).toEqual(endOfDay('2026-05-31'));
    },
  );

  test.each(['ACCEPTED', 'REVIEWED', 'GRANTED', 'REFUSED', 'DELIVERED'] as const)(
    'is kept as long as the case goes on: %s',
    (state) => expect(shownUntil(notice({ state, asOf: over }))).toBeNull(),
  );

  test('is kept for 90 days after the question was taken back', () => {
    const withdrawn = { at: over, actor: { sub: 'lead', name: '牵头', role: 'CHIEF' as const }, reason: '不再需要' };
    const { standing } = notice({});
    expect(shownUntil(notice({ standing: { ...standing, withdrawn } }))).toEqual(endOfDay('2026-05-31'));
  });
});
