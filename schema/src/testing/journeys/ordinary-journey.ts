import { isPlain, plainStep, PROJECT, SHORTER } from './plain-steps.ts';
import fc from 'fast-check';
import { ProblemError } from '../../kernel/errors.ts';
import { caseIdOf } from '../../kernel/identifiers.ts';
import type { LogLine } from '../../case/log-line.ts';
import { anyItem, anyVillage } from '../arbitraries.ts';
import { clerkOf } from '../case-log.ts';
import { deskOf } from '../desks.ts';
import { at, divisions, implementationOf, itemOf, material, sha256 } from '../fixtures.ts';
import type { CaseState } from '../../case/words.ts';
import type { Role } from '../../kernel/words.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { foldLine, openFile } from '../../case/case-state.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import { requestSupplement } from '../../domains/handling/acceptance.ts';
import {
  askUrgency,
  decideUrgency,
  leaveProject,
  linkToProject,
  openGreenChannel,
} from '../../domains/expedited/steps.ts';
import { transferCase } from '../../domains/handling/hand-off.ts';
import { deliverCase, rateByApplicant, rateCase } from '../../domains/handling/delivery.ts';
import { decideCase, decideOnTheSpot, reviewCase } from '../../domains/handling/decision.ts';
import { draftCase, fileCase, fileDraft, precheckCase, supplementCase } from '../../domains/filing/steps.ts';
import { endProcedure, startProcedure } from '../../domains/handling/procedures.ts';
import type { Item } from '../../domains/catalogue/catalogue.ts';

// Random people at random desks do random things to a case, and hand-offs arrive or are refused. The case must stay
// valid after every allowed step; a refused step must change nothing.

const anyAttempt = fc.record({
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('accept', 'review', 'decide', 'forward', 'supplement') },
    { weight: 4, arbitrary: fc.constantFrom('issue', 'assign', 'deliver', 'draft', 'precheck', 'file') },
    { weight: 2, arbitrary: fc.constantFrom('answer', 'report', 'progress', 'outside') },
    { weight: 4, arbitrary: fc.constantFrom('ask', 'return', 'deem', 'start', 'end', 'extend', 'rate', 'instant') },
    { weight: 2, arbitrary: fc.constantFrom('link', 'leave', 'speed', 'urge', 'approve') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('refuse', 'withdraw', 'terminate', 'void', 'transfer', 'close', 'arrange', 'amend'),
    },
  ),
  /** Index of a fitting step to do instead; null to do the step in `what`. */
  fitting: fc.option(fc.nat({ max: 11 })),
  where: fc.oneof(
    { weight: 6, arbitrary: fc.constant('custodian') },
    { weight: 1, arbitrary: fc.constantFrom('filing', 'acceptor', 'decider', 'stranger') },
  ),
  roles: fc.oneof(
    { weight: 4, arbitrary: fc.constant<Role[]>(['CLERK', 'CHIEF', 'DEPUTY_HEAD', 'HEAD']) },
    { weight: 1, arbitrary: fc.subarray<Role>(['AGENT', 'CLERK', 'CHIEF', 'HEAD', 'SUPERVISOR', 'CATALOGUER']) },
  ),
  /** One of three people at each desk. */
  who: fc.integer({ min: 1, max: 3 }),
  ownDepartment: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  afterMinutes: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 20_000 })),
  /** Indexes of the item's materials to name or hand in. */
  materials: fc.array(fc.nat({ max: 4 }), { maxLength: 5 }),
  /** Whether it also names all missing materials, as it should. */
  names: fc.boolean(),
  favourable: fc.boolean(),
  /** Whether a hand-off gets through before the next attempt, and whether the receiver takes it. */
  delivered: fc.boolean(),
  arrives: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
});
/** Steps that carry a case in each state forward, so that journeys get far. */
const FITTING: Record<CaseState, Attempt['what'][]> = {
  DRAFT: ['draft', 'precheck', 'file', 'arrange', 'amend'],
  PRECHECKED: ['file', 'return'],
  FILED: ['forward', 'accept', 'ask', 'return', 'instant', 'link', 'urge', 'approve', 'answer', 'arrange', 'amend'],
  AWAITING_SUPPLEMENT: ['supplement', 'return', 'amend'],
  ACCEPTED: ['review', 'review', 'start', 'end', 'extend', 'link', 'speed', 'urge', 'approve', 'review'],
  REVIEWED: ['decide', 'forward', 'end', 'return', 'report'],
  REPORTED: ['progress', 'outside'],
  REPORT_DECIDED: ['assign', 'deliver'],
  ANSWERED: ['issue', 'deliver'],
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

/** Items that are answered, and that an organ outside decides: few of all, so they come more often. */
const SHORT_LIVES = ['3310-FG-002', '3310-SL-002'];

export const anyJourney = fc.record({
  item: fc.oneof(
    { weight: 12, arbitrary: anyItem },
    { weight: 1, arbitrary: fc.constantFrom(...SHORT_LIVES.map(itemOf)) },
  ),
  place: anyVillage,
  /** Levels above the place at which the case is taken in. */
  height: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) }),
  complete: fc.boolean(),
  /** Whether the case begins as a draft. */
  drafted: fc.boolean(),
  attempts: fc.array(anyAttempt, { minLength: 20, maxLength: 120 }),
});
export type Journey = typeof anyJourney extends fc.Arbitrary<infer T> ? T : never;

/** The result of a journey: the log, and every refusal on the way. */
export interface Travelled {
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
export function takeIn({ item, place, height, complete, drafted }: Journey): { node: string; step: Step } {
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

function attempt(desk: Desk, file: CaseFile, item: Item, by: Attempt): Step | null {
  const all = item.standard.materials.map((m) => m.name);
  const picked = [...new Set(by.materials.flatMap((place) => all[place] ?? []))];
  const named = by.names ? all : picked;
  const { what } = by;
  if (isPlain(what)) return plainStep(what, desk, file);
  switch (what) {
    case 'review':
      return reviewCase(desk, file, by.favourable ? 'APPROVE' : 'REJECT', '意见');
    case 'decide':
      return decideCase(desk, file, by.favourable ? 'GRANTED' : 'REFUSED', '理由');
    case 'supplement': {
      const materials = named.map((name) => material(name));
      return supplementCase(desk, file, materials, null);
    }
    case 'ask': {
      const missing = named.map((name) => ({ material: name, reason: '未提交' }));
      return requestSupplement(desk, file, missing, null);
    }
    case 'deliver': {
      const { lines, ...step } = deliverCase(desk, file, 'WINDOW', null);
      // now and then something keeps it open
      return by.favourable ? { ...step, lines } : { ...step, lines: [lines[0]] };
    }
    case 'rate':
      // the applicant's rating is recorded at the node that holds the case
      return by.favourable || desk.node !== file.custodian ? rateCase(desk, file, 5) : rateByApplicant(file, 1);
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
      return fileDraft(desk, file, { number, place, application, consent: null, materials });
    }
    case 'start': {
      const kind = by.favourable ? 'HEARING' : 'SITE_SURVEY';
      return startProcedure(desk, file, { kind, notice: '告知', expectedDays: 5 });
    }
    case 'end':
      return endProcedure(desk, file, file.procedures.findIndex((p) => p.endedAt === null) + 1, '已完成');
    case 'instant':
      return decideOnTheSpot(desk, file, { outcome: by.favourable ? 'GRANTED' : 'REFUSED', reason: '理由' });
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
      return what satisfies never;
  }
}

/** The step of an attempt; null if it is refused, which is recorded, or leads to no step. */
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
export function travel(journey: Journey, check: (lines: readonly LogLine[], file: CaseFile) => void): Travelled {
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
    // the fold must accept every line of a step
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
