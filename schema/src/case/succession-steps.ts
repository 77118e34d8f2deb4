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
 * What the holder of a case writes once a node it names is closed: that the successor takes its place (撤并承接), on the
 * parent's word; nothing where the case does not name it.
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
 * Hands a case over to the successor of the closed node that holds it (撤并移交), in whatever state it is. A special
 * procedure, a hearing or joint handling that is under way is brought to its end first, as before any hand-off.
 * @returns null while something keeps the case here
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

/** What keeps a case at its desk until it has ended; null where nothing does. */
export function keptBy(file: CaseFile): 'PROCEDURE' | 'JOINT' | 'HEARING' | null {
  if (openProcedures(file).length > 0) return 'PROCEDURE';
  if (file.decision) return null;
  if (jointOpen(file.joint)) return 'JOINT';
  return hearingOpen(file.hearing) ? 'HEARING' : null;
}
