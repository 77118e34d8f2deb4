import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOfNextWorkday } from '../../kernel/calendar.ts';
import { foldLog } from '../../case/case-state.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { anyJourney, travel } from '../../testing/journeys/any-journey.ts';
import { calendar, COUNTY, divisions, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { person } from '../../testing/people.ts';
import { refusalCode } from '../../testing/refusals.ts';
import type { CaseAt } from './rules.ts';
import { dueSignal, handlerSignal, noteSignals, requireSignalReader, signalsOf } from './rules.ts';

const HANDLER = { issuer: 'test-issuer', sub: 'handler' };
const AGENT = { sub: `agent-${VILLAGE}`, issuer: null };
const DESK = { sub: null, department: null };
const BY_CHIEF = { actor: { sub: `chief-${COUNTY}`, name: '首席代表', role: 'CHIEF' } } as const;

/** What the last line of a log tells at a desk: kinds and recipients. */
function told(log: CaseLog, node: string, handler: CaseAt['handler'] = null) {
  const [line, previous] = log.lines.toReversed();
  if (!line || !previous) throw new Error('a log of two lines');
  const before = foldLog(log.lines.slice(0, -1));
  return signalsOf({ node, file: log.file, handler }, line, before, previous).map(({ kind, to }) => [kind, to]);
}

const accepted = CaseLog.filed().handedTo(TOWNSHIP).accepted();
const atCounty = accepted.reviewed().handedTo(COUNTY);
const lacking = CaseLog.filed({ materials: [] }).handedTo(TOWNSHIP).asked(['身份证明']);
const withProxy = CaseLog.filed({
  data: { consent: { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00.000Z', scope: '代办' } },
});

describe('a line of a log', () => {
  test('by which a case came tells the desk, and a case that was sent back its agent', () => {
    expect(told(CaseLog.filed().handedTo(TOWNSHIP), TOWNSHIP)).toEqual([['CASE_CAME', DESK]]);
    expect(told(lacking.returned(VILLAGE).received(), VILLAGE)).toEqual([['RETURNED', AGENT]]);
  });

  test('by which a supplemented case came back tells so at the desk that asked', () => {
    const supplied = lacking.returned(VILLAGE).received().supplemented(['身份证明']).handedTo(TOWNSHIP);
    expect(told(supplied, TOWNSHIP)).toEqual([['SUPPLEMENT_CAME', DESK]]);
    expect(told(supplied.returned(VILLAGE).received(), VILLAGE)).toEqual([['RETURNED', AGENT]]);
  });

  test('that asks for a supplement tells the agent, one that brings it the handler', () => {
    expect(told(lacking, VILLAGE)).toEqual([['SUPPLEMENT_ASKED', AGENT]]);
    expect(told(lacking, TOWNSHIP, HANDLER)).toEqual([]);
    expect(told(lacking.supplemented(['身份证明']), TOWNSHIP, HANDLER)).toEqual([['SUPPLEMENT_CAME', HANDLER]]);
  });

  test('by which another desk refused a case tells the person who sent it', () => {
    const refused = CaseLog.filed().forwarded(TOWNSHIP, { actor: AGENT_ACTOR }).handOffRefused({ actor: NODE });
    expect(told(refused, VILLAGE)).toEqual([['RETURNED', AGENT]]);
  });

  test('of a decision or of another end tells the agent, and the handler who did not write it', () => {
    const decided = atCounty.reviewed().decided('GRANTED', BY_CHIEF);
    expect(told(decided, VILLAGE)).toEqual([['DECIDED', AGENT]]);
    expect(told(decided, COUNTY, HANDLER)).toEqual([['DECIDED', HANDLER]]);
    expect(told(decided, COUNTY, { ...HANDLER, sub: BY_CHIEF.actor.sub })).toEqual([]);
    expect(told(decided, TOWNSHIP)).toEqual([]);
    for (const ended of [CaseLog.filed().handedTo(TOWNSHIP).notAccepted(), atCounty.terminated(), atCounty.voided()]) {
      expect(told(ended, VILLAGE)).toEqual([['DECIDED', AGENT]]);
    }
  });

  test('of the document tells the agent who will hand it out', () => {
    expect(told(atCounty.reviewed().decided().issued(), VILLAGE)).toEqual([['DOCUMENT_CAME', AGENT]]);
  });

  test('by which the applicant withdrew or the grantor calls back tells who had the case in hand', () => {
    expect(told(accepted.withdrawn(), TOWNSHIP, HANDLER)).toEqual([['RECALLED', HANDLER]]);
    const lent = CaseLog.entrusted().handedTo(TOWNSHIP).accepted();
    expect(told(lent.rerouted(BY_CHIEF), TOWNSHIP, HANDLER)).toEqual([['RECALLED', HANDLER]]);
    expect(told(lent.rerouted(), TOWNSHIP, HANDLER)).toEqual([]);
  });

  test('that changes the agent tells the new one', () => {
    const to = { node: VILLAGE, sub: 'stand-in', name: '替班' };
    expect(told(withProxy.agentChanged(to), VILLAGE)).toEqual([['ASSIGNED', { sub: 'stand-in', issuer: null }]]);
    expect(told(withProxy.agentChanged({ ...to, sub: null }), VILLAGE)).toEqual([['ASSIGNED', DESK]]);
  });

  test('that opens joint handling tells each department of this node, and its answer tells the handler', () => {
    const opened = atCounty.jointOpened();
    expect(told(opened, COUNTY)).toEqual([
      ['OPINION_ASKED', { sub: null, department: '部门1' }],
      ['OPINION_ASKED', { sub: null, department: '部门2' }],
    ]);
    expect(told(opened.opinionGiven(), COUNTY, HANDLER)).toEqual([['OPINION_CAME', HANDLER]]);
    expect(told(atCounty.farPartyCalled(TOWNSHIP), TOWNSHIP)).toEqual([]);
  });

  test('tells nothing at desks that neither hold the case nor serve its applicant, and nothing to its own writer', () => {
    fc.assert(
      fc.property(anyJourney, (journey) => {
        travel(journey, (lines, file, before) => {
          const [line, previous = null] = lines.toReversed();
          if (!line) return;
          for (const node of new Set([...file.holders, file.home, OTHER_TOWNSHIP])) {
            const signals = signalsOf({ node, file, handler: null }, line, before, previous);
            const concerned = [file.custodian, file.home, before?.custodian, line.node].includes(node);
            expect(concerned || signals.length === 0).toBe(true);
            expect(signals.filter(({ to, by }) => to.sub !== null && to.sub === by)).toEqual([]);
          }
        });
      }),
      { numRuns: 60 },
    );
  });
});

const AGENT_ACTOR = { sub: AGENT.sub, name: '代办员', role: 'AGENT' } as const;
const NODE = { sub: 'node', name: '系统', role: null };

describe('a note', () => {
  const author = { issuer: 'i', sub: 'writer', name: '写者', role: 'CLERK' } as const;
  const at = (node: string, handler: CaseAt['handler'] = null) => ({ node, file: atCounty.file, handler });
  const later = new Date(atCounty.file.lastAt.getTime() + 1000).toISOString();

  test('tells the handler and the agent, but not its author, nor a desk that came with its case', () => {
    const note = { at: later, node: TOWNSHIP, author };
    expect(noteSignals(at(COUNTY, HANDLER), note)).toMatchObject([{ kind: 'NOTE_ADDED', to: HANDLER }]);
    expect(noteSignals(at(VILLAGE), note)).toMatchObject([{ to: AGENT }]);
    expect(noteSignals(at(TOWNSHIP), note)).toEqual([]);
    expect(noteSignals(at(COUNTY, { issuer: 'i', sub: 'writer' }), { ...note, node: COUNTY })).toEqual([]);
    expect(noteSignals(at(COUNTY), { ...note, at: '2026-01-01T00:00:00.000Z' })).toEqual([]);
  });
});

describe('a case that is given to a person', () => {
  test('tells that person, and nobody who claimed it', () => {
    const at = { node: TOWNSHIP, file: accepted.file, handler: HANDLER };
    expect(handlerSignal(at, 'chief', new Date())).toMatchObject([{ kind: 'ASSIGNED', to: HANDLER }]);
    expect(handlerSignal(at, HANDLER.sub, new Date())).toEqual([]);
  });
});

describe('a limit', () => {
  test('that ends by the next workday is told of, on a Friday also Monday’s', () => {
    const until = (now: string) => endOfNextWorkday(new Date(now), calendar).toISOString();
    expect(until('2026-03-03T02:00:00Z')).toBe('2026-03-04T15:59:59.999Z');
    expect(until('2026-03-06T02:00:00Z')).toBe('2026-03-09T15:59:59.999Z');
    const dueAt = new Date('2026-03-09T15:59:59.999Z');
    expect(dueSignal({ node: TOWNSHIP, file: accepted.file, handler: null }, dueAt, new Date())).toMatchObject([
      { kind: 'DUE_TOMORROW', to: DESK, dueAt },
    ]);
  });
});

describe('signals', () => {
  test('are read by people who handle cases, not by supervisors nor with an applicant’s token', () => {
    const clerk = person(TOWNSHIP, 'CLERK');
    expect(() => requireSignalReader(clerk, TOWNSHIP, divisions)).not.toThrow();
    for (const viewer of [
      person(TOWNSHIP, 'SUPERVISOR'),
      person(VILLAGE, 'CHIEF'),
      { ...clerk, actsFor: 'applicant' },
      { ...clerk, onlyCase: 'one' },
    ]) {
      expect(refusalCode(() => requireSignalReader(viewer, viewer.division, divisions))).toBe('FORBIDDEN');
    }
    expect(refusalCode(() => requireSignalReader(clerk, VILLAGE, divisions))).toBe('FORBIDDEN');
  });
});
