import { describe, expect, test } from 'vitest';
import type { LineHead } from '../../testing/case-log.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { at, calendar, COUNTY, divisions, NEIGHBOUR_VILLAGE, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import type { Outcome } from '../../case/words.ts';
import type { Fact } from './facts.ts';
import { factSchema, factsOf, MEASURES } from './facts.ts';

/** The facts a node states for the last line of a log. */
function stated(log: CaseLog, node: string): Fact[] {
  const line = log.lines.at(-1);
  if (!line) throw new Error('A log without a line.');
  return factsOf(line, log.file, node, calendar, divisions);
}

const measures = (log: CaseLog, node: string) => stated(log, node).map((fact) => fact.measure);

const filed = CaseLog.filed({ materials: ['身份证明'] });
const received = filed.handedTo(TOWNSHIP);
const asked = received.asked(['户口簿']);
const supplied = asked.returned(VILLAGE).received().supplemented(['户口簿']);
const accepted = supplied.handedTo(TOWNSHIP).accepted();
const reviewed = accepted.reviewed();
const reviewedAtCounty = reviewed.handedTo(COUNTY).reviewed();
const answered = CaseLog.answerable({ node: VILLAGE }).handedTo(COUNTY).answered();
/** Decided, its document issued and delivered by the county, and closed. */
const closed = (outcome: Outcome = 'GRANTED', head?: Partial<LineHead>) =>
  reviewedAtCounty.decided(outcome).issued().delivered('MAIL', head).closed(head);

describe('what is counted where', () => {
  test.each([
    ['a filing', filed, VILLAGE, ['FILED']],
    ['a forwarding', filed.forwarded(TOWNSHIP), VILLAGE, []],
    ['a receipt', received, TOWNSHIP, []],
    ['a refused hand-off', filed.forwarded(TOWNSHIP).handOffRefused(), VILLAGE, []],
    ['a one-time notice', asked, TOWNSHIP, ['SUPPLEMENT_REQUESTED']],
    ['a return', asked.returned(VILLAGE), TOWNSHIP, []],
    ['a supplement', supplied, VILLAGE, []],
    ['an acceptance', accepted, TOWNSHIP, ['ACCEPTED']],
    ['a review', reviewed, TOWNSHIP, []],
    ['a grant', reviewedAtCounty.decided('GRANTED'), COUNTY, ['GRANTED']],
    ['a refusal', reviewedAtCounty.decided('REFUSED'), COUNTY, ['REFUSED']],
    ['a non-acceptance', received.notAccepted(), TOWNSHIP, ['NOT_ACCEPTED']],
    ['a delivery', reviewedAtCounty.decided().issued().delivered(), COUNTY, ['DELIVERED']],
    ['a rating', closed().rated(), VILLAGE, []],
    ['a written answer', answered, COUNTY, ['ANSWERED']],
    ['a case passed on outside', reviewedAtCounty.reported(), COUNTY, ['REPORTED']],
    ['word from outside', reviewedAtCounty.reported().reportProgressed(), COUNTY, []],
    ['a result from outside', reviewedAtCounty.reported().reportDecided('REFUSED'), COUNTY, ['FORWARDED_CLOSED']],
    ['a termination', accepted.terminated(), TOWNSHIP, ['TERMINATED']],
    ['a case declared void', accepted.voided(), TOWNSHIP, ['VOIDED']],
    ['a draft', CaseLog.drafted(), VILLAGE, []],
    ['a draft that is withdrawn', CaseLog.drafted().withdrawn(), VILLAGE, []],
    ['the filing of a draft', CaseLog.drafted().filedAfterDraft(), VILLAGE, ['FILED']],
    ['a withdrawal above', accepted.withdrawn(), TOWNSHIP, ['WITHDRAWN']],
  ] as const)('%s is counted where it was done', (_, log, node, expected) => {
    expect(measures(log, node)).toEqual(expected);
  });

  test.each([
    ['a filing', filed, [TOWNSHIP, COUNTY]],
    ['a one-time notice', asked, [VILLAGE, COUNTY]],
    ['an acceptance', accepted, [VILLAGE, COUNTY]],
    ['a grant', reviewedAtCounty.decided('GRANTED'), [TOWNSHIP, NEIGHBOUR_VILLAGE]],
    ['a non-acceptance', received.notAccepted(), [COUNTY]],
  ] as const)('%s is counted at no other desk that hears of it', (_, log, nodes) => {
    expect(nodes.flatMap((node) => measures(log, node))).toEqual([]);
  });

  test.each([
    ['granted', closed('GRANTED')],
    ['refused', closed('REFUSED')],
    ['not accepted', received.notAccepted()],
    ['withdrawn above', accepted.withdrawn()],
  ] as const)('a case that is %s is closed, in time, where it was taken in', (_, log) => {
    expect(measures(log, VILLAGE)).toEqual(['CLOSED', 'CLOSED_IN_TIME']);
  });

  test('a case withdrawn where it was taken in is withdrawn and closed there', () => {
    expect(measures(filed.withdrawn(), VILLAGE)).toEqual(['WITHDRAWN', 'CLOSED', 'CLOSED_IN_TIME']);
  });

  test('a case taken in and decided at one desk is granted and closed there', () => {
    const log = CaseLog.filed({ node: TOWNSHIP, decider: TOWNSHIP }).accepted().reviewed().decided();
    expect(measures(log, TOWNSHIP)).toEqual(['GRANTED']);
    expect(measures(log.issued().delivered().closed(), TOWNSHIP)).toEqual(['CLOSED', 'CLOSED_IN_TIME']);
  });

  test('a line that came before the closing one closes nothing when it is looked at afterwards', () => {
    const log = filed.withdrawn();
    const [first] = log.lines;
    if (!first) throw new Error('A log without a line.');
    const facts = factsOf(first, log.file, VILLAGE, calendar, divisions);
    expect(facts.map((fact) => fact.measure)).toEqual(['FILED']);
  });
});

describe('a case under proxy', () => {
  const consent = { way: 'FINGERPRINT', givenAt: '2026-03-02T01:00:00.000Z' } as const;
  const marks = (log: CaseLog, node: string) => stated(log, node).map(({ measure, proxy }) => [measure, proxy ?? null]);
  const proxied = CaseLog.filed({ at: at('2026-03-02'), data: { consent } });

  test('is marked where it is filed and where it is closed, with the day it was filed and its working days', () => {
    expect(marks(proxied, VILLAGE)).toEqual([['FILED', { filedOn: '2026-03-02', days: null }]]);
    expect(marks(proxied.withdrawn({ at: at('2026-03-10').toISOString() }), VILLAGE)).toEqual([
      ['WITHDRAWN', null],
      ['CLOSED', { filedOn: '2026-03-02', days: 6 }],
      ['CLOSED_IN_TIME', null],
    ]);
  });

  test('has its mark left out by a program that does not know it, and its fact taken', () => {
    const [fact] = stated(proxied, VILLAGE);
    expect(factSchema.omit({ proxy: true }).parse(fact)).not.toHaveProperty('proxy');
  });

  test('is none where the applicant came alone', () => {
    expect(marks(CaseLog.filed(), VILLAGE)).toEqual([['FILED', null]]);
  });
});

describe('closing in time', () => {
  const promised = (decidedOn: Date) =>
    CaseLog.filed({ at: at('2026-03-02') })
      .handedTo(TOWNSHIP)
      .accepted({ promised: { days: 5, unit: 'WORKDAY' } })
      .reviewed()
      .handedTo(COUNTY)
      .reviewed()
      .decided('GRANTED', { at: decidedOn.toISOString() })
      .issued()
      .delivered()
      .closed();
  const lastInstant = new Date('2026-03-09T15:59:59.999Z');

  test("is decided on or before the promise's last day, whenever it is delivered", () => {
    expect(measures(promised(lastInstant), VILLAGE)).toEqual(['CLOSED', 'CLOSED_IN_TIME']);
  });

  test('is not after it', () => {
    expect(measures(promised(new Date(lastInstant.getTime() + 1)), VILLAGE)).toEqual(['CLOSED']);
  });
});

describe('a fact', () => {
  const everyLog = [
    filed,
    asked,
    accepted,
    received.notAccepted(),
    accepted.withdrawn(),
    filed.withdrawn(),
    reviewedAtCounty.decided('GRANTED'),
    reviewedAtCounty.decided('REFUSED'),
    reviewedAtCounty.decided().issued().delivered(),
    accepted.terminated(),
    accepted.voided(),
    answered,
    reviewedAtCounty.reported(),
    reviewedAtCounty.reported().reportDecided(),
    closed(),
  ];
  const everyFact = everyLog.flatMap((log) => [VILLAGE, TOWNSHIP, COUNTY].flatMap((node) => stated(log, node)));

  test('names measure, item, day, case and node, and holds nothing else', () => {
    for (const fact of everyFact) {
      expect(Object.keys(fact).sort()).toEqual(['case', 'day', 'item', 'measure', 'node']);
      expect(factSchema.parse(fact)).toEqual(fact);
      expect(fact).toMatchObject({ item: '3310-MZ-001', case: filed.file.id });
    }
  });

  test('of every measure can be stated', () => {
    expect([...new Set(everyFact.map((fact) => fact.measure))].sort()).toEqual([...MEASURES].sort());
  });

  test('tells nothing of applicant, agent, materials, reasons or the number on the slip', () => {
    const told = JSON.stringify(everyFact);
    const { number, application, filedBy } = filed.file;
    for (const secret of [number, application, filedBy.sub, filedBy.name, '身份证明', '申请人撤回', '不符合条件']) {
      expect(told).not.toContain(secret);
    }
  });

  test("counts for the day of its line in the centre's zone", () => {
    const before = CaseLog.filed({ at: new Date('2026-03-02T15:59:59.999Z') });
    const after = CaseLog.filed({ at: new Date('2026-03-02T16:00:00.000Z') });
    expect(stated(before, VILLAGE)[0]?.day).toBe('2026-03-02');
    expect(stated(after, VILLAGE)[0]?.day).toBe('2026-03-03');
  });

  test('of closing counts for the day of the closing, not for the day it was heard of', () => {
    const log = closed('GRANTED', { at: at('2026-03-20').toISOString() });
    expect(stated(log, VILLAGE).map((fact) => fact.day)).toEqual(['2026-03-20', '2026-03-20']);
  });

  test.each([
    ['an unknown measure', { measure: 'LOST' }],
    ['a day that is none', { day: '2026-02-30' }],
    ['a node that is none', { node: '三门' }],
    ['no case', { case: '' }],
    ['no item', { item: '' }],
  ])('with %s is refused', (_, changes) => {
    const fact = { measure: 'FILED', item: '3310-MZ-001', day: '2026-03-02', case: 'c', node: VILLAGE };
    expect(factSchema.safeParse(fact).success).toBe(true);
    expect(factSchema.safeParse({ ...fact, ...changes }).success).toBe(false);
  });
});

test.each([
  ['granted', closed(), ['ACCEPTED', 'CLOSED', 'CLOSED_IN_TIME', 'DELIVERED', 'FILED', 'GRANTED']],
  ['withdrawn', accepted.withdrawn(), ['ACCEPTED', 'CLOSED', 'CLOSED_IN_TIME', 'FILED', 'WITHDRAWN']],
] as const)(
  'over the whole life of a case that is %s each measure is stated once, over all nodes',
  (_, log, expected) => {
    const stated = log.lines.flatMap((line, i) => {
      const { file } = CaseLog.of(log.lines.slice(0, i + 1));
      return [VILLAGE, TOWNSHIP, COUNTY].flatMap((node) => factsOf(line, file, node, calendar, divisions));
    });
    expect(stated.map((fact) => fact.measure).sort()).toEqual([...expected, 'SUPPLEMENT_REQUESTED'].sort());
  },
);
