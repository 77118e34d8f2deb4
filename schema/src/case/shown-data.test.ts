import { describe, expect, test } from 'vitest';
import { CaseLog } from '../testing/case-log.ts';
import { COUNTY, material, TOWNSHIP } from '../testing/fixtures.ts';
import { LOG_ACTIONS } from './log-words.ts';
import { SHOWN_DATA, shownEntries, WITHHELD_DATA } from './shown-data.ts';

/** What the last line shows. */
function lastShown({ lines }: CaseLog) {
  const line = lines.at(-1);
  return line ? shownEntries(line) : [];
}

describe('the data of the log’s lines', () => {
  test('is shown for every action of the list, except what is withheld', () => {
    expect(Object.keys(SHOWN_DATA).sort()).toEqual([...LOG_ACTIONS].sort());
    expect(LOG_ACTIONS.filter((action) => SHOWN_DATA[action].fields.length === 0)).toEqual(['CLOSED']);
  });

  test('is withheld where it is a proof or the id of a person, and nowhere else', () => {
    const withheld = WITHHELD_DATA.map(({ path }) => path.split('.').at(-1) ?? '');
    expect([...new Set(withheld)].sort()).toEqual(['answer', 'application', 'closing', 'rounding', 'sub']);
    expect(WITHHELD_DATA.every(({ why }) => why.length > 10)).toBe(true);
  });

  test('of a review is what the reviewer said, by path, without the second person’s id', () => {
    const second = { sub: 'b', name: '王五' };
    const data = {
      opinion: 'APPROVE' as const,
      amountFen: 86_600,
      second,
      conditions: ['年度复核'],
      department: '民政',
    };
    const log = CaseLog.filed().handedTo(TOWNSHIP).accepted().add({ action: 'REVIEWED', data });
    expect(lastShown(log)).toEqual([
      ['opinion', 'APPROVE'],
      ['amountFen', 86_600],
      ['second.name', '王五'],
      ['conditions.0', '年度复核'],
      ['department', '民政'],
    ]);
    expect(log.file.reviews).toMatchObject([
      { node: TOWNSHIP, opinion: 'APPROVE', amountFen: 86_600, second, conditions: ['年度复核'], department: '民政' },
    ]);
  });

  test('of a filing has the materials and the amount applied for, and not the digest of the application', () => {
    const log = CaseLog.filed({ data: { materials: [material('户口簿')], facts: { amountFen: 500 } } });
    const entries = new Map(lastShown(log));
    expect([entries.get('materials.0.name'), entries.get('facts.amountFen')]).toEqual(['户口簿', 500]);
    expect(entries.has('application')).toBe(false);
  });
});

describe('the amount applied for', () => {
  test('stays when a review assesses another', () => {
    const data = { opinion: 'APPROVE' as const, amountFen: 300 };
    const { file } = CaseLog.filed({ data: { facts: { amountFen: 500 } } })
      .handedTo(TOWNSHIP)
      .accepted()
      .add({ action: 'REVIEWED', data })
      .handedTo(COUNTY);
    expect([file.appliedFen, file.facts.amountFen]).toEqual([500, 300]);
  });

  test('is null where none was stated', () => expect(CaseLog.filed().file.appliedFen).toBeNull());
});
