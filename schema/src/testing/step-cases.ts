import { expect } from 'vitest';
import { CaseLog } from './case-log.ts';
import { COUNTY, itemOf, TOWNSHIP } from './fixtures.ts';
import type { Step } from '../case/step-context.ts';

/** 低保: the township accepts, the county decides. */
export const DIBAO = itemOf('3310-MZ-001');
export const ALL = DIBAO.standard.materials.map((m) => m.name);
export const [FORM = '', ID = '', WARRANT = '', HOUSEHOLD = ''] = ALL;
/** 公章刻制: the county accepts and decides. */
export const SEAL = itemOf('3310-GA-001');

export const atTownship = (materials = ALL) => CaseLog.filed({ materials }).handedTo(TOWNSHIP);
export const accepted = () => atTownship().accepted();
export const reviewed = () => accepted().reviewed('APPROVE', { actor: { sub: 'first', name: '初审', role: 'CLERK' } });
export const atCounty = () => reviewed().handedTo(COUNTY);
export const reviewedAtCounty = () =>
  atCounty().reviewed('APPROVE', { actor: { sub: 'second', name: '审查', role: 'CLERK' } });
/** Filed in the village for an item that the county accepts and decides. */
export const sealAtCounty = () => CaseLog.filed({ item: SEAL, acceptor: COUNTY, decider: COUNTY }).handedTo(COUNTY);

export const asked = (...names: string[]) => names.map((name) => ({ material: name, reason: '未提交' }));
export const later = (log: CaseLog, ms = 60_000) => new Date(log.file.lastAt.getTime() + ms);

/** The only line that a step writes. */
export function onlyLine(step: Step) {
  expect(step.lines).toHaveLength(1);
  return step.lines[0];
}
