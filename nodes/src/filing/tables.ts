import { instant, sealed, table, text } from '../db/table.ts';

/** Applications as they were until they were corrected. */
export const earlierApplicationsTable = table('earlier_applications', ['caseId', 'digest'], {
  caseId: text,
  /** When it was corrected. */
  at: instant,
  /** SHA-256 of its exact text. */
  digest: text,
  application: sealed(text),
});
