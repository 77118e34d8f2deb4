import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendar, VILLAGE } from '../../testing/fixtures.ts';
import { dispatched, linked, ProjectLog, TODAY } from '../../testing/project-log.ts';
import { PROJECT_PHASES } from '../projects/words.ts';
import { plusDays } from '../../kernel/calendar.ts';
import type { ProjectFact } from './project-figures.ts';
import { projectFactOf, projectFactSchema, projectFiguresOf, totalDaysOf } from './project-figures.ts';
import { linkCase } from '../projects/steps.ts';
import { beganOn } from '../projects/rules.ts';

describe('total days', () => {
  const fact = (change: Partial<ProjectFact> = {}): ProjectFact => ({
    ...projectFactOf(ProjectLog.registered().file),
    ...change,
  });
  const daysOf = (change: Partial<ProjectFact>, today = TODAY) => totalDaysOf(fact(change), today, calendar).days;

  test('are working days after the first day, up to and including 开工', () => {
    // Monday, 2 March 2026 to Monday the 9th: five working days
    expect(daysOf({ startedOn: '2026-03-09' })).toBe(5);
    expect(daysOf({ startedOn: '2026-03-08' })).toBe(4);
    expect(daysOf({ startedOn: '2026-03-02' })).toBe(0);
    // the Spring Festival of 2026 has no workdays
    expect(daysOf({ beganOn: '2026-02-13', startedOn: '2026-02-24' })).toBe(2);
  });

  test('run on until 开工 or the end, and are provisional beyond the published years', () => {
    expect(daysOf({})).toBe(10);
    expect(daysOf({ endedOn: '2026-03-04' })).toBe(2);
    expect(totalDaysOf(fact(), '2027-03-01', calendar).provisional).toBe(true);
    expect(totalDaysOf(fact({ startedOn: '2026-03-09' }), '2027-03-01', calendar).provisional).toBe(false);
  });

  test('begin with the first case where that was filed before 立项 was recorded', () => {
    const log = ProjectLog.registered().add((file) => linkCase(file, linked));
    expect(beganOn(log.file)).toBe('2026-02-20');
    const later = ProjectLog.registered().add((file) => linkCase(file, { ...linked, filedOn: '2026-03-10' }));
    expect(beganOn(later.file)).toBe('2026-03-02');
  });

  const anyDay = fc.integer({ min: 0, max: 900 }).map((n) => plusDays('2025-01-01', n));
  const anyFact = fc.record({
    amountFen: fc.nat(1_000_000_000),
    key: fc.boolean(),
    phase: fc.constantFrom(...PROJECT_PHASES),
    beganOn: anyDay,
    startedOn: fc.option(anyDay),
    endedOn: fc.option(anyDay),
    proxied: fc.boolean(),
  });

  test('are never negative, whatever the dates', () => {
    fc.assert(
      fc.property(anyFact, anyDay, (project, today) => {
        expect(totalDaysOf(project, today, calendar).days).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('and all other figures of two nodes add up to those of both, key projects and those under proxy apart within all', () => {
    fc.assert(
      fc.property(fc.array(anyFact), fc.array(anyFact), anyDay, (one, two, today) => {
        const [a, b, whole] = [one, two, [...one, ...two]].map((set) => projectFiguresOf(set, today, calendar));
        if (!a || !b || !whole) throw new Error('no figures');
        for (const kind of ['all', 'key', 'proxied'] as const) {
          for (const sum of ['projects', 'amountFen', 'started', 'startedDays', 'runningDays', 'ended'] as const) {
            expect(a[kind][sum] + b[kind][sum]).toBe(whole[kind][sum]);
            expect(whole[kind][sum]).toBeLessThanOrEqual(whole.all[sum]);
          }
          for (const phase of PROJECT_PHASES)
            expect(a[kind].phases[phase] + b[kind].phases[phase]).toBe(whole[kind].phases[phase]);
          expect(Object.values(whole[kind].phases).reduce((x, y) => x + y, 0)).toBe(whole[kind].projects);
        }
        expect(a.provisional || b.provisional).toBe(whole.provisional);
      }),
    );
  });

  test('say whether a proxy agent is named for it, and no more of the agent', () => {
    expect(projectFactOf(dispatched().file).proxied).toBeUndefined();
    const agent = { node: VILLAGE, sub: 'agent', name: '包小芳' };
    const stated = projectFactOf(dispatched({ agent }).file);
    expect(stated.proxied).toBe(true);
    expect(JSON.stringify(stated)).not.toContain('包小芳');
    expect(projectFiguresOf([stated], TODAY, calendar).proxied.projects).toBe(1);
  });

  test('go up without a name or a text', () => {
    const log = dispatched().add((file) => linkCase(file, linked));
    const stated = projectFactOf(log.file);
    expect(projectFactSchema.parse(stated)).toEqual(stated);
    expect(Object.keys(stated).sort()).toEqual([
      'amountFen',
      'beganOn',
      'endedOn',
      'key',
      'measure',
      'node',
      'phase',
      'project',
      'startedOn',
    ]);
  });
});
