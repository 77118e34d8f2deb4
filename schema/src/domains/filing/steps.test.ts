import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import {
  at,
  COUNTY,
  implementationOf,
  material,
  NEIGHBOUR_VILLAGE,
  OTHER_TOWNSHIPS_VILLAGE,
  sha256,
  TOWNSHIP,
  VILLAGE,
} from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode, refusals } from '../../testing/refusals.ts';
import {
  ALL,
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
import type { Role } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { missingMaterials } from '../../case/case-file.ts';
import { foldLog } from '../../case/case-state.ts';
import type { Filing } from './steps.ts';
import { fileCase, supplementCase } from './steps.ts';
import { requestSupplement } from '../handling/acceptance.ts';

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
