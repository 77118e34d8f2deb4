import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Role } from '../../kernel/words.ts';
import { resultOf } from '../../case/case-file.ts';
import { clockOf } from '../../case/clock.ts';
import { route } from '../../case/competence.ts';
import { nextDue } from '../../case/work-queue.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { at, calendar, COUNTY, divisions, itemOf, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import { acceptCase, deemAccepted, refuseCase } from '../handling/acceptance.ts';
import { decideCase, reviewCase } from '../handling/decision.ts';
import { resultDocument } from '../handling/documents.ts';
import { verificationOf } from '../handling/verification.ts';
import { fileCase } from '../filing/steps.ts';
import { sha256, material } from '../../testing/fixtures.ts';
import { answerCase } from './rules.ts';
import type { AnswerDraft } from './rules.ts';

const ITEM = itemOf('3310-FG-002');
const answerable = () => CaseLog.answerable({ item: ITEM, at: at('2026-03-02') });
const later = (log: CaseLog) => new Date(log.file.lastAt.getTime() + 60_000);
const desk = (log: CaseLog, role: Role = 'CLERK', item = ITEM) =>
  deskOf(log.file.custodian, role, { item, now: later(log) });
const yes: AnswerDraft = { verdict: 'POSSIBLE', reason: '属允许类', basis: '目录第二条', needs: [], remedies: null };

describe('a case that is answered', () => {
  test('goes straight to the organ that would decide it, with the promise as the limit of the answer', () => {
    expect(route(ITEM, VILLAGE, divisions)).toMatchObject({ acceptor: COUNTY, decider: COUNTY });
    const filing = { number: 'n', place: VILLAGE, application: sha256('a'), consent: null };
    const materials = ITEM.standard.materials.map((m) => material(m.name));
    const taken = fileCase(deskOf(TOWNSHIP, 'CLERK', { item: ITEM }), { ...filing, materials });
    expect(taken.lines[0]).toMatchObject({ data: { acceptor: COUNTY, answered: { limit: ITEM.standard.promised } } });
  });

  test.each<Role>(['CLERK', 'CHIEF', 'DEPUTY_HEAD', 'HEAD'])('is answered by a %s in one step', (role) => {
    const log = answerable();
    const { file } = log.taken(answerCase(desk(log, role), log.file, yes), later(log));
    expect(file).toMatchObject({
      state: 'ANSWERED',
      answer: { verdict: 'POSSIBLE', remedies: null, inNameOf: COUNTY },
    });
    expect(file.decision).toBeNull();
  });

  test.each<Role>(['AGENT', 'SUPERVISOR', 'CASHIER'])('is answered by no %s', (role) => {
    const log = answerable();
    expect(refusalCode(() => answerCase(desk(log, role), log.file, yes))).toBe('FORBIDDEN');
  });

  test('is answered by nobody below the level its item is signed at', () => {
    const signed = { ...ITEM, signOff: { level: 'DEPUTY_HEAD' as const, maxLayers: 1 } };
    const log = answerable();
    expect(refusalCode(() => answerCase(desk(log, 'CHIEF', signed), log.file, yes))).toBe('SIGN_OFF_TOO_LOW');
    expect(answerCase(desk(log, 'DEPUTY_HEAD', signed), log.file, yes).lines).toHaveLength(1);
  });

  test('is neither accepted nor refused, by people or by silence, and so never reviewed or decided', () => {
    const log = answerable();
    const clerk = desk(log);
    for (const step of [() => acceptCase(clerk, log.file, null), () => refuseCase(clerk, log.file, '不属职权')]) {
      expect(refusal(step)).toMatchObject({ code: 'ILLEGAL_STEP', article: ARTICLES.clearAnswer });
    }
    expect(deemAccepted({ ...clerk, now: at('2026-06-01') }, log.file)).toBeNull();
    expect(refusalCode(() => reviewCase(clerk, log.file, 'APPROVE', null))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => decideCase(desk(log, 'CHIEF'), log.file, 'GRANTED', null))).toBe('ILLEGAL_STEP');
    expect(() => log.accepted()).toThrow('ACCEPTED');
    expect(() => log.notAccepted()).toThrow('NOT_ACCEPTED');
  });

  test('is no case of another item: that is accepted and decided', () => {
    const log = CaseLog.filed({ node: COUNTY, acceptor: COUNTY, decider: COUNTY });
    const other = deskOf(COUNTY, 'CLERK', { now: later(log) });
    expect(refusal(() => answerCase(other, log.file, yes))).toMatchObject({
      code: 'ILLEGAL_STEP',
      article: ARTICLES.clearAnswer,
    });
    expect(() => log.answered()).toThrow('ANSWERED');
  });

  test.each<[string, string, Partial<AnswerDraft>]>([
    ['without a reason', 'REASON_MISSING', { reason: ' ' }],
    ['under conditions that are not named', 'BAD_INPUT', { verdict: 'ON_CONDITIONS' }],
    ['as impossible, with things that are needed', 'BAD_INPUT', { verdict: 'NOT_POSSIBLE', needs: ['节能审查'] }],
  ])('is not answered %s', (_, code, change) => {
    const log = answerable();
    expect(refusalCode(() => answerCase(desk(log), log.file, { ...yes, ...change }))).toBe(code);
  });

  test('is answered once', () => {
    const log = answerable().answered();
    expect(refusalCode(() => answerCase(desk(log), log.file, yes))).toBe('ILLEGAL_STEP');
  });

  test('has a clock from the day its materials are in to the answer, and none while it waits for more', () => {
    const log = answerable();
    const clock = clockOf(log.file, calendar, divisions, at('2026-03-04'));
    expect(clock).toMatchObject({ startedOn: '2026-03-02', usedDays: 2, remainingDays: 1, overdue: false });
    expect(nextDue(log.file, clock, null).nextDueAt).toEqual(clock?.dueAt);
    expect(clockOf(log.file, calendar, divisions, at('2026-03-06'))?.overdue).toBe(true);
    const answered = log.answered({ at: at('2026-03-04').toISOString() });
    expect(clockOf(answered.file, calendar, divisions, at('2026-05-01'))).toMatchObject({
      usedDays: 2,
      overdue: false,
    });
    const [first = ''] = ITEM.standard.materials.map((m) => m.name);
    expect(clockOf(log.asked([first]).file, calendar, divisions, at('2026-03-04'))).toBeNull();
    const below = CaseLog.answerable({ item: ITEM, node: VILLAGE });
    expect(clockOf(below.file, calendar, divisions, at('2026-03-04'))).toBeNull();
  });

  test('is closed with an answer, whose paper says that it is no licence and names remedies only where a law does', () => {
    const log = answerable().answered().issued();
    expect(resultOf(log.delivered().closed().file)).toBe('ANSWERED');
    const parts = {
      item: ITEM,
      applicant: '某公司',
      nameOf: (code: string) => divisions.get(code).name,
      sealName: null,
      verification: { code: 'C', url: null },
    };
    const paper = resultDocument(log.file, parts);
    expect(paper).toContain('答复书');
    expect(paper).toContain('具备条件后可以办');
    expect(paper).toContain('节能审查意见');
    expect(paper).toContain('不是行政许可决定');
    expect(paper).not.toContain('救济途径');
    expect(verificationOf(log.file, log.file.issued?.number ?? '', COUNTY)).toMatchObject({ outcome: null });
  });
});

test('whatever an answer says, the log it makes folds, and the answer stands in the file as it was given', () => {
  const line = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== '');
  fc.assert(
    fc.property(
      fc.constantFrom('POSSIBLE', 'NOT_POSSIBLE', 'ON_CONDITIONS'),
      line,
      fc.array(line),
      (verdict, text, needs) => {
        const draft = { verdict, reason: text, basis: text, needs, remedies: null };
        const sound = verdict === 'NOT_POSSIBLE' ? needs.length === 0 : verdict === 'POSSIBLE' || needs.length > 0;
        const log = answerable();
        const step = () => answerCase(desk(log), log.file, draft);
        expect(codeOrDone(step)).toBe(sound ? null : 'BAD_INPUT');
        fc.pre(sound);
        const { answer } = log.taken(step(), later(log)).file;
        expect(answer).toMatchObject({ verdict, reason: text, basis: text, needs });
      },
    ),
  );
});
