import type { EnterpriseApprovals } from '@liandong/schema/domains/stewards';
import { isClosed } from '@liandong/schema/case';
import type { CaseFile } from '@liandong/schema/case';
import { nextItems, projectCaseOf } from '@liandong/schema/domains/projects';
import { dayOf } from '@liandong/schema/kernel';
import { findByApplicant, readableCases } from '../cases/index.ts';
import { findBundles } from '../catalogue/index.ts';
import type { ApprovalParts } from '../projects/index.ts';
import { approvalOf } from '../projects/index.ts';

/** Most cases of an enterprise that are looked at, the newest. */
const MOST = 500;

/**
 * An enterprise's open cases that this node knows, found by its digest, newest first, and what can be applied for next.
 * @param code its unified social credit code
 * @param shows which cases are shown; what can be next follows from all, and is shown where one that leads to it is
 */
export async function approvalsOf(
  parts: ApprovalParts,
  code: string,
  shows: (file: CaseFile) => boolean = () => true,
): Promise<EnterpriseApprovals> {
  const { node, db, failures, now } = parts;
  const queries = db.queries(node);
  const ids = await findByApplicant(queries, { by: 'ID_NUMBER', form: code }, MOST);
  const known = new Map((await readableCases(queries, ids, failures)).map(({ file }) => [file.id, file]));
  const files = ids.flatMap((id) => known.get(id) ?? []);
  const next = files.length === 0 ? [] : nextItems(await findBundles(queries, dayOf(now())), files);
  const shown = new Set(files.filter(shows).map(({ id }) => id));
  return {
    cases: files
      .filter(({ id, state }) => shown.has(id) && !isClosed(state))
      .map((file) => approvalOf(parts, projectCaseOf(file), file)),
    nextItems: next.filter(({ after }) => after.some(({ id }) => shown.has(id))),
  };
}
