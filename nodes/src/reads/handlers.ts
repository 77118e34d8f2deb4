import type { PersonalDataReadView, reads } from '@liandong/schema/domains/reads';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { requireReaderOver } from '@liandong/schema/operation';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { getTracked } from '../filing/index.ts';

/** Most lines of one answer. */
const MOST = 500;

/** What the log of reads (查阅记录) shows to the person a case is about, and to supervisors. */
export function readsHandlers({
  node,
  divisions,
}: {
  node: DivisionCode;
  divisions: Divisions;
}): NodeHandlers<typeof reads> {
  return {
    async personalDataReads({ queries, input: { number, code } }) {
      return readsOf(queries, (await getTracked(queries, number, code)).id);
    },

    personalDataReadsAt({ viewer, queries, input: { subject } }) {
      requireReaderOver(viewer, 'READ_READS', node, divisions);
      return readsOf(queries, subject);
    },
  };
}

/** The people who read personal data of a case or an enquiry, newest first. */
function readsOf(queries: NodeQueries, subject: string): Promise<PersonalDataReadView[]> {
  return queries.query<PersonalDataReadView>(
    `SELECT at, division, person_name AS "personName", roles, fields, masked, question, purpose
     FROM personal_data_reads WHERE node = $1 AND subject = $2 ORDER BY id DESC LIMIT ${MOST}`,
    [subject],
  );
}
