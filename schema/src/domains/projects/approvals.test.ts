import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockOf } from '../../case/clock.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { at, calendar, COUNTY, divisions, itemOf, items, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { anyJourney, travel } from '../../testing/journeys/ordinary-journey.ts';
import { predecessorsOf } from '../bundles/rules.ts';
import { bundleSchema } from '../catalogue/catalogue.ts';
import type { LeadingCase } from './approvals.ts';
import { approvalWait, carriedForm, nextItems } from './approvals.ts';

const bundles = items.flatMap(({ bundle }) => (bundle ? [bundle] : []));
const wait = (file: CaseFile, now = at('2026-03-20')) =>
  approvalWait(file, clockOf(file, calendar, divisions, now), calendar);
const granted = (item: string, change: object = {}): LeadingCase => {
  const { file } = CaseLog.filed({ item: itemOf(item), node: COUNTY, acceptor: COUNTY, decider: COUNTY })
    .accepted()
    .reviewed()
    .decided('GRANTED')
    .issued();
  return { ...file, id: `case of ${item}`, ...change };
};

describe('what an approval waits for', () => {
  const filed = CaseLog.filed({ at: at('2026-03-02') });
  const there = filed.handedTo(TOWNSHIP, at('2026-03-03'));

  test.each([
    ['to be forwarded by the desk that took it in', filed, 'FORWARDING', VILLAGE],
    ['to arrive at the desk it is under way to', filed.forwarded(TOWNSHIP), 'ARRIVAL', TOWNSHIP],
    ['to be accepted', there, 'ACCEPTANCE', TOWNSHIP],
    ['for the applicant to bring what is missing', there.asked(['户口簿']), 'SUPPLEMENT', null],
    ['to be reviewed', there.accepted(), 'REVIEW', TOWNSHIP],
    ['to be decided by the organ that decides', there.accepted().reviewed(), 'DECISION', COUNTY],
  ] as const)('is %s', (_, log, kind, node) => {
    expect(wait(log.file)).toMatchObject({ kind, node });
  });

  test('says since when and until when', () => {
    expect(wait(there.file)).toMatchObject({
      since: at('2026-03-03'),
      dueAt: new Date('2026-03-10T15:59:59.999Z'),
    });
  });

  test('is nothing once the case has ended', () => {
    expect(wait(there.withdrawn().file)).toBeNull();
  });
});

describe('what can be applied for next', () => {
  test('is what a bundle puts behind a result, with the material that the result serves as', () => {
    const next = nextItems(bundles, [granted('3310-SJ-003')]);
    expect(next.map(({ item }) => item)).toEqual(
      expect.arrayContaining(['3310-GA-001', '3310-SW-001', '3310-RS-003', '3310-SJ-001']),
    );
    const seal = next.find(({ item }) => item === '3310-GA-001');
    expect(seal?.given).toEqual([{ material: '营业执照', case: 'case of 3310-SJ-003' }]);
  });

  test('is not what was filed already, nor what follows a refusal or a result without its document', () => {
    const both = nextItems(bundles, [
      granted('3310-SJ-003'),
      { ...granted('3310-GA-001'), state: 'FILED', issued: null },
    ]);
    expect(both.map(({ item }) => item)).not.toContain('3310-GA-001');
    const { file: refused } = CaseLog.filed({
      item: itemOf('3310-SJ-003'),
      node: COUNTY,
      acceptor: COUNTY,
      decider: COUNTY,
    })
      .accepted()
      .reviewed()
      .decided('REFUSED');
    expect(nextItems(bundles, [refused])).toEqual([]);
    expect(nextItems(bundles, [granted('3310-SJ-003', { issued: null })])).toEqual([]);
    expect(nextItems(bundles, [])).toEqual([]);
  });

  test('has every result ahead of it, in whatever bundle and order', () => {
    const members = [...new Set(bundles.flatMap((bundle) => bundle.members))];
    fc.assert(
      fc.property(fc.subarray(members), (codes) => {
        const cases = codes.map((code) => granted(code));
        for (const { item, after } of nextItems(bundles, cases)) {
          expect(codes).not.toContain(item);
          expect(after.length).toBeGreaterThan(0);
          const ready = bundles.some(({ members: all, sequence }) => {
            const ahead = predecessorsOf({ members: all, sequence }, item);
            return all.includes(item) && ahead.length > 0 && ahead.every((code) => codes.includes(code));
          });
          expect(ready).toBe(true);
        }
      }),
    );
  });
});

describe('a form that is carried over', () => {
  const bundle = bundleSchema.parse({
    lead: 'A',
    members: ['A', 'B'],
    sequence: [['A'], ['B']],
    departments: [],
    silentApproval: false,
    absenceDefault: false,
    form: [
      {
        name: 'name',
        label: '名称',
        required: true,
        fills: [
          { item: 'A', field: 'enterprise' },
          { item: 'B', field: 'holder' },
        ],
      },
    ],
  });

  test('goes through the bundle’s fields and between fields of one name, and leaves the rest to be typed', () => {
    const from = {
      item: 'A',
      form: [
        { field: 'enterprise', value: '三门小吃店' },
        { field: 'address', value: '海游街道' },
      ],
    };
    const to = { item: 'B', fields: [{ name: 'holder' }, { name: 'address' }, { name: 'employees' }] };
    expect(carriedForm([bundle], from, to)).toEqual([
      { field: 'holder', value: '三门小吃店' },
      { field: 'address', value: '海游街道' },
    ]);
  });
});

test('every case of an ordinary journey waits for something until it has ended', () => {
  fc.assert(
    fc.property(anyJourney, (journey) => {
      travel(journey, (_lines, file) => {
        const found = wait(file, file.lastAt);
        expect(found === null).toBe(file.closedAt !== null);
        expect(found === null || found.since <= file.lastAt).toBe(true);
      });
    }),
    { numRuns: 50 },
  );
});
