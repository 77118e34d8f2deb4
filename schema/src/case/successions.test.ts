import { handOver, keptBy, successionLines } from './succession-steps.ts';
import { acceptCase, requestSupplement } from '../domains/handling/acceptance.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyItem, anyPlace } from '../testing/arbitraries.ts';
import { CaseLog } from '../testing/case-log.ts';
import { deskOf } from '../testing/desks.ts';
import {
  at,
  calendar,
  CITY,
  COUNTY,
  divisions,
  itemOf,
  NEIGHBOUR_VILLAGE,
  OTHER_COUNTY,
  OTHER_TOWNSHIP,
  OTHER_TOWNSHIPS_VILLAGE,
  TOWNSHIP,
  VILLAGE,
} from '../testing/fixtures.ts';
import { grantOf, RELIEF } from '../testing/grants.ts';
import { refusalCode } from '../testing/refusals.ts';
import type { Step } from './step-context.ts';
import { readersOf } from './case-file.ts';
import { foldLine } from './case-state.ts';
import { route } from './competence.ts';
import { NO_FACTS } from '../domains/delegation/rules.ts';
import { factsOf } from '../domains/figures/facts.ts';
import type { Succession, SuccessionOf } from './successions.ts';
import { actingFor, names, requireClosable, requireOpenNode } from './successions.ts';

const succession = (node: string, successor: string): Succession => ({
  node,
  successor,
  closing: 'signed',
  at: at('2026-03-02'),
  why: '撤乡并镇',
});
const closed =
  (...pairs: [string, string][]): SuccessionOf =>
  (node) => {
    const found = pairs.find(([one]) => one === node);
    return found ? succession(...found) : null;
  };
const TO_OTHER = succession(TOWNSHIP, OTHER_TOWNSHIP);

/** The log after a step of the holder's own clockwork. */
function after(log: CaseLog, step: Step): CaseLog {
  return step.lines.reduce(
    (l, { action, data, actor, note }) => l.add({ action, data } as never, { actor, note }),
    log,
  );
}
const handedOver = (log: CaseLog, to: Succession) => {
  const step = handOver(log.file.custodian, log.file, to);
  if (!step) throw new Error('It stays.');
  return after(log, step).received();
};

describe('a node is closed', () => {
  const standing = (not: readonly string[] = [], successionOf: SuccessionOf = closed()) => ({
    divisions,
    serves: (node: string) => [COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE, CITY].includes(node) && !not.includes(node),
    successionOf,
  });
  const refused = (by: string, node: string, successor: string, as = standing()) =>
    refusalCode(() => requireClosable(by, { node, successor }, as));

  test.each([
    ['into its parent', TOWNSHIP, VILLAGE, TOWNSHIP, standing()],
    ['into another child of its parent', COUNTY, TOWNSHIP, OTHER_TOWNSHIP, standing([VILLAGE])],
    ['once what stood below it is closed', COUNTY, TOWNSHIP, COUNTY, standing([], closed([VILLAGE, TOWNSHIP]))],
    ['as it was before', TOWNSHIP, VILLAGE, TOWNSHIP, standing([VILLAGE], closed([VILLAGE, TOWNSHIP]))],
  ])('%s', (_, by, node, successor, as) => {
    expect(() => requireClosable(by, { node, successor }, as)).not.toThrow();
  });

  test.each([
    ['that no register knows', 'UNKNOWN_DIVISION', () => refused(COUNTY, '331022999', COUNTY)],
    ['into one that no register knows', 'UNKNOWN_DIVISION', () => refused(COUNTY, TOWNSHIP, '331022999')],
    ['that is a place without a node', 'NODE_UNREACHABLE', () => refused(TOWNSHIP, NEIGHBOUR_VILLAGE, TOWNSHIP)],
    [
      'into one that could take no case',
      'NODE_UNREACHABLE',
      () => refused(COUNTY, TOWNSHIP, OTHER_TOWNSHIP, standing([OTHER_TOWNSHIP])),
    ],
    ['that is the city', 'FORBIDDEN', () => refused(CITY, CITY, COUNTY)],
    ['by somebody else than its parent', 'FORBIDDEN', () => refused(COUNTY, VILLAGE, TOWNSHIP)],
    ['into itself', 'SUCCESSOR_UNFIT', () => refused(TOWNSHIP, VILLAGE, VILLAGE)],
    ['into another tier', 'SUCCESSOR_UNFIT', () => refused(TOWNSHIP, VILLAGE, COUNTY)],
    ['into a child of another parent', 'SUCCESSOR_UNFIT', () => refused(TOWNSHIP, VILLAGE, OTHER_TOWNSHIPS_VILLAGE)],
    [
      'into one that is closed itself',
      'NODE_CLOSED',
      () => refused(COUNTY, TOWNSHIP, OTHER_TOWNSHIP, standing([], closed([OTHER_TOWNSHIP, COUNTY]))),
    ],
    [
      'into another one than before',
      'NODE_CLOSED',
      () => refused(COUNTY, TOWNSHIP, COUNTY, standing([], closed([TOWNSHIP, OTHER_TOWNSHIP]))),
    ],
    ['with nodes below it that stand', 'NODE_HAS_CHILDREN', () => refused(COUNTY, TOWNSHIP, OTHER_TOWNSHIP)],
  ])('not: one %s', (_, code, refusal) => {
    expect(refusal()).toBe(code);
  });

  test('and takes nothing new in', () => {
    expect(refusalCode(() => requireOpenNode(TOWNSHIP, closed([TOWNSHIP, COUNTY])))).toBe('NODE_CLOSED');
    expect(() => requireOpenNode(OTHER_TOWNSHIP, closed([TOWNSHIP, COUNTY]))).not.toThrow();
  });

  test('and whoever took its place may be closed after it; a circle ends', () => {
    expect(actingFor(VILLAGE, closed([VILLAGE, NEIGHBOUR_VILLAGE], [NEIGHBOUR_VILLAGE, TOWNSHIP]))).toBe(TOWNSHIP);
    expect(actingFor(VILLAGE, closed([VILLAGE, TOWNSHIP], [TOWNSHIP, VILLAGE]))).toBe(VILLAGE);
  });
});

describe('competence', () => {
  test('is the successor’s where the closed node’s was, for every item and place, and else as before', () => {
    fc.assert(
      fc.property(anyItem, anyPlace, (item, place) => {
        const found = (successionOf?: SuccessionOf) => {
          try {
            return route(item, place, divisions, [], NO_FACTS, successionOf);
          } catch {
            return null;
          }
        };
        const before = found();
        const now = found(closed([TOWNSHIP, OTHER_TOWNSHIP]));
        const taken = (code: string | undefined) => (code === TOWNSHIP ? OTHER_TOWNSHIP : code);
        expect([now?.acceptor, now?.decider, now?.power]).toEqual(
          [before?.acceptor, before?.decider, before?.power].map(taken),
        );
      }),
    );
  });

  test('by a grant ends with either party', () => {
    const facts = { amountFen: 80_000 };
    const decider = (successionOf?: SuccessionOf) =>
      route(RELIEF, VILLAGE, divisions, [grantOf()], facts, successionOf).decider;
    expect(decider()).toBe(TOWNSHIP);
    expect(decider(closed([TOWNSHIP, OTHER_TOWNSHIP]))).toBe(COUNTY);
    expect(decider(closed([COUNTY, OTHER_COUNTY]))).toBe(OTHER_COUNTY);
  });
});

const atTownship = () => CaseLog.filed().handedTo(TOWNSHIP);
const OPEN: [string, () => CaseLog][] = [
  ['filed', atTownship],
  ['a draft', () => CaseLog.drafted().handedTo(TOWNSHIP)],
  ['waiting for the applicant', () => CaseLog.filed({ materials: [] }).handedTo(TOWNSHIP).asked(['户口簿'])],
  ['accepted', () => atTownship().accepted()],
  ['reviewed', () => atTownship().accepted().reviewed()],
  ['decided under a grant', () => CaseLog.entrusted().handedTo(TOWNSHIP).accepted().reviewed().decided()],
];

describe('a case of a closed node', () => {
  test.each(OPEN)('goes to the successor when it is %s, and names the closed node nowhere', (_, make) => {
    const before = make();
    const { file, lines } = handedOver(before, TO_OTHER);
    expect(lines.slice(before.lines.length).map((l) => l.action)).toEqual(['SUCCEEDED', 'HANDED_OVER', 'RECEIVED']);
    expect(file).toMatchObject({ custodian: OTHER_TOWNSHIP, inTransitTo: null, epoch: before.file.epoch + 1 });
    expect(names(file, TOWNSHIP)).toBe(false);
    expect(lines.at(-2)?.note).toBe('撤乡并镇');
  });

  test('is accepted and reviewed by the successor, and decided by whom it was', () => {
    const { file } = handedOver(atTownship(), TO_OTHER);
    expect([file.acceptor, file.decider, file.power]).toEqual([OTHER_TOWNSHIP, COUNTY, COUNTY]);
    const step = acceptCase(deskOf(OTHER_TOWNSHIP, 'CLERK'), file, null);
    expect(step.lines.map((l) => l.action)).toEqual(['ACCEPTED']);
  });

  test('that stood on a grant is accepted and decided by the power’s holder', () => {
    const { file } = handedOver(CaseLog.entrusted().handedTo(TOWNSHIP).accepted(), TO_OTHER);
    expect(file).toMatchObject({ decider: COUNTY, through: { accept: null, review: null, decide: null } });
  });

  test('keeps the day it was accepted, and is reviewed anew', () => {
    const before = atTownship().accepted().reviewed();
    const { file } = handedOver(before, TO_OTHER);
    expect(file.state).toBe('ACCEPTED');
    expect(file.acceptance).toEqual(before.file.acceptance);
  });

  test.each([
    ['special procedure', 'PROCEDURE', () => atTownship().accepted().procedureStarted()],
    ['joint handling', 'JOINT', () => CaseLog.entrusted().handedTo(TOWNSHIP).accepted().jointOpened()],
  ])('stays until its %s has ended', (_, why, make) => {
    const { file } = make();
    expect(keptBy(file)).toBe(why);
    expect(handOver(TOWNSHIP, file, TO_OTHER)).toBeNull();
  });

  test('that is under way, held elsewhere or closed is not handed over', () => {
    expect(handOver(TOWNSHIP, atTownship().accepted().reviewed().forwarded(COUNTY).file, TO_OTHER)).toBeNull();
    expect(handOver(TOWNSHIP, CaseLog.filed().file, TO_OTHER)).toBeNull();
    expect(handOver(TOWNSHIP, atTownship().notAccepted().file, TO_OTHER)).toBeNull();
  });

  test('that was refused is handed over once more, without saying again who succeeds', () => {
    const first = handOver(TOWNSHIP, atTownship().file, TO_OTHER);
    if (!first) throw new Error('It stays.');
    const back = after(atTownship(), first).handOffRefused();
    const again = handOver(TOWNSHIP, back.file, TO_OTHER);
    expect(again?.lines.map((l) => l.action)).toEqual(['HANDED_OVER']);
  });

  test('is counted as closed once, by the desk that serves the applicant then', () => {
    const village = succession(VILLAGE, NEIGHBOUR_VILLAGE);
    const log = handedOver(CaseLog.filed(), village).withdrawn();
    const line = log.lines.at(-1);
    if (!line) throw new Error('No line.');
    const closedAt = (node: string) =>
      factsOf(line, log.file, node, calendar, divisions).some((fact) => fact.measure === 'CLOSED');
    expect([VILLAGE, NEIGHBOUR_VILLAGE, TOWNSHIP].filter(closedAt)).toEqual([NEIGHBOUR_VILLAGE]);
  });
});

describe('a case that names a closed node and is held elsewhere', () => {
  test('says who took its place, and goes back to that desk', () => {
    const log = CaseLog.filed({ materials: [] }).handedTo(TOWNSHIP);
    const [line] = successionLines(log.file, [succession(VILLAGE, NEIGHBOUR_VILLAGE)]);
    if (!line) throw new Error('No line.');
    const named = after(log, { lines: [line], handOff: null });
    expect(named.file).toMatchObject({ home: NEIGHBOUR_VILLAGE, filingNode: VILLAGE, custodian: TOWNSHIP });
    const missing = itemOf('3310-MZ-001').standard.materials.map((m) => ({ material: m.name, reason: '未提交' }));
    const asked = requestSupplement(deskOf(TOWNSHIP, 'CLERK'), named.file, missing, null);
    expect(asked.handOff?.to).toBe(NEIGHBOUR_VILLAGE);
    expect(successionLines(named.file, [succession(VILLAGE, NEIGHBOUR_VILLAGE)])).toEqual([]);
  });

  test('says who keeps its project now, who reads it from then on', () => {
    const log = atTownship().linked();
    const [line] = successionLines(log.file, [succession(COUNTY, CITY)]);
    if (!line) throw new Error('No line.');
    const { file } = after(log, { lines: [line], handOff: null });
    expect(readersOf(file)).toContain(CITY);
    expect(names(file, COUNTY)).toBe(false);
  });

  test('that does not name it says nothing', () => {
    expect(successionLines(atTownship().file, [succession(OTHER_TOWNSHIP, COUNTY)])).toEqual([]);
  });
});

describe('a line of succession', () => {
  const line = (change: object = {}, head: object = {}) =>
    CaseLog.filed().next(
      { action: 'SUCCEEDED', data: { node: TOWNSHIP, successor: OTHER_TOWNSHIP, closing: 'signed', ...change } },
      { actor: { sub: 'node', name: '系统', role: null }, ...head },
    );
  const { file } = CaseLog.filed();

  test.each([
    ['of a node the case does not name', line({ node: OTHER_TOWNSHIP, successor: COUNTY })],
    ['of a node by itself', line({ successor: TOWNSHIP })],
    ['of a person', line({}, { actor: { sub: 'c', name: '窗口人员', role: 'CLERK' } })],
  ])('%s is refused', (_, wrong) => {
    expect(refusalCode(() => foldLine(file, wrong))).toBe('ILLEGAL_STEP');
  });

  test('lets a desk hand over to the named successor and to nobody else', () => {
    const log = atTownship().succeeded(TOWNSHIP, OTHER_TOWNSHIP);
    expect(refusalCode(() => log.handedOver(COUNTY))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => atTownship().handedOver(OTHER_TOWNSHIP))).toBe('ILLEGAL_STEP');
    expect(log.handedOver(OTHER_TOWNSHIP).file.inTransitTo).toBe(OTHER_TOWNSHIP);
  });
});
