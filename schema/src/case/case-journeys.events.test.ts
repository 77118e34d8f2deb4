import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { anyJourney, HANDLING, travel } from '../testing/journeys/any-journey.ts';
import type { LogLine } from './log-line.ts';
import { logLineSchema } from './log-line.ts';
import { calendar, divisions } from '../testing/fixtures.ts';
import type { Look } from '../testing/journeys/road.ts';
import type { LogAction } from './log-words.ts';
import { CASE_STATES } from './words.ts';
import { LOG_ACTIONS } from './log-words.ts';
import { dayOf } from '../kernel/calendar.ts';
import type { CaseFile } from './case-file.ts';
import { custodyAt, workDoneAt } from './case-file.ts';
import { CASE_EVENTS } from './case-life.ts';
import { foldLog } from './case-state.ts';
import { clockOf } from './clock.ts';
import { dueOf } from '../domains/fees/rules.ts';
import { countDays } from '../kernel/limits.ts';
import type { Action } from '../operation/permissions.ts';
import { PERMISSIONS } from '../operation/permissions.ts';

// All kinds of steps together: people in random posts try every step of filing, proxy handling, joint handling,
// hearings and fees, and the clockwork does its part, while hand-offs arrive or are refused. The test looks for illegal
// states, lost days, a second decision, a second custodian, and steps that the post does not allow.

const RUNS = { numRuns: 120 };
const onEveryJourney = (look: Look) =>
  fc.assert(
    fc.property(anyJourney, (journey) => {
      travel(journey, look);
    }),
    RUNS,
  );
const countOf = (lines: readonly LogLine[], ...actions: LogAction[]) =>
  lines.filter((line) => actions.includes(line.action)).length;

/** Other permissions that may cause a line, as part of another step. */
const ALSO: Partial<Record<LogAction, Action[]>> = {
  ACCEPTED: ['DECIDE_ON_THE_SPOT'],
  REVIEWED: ['DECIDE_ON_THE_SPOT'],
  DECIDED: ['DECIDE_ON_THE_SPOT'],
  RETURNED: ['REQUEST_SUPPLEMENT', 'PRECHECK_CASE'],
  PROCEDURE_STARTED: ['HEAR_PARTIES', 'CALL_HEARING'],
  PROCEDURE_ENDED: ['HEAR_PARTIES', 'HOLD_HEARING'],
};

describe('whatever happens to a case, in whichever order, by whomever', () => {
  test('no illegal state: each line stands where the table says and leads where it says', () => {
    onEveryJourney((lines, file, before) => {
      const line = lines.at(-1);
      if (!line) throw new Error('No line.');
      const { from, to, opens } = CASE_EVENTS[line.action];
      expect(before === null ? opens === true : from.includes(before.state)).toBe(true);
      expect(to ?? [before?.state]).toContain(file.state);
      expect(file.closedAt === null).toBe(
        !['CLOSED', 'NOT_ACCEPTED', 'WITHDRAWN', 'TERMINATED', 'VOIDED'].includes(file.state),
      );
      expect(dueOf(file)).toBeGreaterThanOrEqual(0);
    });
  });

  test('one custodian: held by one node at every moment, and under way only to another', () => {
    onEveryJourney((lines, file) => {
      const known = new Set([...file.holders, file.acceptor, file.decider, file.inTransitTo ?? file.custodian]);
      expect([...known].filter((node) => custodyAt(file, node) !== 'ELSEWHERE')).toEqual([file.custodian]);
      expect(file.spans.filter((span) => span.to === null).map((span) => span.node)).toEqual([file.custodian]);
      expect(file.inTransitTo).not.toBe(file.custodian);
      expect(file.epoch).toBe(1 + countOf(lines, 'RECEIVED', 'HANDOFF_REFUSED'));
    });
  });

  test('no second decision: by people or by the law, once, and it stays as it was', () => {
    onEveryJourney((lines, file, before) => {
      const made = countOf(lines, 'DECIDED', 'DEEMED_RENEWED');
      expect(made).toBeLessThanOrEqual(1);
      expect(file.decision !== null).toBe(made === 1);
      expect(before?.decision ?? file.decision).toEqual(file.decision);
    });
  });

  test('no lost day: those used and those excluded are all days there were, no fewer are left than the limit gives, and no step takes a day away', () => {
    onEveryJourney((_, file, before) => {
      // urgency that the person asked for takes no day from another applicant
      const promise = (of: CaseFile, now: Date) =>
        clockOf({ ...of, greenChannel: null, urgency: null }, calendar, divisions, now);
      const now = file.lastAt;
      const clock = promise(file, now);
      if (!clock) return;
      const until = dayOf(workDoneAt(file) ?? file.closedAt ?? now);
      expect(clock.usedDays + clock.excludedDays).toBe(countDays(clock.startedOn, until, clock.unit, calendar));
      expect(clock.desks.reduce((sum, desk) => sum + desk.usedDays, 0)).toBe(clock.usedDays);
      expect(clock.usedDays + clock.remainingDays).toBeGreaterThanOrEqual(Math.floor(clock.promised.days));
      const past = before && promise(before, before.lastAt);
      expect(clock.dueAt.getTime()).toBeGreaterThanOrEqual(past?.dueAt.getTime() ?? 0);
      expect(clock.statutoryDueAt?.getTime() ?? 0).toBeGreaterThanOrEqual(past?.statutoryDueAt?.getTime() ?? 0);
    });
  });

  test('nobody does what the post does not allow, and what needs no post comes from a node itself', () => {
    onEveryJourney((lines) => {
      const line = lines.at(-1);
      if (!line || lines.length === 1) return;
      const { by } = CASE_EVENTS[line.action];
      const { role } = line.actor;
      if (by === null || role === null) return;
      const { tier } = divisions.get(line.node);
      const allowed = [by, ...(ALSO[line.action] ?? [])].some((action) => PERMISSIONS[action][role]?.includes(tier));
      expect(allowed ? [] : [line.action, role, tier]).toEqual([]);
    });
  });

  test('a licence is decided with nobody waiting to be heard, by the records there are', () => {
    onEveryJourney((lines, file, before) => {
      if (lines.at(-1)?.action !== 'DECIDED' || !before) return;
      const { requests, call, records, chairs } = before.hearing;
      expect({ requests, call }).toEqual({ requests: [], call: null });
      expect(file.decision?.records).toEqual(records.map((r) => r.record.sha256));
      expect(file.reviews.filter((r) => chairs.includes(r.actor.sub))).toEqual([]);
    });
  });

  test('every line has the form of the contract, and the log from the wire folds to the same file', () => {
    fc.assert(
      fc.property(anyJourney, (journey) => {
        const { lines, file } = travel(journey, () => {});
        const read = (JSON.parse(JSON.stringify(lines)) as unknown[]).map((line) => logLineSchema.parse(line));
        expect(read).toEqual(lines);
        expect(foldLog(read)).toEqual(file);
      }),
      RUNS,
    );
  });
});

describe('these journeys', () => {
  const reached = {
    actions: new Set<string>(),
    states: new Set<string>(),
    refusals: new Set<string>(),
    roles: new Set(),
  };
  beforeAll(() => {
    for (const journey of fc.sample(anyJourney, { numRuns: 1500, seed: 7 })) {
      const { lines, refused } = travel(journey, (_, file) => reached.states.add(file.state));
      for (const line of lines) {
        reached.actions.add(line.action);
        reached.roles.add(line.actor.role);
      }
      for (const code of refused) reached.refusals.add(code);
    }
  }, 120_000);

  test('come through every state and every event of one node’s people and clockwork', () => {
    expect([...reached.states].sort()).toEqual([...CASE_STATES].sort());
    // other journeys cover grants; the tests of joint handling and roster cover other nodes' answers
    const elsewhere: LogAction[] = [
      'REROUTED',
      'SUCCEEDED',
      'HANDED_OVER',
      'AGENT_CHANGED',
      'PARTY_ASKED',
      'PARTY_CALLED',
      'VISIT_EXCUSED',
    ];
    expect([...reached.actions].sort()).toEqual(LOG_ACTIONS.filter((action) => !elsewhere.includes(action)).toSorted());
  });

  test('see every post that handles cases at work', () => {
    expect(HANDLING.filter((role) => !reached.roles.has(role))).toEqual([]);
  });

  test.each([
    'FORBIDDEN',
    'WRONG_DEPARTMENT',
    'NOT_CUSTODIAN',
    'CASE_IN_TRANSIT',
    'SAME_PERSON',
    'CONSENT_REVOKED',
    'JOINT_MISSING',
    'JOINT_OPEN',
    'OPINION_SETTLED',
    'OBJECTION_UNRESOLVED',
    'CORRECTION_OPEN',
    'FEE_NOT_BILLED',
    'FEE_DUE',
    'HEARING_NOT_OFFERED',
    'HEARING_MISSING',
    'HEARING_OPEN',
    'HEARING_TOO_LATE',
    'HEARING_CHAIR',
    'RENEWAL_EXPIRED',
    'SECOND_PERSON_MISSING',
  ])('run into %s', (code) => {
    expect([...reached.refusals]).toContain(code);
  });
});
