import { describe, expect, test } from 'vitest';
import { person } from '../../testing/people.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import { COUNTY } from '../../testing/fixtures.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { KeptStandIn, StandIn } from './stand-ins.ts';
import { requireStandIn, standInFor, standsOn } from './stand-ins.ts';

const made = (as: Partial<StandIn> = {}): StandIn => ({
  role: 'CLERK',
  absent: { sub: 'a', name: '甲' },
  department: '民政',
  standIn: 'b',
  from: '2026-03-02',
  until: '2026-03-06',
  ...as,
});
const kept = (as: Partial<KeptStandIn> = {}): KeptStandIn => ({
  ...made(),
  id: '1',
  standInName: '乙',
  endedOn: null,
  absence: null,
  ...as,
});
const chief = { sub: 'chief', department: '民政', role: 'CHIEF' } as const;
const deputy = { sub: 'deputy', department: '民政', role: 'DEPUTY_HEAD' } as const;
const head = { sub: 'head', department: null, role: 'HEAD' } as const;

describe('a stand-in that is named', () => {
  test.each<[string, StandIn, KeptStandIn[], typeof chief | typeof deputy | typeof head]>([
    ['in a term of its own', made(), [], chief],
    ['after another', made({ from: '2026-03-09', until: '2026-03-10' }), [kept()], chief],
    ['after another was ended', made({ from: '2026-03-04' }), [kept({ endedOn: '2026-03-04' })], chief],
    ['where another was ended before it began', made(), [kept({ endedOn: '2026-03-02' })], chief],
    ['for another post of the same person', made({ role: 'CHIEF' }), [kept()], chief],
    ["by a deputy head, for a chief's post", made({ role: 'CHIEF' }), [], deputy],
    ["by a deputy head, for another deputy's post", made({ role: 'DEPUTY_HEAD' }), [], deputy],
    ["by the head, for a deputy's post", made({ role: 'DEPUTY_HEAD', department: null }), [], head],
    ["by the head, for the head's post", made({ role: 'HEAD', department: null }), [], head],
  ])('stands %s', (_, standIn, others, keeper) => {
    expect(codeOrDone(() => requireStandIn(keeper, standIn, others))).toBeNull();
  });

  test.each<[string, string, string | null, StandIn, KeptStandIn[]]>([
    ['whose term runs backward', 'BAD_INPUT', 'until', made({ until: '2026-03-01' }), []],
    ['for themselves', 'BAD_INPUT', 'standIn.sub', made({ standIn: 'a' }), []],
    ['by themselves', 'FORBIDDEN', null, made({ standIn: 'chief' }), []],
    ["by a chief for the head's post", 'FORBIDDEN', null, made({ role: 'HEAD' }), []],
    ["by a chief for a deputy head's post", 'FORBIDDEN', null, made({ role: 'DEPUTY_HEAD' }), []],
    ["for another department's post", 'WRONG_DEPARTMENT', 'department', made({ department: '公安' }), []],
    ['for the whole desk by one department', 'WRONG_DEPARTMENT', 'department', made({ department: null }), []],
    ['where there is one already', 'STAND_IN_CONFLICT', 'from', made({ standIn: 'c', from: '2026-03-06' }), [kept()]],
    [
      'who is away themselves',
      'STAND_IN_CONFLICT',
      'standIn.sub',
      made({ absent: { sub: 'c', name: '丙' }, standIn: 'a' }),
      [kept()],
    ],
  ])('is refused %s', (_, code, field, standIn, others) => {
    expect(refusal(() => requireStandIn(chief, standIn, others))).toMatchObject({ code, field });
  });

  test("is refused by a deputy head for the head's post", () => {
    expect(refusalCode(() => requireStandIn(deputy, made({ role: 'HEAD' }), []))).toBe('FORBIDDEN');
  });

  test('names the system it goes by', () => {
    expect(refusal(() => requireStandIn(chief, made({ standIn: 'chief' }), []))).toMatchObject({
      article: ARTICLES.standIns,
    });
  });
});

test('a stand-in gives the post from its first to its last day, and not from the day it was ended', () => {
  const days = ['2026-03-01', '2026-03-02', '2026-03-06', '2026-03-07'];
  expect(days.map((day) => standsOn(kept(), day))).toEqual([false, true, true, false]);
  expect(days.map((day) => standsOn(kept({ endedOn: '2026-03-06' }), day))).toEqual([false, true, false, false]);
});

test('a supervisor stands in for nobody: they read everything and handle nothing', () => {
  const found = (roles: Parameters<typeof person>[1]) =>
    standInFor(person(COUNTY, roles, '民政', 'b'), 'ACCEPT_CASE', 'COUNTY', [made()], '2026-03-03');
  expect(found('CHIEF')).toMatchObject({ role: 'CLERK' });
  expect(found('SUPERVISOR')).toBeUndefined();
  expect(found(['CHIEF', 'SUPERVISOR'])).toBeUndefined();
});
