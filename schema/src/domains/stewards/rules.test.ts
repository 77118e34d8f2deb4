import { describe, expect, test } from 'vitest';
import { CITY, COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE, divisions } from '../../testing/fixtures.ts';
import { person } from '../../testing/people.ts';
import { codeOrDone as code, refusal } from '../../testing/refusals.ts';
import type { AgentStanding, ShownPass, StewardPass } from './rules.ts';
import {
  mayFollow,
  requireAgentHere,
  requireCreditCode,
  requireFollower,
  requirePass,
  requireStewardKeeper,
  requireStewardsReader,
  standsAsAgent,
  stewardsFor,
} from './rules.ts';

const CODE = '91330100799655058B';
const steward = person(COUNTY, 'AGENT');
const owned = { steward: { issuer: steward.issuer, sub: steward.sub } };

test('a code is taken with the right check character alone, and no refusal repeats it', () => {
  expect(() => {
    requireCreditCode(CODE);
  }).not.toThrow();
  for (const wrong of ['91330100799655058C', '331022195203120028', 'I1330100799655058B']) {
    const refused = refusal(() => {
      requireCreditCode(wrong);
    });
    expect(refused).toMatchObject({ code: 'BAD_INPUT', field: 'code' });
    expect(refused.message).not.toContain(wrong);
  }
});

describe('who stands as an agent of a desk', () => {
  const standing = (change: Partial<AgentStanding>): AgentStanding => {
    return { keepsPosts: false, isAgent: false, roster: 'NEVER', ...change };
  };
  test.each<[string, AgentStanding, named: boolean, stays: boolean]>([
    ['a post in force', standing({ keepsPosts: true, isAgent: true }), true, true],
    ['a post that ended, or another post', standing({ keepsPosts: true }), false, false],
    ['an entry in the roster today', standing({ roster: 'TODAY' }), true, true],
    ['an entry that is over', standing({ roster: 'OTHERWISE' }), false, false],
    ['a post that ended, whatever the roster says', standing({ keepsPosts: true, roster: 'TODAY' }), false, false],
    ['registers that do not know the person', standing({}), false, true],
  ])('%s: is named, and stays steward, accordingly', (_, given, named, stays) => {
    expect(
      code(() => {
        requireAgentHere(given);
      }),
    ).toBe(named ? null : 'NOT_IN_ROSTER');
    expect(standsAsAgent(given)).toBe(stays);
  });
});

describe('who names stewards and reads the list', () => {
  const keeps = (viewer: ReturnType<typeof person>, node: string) =>
    code(() => {
      requireStewardKeeper(viewer, node, divisions);
    });
  const reads = (viewer: ReturnType<typeof person>, node: string) =>
    code(() => {
      requireStewardsReader(viewer, node, divisions);
    });

  test('is a chief, deputy head or head of the centre, or of a township for its own', () => {
    for (const role of ['CHIEF', 'DEPUTY_HEAD', 'HEAD'] as const) {
      expect(keeps(person(COUNTY, role), COUNTY)).toBeNull();
      expect(keeps(person(TOWNSHIP, role), TOWNSHIP)).toBeNull();
      expect(keeps(person(COUNTY, role), TOWNSHIP)).toBe('FORBIDDEN');
      expect(reads(person(COUNTY, role), TOWNSHIP)).toBe('FORBIDDEN');
    }
    expect(keeps({ ...person(COUNTY, 'CHIEF'), department: '民政' }, COUNTY)).toBe('WRONG_DEPARTMENT');
    expect(reads({ ...person(COUNTY, 'CHIEF'), department: '民政' }, COUNTY)).toBe('WRONG_DEPARTMENT');
    for (const role of ['AGENT', 'CLERK', 'ADMINISTRATOR', 'SUPERVISOR', 'CASHIER'] as const) {
      expect(keeps(person(COUNTY, role), COUNTY)).toBe('FORBIDDEN');
    }
    expect(keeps(person(CITY, 'CHIEF'), CITY)).toBe('FORBIDDEN');
    expect(keeps(person(VILLAGE, 'AGENT'), VILLAGE)).toBe('FORBIDDEN');
  });

  test('is, for reading, a supervisor above as well', () => {
    expect(reads(person(CITY, 'SUPERVISOR'), COUNTY)).toBeNull();
    expect(reads(person(TOWNSHIP, 'SUPERVISOR'), COUNTY)).toBe('FORBIDDEN');
    expect(reads(person(COUNTY, 'AGENT'), COUNTY)).toBe('FORBIDDEN');
  });
});

describe('who follows an enterprise’s cases', () => {
  const follows = (viewer: ReturnType<typeof person>, subs = [viewer.sub]) =>
    mayFollow(viewer, owned, COUNTY, divisions, subs);

  test('is its steward, who stands in for them, and a supervisor over the desk', () => {
    expect(follows(steward)).toBe(true);
    const b = { ...steward, sub: 'agent-b' };
    expect(follows(b)).toBe(false);
    expect(follows(b, stewardsFor(b, [{ role: 'AGENT', absent: { sub: steward.sub } }]))).toBe(true);
    expect(follows(b, stewardsFor(b, [{ role: 'CLERK', absent: { sub: steward.sub } }]))).toBe(false);
    expect(follows(person(CITY, 'SUPERVISOR'))).toBe(true);
    expect(follows(person(TOWNSHIP, 'SUPERVISOR'))).toBe(false);
  });

  test('is no person with the same subject at another issuer or desk, and no token for an applicant or one case', () => {
    expect(follows({ ...steward, issuer: 'another' })).toBe(false);
    expect(follows({ ...steward, division: TOWNSHIP })).toBe(false);
    expect(follows({ ...steward, actsFor: 'x' })).toBe(false);
    expect(follows({ ...steward, onlyCase: 'x' })).toBe(false);
    expect(
      code(() => {
        requireFollower(person(COUNTY, 'CHIEF'), owned, COUNTY, divisions, []);
      }),
    ).toBe('FORBIDDEN');
    expect(mayFollow(steward, { steward: null }, COUNTY, divisions, [steward.sub])).toBe(false);
  });
});

describe('a pass', () => {
  const now = new Date('2026-12-01T01:00:00Z');
  const pass: StewardPass = {
    enterprise: 'e',
    code: CODE,
    node: COUNTY,
    issuer: steward.issuer,
    sub: steward.sub,
    until: '2026-12-01T01:10:00.000Z',
  };
  const opens = (shown: ShownPass | null, node = TOWNSHIP, viewer = steward) =>
    code(() => {
      requirePass(viewer, shown, { node, divisions, now, action: 'READ_ENTERPRISES' });
    });

  test('opens the cases at every desk of the division to the person it was given to', () => {
    for (const node of [COUNTY, TOWNSHIP, VILLAGE]) expect(opens({ signer: COUNTY, pass }, node)).toBeNull();
    const supervisor = person(CITY, 'SUPERVISOR');
    const theirs = { ...pass, issuer: supervisor.issuer, sub: supervisor.sub };
    expect(opens({ signer: COUNTY, pass: theirs }, VILLAGE, supervisor)).toBeNull();
  });

  test.each<[string, ShownPass | null, string?, ReturnType<typeof person>?]>([
    ['that no node signed', null],
    ['that another node signed than the one it names', { signer: OTHER_TOWNSHIP, pass }],
    ['at a desk outside the division', { signer: COUNTY, pass }, CITY],
    ['of a desk that is not the person’s', { signer: OTHER_TOWNSHIP, pass: { ...pass, node: OTHER_TOWNSHIP } }],
    ['of another person', { signer: COUNTY, pass: { ...pass, sub: 'another' } }],
    ['of the same subject at another issuer', { signer: COUNTY, pass: { ...pass, issuer: 'another' } }],
    ['that is over', { signer: COUNTY, pass: { ...pass, until: '2026-12-01T01:00:00.000Z' } }],
    ['shown by a person without the post', { signer: COUNTY, pass }, TOWNSHIP, { ...steward, roles: ['CLERK'] }],
  ])('%s opens nothing', (_, shown, node, viewer) => {
    expect(opens(shown, node, viewer)).toBe('FORBIDDEN');
  });
});
