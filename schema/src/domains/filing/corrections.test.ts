import { describe, expect, test } from 'vitest';
import { foldLog } from '../../case/case-state.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { COUNTY, TOWNSHIP, VILLAGE, itemOf, material, sha256 } from '../../testing/fixtures.ts';
import { refusalCode } from '../../testing/refusals.ts';
import type { Correction } from './corrections.ts';
import { arrangeMaterials, correctApplication } from './corrections.ts';

const ITEM = itemOf('3310-MZ-001');
const CONSENT = { way: 'SIGNATURE' as const, givenAt: '2026-03-01T00:00:00.000Z' };
const filed = () => CaseLog.filed({ data: { consent: CONSENT } });
const desk = (node = VILLAGE, role: 'AGENT' | 'CLERK' | 'CHIEF' = 'AGENT') =>
  deskOf(node, role, { item: ITEM, now: new Date('2026-03-03T02:00:00.000Z') });
const corrected = (change: Partial<Correction> = {}): Correction => ({
  parts: ['APPLICANT'],
  reason: '电话有误',
  text: '{"corrected":true}',
  application: sha256('corrected'),
  consent: CONSENT,
  facts: { amountFen: 80_000 },
  form: [],
  ...change,
});

describe('materials before a case goes up', () => {
  test('are replaced, taken back and put in another order, in one line of the log', () => {
    const { file } = filed();
    const [first, ...rest] = file.materials;
    const wanted = [...rest.toReversed(), material(first?.name ?? '')];
    const step = arrangeMaterials(desk(), file, wanted, '重新扫描');
    expect(step.lines).toMatchObject([{ action: 'MATERIALS_ARRANGED', note: '重新扫描', data: { materials: wanted } }]);
    const after = foldLog(filed().add({ action: 'MATERIALS_ARRANGED', data: { materials: wanted } }).lines);
    expect(after).toMatchObject({ state: 'FILED', materials: wanted, materialsInAt: file.materialsInAt });
  });

  test('stay as they are if nothing changes, and take nothing that the item does not ask for', () => {
    const { file } = filed();
    expect(refusalCode(() => arrangeMaterials(desk(), file, file.materials, null))).toBe('NO_CHANGE');
    expect(refusalCode(() => arrangeMaterials(desk(), file, [material('户外照片')], null))).toBe('MATERIAL_UNRELATED');
  });

  test('are not touched once another desk has had the case, neither by a step nor by a line', () => {
    const returned = filed().handedTo(TOWNSHIP).returned(VILLAGE).received();
    expect(refusalCode(() => arrangeMaterials(desk(), returned.file, [], null))).toBe('ILLEGAL_STEP');
    const line = { action: 'MATERIALS_ARRANGED' as const, data: { materials: [] } };
    expect(refusalCode(() => returned.add(line))).toBe('ILLEGAL_STEP');
  });

  test('are arranged at the desk that took the case in, by those who take in', () => {
    expect(refusalCode(() => arrangeMaterials(desk(VILLAGE, 'CHIEF'), filed().file, [], null))).toBe('FORBIDDEN');
    const atTownship = filed().handedTo(TOWNSHIP).file;
    expect(refusalCode(() => arrangeMaterials(desk(TOWNSHIP, 'CLERK'), atTownship, [], null))).toBe('NOT_COMPETENT');
  });
});

describe('an application before it is accepted', () => {
  test('is corrected in one line that says which parts and why, and names the new text', () => {
    const step = correctApplication(desk(), filed().file, corrected());
    expect(step).toMatchObject({ application: '{"corrected":true}', handOff: null });
    expect(step.lines).toMatchObject([
      { action: 'APPLICATION_CORRECTED', data: { parts: ['APPLICANT'], application: sha256('corrected') } },
    ]);
    const [{ data }] = step.lines;
    expect(JSON.stringify(data)).not.toContain('corrected":true');
  });

  test('is corrected while it waits for a supplement, too, and goes on as the corrected one', () => {
    const waiting = filed().handedTo(TOWNSHIP).asked(['户口簿']).returned(VILLAGE).received();
    const [line] = correctApplication(desk(), waiting.file, corrected()).lines;
    const { actor: _, note: __, ...entry } = line;
    const after = waiting.add(entry).file;
    expect(after).toMatchObject({ state: 'AWAITING_SUPPLEMENT', application: sha256('corrected'), appliedFen: 80_000 });
  });

  test('keeps the consent taken back that was taken back', () => {
    const revoked = filed().consentRevoked();
    const data = { parts: ['APPLICANT' as const], reason: '有误', application: sha256('x'), consent: CONSENT };
    const after = revoked.add({ action: 'APPLICATION_CORRECTED', data: { ...data, facts: { amountFen: null } } });
    expect(after.file.proxy?.consent.revokedAt).not.toBeNull();
  });

  test.each([
    ['that says the same as before', () => corrected({ parts: [] }), 'NO_CHANGE'],
    ['by an agent without a consent', () => corrected({ consent: null }), 'CONSENT_MISSING'],
    [
      'with a consent that has ended',
      () => corrected({ consent: { ...CONSENT, until: '2026-03-02' } }),
      'CONSENT_EXPIRED',
    ],
    [
      'with an entry the form does not have',
      () => corrected({ form: [{ field: 'none', value: '1' }] }),
      'FORM_INVALID',
    ],
  ])('%s is refused', (_, of, code) => {
    expect(refusalCode(() => correctApplication(desk(), filed().file, of()))).toBe(code);
  });

  test('is corrected neither by another desk nor after acceptance', () => {
    const atTownship = filed().handedTo(TOWNSHIP);
    expect(refusalCode(() => correctApplication(desk(TOWNSHIP, 'CLERK'), atTownship.file, corrected()))).toBe(
      'NOT_COMPETENT',
    );
    const accepted = CaseLog.filed({ node: COUNTY, acceptor: COUNTY, decider: COUNTY }).accepted();
    expect(refusalCode(() => correctApplication(desk(COUNTY, 'CLERK'), accepted.file, corrected()))).toBe(
      'ILLEGAL_STEP',
    );
  });
});
