import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ProblemError } from '../kernel/errors.ts';
import type { Grant } from '../domains/delegation/messages.ts';
import type { LogActor, LogLine } from './log-line.ts';
import { logLineSchema } from './log-line.ts';
import { CaseLog } from '../testing/case-log.ts';
import { deskOf } from '../testing/desks.ts';
import { at, CITY, COUNTY, divisions, itemOf, material, sha256, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { answerOf, endOf, grantId, grantOf, RELIEF, SEAL, TEACHER } from '../testing/grants.ts';
import type { GrantStage } from '../domains/delegation/words.ts';
import { GRANT_MODES, GRANT_STAGES } from '../domains/delegation/words.ts';
import { isClosed } from './words.ts';
import { dayOf, plusDays } from '../kernel/calendar.ts';
import type { CaseFile } from './case-file.ts';
import { custodyAt } from './case-file.ts';
import { foldLog } from './case-state.ts';
import type { Desk, Step } from './step-context.ts';
import { acceptCase, deemAccepted, refuseCase, requestSupplement } from '../domains/handling/acceptance.ts';
import { decideCase, reviewCase } from '../domains/handling/decision.ts';
import { fileCase, supplementCase } from '../domains/filing/steps.ts';
import { forwardCase, recallCase, returnCase } from '../domains/handling/hand-off.ts';
import type { Item } from '../domains/catalogue/catalogue.ts';
import type { GrantRecord } from '../domains/delegation/rules.ts';
import { grantsInEffect, isUnderCap } from '../domains/delegation/rules.ts';

// Grants begin, end and are renewed while a case is under way, amounts turn out higher than stated, and grantors call
// cases back. No node may decide without power, and every case must keep a node that can carry it on.

const START = '2026-01-05';
const ITEMS: readonly Item[] = [
  RELIEF,
  SEAL,
  TEACHER,
  { ...TEACHER, acceptingTiers: ['TOWNSHIP'] },
  itemOf('3310-ZJ-001'),
];
const day = (min: number, max: number) => fc.integer({ min, max }).map((n) => plusDays(START, n));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 2 });
const anyFen = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 20 }));

const anyRecord = (item: Item): fc.Arbitrary<GrantRecord> =>
  fc
    .record({
      grantor: fc.oneof(
        { weight: 9, arbitrary: fc.constant(item.decidingTier === 'CITY' ? CITY : COUNTY) },
        { weight: 1, arbitrary: fc.constantFrom(CITY, COUNTY, TOWNSHIP) },
      ),
      grantee: fc.oneof({ weight: 3, arbitrary: fc.constant(TOWNSHIP) }, { weight: 1, arbitrary: fc.constant(COUNTY) }),
      stages: fc.oneof(fc.constant<GrantStage[]>([...GRANT_STAGES]), fc.subarray([...GRANT_STAGES], { minLength: 1 })),
      mode: fc.constantFrom(...GRANT_MODES),
      cap: maybe(fc.record({ amountFen: fc.integer({ min: 0, max: 20 }) })),
      from: day(-10, 10),
      to: maybe(day(0, 30)),
      seq: fc.integer({ min: 1, max: 9 }),
      ended: maybe(fc.tuple(fc.constantFrom('REVOKED' as const, 'HANDED_BACK' as const), day(0, 30))),
    })
    .map(({ ended, ...grant }) => ({
      grant: grantOf({ ...grant, items: [item.code] }),
      answer: answerOf(),
      end: ended && endOf(...ended),
      refusal: null,
    }));

const anyAttempt = fc.record({
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('accept', 'review', 'decide', 'forward', 'supplement') },
    { weight: 3, arbitrary: fc.constantFrom('ask', 'return', 'deem', 'recall') },
    { weight: 1, arbitrary: fc.constantFrom('nothing', 'refuse') },
  ),
  who: fc.integer({ min: 1, max: 2 }),
  hours: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 120 })),
  amountFen: anyFen,
  arrives: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});
type Attempt = typeof anyAttempt extends fc.Arbitrary<infer T> ? T : never;

const anyJourney = fc.constantFrom(...ITEMS).chain((item) =>
  fc.record({
    item: fc.constant(item),
    records: fc
      .array(anyRecord(item), { minLength: 1, maxLength: 5 })
      .map((records) => records.map((r, i): GrantRecord => ({ ...r, grant: { ...r.grant, id: grantId(i) } }))),
    node: fc.constantFrom(VILLAGE, VILLAGE, TOWNSHIP, COUNTY),
    amountFen: anyFen,
    complete: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    attempts: fc.array(anyAttempt, { minLength: 10, maxLength: 40 }),
  }),
);
type Journey = typeof anyJourney extends fc.Arbitrary<infer T> ? T : never;

/** Whether it was decided, or ended without a decision: delivery needs no grant. */
const isEnded = (file: CaseFile) => file.decision !== null || isClosed(file.state);

const CHIEF: LogActor = { sub: 'grantor', name: '首席代表', role: 'CHIEF' };

function attempt(desk: Desk, file: CaseFile, by: Attempt): Step | null {
  const names = desk.item.standard.materials.map((m) => m.name);
  switch (by.what) {
    case 'accept':
      return acceptCase(desk, file, null);
    case 'review':
      return reviewCase(desk, file, 'APPROVE', null, by.amountFen);
    case 'decide':
      return decideCase(desk, file, 'GRANTED', null);
    case 'forward':
      return forwardCase(desk, file, null);
    case 'supplement':
      return supplementCase(
        desk,
        file,
        names.map((name) => material(name)),
        null,
      );
    case 'ask':
      return requestSupplement(
        desk,
        file,
        names.map((name) => ({ material: name, reason: '未提交' })),
        null,
      );
    case 'return':
      return returnCase(desk, file, '退回');
    case 'deem':
      return deemAccepted(desk, file);
    case 'recall':
      return recallCase(desk.node, file, file.power, CHIEF, '收回');
    case 'refuse':
      return refuseCase(desk, file, '不属职权');
    case 'nothing':
      return null;
    default:
      return by.what satisfies never;
  }
}

/** A running journey: the log, the grants of the day, and the refusals. */
class Traveller {
  log: CaseLog;
  now = at(START);
  readonly refused = new Set<string>();
  readonly #journey: Journey;

  private constructor(journey: Journey, log: CaseLog) {
    this.#journey = journey;
    this.log = log;
  }

  /** Null if the desk may not take the case in. */
  static filed(journey: Journey): Traveller | null {
    const { item, node, amountFen, complete } = journey;
    const materials = complete ? item.standard.materials.map((m) => m.name) : [];
    const filing = { number: 'n', place: VILLAGE, application: sha256('a'), consent: null, facts: { amountFen } };
    const given = materials.map((name) => material(name));
    const grants = grantsInEffect(journey.records, START);
    const desk = deskOf(node, 'CLERK', { item, now: at(START), grants });
    try {
      const [line] = fileCase(desk, { ...filing, materials: given }).lines;
      if (line.action !== 'FILED') return null;
      return new Traveller(journey, CaseLog.filed({ node, at: at(START), item, data: line.data }));
    } catch (error) {
      if (error instanceof ProblemError) return null;
      throw error;
    }
  }

  get grants(): Grant[] {
    return grantsInEffect(this.#journey.records, dayOf(this.now));
  }

  /** Returns whether the attempt was allowed; the fold must accept every line of an allowed step. */
  try(by: Attempt): boolean {
    const { item } = this.#journey;
    const { file } = this.log;
    const sub = `${file.custodian}-${by.who}`;
    const desk = deskOf(file.custodian, ['CLERK', 'CHIEF'], { item, now: this.now, grants: this.grants, sub });
    const step = this.#taken(() => attempt(desk, file, by));
    if (!step) return false;
    this.log = this.log.taken(step, this.now);
    const to = step.handOff?.to ?? null;
    if (this.log.file.inTransitTo !== to) throw new Error('The step tells another hand-off than its lines.');
    return true;
  }

  #taken(act: () => Step | null): Step | null {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      this.refused.add(error.code);
      return null;
    }
  }

  deliver(arrives: boolean): void {
    if (this.log.file.inTransitTo === null) return;
    const head = { at: this.now.toISOString() };
    this.log = arrives ? this.log.received(head) : this.log.handOffRefused(head);
  }
}

/** Walks a journey and calls `check` after every attempt that was made. */
function travel(
  journey: Journey,
  check: (traveller: Traveller, before: CaseFile) => void = () => {},
): Traveller | null {
  const traveller = Traveller.filed(journey);
  if (!traveller) return null;
  for (const by of journey.attempts) {
    const before = traveller.log.file;
    traveller.now = new Date(traveller.now.getTime() + by.hours * 3_600_000);
    if (isEnded(before)) break;
    if (traveller.try(by)) check(traveller, before);
    traveller.deliver(by.arrives);
  }
  return traveller;
}

function onEveryJourney(check: (traveller: Traveller, before: CaseFile) => void): void {
  fc.assert(
    fc.property(anyJourney, (journey) => {
      travel(journey, check);
    }),
    { numRuns: 300 },
  );
}

const count = (lines: readonly LogLine[], action: string) => lines.filter((line) => line.action === action).length;

describe('on every journey under grants', () => {
  test('one node holds the case, and it is accepted and decided at most once', () => {
    onEveryJourney(({ log: { file, lines } }) => {
      const nodes = divisions.lineage(VILLAGE).map((d) => d.code);
      expect(nodes.filter((node) => custodyAt(file, node) !== 'ELSEWHERE')).toEqual([file.custodian]);
      expect(count(lines, 'ACCEPTED')).toBeLessThanOrEqual(1);
      expect(count(lines, 'DECIDED')).toBeLessThanOrEqual(1);
    });
  });

  test('the power stays where the item puts it, and whoever decides has it or its grant', () => {
    onEveryJourney(({ log: { file } }) => {
      expect(file.power).toBe(file.item === TEACHER.code ? CITY : COUNTY);
      expect(file.decider).toBe(file.through.decide?.grantee ?? file.power);
      expect(divisions.isWithin(file.acceptor, file.decider)).toBe(true);
    });
  });

  test('the decision goes out in the name of the power, or of the grantee it is conferred on', () => {
    onEveryJourney(({ log: { file } }) => {
      const { decision, through, power } = file;
      const conferred = through.decide?.mode === 'CONFERRED' ? through.decide.grantee : power;
      expect([decision === null, decision?.inNameOf]).toEqual([decision === null, decision ? conferred : undefined]);
    });
  });

  test('nobody accepts, refuses, asks or decides under a grant that gives no power that day', () => {
    onEveryJourney(({ log: { file, lines }, grants }) => {
      const last = lines.at(-1)?.action ?? '';
      const accept = ['ACCEPTED', 'NOT_ACCEPTED', 'SUPPLEMENT_REQUESTED'].includes(last) ? file.through.accept : null;
      const uses = [accept, last === 'DECIDED' ? file.through.decide : null].filter((use) => use !== null);
      const given = uses.map((use) => grants.find(({ id }) => id === use.id));
      expect(given.filter((grant) => !grant || !isUnderCap(grant, file.facts))).toEqual([]);
    });
  });

  test('the decision stands on a review of the same organ, or on one a grant in effect lets stand for it', () => {
    onEveryJourney(({ log: { file }, grants }) => {
      const { decision, reviews, through } = file;
      const reviewer = reviews.at(-1)?.node;
      const lent = grants.some(({ id }) => id === through.review?.id) ? through.review?.grantee : undefined;
      expect(decision === null || reviewer === decision.node || reviewer === lent).toBe(true);
      expect(reviews.at(-1)?.actor.sub === decision?.actor.sub && decision !== null).toBe(false);
    });
  });

  test('what is accepted stays with its acceptor, and a case called back is not lent again', () => {
    onEveryJourney(({ log: { file } }, before) => {
      expect(before.acceptance === null || file.acceptor === before.acceptor).toBe(true);
      expect(before.through.decide === null && file.through.decide !== null).toBe(false);
    });
  });

  test('a change of way is written only where it changes something', () => {
    onEveryJourney(({ log: { file, lines } }, before) => {
      const changed = lines.slice(before.seq).some((line) => line.action === 'REROUTED');
      const way = ({ acceptor, decider, through }: CaseFile) => JSON.stringify({ acceptor, decider, through });
      expect(changed).toBe(way(file) !== way(before));
    });
  });

  test('the log has the form of the contract and folds to the same file', () => {
    fc.assert(
      fc.property(anyJourney, (journey) => {
        const log = travel(journey)?.log;
        fc.pre(log !== undefined);
        const read = (JSON.parse(JSON.stringify(log?.lines ?? [])) as unknown[]).map((l) => logLineSchema.parse(l));
        expect(foldLog(read)).toEqual(log?.file);
      }),
    );
  });

  test('wherever it stands, it can be brought to its end without anybody calling it back or returning it', () => {
    fc.assert(
      fc.property(anyJourney, (journey) => {
        const traveller = travel(journey);
        fc.pre(traveller !== null);
        if (!traveller) return;
        const steps = ['decide', 'review', 'accept', 'supplement', 'deem', 'ask', 'forward'] as const;
        const plain = { hours: 0, amountFen: null, arrives: true };
        for (let round = 0; round < 15 && !isEnded(traveller.log.file); round++) {
          traveller.deliver(true);
          steps.some((what) => [3, 4].some((who) => traveller.try({ ...plain, what, who })));
        }
        expect(isEnded(traveller.log.file)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the journeys above', () => {
  const reached = { ends: new Set<string>(), refused: new Set<string>() };
  beforeAll(() => {
    for (const journey of fc.sample(anyJourney, { numRuns: 800, seed: 7 })) {
      const traveller = travel(journey, ({ log: { lines } }) => {
        const [last, ahead] = [lines.at(-1), lines.at(-2)];
        if (ahead?.action === 'REROUTED') reached.ends.add(`REROUTED, ${last?.action}`);
        if (last?.action === 'REROUTED') reached.ends.add('REROUTED');
        if (last?.action !== 'DECIDED') return;
        const own = last.data.inNameOf === last.node ? 'own name' : "grantor's name";
        reached.ends.add(last.data.grant === undefined ? 'own power' : own);
      });
      traveller?.refused.forEach((code) => reached.refused.add(code));
    }
  });

  test.each([
    'own power',
    'own name',
    "grantor's name",
    'REROUTED',
    'REROUTED, FORWARDED',
    'REROUTED, ACCEPTED',
    'REROUTED, DECIDED',
  ])('come to: %s', (end) => {
    expect([...reached.ends]).toContain(end);
  });

  test.each(['GRANT_NOT_IN_EFFECT', 'NOT_COMPETENT', 'REVIEW_MISSING', 'SAME_PERSON'])('run into %s', (code) => {
    expect([...reached.refused]).toContain(code);
  });
});
