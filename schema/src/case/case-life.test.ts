import { describe, expect, test } from 'vitest';
import type { LogLine } from './log-line.ts';
import { EXAMPLES } from '../testing/case-examples.ts';
import { CaseLog } from '../testing/case-log.ts';
import { deskOf } from '../testing/desks.ts';
import {
  CITY,
  COUNTY,
  divisions,
  itemOf,
  NEIGHBOUR_VILLAGE,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  VILLAGE,
} from '../testing/fixtures.ts';
import { refusal, refusalCode } from '../testing/refusals.ts';
import type { LogAction } from './log-words.ts';
import type { Tier } from '../kernel/words.ts';
import { CASE_STATES } from './words.ts';
import { LOG_ACTIONS } from './log-words.ts';
import { ROLES, TIERS } from '../kernel/words.ts';
import { ARTICLES } from '../kernel/articles.ts';
import { CASE_EVENTS, mayFollow } from './case-life.ts';
import { foldLine } from './case-state.ts';
import { PERMISSIONS } from '../operation/permissions.ts';

const DESKS: Record<Tier, string> = { CITY, COUNTY, TOWNSHIP, VILLAGE };
const tierOf = (node: string) => divisions.get(node).tier;
const later = ({ file }: CaseLog) => new Date(file.lastAt.getTime() + 60_000);

/** The last line of an example's log. */
function lineOf(action: LogAction): LogLine {
  const line = EXAMPLES[action].after.lines.at(-1);
  if (!line) throw new Error('A log without a line.');
  return line;
}

const afterStates = LOG_ACTIONS.flatMap((action) => CASE_STATES.map((state) => ({ action, state })));

describe('every event of the table', () => {
  test.each(LOG_ACTIONS)('%s leads where the table says', (action) => {
    const { before, after } = EXAMPLES[action];
    expect(CASE_EVENTS[action].to ?? [before?.file.state]).toContain(after.file.state);
  });

  test.each(LOG_ACTIONS.filter((action) => EXAMPLES[action].before !== null))(
    '%s stands after its state at its desk',
    (action) => {
      const { before, after } = EXAMPLES[action];
      expect(CASE_EVENTS[action].from).toContain(before?.file.state);
      expect(before && foldLine(before.file, lineOf(action))).toEqual(after.file);
    },
  );

  test.each(afterStates.filter(({ action, state }) => !mayFollow(action, state)))(
    '$action is refused after $state',
    ({ action, state }) => {
      const { file } = EXAMPLES[action].before ?? CaseLog.filed();
      const line = { ...lineOf(action), seq: file.seq + 1, at: file.lastAt.toISOString() };
      expect(refusalCode(() => foldLine({ ...file, state }, line))).toBe('ILLEGAL_STEP');
    },
  );

  /** Desks that are neither the acceptor's, the decider's nor the filing one. */
  const elsewhere = LOG_ACTIONS.filter((action) =>
    ['FILING', 'ACCEPTOR', 'DECIDER', 'ORGAN'].includes(CASE_EVENTS[action].desk),
  );
  test.each(elsewhere)('%s is refused of a holder at another desk than its own', (action) => {
    const { file } = EXAMPLES[action].before ?? CaseLog.filed();
    for (const stray of [OTHER_TOWNSHIP, NEIGHBOUR_VILLAGE]) {
      const line: LogLine = { ...lineOf(action), node: stray };
      expect(refusalCode(() => foldLine({ ...file, custodian: stray }, line))).toBe('ILLEGAL_STEP');
    }
  });
});

const caused = LOG_ACTIONS.flatMap((action) => {
  const { by } = CASE_EVENTS[action];
  return by === null ? [] : ROLES.flatMap((role) => TIERS.map((tier) => ({ action, by, role, tier })));
});

describe('every event a person causes', () => {
  test('has a step, and every other has none', () => {
    for (const action of LOG_ACTIONS) expect(EXAMPLES[action].take !== null).toBe(CASE_EVENTS[action].by !== null);
  });

  test.each(caused.filter(({ by, role, tier }) => !PERMISSIONS[by][role]?.includes(tier)))(
    '$action is refused to a $role at a $tier',
    ({ action, role, tier }) => {
      const { before, after, take } = EXAMPLES[action];
      const file = { ...(before ?? after).file, custodian: DESKS[tier] };
      const desk = deskOf(DESKS[tier], role, { now: later(after), sub: 'another' });
      expect(refusal(() => take?.(desk, file))).toMatchObject({ code: 'FORBIDDEN', article: ARTICLES.postDuties });
    },
  );

  const atTheRightDesk = caused.filter(({ action, by, role, tier }) => {
    const { before, after } = EXAMPLES[action];
    return tier === tierOf((before ?? after).file.custodian) && PERMISSIONS[by][role]?.includes(tier);
  });
  const outOfOrder = atTheRightDesk.flatMap(({ action, role }) =>
    EXAMPLES[action].before === null
      ? []
      : CASE_STATES.filter((state) => !mayFollow(action, state)).map((state) => ({ action, role, state })),
  );
  test.each(outOfOrder)('$action is refused to a $role after $state', ({ action, role, state }) => {
    const { before, after, take } = EXAMPLES[action];
    const { file } = before ?? after;
    const now = new Date(Math.max(later(before ?? after).getTime(), Date.parse(lineOf(action).at)));
    const desk = deskOf(file.custodian, role, { now, item: itemOf(file.item), sub: 'another' });
    // an accepted case lacks only its review, so the refusal names the review
    const code =
      (action === 'DECIDED' || action === 'REPORTED') && state === 'ACCEPTED' ? 'REVIEW_MISSING' : 'ILLEGAL_STEP';
    expect(refusalCode(() => take?.(desk, { ...file, state }))).toBe(code);
  });

  test.each(atTheRightDesk)('$action is done by a $role at a $tier that holds the case', ({ action, role }) => {
    const { before, after, take } = EXAMPLES[action];
    const log = before ?? after;
    const item = itemOf(log.file.item);
    // at the line's own time, if it matters: a hearing is not recorded before it was held
    const now = new Date(Math.max(later(log).getTime(), Date.parse(lineOf(action).at)));
    const step = take?.(deskOf(log.file.custodian, role, { now, item, sub: 'another' }), log.file);
    expect(step?.lines[0]?.action).toBe(action);
  });
});
