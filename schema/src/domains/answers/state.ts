import type { CaseFile } from '../../case/case-file.ts';
import { nameOf } from '../../case/case-file.ts';
import type { LogLine } from '../../case/log-line.ts';

/**
 * State and answer after a desk has answered.
 * @param file the case before the line
 * @returns null if the log does not allow it: only a case of an item that is answered is
 */
export function afterAnswer(
  file: CaseFile,
  { data, node, actor }: Extract<LogLine, { action: 'ANSWERED' }>,
  at: Date,
): Pick<CaseFile, 'state' | 'answer'> | null {
  const { verdict, reason, basis, needs = [], remedies = null, inNameOf, grant = null, department = null } = data;
  const sound = file.answerLimit !== null && inNameOf === nameOf(file) && grant === (file.through.decide?.id ?? null);
  if (!sound) return null;
  return {
    state: 'ANSWERED',
    answer: { at, node, actor, verdict, reason, basis, needs, remedies, inNameOf, grant, department },
  };
}
