import type { Step } from '../../case/step-context.ts';
import { acceptCase } from '../handling/acceptance.ts';
import { openJoint } from './steps.ts';
import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { at, COUNTY, itemOf } from '../../testing/fixtures.ts';
import { codeOrDone } from '../../testing/refusals.ts';
import { PROJECT_STAGE_LABELS, PROJECT_STAGES } from './words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { STAGE_LEADS } from './leads.ts';

/** One item for each lead: 三证同办, and 竣工联合验收. */
const ITEMS = { 自然资源和规划: itemOf('3310-LB-004'), 住房城乡建设: itemOf('3310-LB-003') } as const;
const NOW = at('2026-03-02', '10:00');

/** Opens joint handling of its own item at a stage, by a department's window. */
function open(department: keyof typeof ITEMS, stage: (typeof PROJECT_STAGES)[number]): () => Step {
  const item = ITEMS[department];
  const filed = CaseLog.filed({ item, node: COUNTY, acceptor: COUNTY, decider: COUNTY });
  const desk = deskOf(COUNTY, 'CLERK', { item, now: NOW, department });
  const accepted = filed.taken(acceptCase(desk, filed.file, null), NOW);
  const named = item.bundle?.departments ?? [];
  const parties = (named.length > 0 ? named : ['消防']).map((name) => ({
    node: COUNTY,
    department: name,
    ask: 'OPINION' as const,
    days: 3,
  }));
  return () => openJoint(desk, accepted.file, { stage, parties });
}

describe('who leads a construction project', () => {
  const cells = PROJECT_STAGES.flatMap((stage) =>
    (Object.keys(ITEMS) as (keyof typeof ITEMS)[]).map((department) => ({
      stage,
      name: PROJECT_STAGE_LABELS[stage],
      department,
      code: STAGE_LEADS[stage] === department ? null : 'WRONG_DEPARTMENT',
    })),
  );

  test.each(cells)('at $name, $department: $code', ({ stage, department, code }) => {
    expect(codeOrDone(open(department, stage))).toBe(code);
  });

  test('stands in the log, and the refusal names the rule', () => {
    const [line] = open('住房城乡建设', 'COMPLETION')().lines;
    expect(line).toMatchObject({ action: 'JOINT_OPENED', data: { lead: '住房城乡建设', stage: 'COMPLETION' } });
    expect(open('住房城乡建设', 'LAND_PLANNING')).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({ article: ARTICLES.projectLeads, field: 'stage' }),
      }),
    );
  });

  test('is one of the two for each stage, and nobody else', () => {
    expect(Object.keys(STAGE_LEADS).toSorted()).toEqual([...PROJECT_STAGES].toSorted());
    expect([...new Set(Object.values(STAGE_LEADS))].toSorted()).toEqual(Object.keys(ITEMS).toSorted());
  });
});
