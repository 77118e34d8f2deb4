import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { caseIdOf } from '../kernel/identifiers.ts';
import type { LogLine } from './log-line.ts';
import { logLineSchema } from './log-line.ts';
import { anyItem, anyVillage } from '../testing/arbitraries.ts';
import { clerkOf } from '../testing/case-log.ts';
import { deskOf } from '../testing/desks.ts';
import { at, calendar, divisions } from '../testing/fixtures.ts';
import type { CaseState } from './words.ts';
import type { LogAction } from './log-words.ts';
import { FEE_ACTIONS } from '../domains/fees/state.ts';
import { CASE_STATES, CLOSED_STATES, CONCLUDED_STATES, isClosed } from './words.ts';
import { JOINT_ACTIONS, LOG_ACTIONS } from './log-words.ts';
import type { CaseFile } from './case-file.ts';
import { conclusionOf, custodyAt, hopsOf, workDoneAt } from './case-file.ts';
import { isUrgent } from '../domains/expedited/rules.ts';
import { HEARING_ACTIONS } from '../domains/hearings/rules.ts';
import { foldLine, foldLog, openFile } from './case-state.ts';
import type { Step } from './step-context.ts';
import { REMEDIES } from './step-rules.ts';
import { acceptCase } from '../domains/handling/acceptance.ts';
import { decideCase, reviewCase } from '../domains/handling/decision.ts';
import { forwardCase } from '../domains/handling/hand-off.ts';
import { giveOpinion, openJoint } from '../domains/joint/steps.ts';
import { offerHearing, waiveHearing } from '../domains/hearings/steps.ts';
import { dayOf } from '../kernel/calendar.ts';
import { clockOf } from './clock.ts';
import { countDays } from '../kernel/limits.ts';
import { PROXY_ACTIONS } from '../domains/proxy/rules.ts';

import { anyJourney, takeIn, travel } from '../testing/journeys/ordinary-journey.ts';

const count = (lines: readonly LogLine[], action: LogAction) => lines.filter((l) => l.action === action).length;

/** Runs the property over random journeys, with `check` after every line. */
function onEveryJourney(check: (lines: readonly LogLine[], file: CaseFile) => void): void {
  fc.assert(
    fc.property(anyJourney, (journey) => {
      travel(journey, check);
    }),
    { numRuns: 150 },
  );
}

describe('on every journey of a case', () => {
  test('exactly one node holds it, and what is under way is under way to another', () => {
    onEveryJourney((_, file) => {
      const known = new Set([...file.holders, file.acceptor, file.decider, file.inTransitTo ?? file.custodian]);
      expect([...known].filter((node) => custodyAt(file, node) !== 'ELSEWHERE')).toEqual([file.custodian]);
      expect(file.spans.filter((span) => span.to === null).map((span) => span.node)).toEqual([file.custodian]);
      expect(file.inTransitTo).not.toBe(file.custodian);
    });
  });

  test('the epoch rises by one with each hand-off, taken or refused, and the number by one with each line', () => {
    onEveryJourney((lines, file) => {
      expect(file.epoch).toBe(1 + count(lines, 'RECEIVED') + count(lines, 'HANDOFF_REFUSED'));
      expect(hopsOf(file)).toBe(count(lines, 'RECEIVED'));
      expect(lines.map((line) => line.seq)).toEqual(lines.map((_, i) => i + 1));
      expect(file.seq).toBe(lines.length);
    });
  });

  test('it is accepted, noticed and decided at most once, and closed stays closed', () => {
    onEveryJourney((lines, file) => {
      expect(count(lines, 'DECIDED')).toBeLessThanOrEqual(1);
      expect(count(lines, 'ACCEPTED')).toBeLessThanOrEqual(1);
      expect(count(lines, 'SUPPLEMENT_REQUESTED')).toBeLessThanOrEqual(1);
      for (const once of ['FILED', 'PRECHECKED', 'EXTENDED', 'DOCUMENT_ISSUED', 'DELIVERED', 'RATED'] as const) {
        expect(count(lines, once)).toBeLessThanOrEqual(1);
      }
      const closing = lines.findIndex((l) => (CLOSED_STATES as readonly string[]).includes(l.action));
      expect(isClosed(file.state)).toBe(closing !== -1);
      // only the rating follows the closing
      expect(closing === -1 ? [] : lines.slice(closing + 1).map((l) => l.action)).toEqual(file.rating ? ['RATED'] : []);
    });
  });

  test('its state is one of the list and stands on what the log says', () => {
    onEveryJourney((lines, file) => {
      expect(CASE_STATES).toContain(file.state);
      expect(file.closedAt !== null).toBe(isClosed(file.state));
      expect(file.decision !== null).toBe(count(lines, 'DECIDED') === 1);
      expect(file.answer !== null).toBe(count(lines, 'ANSWERED') === 1);
      const concluded: CaseState[] = [...CONCLUDED_STATES, 'DELIVERED', 'CLOSED'];
      const mayBeConcluded = [...concluded, 'VOIDED'].includes(file.state);
      expect(conclusionOf(file) === null ? !concluded.includes(file.state) : mayBeConcluded).toBe(true);
      const decided = file.state === 'GRANTED' || file.state === 'REFUSED';
      expect(decided && file.decision?.outcome !== file.state).toBe(false);
      expect(file.filed).toBe(count(lines, 'FILED') === 1);
      expect(file.delivery === null || file.issued !== null).toBe(true);
      expect(file.acceptance !== null).toBe(count(lines, 'ACCEPTED') === 1);
      expect(file.supplement !== null).toBe(count(lines, 'SUPPLEMENT_REQUESTED') === 1);
      const before: CaseState[] = file.acceptance ? ['FILED', 'AWAITING_SUPPLEMENT'] : ['ACCEPTED', 'REVIEWED'];
      expect(before).not.toContain(file.state);
      const awaited = file.supplement !== null && file.supplement.suppliedAt === null && !isClosed(file.state);
      expect(awaited).toBe(file.state === 'AWAITING_SUPPLEMENT');
    });
  });

  test('only the competent organ accepts and decides, and a village does neither, nor reviews, asks or issues', () => {
    const organs: LogAction[] = [
      'ACCEPTED',
      'NOT_ACCEPTED',
      'SUPPLEMENT_REQUESTED',
      'REVIEWED',
      'DECIDED',
      'DOCUMENT_ISSUED',
    ];
    onEveryJourney((lines, file) => {
      const writersOf = (...actions: LogAction[]) =>
        lines.filter((line) => actions.includes(line.action)).map((line) => line.node);
      expect(writersOf(...organs).filter((node) => divisions.get(node).tier === 'VILLAGE')).toEqual([]);
      const acceptors = writersOf('ACCEPTED', 'NOT_ACCEPTED', 'SUPPLEMENT_REQUESTED');
      expect(acceptors.filter((node) => node !== file.acceptor)).toEqual([]);
      expect(writersOf('DECIDED').filter((node) => node !== file.decider)).toEqual([]);
      expect(writersOf('REVIEWED').filter((node) => ![file.acceptor, file.decider].includes(node))).toEqual([]);
    });
  });

  test('no day is lost: those used and those excluded are all days from acceptance on', () => {
    onEveryJourney((_, file) => {
      const now = at('2026-11-30');
      const clock = clockOf(file, calendar, divisions, now);
      if (!clock) return;
      const until = dayOf(workDoneAt(file) ?? file.closedAt ?? now);
      const whole = countDays(clock.startedOn, until, clock.unit, calendar);
      expect(clock.usedDays + clock.excludedDays).toBe(Math.max(0, whole));
      expect(clock.desks.reduce((sum, desk) => sum + desk.usedDays, 0)).toBe(clock.usedDays);
      const extension = file.extension?.days ?? 0;
      // plain days may end on a later working day, an extension on a later day
      const plain = extension === 0 && clock.unit === 'WORKDAY' && clock.expedited === null;
      expect(plain ? clock.usedDays + clock.remainingDays : clock.promised.days).toBe(clock.promised.days);
    });
  });

  test('the green channel and urgency never end later than the promise, and are never lost', () => {
    onEveryJourney((lines, file) => {
      const inProject = count(lines, 'PROJECT_LINKED') - count(lines, 'PROJECT_LEFT');
      expect(inProject).toBe(file.project === null ? 0 : 1);
      expect(file.greenChannel !== null).toBe(count(lines, 'GREEN_CHANNEL_OPENED') === 1);
      expect(file.urgency !== null).toBe(count(lines, 'URGENCY_ASKED') > 0);
      const now = at('2026-11-30');
      const clock = clockOf(file, calendar, divisions, now);
      if (!clock) return;
      const plain = clockOf({ ...file, greenChannel: null, urgency: null }, calendar, divisions, now);
      expect(clock.dueAt.getTime()).toBeLessThanOrEqual(plain?.dueAt.getTime() ?? 0);
      expect(clock.remainingDays).toBeLessThanOrEqual(plain?.remainingDays ?? 0);
      expect(clock.expedited !== null).toBe(file.greenChannel !== null || isUrgent(file));
    });
  });

  test('whoever decides is a chief, a deputy head or the head who did not review, after a review of the same organ', () => {
    fc.assert(
      fc.property(anyJourney, (journey) => {
        const { decision, reviews } = travel(journey, () => {}).file;
        fc.pre(decision !== null);
        const reviewers = reviews.filter((r) => r.node === decision?.node).map((r) => r.actor.sub);
        expect(reviewers.length).toBeGreaterThan(0);
        expect(reviewers).not.toContain(decision?.actor.sub);
        expect(['CHIEF', 'DEPUTY_HEAD', 'HEAD']).toContain(decision?.actor.role);
        const remedies = decision?.outcome === 'REFUSED' ? REMEDIES : null;
        expect(decision).toMatchObject({ reason: '理由', remedies });
      }),
      { numRuns: 50 },
    );
  });

  test('every line has the form of the contract, and the log folded from the wire gives the same file', () => {
    fc.assert(
      fc.property(anyJourney, (journey) => {
        const { lines, file } = travel(journey, () => {});
        const wire = JSON.parse(JSON.stringify(lines)) as unknown[];
        const read = wire.map((line) => logLineSchema.parse(line));
        expect(read).toEqual(lines);
        expect(foldLog(read)).toEqual(file);
      }),
      { numRuns: 100 },
    );
  });
});

/** The second person of a review, if the item's substance is checked. */
const SECOND = { sub: 'second', name: '第二人' };

test('a case taken in at or below the accepting organ can always be brought to a decision', () => {
  fc.assert(
    fc.property(anyItem, anyVillage, fc.nat({ max: 3 }), (item, place, height) => {
      // what is answered, or decided by an organ outside, is not decided here
      fc.pre(item.processingClass !== 'ANSWER' && item.handlingWay !== 'FORWARDED');
      const { node, step } = takeIn({ item, place, height, complete: true, drafted: false, attempts: [] });
      const at = (minutes: number) => new Date(Date.UTC(2026, 0, 5, 2, minutes));
      const deskAs = (sub: string, minutes: number) =>
        deskOf(file.custodian, ['CLERK', 'CHIEF'], { now: at(minutes), item, sub });
      const head = { case: caseIdOf(node, 'x'), prev: null };
      let file = openFile({ ...step.lines[0], ...head, seq: 1, epoch: 1, at: at(0).toISOString(), node });
      fc.pre(divisions.isWithin(node, file.acceptor));
      const write = (taken: Step, minutes: number) => {
        const own = { ...head, at: at(minutes).toISOString() };
        for (const draft of taken.lines) {
          file = foldLine(file, { ...draft, ...own, seq: file.seq + 1, epoch: file.epoch, node: file.custodian });
        }
        const to = taken.handOff?.to;
        if (to === undefined) return;
        const epoch = file.epoch + 1;
        const data = { from: file.custodian, epoch };
        const receipt = { action: 'RECEIVED', data, epoch, node: to, actor: clerkOf(to), note: null } as const;
        file = foldLine(file, { ...own, ...receipt, seq: file.seq + 1 });
      };
      if (file.custodian !== file.acceptor) write(forwardCase(deskAs('a', 1), file, null), 1);
      write(acceptCase(deskAs('b', 2), file, null), 2);
      const hearAll = (minutes: number) => {
        const departments = item.bundle?.departments ?? [];
        if (departments.length === 0 || file.custodian !== file.decider) return;
        const parties = departments.map((department) => ({
          node: file.decider,
          department,
          ask: 'OPINION' as const,
          days: 1,
        }));
        write(openJoint(deskAs('b', minutes), file, { stage: null, parties }), minutes);
        departments.forEach((department, i) => {
          const desk = { ...deskAs('e', minutes), viewer: { ...deskAs('e', minutes).viewer, department } };
          write(giveOpinion(desk, file, { party: i + 1, opinion: 'AGREE', reason: null }), minutes);
        });
      };
      hearAll(3);
      write(reviewCase(deskAs('b', 3), file, 'APPROVE', null, null, SECOND), 3);
      if (file.custodian !== file.decider) {
        write(forwardCase(deskAs('b', 4), file, null), 4);
        hearAll(5);
        write(reviewCase(deskAs('c', 5), file, 'APPROVE', null, null, SECOND), 5);
      }
      // parties are told of the right to a hearing, and waive it, if the item has one
      if (file.itemKind === 'LICENSE' && item.hearing !== 'NONE') {
        write(offerHearing(deskAs('b', 5), file, '可申请听证'), 5);
        write(waiveHearing(deskAs('b', 5), file, 0), 5);
      }
      write(decideCase(deskAs('d', 6), file, 'GRANTED', null), 6);
      expect(file).toMatchObject({ state: 'GRANTED', custodian: file.decider });
      expect(file.spans.length).toBeLessThanOrEqual(3);
    }),
  );
});

describe('the journeys', () => {
  const reached = { actions: new Set<string>(), states: new Set<string>(), refusals: new Set<string>() };
  beforeAll(() => {
    for (const journey of fc.sample(anyJourney, { numRuns: 800, seed: 42 })) {
      const { lines, refused } = travel(journey, (_, file) => reached.states.add(file.state));
      for (const line of lines) reached.actions.add(line.action);
      for (const code of refused) reached.refusals.add(code);
    }
  });

  test('come through every state and every action', () => {
    expect([...reached.states].sort()).toEqual([...CASE_STATES].sort());
    // grants, agents, money, joint handling, hearings and expiry are in case-journeys.grants and case-journeys.events;
    // closed nodes in successions.test.ts
    const elsewhere: readonly string[] = [
      'REROUTED',
      'SUCCEEDED',
      'HANDED_OVER',
      'DEEMED_RENEWED',
      ...PROXY_ACTIONS,
      ...HEARING_ACTIONS,
      ...JOINT_ACTIONS,
      ...FEE_ACTIONS,
    ];
    expect([...reached.actions].sort()).toEqual(LOG_ACTIONS.filter((action) => !elsewhere.includes(action)).toSorted());
    expect(CLOSED_STATES.filter((state) => !reached.states.has(state))).toEqual([]);
  });

  test.each([
    'FORBIDDEN',
    'WRONG_DEPARTMENT',
    'NOT_CUSTODIAN',
    'CASE_IN_TRANSIT',
    'ILLEGAL_STEP',
    'NOT_COMPETENT',
    'MATERIALS_MISSING',
    'SUPPLEMENT_INCOMPLETE',
    'SUPPLEMENT_REPEATED',
    'SUPPLEMENT_TOO_LATE',
    'REVIEW_MISSING',
    'SAME_PERSON',
  ])('run into %s', (code) => {
    expect([...reached.refusals]).toContain(code);
  });
});
