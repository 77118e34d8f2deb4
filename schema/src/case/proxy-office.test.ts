import { describe, expect, test } from 'vitest';
import { claim } from '../domains/caseload/rules.ts';
import { fileCase } from '../domains/filing/steps.ts';
import { acceptCase } from '../domains/handling/acceptance.ts';
import { decideCase, reviewCase } from '../domains/handling/decision.ts';
import { withdrawCase } from '../domains/handling/endings.ts';
import { returnCase } from '../domains/handling/hand-off.ts';
import { requireRosterKeeper } from '../domains/roster/rules.ts';
import { CaseLog } from '../testing/case-log.ts';
import { deskOf } from '../testing/desks.ts';
import { COUNTY, divisions, itemOf, material, sha256, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { person } from '../testing/people.ts';
import { codeOrDone } from '../testing/refusals.ts';
import type { Role } from '../kernel/words.ts';
import type { CaseFile } from './case-file.ts';

/** 取水许可: accepted and decided by the county's water bureau. */
const ITEM = itemOf('3310-SL-001');
const desk = (roles: Role, department: string | null, of = COUNTY) => deskOf(of, roles, { item: ITEM, department });
const agent = desk('AGENT', null);
const consent = { way: 'SIGNATURE', givenAt: '2026-03-01T01:00:00.000Z', scope: '代办取水许可' } as const;
const application = {
  number: `${COUNTY}-20260303-00001`,
  place: COUNTY,
  application: sha256('application'),
  consent,
  materials: ITEM.standard.materials.map(({ name }) => material(name)),
};
const filed = (data: object = { consent }): CaseFile =>
  CaseLog.filed({ item: ITEM, node: COUNTY, acceptor: COUNTY, decider: COUNTY, data: { place: COUNTY, ...data } }).file;

describe('an agent of a county’s proxy office', () => {
  test('takes in for every department, with the applicant’s consent', () => {
    expect(codeOrDone(() => fileCase(agent, application))).toBeNull();
    expect(codeOrDone(() => fileCase(agent, { ...application, consent: null }))).toBe('CONSENT_MISSING');
    expect(codeOrDone(() => fileCase(desk('AGENT', '民政'), application))).toBe('WRONG_DEPARTMENT');
    expect(codeOrDone(() => fileCase(desk('CLERK', null), application))).toBe('WRONG_DEPARTMENT');
  });

  test('looks after the cases of its own desk: claims them, and withdraws them for the applicant', () => {
    const claiming = (file: CaseFile) =>
      codeOrDone(() => claim({ ...agent, handler: null, standing: 'PRESENT' }, file));
    expect(claiming(filed())).toBeNull();
    expect(codeOrDone(() => withdrawCase(agent, filed(), '不办了'))).toBeNull();
    expect(claiming(filed({ consent: null }))).toBe('WRONG_DEPARTMENT');
    expect(codeOrDone(() => withdrawCase(agent, filed({ consent: null }), '不办了'))).toBe('WRONG_DEPARTMENT');
  });

  test('leaves cases that a village’s agent looks after to that agent', () => {
    const fromVillage = CaseLog.filed({ item: ITEM, acceptor: COUNTY, decider: COUNTY, data: { consent } });
    const { file } = fromVillage.handedTo(COUNTY);
    expect(file.proxy?.agent.node).toBe(VILLAGE);
    expect(codeOrDone(() => withdrawCase(agent, file, '不办了'))).toBe('WRONG_DEPARTMENT');
  });

  test('neither accepts, reviews, decides nor returns', () => {
    const accepted = CaseLog.filed({ item: ITEM, node: COUNTY, acceptor: COUNTY, decider: COUNTY });
    for (const act of [
      () => acceptCase(agent, filed(), null),
      () => reviewCase(agent, accepted.accepted().file, 'APPROVE', null),
      () => decideCase(agent, accepted.accepted().reviewed().file, 'GRANTED', null),
      () => returnCase(agent, filed(), '退回'),
    ]) {
      expect(codeOrDone(act)).toBe('FORBIDDEN');
    }
  });
});

test('a county’s roster is kept by a chief of the centre, and by no department’s', () => {
  const keeps = (division: string, department: string | null) => () =>
    requireRosterKeeper(person(division, 'CHIEF', department), COUNTY, divisions);
  expect(keeps(COUNTY, null)()).toBe('CHIEF');
  expect(codeOrDone(keeps(COUNTY, '民政'))).toBe('WRONG_DEPARTMENT');
  expect(codeOrDone(keeps(TOWNSHIP, null))).toBe('FORBIDDEN');
});
