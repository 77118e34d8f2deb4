import { randomUUID } from 'node:crypto';
import type {
  CompetenceView,
  DelegationDocument,
  DelegationService,
  Grant,
  GrantAnswer,
  GrantEnd,
  GrantRequest,
  GrantView,
} from '@liandong/schema/domains/delegation';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { EndDelegationInput } from '@liandong/schema/graph';
import type { Viewer } from '@liandong/schema/operation';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { dayOf, plusDays, problem, startOfDay } from '@liandong/schema/kernel';
import { grantsInEffect, grantStateOf, requireSoundGrant } from '@liandong/schema/domains/delegation';
import { requireHolder } from '@liandong/schema/domains/offices';
import { requireOwnDesk, requirePermission } from '@liandong/schema/operation';
import { route } from '@liandong/schema/case';
import { findItem, findItems } from '../catalogue/index.ts';
import type { HostDb, NodeTx } from '../db/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { once, unkeyed } from '../idempotency/index.ts';
import { findOffices } from '../offices/index.ts';
import type { Trust } from '../trust/index.ts';
import { sha256 } from '../trust/index.ts';
import type { StoredGrant } from './delegation-store.ts';
import type { GrantPublisher } from './grant-publisher.ts';
import {
  findGrants,
  findGrantsOver,
  listGrants,
  listRequests,
  lockGrant,
  lockRequest,
  nextSeq,
  saveAnswer,
  saveEnd,
  saveGrant,
  saveRequest,
  saveRequestAnswer,
} from './delegation-store.ts';

export interface DelegationParts {
  node: DivisionCode;
  db: HostDb;
  trust: Trust;
  divisions: Divisions;
  outbox: Outbox;
  publisher: GrantPublisher;
  now: () => Date;
}

/** Longest public list, grants. */
const LISTED = 500;

/** 授权: what a node's people do with powers, and who is competent for what by them. */
export function delegationService(parts: DelegationParts): DelegationService {
  const { node, db, trust, divisions, outbox, publisher, now } = parts;
  const queries = db.queries(node);
  const today = () => dayOf(now());
  const view = (stored: StoredGrant): GrantView => ({
    ...stored,
    state: grantStateOf(stored, today()),
    answeredBy: node,
  });

  /** Signs a document and leaves it for the other party. */
  async function send(tx: NodeTx, receiver: DivisionCode, document: DelegationDocument): Promise<string> {
    const jws = await trust.sign(node, SIGNED_TYPES.delegation, document);
    await outbox.enqueue(tx, [{ receiver, kind: 'DELEGATION', caseId: null, body: { jws } }]);
    return jws;
  }

  function requireChief(viewer: Viewer | null, action: 'GRANT_POWER' | 'ANSWER_POWER'): Viewer {
    if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
    requireOwnDesk(viewer, node);
    requirePermission(viewer, action, divisions.get(node).tier);
    return viewer;
  }

  async function shown(id: string): Promise<GrantView> {
    const [stored] = await findGrants(queries, [id]);
    if (!stored) throw unknown(id);
    return view(stored);
  }

  /**
   * A chief gives, takes and ends powers over items whose power the own department or bureau holds today.
   * @throws {ProblemError} WRONG_DEPARTMENT
   */
  async function requireOwnItems(tx: NodeTx, person: Viewer, codes: readonly string[]): Promise<void> {
    const { tier } = divisions.get(node);
    const { transfers } = await findOffices(tx);
    for (const item of await findItems(tx, codes, today())) requireHolder(person, item, transfers, tier, today());
  }

  /** One step in one transaction, done once under its key. */
  function step<T>(
    person: Viewer,
    mutation: keyof DelegationService,
    input: { idempotencyKey: string | null },
    work: (tx: NodeTx) => Promise<T>,
  ): Promise<T> {
    return db.transact(node, (tx) => once(tx, person, input.idempotencyKey, { mutation, input }, () => work(tx)));
  }

  async function end(
    person: Viewer,
    mutation: 'revoke' | 'handBack',
    input: EndDelegationInput,
    way: GrantEnd['way'],
  ): Promise<GrantView> {
    const { id, reason } = input;
    const made: GrantEnd = { kind: 'END', grant: id, way, reason: given(reason), at: now().toISOString() };
    await step(person, mutation, input, async (tx) => {
      const stored = await lockGrant(tx, id);
      const ender = way === 'REVOKED' ? stored?.grant.grantor : stored?.grant.grantee;
      if (!stored || ender !== node) throw unknown(id);
      const { grantor, grantee, items } = stored.grant;
      await requireOwnItems(tx, person, items);
      if (stored.end) return true;
      const jws = await send(tx, way === 'REVOKED' ? grantee : grantor, made);
      await saveEnd(tx, id, { grantor, grantee }, jws);
      // known at once to everybody who routes by it
      if (grantor === node && stored.answer?.accepted) await publisher.publish(tx, { ...stored, endJws: jws });
      return true;
    });
    return shown(id);
  }

  return {
    async list(item) {
      return (await listGrants(queries, item, LISTED)).map(view);
    },

    async requests(viewer) {
      if (!viewer) throw problem('UNAUTHENTICATED', 'This needs a login.');
      requireOwnDesk(viewer, node);
      requirePermission(viewer, 'READ_FIGURES', divisions.get(node).tier);
      return (await listRequests(queries)).map(({ request, answer }) => ({ ...request, declined: answer }));
    },

    async competence(code, place, facts): Promise<CompetenceView> {
      const item = await findItem(queries, code, { today: today() });
      if (!item) throw unknownItem(code, 'item');
      const grants = grantsInEffect(await findGrantsOver(queries, code), today());
      return {
        ...route(item, place, divisions, grants, facts, trust.successionOf),
        item: code,
        place,
        answeredBy: node,
      };
    },

    async grant(viewer, input) {
      const person = requireChief(viewer, 'GRANT_POWER');
      if (!divisions.find(input.grantee)) {
        throw problem('UNKNOWN_DIVISION', `No division has the code "${input.grantee}".`, { field: 'grantee' });
      }
      const id = await step(person, 'grant', input, async (tx) => {
        const asked = { id: randomUUID(), seq: await nextSeq(tx), grantor: node, ...unkeyed(input) };
        const made: Grant = { kind: 'GRANT', ...asked, at: now().toISOString() };
        const known = new Map((await findItems(tx, made.items, today())).map((item) => [item.code, item]));
        requireSoundGrant(made, node, (code) => known.get(code) ?? null, divisions, today());
        await requireOwnItems(tx, person, made.items);
        const closed = trust.successionOf(made.grantee);
        if (closed) {
          throw problem('NODE_CLOSED', `${made.grantee} was closed; ${closed.successor} took its place.`, {
            field: 'grantee',
          });
        }
        if (!trust.knows(made.grantee)) {
          throw problem('GRANT_INVALID', `${made.grantee} has no node that could act.`, { field: 'grantee' });
        }
        const jws = await send(tx, made.grantee, made);
        await saveGrant(tx, made, { grant: jws, answer: null, end: null });
        return made.id;
      });
      return shown(id);
    },

    async request(viewer, input) {
      const person = requireChief(viewer, 'ANSWER_POWER');
      const { divisionAbove, ...asked } = unkeyed(input);
      if (divisionAbove === node || !divisions.isWithin(node, divisionAbove)) {
        throw problem('GRANT_INVALID', `${divisionAbove} does not stand above ${node}.`, { field: 'grantor' });
      }
      return step(person, 'request', input, async (tx) => {
        const known = (await findItems(tx, asked.items, today())).map((item) => item.code);
        const unheard = asked.items.find((code) => !known.includes(code));
        if (unheard !== undefined) throw unknownItem(unheard, 'items');
        await requireOwnItems(tx, person, asked.items);
        const since = startOfDay(plusDays(today(), -90));
        const [count] = await tx.query<{ open: number; filed: number }>(
          `SELECT count(*) FILTER (WHERE closed_at IS NULL AND custody = 'HELD') AS open,
             count(*) FILTER (WHERE filed_at >= $3) AS filed
           FROM cases WHERE node = $1 AND item = ANY ($2)`,
          [asked.items, since],
        );
        const made: GrantRequest = {
          kind: 'REQUEST',
          id: randomUUID(),
          grantor: divisionAbove,
          grantee: node,
          ...asked,
          caseload: { open: count?.open ?? 0, filedIn90Days: count?.filed ?? 0 },
          at: now().toISOString(),
        };
        await saveRequest(tx, made, await send(tx, divisionAbove, made));
        return { ...made, declined: null };
      });
    },

    async declineRequest(viewer, input) {
      const person = requireChief(viewer, 'GRANT_POWER');
      const { id, reason } = input;
      return step(person, 'declineRequest', input, async (tx) => {
        const stored = await lockRequest(tx, id);
        if (!stored || stored.request.grantor !== node) throw unknown(id);
        await requireOwnItems(tx, person, stored.request.items);
        const { request, requestJws } = stored;
        const declined: GrantAnswer = {
          kind: 'ANSWER',
          to: id,
          digest: sha256(requestJws),
          accepted: false,
          reason: given(reason),
          at: now().toISOString(),
        };
        await saveRequestAnswer(tx, id, await send(tx, request.grantee, declined));
        return { ...request, declined: stored.answer ?? declined };
      });
    },

    async answer(viewer, input) {
      const person = requireChief(viewer, 'ANSWER_POWER');
      const { id, accepted, reason } = input;
      await step(person, 'answer', input, async (tx) => {
        const stored = await lockGrant(tx, id);
        if (!stored || stored.grant.grantee !== node) throw unknown(id);
        await requireOwnItems(tx, person, stored.grant.items);
        if (stored.end) throw problem('GRANT_ENDED', 'The grant has ended.', { field: 'id' });
        const { to } = stored.grant;
        if (to !== null && to < today()) throw problem('GRANT_EXPIRED', `The grant ended on ${to}.`, { field: 'id' });
        if (stored.answer) {
          if (stored.answer.accepted === accepted) return true;
          throw problem('ILLEGAL_STEP', 'The grant was answered already; hand it back instead.', { field: 'id' });
        }
        const made: GrantAnswer = {
          kind: 'ANSWER',
          to: id,
          digest: sha256(stored.grantJws),
          accepted,
          reason: accepted ? reason : given(reason ?? ''),
          at: now().toISOString(),
        };
        await saveAnswer(tx, id, await send(tx, stored.grant.grantor, made));
        return true;
      });
      return shown(id);
    },

    async revoke(viewer, input) {
      return end(requireChief(viewer, 'GRANT_POWER'), 'revoke', input, 'REVOKED');
    },

    async handBack(viewer, input) {
      return end(requireChief(viewer, 'ANSWER_POWER'), 'handBack', input, 'HANDED_BACK');
    },
  };

  function unknownItem(code: string, field: string) {
    return problem('ITEM_UNKNOWN', `${node} has no item ${code.slice(0, 60)} in its catalogue.`, { field });
  }

  function unknown(id: string) {
    return problem('NOT_FOUND', `${node} can do nothing with ${id.slice(0, 60)}.`, { node, field: 'id' });
  }
}

function given(reason: string): string {
  if (reason.trim() === '') throw problem('REASON_MISSING', 'Give the reason.', { field: 'reason' });
  return reason.trim();
}
