import { describe, expect, test } from 'vitest';
import type { Grant } from '../domains/delegation/messages.ts';
import type { LogActor } from './log-line.ts';
import { NO_GRANTS, NODE_ACTOR } from './log-line.ts';
import { CaseLog, GRANT_ID } from '../testing/case-log.ts';
import type { DeskAs } from '../testing/desks.ts';
import { deskOf } from '../testing/desks.ts';
import { at, CITY, COUNTY, material, OTHER_COUNTY, sha256, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { endOf, grantId, grantOf, recordOf, RELIEF, SEAL, TEACHER, useOf } from '../testing/grants.ts';
import { refusal, refusalCode } from '../testing/refusals.ts';
import type { Role } from '../kernel/words.ts';
import { ARTICLES } from '../kernel/articles.ts';
import { dayOf } from '../kernel/calendar.ts';
import type { CaseFile } from './case-file.ts';
import type { Step } from './step-context.ts';
import { acceptCase, deemAccepted, refuseCase, requestSupplement } from '../domains/handling/acceptance.ts';
import { decideCase, reviewCase } from '../domains/handling/decision.ts';
import { fileCase, supplementCase } from '../domains/filing/steps.ts';
import { forwardCase, recallCase, returnCase } from '../domains/handling/hand-off.ts';
import { grantsInEffect } from '../domains/delegation/rules.ts';

const GRANT = grantOf();
const LENT = { ...NO_GRANTS, decide: useOf(GRANT) };
const later = ({ file }: CaseLog) => new Date(file.lastAt.getTime() + 60_000);

/** 临时救助 of ¥800 under the grant, on its way. */
const atTownship = () => CaseLog.entrusted().handedTo(TOWNSHIP);
const accepted = () => atTownship().accepted();
const reviewed = () => accepted().reviewed();

/** A desk at the case, a minute after its last line. */
const desk = (log: CaseLog, role: Role, grants: readonly Grant[] = [], as: DeskAs = {}) =>
  deskOf(log.file.custodian, role, { item: RELIEF, now: later(log), grants, ...as });
/** The log after a step was taken at the custodian's. */
const take = (log: CaseLog, step: Step) => log.taken(step, later(log));
const actions = (step: Step) => step.lines.map((line) => line.action);

describe('filing', () => {
  const filing = (amountFen?: number | null) => ({
    number: 'n',
    place: VILLAGE,
    application: sha256('application'),
    consent: null,
    materials: RELIEF.standard.materials.map((m) => material(m.name)),
    ...(amountFen === undefined ? {} : { facts: { amountFen } }),
  });
  const filed = (amountFen?: number | null) =>
    fileCase(deskOf(VILLAGE, 'CLERK', { item: RELIEF, grants: [GRANT] }), filing(amountFen)).lines[0];

  test('under a grant records the power, the way and what the cap was measured by', () => {
    const facts = { amountFen: 100_000 };
    expect(filed(100_000).data).toMatchObject({ decider: TOWNSHIP, power: COUNTY, through: LENT, facts });
  });

  test.each([100_001, null, undefined])('of %s fen goes to the county by its own power', (amountFen) => {
    const facts = { amountFen: amountFen ?? null };
    expect(filed(amountFen).data).toMatchObject({ decider: COUNTY, power: COUNTY, through: NO_GRANTS, facts });
  });
});

describe('accepting under a grant', () => {
  const grant = grantOf({ items: [SEAL.code], stages: ['ACCEPT'], cap: null });
  const as = { item: SEAL, acceptor: TOWNSHIP, decider: COUNTY };
  const through = { ...NO_GRANTS, accept: useOf(grant) };
  const lent = (more = {}) => CaseLog.filed({ ...as, ...more, data: { power: COUNTY, through } });
  const log = lent().handedTo(TOWNSHIP);
  const at3 = (grants: readonly Grant[], role: Role = 'CLERK') => desk(log, role, grants, { item: SEAL });
  const asked = [{ material: SEAL.standard.materials[0]?.name ?? '', reason: '模糊' }];

  test('is done while the grant is in effect', () => {
    expect(actions(acceptCase(at3([grant]), log.file, null))).toEqual(['ACCEPTED']);
    expect(actions(refuseCase(at3([grant]), log.file, '不属职权'))).toEqual(['NOT_ACCEPTED']);
  });

  test.each<[string, (grants: readonly Grant[]) => Step]>([
    ['acceptance', (grants) => acceptCase(at3(grants), log.file, null)],
    ['non-acceptance', (grants) => refuseCase(at3(grants), log.file, '不属职权')],
    ['the one-time notice', (grants) => requestSupplement(at3(grants), log.file, asked, null)],
  ])('is refused once it lapsed: %s', (_, act) => {
    expect(refusal(() => act([]))).toMatchObject({ code: 'GRANT_NOT_IN_EFFECT', article: ARTICLES.delegation });
  });

  test('is refused under a grant of the same id that gives another stage, item or place', () => {
    const others: Partial<Grant>[] = [
      { stages: ['REVIEW', 'DECIDE'] },
      { items: [RELIEF.code] },
      { grantee: '331022102' },
      { grantor: CITY },
    ];
    const codes = others.map((other) => refusalCode(() => acceptCase(at3([{ ...grant, ...other }]), log.file, null)));
    expect(codes).toEqual(others.map(() => 'GRANT_NOT_IN_EFFECT'));
  });

  test('goes on under a renewed grant, and the log says so first', () => {
    const renewed = { ...grant, id: grantId(7), seq: 2 };
    const step = acceptCase(at3([renewed]), log.file, null);
    expect(actions(step)).toEqual(['REROUTED', 'ACCEPTED']);
    expect(take(log, step).file).toMatchObject({ state: 'ACCEPTED', through: { accept: { id: grantId(7) } } });
  });

  test('is over when the grant lapsed: the case goes up and the county accepts it', () => {
    const step = forwardCase(at3([]), log.file, null);
    expect(actions(step)).toEqual(['REROUTED', 'FORWARDED']);
    const up = take(log, step).received();
    expect(up.file).toMatchObject({ acceptor: COUNTY, decider: COUNTY, through: NO_GRANTS, custodian: COUNTY });
    expect(take(up, acceptCase(desk(up, 'CLERK', [], { item: SEAL }), up.file, null)).file.state).toBe('ACCEPTED');
  });

  test('is over for the village too, which sends it to the county at once', () => {
    const village = lent();
    const step = forwardCase(desk(village, 'CLERK', [], { item: SEAL }), village.file, null);
    expect(actions(step)).toEqual(['REROUTED', 'FORWARDED']);
    expect(step.handOff).toEqual({ to: COUNTY, epoch: 2 });
  });

  test('falls back to the county where its own hall took the case in', () => {
    const hall = lent({ node: COUNTY });
    const step = acceptCase(desk(hall, 'CLERK', [], { item: SEAL }), hall.file, null);
    expect(actions(step)).toEqual(['REROUTED', 'ACCEPTED']);
    expect(take(hall, step).file).toMatchObject({ state: 'ACCEPTED', acceptor: COUNTY, acceptorHadMaterials: true });
    expect(refusalCode(() => acceptCase(desk(hall, 'CLERK', [grant], { item: SEAL }), hall.file, null))).toBe(
      'NOT_COMPETENT',
    );
  });

  test('does not come about by silence once the grant lapsed; at the county it does, as from the same day', () => {
    const now = at('2026-03-20');
    const silent = (l: CaseLog, grants: readonly Grant[]) =>
      deemAccepted(desk(l, 'CLERK', grants, { item: SEAL, now }), l.file);
    expect(silent(log, [grant])?.lines[0]).toMatchObject({ action: 'ACCEPTED', data: { deemed: true } });
    expect(silent(log, [])).toBeNull();
    const up = take(log, forwardCase(at3([]), log.file, null)).received();
    const from = dayOf(log.file.materialsInAt);
    expect(silent(up, [])?.lines[0]).toMatchObject({ action: 'ACCEPTED', data: { deemed: true, from } });
  });

  test('once done, does not depend on the grant any more', () => {
    const first = log.accepted().reviewed();
    const step = forwardCase(desk(first, 'CLERK', [], { item: SEAL }), first.file, null);
    expect(actions(step)).toEqual(['FORWARDED']);
    expect(step.handOff?.to).toBe(COUNTY);
  });
});

describe('deciding under a grant', () => {
  const decide = (log: CaseLog, grants: readonly Grant[], as: DeskAs = {}) =>
    decideCase(desk(log, 'CHIEF', grants, as), log.file, 'GRANTED', null);

  test("goes out in the grantor's name where the power is lent, with the grant's id", () => {
    const step = decide(reviewed(), [GRANT]);
    expect(step.lines[0].data).toMatchObject({ inNameOf: COUNTY, grant: GRANT_ID });
    expect(take(reviewed(), step).file.decision).toMatchObject({ node: TOWNSHIP, inNameOf: COUNTY, grant: GRANT_ID });
  });

  test("goes out in the grantee's own name where it is conferred", () => {
    const log = CaseLog.entrusted({}, { mode: 'CONFERRED' }).handedTo(TOWNSHIP).accepted().reviewed();
    expect(decide(log, [grantOf({ mode: 'CONFERRED' })]).lines[0].data).toMatchObject({
      inNameOf: TOWNSHIP,
      grant: GRANT_ID,
    });
  });

  test('goes by the mode the grant has, not by what a filing says of it', () => {
    const log = CaseLog.entrusted({}, { mode: 'CONFERRED' }).handedTo(TOWNSHIP).accepted().reviewed();
    const step = decide(log, [GRANT]);
    expect(actions(step)).toEqual(['REROUTED', 'DECIDED']);
    expect(take(log, step).file.decision).toMatchObject({ inNameOf: COUNTY });
  });

  test('names no grant where the organ decides by its own power', () => {
    const log = CaseLog.filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY).reviewed();
    const step = decideCase(deskOf(COUNTY, 'CHIEF', { now: later(log) }), log.file, 'GRANTED', null);
    expect(step.lines[0].data).toMatchObject({ inNameOf: COUNTY });
    expect(step.lines[0].data).not.toHaveProperty('grant');
  });

  const now = later(reviewed());
  test.each([
    ['was revoked today', recordOf({ end: endOf('REVOKED', dayOf(now)) })],
    ['was handed back', recordOf({ end: endOf('HANDED_BACK', '2026-01-20') })],
    ['has expired', recordOf({ grant: grantOf({ to: '2026-03-01' }) })],
    ['was never accepted', recordOf({ answer: null })],
  ])('is refused when the grant %s', (_, record) => {
    const grants = grantsInEffect([record], dayOf(now));
    expect(refusal(() => decide(reviewed(), grants))).toMatchObject({
      code: 'GRANT_NOT_IN_EFFECT',
      article: ARTICLES.delegation,
    });
  });

  test('is done on the last day of the grant', () => {
    const grants = grantsInEffect([recordOf({ grant: grantOf({ to: dayOf(now) }) })], dayOf(now));
    expect(actions(decide(reviewed(), grants))).toEqual(['DECIDED']);
  });

  test.each([
    [100_000, 'DECIDED'],
    [100_001, 'GRANT_NOT_IN_EFFECT'],
  ])('goes by the amount the review assessed: %s fen, %s', (amountFen, result) => {
    const log = take(
      accepted(),
      reviewCase(desk(accepted(), 'CLERK', [GRANT]), accepted().file, 'APPROVE', null, amountFen),
    );
    expect(log.file.facts).toEqual({ amountFen });
    const outcome = result === 'DECIDED' ? actions(decide(log, [GRANT]))[0] : refusalCode(() => decide(log, [GRANT]));
    expect(outcome).toBe(result);
  });

  test('goes on under a renewed grant, and the log says so first', () => {
    const renewed = grantOf({ id: grantId(7), seq: 2, mode: 'CONFERRED' });
    const step = decide(reviewed(), [renewed]);
    expect(actions(step)).toEqual(['REROUTED', 'DECIDED']);
    const { decision } = take(reviewed(), step).file;
    expect(decision).toMatchObject({ node: TOWNSHIP, inNameOf: TOWNSHIP, grant: grantId(7) });
  });

  test.each<[string, readonly Grant[], number]>([
    ['ended', [], 80_000],
    ['has its cap passed', [GRANT], 100_001],
  ])('is for the county to do once the grant %s, after a review of its own', (_, grants, amountFen) => {
    const log = take(
      accepted(),
      reviewCase(desk(accepted(), 'CLERK', [GRANT]), accepted().file, 'APPROVE', null, amountFen),
    );
    const step = forwardCase(desk(log, 'CLERK', grants), log.file, null);
    expect(actions(step)).toEqual(['REROUTED', 'FORWARDED']);
    expect(step.lines[0]).toMatchObject({ actor: NODE_ACTOR, data: { decider: COUNTY, through: NO_GRANTS } });
    expect(step.handOff).toEqual({ to: COUNTY, epoch: 3 });
    const up = take(log, step).received();
    expect(up.file).toMatchObject({ state: 'ACCEPTED', acceptor: TOWNSHIP, decider: COUNTY });
    expect(refusalCode(() => decide(up, grants))).toBe('REVIEW_MISSING');
    const again = take(up, reviewCase(desk(up, 'CLERK', grants, { sub: 'second' }), up.file, 'APPROVE', null));
    const done = take(again, decide(again, grants));
    expect(done.file).toMatchObject({ state: 'GRANTED', decision: { node: COUNTY, inNameOf: COUNTY, grant: null } });
  });

  test('is not asked of whoever has no power over the case any more: it goes on to the deciding organ', () => {
    // its grantor called it back and then refused the hand-off: the desk that holds it now may not review it
    const file = { ...accepted().file, acceptor: OTHER_COUNTY, decider: COUNTY, through: NO_GRANTS };
    expect(forwardCase(desk(accepted(), 'CLERK'), file, null).handOff).toEqual({ to: COUNTY, epoch: 3 });
  });

  test('waits for the review also when the case goes up', () => {
    expect(refusalCode(() => forwardCase(desk(accepted(), 'CLERK'), accepted().file, null))).toBe('REVIEW_MISSING');
  });

  test('stays at the township as long as the grant carries it', () => {
    expect(refusalCode(() => forwardCase(desk(reviewed(), 'CLERK', [GRANT]), reviewed().file, null))).toBe(
      'NOT_COMPETENT',
    );
  });

  test('goes to the county between, where that has the city item by a grant still in effect', () => {
    const all = { items: [TEACHER.code], grantor: CITY, cap: null, stages: ['ACCEPT', 'DECIDE'] as Grant['stages'] };
    const low = grantOf({ ...all, id: grantId(1) });
    const high = grantOf({ ...all, id: grantId(2), grantee: COUNTY });
    const through = { accept: useOf(low), review: null, decide: useOf(low) };
    const as = { item: TEACHER, acceptor: TOWNSHIP, decider: TOWNSHIP, data: { power: CITY, through } };
    const log = CaseLog.filed(as).handedTo(TOWNSHIP).accepted().reviewed();
    const step = forwardCase(desk(log, 'CLERK', [high], { item: TEACHER }), log.file, null);
    expect(step.handOff?.to).toBe(COUNTY);
    const up = take(log, step).received();
    expect(up.file).toMatchObject({ acceptor: TOWNSHIP, decider: COUNTY, power: CITY, state: 'ACCEPTED' });
    expect(up.file.through).toEqual({ accept: useOf(low), review: null, decide: useOf(high) });
  });
});

test('a case whose county lost its grant is decided by the township that has one and holds the case', () => {
  const high = grantOf({ id: grantId(2), items: [TEACHER.code], grantor: CITY, grantee: COUNTY, cap: null });
  const low: Grant = { ...high, id: grantId(1), grantee: TOWNSHIP, stages: ['ACCEPT', 'DECIDE'] };
  const item = { ...TEACHER, acceptingTiers: ['TOWNSHIP' as const] };
  const data = { power: CITY, through: { ...NO_GRANTS, decide: useOf(high) } };
  const log = CaseLog.filed({ item, decider: COUNTY, data }).handedTo(TOWNSHIP).accepted().reviewed();
  const decide = (grants: readonly Grant[]) =>
    decideCase(desk(log, 'CHIEF', grants, { item }), log.file, 'GRANTED', null);
  expect(refusalCode(() => decide([high, low]))).toBe('NOT_COMPETENT');
  expect(actions(decide([low]))).toEqual(['REROUTED', 'DECIDED']);
  expect(take(log, decide([low])).file.decision).toMatchObject({ node: TOWNSHIP, inNameOf: CITY, grant: low.id });
});

describe('a review that stands for the one above', () => {
  const grant = grantOf({ stages: ['REVIEW'] });
  const through = { ...NO_GRANTS, review: useOf(grant) };
  const data = { power: COUNTY, through, facts: { amountFen: 80_000 } };
  const below = CaseLog.filed({ item: RELIEF, data }).handedTo(TOWNSHIP).accepted().reviewed();
  const up = below.handedTo(COUNTY);
  const chief = (log: CaseLog, grants: readonly Grant[]) => desk(log, 'CHIEF', grants);

  test('comes up reviewed, and the county decides on it', () => {
    expect(up.file.state).toBe('REVIEWED');
    const done = take(up, decideCase(chief(up, [grant]), up.file, 'GRANTED', null));
    expect(done.file.decision).toMatchObject({ node: COUNTY, inNameOf: COUNTY, grant: null });
  });

  test('is decided on only while the grant is in effect', () => {
    expect(refusal(() => decideCase(chief(up, []), up.file, 'GRANTED', null))).toMatchObject({
      code: 'GRANT_NOT_IN_EFFECT',
      article: ARTICLES.delegation,
    });
  });

  test('gives way to a review of the county, which may always make its own', () => {
    const own = take(up, reviewCase(desk(up, 'CLERK', []), up.file, 'APPROVE', null));
    expect(own.file.reviews.map((r) => r.node)).toEqual([TOWNSHIP, COUNTY]);
    const done = take(own, decideCase(chief(own, []), own.file, 'GRANTED', null));
    expect(done.file.decision).toMatchObject({ node: COUNTY, grant: null });
  });

  test('is not made twice by the county', () => {
    const own = up.reviewed();
    expect(refusalCode(() => reviewCase(desk(own, 'CLERK', [grant]), own.file, 'APPROVE', null))).toBe('ILLEGAL_STEP');
  });

  test('does not let its reviewer decide', () => {
    const reviewer = up.file.reviews[0]?.actor.sub ?? '';
    const same = desk(up, 'CHIEF', [grant], { sub: reviewer });
    expect(refusalCode(() => decideCase(same, up.file, 'GRANTED', null))).toBe('SAME_PERSON');
  });

  test('goes up as an ordinary first review once the grant ended', () => {
    const step = forwardCase(desk(below, 'CLERK', []), below.file, null);
    expect(actions(step)).toEqual(['REROUTED', 'FORWARDED']);
    expect(take(below, step).received().file).toMatchObject({ state: 'ACCEPTED', through: NO_GRANTS });
  });

  test('is not needed a second time when the case came back and goes up again', () => {
    const back = take(up, returnCase(desk(up, 'CLERK', [grant]), up.file, '事实不清')).received();
    expect(back.file).toMatchObject({ state: 'ACCEPTED', custodian: TOWNSHIP });
    expect(back.reviewed().handedTo(COUNTY).file.state).toBe('REVIEWED');
  });

  test('is not turned into a decision by a newer grant while the case is on its way', () => {
    const newer = grantOf({ id: grantId(8), seq: 2 });
    const step = forwardCase(desk(below, 'CLERK', [newer]), below.file, null);
    expect(step.handOff?.to).toBe(COUNTY);
    expect(take(below, step).file).toMatchObject({ decider: COUNTY, through: NO_GRANTS });
  });
});

describe('calling a case back', () => {
  const by: LogActor = { sub: 'chief', name: '首席代表', role: 'CHIEF' };
  const recall = (log: CaseLog, grantor = COUNTY, node = log.file.custodian) =>
    recallCase(node, log.file, grantor, by, '案情重大');
  const asking = () => CaseLog.entrusted({ node: TOWNSHIP, materials: [] }).asked(['身份证明']);

  test.each<[string, CaseLog, CaseFile['state']]>([
    ['filed, at the village', CaseLog.entrusted(), 'FILED'],
    ['filed, at the township', atTownship(), 'FILED'],
    ['awaiting supplement', asking(), 'AWAITING_SUPPLEMENT'],
  ])('that is %s only says who will decide; the case goes its way', (_, log, state) => {
    const step = recall(log);
    expect(actions(step)).toEqual(['REROUTED']);
    expect(step.handOff).toBeNull();
    expect(step.lines[0]).toMatchObject({ actor: by, note: '案情重大' });
    const after = take(log, step).file;
    expect(after).toMatchObject({ state, decider: COUNTY, acceptor: TOWNSHIP, through: NO_GRANTS });
  });

  test.each<[string, CaseLog]>([
    ['accepted', accepted()],
    ['reviewed', reviewed()],
  ])('that is %s takes it up as it is, and the county reviews and decides', (_, log) => {
    const step = recall(log);
    expect(actions(step)).toEqual(['REROUTED', 'FORWARDED']);
    expect(step.handOff).toEqual({ to: COUNTY, epoch: 3 });
    const up = take(log, step).received();
    expect(up.file).toMatchObject({ state: 'ACCEPTED', custodian: COUNTY, decider: COUNTY, through: NO_GRANTS });
    expect(up.reviewed().decided().file.decision).toMatchObject({ inNameOf: COUNTY, grant: null });
  });

  test.each<[string, CaseLog, string]>([
    ['under way', reviewed().forwarded(COUNTY), 'CASE_IN_TRANSIT'],
    ['granted', reviewed().decided(), 'ILLEGAL_STEP'],
    ['refused', reviewed().decided('REFUSED'), 'ILLEGAL_STEP'],
    ['not accepted', atTownship().notAccepted(), 'ILLEGAL_STEP'],
    ['withdrawn', accepted().withdrawn(), 'ILLEGAL_STEP'],
  ])('that is %s is refused', (_, log, code) => {
    expect(refusalCode(() => recall(log))).toBe(code);
  });

  test.each([CITY, OTHER_COUNTY, TOWNSHIP])('is refused to %s, which did not grant it', (grantor) => {
    expect(refusal(() => recall(accepted(), grantor))).toMatchObject({
      code: 'NOT_COMPETENT',
      article: ARTICLES.delegation,
    });
  });

  test('is refused where the county decides anyway', () => {
    expect(refusalCode(() => recall(CaseLog.filed().handedTo(TOWNSHIP).accepted()))).toBe('NOT_COMPETENT');
  });

  test('is refused at a node that does not hold the case', () => {
    expect(refusal(() => recall(accepted(), COUNTY, VILLAGE))).toMatchObject({
      code: 'NOT_CUSTODIAN',
      custodian: TOWNSHIP,
    });
  });

  test('is refused a second time', () => {
    const log = take(atTownship(), recall(atTownship()));
    expect(refusalCode(() => recall(log))).toBe('NOT_COMPETENT');
  });

  test('lasts: the same grant, still in effect, does not take the case down again', () => {
    const log = take(atTownship(), recall(atTownship())).accepted().reviewed();
    const up = forwardCase(desk(log, 'CLERK', [GRANT]), log.file, null);
    expect(actions(up)).toEqual(['FORWARDED']);
    expect(up.handOff?.to).toBe(COUNTY);
  });

  test('lasts also where the grant of the acceptance is renewed meanwhile', () => {
    const both = grantOf({ items: [SEAL.code], stages: ['ACCEPT', 'DECIDE'], cap: null });
    const through = { accept: useOf(both), review: null, decide: useOf(both) };
    const log = CaseLog.entrusted({ item: SEAL, data: { through } });
    const called = take(log, recall(log));
    const renewed = { ...both, id: grantId(9), seq: 2 };
    const step = forwardCase(desk(called, 'CLERK', [renewed], { item: SEAL }), called.file, null);
    const down = take(called, step).received();
    expect(down.file).toMatchObject({
      acceptor: TOWNSHIP,
      decider: COUNTY,
      through: { accept: useOf(renewed), decide: null },
    });
  });

  test('waits for the supplement, which still answers the one notice', () => {
    const log = take(asking(), recall(asking()));
    const supplied = take(log, supplementCase(desk(log, 'CLERK'), log.file, [material('身份证明')], null));
    expect(supplied.file).toMatchObject({ state: 'FILED', decider: COUNTY, custodian: TOWNSHIP });
  });
});
