import { randomUUID } from 'node:crypto';
import type {
  AffectedGrant,
  legalBases,
  LegalBasisChange,
  LegalBasisChangeView,
} from '@liandong/schema/domains/legal-bases';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { InputOf } from '@liandong/schema/operation';
import {
  changedBases,
  citationOf,
  itemsReached,
  plainTitle,
  requireAsked,
  tasksOf,
  tiersConcerned,
} from '@liandong/schema/domains/legal-bases';
import { dayOf, problem } from '@liandong/schema/kernel';
import { requireReaderOver } from '@liandong/schema/operation';
import type { NodeHandlers, NodeQueries, SharedTx } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import { unkeyed } from '../idempotency/index.ts';
import type { LegalBasisDesk } from './legal-basis-desk.ts';
import { basesOfItem, citingItems, findChange, findChanges, findReports, lockBases } from './legal-bases-store.ts';

export interface LegalBasesParts {
  node: DivisionCode;
  appender: FeedAppender;
  desk: LegalBasisDesk;
  /** Delegations of these items that this node knows. */
  grantsOf: (queries: NodeQueries, items: readonly string[]) => Promise<AffectedGrant[]>;
}

/** The legal bases of items, and the reports of desks on changes of the law, as one node has them. */
export function legalBasisHandlers(parts: LegalBasesParts): NodeHandlers<typeof legalBases> {
  const { node, appender, desk } = parts;
  const { divisions, now } = desk.parts;

  return {
    legalBases: ({ queries, input }) => basesOfItem(queries, input.item),

    async legalBasisChanges({ viewer, queries, input: { first } }) {
      requireReaderOver(viewer, 'READ_LEGAL_BASES', node, divisions);
      if (first < 1 || first > 200) throw problem('BAD_INPUT', 'first must lie between 1 and 200.', { field: 'first' });
      return viewsOf(parts, queries, await findChanges(queries, first));
    },

    async changeLegalBasis({ tx, input, once }) {
      const id = await once(async () => {
        const change = await announced(parts, tx, input);
        await desk.take(tx, change);
        await appender.append(tx, 'CATALOGUE', [{ kind: 'LEGAL_BASIS', change }]);
        return change.id;
      });
      return viewOf(parts, tx, id);
    },

    async confirmLegalBasis({ viewer, tx, input: { change: id, note }, once }) {
      await once(async () => {
        const change = await findChange(tx, id);
        if (!change) throw unknownChange(node);
        requireAsked(change, node, divisions);
        // confirmed once: the first report stands
        const told = (await findReports(tx, [id])).find((report) => report.node === node);
        if (!told?.confirmation) await desk.tell(tx, change, { at: now().toISOString(), by: viewer.name, note });
        return true;
      });
      return viewOf(parts, tx, id);
    },
  };
}

/** The change with the bases after it, and the items and tiers it concerns; the title's bases are locked. */
async function announced(
  { desk }: LegalBasesParts,
  tx: SharedTx,
  input: InputOf<typeof legalBases.operations.changeLegalBasis>,
): Promise<LegalBasisChange> {
  const today = dayOf(desk.parts.now());
  const title = plainTitle(input.title);
  const citation = { title, article: input.article };
  const { change: kind, kind: basisKind, ...rest } = unkeyed(input);
  const known = await lockBases(tx, title);
  const bases = changedBases(known, { ...rest, kind, basisKind }, today);
  const cited = await citingItems(tx, title);
  const items = itemsReached(
    citation,
    cited.map((c) => ({ ...c, item: c.item.code })),
  );
  return {
    id: randomUUID(),
    kind,
    basis: citationOf(citation),
    bases,
    effectiveOn: input.effectiveOn,
    reason: input.reason,
    announcedOn: today,
    confirmBy: input.confirmBy,
    items,
    tiers: tiersConcerned(cited.map((c) => c.item).filter((item) => items.includes(item.code))),
  };
}

async function viewOf(parts: LegalBasesParts, queries: NodeQueries, id: string): Promise<LegalBasisChangeView> {
  const change = await findChange(queries, id);
  const [view] = change ? await viewsOf(parts, queries, [change]) : [];
  if (!view) throw unknownChange(parts.node);
  return view;
}

async function viewsOf(
  { node, desk, grantsOf }: LegalBasesParts,
  queries: NodeQueries,
  changes: readonly LegalBasisChange[],
): Promise<LegalBasisChangeView[]> {
  const { divisions, nodes, now } = desk.parts;
  const reports = await findReports(
    queries,
    changes.map((change) => change.id),
  );
  const within = nodes().filter((code) => divisions.isWithin(code, node));
  return Promise.all(
    changes.map(async (change) => ({
      change,
      tasks: tasksOf(
        change,
        within,
        reports.filter((report) => report.change === change.id),
        divisions,
        dayOf(now()),
      ),
      grants: await grantsOf(queries, change.items),
      answeredBy: node,
    })),
  );
}

const unknownChange = (node: DivisionCode) =>
  problem('NOT_FOUND', `${node} knows of no such change.`, { field: 'change' });
