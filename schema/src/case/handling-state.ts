import type { LogLine } from './log-line.ts';
import type { CaseFile } from './case-file.ts';
import { mayReview, openProcedures } from './case-file.ts';
import type { LogAction } from './log-words.ts';
import type { Grade } from './words.ts';
import { jointOpen } from '../domains/joint/rules.ts';

/** Lines from acceptance to rating, except the decision. */
export const HANDLING_ACTIONS = [
  'ACCEPTED',
  'PROCEDURE_STARTED',
  'PROCEDURE_ENDED',
  'EXTENDED',
  'REVIEWED',
  'DOCUMENT_ISSUED',
  'DELIVERED',
  'RATED',
] as const satisfies LogAction[];
type HandlingLine = Extract<LogLine, { action: (typeof HANDLING_ACTIONS)[number] }>;

/**
 * The change one of these lines makes.
 * @param file the case before the line
 * @returns null if the log does not allow it
 */
export function afterHandlingLine(file: CaseFile, line: HandlingLine, at: Date): Partial<CaseFile> | null {
  const { node, actor } = line;
  switch (line.action) {
    case 'ACCEPTED': {
      // a case that is answered is not accepted
      if (file.answerLimit !== null) return null;
      const { from, deemed, itemVersion, implementationVersion, promised, statutory } = line.data;
      const { power } = file;
      const kept = { itemVersion, implementationVersion, promised, statutory, power };
      return { state: 'ACCEPTED', itemVersion, acceptance: { at, node, actor, from, deemed, ...kept } };
    }
    case 'PROCEDURE_STARTED': {
      const { procedure: number, ...started } = line.data;
      if (number !== file.procedures.length + 1) return null;
      const made = { number, ...started, node, startedAt: at, endedAt: null, result: null, staff: [] };
      return { procedures: [...file.procedures, made] };
    }
    case 'PROCEDURE_ENDED': {
      const { procedure: number, result, staff = [] } = line.data;
      if (!openProcedures(file).some((p) => p.number === number && p.node === node)) return null;
      return {
        procedures: file.procedures.map((p) => (p.number === number ? { ...p, endedAt: at, result, staff } : p)),
      };
    }
    case 'EXTENDED':
      return file.extension ? null : { extension: { at, node, actor, ...line.data } };
    case 'REVIEWED':
      return reviewed(file, line, at);
    case 'DOCUMENT_ISSUED': {
      const { number, document, seal = null } = line.data;
      return file.issued ? null : { issued: { at, node, actor, number, document, seal } };
    }
    case 'DELIVERED':
      return file.issued ? { state: 'DELIVERED', delivery: { at, node, actor, way: line.data.way } } : null;
    case 'RATED':
      // a case that was never filed can't be rated
      if (file.rating || !file.filed) return null;
      return { rating: { at, grade: line.data.grade as Grade, by: line.data.by } };
    default:
      return line satisfies never;
  }
}

function reviewed(
  file: CaseFile,
  { node, actor, data, note }: Extract<HandlingLine, { action: 'REVIEWED' }>,
  at: Date,
): Partial<CaseFile> | null {
  const { opinion, second = null, amountFen = null, conditions = [], department = null } = data;
  if (!mayReview(node, file) || jointOpen(file.joint)) return null;
  if (second?.sub === actor.sub || file.hearing.chairs.includes(actor.sub)) return null;
  return {
    state: 'REVIEWED',
    facts: { amountFen: amountFen ?? file.facts.amountFen },
    reviews: [...file.reviews, { at, node, actor, second, opinion, amountFen, conditions, department, reason: note }],
  };
}
