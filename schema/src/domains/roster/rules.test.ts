import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { COUNTY, itemOf, material, sha256, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import { ROLES } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { acceptCase } from '../handling/acceptance.ts';
import { decideCase } from '../handling/decision.ts';
import { fileCase } from '../filing/steps.ts';
import { forwardCase, transferCase } from '../handling/hand-off.ts';
import { withdrawCase } from '../handling/endings.ts';
import { ACTIONS } from '../../operation/permissions.ts';
import type { RosterAgent, RosterStanding } from './rules.ts';
import { HELPER_ACTIONS, NO_ROSTER, requireRostered, requireRosterEntry, rosterGaps } from './rules.ts';

const DAY = '2026-03-03';
const ITEM = itemOf('3310-MZ-001');
const B = { sub: 'agent-b', name: '代办员B' };
const entry = (as: Partial<RosterAgent> = {}): RosterAgent => ({
  sub: 'agent-a',
  name: '代办员A',
  employment: 'STAFF',
  withheld: [],
  from: '2026-01-01',
  until: null,
  standIn: B,
  training: [{ what: '帮办代办业务培训', on: '2026-01-10', validUntil: '2026-12-31' }],
  ...as,
});
const helper = (as: Partial<RosterAgent> = {}) => entry({ employment: 'CONTRACTED', ...as });
const standing = (agent: RosterAgent | null): RosterStanding => ({ kept: true, entry: agent });
const application = {
  number: 'n',
  place: VILLAGE,
  application: sha256('application'),
  consent: { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00.000Z' } as const,
  materials: ITEM.standard.materials.map((m) => material(m.name)),
};
const filing = (roster: RosterStanding) => () => fileCase(deskOf(VILLAGE, 'AGENT', { roster }), application);
const filed = () => CaseLog.filed().file;

describe('a place that keeps a roster', () => {
  test('lets its agents act, and a place without one lets every agent', () => {
    expect(codeOrDone(filing(standing(entry())))).toBeNull();
    expect(codeOrDone(filing(NO_ROSTER))).toBeNull();
  });

  test.each<[string, RosterAgent | null]>([
    ['who is not in it', null],
    ['whose time has not come', entry({ from: '2026-03-04' })],
    ['whose time is over', entry({ until: '2026-03-02' })],
  ])('lets no agent act %s', (_, agent) => {
    expect(refusal(filing(standing(agent)))).toMatchObject({ code: 'NOT_IN_ROSTER', article: ARTICLES.agentRoster });
  });

  test('leaves other posts as they are', () => {
    const both = deskOf(VILLAGE, ['AGENT', 'CLERK'], { roster: standing(null) });
    expect(fileCase(both, application).lines[0].actor.role).toBe('CLERK');
    const clerk = deskOf(TOWNSHIP, 'CLERK', { roster: standing(null) });
    expect(codeOrDone(() => acceptCase(clerk, CaseLog.filed().handedTo(TOWNSHIP).file, null))).toBeNull();
  });

  test('lets staff go on whose training lapsed, and lists it', () => {
    const lapsed = entry({ training: [{ what: '培训', on: '2025-01-10', validUntil: '2025-12-31' }] });
    expect(codeOrDone(filing(standing(lapsed)))).toBeNull();
    expect(rosterGaps([lapsed], DAY)).toEqual(['TRAINING_LAPSED']);
  });

  test('withholds items from an agent', () => {
    const without = standing(entry({ withheld: [ITEM.code] }));
    expect(refusal(filing(without))).toMatchObject({ code: 'ITEM_WITHHELD', article: ARTICLES.agentRoster });
    expect(refusalCode(() => forwardCase(deskOf(VILLAGE, 'AGENT', { roster: without }), filed(), null))).toBe(
      'ITEM_WITHHELD',
    );
  });
});

describe('a contracted helper', () => {
  const desk = (agent: RosterAgent) => deskOf(VILLAGE, 'AGENT', { roster: standing(agent) });

  test('takes in and forwards', () => {
    expect(codeOrDone(filing(standing(helper())))).toBeNull();
    expect(codeOrDone(() => forwardCase(desk(helper()), filed(), null))).toBeNull();
  });

  test('neither hands a case over nor withdraws it', () => {
    for (const step of [
      () => transferCase(desk(helper()), filed(), TOWNSHIP, '请假'),
      () => withdrawCase(desk(helper()), filed(), '不办了'),
    ]) {
      expect(refusal(step)).toMatchObject({ code: 'HELPER_LIMITED', article: ARTICLES.agentRoster });
    }
  });

  test.each<[string, RosterAgent['training']]>([
    ['was never trained', []],
    ['whose training is over', [{ what: '培训', on: '2025-01-10', validUntil: '2026-03-02' }]],
    ['whose training is still to come', [{ what: '培训', on: '2026-03-04', validUntil: null }]],
  ])('does nothing who %s', (_, training) => {
    expect(refusalCode(filing(standing(helper({ training }))))).toBe('TRAINING_LAPSED');
  });

  test('may do what the list says and nothing else', () => {
    for (const action of ACTIONS) {
      const code = codeOrDone(() => requireRostered(standing(helper()), action, null, DAY));
      expect(code).toBe(HELPER_ACTIONS.includes(action) ? null : 'HELPER_LIMITED');
    }
    for (const action of ['ACCEPT_CASE', 'REVIEW_CASE', 'DECIDE_CASE', 'TAKE_OVER_CASE', 'REQUEST_DATA'] as const) {
      expect(HELPER_ACTIONS).not.toContain(action);
    }
  });

  test("stands in for agents only, never in an organ's post", () => {
    const post = { absent: { sub: 'a', name: '甲' }, department: null, standIn: 'h', from: DAY, until: DAY };
    const deskIn = (node: string, standIns: Parameters<typeof deskOf>[2]) =>
      deskOf(node, [], { sub: 'h', department: null, roster: standing(helper({ sub: 'h' })), ...standIns });
    const asAgent = deskIn(VILLAGE, { standIns: [{ ...post, role: 'AGENT' }] });
    expect(forwardCase(asAgent, filed(), null).lines[0].actor).toMatchObject({ role: 'AGENT', for: { sub: 'a' } });
    const asClerk = deskIn(TOWNSHIP, { standIns: [{ ...post, role: 'CLERK' }] });
    expect(refusalCode(() => acceptCase(asClerk, CaseLog.filed().handedTo(TOWNSHIP).file, null))).toBe('FORBIDDEN');
  });
});

test('whatever the roster says, as agent nobody accepts, reviews or decides', () => {
  const anyEntry = fc.record({
    employment: fc.constantFrom<RosterAgent['employment']>('STAFF', 'CONTRACTED'),
    from: fc.constantFrom('2026-01-01', '2026-03-04'),
    until: fc.constantFrom(null, '2026-03-02', '2026-12-31'),
  });
  fc.assert(
    fc.property(anyEntry, fc.boolean(), (as, kept) => {
      const roster = { kept, entry: entry(as) };
      const atCounty = CaseLog.filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY).reviewed();
      const decide = () => decideCase(deskOf(COUNTY, 'AGENT', { roster }), atCounty.file, 'GRANTED', null);
      const accept = () =>
        acceptCase(deskOf(TOWNSHIP, 'AGENT', { roster }), CaseLog.filed().handedTo(TOWNSHIP).file, null);
      return refusalCode(decide) === 'FORBIDDEN' && refusalCode(accept) === 'FORBIDDEN';
    }),
  );
  expect(ROLES).toContain('AGENT');
});

describe('what a roster lacks', () => {
  test.each<[string, RosterAgent[], string[]]>([
    ['nothing', [entry()], []],
    ['an agent, when it is empty', [], ['NO_AGENT']],
    ['an agent, when all have ended', [entry({ until: '2026-03-02' })], ['NO_AGENT']],
    ['a stand-in', [entry(), entry({ sub: 'c', standIn: null })], ['NO_STAND_IN']],
    ['a stand-in and training', [entry({ standIn: null, training: [] })], ['NO_STAND_IN', 'TRAINING_LAPSED']],
  ])('is %s', (_, roster, gaps) => {
    expect(rosterGaps(roster, DAY)).toEqual(gaps);
  });
});

describe('an entry', () => {
  test('whose term runs forward, with another as stand-in, can stand', () => {
    expect(codeOrDone(() => requireRosterEntry(entry({ until: '2026-12-31' })))).toBeNull();
  });

  test('whose term runs backward, or that stands in for itself, is refused', () => {
    expect(refusal(() => requireRosterEntry(entry({ until: '2025-12-31' })))).toMatchObject({ field: 'until' });
    expect(refusal(() => requireRosterEntry(entry({ standIn: { sub: 'agent-a', name: 'A' } })))).toMatchObject({
      field: 'standIn.sub',
    });
  });
});
