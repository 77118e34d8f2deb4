import type { finding } from '@liandong/schema/domains/finding';
import { MOST_FOUND, requireApplicantsNumber, requireFinder, requireSearchKey } from '@liandong/schema/domains/finding';
import { requirePurpose } from '@liandong/schema/domains/reads';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import type { BundleDesk } from '../bundles/index.ts';
import { sheetOfCases } from '../case-sheets/index.ts';
import type { CaseDesk, ListedCase } from '../cases/index.ts';
import { applicationOf, findByApplicant, readableCase } from '../cases/index.ts';
import type { Viewer } from '@liandong/schema/operation';
import type { HostDb, NodeHandlers, NodeQueries } from '../db/index.ts';
import { setTrackingCode } from '../filing/index.ts';
import { trackingCodeOf } from '../slips/index.ts';
import { notePurposedReads } from '../reads/index.ts';
import { countSearch } from './search-rates.ts';

export interface FindingParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  cases: CaseDesk;
  bundles: Pick<BundleDesk, 'recode'>;
  now: () => Date;
}

/** 查找 at one node: cases of an applicant, and a new tracking code for a lost slip. */
export function findingHandlers(parts: FindingParts): NodeHandlers<typeof finding> {
  const { node, db, now } = parts;
  return {
    async findCases({ viewer, queries, input }) {
      return (await search(parts, queries, viewer, 'findCases', input)).map(({ view }) => view);
    },

    async foundCasesSheet({ viewer, queries, input: { columns, ...asked } }) {
      const found = await search(parts, queries, viewer, 'foundCasesSheet', asked);
      return sheetOfCases(parts, queries, found, columns);
    },

    reissueTrackingCode: {
      async prepare({ viewer }) {
        // in a transaction of its own: a refused attempt counts as well
        await db.transact(node, (tx) => countSearch(tx, viewer, now()));
        return { lane: null, work: (asked) => reissue(parts, asked) };
      },
    },
  };
}

/** Searches. The search is noted and counted before it is made, and what it found before it is shown. */
async function search(
  { node, db, divisions, cases, now }: FindingParts,
  queries: NodeQueries,
  viewer: Viewer,
  question: 'findCases' | 'foundCasesSheet',
  input: Parameters<typeof requireSearchKey>[0] & { purpose: string },
): Promise<ListedCase[]> {
  requireFinder(viewer, node, divisions);
  const key = requireSearchKey(input);
  const asked = { viewer, question, purpose: input.purpose };
  const made = { kind: 'SEARCH', subject: 'findCases', fields: [key.by], masked: true } as const;
  await db.transact(node, async (tx) => {
    await countSearch(tx, viewer, now());
    await notePurposedReads(tx, asked, [made], now());
  });
  const found = await cases.readings.shown(viewer, await findByApplicant(queries, key, MOST_FOUND));
  const reads = found.map(
    ({ view: { id } }) => ({ kind: 'CASE', subject: id, fields: [`Query.${question}`], masked: true }) as const,
  );
  if (reads.length > 0) await db.transact(node, (tx) => notePurposedReads(tx, asked, reads, now()));
  return found;
}

type Asked = Parameters<Extract<NodeHandlers<typeof finding>['reissueTrackingCode'], (...args: never[]) => unknown>>[0];

async function reissue(parts: FindingParts, { viewer, tx, input, once }: Asked): Promise<string> {
  const { node } = parts;
  const { case: id, purpose } = input;
  const stored = await readableCase(parts, tx, viewer, id, 'case');
  return once(async () => {
    const { file, trackingHash: present } = stored;
    if (present === null) {
      throw problem('NOT_COMPETENT', `Codes of case ${file.number} are issued at ${file.filingNode}.`, { node });
    }
    requirePurpose(purpose);
    requireApplicantsNumber(applicationOf(stored, node).applicant, input.idNumber);
    const code = trackingCodeOf();
    if (file.bundle) await parts.bundles.recode(tx, file.bundle.id, code);
    else await setTrackingCode(tx, file, code);
    const read = { kind: 'CASE', subject: id, fields: ['Mutation.reissueTrackingCode'], masked: true } as const;
    await notePurposedReads(tx, { viewer, question: 'reissueTrackingCode', purpose }, [read], parts.now());
    return code;
  });
}
