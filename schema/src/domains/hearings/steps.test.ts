import type { HearingPlan, HeldHearing } from './steps.ts';
import {
  callHearing,
  hearParty,
  holdHearing,
  offerHearing,
  recuseChair,
  requestHearing,
  tellInterested,
  waiveHearing,
} from './steps.ts';
import type { Step } from '../../case/step-context.ts';
import { decideCase, decideOnTheSpot, reviewCase } from '../handling/decision.ts';
import { endProcedure, startProcedure } from '../handling/procedures.ts';
import { withdrawCase } from '../handling/endings.ts';
import { forwardCase } from '../handling/hand-off.ts';
import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { at, calendar, COUNTY, divisions, itemOf, material, TOWNSHIP } from '../../testing/fixtures.ts';
import { CHAIR, licenceAccepted } from '../../testing/hearing-log.ts';
import { refusal, refusalCode } from '../../testing/refusals.ts';
import type { HearingNeed } from '../catalogue/item-words.ts';
import type { Role } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { clockOf } from '../../case/clock.ts';

// 林木采伐许可, accepted at 三门县 on Monday 2 March 2026; no holidays until 清明 (4–6 April).
const FELLING = itemOf('3310-LY-001');
const needing = (hearing: HearingNeed): Item => ({ ...FELLING, hearing });
const desk = (role: Role, on: string, item: Item = FELLING, sub = `${role}-1`) =>
  deskOf(COUNTY, role, { now: at(on, '15:00'), item, sub });
const told = (grave: boolean, count = 2) => ({ count, register: material('名册'), matter: '采光', grave });
const plan = (day: string, change: Partial<HearingPlan> = {}): HearingPlan => ({
  at: at(day, '10:00'),
  place: '听证室',
  chair: CHAIR,
  announcement: null,
  ...change,
});
const record = (attended: number[]) => ({ attended, signed: attended, unsigned: [], record: material('笔录') });

/** A case on which a test takes one step after another. */
function story(item: Item) {
  let log = licenceAccepted(item);
  const go = (step: Step, on: string) => {
    log = log.taken(step, at(on, '15:00'));
  };
  return {
    get file() {
      return log.file;
    },
    go,
    review: (on: string) => go(reviewCase(desk('CLERK', on, item), log.file, 'APPROVE', null), on),
    decide: (on: string) => decideCase(desk('CHIEF', on, item), log.file, 'GRANTED', null),
    tell: (on: string, grave = true) => go(tellInterested(desk('CLERK', on, item), log.file, told(grave)), on),
    offer: (on: string) => go(offerHearing(desk('CLERK', on, item), log.file, '可申请听证'), on),
    ask: (on: string, party: number) => go(requestHearing(desk('CLERK', on, item), log.file, party), on),
    waive: (on: string, party: number) => go(waiveHearing(desk('CLERK', on, item), log.file, party), on),
    call: (on: string, wanted: HearingPlan) => go(callHearing(desk('CHIEF', on, item), log.file, wanted), on),
    hold: (on: string, attended: number[]) =>
      go(holdHearing(desk('CLERK', on, item, CHAIR.sub), log.file, record(attended)), on),
  };
}

describe('a licence is decided', () => {
  test('without a hearing where neither item nor anybody’s interest needs one', () => {
    const made = story(needing('NONE'));
    made.tell('2026-03-03', false);
    made.review('2026-03-04');
    expect(made.decide('2026-03-05').lines[0]).toMatchObject({ action: 'DECIDED' });
  });

  test('not before a hearing was offered, where the item says so', () => {
    const made = story(needing('OFFERED'));
    made.review('2026-03-03');
    expect(refusal(() => made.decide('2026-03-04'))).toMatchObject({
      code: 'HEARING_NOT_OFFERED',
      article: ARTICLES.hearingOffered,
    });
  });

  test('not before a hearing was offered to everybody a great interest of whom it touches', () => {
    const made = story(needing('NONE'));
    made.review('2026-03-03');
    made.tell('2026-03-03');
    expect(refusal(() => made.decide('2026-03-04'))).toMatchObject({
      code: 'HEARING_NOT_OFFERED',
      message: 'Not told of the right to a hearing: the applicant, interested party 1, interested party 2.',
    });
    made.offer('2026-03-04');
    made.tell('2026-03-05');
    expect(refusal(() => made.decide('2026-03-20')).message).toContain('interested party 3, interested party 4');
  });

  test('not while a hearing may still be asked for: five working days, unless everybody gives it up', () => {
    const made = story(needing('OFFERED'));
    made.review('2026-03-03');
    made.offer('2026-03-04');
    expect(made.file.hearing.offers).toMatchObject([{ party: 0, until: at('2026-03-11', '23:59:59.999') }]);
    expect(refusal(() => made.decide('2026-03-11'))).toMatchObject({ code: 'HEARING_OPEN' });
    expect(made.decide('2026-03-12').lines).toHaveLength(1);
    made.waive('2026-03-05', 0);
    expect(made.decide('2026-03-05').lines).toHaveLength(1);
  });

  test('not before the hearing that was asked for, and then by its record', () => {
    const made = story(needing('OFFERED'));
    made.review('2026-03-03');
    made.offer('2026-03-04');
    made.ask('2026-03-06', 0);
    expect(refusalCode(() => made.decide('2026-03-30'))).toBe('HEARING_OPEN');
    made.call('2026-03-09', plan('2026-03-18'));
    made.hold('2026-03-18', [0]);
    const decided = made.decide('2026-03-19');
    expect(decided.lines[0]).toMatchObject({ data: { records: [material('笔录').sha256] } });
    made.go(decided, '2026-03-19');
    expect(made.file.decision?.records).toEqual([material('笔录').sha256]);
  });

  test('only after a hearing announced to the public, where the item says that one is held', () => {
    const made = story(needing('HELD'));
    made.review('2026-03-03');
    expect(refusal(() => made.decide('2026-03-04'))).toMatchObject({
      code: 'HEARING_MISSING',
      article: ARTICLES.hearingHeld,
    });
    expect(refusal(() => made.call('2026-03-04', plan('2026-03-18')))).toMatchObject({
      code: 'NOTICE_MISSING',
      field: 'announcement',
      article: ARTICLES.hearingHeld,
    });
    made.call('2026-03-04', plan('2026-03-18', { announcement: '公告' }));
    made.hold('2026-03-18', []);
    expect(made.decide('2026-03-19').lines).toHaveLength(1);
  });

  test('on the spot under the same rules', () => {
    const instant: Item = {
      ...needing('OFFERED'),
      processingClass: 'INSTANT',
      signOff: { level: 'WINDOW', maxLayers: 1 },
    };
    const filed = CaseLog.filed({ item: instant, node: COUNTY, acceptor: COUNTY, decider: COUNTY });
    const decide = (item: Item) => {
      const outcome = { outcome: 'GRANTED', reason: null } as const;
      return decideOnTheSpot(desk('CLERK', '2026-03-02', item), filed.file, outcome);
    };
    expect(refusalCode(() => decide(instant))).toBe('HEARING_NOT_OFFERED');
    expect(decide({ ...instant, hearing: 'NONE' }).lines).toHaveLength(3);
  });
});

test('what is no licence follows its own basis: nothing is offered, nothing is owed', () => {
  const item: Item = { ...itemOf('3310-MZ-001'), hearing: 'HELD' };
  const log = CaseLog.filed({ item }).handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY);
  const at_ = { now: at('2026-03-04', '15:00'), item };
  const clerk = deskOf(COUNTY, 'CLERK', at_);
  expect(refusal(() => offerHearing(clerk, log.file, '可申请听证'))).toMatchObject({
    code: 'ILLEGAL_STEP',
    article: ARTICLES.hearingOffered,
  });
  expect(refusalCode(() => callHearing(deskOf(COUNTY, 'CHIEF', at_), log.file, plan('2026-03-30')))).toBe(
    'ILLEGAL_STEP',
  );
  const reviewed = log.reviewed();
  expect(decideCase(deskOf(COUNTY, 'CHIEF', at_), reviewed.file, 'GRANTED', null).lines).toHaveLength(1);
  const start = { kind: 'HEARING', notice: '依其依据举行听证', expectedDays: 20 } as const;
  expect(startProcedure(clerk, log.file, start).lines).toHaveLength(1);
});

describe('interested parties', () => {
  test('are told of what touches them and of nobody’s name, and get the next numbers', () => {
    const made = story(FELLING);
    made.tell('2026-03-03');
    made.tell('2026-03-04');
    expect(made.file.hearing.groups.map(({ first, count }) => [first, count])).toEqual([
      [1, 2],
      [3, 2],
    ]);
    const clerk = desk('CLERK', '2026-03-05');
    const say = (matter: string) => tellInterested(clerk, made.file, { ...told(true), matter });
    expect(refusal(() => say(' '))).toMatchObject({ code: 'REASON_MISSING', article: ARTICLES.interestedParties });
    expect(refusalCode(() => say('电话 13800000001'))).toBe('BAD_INPUT');
  });

  test('state and defend, as the applicant does; the log holds the digest of what they say', () => {
    const made = story(FELLING);
    made.tell('2026-03-03', false);
    const hear = (party: number) => hearParty(desk('CLERK', '2026-03-04'), made.file, party, material('张三不同意'));
    made.go(hear(2), '2026-03-04');
    made.go(hear(0), '2026-03-04');
    expect(made.file.hearing.statements.map((s) => s.party)).toEqual([2, 0]);
    expect(refusalCode(() => hear(3))).toBe('NOT_FOUND');
  });
});

describe('a hearing is asked for', () => {
  const offered = () => {
    const made = story(needing('OFFERED'));
    made.tell('2026-03-03');
    made.offer('2026-03-04');
    return made;
  };

  test('by whoever was told, within five working days, once', () => {
    const made = offered();
    made.ask('2026-03-11', 2);
    expect(made.file.hearing.requests).toMatchObject([{ party: 2, holdBy: at('2026-04-09', '23:59:59.999') }]);
    expect(refusalCode(() => made.ask('2026-03-11', 2))).toBe('ILLEGAL_STEP');
    expect(refusal(() => made.ask('2026-03-12', 0))).toMatchObject({
      code: 'HEARING_TOO_LATE',
      article: ARTICLES.hearingOffered,
    });
    expect(refusalCode(() => made.ask('2026-03-11', 5))).toBe('NOT_FOUND');
  });

  test('by nobody who was not told of the right', () => {
    const made = story(FELLING);
    expect(refusalCode(() => made.ask('2026-03-03', 0))).toBe('HEARING_NOT_OFFERED');
    expect(refusalCode(() => made.waive('2026-03-03', 0))).toBe('HEARING_NOT_OFFERED');
  });

  test('by nobody who gave it up; one that nobody wants any more falls away', () => {
    const made = offered();
    made.ask('2026-03-05', 1);
    made.call('2026-03-05', plan('2026-03-18'));
    made.waive('2026-03-06', 1);
    expect(made.file.hearing).toMatchObject({ requests: [], call: null });
    expect(made.file.procedures).toMatchObject([{ kind: 'HEARING', endedAt: at('2026-03-06', '15:00') }]);
    expect(refusalCode(() => made.ask('2026-03-06', 1))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => made.waive('2026-03-06', 1))).toBe('ILLEGAL_STEP');
  });

  test('offers it in writing, and to each once', () => {
    const made = offered();
    const offer = (notice: string, file = made.file) =>
      offerHearing(desk('CLERK', '2026-03-05', needing('OFFERED')), file, notice);
    expect(refusalCode(() => offer('可申请听证'))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => offer('', licenceAccepted().file))).toBe('NOTICE_MISSING');
  });

  test('keeps the clock still from the request to the record (Art. 45)', () => {
    const made = story({ ...needing('OFFERED') });
    made.offer('2026-03-02');
    made.ask('2026-03-05', 0);
    made.call('2026-03-05', plan('2026-03-18'));
    const clock = () => clockOf(made.file, calendar, divisions, at('2026-03-20', '15:00'));
    expect(clock()?.pausedSince).toEqual(at('2026-03-05', '15:00'));
    made.hold('2026-03-18', [0]);
    expect(clock()).toMatchObject({ pausedSince: null, excludedDays: 9, usedDays: 5 });
  });

  test('is no procedure that somebody starts or ends by hand', () => {
    const made = offered();
    const start = { kind: 'HEARING', notice: '听证', expectedDays: 20 } as const;
    expect(refusalCode(() => startProcedure(desk('CLERK', '2026-03-05'), made.file, start))).toBe('ILLEGAL_STEP');
    made.ask('2026-03-05', 0);
    expect(refusalCode(() => endProcedure(desk('CLERK', '2026-03-05'), made.file, 1, '结束'))).toBe('HEARING_OPEN');
  });
});

describe('a hearing is called', () => {
  const asked = () => {
    const made = story(needing('OFFERED'));
    made.review('2026-03-03');
    made.offer('2026-03-04');
    made.ask('2026-03-05', 0);
    return made;
  };

  test('seven working days ahead and within twenty of the request', () => {
    const made = asked();
    // the seventh working day after the 9th is the 18th, the twentieth after the 5th is 2 April
    expect(refusal(() => made.call('2026-03-09', plan('2026-03-17')))).toMatchObject({
      code: 'HEARING_NOTICE_SHORT',
      field: 'at',
      article: ARTICLES.hearingRules,
    });
    expect(refusal(() => made.call('2026-03-09', plan('2026-04-03')))).toMatchObject({
      code: 'HEARING_TOO_LATE',
      article: ARTICLES.hearingOffered,
    });
    made.call('2026-03-09', plan('2026-03-18'));
    made.call('2026-03-10', plan('2026-04-02'));
    expect(made.file.hearing.call).toMatchObject({ at: at('2026-04-02', '10:00'), ownMotion: false });
  });

  test('as soon as the notice allows when the organ is late already', () => {
    const made = asked();
    expect(refusalCode(() => made.call('2026-04-07', plan('2026-04-20')))).toBe('HEARING_TOO_LATE');
    made.call('2026-04-07', plan('2026-04-16'));
    expect(made.file.hearing.call).not.toBeNull();
  });

  test('by the chief and by no clerk, at a place', () => {
    const made = asked();
    const call = (role: Role, change = {}) =>
      callHearing(desk(role, '2026-03-09'), made.file, plan('2026-03-18', change));
    expect(refusalCode(() => call('CLERK'))).toBe('FORBIDDEN');
    expect(refusal(() => call('CHIEF', { place: ' ' }))).toMatchObject({ code: 'BAD_INPUT', field: 'place' });
    expect(call('CHIEF').lines).toHaveLength(1);
  });

  test('under no chair who accepted or reviewed the case, also as the second', () => {
    const made = asked();
    const under = (sub: string) =>
      refusal(() => made.call('2026-03-09', plan('2026-03-18', { chair: { sub, name: '人员' } })));
    const barred = { code: 'HEARING_CHAIR', article: ARTICLES.hearingRules, field: 'chair' };
    expect(under('CLERK-1')).toMatchObject(barred);
    expect(under(made.file.acceptance?.actor.sub ?? '')).toMatchObject(barred);
    const second = { sub: 'second', name: '第二人' };
    const log = licenceAccepted().add({ action: 'REVIEWED', data: { opinion: 'APPROVE', second } });
    const announced = plan('2026-03-30', { chair: second, announcement: '公告' });
    expect(refusalCode(() => callHearing(desk('CHIEF', '2026-03-09'), log.file, announced))).toBe('HEARING_CHAIR');
  });

  test('and its chair reviews nothing afterwards, neither first nor second', () => {
    const made = story(needing('HELD'));
    made.call('2026-03-03', plan('2026-03-16', { announcement: '公告' }));
    const review = (sub: string, second: { sub: string; name: string } | null = null) =>
      reviewCase(desk('CLERK', '2026-03-04', FELLING, sub), made.file, 'APPROVE', null, null, second);
    expect(refusal(() => review(CHAIR.sub))).toMatchObject({ code: 'HEARING_CHAIR', article: ARTICLES.hearingRules });
    expect(refusalCode(() => review('other', CHAIR))).toBe('HEARING_CHAIR');
    expect(review('other').lines).toHaveLength(1);
  });

  test('again with another chair, where who was named steps back for an interest; the time stays', () => {
    const made = asked();
    made.call('2026-03-09', plan('2026-03-18'));
    const recuse = (role: Role, reason = '系申请人亲属') => recuseChair(desk(role, '2026-03-17'), made.file, reason);
    expect(refusalCode(() => recuse('CHIEF'))).toBe('FORBIDDEN');
    expect(refusal(() => recuse('HEAD', ''))).toMatchObject({
      code: 'REASON_MISSING',
      article: ARTICLES.hearingRules,
    });
    made.go(recuse('HEAD'), '2026-03-17');
    expect(refusalCode(() => made.hold('2026-03-18', [0]))).toBe('HEARING_CHAIR');
    expect(refusalCode(() => recuse('HEAD'))).toBe('NOT_FOUND');
    made.call('2026-03-17', plan('2026-03-18', { chair: { sub: 'chair-2', name: '另一主持人' } }));
    expect(made.file.hearing.call?.chair?.sub).toBe('chair-2');
    expect(made.file.hearing.chairs).toEqual([CHAIR.sub, 'chair-2']);
  });
});

describe('the record of a hearing', () => {
  const called = () => {
    const made = story(needing('OFFERED'));
    made.tell('2026-03-03');
    made.offer('2026-03-04');
    made.ask('2026-03-05', 0);
    made.call('2026-03-09', plan('2026-03-18'));
    return made;
  };
  const hold = (made: ReturnType<typeof called>, change: Partial<HeldHearing>, on = '2026-03-18') =>
    holdHearing(desk('CLERK', on, FELLING, CHAIR.sub), made.file, { ...record([0, 1]), ...change });

  test('is filed by its chair, after the hearing', () => {
    const made = called();
    const other = desk('CLERK', '2026-03-18', FELLING, 'other');
    expect(refusal(() => holdHearing(other, made.file, record([0])))).toMatchObject({
      code: 'HEARING_CHAIR',
      article: ARTICLES.hearingRules,
    });
    expect(refusalCode(() => hold(made, {}, '2026-03-17'))).toBe('BAD_INPUT');
    expect(hold(made, {}).lines.map((l) => l.action)).toEqual(['HEARING_HELD', 'PROCEDURE_ENDED']);
  });

  test('is signed by everybody who came, or says why not', () => {
    const made = called();
    expect(refusal(() => hold(made, { signed: [0] }))).toMatchObject({ code: 'BAD_INPUT', field: 'signed' });
    expect(refusalCode(() => hold(made, { signed: [0, 2] }))).toBe('BAD_INPUT');
    expect(refusalCode(() => hold(made, { attended: [0, 0] }))).toBe('BAD_INPUT');
    const unsigned = [{ party: 1, reason: '拒绝签字' }];
    expect(hold(made, { signed: [0], unsigned }).lines[0]).toMatchObject({ data: { unsigned } });
  });

  test('needs a hearing that was called', () => {
    const { file } = licenceAccepted();
    expect(refusalCode(() => holdHearing(desk('CLERK', '2026-03-18'), file, record([0])))).toBe('NOT_FOUND');
  });

  test('may be filed by a chair of another department, who reviews nothing here', () => {
    const made = called();
    const legal = deskOf(COUNTY, 'CLERK', { now: at('2026-03-18', '15:00'), department: '司法', sub: CHAIR.sub });
    expect(holdHearing(legal, made.file, record([0])).lines).toHaveLength(2);
  });

  test('keeps the case where it is until it is there', () => {
    const made = called();
    expect(refusalCode(() => withdrawCase(desk('CLERK', '2026-03-10'), made.file, ''))).toBe('REASON_MISSING');
    const elsewhere = { ...made.file, decider: TOWNSHIP, state: 'REVIEWED' as const };
    expect(refusalCode(() => forwardCase(desk('CLERK', '2026-03-10'), elsewhere, null))).toBe('PROCEDURE_OPEN');
  });
});
