import { randomUUID } from 'node:crypto';
import type { AffectedGrant, LegalBasesService, LegalBasisChangeView } from '@liandong/schema/graph';
import type {
  ChangeLegalBasisInput,
  ConfirmLegalBasisInput,
  LegalBasisChange,
} from '@liandong/schema/domains/legal-bases';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
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
import { requireOwnDesk, requirePermission, requireReaderOver, signedIn } from '@liandong/schema/operation';
import type { HostDb, NodeQueries } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import { once } from '../idempotency/index.ts';
import type { LegalBasisDesk } from './legal-basis-desk.ts';
import { basesOfItem, citingItems, findChange, findChanges, findReports, lockBases } from './legal-bases-store.ts';

export interface LegalBasesParts {
  node: DivisionCode;
  db: HostDb;
  appender: FeedAppender;
  desk: LegalBasisDesk;
  /** Delegations of these items that this node knows. */
  grantsOf: (queries: NodeQueries, items: readonly string[]) => Promise<AffectedGrant[]>;
}

/** What items rest on, and who has acted on a change of the law, as one node has it. */
export function legalBasesService(parts: LegalBasesParts): LegalBasesService {
  const { node, db, appender, desk, grantsOf } = parts;
  const { divisions, nodes, now } = desk.parts;
  const queries = db.queries(node);

  const service: LegalBasesService = {
    basesOf: (item) => basesOfItem(queries, item),

    async changes(viewer, most) {
      requireReaderOver(signedIn(viewer), 'READ_LEGAL_BASES', node, divisions);
      if (most < 1 || most > 200) throw problem('BAD_INPUT', 'first must lie between 1 and 200.', { field: 'first' });
      return viewsOf(await findChanges(queries, most));
    },

    async change(viewer, input: ChangeLegalBasisInput) {
      const person = atDesk(viewer, 'CHANGE_LEGAL_BASIS');
      const id = await db.transact(node, (tx) =>
        once(tx, person, input.idempotencyKey, { mutation: 'changeLegalBasis', input }, async () => {
          const today = dayOf(now());
          const title = plainTitle(input.title);
          const citation = { title, article: input.article };
          const { change: kind, kind: basisKind, idempotencyKey: _, ...rest } = input;
          const known = await lockBases(tx, title);
          const bases = changedBases(known, { ...rest, kind, basisKind }, today);
          const cited = await citingItems(tx, title);
          const items = itemsReached(
            citation,
            cited.map((c) => ({ ...c, item: c.item.code })),
          );
          const change: LegalBasisChange = {
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
          await desk.take(tx, change);
          await appender.append(tx, 'CATALOGUE', [{ kind: 'LEGAL_BASIS', change }]);
          return change.id;
        }),
      );
      return viewOf(id);
    },

    async confirm(viewer, input: ConfirmLegalBasisInput) {
      const person = atDesk(viewer, 'CONFIRM_LEGAL_BASIS');
      const { change: id, note } = input;
      await db.transact(node, (tx) =>
        once(tx, person, input.idempotencyKey, { mutation: 'confirmLegalBasis', input }, async () => {
          const change = await findChange(tx, id);
          if (!change) throw problem('NOT_FOUND', `${node} knows of no such change.`, { field: 'change' });
          requireAsked(change, node, divisions);
          // confirmed once: what was said first stands
          const told = (await findReports(tx, [id])).find((report) => report.node === node);
          if (!told?.confirmation) await desk.tell(tx, change, { at: now().toISOString(), by: person.name, note });
          return true;
        }),
      );
      return viewOf(id);
    },
  };
  return service;

  function atDesk(viewer: Viewer | null, action: 'CHANGE_LEGAL_BASIS' | 'CONFIRM_LEGAL_BASIS'): Viewer {
    const person = signedIn(viewer);
    requireOwnDesk(person, node);
    requirePermission(person, action, divisions.get(node).tier);
    return person;
  }

  async function viewOf(id: string): Promise<LegalBasisChangeView> {
    const change = await findChange(queries, id);
    const [view] = change ? await viewsOf([change]) : [];
    if (!view) throw problem('NOT_FOUND', `${node} knows of no such change.`, { field: 'change' });
    return view;
  }

  async function viewsOf(changes: readonly LegalBasisChange[]): Promise<LegalBasisChangeView[]> {
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
}
