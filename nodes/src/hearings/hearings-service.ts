import {
  callHearing,
  hearingOpen,
  hearParty as hearPartyStep,
  holdHearing,
  offerHearing,
  openOffers,
  owedOffers,
  recuseChair as recuseChairStep,
  requestHearing,
  tellInterested as tellInterestedStep,
  waiveHearing,
} from '@liandong/schema/domains/hearings';
import type { CaseFile, Step, StepContext } from '@liandong/schema/case';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { HearingService, HearingView } from '@liandong/schema/domains/hearings';
import type { Viewer } from '@liandong/schema/operation';
import { problem } from '@liandong/schema/kernel';
import { requireFileReader } from '@liandong/schema/case';
import { signedIn } from '@liandong/schema/operation';
import type { StepRunner, StoredCase } from '../cases/index.ts';
import { caseElements, findCase } from '../cases/index.ts';
import type { HostDb, NodeQueries, NodeTx } from '../db/index.ts';
import { readPapers, storePaper } from './hearing-papers.ts';

export interface HearingParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  runner: StepRunner;
  now: () => Date;
}

/** 听证 and interested parties at an organ that handles the case. */
export function hearingsService({ node, db, divisions, runner, now }: HearingParts): HearingService {
  const change = (
    viewer: Viewer | null,
    keyedAs: string,
    input: { id: string; idempotencyKey: string | null },
    step: (desk: StepContext, file: CaseFile, tx: NodeTx) => Promise<Step> | Step,
  ): Promise<HearingView> =>
    runner.run(viewer, { keyedAs, input, take: (tx, context, file) => step(context, file, tx) }, viewOf);

  async function viewOf(queries: NodeQueries, { file }: StoredCase, viewer: Viewer): Promise<HearingView> {
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
  }

  const notFound = (id: string) =>
    problem('NOT_FOUND', `${node} knows no case ${id.slice(0, 60)}.`, { node, field: 'id' });

  return {
    async ofCase(viewer, id) {
      const person = signedIn(viewer);
      const queries = db.queries(node);
      const stored = await findCase(queries, id);
      if (!stored) throw notFound(id);
      requireFileReader(person, stored.file, divisions);
      return viewOf(queries, stored, person);
    },

    tellInterested: (viewer, input) =>
      change(viewer, 'tellInterested', input, async (desk, file, tx) => {
        const { parties, matter, grave } = input;
        const register = await storePaper(tx, '利害关系人名册', { parties }, 'application/json');
        return tellInterestedStep(desk, file, { count: parties.length, register, matter, grave });
      }),

    hearParty: (viewer, input) =>
      change(viewer, 'hearParty', input, async (desk, file, tx) => {
        const statement = await storePaper(tx, '陈述申辩意见', { text: input.statement }, 'text/plain');
        return hearPartyStep(desk, file, input.party, statement);
      }),

    offer: (viewer, input) =>
      change(viewer, 'offerHearing', input, (desk, file) => offerHearing(desk, file, input.notice)),

    request: (viewer, input) =>
      change(viewer, 'requestHearing', input, (desk, file) => requestHearing(desk, file, input.party)),

    waive: (viewer, input) =>
      change(viewer, 'waiveHearing', input, (desk, file) => waiveHearing(desk, file, input.party)),

    call: (viewer, input) =>
      change(viewer, 'callHearing', input, (desk, file) => {
        const { at, place, chair, announcement } = input;
        return callHearing(desk, file, { at, place, chair, announcement });
      }),

    recuseChair: (viewer, input) =>
      change(viewer, 'recuseChair', input, (desk, file) => recuseChairStep(desk, file, input.reason)),

    hold: (viewer, input) =>
      change(viewer, 'holdHearing', input, async (desk, file, tx) => {
        const { attended, signed, unsigned } = input;
        const record = await storePaper(tx, '听证笔录', { text: input.record }, 'text/plain');
        return holdHearing(desk, file, { attended, signed, unsigned, record });
      }),
  };
}
