import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { CITY, COUNTY, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { refusal, refusalCode } from '../../testing/refusals.ts';
import {
  accepted,
  ALL,
  atCounty,
  atTownship,
  DIBAO,
  FORM,
  HOUSEHOLD,
  ID,
  later,
  onlyLine,
  reviewed,
  reviewedAtCounty,
  SEAL,
  sealAtCounty,
  WARRANT,
} from '../../testing/step-cases.ts';
import type { Role } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { forwardCase, returnCase } from './hand-off.ts';
import { withdrawCase } from './endings.ts';

describe('forwarding', () => {
  const forward = (log: CaseLog, role: Role = 'CLERK', item = DIBAO) =>
    forwardCase(deskOf(log.file.custodian, role, { now: later(log), item }), log.file, null);

  test('from the village goes to the accepting organ, in the next epoch', () => {
    const step = forward(CaseLog.filed(), 'AGENT');
    expect(onlyLine(step)).toMatchObject({ action: 'FORWARDED', data: { to: TOWNSHIP, epoch: 2 } });
    expect(step.handOff).toEqual({ to: TOWNSHIP, epoch: 2 });
  });

  test('from the accepting organ goes to the deciding one, with the review', () => {
    expect(forward(reviewed()).handOff).toEqual({ to: COUNTY, epoch: 3 });
  });

  test('after a refused hand-off takes the next epoch', () => {
    const log = CaseLog.filed().forwarded(TOWNSHIP).handOffRefused();
    expect(forward(log, 'AGENT').handOff).toEqual({ to: TOWNSHIP, epoch: 3 });
  });

  test('from a township that only took in goes to the accepting county', () => {
    const log = CaseLog.filed({ item: SEAL, node: TOWNSHIP, acceptor: COUNTY, decider: COUNTY });
    expect(forward(log, 'CLERK', SEAL).handOff).toEqual({ to: COUNTY, epoch: 2 });
  });

  test('from a hall between acceptor and decider goes down to the acceptor', () => {
    const log = CaseLog.filed({ node: COUNTY, acceptor: TOWNSHIP, decider: CITY });
    expect(forward(log).handOff).toEqual({ to: TOWNSHIP, epoch: 2 });
  });

  test('from the accepting organ without its review is refused', () => {
    expect(refusal(() => forward(accepted()))).toMatchObject({
      code: 'REVIEW_MISSING',
      article: ARTICLES.firstReview,
    });
  });

  test('from the accepting organ before acceptance is refused', () => {
    expect(refusalCode(() => forward(atTownship()))).toBe('ILLEGAL_STEP');
  });

  test.each([
    ['accepted', atCounty()],
    ['reviewed', reviewedAtCounty()],
  ])('of a case that is %s is refused to the deciding organ', (_, log) => {
    expect(refusalCode(() => forward(log))).toBe('NOT_COMPETENT');
  });

  test('is refused while a supplement is awaited', () => {
    const log = atTownship([FORM, ID, WARRANT]).asked([HOUSEHOLD]).returned(VILLAGE).received();
    expect(refusalCode(() => forward(log, 'AGENT'))).toBe('ILLEGAL_STEP');
  });

  test('is refused to a chief', () => {
    expect(refusalCode(() => forward(reviewed(), 'CHIEF'))).toBe('FORBIDDEN');
  });
});

describe('returning', () => {
  const giveBack = (log: CaseLog, reason = '材料模糊', role: Role = 'CLERK', item = DIBAO) =>
    returnCase(deskOf(log.file.custodian, role, { now: later(log), item }), log.file, reason);

  test('from the accepting organ goes to the desk that took the case in', () => {
    const step = giveBack(atTownship());
    expect(onlyLine(step)).toMatchObject({ action: 'RETURNED', note: '材料模糊', data: { to: VILLAGE, epoch: 3 } });
    expect(step.handOff).toEqual({ to: VILLAGE, epoch: 3 });
  });

  test.each([
    ['accepted', atCounty()],
    ['reviewed', reviewedAtCounty()],
  ])('from the deciding organ, %s there, goes to the accepting one', (_, log) => {
    expect(giveBack(log).handOff).toEqual({ to: TOWNSHIP, epoch: 4 });
    expect(giveBack(log, '材料模糊', 'CHIEF').handOff).toEqual({ to: TOWNSHIP, epoch: 4 });
  });

  test('from an organ that accepts and decides goes to the desk that took the case in', () => {
    expect(giveBack(sealAtCounty(), '材料模糊', 'CLERK', SEAL).handOff).toEqual({ to: VILLAGE, epoch: 3 });
  });

  test.each(['', ' '])('without a reason (%j) is refused', (reason) => {
    expect(refusal(() => giveBack(atTownship(), reason))).toMatchObject({
      code: 'REASON_MISSING',
      article: ARTICLES.postDuties,
      field: 'reason',
    });
  });

  test.each([
    ['accepted', accepted()],
    ['reviewed', reviewed()],
  ])('of a case that the accepting organ has %s is refused to it', (_, log) => {
    expect(refusal(() => giveBack(log))).toMatchObject({
      code: 'ILLEGAL_STEP',
      article: ARTICLES.writtenAcceptance,
    });
  });

  test('from the desk that took the case in is refused', () => {
    expect(refusalCode(() => giveBack(CaseLog.filed({ node: TOWNSHIP })))).toBe('NOT_COMPETENT');
  });

  test('is repeated when a case went back for materials and that hand-off was refused', () => {
    const log = atTownship([]).asked(ALL).returned(VILLAGE).handOffRefused();
    expect(giveBack(log).handOff).toEqual({ to: VILLAGE, epoch: 4 });
  });

  test('is refused to a village, which took it in itself', () => {
    expect(refusalCode(() => giveBack(CaseLog.filed()))).toBe('NOT_COMPETENT');
  });
});

describe('withdrawing', () => {
  const withdraw = (log: CaseLog, reason = '申请人撤回', role: Role = 'CLERK') =>
    withdrawCase(deskOf(log.file.custodian, role, { now: later(log) }), log.file, reason);

  test.each([
    ['filed', CaseLog.filed()],
    ['awaiting a supplement', atTownship([]).asked(ALL).returned(VILLAGE).received()],
    ['accepted', accepted()],
    ['reviewed', reviewed()],
    ['reviewed at the county', reviewedAtCounty()],
  ])('is allowed while the case is %s', (_, log) => {
    const { file } = log.taken(withdraw(log), later(log));
    expect(file.state).toBe('WITHDRAWN');
    expect(file.closedAt).not.toBeNull();
  });

  test.each([
    ['granted', reviewedAtCounty().decided('GRANTED')],
    ['refused', reviewedAtCounty().decided('REFUSED')],
    ['not accepted', atTownship().notAccepted()],
    ['withdrawn', accepted().withdrawn()],
  ])('is refused when the case is %s', (_, log) => {
    expect(refusalCode(() => withdraw(log))).toBe('ILLEGAL_STEP');
  });

  test('without a reason is refused', () => {
    expect(refusal(() => withdraw(accepted(), ' '))).toMatchObject({
      code: 'REASON_MISSING',
      article: ARTICLES.postDuties,
      field: 'reason',
    });
  });

  test('is allowed to an agent in the village and refused to a chief', () => {
    expect(onlyLine(withdraw(CaseLog.filed(), '申请人撤回', 'AGENT'))).toMatchObject({
      actor: { role: 'AGENT' },
      data: { requestedAt: VILLAGE },
    });
    expect(refusalCode(() => withdraw(accepted(), '申请人撤回', 'CHIEF'))).toBe('FORBIDDEN');
  });
});
