import type { DivisionCode } from '../kernel/divisions.ts';
import type { LogLine } from './log-line.ts';
import type { CaseFile } from './case-file.ts';
import { readersOf } from './case-file.ts';
import { foldLine, openFile } from './case-state.ts';
import type { SuccessionOf } from './successions.ts';
import { actingFor } from './successions.ts';

/**
 * The nodes a case concerns now: its readers, its receiver while it is under way, the nodes that accept, review or
 * decide it or lend the power for it, its agent's node, and the nodes asked in joint handling.
 */
export function nodesConcerned(file: CaseFile): DivisionCode[] {
  const { acceptor, decider, power, through, inTransitTo, proxy, joint } = file;
  const lent = Object.values(through).flatMap((use) => (use ? [use.grantor, use.grantee] : []));
  const agent = proxy ? [proxy.agent.node] : [];
  const asked = joint?.parties.map((party) => party.node) ?? [];
  const next = inTransitTo === null ? [] : [inTransitTo];
  return [...new Set([...readersOf(file), ...next, acceptor, decider, power, ...lent, ...agent, ...asked])];
}

/** Whether a case now concerns a node, also as the successor of a closed node. */
export function isConcerned(file: CaseFile, node: DivisionCode, successionOf: SuccessionOf): boolean {
  return nodesConcerned(file).some((other) => other === node || actingFor(other, successionOf) === node);
}

/**
 * Whether a case concerns a node, or did at any line of its log. A grantor whose grant ended, and the keeper of a
 * project the case left, still hold lines of it.
 * @param lines from the first on, without a gap
 */
export function wasConcerned(lines: readonly LogLine[], node: DivisionCode, successionOf: SuccessionOf): boolean {
  let file: CaseFile | null = null;
  for (const line of lines) {
    file = file ? foldLine(file, line) : openFile(line);
    if (isConcerned(file, node, successionOf)) return true;
  }
  return false;
}
