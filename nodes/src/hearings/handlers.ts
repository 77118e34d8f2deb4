import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { hearings, HearingView } from '@liandong/schema/domains/hearings';
import type { Viewer } from '@liandong/schema/operation';
import { requirePurpose } from '@liandong/schema/domains/reads';
import { requireClearReader } from '@liandong/schema/operation';
import { hearingOpen, openOffers, owedOffers } from '@liandong/schema/domains/hearings';
import type { StoredCase } from '../cases/index.ts';
import { caseElements, readableCase } from '../cases/index.ts';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { readPapers, readPhone, storePaper } from './hearing-papers.ts';

export interface HearingParts {
  node: DivisionCode;
  divisions: Divisions;
  now: () => Date;
}

/** 听证 and interested parties at an organ that handles the case: statements and records are kept as papers. */
export function hearingHandlers(parts: HearingParts): NodeHandlers<typeof hearings> {
  const show = hearingViews(parts);

  return {
    async hearing({ viewer, queries, input: { case: id } }) {
      const stored = await readableCase(parts, queries, viewer, id);
      return show(queries, stored, viewer);
    },

    async showPartyPhone({ viewer, queries, input: { case: id, party, purpose } }) {
      const { file } = await readableCase(parts, queries, viewer, id, 'case');
      requireClearReader(viewer, file.holders, parts.divisions);
      requirePurpose(purpose);
      return readPhone(queries, file, viewer, party);
    },

    tellInterestedParties: async ({ tx, input: { parties } }, take) =>
      take(await storePaper(tx, '利害关系人名册', { parties }, 'application/json')),

    hearParty: async ({ tx, input: { statement } }, take) =>
      take(await storePaper(tx, '陈述申辩意见', { text: statement }, 'text/plain')),

    holdHearing: async ({ tx, input: { record } }, take) =>
      take(await storePaper(tx, '听证笔录', { text: record }, 'text/plain')),
  };
}

/** A node's view of a case's hearing: the parties and their statements, as far as the viewer may read them. */
export function hearingViews({ node, divisions, now }: HearingParts) {
  return async (queries: NodeQueries, { file }: StoredCase, viewer: Viewer): Promise<HearingView> => {
    const { item } = await caseElements(queries, { node, divisions }, file, now());
    const { hearing } = file;
    const undecided = file.itemKind === 'LICENSE' && file.decision === null && file.closedAt === null;
    const owed = owedOffers(hearing, item.hearing).length + openOffers(hearing, now()).length;
    const missing = item.hearing === 'HELD' && hearing.records.length === 0;
    return {
      id: file.id,
      number: file.number,
      item: file.item,
      hearing,
      ...(await readPapers(queries, file, viewer, divisions)),
      open: undecided && (owed > 0 || missing || hearingOpen(hearing)),
      answeredBy: node,
    };
  };
}
