import { describe, expect, test } from 'vitest';
import { NODE_ACTOR } from '../../case/log-line.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { at, COUNTY, implementationOf, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import {
  accepted,
  asked,
  atTownship,
  DIBAO,
  FORM,
  HOUSEHOLD,
  ID,
  later,
  onlyLine,
  SEAL,
  WARRANT,
} from '../../testing/step-cases.ts';
import { CASE_STATES } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { REMEDIES } from '../../case/step-rules.ts';
import { acceptCase, deemAccepted, refuseCase, requestSupplement } from './acceptance.ts';

describe('acceptance', () => {
  const accept = (log: CaseLog, now = later(log)) => acceptCase(deskOf(TOWNSHIP, 'CLERK', { now }), log.file, '齐全');

  test("counts from its own day, with the promise, the statute and the item's versions", () => {
    const log = atTownship();
    const implementation = { ...implementationOf(DIBAO), version: 4, promised: { days: 12, unit: 'WORKDAY' as const } };
    const item = { ...DIBAO, version: 3 };
    const desk = deskOf(TOWNSHIP, 'CLERK', { now: at('2026-03-05'), item, implementation });
    expect(onlyLine(acceptCase(desk, log.file, null))).toMatchObject({
      action: 'ACCEPTED',
      data: {
        from: '2026-03-05',
        deemed: false,
        itemVersion: 3,
        implementationVersion: 4,
        promised: { days: 12, unit: 'WORKDAY' },
        statutory: { days: 20, unit: 'WORKDAY' },
      },
    });
  });

  test('of materials that are not complete is refused', () => {
    expect(refusal(() => accept(atTownship([FORM, ID])))).toMatchObject({
      code: 'MATERIALS_MISSING',
      article: ARTICLES.oneTimeNotice,
      field: 'materials',
    });
  });

  test('needs no material that is only wished for', () => {
    const materials = implementationOf(DIBAO).materials.map((m) => ({ ...m, required: m.name === FORM }));
    const implementation = { ...implementationOf(DIBAO), materials };
    const log = atTownship([FORM]);
    const desk = deskOf(TOWNSHIP, 'CLERK', { now: later(log), implementation });
    expect(() => acceptCase(desk, log.file, null)).not.toThrow();
  });

  test('after five working days counts from the day the materials came in, complete or not', () => {
    const log = CaseLog.filed({ materials: [FORM] }).handedTo(TOWNSHIP, at('2026-03-02', '16:00'));
    const lastInstant = new Date('2026-03-09T15:59:59.999Z');
    expect(refusalCode(() => accept(log, lastInstant))).toBe('MATERIALS_MISSING');
    const line = onlyLine(accept(log, new Date(lastInstant.getTime() + 1)));
    expect(line.data).toMatchObject({ from: '2026-03-02', deemed: true });
  });

  test('in the last moment of the five working days counts from its own day', () => {
    const log = CaseLog.filed().handedTo(TOWNSHIP, at('2026-03-02', '16:00'));
    const line = onlyLine(accept(log, new Date('2026-03-09T15:59:59.999Z')));
    expect(line.data).toMatchObject({ from: '2026-03-09', deemed: false });
  });

  test('of an item that is no longer in force is refused', () => {
    const log = atTownship();
    const item = { ...DIBAO, effectiveTo: '2026-03-03' };
    expect(refusal(() => acceptCase(deskOf(TOWNSHIP, 'CLERK', { item }), log.file, null))).toMatchObject({
      code: 'ITEM_NOT_IN_FORCE',
      article: ARTICLES.itemLife,
    });
  });

  test('is refused to an organ that only took the case in', () => {
    const log = CaseLog.filed({ item: SEAL, node: TOWNSHIP, acceptor: COUNTY, decider: COUNTY });
    const desk = deskOf(TOWNSHIP, 'CLERK', { now: later(log), item: SEAL });
    expect(refusal(() => acceptCase(desk, log.file, null))).toMatchObject({
      code: 'NOT_COMPETENT',
      article: ARTICLES.organsOnly,
    });
  });

  test('is refused to a village, which is no organ', () => {
    const log = CaseLog.filed();
    const desk = deskOf(VILLAGE, ['AGENT', 'CLERK', 'CHIEF'], { now: later(log) });
    expect(refusalCode(() => acceptCase(desk, log.file, null))).toBe('FORBIDDEN');
  });

  test.each(CASE_STATES.filter((state) => state !== 'FILED'))('is refused when the case is %s', (state) => {
    const log = atTownship();
    const desk = deskOf(TOWNSHIP, 'CLERK', { now: later(log) });
    expect(refusalCode(() => acceptCase(desk, { ...log.file, state }, null))).toBe('ILLEGAL_STEP');
  });
});

describe('acceptance by the law itself', () => {
  const deemed = (log: CaseLog, now: Date, node = TOWNSHIP) => deemAccepted(deskOf(node, 'CLERK', { now }), log.file);
  const due = new Date('2026-03-09T15:59:59.999Z');
  const overdue = new Date(due.getTime() + 1);

  test('comes when nothing was named in five working days, by nobody, from the day the materials came in', () => {
    const log = CaseLog.filed({ materials: [FORM] }).handedTo(TOWNSHIP, at('2026-03-02', '16:00'));
    expect(deemed(log, due)).toBeNull();
    const step = deemed(log, overdue);
    expect(step?.lines).toMatchObject([
      { action: 'ACCEPTED', actor: NODE_ACTOR, data: { from: '2026-03-02', deemed: true } },
    ]);
    const { file } = step ? log.taken(step, overdue) : log;
    expect(file).toMatchObject({ state: 'ACCEPTED', acceptance: { deemed: true, from: '2026-03-02' } });
  });

  test('comes at the same moment at which a notice is too late', () => {
    const log = CaseLog.filed({ materials: [FORM, ID, WARRANT] }).handedTo(TOWNSHIP, at('2026-03-02', '16:00'));
    const ask = (now: Date) => () =>
      requestSupplement(deskOf(TOWNSHIP, 'CLERK', { now }), log.file, asked(HOUSEHOLD), null);
    for (const [now, late] of [[due, false] as const, [overdue, true] as const]) {
      expect(deemed(log, now) !== null).toBe(late);
      expect(codeOrDone(ask(now))).toBe(late ? 'SUPPLEMENT_TOO_LATE' : null);
    }
  });

  test('does not come while the materials named are awaited', () => {
    const log = CaseLog.filed({ node: TOWNSHIP, materials: [FORM, ID, WARRANT] }).asked([HOUSEHOLD]);
    expect(deemed(log, at('2026-12-01'))).toBeNull();
  });

  test('counts anew from when they came in', () => {
    const log = CaseLog.filed({ node: TOWNSHIP, materials: [FORM, ID, WARRANT], at: at('2026-03-02') })
      .asked([HOUSEHOLD])
      .supplemented([HOUSEHOLD], { at: at('2026-03-20').toISOString() });
    expect(deemed(log, at('2026-03-27', '23:59'))).toBeNull();
    expect(deemed(log, at('2026-03-28'))?.lines[0].data).toMatchObject({ from: '2026-03-20', deemed: true });
  });

  test.each([
    ['at a village, which accepts nothing', CaseLog.filed(), VILLAGE],
    ['while the case is under way', CaseLog.filed({ node: TOWNSHIP }).forwarded(COUNTY), TOWNSHIP],
    ['at a desk that does not hold the case', CaseLog.filed(), TOWNSHIP],
    ['of a case that is accepted', accepted(), TOWNSHIP],
    ['of a case that was withdrawn', atTownship().withdrawn(), TOWNSHIP],
    ['of a case that was not accepted', atTownship().notAccepted(), TOWNSHIP],
  ])('does not come %s', (_, log, node) => {
    expect(deemed(log, at('2026-12-01'), node)).toBeNull();
  });
});

describe('non-acceptance', () => {
  const refuse = (log: CaseLog, reason: string, node = log.file.custodian, item = DIBAO) =>
    refuseCase(deskOf(node, 'CLERK', { now: later(log), item }), log.file, reason);

  test('gives its reason and names the remedies', () => {
    expect(onlyLine(refuse(atTownship(), '不属本机关职权'))).toMatchObject({
      action: 'NOT_ACCEPTED',
      note: '不属本机关职权',
      data: { reason: '不属本机关职权', remedies: REMEDIES },
    });
  });

  test.each(['', '  ', '\n'])('without a reason (%j) is refused', (reason) => {
    expect(refusal(() => refuse(atTownship(), reason))).toMatchObject({
      code: 'REASON_MISSING',
      article: ARTICLES.writtenAcceptance,
      field: 'reason',
    });
  });

  test('is refused to an organ that does not accept the item', () => {
    const log = CaseLog.filed({ item: SEAL, node: TOWNSHIP, acceptor: COUNTY, decider: COUNTY });
    expect(refusal(() => refuse(log, '不属本机关职权', TOWNSHIP, SEAL))).toMatchObject({
      code: 'NOT_COMPETENT',
      article: ARTICLES.organsOnly,
    });
  });

  test('is refused after acceptance', () => {
    expect(refusalCode(() => refuse(accepted(), '不属本机关职权'))).toBe('ILLEGAL_STEP');
  });
});
