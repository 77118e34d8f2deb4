import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { COUNTY, itemOf, OTHER_TOWNSHIP, TOWNSHIP } from '../../testing/fixtures.ts';
import { refusal, refusalCode } from '../../testing/refusals.ts';
import {
  accepted,
  atCounty,
  atTownship,
  later,
  onlyLine,
  reviewed,
  reviewedAtCounty,
  SEAL,
  sealAtCounty,
} from '../../testing/step-cases.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { REMEDIES } from '../../case/step-rules.ts';
import { decideCase, reviewCase } from './decision.ts';

describe('a review', () => {
  const review = (log: CaseLog, opinion: 'APPROVE' | 'REJECT', note: string | null, node = log.file.custodian) =>
    reviewCase(deskOf(node, 'CLERK', { now: later(log) }), log.file, opinion, note);

  test.each([
    ['accepting', accepted()],
    ['deciding', atCounty()],
  ])('is made by the %s organ', (_, log) => {
    expect(onlyLine(review(log, 'APPROVE', null))).toMatchObject({ action: 'REVIEWED', data: { opinion: 'APPROVE' } });
  });

  test('that rejects gives its reason', () => {
    expect(onlyLine(review(accepted(), 'REJECT', '收入超过标准'))).toMatchObject({ data: { opinion: 'REJECT' } });
  });

  test('keeps the conditions its opinion depends on, and the department that reviewed', () => {
    const log = atCounty();
    const desk = deskOf(COUNTY, 'CLERK', { now: later(log) });
    const { data } = onlyLine(reviewCase(desk, log.file, 'APPROVE', null, 500, null, ['补办消防验收']));
    expect(data).toEqual({
      opinion: 'APPROVE',
      amountFen: 500,
      conditions: ['补办消防验收'],
      department: desk.viewer.department,
    });
  });

  test('that rejects on conditions is refused: it depends on none', () => {
    const log = accepted();
    const act = () =>
      reviewCase(deskOf(TOWNSHIP, 'CLERK', { now: later(log) }), log.file, 'REJECT', '不符', null, null, ['补办']);
    expect(refusal(act)).toMatchObject({ code: 'BAD_INPUT', field: 'conditions' });
  });

  test.each([null, '', '   '])('that rejects without a reason (%j) is refused', (note) => {
    expect(refusal(() => review(accepted(), 'REJECT', note))).toMatchObject({
      code: 'REASON_MISSING',
      article: ARTICLES.reasonsForRefusal,
    });
  });

  test.each([
    ['before acceptance', atTownship()],
    ['a second time at the same desk', reviewed()],
  ])('is refused %s', (_, log) => {
    expect(refusalCode(() => review(log, 'APPROVE', null))).toBe('ILLEGAL_STEP');
  });

  test('is refused to an organ that neither accepts nor decides', () => {
    const strayed = accepted().handedTo(OTHER_TOWNSHIP);
    expect(refusal(() => review(strayed, 'APPROVE', null))).toMatchObject({
      code: 'NOT_COMPETENT',
      article: ARTICLES.organsOnly,
    });
  });

  test('is refused to a chief', () => {
    const log = accepted();
    const act = () => reviewCase(deskOf(TOWNSHIP, 'CHIEF', { now: later(log) }), log.file, 'APPROVE', null);
    expect(refusalCode(act)).toBe('FORBIDDEN');
  });
});

describe('a decision', () => {
  const decide = (log: CaseLog, outcome: 'GRANTED' | 'REFUSED', reason: string | null, sub = 'chief') =>
    decideCase(deskOf(log.file.custodian, ['CLERK', 'CHIEF'], { now: later(log), sub }), log.file, outcome, reason);

  test("grants in the deciding organ's own name", () => {
    const line = onlyLine(decide(reviewedAtCounty(), 'GRANTED', null));
    expect(line).toMatchObject({
      action: 'DECIDED',
      actor: { role: 'CHIEF' },
      data: { outcome: 'GRANTED', remedies: null, inNameOf: COUNTY },
    });
  });

  test('that refuses gives its reason and names the remedies', () => {
    const line = onlyLine(decide(reviewedAtCounty(), 'REFUSED', '收入超过标准'));
    expect(line.data).toMatchObject({ outcome: 'REFUSED', reason: '收入超过标准', remedies: REMEDIES });
  });

  test.each([null, '', ' '])('that refuses without a reason (%j) is refused', (reason) => {
    expect(refusal(() => decide(reviewedAtCounty(), 'REFUSED', reason))).toMatchObject({
      code: 'REASON_MISSING',
      article: ARTICLES.reasonsForRefusal,
      field: 'reason',
    });
  });

  test('by the person who reviewed is refused, whatever their posts', () => {
    expect(refusal(() => decide(reviewedAtCounty(), 'GRANTED', null, 'second'))).toMatchObject({
      code: 'SAME_PERSON',
      article: ARTICLES.twoPersons,
    });
  });

  test('by a person who reviewed in an earlier round is refused as well', () => {
    const log = reviewedAtCounty()
      .returned(TOWNSHIP)
      .received()
      .reviewed()
      .handedTo(COUNTY)
      .reviewed('APPROVE', { actor: { sub: 'third', name: '再审', role: 'CLERK' } });
    expect(refusalCode(() => decide(log, 'GRANTED', null, 'second'))).toBe('SAME_PERSON');
    expect(refusalCode(() => decide(log, 'GRANTED', null, 'third'))).toBe('SAME_PERSON');
    expect(() => decide(log, 'GRANTED', null, 'chief')).not.toThrow();
  });

  test("without the deciding organ's own review is refused", () => {
    expect(refusal(() => decide(atCounty(), 'GRANTED', null))).toMatchObject({
      code: 'REVIEW_MISSING',
      article: ARTICLES.twoPersons,
    });
  });

  test('before acceptance is refused', () => {
    const log = sealAtCounty();
    const desk = deskOf(COUNTY, 'CHIEF', { now: later(log), item: SEAL });
    expect(refusalCode(() => decideCase(desk, log.file, 'GRANTED', null))).toBe('ILLEGAL_STEP');
  });

  test('by the organ that only accepts is refused', () => {
    expect(refusal(() => decide(reviewed(), 'GRANTED', null))).toMatchObject({
      code: 'NOT_COMPETENT',
      article: ARTICLES.organsOnly,
    });
  });

  test('by a clerk is refused', () => {
    const log = reviewedAtCounty();
    const act = () => decideCase(deskOf(COUNTY, 'CLERK', { now: later(log) }), log.file, 'GRANTED', null);
    expect(refusalCode(act)).toBe('FORBIDDEN');
  });

  test('of an organ that accepts and decides itself is made there', () => {
    const item = itemOf('3310-NY-001');
    const log = CaseLog.filed({ item, decider: TOWNSHIP }).handedTo(TOWNSHIP).accepted().reviewed();
    const desk = deskOf(TOWNSHIP, 'CHIEF', { now: later(log), item });
    expect(log.taken(decideCase(desk, log.file, 'GRANTED', null), desk.now).file.state).toBe('GRANTED');
  });
});
