import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CITY, COUNTY, divisions, implementationOf, itemOf, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { person } from '../../testing/people.ts';
import { refusal, refusalCode } from '../../testing/refusals.ts';
import { CASE_STATES, isClosed, isUndecided } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { route } from '../../case/competence.ts';
import {
  answerOf,
  askerFor,
  enquiryStateOf,
  requireEnquiryReader,
  requireFirstAsked,
  requireLinkable,
  requireReportable,
} from './rules.ts';
import { guideOf } from '../catalogue/guide.ts';

const item = itemOf('3310-MZ-001');
const implementation = implementationOf(item);
const parts = {
  item,
  implementation,
  route: route(item, VILLAGE, divisions),
  node: VILLAGE,
  place: VILLAGE,
  windows: [],
  forms: [],
  divisions,
  today: '2026-03-02',
};
const REPORTED = new Date('2026-03-03T01:00:00.000Z');

describe('an answer', () => {
  const answer = answerOf(parts);

  test('holds the whole guide, basis, limits, procedure and all materials, and names the competent desks', () => {
    expect(answer).toContain(guideOf(parts).trimEnd());
    for (const { name } of implementation.materials) expect(answer).toContain(name);
    expect(answer).toContain(`受理:亭旁镇(${TOWNSHIP})。`);
    expect(answer).toContain(`决定:三门县(${COUNTY})。`);
  });

  test('says whether the desk that was asked takes it in', () => {
    expect(answer).toContain('可以收件。');
    const elsewhere = itemOf('3310-MZ-001');
    const narrow = { ...elsewhere, proxyAllowed: false, crossDistrict: 'NONE' as const };
    const tiers = { ...narrow, acceptingTiers: ['TOWNSHIP' as const] };
    expect(answerOf({ ...parts, item: tiers, route: route(tiers, VILLAGE, divisions) })).toContain('不收件。');
  });

  test('says first that an item is not in force, and why, and that nothing is taken in', () => {
    const cancelled = answerOf({ ...parts, item: { ...item, status: 'CANCELLED' } });
    expect(cancelled.startsWith(`**${item.name}已取消,2026-03-02 不予受理。`)).toBe(true);
    expect(cancelled).toContain('不收件。');
    const ended = answerOf({ ...parts, item: { ...item, effectiveTo: '2026-03-02' } });
    expect(ended).toContain('已于 2026-03-02 失效');
    const coming = answerOf({ ...parts, item: { ...item, effectiveFrom: '2026-03-03' } });
    expect(coming).toContain('自 2026-03-03 起施行');
    expect(answer.startsWith('# ')).toBe(true);
  });

  test('for a place too high to name the desk names the tiers', () => {
    expect(answerOf({ ...parts, route: null, node: COUNTY, place: COUNTY })).toContain('须按事项所在地确定');
  });
});

describe('a first-asked duty', () => {
  test('is open until reported, waits once its case has ended, and nothing but the report ends it', () => {
    fc.assert(
      fc.property(fc.option(fc.constantFrom(...CASE_STATES)), fc.boolean(), (state, reported) => {
        const found = enquiryStateOf(reported ? REPORTED : null, state);
        expect(found === 'REPORTED').toBe(reported);
        expect(found === 'WAITING').toBe(!reported && state !== null && isClosed(state));
      }),
    );
  });

  const decided = CASE_STATES.filter((state) => !isUndecided(state));
  test.each([null, ...decided])('with a case in state %s is reported', (state) => {
    expect(() => requireReportable(null, state, '已办结')).not.toThrow();
  });

  test.each(CASE_STATES.filter(isUndecided))('with a case in state %s has no result to report', (state) => {
    expect(refusalCode(() => requireReportable(null, state, '已办结'))).toBe('ENQUIRY_CASE_OPEN');
  });

  test('is reported once, and with words', () => {
    expect(refusal(() => requireReportable(REPORTED, null, '已办结'))).toMatchObject({
      code: 'ENQUIRY_REPORTED',
      article: ARTICLES.firstAsked,
    });
    expect(refusal(() => requireReportable(null, null, ' '))).toMatchObject({
      code: 'REASON_MISSING',
      field: 'result',
    });
  });

  test('is reported at the desk that was asked, by its own people', () => {
    const agent = person(VILLAGE, 'AGENT');
    expect(() => requireFirstAsked(agent, VILLAGE, VILLAGE, divisions)).not.toThrow();
    const clerk = person(TOWNSHIP, 'CLERK');
    expect(refusalCode(() => requireFirstAsked(clerk, VILLAGE, TOWNSHIP, divisions))).toBe('NOT_FIRST_ASKED');
    expect(refusalCode(() => requireFirstAsked(clerk, VILLAGE, VILLAGE, divisions))).toBe('FORBIDDEN');
    const chief = person(TOWNSHIP, 'CHIEF');
    expect(refusalCode(() => requireFirstAsked(chief, TOWNSHIP, TOWNSHIP, divisions))).toBe('FORBIDDEN');
  });

  test('grows into one case of its item', () => {
    const enquiry = { item: item.code, reportedAt: null, caseId: null };
    expect(() => requireLinkable(enquiry, item.code)).not.toThrow();
    expect(refusalCode(() => requireLinkable(enquiry, '3310-MZ-002'))).toBe('ENQUIRY_CONFLICT');
    expect(refusalCode(() => requireLinkable({ ...enquiry, caseId: 'other' }, item.code))).toBe('ENQUIRY_CONFLICT');
    expect(refusalCode(() => requireLinkable({ ...enquiry, reportedAt: REPORTED }, item.code))).toBe(
      'ENQUIRY_REPORTED',
    );
  });

  test('is read at its desk and by the supervisors over it, not by the desk above', () => {
    const read = (division: string, role: 'AGENT' | 'CLERK' | 'SUPERVISOR') => () =>
      requireEnquiryReader(person(division, role), VILLAGE, divisions);
    expect(read(VILLAGE, 'AGENT')).not.toThrow();
    expect(read(CITY, 'SUPERVISOR')).not.toThrow();
    expect(refusalCode(read(TOWNSHIP, 'CLERK'))).toBe('FORBIDDEN');
  });

  test('shows the name of who asked at the desk that was asked, and the phone masked to everybody', () => {
    const asker = { name: '王秀英', phone: '13800000001' };
    expect(askerFor(person(VILLAGE, 'AGENT'), VILLAGE, asker)).toEqual({ name: '王秀英', phone: '138****0001' });
    const masked = { name: '王**', phone: '138****0001' };
    expect(askerFor(person(COUNTY, 'SUPERVISOR'), VILLAGE, asker)).toEqual(masked);
    expect(askerFor(person(VILLAGE, 'SUPERVISOR'), VILLAGE, asker)).toEqual(masked);
    const unnamed = { name: null, phone: null };
    expect(askerFor(person(COUNTY, 'SUPERVISOR'), VILLAGE, unnamed)).toEqual(unnamed);
  });
});
