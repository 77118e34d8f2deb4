import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ProblemError } from '../errors.ts';
import { caseIdOf } from '../identifiers.ts';
import type { LogLine } from '../messages/log-line.ts';
import { logLineSchema } from '../messages/log-line.ts';
import { anyItem, anyVillage } from '../testing/arbitraries.ts';
import { clerkOf } from '../testing/case-log.ts';
import { deskOf } from '../testing/desks.ts';
import { at, calendar, divisions, implementationOf, material, sha256 } from '../testing/fixtures.ts';
import type { CaseState, LogAction, Role } from '../vocabulary.ts';
import { FEE_ACTIONS } from './fee-state.ts';
import { CASE_STATES, CLOSED_STATES, JOINT_ACTIONS, LOG_ACTIONS, isClosed } from '../vocabulary.ts';
import type { CaseFile } from './case-file.ts';
import { custodyAt, hopsOf } from './case-file.ts';
import { isUrgent } from './expedited.ts';
import { HEARING_ACTIONS } from './hearings.ts';
import { foldLine, foldLog, openFile } from './case-state.ts';
import type { Desk, Step } from './case-steps/index.ts';
import {
  REMEDIES,
  acceptCase,
  askUrgency,
  assignCase,
  closeCase,
  decideCase,
  decideOnTheSpot,
  decideUrgency,
  deemAccepted,
  deliverCase,
  draftCase,
  endProcedure,
  extendCase,
  fileCase,
  fileDraft,
  forwardCase,
  giveOpinion,
  offerHearing,
  waiveHearing,
  issueDocument,
  leaveProject,
  linkToProject,
  openGreenChannel,
  precheckCase,
  rateByApplicant,
  rateCase,
  refuseCase,
  requestPrecheck,
  requestSupplement,
  returnCase,
  openJoint,
  reviewCase,
  startProcedure,
  supplementCase,
  terminateCase,
  transferCase,
  voidCase,
  withdrawCase,
} from './case-steps/index.ts';
import type { Item } from './catalogue.ts';
import { dayOf } from './calendar.ts';
import { clockOf } from './clock.ts';
import { countDays } from './limits.ts';
import { PROXY_ACTIONS } from './proxy.ts';

// Random people at random desks do random things to a case, hand-offs arrive or are refused. Whatever they manage to
// do, the case must stay in order; what they may not do must be refused and change nothing.

const anyAttempt = fc.record({
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('accept', 'review', 'decide', 'forward', 'supplement') },
    { weight: 4, arbitrary: fc.constantFrom('issue', 'assign', 'deliver', 'draft', 'precheck', 'file') },
    { weight: 4, arbitrary: fc.constantFrom('ask', 'return', 'deem', 'start', 'end', 'extend', 'rate', 'instant') },
    { weight: 2, arbitrary: fc.constantFrom('link', 'leave', 'speed', 'urge', 'approve') },
    { weight: 1, arbitrary: fc.constantFrom('refuse', 'withdraw', 'terminate', 'void', 'transfer', 'close') },
  ),
  /** Which of the fitting things is done instead; null for whatever `what` says. */
  fitting: fc.option(fc.nat({ max: 11 })),
  where: fc.oneof(
    { weight: 6, arbitrary: fc.constant('custodian') },
    { weight: 1, arbitrary: fc.constantFrom('filing', 'acceptor', 'decider', 'stranger') },
  ),
  roles: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Role[]>(['CLERK', 'CHIEF', 'HEAD']) },
    { weight: 1, arbitrary: fc.subarray<Role>(['AGENT', 'CLERK', 'CHIEF', 'HEAD', 'SUPERVISOR', 'CATALOGUER']) },
  ),
  /** One of three people at each desk. */
  who: fc.integer({ min: 1, max: 3 }),
  ownDepartment: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  afterMinutes: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 20_000 })),
  /** Which of the item's materials are named or handed in, by place. */
  materials: fc.array(fc.nat({ max: 4 }), { maxLength: 5 }),
  /** Names whatever is missing as well, as it should. */
  names: fc.boolean(),
  favourable: fc.boolean(),
  /** Whether a hand-off gets through before the next attempt, and whether the receiver takes it. */
  delivered: fc.boolean(),
  arrives: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});
/** What people would do with a case in a state, so that journeys get far. */
const FITTING: Record<CaseState, Attempt['what'][]> = {
  DRAFT: ['draft', 'precheck', 'file'],
  PRECHECKED: ['file', 'return'],
  FILED: ['forward', 'accept', 'ask', 'return', 'instant', 'link', 'urge', 'approve', 'speed', 'accept', 'forward'],
  AWAITING_SUPPLEMENT: ['supplement', 'return'],
  ACCEPTED: ['review', 'review', 'start', 'end', 'extend', 'link', 'speed', 'urge', 'approve', 'review'],
  REVIEWED: ['decide', 'forward', 'end', 'return'],
  GRANTED: ['issue', 'assign', 'deliver'],
  REFUSED: ['issue', 'deliver', 'return'],
  DELIVERED: ['close'],
  CLOSED: ['rate'],
  NOT_ACCEPTED: ['rate'],
  WITHDRAWN: ['rate'],
  TERMINATED: ['rate'],
  VOIDED: ['rate'],
};
type Attempt = typeof anyAttempt extends fc.Arbitrary<infer T> ? T : never;

const anyJourney = fc.record({
  item: anyItem,
  place: anyVillage,
  /** How far above the place the case is taken in. */
  height: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) }),
  complete: fc.boolean(),
  /** Whether it begins as a draft. */
  drafted: fc.boolean(),
  attempts: fc.array(anyAttempt, { minLength: 20, maxLength: 120 }),
});
type Journey = typeof anyJourney extends fc.Arbitrary<infer T> ? T : never;

/** What a journey comes to: the log, and every refusal on the way. */
interface Travelled {
  lines: LogLine[];
  file: CaseFile;
  refused: string[];
}

/** A file nothing can write to; an attempt that tries to breaks. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

/** The first desk from the wanted height on, upward and then from below, that may take the case in. */
function takeIn({ item, place, height, complete, drafted }: Journey): { node: string; step: Step } {
  const lineage = divisions.lineage(place).map((d) => d.code);
  const materials = complete ? item.standard.materials.map((m) => material(m.name)) : [];
  const filing = { number: NUMBER, place, application: sha256('application'), consent: null, materials };
  for (const node of [...lineage.slice(height), ...lineage]) {
    try {
      const desk = deskOf(node, 'CLERK', { item, now: at('2026-01-05') });
      return { node, step: drafted ? draftCase(desk, filing) : fileCase(desk, filing) };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
    }
  }
  throw new Error(`${item.code} can be taken in nowhere over ${place}.`);
}

const NUMBER = '331022103201-20260105-00001';
const PROJECT = { id: '331022-0198c0de-0000-7000-8000-0000000000aa', key: true, ended: false };
/** Shorter limits of every kind; some are longer than an item's promise, and then change nothing. */
const SHORTER = { greenChannel: { days: 3, unit: 'WORKDAY' }, urgent: { days: 0.5, unit: 'WORKDAY' } } as const;

function attempt(desk: Desk, file: CaseFile, item: Item, by: Attempt): Step | null {
  const all = item.standard.materials.map((m) => m.name);
  const picked = [...new Set(by.materials.flatMap((place) => all[place] ?? []))];
  const named = by.names ? all : picked;
  switch (by.what) {
    case 'accept':
      return acceptCase(desk, file, null);
    case 'review':
      return reviewCase(desk, file, by.favourable ? 'APPROVE' : 'REJECT', '意见');
    case 'decide':
      return decideCase(desk, file, by.favourable ? 'GRANTED' : 'REFUSED', '理由');
    case 'forward':
      return forwardCase(desk, file, null);
    case 'supplement': {
      const materials = named.map((name) => material(name));
      return supplementCase(desk, file, materials, null);
    }
    case 'ask': {
      const missing = named.map((name) => ({ material: name, reason: '未提交' }));
      return requestSupplement(desk, file, missing, null);
    }
    case 'return':
      return returnCase(desk, file, '退回');
    case 'deem':
      return deemAccepted(desk, file);
    case 'refuse':
      return refuseCase(desk, file, '不属本机关职权');
    case 'withdraw':
      return withdrawCase(desk, file, '申请人撤回');
    case 'issue':
      return issueDocument(desk, file, { number: '1', document: material('决定书') });
    case 'assign':
      return assignCase(desk, file, null);
    case 'deliver': {
      const { lines, ...step } = deliverCase(desk, file, 'WINDOW', null);
      // now and then something keeps it open
      return by.favourable ? { ...step, lines } : { ...step, lines: [lines[0]] };
    }
    case 'close':
      return closeCase(desk, file, null);
    case 'rate':
      // the applicant's word is written where the case is
      return by.favourable || desk.node !== file.custodian ? rateCase(desk, file, 5) : rateByApplicant(file, 1);
    case 'draft':
      return requestPrecheck(desk, file, null);
    case 'precheck':
      return precheckCase(
        desk,
        file,
        named.map((name) => ({ material: name, reason: '未提交' })),
        null,
      );
    case 'file': {
      const { number, place, application } = file;
      const materials = named.map((name) => material(name));
      return fileDraft(desk, file, { number, place, application, consent: null, materials: [] }, materials);
    }
    case 'start': {
      const kind = by.favourable ? 'HEARING' : 'SITE_SURVEY';
      return startProcedure(desk, file, { kind, notice: '告知', expectedDays: 5 });
    }
    case 'end':
      return endProcedure(desk, file, file.procedures.findIndex((p) => p.endedAt === null) + 1, '已完成');
    case 'extend':
      return extendCase(desk, file, 10, '案情复杂');
    case 'instant':
      return decideOnTheSpot(desk, file, { outcome: by.favourable ? 'GRANTED' : 'REFUSED', reason: '理由' });
    case 'terminate':
      return terminateCase(desk, file, '申请人死亡');
    case 'void':
      return voidCase(desk, file, '录入有误');
    case 'transfer':
      return transferCase(
        desk,
        file,
        by.favourable ? (divisions.get(desk.node).parent ?? '') : file.filingNode,
        '转办',
      );
    case 'link':
      return linkToProject(desk, file, PROJECT.id, by.favourable ? PROJECT : null);
    case 'leave':
      return leaveProject(desk, file, by.favourable ? '误纳入项目' : '');
    case 'speed':
      return openGreenChannel(desk, file, '县重点项目');
    case 'urge':
      return askUrgency(desk, file, '急需办理');
    case 'approve':
      return decideUrgency(desk, file, by.favourable, '情况属实');
    default:
      return by.what satisfies never;
  }
}

/** What the attempt leads to; null when it is refused, which is noted, or leads to nothing. */
function tried(act: () => Step | null, refused: string[]): Step | null {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    refused.push(...error.problems.map((p) => p.code));
    return null;
  }
}

const sameHandOff = (a: Step['handOff'], b: Step['handOff']) => a?.to === b?.to && a?.epoch === b?.epoch;

/** Walks a journey and calls `check` after every line. */
function travel(journey: Journey, check: (lines: readonly LogLine[], file: CaseFile) => void): Travelled {
  const { item, place } = journey;
  const { node, step } = takeIn(journey);
  const id = caseIdOf(node, '0198c0de-0000-7000-8000-000000000001');
  let now = at('2026-01-05');
  const first: LogLine = { ...step.lines[0], case: id, seq: 1, epoch: 1, at: now.toISOString(), node, prev: null };
  const lines = [first];
  let file = frozen(openFile(first));
  const refused: string[] = [];
  check(lines, file);

  const write = (line: LogLine) => {
    lines.push(line);
    file = frozen(foldLine(file, line));
    check(lines, file);
  };
  const headOf = (seq: number) => ({ case: id, seq, at: now.toISOString(), prev: sha256(`line ${seq - 1}`) });
  const deliver = (by: Attempt) => {
    const to = file.inTransitTo;
    if (to === null) return;
    const { custodian, seq, epoch } = file;
    const data = { epoch: epoch + 1 };
    const head = { ...headOf(seq + 1), note: null };
    if (by.arrives) {
      const action = 'RECEIVED';
      write({ ...head, action, data: { ...data, from: custodian }, node: to, actor: clerkOf(to), epoch: epoch + 1 });
    } else {
      const action = 'HANDOFF_REFUSED';
      const code = 'SIGNATURE_INVALID';
      write({ ...head, action, data: { ...data, by: to, code }, node: custodian, actor: clerkOf(custodian), epoch });
    }
  };

  for (const by of journey.attempts) {
    now = new Date(now.getTime() + by.afterMinutes * 60_000);
    const neighbour = divisions.children(divisions.get(place).parent ?? '').find((d) => d.code !== place);
    const nodes = {
      custodian: file.custodian,
      filing: file.filingNode,
      acceptor: file.acceptor,
      decider: file.decider,
      stranger: neighbour?.code ?? place,
    };
    const sitting = deskOf(nodes[by.where], by.roles, {
      now,
      item,
      implementation: { ...implementationOf(item, file.decider), ...SHORTER },
      sub: `${nodes[by.where]}-${by.who}`,
      ...(by.ownDepartment ? {} : { department: '气象' }),
    });
    const desk: Desk = { ...sitting, project: PROJECT };
    const fitting = FITTING[file.state];
    const what = by.fitting === null ? by.what : (fitting[by.fitting % fitting.length] ?? by.what);
    const taken = tried(() => attempt(desk, file, item, { ...by, what }), refused);
    // whatever a step leads to, the fold must take
    for (const draft of taken?.lines ?? []) {
      write({ ...draft, ...headOf(file.seq + 1), node: desk.node, epoch: file.epoch });
    }
    const handOff = file.inTransitTo === null ? null : { to: file.inTransitTo, epoch: file.epoch + 1 };
    if (taken && !sameHandOff(taken.handOff, handOff))
      throw new Error('The step tells another hand-off than its lines.');
    if (by.delivered) deliver(by);
  }
  return { lines, file, refused };
}

const count = (lines: readonly LogLine[], action: LogAction) => lines.filter((l) => l.action === action).length;

/** Runs the property over random journeys, with `check` after every line. */
function onEveryJourney(check: (lines: readonly LogLine[], file: CaseFile) => void): void {
  fc.assert(
    fc.property(anyJourney, (journey) => {
      travel(journey, check);
    }),
    { numRuns: 150 },
  );
}

describe('on every journey of a case', () => {
  test('exactly one node holds it, and what is under way is under way to another', () => {
    onEveryJourney((_, file) => {
      const known = new Set([...file.holders, file.acceptor, file.decider, file.inTransitTo ?? file.custodian]);
      expect([...known].filter((node) => custodyAt(file, node) !== 'ELSEWHERE')).toEqual([file.custodian]);
      expect(file.spans.filter((span) => span.to === null).map((span) => span.node)).toEqual([file.custodian]);
      expect(file.inTransitTo).not.toBe(file.custodian);
    });
  });

  test('the epoch rises by one with each hand-off, taken or refused, and the number by one with each line', () => {
    onEveryJourney((lines, file) => {
      expect(file.epoch).toBe(1 + count(lines, 'RECEIVED') + count(lines, 'HANDOFF_REFUSED'));
      expect(hopsOf(file)).toBe(count(lines, 'RECEIVED'));
      expect(lines.map((line) => line.seq)).toEqual(lines.map((_, i) => i + 1));
      expect(file.seq).toBe(lines.length);
    });
  });

  test('it is accepted, noticed and decided at most once, and closed stays closed', () => {
    onEveryJourney((lines, file) => {
      expect(count(lines, 'DECIDED')).toBeLessThanOrEqual(1);
      expect(count(lines, 'ACCEPTED')).toBeLessThanOrEqual(1);
      expect(count(lines, 'SUPPLEMENT_REQUESTED')).toBeLessThanOrEqual(1);
      for (const once of ['FILED', 'PRECHECKED', 'EXTENDED', 'DOCUMENT_ISSUED', 'DELIVERED', 'RATED'] as const) {
        expect(count(lines, once)).toBeLessThanOrEqual(1);
      }
      const closing = lines.findIndex((l) => (CLOSED_STATES as readonly string[]).includes(l.action));
      expect(isClosed(file.state)).toBe(closing !== -1);
      // nothing follows the closing but the rating
      expect(closing === -1 ? [] : lines.slice(closing + 1).map((l) => l.action)).toEqual(file.rating ? ['RATED'] : []);
    });
  });

  test('its state is one of the list and stands on what the log says', () => {
    onEveryJourney((lines, file) => {
      expect(CASE_STATES).toContain(file.state);
      expect(file.closedAt !== null).toBe(isClosed(file.state));
      expect(file.decision !== null).toBe(count(lines, 'DECIDED') === 1);
      const afterDecision: CaseState[] = ['GRANTED', 'REFUSED', 'DELIVERED', 'CLOSED'];
      const mayBeDecided = [...afterDecision, 'VOIDED'].includes(file.state);
      expect(file.decision === null ? !afterDecision.includes(file.state) : mayBeDecided).toBe(true);
      expect(file.filed).toBe(count(lines, 'FILED') === 1);
      expect(file.delivery === null || file.issued !== null).toBe(true);
      expect(file.acceptance !== null).toBe(count(lines, 'ACCEPTED') === 1);
      expect(file.supplement !== null).toBe(count(lines, 'SUPPLEMENT_REQUESTED') === 1);
      const before: CaseState[] = file.acceptance ? ['FILED', 'AWAITING_SUPPLEMENT'] : ['ACCEPTED', 'REVIEWED'];
      expect(before).not.toContain(file.state);
      const awaited = file.supplement !== null && file.supplement.suppliedAt === null && !isClosed(file.state);
      expect(awaited).toBe(file.state === 'AWAITING_SUPPLEMENT');
    });
  });

  test('only the competent organ accepts and decides, and a village does neither, nor reviews, asks or issues', () => {
    const organs: LogAction[] = [
      'ACCEPTED',
      'NOT_ACCEPTED',
      'SUPPLEMENT_REQUESTED',
      'REVIEWED',
      'DECIDED',
      'DOCUMENT_ISSUED',
    ];
    onEveryJourney((lines, file) => {
      const writersOf = (...actions: LogAction[]) =>
        lines.filter((line) => actions.includes(line.action)).map((line) => line.node);
      expect(writersOf(...organs).filter((node) => divisions.get(node).tier === 'VILLAGE')).toEqual([]);
      const acceptors = writersOf('ACCEPTED', 'NOT_ACCEPTED', 'SUPPLEMENT_REQUESTED');
      expect(acceptors.filter((node) => node !== file.acceptor)).toEqual([]);
      expect(writersOf('DECIDED').filter((node) => node !== file.decider)).toEqual([]);
      expect(writersOf('REVIEWED').filter((node) => ![file.acceptor, file.decider].includes(node))).toEqual([]);
    });
  });

  test('no day is lost: those used and those excluded are all days from acceptance on', () => {
    onEveryJourney((_, file) => {
      const now = at('2026-11-30');
      const clock = clockOf(file, calendar, divisions, now);
      if (!clock) return;
      const until = dayOf(file.decision?.at ?? file.closedAt ?? now);
      const whole = countDays(clock.startedOn, until, clock.unit, calendar);
      expect(clock.usedDays + clock.excludedDays).toBe(Math.max(0, whole));
      expect(clock.desks.reduce((sum, desk) => sum + desk.usedDays, 0)).toBe(clock.usedDays);
      const extension = file.extension?.days ?? 0;
      // plain days may end on a later working day, an extension on a later day
      const plain = extension === 0 && clock.unit === 'WORKDAY' && clock.expedited === null;
      expect(plain ? clock.usedDays + clock.remainingDays : clock.promised.days).toBe(clock.promised.days);
    });
  });

  test('the green channel and urgency never end later than the promise, and are never lost', () => {
    onEveryJourney((lines, file) => {
      const inProject = count(lines, 'PROJECT_LINKED') - count(lines, 'PROJECT_LEFT');
      expect(inProject).toBe(file.project === null ? 0 : 1);
      expect(file.greenChannel !== null).toBe(count(lines, 'GREEN_CHANNEL_OPENED') === 1);
      expect(file.urgency !== null).toBe(count(lines, 'URGENCY_ASKED') > 0);
      const now = at('2026-11-30');
      const clock = clockOf(file, calendar, divisions, now);
      if (!clock) return;
      const plain = clockOf({ ...file, greenChannel: null, urgency: null }, calendar, divisions, now);
      expect(clock.dueAt.getTime()).toBeLessThanOrEqual(plain?.dueAt.getTime() ?? 0);
      expect(clock.remainingDays).toBeLessThanOrEqual(plain?.remainingDays ?? 0);
      expect(clock.expedited !== null).toBe(file.greenChannel !== null || isUrgent(file));
    });
  });

  test('whoever decides is a chief or the head who did not review, after a review of the same organ', () => {
    fc.assert(
      fc.property(anyJourney, (journey) => {
        const { decision, reviews } = travel(journey, () => {}).file;
        fc.pre(decision !== null);
        const reviewers = reviews.filter((r) => r.node === decision?.node).map((r) => r.actor.sub);
        expect(reviewers.length).toBeGreaterThan(0);
        expect(reviewers).not.toContain(decision?.actor.sub);
        expect(['CHIEF', 'HEAD']).toContain(decision?.actor.role);
        const remedies = decision?.outcome === 'REFUSED' ? REMEDIES : null;
        expect(decision).toMatchObject({ reason: '理由', remedies });
      }),
      { numRuns: 50 },
    );
  });

  test('every line has the form of the contract, and the log folded from the wire gives the same file', () => {
    fc.assert(
      fc.property(anyJourney, (journey) => {
        const { lines, file } = travel(journey, () => {});
        const wire = JSON.parse(JSON.stringify(lines)) as unknown[];
        const read = wire.map((line) => logLineSchema.parse(line));
        expect(read).toEqual(lines);
        expect(foldLog(read)).toEqual(file);
      }),
      { numRuns: 100 },
    );
  });
});

/** Checks with the reviewer where the item's substance is checked. */
const SECOND = { sub: 'second', name: '第二人' };

test('a case taken in at or below the accepting organ can always be brought to a decision', () => {
  fc.assert(
    fc.property(anyItem, anyVillage, fc.nat({ max: 3 }), (item, place, height) => {
      const { node, step } = takeIn({ item, place, height, complete: true, drafted: false, attempts: [] });
      const at = (minutes: number) => new Date(Date.UTC(2026, 0, 5, 2, minutes));
      const deskAs = (sub: string, minutes: number) =>
        deskOf(file.custodian, ['CLERK', 'CHIEF'], { now: at(minutes), item, sub });
      const head = { case: caseIdOf(node, 'x'), prev: null };
      let file = openFile({ ...step.lines[0], ...head, seq: 1, epoch: 1, at: at(0).toISOString(), node });
      fc.pre(divisions.isWithin(node, file.acceptor));
      const write = (taken: Step, minutes: number) => {
        const own = { ...head, at: at(minutes).toISOString() };
        for (const draft of taken.lines) {
          file = foldLine(file, { ...draft, ...own, seq: file.seq + 1, epoch: file.epoch, node: file.custodian });
        }
        const to = taken.handOff?.to;
        if (to === undefined) return;
        const epoch = file.epoch + 1;
        const data = { from: file.custodian, epoch };
        const receipt = { action: 'RECEIVED', data, epoch, node: to, actor: clerkOf(to), note: null } as const;
        file = foldLine(file, { ...own, ...receipt, seq: file.seq + 1 });
      };
      if (file.custodian !== file.acceptor) write(forwardCase(deskAs('a', 1), file, null), 1);
      write(acceptCase(deskAs('b', 2), file, null), 2);
      const hearAll = (minutes: number) => {
        const departments = item.bundle?.departments ?? [];
        if (departments.length === 0 || file.custodian !== file.decider) return;
        const parties = departments.map((department) => ({
          node: file.decider,
          department,
          ask: 'OPINION' as const,
          days: 1,
        }));
        write(openJoint(deskAs('b', minutes), file, { stage: null, parties }), minutes);
        departments.forEach((department, i) => {
          const desk = { ...deskAs('e', minutes), viewer: { ...deskAs('e', minutes).viewer, department } };
          write(giveOpinion(desk, file, { party: i + 1, opinion: 'AGREE', reason: null }), minutes);
        });
      };
      hearAll(3);
      write(reviewCase(deskAs('b', 3), file, 'APPROVE', null, null, SECOND), 3);
      if (file.custodian !== file.decider) {
        write(forwardCase(deskAs('b', 4), file, null), 4);
        hearAll(5);
        write(reviewCase(deskAs('c', 5), file, 'APPROVE', null, null, SECOND), 5);
      }
      // the right to a hearing is told and given up, where the item has one
      if (file.itemKind === 'LICENSE' && item.hearing !== 'NONE') {
        write(offerHearing(deskAs('b', 5), file, '可申请听证'), 5);
        write(waiveHearing(deskAs('b', 5), file, 0), 5);
      }
      write(decideCase(deskAs('d', 6), file, 'GRANTED', null), 6);
      expect(file).toMatchObject({ state: 'GRANTED', custodian: file.decider });
      expect(file.spans.length).toBeLessThanOrEqual(3);
    }),
  );
});

describe('the journeys above', () => {
  const reached = { actions: new Set<string>(), states: new Set<string>(), refusals: new Set<string>() };
  beforeAll(() => {
    for (const journey of fc.sample(anyJourney, { numRuns: 800, seed: 42 })) {
      const { lines, refused } = travel(journey, (_, file) => reached.states.add(file.state));
      for (const line of lines) reached.actions.add(line.action);
      for (const code of refused) reached.refusals.add(code);
    }
  });

  test('come through every state and every action', () => {
    expect([...reached.states].sort()).toEqual([...CASE_STATES].sort());
    // grants, agents, money, joint handling, hearings and expiry are in case-journeys.grants and case-journeys.events;
    // closed nodes in successions.test.ts
    const elsewhere: readonly string[] = [
      'REROUTED',
      'SUCCEEDED',
      'HANDED_OVER',
      'DEEMED_RENEWED',
      ...PROXY_ACTIONS,
      ...HEARING_ACTIONS,
      ...JOINT_ACTIONS,
      ...FEE_ACTIONS,
    ];
    expect([...reached.actions].sort()).toEqual(LOG_ACTIONS.filter((action) => !elsewhere.includes(action)).toSorted());
    expect(CLOSED_STATES.filter((state) => !reached.states.has(state))).toEqual([]);
  });

  test.each([
    'FORBIDDEN',
    'WRONG_DEPARTMENT',
    'NOT_CUSTODIAN',
    'CASE_IN_TRANSIT',
    'ILLEGAL_STEP',
    'NOT_COMPETENT',
    'MATERIALS_MISSING',
    'SUPPLEMENT_INCOMPLETE',
    'SUPPLEMENT_REPEATED',
    'SUPPLEMENT_TOO_LATE',
    'REVIEW_MISSING',
    'SAME_PERSON',
  ])('run into %s', (code) => {
    expect([...reached.refusals]).toContain(code);
  });
});
