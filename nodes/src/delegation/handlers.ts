import { randomUUID } from 'node:crypto';
import type {
  delegation,
  DelegationDocument,
  Grant,
  GrantAnswer,
  GrantEnd,
  GrantRequest,
  GrantView,
} from '@liandong/schema/domains/delegation';
import type { Day, DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import type { ProblemError } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { dayOf, plusDays, problem, startOfDay } from '@liandong/schema/kernel';
import { capOf, grantsInEffect, grantStateOf, requireSoundGrant } from '@liandong/schema/domains/delegation';
import { requireHolder } from '@liandong/schema/domains/offices';
import { route } from '@liandong/schema/case';
import { findItem, findItems } from '../catalogue/index.ts';
import type { NodeHandlers, NodeQueries, SharedTx } from '../db/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { unkeyed } from '../idempotency/index.ts';
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
  trust: Trust;
  divisions: Divisions;
  outbox: Outbox;
  publisher: GrantPublisher;
  now: () => Date;
}

type DelegationHandlers = NodeHandlers<typeof delegation>;
/** Does the given work once for each idempotency key. */
type Once = <T>(work: () => Promise<T>) => Promise<T>;

/** Longest public list, grants. */
const LISTED = 500;

/** 授权: the mutations of a node's people on powers, and the queries which organ is competent for which item. */
export function delegationHandlers(parts: DelegationParts): DelegationHandlers {
  return { ...powersRead(parts), ...powersRequested(parts), ...powersGranted(parts) };
}

function powersRead(
  parts: DelegationParts,
): Pick<DelegationHandlers, 'competence' | 'delegations' | 'delegationRequests'> {
  const { node, divisions, trust } = parts;

  return {
    async competence({ queries, input: { item: code, division: place, amountFen } }) {
      const today = todayOf(parts);
      const item = await findItem(queries, code, { today });
      if (!item) throw unknownItem(node, code, 'item');
      const grants = grantsInEffect(await findGrantsOver(queries, code), today);
      const found = route(item, place, divisions, grants, { amountFen: amountFen ?? null }, trust.successionOf);
      return { ...found, item: code, place, answeredBy: node };
    },

    async delegations({ queries, input }) {
      const stored = await listGrants(queries, input.item ?? null, LISTED);
      return stored.map((grant) => viewOf(parts, grant));
    },

    async delegationRequests({ queries }) {
      return (await listRequests(queries)).map(({ request, answer }) => ({ ...request, declined: answer }));
    },
  };
}

function powersRequested(parts: DelegationParts): Pick<DelegationHandlers, 'requestPower' | 'declinePowerRequest'> {
  const { node, divisions, now } = parts;

  return {
    async requestPower({ viewer, tx, input, once }) {
      const { grantor, capFen, ...asked } = unkeyed(input);
      if (grantor === node || !divisions.isWithin(node, grantor)) {
        throw problem('GRANT_INVALID', `${grantor} does not stand above ${node}.`, { field: 'grantor' });
      }
      return once(async () => {
        const known = (await findItems(tx, asked.items, todayOf(parts))).map((item) => item.code);
        const unheard = asked.items.find((code) => !known.includes(code));
        if (unheard !== undefined) throw unknownItem(node, unheard, 'items');
        await requireOwnItems(parts, tx, viewer, asked.items);
        const made: GrantRequest = {
          kind: 'REQUEST',
          id: randomUUID(),
          grantor,
          grantee: node,
          ...asked,
          cap: capOf(capFen),
          caseload: await caseloadOf(tx, asked.items, todayOf(parts)),
          at: now().toISOString(),
        };
        await saveRequest(tx, made, await send(parts, tx, grantor, made));
        return { ...made, declined: null };
      });
    },

    declinePowerRequest: ({ viewer, tx, input: { id, reason }, once }) =>
      once(async () => {
        const stored = await lockRequest(tx, id);
        if (!stored || stored.request.grantor !== node) throw unknown(node, id);
        await requireOwnItems(parts, tx, viewer, stored.request.items);
        const { request, requestJws } = stored;
        const declined: GrantAnswer = {
          kind: 'ANSWER',
          to: id,
          digest: sha256(requestJws),
          accepted: false,
          reason: given(reason),
          at: now().toISOString(),
        };
        await saveRequestAnswer(tx, id, await send(parts, tx, request.grantee, declined));
        return { ...request, declined: stored.answer ?? declined };
      }),
  };
}

type Granted = Pick<DelegationHandlers, 'grantPower' | 'answerDelegation' | 'revokeDelegation' | 'handBackDelegation'>;

function powersGranted(parts: DelegationParts): Granted {
  const { node, divisions, trust, now } = parts;

  return {
    async grantPower({ viewer, tx, input, once }) {
      if (!divisions.find(input.grantee)) {
        throw problem('UNKNOWN_DIVISION', `No division has the code "${input.grantee}".`, { field: 'grantee' });
      }
      const id = await once(async () => {
        const { capFen, ...asked } = unkeyed(input);
        const offer = { id: randomUUID(), seq: await nextSeq(tx), grantor: node, ...asked, cap: capOf(capFen) };
        const made: Grant = { kind: 'GRANT', ...offer, at: now().toISOString() };
        const known = new Map((await findItems(tx, made.items, todayOf(parts))).map((item) => [item.code, item]));
        requireSoundGrant(made, node, (code) => known.get(code) ?? null, divisions, todayOf(parts));
        await requireOwnItems(parts, tx, viewer, made.items);
        requireServed(trust, made.grantee);
        const jws = await send(parts, tx, made.grantee, made);
        await saveGrant(tx, made, { grant: jws, answer: null, end: null });
        return made.id;
      });
      return shown(parts, tx, id);
    },

    async answerDelegation({ viewer, tx, input: { id, accepted, reason }, once }) {
      await once(async () => {
        const stored = await lockGrant(tx, id);
        if (!stored || stored.grant.grantee !== node) throw unknown(node, id);
        await requireOwnItems(parts, tx, viewer, stored.grant.items);
        if (isAnswered(stored, accepted, todayOf(parts))) return true;
        const made: GrantAnswer = {
          kind: 'ANSWER',
          to: id,
          digest: sha256(stored.grantJws),
          accepted,
          reason: accepted ? reason : given(reason ?? ''),
          at: now().toISOString(),
        };
        await saveAnswer(tx, id, await send(parts, tx, stored.grant.grantor, made));
        return true;
      });
      return shown(parts, tx, id);
    },

    revokeDelegation: ({ viewer, tx, input, once }) => end(parts, tx, viewer, input, 'REVOKED', once),
    handBackDelegation: ({ viewer, tx, input, once }) => end(parts, tx, viewer, input, 'HANDED_BACK', once),
  };
}

async function end(
  parts: DelegationParts,
  tx: SharedTx,
  person: Viewer,
  { id, reason }: InputOf<typeof delegation.operations.revokeDelegation>,
  way: GrantEnd['way'],
  once: Once,
): Promise<GrantView> {
  const { node, publisher, now } = parts;
  const made: GrantEnd = { kind: 'END', grant: id, way, reason: given(reason), at: now().toISOString() };
  await once(async () => {
    const stored = await lockGrant(tx, id);
    const ender = way === 'REVOKED' ? stored?.grant.grantor : stored?.grant.grantee;
    if (!stored || ender !== node) throw unknown(node, id);
    const { grantor, grantee, items } = stored.grant;
    await requireOwnItems(parts, tx, person, items);
    if (stored.end) return true;
    const jws = await send(parts, tx, way === 'REVOKED' ? grantee : grantor, made);
    await saveEnd(tx, id, { grantor, grantee }, jws);
    // every node that routes by the grant learns of it at once
    if (grantor === node && stored.answer?.accepted) await publisher.publish(tx, { ...stored, endJws: jws });
    return true;
  });
  return shown(parts, tx, id);
}

/**
 * Whether a grant was already answered in this way.
 * @throws {ProblemError} GRANT_ENDED, GRANT_EXPIRED; ILLEGAL_STEP where it was answered in the other way
 */
function isAnswered({ grant, answer, end: ended }: StoredGrant, accepted: boolean, today: Day): boolean {
  if (ended) throw problem('GRANT_ENDED', 'The grant has ended.', { field: 'id' });
  const { to } = grant;
  if (to !== null && to < today) throw problem('GRANT_EXPIRED', `The grant ended on ${to}.`, { field: 'id' });
  if (!answer) return false;
  if (answer.accepted === accepted) return true;
  throw problem('ILLEGAL_STEP', 'The grant was answered already; hand it back instead.', { field: 'id' });
}

/** @throws {ProblemError} NODE_CLOSED, GRANT_INVALID if the grantee has no node that could act */
function requireServed(trust: Trust, grantee: DivisionCode): void {
  const closed = trust.successionOf(grantee);
  if (closed) {
    throw problem('NODE_CLOSED', `${grantee} was closed; ${closed.successor} took its place.`, { field: 'grantee' });
  }
  if (!trust.knows(grantee)) {
    throw problem('GRANT_INVALID', `${grantee} has no node that could act.`, { field: 'grantee' });
  }
}

/**
 * Checks that a chief gives, takes and ends powers only over items whose power their own department or bureau holds
 * today.
 * @throws {ProblemError} WRONG_DEPARTMENT
 */
async function requireOwnItems(
  parts: DelegationParts,
  tx: SharedTx,
  person: Viewer,
  codes: readonly string[],
): Promise<void> {
  const { node, divisions } = parts;
  const { tier } = divisions.get(node);
  const today = todayOf(parts);
  const { transfers } = await findOffices(tx);
  for (const item of await findItems(tx, codes, today)) requireHolder(person, item, transfers, tier, today);
}

/** Signs a document and enqueues it for the other party. */
async function send(
  { node, trust, outbox }: DelegationParts,
  tx: SharedTx,
  receiver: DivisionCode,
  document: DelegationDocument,
): Promise<string> {
  const jws = await trust.sign(node, SIGNED_TYPES.delegation, document);
  await outbox.enqueue(tx, [{ receiver, kind: 'DELEGATION', caseId: null, body: { jws } }]);
  return jws;
}

/** The node's load from these items: open cases, and cases filed in 90 days. */
async function caseloadOf(tx: SharedTx, items: readonly string[], today: Day): Promise<GrantRequest['caseload']> {
  const [count] = await tx.query<{ open: number; filed: number }>(
    `SELECT count(*) FILTER (WHERE closed_at IS NULL AND custody = 'HELD') AS open,
       count(*) FILTER (WHERE filed_at >= $3) AS filed
     FROM cases WHERE node = $1 AND item = ANY ($2)`,
    [items, startOfDay(plusDays(today, -90))],
  );
  return { open: count?.open ?? 0, filedIn90Days: count?.filed ?? 0 };
}

async function shown(parts: DelegationParts, queries: NodeQueries, id: string): Promise<GrantView> {
  const [stored] = await findGrants(queries, [id]);
  if (!stored) throw unknown(parts.node, id);
  return viewOf(parts, stored);
}

const todayOf = ({ now }: DelegationParts): Day => dayOf(now());

function viewOf(parts: DelegationParts, stored: StoredGrant): GrantView {
  return { ...stored, state: grantStateOf(stored, todayOf(parts)), answeredBy: parts.node };
}

function unknownItem(node: DivisionCode, code: string, field: string): ProblemError {
  return problem('ITEM_UNKNOWN', `${node} has no item ${code.slice(0, 60)} in its catalogue.`, { field });
}

function unknown(node: DivisionCode, id: string): ProblemError {
  return problem('NOT_FOUND', `${node} can do nothing with ${id.slice(0, 60)}.`, { node, field: 'id' });
}

function given(reason: string): string {
  if (reason.trim() === '') throw problem('REASON_MISSING', 'Give the reason.', { field: 'reason' });
  return reason.trim();
}
