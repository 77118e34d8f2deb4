import { expect, test } from 'vitest';
import { CaseLog } from '../testing/case-log.ts';
import { CITY, COUNTY, OTHER_COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { isConcerned, nodesConcerned, wasConcerned } from './concerned-nodes.ts';
import type { Succession } from './successions.ts';
import { NO_SUCCESSION } from './successions.ts';

const concerns = (log: CaseLog, node: string) => isConcerned(log.file, node, NO_SUCCESSION);

test('a case concerns who took it in, who accepts and who decides it before any of them held it', () => {
  expect(nodesConcerned(CaseLog.filed().file).sort()).toEqual([COUNTY, TOWNSHIP, VILLAGE].sort());
  for (const node of [CITY, OTHER_COUNTY, OTHER_TOWNSHIP]) expect(concerns(CaseLog.filed(), node)).toBe(false);
});

test('a case concerns the desk it is under way to, and whose departments are asked', () => {
  expect(concerns(CaseLog.filed().transferred(OTHER_TOWNSHIP), OTHER_TOWNSHIP)).toBe(true);
  const asked = CaseLog.filed().handedTo(TOWNSHIP).accepted().handedTo(COUNTY).farPartyCalled(OTHER_COUNTY);
  expect(concerns(asked, OTHER_COUNTY)).toBe(true);
});

test('a case concerns whoever took the place of a closed node it names', () => {
  const closed = (node: string): Succession | null =>
    node === TOWNSHIP ? { node, successor: OTHER_TOWNSHIP, closing: 'signed', at: new Date(0), why: '撤并' } : null;
  expect(isConcerned(CaseLog.filed().file, OTHER_TOWNSHIP, closed)).toBe(true);
});

test('the keeper of a project the case left was concerned, and a stranger never was', () => {
  const project = `${OTHER_COUNTY}-0198c0de-0000-7000-8000-000000000002`;
  const log = CaseLog.filed({ data: { project } })
    .handedTo(TOWNSHIP)
    .add({ action: 'PROJECT_LEFT', data: { project, reason: '立项有误' } });
  expect(concerns(log, OTHER_COUNTY)).toBe(false);
  expect(wasConcerned(log.lines, OTHER_COUNTY, NO_SUCCESSION)).toBe(true);
  expect(wasConcerned(log.lines, CITY, NO_SUCCESSION)).toBe(false);
});
