import type { caseload, CaseHandler, Handler, HandlerContext } from '@liandong/schema/domains/caseload';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { assign, claim, release, requireKnownAtDesk } from '@liandong/schema/domains/caseload';
import { dayOf } from '@liandong/schema/kernel';
import { requireReaderOver } from '@liandong/schema/operation';
import type { CaseDesk, PostsOf, StandingsOf, StoredCase } from '../cases/index.ts';
import { lockReadableCase } from '../cases/index.ts';
import type { NodeHandlers, SharedTx } from '../db/index.ts';
import { pipelined } from '../db/index.ts';
import type { SignalBook } from '../signals/index.ts';
import { findCaseloads, saveHandler } from './caseload-store.ts';

export interface CaseloadParts {
  node: DivisionCode;
  divisions: Divisions;
  cases: CaseDesk;
  posts: PostsOf;
  standings: StandingsOf;
  signals: SignalBook;
  now: () => Date;
}

/** 专人承办 at one node: which of its people handles which case. */
export function caseloadHandlers(parts: CaseloadParts): NodeHandlers<typeof caseload> {
  const { node, divisions, cases, standings, signals, now } = parts;

  const shown = async (tx: SharedTx, viewer: Viewer, id: string) =>
    cases.view(tx, await lockReadableCase(parts, tx, viewer, id));

  return {
    async claimCase({ viewer, tx, input: { id }, once }) {
      await once(async () => {
        const { context, stored } = await opened(parts, tx, viewer, id);
        await saveHandler(tx, id, written(context, claim(context, stored.file)));
        return true;
      });
      return shown(tx, viewer, id);
    },

    async assignHandler({ viewer, tx, input: { id, to }, once }) {
      await once(async () => {
        const [, { context, stored }] = await pipelined(requireKnown(parts, tx, to), opened(parts, tx, viewer, id));
        const handler = assign(context, stored.file, to);
        await saveHandler(tx, id, written(context, handler));
        await signals.ofHandler(tx, { node, file: stored.file, handler }, viewer.sub, context.now);
        return true;
      });
      return shown(tx, viewer, id);
    },

    async releaseCase({ viewer, tx, input: { id }, once }) {
      await once(async () => {
        const { context, stored } = await opened(parts, tx, viewer, id);
        await saveHandler(tx, id, release(context, stored.file));
        return true;
      });
      return shown(tx, viewer, id);
    },

    async caseloads({ viewer, queries }) {
      requireReaderOver(viewer, 'READ_CASELOADS', node, divisions);
      // a chief of a department sees the department's cases; a supervisor sees the desk's
      const department = viewer.roles.includes('SUPERVISOR') ? null : viewer.department;
      const rows = await findCaseloads(queries, department, now());
      const known = await standings(
        queries,
        rows.flatMap(({ handler }) => handler?.sub ?? []),
        dayOf(now()),
      );
      return rows.map((row) => ({
        ...row,
        standing: row.handler && (known.get(row.handler.sub) ?? 'PRESENT'),
        division: node,
      }));
    },
  };
}

/** Locks a case and reads what the rules need for its desk's own record. @throws {ProblemError} NOT_FOUND, FORBIDDEN */
async function opened(
  parts: CaseloadParts,
  tx: SharedTx,
  viewer: Viewer,
  id: string,
): Promise<{ stored: StoredCase; context: HandlerContext }> {
  const stored = await lockReadableCase(parts, tx, viewer, id);
  const { handler } = stored;
  const context = await parts.cases.deskAt(tx, viewer, stored.file);
  const known = await parts.standings(tx, handler ? [handler.sub] : [], dayOf(context.now));
  return { stored, context: { ...context, handler, standing: (handler && known.get(handler.sub)) ?? 'PRESENT' } };
}

/** Checks that the person is of this desk, as far as its roster tells. @throws {ProblemError} NOT_IN_ROSTER */
async function requireKnown({ node, divisions, posts, now }: CaseloadParts, tx: SharedTx, to: Handler): Promise<void> {
  const day = dayOf(now());
  const { roster } = await posts(tx, to, day);
  requireKnownAtDesk(roster, divisions.get(node).tier, day);
}

function written({ viewer, now }: HandlerContext, handler: Handler): CaseHandler {
  const { issuer, sub, name } = handler;
  return { issuer, sub, name, since: now, by: viewer.name };
}
