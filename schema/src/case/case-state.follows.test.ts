import { describe, expect, test } from 'vitest';
import { CaseLog } from '../testing/case-log.ts';
import { COUNTY, NEIGHBOUR_VILLAGE } from '../testing/fixtures.ts';
import { refusalCode } from '../testing/refusals.ts';
import { FOLLOWED, rightLine } from '../testing/right-line.ts';
import type { Situation } from '../testing/situations.ts';
import { atCounty, FOLLOWS, SITUATIONS } from '../testing/situations.ts';
import { isClosed } from './words.ts';
import { foldLine, foldLog, openFile } from './case-state.ts';

// a notice by a desk that does not accept the case is not tested here: the fold allows it, the steps do not
const cells = (Object.keys(SITUATIONS) as Situation[])
  .flatMap((situation) => FOLLOWED.map((action) => ({ situation, action, leadsTo: FOLLOWS[situation][action] })))
  .filter(({ situation, action }) => situation !== 'filed, at the village' || action !== 'SUPPLEMENT_REQUESTED');

describe('what may follow', () => {
  test.each(cells.filter((cell) => cell.leadsTo !== undefined))(
    'a case that is $situation takes $action and is then $leadsTo',
    ({ situation, action, leadsTo }) => {
      const log = SITUATIONS[situation];
      const after = foldLine(log.file, rightLine(log, action));
      expect(after.state).toBe(leadsTo);
      expect(after.seq).toBe(log.file.seq + 1);
      expect(after.closedAt !== null).toBe(isClosed(after.state));
    },
  );

  test.each(cells.filter((cell) => cell.leadsTo === undefined))(
    'a case that is $situation refuses $action',
    ({ situation, action }) => {
      const log = SITUATIONS[situation];
      const before = structuredClone(log.file);
      expect(refusalCode(() => foldLine(log.file, rightLine(log, action)))).toBe('ILLEGAL_STEP');
      expect(log.file).toEqual(before);
    },
  );

  test('a case can be brought into every situation by folding its lines one by one or all at once', () => {
    for (const log of Object.values(SITUATIONS)) {
      const [first, ...rest] = log.lines;
      if (!first) throw new Error('A log without a line.');
      expect(rest.reduce(foldLine, openFile(first))).toEqual(foldLog(log.lines));
    }
  });

  test('a refused application is REFUSED and keeps its reason and remedies', () => {
    const { file } = atCounty().reviewed('REJECT').decided('REFUSED');
    expect(file.state).toBe('REFUSED');
    expect(file.decision).toMatchObject({ outcome: 'REFUSED', reason: '不符合条件', remedies: '复议', node: COUNTY });
    expect(file.closedAt).toBeNull();
  });

  test('an organ that does not accept the item can neither accept nor refuse to', () => {
    const strayed = CaseLog.filed().handedTo(NEIGHBOUR_VILLAGE);
    expect(refusalCode(() => foldLine(strayed.file, rightLine(strayed, 'ACCEPTED')))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => foldLine(strayed.file, rightLine(strayed, 'NOT_ACCEPTED')))).toBe('ILLEGAL_STEP');
  });

  test('an organ that does not decide the item decides nothing, reviewed or not', () => {
    const { 'reviewed, at the township': reviewed } = SITUATIONS;
    expect(refusalCode(() => foldLine(reviewed.file, rightLine(reviewed, 'DECIDED')))).toBe('ILLEGAL_STEP');
  });
});
