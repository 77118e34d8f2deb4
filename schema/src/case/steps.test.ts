import { describe, expect, test } from 'vitest';
import type { CaseLog } from '../testing/case-log.ts';
import { deskOf } from '../testing/desks.ts';
import { COUNTY, material, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { refusal, refusalCode } from '../testing/refusals.ts';
import {
  accepted,
  ALL,
  asked,
  atCounty,
  atTownship,
  FORM,
  HOUSEHOLD,
  ID,
  later,
  reviewed,
  reviewedAtCounty,
  WARRANT,
} from '../testing/step-cases.ts';
import type { Role } from '../kernel/words.ts';
import { CLOSED_STATES } from './words.ts';
import { ARTICLES } from '../kernel/articles.ts';
import type { CaseFile } from './case-file.ts';
import type { Desk, Step } from './step-context.ts';
import { acceptCase, refuseCase, requestSupplement } from '../domains/handling/acceptance.ts';
import { decideCase, reviewCase } from '../domains/handling/decision.ts';
import { forwardCase, returnCase } from '../domains/handling/hand-off.ts';
import { supplementCase } from '../domains/filing/steps.ts';
import { withdrawCase } from '../domains/handling/endings.ts';

/** For each step: a role and a case for which it is allowed. */
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
