import type { ApplicantKey } from '@liandong/schema/domains/finding';
import { table, text, textOf } from '../db/index.ts';

/** Keyed digests of what a case is found by, one for each key and form of it; they name the data key that made them. */
export const applicantDigestsTable = table('applicant_digests', ['caseId', 'by', 'digest'], {
  caseId: text,
  by: textOf<ApplicantKey>(),
  digest: text,
});
