import type { DivisionCode } from '../kernel/divisions.ts';
import { NODE_ACTOR } from './log-line.ts';
import { isClosed } from './words.ts';
import type { CaseFile } from './case-file.ts';
import { custodyAt, openProcedures } from './case-file.ts';
import type { LineDraft, Step } from './step-context.ts';
import { hearingOpen } from '../domains/hearings/rules.ts';
import { jointOpen } from '../domains/joint/rules.ts';
import type { Succession } from './successions.ts';
import { names } from './successions.ts';
import { handOff } from './step-rules.ts';

/**
 * The lines a case's holder writes for closed nodes that the case names: the successor takes the node's place (撤并承接),
 * as the node's parent signed. Empty if the case names no closed node.
 */
export function successionLines(
  file: CaseFile,
  successions: readonly Succession[],
): Extract<LineDraft, { action: 'SUCCEEDED' }>[] {
  if (isClosed(file.state)) return [];
  return successions
    .filter(({ node }) => names(file, node))
    .map(({ node, successor, closing, why }) => ({
      action: 'SUCCEEDED' as const,
      actor: NODE_ACTOR,
      note: why,
      data: { node, successor, closing },
    }));
}

/**
 * Hands a case over to the successor of the closed node that holds it (撤并移交), in any state. As before any hand-off, a
 * running special procedure, hearing or joint handling is finished first.
 * @returns null while one of them keeps the case here
 */
export function handOver(node: DivisionCode, file: CaseFile, succession: Succession): Step | null {
  if (custodyAt(file, node) !== 'HELD' || isClosed(file.state) || keptBy(file) !== null) return null;
  const { successor, closing, why } = succession;
  const known = file.successions.some((s) => s.node === node) && !names(file, node);
  const succeeded: LineDraft = {
    action: 'SUCCEEDED',
    actor: NODE_ACTOR,
    note: why,
    data: { node, successor, closing },
  };
  const step = handOff({ action: 'HANDED_OVER', actor: NODE_ACTOR, note: why }, successor, file);
  return known ? step : { ...step, lines: [succeeded, ...step.lines] };
}

/** The process that keeps a case at its desk until it has ended; null if there is no such process. */
export function keptBy(file: CaseFile): 'PROCEDURE' | 'JOINT' | 'HEARING' | null {
  if (openProcedures(file).length > 0) return 'PROCEDURE';
  if (file.decision) return null;
  if (jointOpen(file.joint)) return 'JOINT';
  return hearingOpen(file.hearing) ? 'HEARING' : null;
}
