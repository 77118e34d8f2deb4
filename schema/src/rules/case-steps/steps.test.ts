import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NODE_ACTOR } from '../../messages/log-line.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import {
  CITY,
  COUNTY,
  NEIGHBOUR_VILLAGE,
  OTHER_TOWNSHIP,
  OTHER_TOWNSHIPS_VILLAGE,
  TOWNSHIP,
  VILLAGE,
  at,
  implementationOf,
  itemOf,
  material,
  sha256,
} from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode, refusals } from '../../testing/refusals.ts';
import type { Role } from '../../vocabulary.ts';
import { CASE_STATES, CLOSED_STATES } from '../../vocabulary.ts';
import { ARTICLES } from '../articles.ts';
import type { CaseFile } from '../case-file.ts';
import { missingMaterials } from '../case-file.ts';
import { foldLog } from '../case-state.ts';
import type { Desk, Filing, Step } from './index.ts';
import {
  REMEDIES,
  acceptCase,
  decideCase,
  deemAccepted,
  fileCase,
  forwardCase,
  refuseCase,
  requestSupplement,
  returnCase,
  reviewCase,
  supplementCase,
  withdrawCase,
} from './index.ts';

/** 低保: the township accepts, the county decides. */
const DIBAO = itemOf('3310-MZ-001');
const ALL = DIBAO.standard.materials.map((m) => m.name);
const [FORM = '', ID = '', WARRANT = '', HOUSEHOLD = ''] = ALL;
/** 公章刻制: the county accepts and decides. */
const SEAL = itemOf('3310-GA-001');

const atTownship = (materials = ALL) => CaseLog.filed({ materials }).handedTo(TOWNSHIP);
const accepted = () => atTownship().accepted();
const reviewed = () => accepted().reviewed('APPROVE', { actor: { sub: 'first', name: '初审', role: 'CLERK' } });
const atCounty = () => reviewed().handedTo(COUNTY);
const reviewedAtCounty = () =>
  atCounty().reviewed('APPROVE', { actor: { sub: 'second', name: '审查', role: 'CLERK' } });
/** Filed in the village for an item that the county accepts and decides. */
const sealAtCounty = () => CaseLog.filed({ item: SEAL, acceptor: COUNTY, decider: COUNTY }).handedTo(COUNTY);

const asked = (...names: string[]) => names.map((name) => ({ material: name, reason: '未提交' }));
const later = (log: CaseLog, ms = 60_000) => new Date(log.file.lastAt.getTime() + ms);

/** What is taken down by a step's only line. */
function onlyLine(step: Step) {
  expect(step.lines).toHaveLength(1);
  return step.lines[0];
}

// ---- what holds for every step -------------------------------------------------------------------------------------

/** Each step where it is allowed: by whom, on which case. */
const STEPS: Record<string, { role: Role; log: CaseLog; take: (desk: Desk, file: CaseFile) => Step }> = {
  supplementCase: {
    role: 'CLERK',
    log: atTownship([]).asked(ALL).returned(VILLAGE).received(),
    take: (desk, file) => supplementCase(desk, file, [material(FORM)], null),
  },
  requestSupplement: {
    role: 'CLERK',
    log: atTownship([FORM, ID, WARRANT]),
    take: (desk, file) => requestSupplement(desk, file, asked(HOUSEHOLD), null),
  },
  acceptCase: { role: 'CLERK', log: atTownship(), take: (desk, file) => acceptCase(desk, file, null) },
  refuseCase: { role: 'CLERK', log: atTownship(), take: (desk, file) => refuseCase(desk, file, '不属本机关职权') },
  reviewCase: { role: 'CLERK', log: accepted(), take: (desk, file) => reviewCase(desk, file, 'APPROVE', null) },
  decideCase: { role: 'CHIEF', log: reviewedAtCounty(), take: (desk, file) => decideCase(desk, file, 'GRANTED', null) },
  forwardCase: { role: 'CLERK', log: reviewed(), take: (desk, file) => forwardCase(desk, file, null) },
  returnCase: { role: 'CLERK', log: atCounty(), take: (desk, file) => returnCase(desk, file, '材料模糊') },
  withdrawCase: { role: 'CLERK', log: accepted(), take: (desk, file) => withdrawCase(desk, file, '申请人撤回') },
};
const STEP_NAMES = Object.keys(STEPS);

function stepOf(name: string) {
  const step = STEPS[name];
  if (!step) throw new Error(`There is no step ${name}.`);
  return step;
}

describe('every step', () => {
  test.each(STEP_NAMES)('%s is allowed to the right person on the right case, and the log takes it', (name) => {
    const { role, log, take } = stepOf(name);
    const now = later(log);
    const step = take(deskOf(log.file.custodian, role, { now }), log.file);
    const after = log.taken(step, now);
    expect(after.lines.length).toBe(log.lines.length + step.lines.length);
    expect(after.file.inTransitTo).toBe(step.handOff?.to ?? null);
    expect(step.lines.map((line) => line.actor.role)).toEqual(step.lines.map(() => role));
  });

  test.each(STEP_NAMES)('%s is refused to a person of another desk', (name) => {
    const { role, log, take } = stepOf(name);
    const desk = deskOf(log.file.custodian, role, { now: later(log), of: OTHER_TOWNSHIP });
    expect(refusal(() => take(desk, log.file))).toMatchObject({ code: 'FORBIDDEN', article: ARTICLES.postDuties });
  });

  test.each(STEP_NAMES)('%s is refused to supervisors and cataloguers', (name) => {
    const { log, take } = stepOf(name);
    const desk = deskOf(log.file.custodian, ['SUPERVISOR', 'CATALOGUER'], { now: later(log) });
    expect(refusal(() => take(desk, log.file))).toMatchObject({ code: 'FORBIDDEN', article: ARTICLES.postDuties });
  });

  test.each(STEP_NAMES)('%s is refused at a desk that does not hold the case, with the one that does', (name) => {
    const { role, log, take } = stepOf(name);
    const desk = deskOf(OTHER_TOWNSHIP, role, { now: later(log) });
    expect(refusal(() => take(desk, log.file))).toMatchObject({
      code: 'NOT_CUSTODIAN',
      custodian: log.file.custodian,
    });
  });

  test.each(STEP_NAMES)('%s is refused while the case is under way', (name) => {
    const { role, log, take } = stepOf(name);
    const underWay = { ...log.file, inTransitTo: log.file.custodian === COUNTY ? TOWNSHIP : COUNTY };
    const desk = deskOf(log.file.custodian, role, { now: later(log) });
    expect(refusalCode(() => take(desk, underWay))).toBe('CASE_IN_TRANSIT');
  });

  test.each(STEP_NAMES)('%s is refused once the case is closed', (name) => {
    const { role, log, take } = stepOf(name);
    const desk = deskOf(log.file.custodian, role, { now: later(log) });
    for (const state of CLOSED_STATES) {
      expect(refusalCode(() => take(desk, { ...log.file, state }))).toBe('ILLEGAL_STEP');
    }
  });

  test.each(STEP_NAMES.filter((name) => name !== 'supplementCase'))(
    '%s is refused to another department of the organ',
    (name) => {
      const { role, log, take } = stepOf(name);
      const desk = deskOf(log.file.custodian, role, { now: later(log), department: '公安' });
      expect(refusal(() => take(desk, log.file))).toMatchObject({
        code: 'WRONG_DEPARTMENT',
        article: ARTICLES.postDuties,
      });
    },
  );

  test.each(STEP_NAMES)('%s leaves the file as it was', (name) => {
    const { role, log, take } = stepOf(name);
    const before = structuredClone(log.file);
    take(deskOf(log.file.custodian, role, { now: later(log) }), log.file);
    expect(log.file).toEqual(before);
  });
});

// ---- step by step --------------------------------------------------------------------------------------------------

describe('taking an application in', () => {
  const filing = (changes: Partial<Filing> = {}): Filing => ({
    number: `${VILLAGE}-20260303-00001`,
    place: VILLAGE,
    application: sha256('application'),
    consent: { way: 'SIGNATURE', givenAt: '2026-03-03T00:30:00.000Z' },
    materials: ALL.map((name) => material(name)),
    ...changes,
  });

  test('writes down who accepts and who decides, and the log begins with it', () => {
    const desk = deskOf(VILLAGE, 'AGENT');
    const line = onlyLine(fileCase(desk, filing()));
    expect(line).toMatchObject({
      action: 'FILED',
      actor: { sub: desk.viewer.sub, role: 'AGENT' },
      data: { item: '3310-MZ-001', itemVersion: 1, itemKind: 'PAYMENT', acceptor: TOWNSHIP, decider: COUNTY },
    });
    const head = { case: 'x', seq: 1, epoch: 1, at: desk.now.toISOString(), node: VILLAGE, prev: null };
    expect(foldLog([{ ...line, ...head }])).toMatchObject({ state: 'FILED', custodian: VILLAGE, proxied: true });
  });

  test('hands nothing off', () => {
    expect(fileCase(deskOf(VILLAGE, 'AGENT'), filing()).handOff).toBeNull();
  });

  test('is allowed with materials missing: they are named once, later', () => {
    expect(() => fileCase(deskOf(VILLAGE, 'AGENT'), filing({ materials: [] }))).not.toThrow();
  });

  test('is allowed to a clerk without a consent: the applicant is there', () => {
    expect(() => fileCase(deskOf(VILLAGE, 'CLERK'), filing({ consent: null }))).not.toThrow();
    expect(() => fileCase(deskOf(TOWNSHIP, 'CLERK'), filing({ consent: null }))).not.toThrow();
  });

  test("is refused to an agent without the applicant's consent", () => {
    expect(refusal(() => fileCase(deskOf(VILLAGE, 'AGENT'), filing({ consent: null })))).toMatchObject({
      code: 'CONSENT_MISSING',
      article: ARTICLES.proxyConsent,
      field: 'consent',
    });
  });

  test('takes a consent given this very moment and none of the next', () => {
    const now = at('2026-03-03', '09:00');
    const desk = deskOf(VILLAGE, 'AGENT', { now });
    const given = (ms: number) =>
      filing({ consent: { way: 'FINGERPRINT', givenAt: new Date(now.getTime() + ms).toISOString() } });
    expect(() => fileCase(desk, given(0))).not.toThrow();
    expect(refusal(() => fileCase(desk, given(1)))).toMatchObject({
      code: 'CONSENT_MISSING',
      article: ARTICLES.proxyConsent,
      field: 'consent.givenAt',
    });
  });

  test('is refused to an agent for an item that allows no proxy', () => {
    const item = { ...DIBAO, proxyAllowed: false };
    expect(refusal(() => fileCase(deskOf(VILLAGE, 'AGENT', { item }), filing()))).toMatchObject({ field: 'item' });
    expect(() => fileCase(deskOf(VILLAGE, 'CLERK', { item }), filing())).not.toThrow();
  });

  test('is refused with every unrelated material named at its place', () => {
    const materials = [material('房产证'), material(FORM), material('无犯罪证明')];
    expect(refusals(() => fileCase(deskOf(VILLAGE, 'AGENT'), filing({ materials })))).toMatchObject([
      { code: 'MATERIAL_UNRELATED', article: ARTICLES.noUnrelatedMaterials, field: 'materials.0.name' },
      { code: 'MATERIAL_UNRELATED', article: ARTICLES.noUnrelatedMaterials, field: 'materials.2.name' },
    ]);
  });

  test('is refused with missing consent and unrelated materials at once', () => {
    const faulty = filing({ consent: null, materials: [material('房产证')] });
    expect(refusals(() => fileCase(deskOf(VILLAGE, 'AGENT'), faulty)).map((p) => p.code)).toEqual([
      'CONSENT_MISSING',
      'MATERIAL_UNRELATED',
    ]);
  });

  test('asks for what the deciding node asks for, which may be less than the standard', () => {
    const implementation = {
      ...implementationOf(DIBAO),
      materials: [{ name: FORM, required: true, providedBy: 'APPLICANT' as const, held: false }],
    };
    const desk = deskOf(VILLAGE, 'AGENT', { implementation });
    expect(() => fileCase(desk, filing({ materials: [material(FORM)] }))).not.toThrow();
    expect(refusalCode(() => fileCase(desk, filing({ materials: [material(ID)] })))).toBe('MATERIAL_UNRELATED');
  });

  test('is refused for an item that is not in force', () => {
    const item = { ...DIBAO, status: 'SUSPENDED' as const };
    expect(refusal(() => fileCase(deskOf(VILLAGE, 'AGENT', { item }), filing()))).toMatchObject({
      code: 'ITEM_NOT_IN_FORCE',
      article: ARTICLES.itemLife,
    });
  });

  test("ends with the item by the centre's day, not by UTC", () => {
    const item = { ...DIBAO, effectiveTo: '2026-03-04' };
    const on = (now: Date) => () => fileCase(deskOf(VILLAGE, 'AGENT', { item, now }), filing());
    expect(on(new Date('2026-03-03T15:59:59.999Z'))).not.toThrow();
    expect(refusalCode(on(new Date('2026-03-03T16:00:00.000Z')))).toBe('ITEM_NOT_IN_FORCE');
  });

  test('is refused for a place too high to name the accepting organ', () => {
    expect(refusal(() => fileCase(deskOf(VILLAGE, 'AGENT'), filing({ place: COUNTY })))).toMatchObject({
      code: 'COMPETENCE_UNRESOLVED',
      field: 'place',
    });
  });

  test('is refused for a place that does not exist', () => {
    const act = () => fileCase(deskOf(VILLAGE, 'AGENT'), filing({ place: '339999' }));
    expect(refusalCode(act)).toBe('UNKNOWN_DIVISION');
  });

  test('is allowed for the neighbouring village and refused for one of another township', () => {
    const desk = deskOf(VILLAGE, 'AGENT');
    expect(() => fileCase(desk, filing({ place: NEIGHBOUR_VILLAGE }))).not.toThrow();
    expect(refusalCode(() => fileCase(desk, filing({ place: OTHER_TOWNSHIPS_VILLAGE })))).toBe('NOT_COMPETENT');
  });

  test("is allowed at the accepting county's window of the item's department and refused at another", () => {
    const at = (department: string | null) => () =>
      fileCase(deskOf(COUNTY, 'CLERK', { item: SEAL, department }), filing({ materials: [] }));
    expect(at('公安')).not.toThrow();
    expect(refusalCode(at('民政'))).toBe('WRONG_DEPARTMENT');
    expect(refusalCode(at(null))).toBe('WRONG_DEPARTMENT');
  });

  test("is allowed for every department's items where the desk only takes in", () => {
    const desk = deskOf(TOWNSHIP, 'CLERK', { item: SEAL, department: '农业农村' });
    expect(() => fileCase(desk, filing({ materials: [] }))).not.toThrow();
  });

  test.each(['CHIEF', 'SUPERVISOR', 'CATALOGUER'] as const)('is refused to a %s', (role) => {
    expect(refusal(() => fileCase(deskOf(TOWNSHIP, role), filing()))).toMatchObject({
      code: 'FORBIDDEN',
      article: ARTICLES.postDuties,
    });
  });

  test('is refused to a person of another village', () => {
    const act = () => fileCase(deskOf(VILLAGE, 'AGENT', { of: NEIGHBOUR_VILLAGE }), filing());
    expect(refusalCode(act)).toBe('FORBIDDEN');
  });
});

describe('the one-time notice', () => {
  const ask = (log: CaseLog, names: string[], now = later(log), node = log.file.custodian) =>
    requestSupplement(deskOf(node, 'CLERK', { now }), log.file, asked(...names), null);

  test('goes back with the case to the desk that took it in', () => {
    const log = atTownship([FORM, ID]);
    const step = ask(log, [WARRANT, HOUSEHOLD]);
    expect(step.lines.map((line) => line.action)).toEqual(['SUPPLEMENT_REQUESTED', 'RETURNED']);
    expect(step.handOff).toEqual({ to: VILLAGE, epoch: 3 });
    const { file } = log.taken(step, later(log)).received();
    expect(file).toMatchObject({ state: 'AWAITING_SUPPLEMENT', custodian: VILLAGE, epoch: 3 });
  });

  test('stays where the accepting organ took the case in itself', () => {
    const log = CaseLog.filed({ node: TOWNSHIP, materials: [FORM, ID, WARRANT] });
    const step = ask(log, [HOUSEHOLD]);
    expect(onlyLine(step).action).toBe('SUPPLEMENT_REQUESTED');
    expect(step.handOff).toBeNull();
  });

  test('may ask again for a material that is there but faulty', () => {
    expect(() => ask(atTownship(), [ID])).not.toThrow();
  });

  test('that leaves any missing material out is refused, one that names all of them is not', () => {
    fc.assert(
      fc.property(fc.subarray(ALL), fc.subarray(ALL), (handedIn, named) => {
        const log = atTownship(handedIn);
        const missing = missingMaterials(log.file, DIBAO.standard.materials);
        const complete = missing.every((name) => named.includes(name));
        const nothing = named.length === 0 && missing.length === 0;
        const code = nothing ? 'BAD_INPUT' : complete ? null : 'SUPPLEMENT_INCOMPLETE';
        expect(codeOrDone(() => ask(log, named))).toBe(code);
      }),
    );
  });

  test('that is not complete cites its article', () => {
    expect(refusal(() => ask(atTownship([FORM]), [ID]))).toMatchObject({
      code: 'SUPPLEMENT_INCOMPLETE',
      article: ARTICLES.oneTimeNotice,
      field: 'missing',
    });
  });

  test('that names nothing where nothing is missing is refused', () => {
    expect(refusal(() => ask(atTownship(), []))).toMatchObject({ code: 'BAD_INPUT', field: 'missing' });
  });

  test('that asks for what the item does not need is refused, each at its place', () => {
    expect(refusals(() => ask(atTownship([FORM]), ['房产证', ID, WARRANT, HOUSEHOLD, '无犯罪证明']))).toMatchObject([
      { code: 'MATERIAL_UNRELATED', article: ARTICLES.noUnrelatedMaterials, field: 'missing.0.material' },
      { code: 'MATERIAL_UNRELATED', article: ARTICLES.noUnrelatedMaterials, field: 'missing.4.material' },
    ]);
  });

  test('is refused a second time', () => {
    const log = atTownship([FORM, ID, WARRANT])
      .asked([HOUSEHOLD])
      .returned(VILLAGE)
      .received()
      .supplemented([HOUSEHOLD])
      .handedTo(TOWNSHIP);
    expect(refusal(() => ask(log, [ID]))).toMatchObject({
      code: 'SUPPLEMENT_REPEATED',
      article: ARTICLES.oneTimeNotice,
    });
  });

  test('is in time to the end of the fifth working day and too late from then on', () => {
    const log = CaseLog.filed({ materials: [FORM] }).handedTo(TOWNSHIP, at('2026-09-30', '16:00'));
    const lastInstant = new Date('2026-10-13T15:59:59.999Z');
    const missing = [ID, WARRANT, HOUSEHOLD];
    expect(() => ask(log, missing, lastInstant)).not.toThrow();
    expect(refusal(() => ask(log, missing, new Date(lastInstant.getTime() + 1)))).toMatchObject({
      code: 'SUPPLEMENT_TOO_LATE',
      article: ARTICLES.oneTimeNotice,
    });
  });

  test('counts its days from when the materials came to the accepting organ, not to the village', () => {
    const log = CaseLog.filed({ at: at('2026-03-02'), materials: [FORM, ID, WARRANT] }).handedTo(
      TOWNSHIP,
      at('2026-03-11'),
    );
    expect(() => ask(log, [HOUSEHOLD], at('2026-03-18', '17:00'))).not.toThrow();
    expect(refusalCode(() => ask(log, [HOUSEHOLD], at('2026-03-19', '00:00')))).toBe('SUPPLEMENT_TOO_LATE');
  });

  test('is refused to an organ that does not accept the case', () => {
    const log = CaseLog.filed({ item: SEAL, node: TOWNSHIP, acceptor: COUNTY, decider: COUNTY, materials: [] });
    const desk = deskOf(TOWNSHIP, 'CLERK', { now: later(log), item: SEAL });
    const act = () => requestSupplement(desk, log.file, asked(...SEAL.standard.materials.map((m) => m.name)), null);
    expect(refusal(act)).toMatchObject({ code: 'NOT_COMPETENT', article: ARTICLES.organsOnly });
  });

  test('is refused to a village, which is no organ', () => {
    expect(refusalCode(() => ask(CaseLog.filed({ materials: [FORM, ID, WARRANT] }), [HOUSEHOLD]))).toBe('FORBIDDEN');
  });

  test.each(['ACCEPTED', 'REVIEWED', 'AWAITING_SUPPLEMENT'] as const)('is refused when the case is %s', (state) => {
    const log = atTownship();
    const desk = deskOf(TOWNSHIP, 'CLERK', { now: later(log) });
    const act = () => requestSupplement(desk, { ...log.file, state }, asked(ID), null);
    expect(refusalCode(act)).toBe('ILLEGAL_STEP');
  });
});

describe('a supplement', () => {
  const awaiting = () => atTownship([FORM, ID]).asked([WARRANT, HOUSEHOLD]).returned(VILLAGE).received();
  const handIn = (log: CaseLog, names: string[], role: Role = 'AGENT') =>
    supplementCase(
      deskOf(log.file.custodian, role, { now: later(log) }),
      log.file,
      names.map((name) => material(name)),
      null,
    );

  test('may come in parts', () => {
    const log = awaiting();
    const half = log.taken(handIn(log, [WARRANT]), later(log));
    expect(half.file.state).toBe('AWAITING_SUPPLEMENT');
    const whole = half.taken(handIn(half, [HOUSEHOLD], 'CLERK'), later(half));
    expect(whole.file.state).toBe('FILED');
  });

  test('without a material is refused', () => {
    expect(refusal(() => handIn(awaiting(), []))).toMatchObject({ code: 'BAD_INPUT', field: 'materials' });
  });

  test('of unrelated materials is refused, each at its place', () => {
    expect(refusals(() => handIn(awaiting(), [WARRANT, '房产证', '无犯罪证明']))).toMatchObject([
      { code: 'MATERIAL_UNRELATED', article: ARTICLES.noUnrelatedMaterials, field: 'materials.1.name' },
      { code: 'MATERIAL_UNRELATED', article: ARTICLES.noUnrelatedMaterials, field: 'materials.2.name' },
    ]);
  });

  test('that nobody asked for is refused', () => {
    expect(refusalCode(() => handIn(CaseLog.filed({ materials: [] }), [FORM]))).toBe('ILLEGAL_STEP');
  });

  test('is refused to a chief', () => {
    const log = CaseLog.filed({ node: TOWNSHIP, materials: [FORM, ID, WARRANT] }).asked([HOUSEHOLD]);
    expect(refusalCode(() => handIn(log, [HOUSEHOLD], 'CHIEF'))).toBe('FORBIDDEN');
    expect(() => handIn(log, [HOUSEHOLD], 'CLERK')).not.toThrow();
  });
});

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
