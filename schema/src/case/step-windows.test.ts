import { describe, expect, test } from 'vitest';
import { CaseLog } from '../testing/case-log.ts';
import { COUNTY, itemOf, TOWNSHIP } from '../testing/fixtures.ts';
import { codeOrDone } from '../testing/refusals.ts';
import { deskOf } from '../testing/desks.ts';
import type { WindowStage } from '../kernel/words.ts';
import { acceptCase } from '../domains/handling/acceptance.ts';
import { decideCase, reviewCase } from '../domains/handling/decision.ts';
import type { Desk } from './step-context.ts';
import type { Offices } from '../domains/offices/rules.ts';
import { UNPLACED } from '../domains/offices/rules.ts';
import type { Viewer } from '../operation/permissions.ts';

const SEAL = itemOf('3310-GA-001');
const [DEPARTMENT = ''] = SEAL.department.split(';');
const term = { from: '2026-01-01', until: null };

/** A county whose departments authorized window A1 for stages of the item. */
function offices(stages: WindowStage[], change: Partial<Offices> = {}): Offices {
  const authority = {
    id: 'a',
    window: 'A1',
    item: SEAL.code,
    department: DEPARTMENT,
    stages,
    revokedOn: null,
    ...term,
  };
  return {
    windows: [{ code: 'A1', name: '综合窗口', department: null, ...term, ...UNPLACED }],
    authorities: [authority],
    transfers: [],
    seals: [],
    ...change,
  };
}

const filed = CaseLog.filed({ item: SEAL, node: TOWNSHIP, acceptor: COUNTY, decider: COUNTY }).handedTo(COUNTY);
const reviewed = filed.accepted().reviewed();

function deskAt(log: CaseLog, role: 'CLERK' | 'CHIEF', at: Partial<Viewer>, known: Offices | undefined): Desk {
  const now = new Date(log.file.lastAt.getTime() + 3_600_000);
  const desk = deskOf(COUNTY, role, { now, item: SEAL });
  const made = { ...desk, viewer: { ...desk.viewer, department: DEPARTMENT, ...at } };
  return known ? { ...made, offices: known } : made;
}
const atA1 = { window: 'A1' };

describe('at a window of the centre', () => {
  const steps = [
    ['ACCEPT', (known: Offices) => acceptCase(deskAt(filed, 'CLERK', atA1, known), filed.file, null)],
    [
      'REVIEW',
      (known: Offices) =>
        reviewCase(deskAt(filed.accepted(), 'CLERK', atA1, known), filed.accepted().file, 'APPROVE', null),
    ],
    ['DECIDE', (known: Offices) => decideCase(deskAt(reviewed, 'CHIEF', atA1, known), reviewed.file, 'GRANTED', null)],
  ] as const;

  test.each(steps)('%s is done where its department authorized it, and refused where not', (stage, step) => {
    expect(codeOrDone(() => step(offices([stage])))).toBeNull();
    const others = (['ACCEPT', 'REVIEW', 'DECIDE'] as const).filter((other) => other !== stage);
    expect(codeOrDone(() => step(offices([...others])))).toBe('WINDOW_UNAUTHORIZED');
  });

  test('that is closed, unknown or in no register nothing is done', () => {
    const step = (known: Offices | undefined, window = 'A1') => {
      return codeOrDone(() => acceptCase(deskAt(filed, 'CLERK', { window }, known), filed.file, null));
    };
    const closed = {
      windows: [
        { code: 'A1', name: '综合窗口', department: null, from: '2026-01-01', until: '2026-01-31', ...UNPLACED },
      ],
    };
    expect(step(offices(['ACCEPT'], closed))).toBe('WINDOW_UNAUTHORIZED');
    expect(step(offices(['ACCEPT']), 'B2')).toBe('WINDOW_UNAUTHORIZED');
    expect(step(undefined)).toBe('WINDOW_UNAUTHORIZED');
  });

  test('of several departments the person belongs to none and does what they authorized', () => {
    const comprehensive = { ...atA1, department: null };
    const accept = (stages: WindowStage[]) =>
      codeOrDone(() => acceptCase(deskAt(filed, 'CLERK', comprehensive, offices(stages)), filed.file, null));
    expect(accept(['ACCEPT'])).toBeNull();
    expect(accept(['REVIEW'])).toBe('WINDOW_UNAUTHORIZED');
  });

  test("the decision goes out in the department's name", () => {
    const step = decideCase(deskAt(reviewed, 'CHIEF', atA1, offices(['DECIDE'])), reviewed.file, 'GRANTED', null);
    const { file } = reviewed.taken(step, new Date(reviewed.file.lastAt.getTime() + 3_600_000));
    expect(file.decision).toMatchObject({ inNameOf: COUNTY, department: DEPARTMENT });
  });
});

describe('an item that is decided together', () => {
  const together = (log: CaseLog) => {
    const desk = deskAt(log, 'CHIEF', {}, undefined);
    return { ...desk, item: { ...desk.item, collectiveDecision: true } };
  };

  test('names the minutes of the meeting, which the decision keeps', () => {
    const step = decideCase(together(reviewed), reviewed.file, 'GRANTED', null, '会纪〔2026〕7号');
    const { file } = reviewed.taken(step, new Date(reviewed.file.lastAt.getTime() + 3_600_000));
    expect(file.decision?.minutes).toBe('会纪〔2026〕7号');
  });

  test('is not decided without them', () => {
    expect(codeOrDone(() => decideCase(together(reviewed), reviewed.file, 'GRANTED', null))).toBe('MINUTES_MISSING');
  });
});

describe("a department's own people", () => {
  test('need no window', () => {
    expect(codeOrDone(() => acceptCase(deskAt(filed, 'CLERK', {}, offices([])), filed.file, null))).toBeNull();
  });

  test('act no more once its powers went to a bureau, whose people act instead', () => {
    const moved = offices([], {
      transfers: [{ department: DEPARTMENT, bureau: '行政审批局', basis: '《行政许可法》第二十五条', ...term }],
    });
    const accept = (department: string) =>
      codeOrDone(() => acceptCase(deskAt(filed, 'CLERK', { department }, moved), filed.file, null));
    expect(accept(DEPARTMENT)).toBe('WRONG_DEPARTMENT');
    expect(accept('行政审批局')).toBeNull();
  });
});
