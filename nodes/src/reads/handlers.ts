import type { PersonalDataReadView, reads } from '@liandong/schema/domains/reads';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { requireReaderOver } from '@liandong/schema/operation';
import type { NodeHandlers, NodeReader } from '../db/index.ts';
import { opened } from '../db/index.ts';
import { getTracked } from '../filing/index.ts';
import { personalDataReadsTable } from './tables.ts';

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
async function readsOf(queries: NodeReader, subject: string): Promise<PersonalDataReadView[]> {
  const rows = await queries.reads.personalDataRead.findMany({
    where: { subject },
    orderBy: { id: 'desc' },
    take: MOST,
    omit: { node: true, id: true, person: true, subjectKind: true, subject: true, trace: true },
  });
  return opened(queries, personalDataReadsTable, rows);
}
