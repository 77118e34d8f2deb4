import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { at, COUNTY, divisions, NEIGHBOUR_VILLAGE, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import type { Absence } from './absences.ts';
import { comesBack, isAway, isBack, passOn, requireAbsence } from './absences.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { proxyEvent } from '../proxy/steps.ts';

const A = { sub: 'agent-a', name: '代办员A' };
const B = { sub: 'agent-b', name: '代办员B' };
const team = { sub: null, name: null };
const absence = (as: Partial<Absence> = {}): Absence => ({
  id: '1',
  agent: A,
  from: '2026-03-03',
  until: '2026-03-06',
  reason: '请假',
  endedOn: null,
  standIn: B,
  ...as,
});
const CONSENT = { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00.000Z' } as const;
const proxied = () => CaseLog.filed({ data: { consent: CONSENT } });
describe('an absence', () => {
  test('lasts from its first to its last day, or to the day before the agent is back', () => {
    const days = ['2026-03-02', '2026-03-03', '2026-03-06', '2026-03-07'];
    expect(days.map((day) => isAway(absence(), day))).toEqual([false, true, true, false]);
    expect(days.map((day) => isBack(absence(), day))).toEqual([false, false, false, true]);
    const early = absence({ endedOn: '2026-03-05' });
    expect([isAway(early, '2026-03-04'), isAway(early, '2026-03-05'), isBack(early, '2026-03-05')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('is never over while the agent is away, and one of both from its first day on', () => {
    const anyDay = fc.integer({ min: 1, max: 28 }).map((n) => `2026-03-${String(n).padStart(2, '0')}`);
    fc.assert(
      fc.property(anyDay, anyDay, fc.option(anyDay, { nil: null }), anyDay, (one, other, endedOn, day) => {
        const [from, until] = one < other ? [one, other] : [other, one];
        const a = absence({ from, until, endedOn });
        expect(isAway(a, day) && isBack(a, day)).toBe(false);
        expect(isAway(a, day) || isBack(a, day)).toBe(day >= from || (endedOn !== null && endedOn <= day));
      }),
    );
  });

  test.each<[string, Partial<Absence>, Absence[], string, string]>([
    ['whose term runs backward', { until: '2026-03-02' }, [], 'BAD_INPUT', 'until'],
    ['that is over', { from: '2026-02-01', until: '2026-02-02' }, [], 'BAD_INPUT', 'until'],
    ['without a reason', { reason: ' ' }, [], 'REASON_MISSING', 'reason'],
    ['that meets another', { from: '2026-03-06', until: '2026-03-09' }, [absence()], 'ABSENCE_CONFLICT', 'from'],
  ])('%s is refused', (_, as, kept, code, field) => {
    expect(refusal(() => requireAbsence(absence(as), kept, '2026-03-03'))).toMatchObject({ code, field });
  });

  test('after another was ended, or of somebody else, can be written down', () => {
    const ended = absence({ endedOn: '2026-03-03' });
    expect(codeOrDone(() => requireAbsence(absence(), [ended], '2026-03-03'))).toBeNull();
    expect(codeOrDone(() => requireAbsence(absence({ agent: B }), [absence()], '2026-03-03'))).toBeNull();
  });
});

describe("an absent agent's case", () => {
  test.each([
    ['held at the village', proxied()],
    ['held at the county', proxied().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY)],
  ])('goes to the stand-in, %s', (_, log) => {
    expect(passOn(VILLAGE, log.file, B, divisions)).toEqual({ way: 'AGENT', to: { node: VILLAGE, ...B } });
  });

  test("without a stand-in is handed to the township's team, or followed by it where it went that way", () => {
    expect(passOn(VILLAGE, proxied().file, null, divisions)).toEqual({ way: 'TAKE_OVER', to: TOWNSHIP });
    const there = proxied().handedTo(TOWNSHIP);
    expect(passOn(VILLAGE, there.file, null, divisions)).toEqual({ way: 'AGENT', to: { node: TOWNSHIP, ...team } });
  });

  test("stays with the desk's clerks once it waits there for its delivery", () => {
    const decided = proxied().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY).reviewed().decided();
    const home = decided.issued().assigned().received();
    expect(home.file.custodian).toBe(VILLAGE);
    expect(passOn(VILLAGE, home.file, null, divisions)).toEqual({ way: 'LEFT' });
  });

  test("of a township is its own team's", () => {
    const log = CaseLog.filed({ node: TOWNSHIP, data: { consent: CONSENT } });
    expect(passOn(TOWNSHIP, log.file, null, divisions)).toEqual({ way: 'AGENT', to: { node: TOWNSHIP, ...team } });
  });

  test('comes back while nobody else has taken it on and the agent is in the roster', () => {
    const passed = { node: VILLAGE, ...B };
    const log = proxied().agentChanged(passed);
    expect(comesBack(log.file, passed, true)).toBe(true);
    expect(comesBack(log.file, passed, false)).toBe(false);
    expect(comesBack(log.agentChanged({ node: VILLAGE, sub: 'c', name: '丙' }).file, passed, true)).toBe(false);
    expect(comesBack(log.withdrawn().file, passed, true)).toBe(false);
    expect(comesBack(log.consentRevoked().file, passed, true)).toBe(false);
    expect(comesBack(log.transferred(TOWNSHIP).received().file, passed, true)).toBe(false);
  });
});

describe('a change of agent', () => {
  const chief = { sub: 'chief', name: '首席', role: 'CHIEF' } as const;
  const CHANGE = '6f1c2f7e-5f0e-4f6e-9d55-0b5f0c7a1d11';
  const step = (log: CaseLog, as: object = {}) => {
    const from = log.file.proxy?.agent ?? { node: VILLAGE, ...A };
    const data = { change: CHANGE, from, to: { node: VILLAGE, ...B }, reason: 'ABSENCE' as const, ...as };
    return proxyEvent(log.file, chief, { action: 'AGENT_CHANGED', data }, at('2026-03-03'));
  };

  test('is a line of the log, wherever the case is held', () => {
    for (const log of [proxied(), proxied().handedTo(TOWNSHIP)]) {
      const after = log.taken(step(log), at('2026-03-03'));
      expect(after.file.proxy).toMatchObject({ agent: { sub: B.sub }, changes: [CHANGE] });
      expect(after.file.custodian).toBe(log.file.custodian);
    }
  });

  test.each<[string, CaseLog, object, string]>([
    ['of a case nobody handles by proxy', CaseLog.filed(), { from: { node: VILLAGE, ...A } }, 'CONSENT_MISSING'],
    ['whose consent was taken back', proxied().consentRevoked(), {}, 'CONSENT_REVOKED'],
    ['from somebody who is no longer its agent', proxied(), { from: { node: VILLAGE, ...A } }, 'ILLEGAL_STEP'],
    ['to a desk that never held it', proxied(), { to: { node: NEIGHBOUR_VILLAGE, ...B } }, 'NOT_COMPETENT'],
    ['of a closed case', proxied().withdrawn(), {}, 'ILLEGAL_STEP'],
  ])('is refused %s', (_, log, as, code) => {
    expect(refusalCode(() => step(log, as))).toBe(code);
  });

  test('names the consent it needs', () => {
    expect(refusal(() => step(CaseLog.filed()))).toMatchObject({ article: ARTICLES.proxyConsent });
  });
});
