import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../domains/figures/facts.ts';
import { dayOf, plusDays } from '../kernel/calendar.ts';
import { caseNumberOf } from '../kernel/identifiers.ts';
import { CaseLog } from '../testing/case-log.ts';
import { at, calendar, COUNTY, divisions, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { refusalCode } from '../testing/refusals.ts';
import { clockOf, noticeDueAt } from './clock.ts';
import { openFile } from './case-state.ts';

const HOUR_MS = 3_600_000;
const DEVICE = '0198c0de-0000-7000-8000-000000000001';

/** A case that a township received at one time and filed at another. */
function late(receivedAt: Date, enteredAt: Date, node = TOWNSHIP) {
  const number = caseNumberOf(node, dayOf(receivedAt), 7);
  const data = { number, late: { receivedAt: receivedAt.toISOString(), device: DEVICE } };
  return CaseLog.filed({ node, at: enteredAt, data });
}

describe('a case that was filed late', () => {
  test('says when it was received, when it was filed, and with which device', () => {
    const { file } = late(at('2026-03-02', '10:00'), at('2026-03-04', '09:00'));
    expect(file).toMatchObject({
      filedAt: at('2026-03-02', '10:00'),
      late: { enteredAt: at('2026-03-04', '09:00'), device: DEVICE },
      lastAt: at('2026-03-04', '09:00'),
    });
    expect(CaseLog.filed().file.late).toBeNull();
  });

  test('is counted for the day it was received', () => {
    const { file, lines } = late(at('2026-03-02'), at('2026-03-04'));
    const [line] = lines;
    if (!line) throw new Error('no line');
    expect(factsOf(line, file, TOWNSHIP, calendar, divisions)).toMatchObject([{ measure: 'FILED', day: '2026-03-02' }]);
  });

  test('has every limit that starts at receipt run as if it had been filed at once', () => {
    const hours = fc.integer({ min: 0, max: 7 * 24 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 250 }), hours, (day, passed) => {
        const receivedAt = at(plusDays('2026-01-05', day), '10:00');
        const enteredAt = new Date(receivedAt.getTime() + passed * HOUR_MS);
        const onTime = CaseLog.filed({ node: TOWNSHIP, at: receivedAt });
        const filedLate = late(receivedAt, enteredAt);
        const due = (log: CaseLog) => noticeDueAt(log.file.materialsInAt, calendar).at;
        expect(due(filedLate)).toEqual(due(onTime));
        const deemed = (log: CaseLog) => {
          const from = dayOf(log.file.materialsInAt);
          const promised = { days: 18, unit: 'WORKDAY' } as const;
          const versions = { itemVersion: 1, implementationVersion: 1 };
          const data = { from, deemed: true, ...versions, promised, statutory: null };
          return log.add({ action: 'ACCEPTED', data }, { at: new Date(enteredAt.getTime() + HOUR_MS).toISOString() });
        };
        const now = new Date(enteredAt.getTime() + 2 * HOUR_MS);
        const clocks = [filedLate, onTime].map((log) => clockOf(deemed(log).file, calendar, divisions, now));
        expect(clocks[0]).toEqual(clocks[1]);
      }),
    );
  });

  test('gives its acceptor at another desk the five days from its arrival there', () => {
    const arrived = at('2026-03-05', '11:00');
    const { file } = late(at('2026-03-02'), at('2026-03-04'), VILLAGE).handedTo(TOWNSHIP, arrived);
    expect(file.materialsInAt).toEqual(arrived);
  });

  test('renews a licence in time if it was received in time', () => {
    const renewal = { licence: '浙食许0001', expiresOn: '2026-04-30' };
    const number = caseNumberOf(COUNTY, '2026-03-02', 1);
    const receipt = { receivedAt: at('2026-03-02').toISOString(), device: DEVICE };
    const { file } = CaseLog.filed({ node: COUNTY, at: at('2026-03-05'), data: { number, renewal, late: receipt } });
    expect(file.renewal?.completeAt).toEqual(at('2026-03-02'));
  });

  test.each([
    ['that was received after it was filed', '2026-03-05', '2026-03-04', '2026-03-05'],
    ['whose number is of another day', '2026-03-02', '2026-03-04', '2026-03-03'],
  ])('is no case if a line says one %s', (_, received, entered, numbered) => {
    const data = {
      number: caseNumberOf(TOWNSHIP, numbered, 1),
      late: { receivedAt: at(received).toISOString(), device: DEVICE },
    };
    const line = CaseLog.filing({ node: TOWNSHIP, at: at(entered), data });
    expect(refusalCode(() => openFile(line))).toBe('ILLEGAL_STEP');
  });

  test('was no draft before, and a draft is not received late', () => {
    const data = {
      number: caseNumberOf(VILLAGE, '2026-03-02', 1),
      late: { receivedAt: at('2026-03-02').toISOString(), device: DEVICE },
    };
    expect(refusalCode(() => CaseLog.drafted({ at: at('2026-03-02'), data }).file)).toBe('ILLEGAL_STEP');
  });
});
