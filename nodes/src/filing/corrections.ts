import type { CaseFile, Material } from '@liandong/schema/case';
import type { ApplicationPart, ArrangedMaterial, Correction } from '@liandong/schema/domains/filing';
import { problem } from '@liandong/schema/kernel';
import { isDeepStrictEqual } from 'node:util';
import type { Application, StoredCase } from '../cases/index.ts';
import { applicationOf, findCase, replaceApplicant, unknownCase } from '../cases/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert, opened } from '../db/index.ts';
import { newApplication } from './new-application.ts';
import { earlierApplicationsTable } from './tables.ts';

/** What a person wants the application to say; what is left out stays. */
export interface Wanted {
  applicant?: Application['applicant'] | null | undefined;
  consent?: Application['consent'] | undefined;
  form?: Application['form'] | null | undefined;
  amountFen?: number | null | undefined;
  reason: string;
}

/**
 * The corrected application. In the same transaction its earlier text is stored, and the case is found by the new one.
 * @throws {ProblemError} NOT_FOUND if the node does not have the application
 */
export async function correction(tx: SharedTx, file: CaseFile, wanted: Wanted, at: Date): Promise<Correction> {
  const stored = await findCase(tx, file.id);
  if (!stored?.application) throw unknownCase(tx.node, file.id);
  const { salt: _, ...before } = applicationOf(stored, tx.node);
  const after: Omit<Application, 'salt'> = {
    applicant: wanted.applicant ?? before.applicant,
    consent: wanted.consent ?? before.consent,
    form: wanted.form ?? before.form ?? [],
  };
  const amountFen = wanted.amountFen ?? file.facts.amountFen;
  const differs: Record<ApplicationPart, boolean> = {
    APPLICANT: !isDeepStrictEqual(after.applicant, before.applicant),
    CONSENT: !isDeepStrictEqual(after.consent, before.consent),
    FORM: !isDeepStrictEqual(after.form, before.form ?? []),
    AMOUNT: amountFen !== file.facts.amountFen,
  };
  const parts = Object.entries(differs).flatMap(([part, is]) => (is ? [part as ApplicationPart] : []));
  const { text, logged } = newApplication(after);
  await keepEarlier(tx, stored, at);
  await replaceApplicant(tx, { id: file.id, application: text });
  const { form = [] } = after;
  return { parts, reason: wanted.reason, text, ...logged, facts: { ...file.facts, amountFen }, form };
}

async function keepEarlier(tx: SharedTx, { id, file, application }: StoredCase, at: Date): Promise<void> {
  if (application === null) return;
  await insert(tx, earlierApplicationsTable, [{ caseId: id, at, digest: file.application, application }], 'KEEP');
}

/** Applications of a case as they were until they were corrected, oldest first. */
export async function findEarlier(
  queries: NodeQueries,
  caseId: string,
): Promise<{ correctedAt: Date; application: Application }[]> {
  const rows = await queries.query<{ caseId: string; at: Date; digest: string; application: string }>(
    `SELECT ${earlierApplicationsTable.selectAll('e')} FROM earlier_applications e
     WHERE e.node = $1 AND e.case_id = $2 ORDER BY e.at, e.digest`,
    [caseId],
  );
  return (await opened(queries, earlierApplicationsTable, rows)).map(({ at, application }) => ({
    correctedAt: at,
    // checked when it came in
    application: JSON.parse(application) as Application,
  }));
}

/** A new list of materials, as a desk arranges it. */
export interface Arrangement {
  /** The materials in their order; null where an upload comes. */
  kept: (Material | null)[];
  /** Uploads, in the order of their places. */
  uploads: { name: string; upload: string }[];
}

/**
 * What a desk keeps of a case's materials, and where uploads come in.
 * @throws {ProblemError} BAD_INPUT for a digest that the application does not have, or has less often
 */
export function arrangement({ materials }: CaseFile, wanted: readonly ArrangedMaterial[]): Arrangement {
  const left = [...materials];
  const kept = wanted.map((each, place): Material | null => {
    if ('upload' in each) return null;
    const found = left.findIndex(({ sha256 }) => sha256 === each.kept);
    const [material] = found === -1 ? [] : left.splice(found, 1);
    if (material) return each.name === null ? material : { ...material, name: each.name };
    throw problem('BAD_INPUT', `materials.${place}.kept: the application has no such material, or not as often.`, {
      field: `materials.${place}.kept`,
    });
  });
  const uploads = wanted.flatMap((each) => ('upload' in each ? [each] : []));
  return { kept, uploads };
}
