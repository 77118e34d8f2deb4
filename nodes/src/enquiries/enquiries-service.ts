import { randomUUID } from 'node:crypto';
import type {
  Day,
  DivisionCode,
  Divisions,
  EnquiriesService,
  EnquiryView,
  Grant,
  Item,
  OpenEnquiryInput,
  Route,
  SuccessionOf,
  Viewer,
} from '@liandong/schema';
import {
  ENQUIRY_STATES,
  NO_FACTS,
  ProblemError,
  actingFor,
  answerOf,
  askerFor,
  caseIdOf,
  dayOf,
  enquiryStateOf,
  filingNodeOf,
  isInForce,
  problem,
  requireEnquiryDesk,
  requireEnquiryReader,
  requireFirstAsked,
  requireLinkable,
  requireOpenNode,
  requireReportable,
  route,
  signedIn,
} from '@liandong/schema';
import { findImplementations, findItem } from '../catalogue/index.ts';
import type { HostDb, NodeQueries, NodeTx } from '../db/index.ts';
import { once } from '../idempotency/index.ts';
import type { EnquiryCursor, NewEnquiry, StoredEnquiry } from './enquiry-store.ts';
import { findEnquiries, findEnquiry, insertEnquiry, lockEnquiry, storeLink, storeReport } from './enquiry-store.ts';

export interface EnquiriesParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  /** The grants in effect on a day, as the node knows them. */
  powersOn: (queries: NodeQueries, day: Day) => Promise<Grant[]>;
  /** Who took the place of closed nodes. */
  successionOf: SuccessionOf;
  now: () => Date;
}

/** 首问负责 at one node: what its desk is asked, what it answers, and the duties it has until it reports back. */
export function enquiriesService(parts: EnquiriesParts): EnquiriesService {
  const { node, db, divisions, powersOn, successionOf, now } = parts;

  /** The answer, composed from what this node knows at this moment; it works with every other node down. */
  async function compose(queries: NodeQueries, input: OpenEnquiryInput): Promise<NewEnquiry> {
    const askedAt = now();
    const today = dayOf(askedAt);
    const place = divisions.get(input.place ?? node).code;
    const item = await findItem(queries, input.item, { today });
    if (!item) {
      const message = `${node} has no item ${input.item} in its catalogue.`;
      throw problem('ITEM_UNKNOWN', message, { node, field: 'item' });
    }
    const holder = divisions.atTier(place, item.decidingTier)?.code;
    const power = holder && actingFor(holder, successionOf);
    const [implementation = null] = power ? await findImplementations(queries, [{ item: item.code, node: power }]) : [];
    const found = routeFor(item, place, divisions, await powersOn(queries, today), successionOf);
    return {
      id: caseIdOf(node, randomUUID()),
      item: item.code,
      itemVersion: item.version,
      inForce: isInForce(item, today),
      place,
      acceptor: found?.acceptor ?? null,
      decider: found?.decider ?? null,
      askedAt,
      answer: answerOf({ item, implementation, route: found, node, place, divisions, today }),
      asker: input.asker,
    };
  }

  const viewOf = (viewer: Viewer, stored: StoredEnquiry): EnquiryView => ({
    id: stored.id,
    item: stored.item,
    itemVersion: stored.itemVersion,
    inForce: stored.inForce,
    place: stored.place,
    acceptor: stored.acceptor,
    decider: stored.decider,
    askedAt: stored.askedAt,
    answeredBy: stored.answeredByName,
    answer: stored.answer,
    asker: stored.asker && askerFor(viewer, node, stored.asker),
    caseId: stored.caseId,
    state: enquiryStateOf(stored.reportedAt, stored.caseState),
    reportedAt: stored.reportedAt,
    reportedBy: stored.reportedByName,
    result: stored.result,
    division: node,
  });

  async function getView(queries: NodeQueries, viewer: Viewer, id: string): Promise<EnquiryView> {
    const stored = await findEnquiry(queries, id);
    if (!stored) throw notFound(node, id);
    return viewOf(viewer, stored);
  }

  return {
    async get(viewer, id) {
      const person = signedIn(viewer);
      requireEnquiryReader(person, node, divisions);
      return getView(db.queries(node), person, id);
    },

    async list(viewer, state, page) {
      const person = signedIn(viewer);
      requireEnquiryReader(person, node, divisions);
      const after = page.after === null ? null : decodeCursor(page.after);
      const found = await findEnquiries(db.queries(node), state, after, page.first + 1);
      const shown = found.slice(0, page.first);
      return {
        nodes: shown.map((stored) => viewOf(person, stored)),
        cursors: shown.map(encodeCursor),
        hasNextPage: found.length > page.first,
        hasPreviousPage: after !== null,
      };
    },

    async open(viewer, input) {
      const person = signedIn(viewer);
      requireEnquiryDesk(person, 'ANSWER_ENQUIRY', node, divisions);
      requireOpenNode(node, successionOf);
      return db.transact(node, async (tx) => {
        const request = { mutation: 'openEnquiry', input };
        const id = await once(tx, person, input.idempotencyKey, request, async () => {
          const enquiry = await compose(tx, input);
          await insertEnquiry(tx, enquiry, person);
          return enquiry.id;
        });
        return getView(tx, person, id);
      });
    },

    async report(viewer, input) {
      const person = signedIn(viewer);
      const { id, result } = input;
      requireFirstAsked(person, filingNodeOf(id), node, divisions);
      return db.transact(node, async (tx) => {
        await once(tx, person, input.idempotencyKey, { mutation: 'reportEnquiry', input }, async () => {
          const stored = await lockEnquiry(tx, id);
          if (!stored) throw notFound(node, id);
          requireReportable(stored.reportedAt, stored.caseState, result);
          await storeReport(tx, id, { at: now(), by: person, result });
          return true;
        });
        return getView(tx, person, id);
      });
    },
  };
}

/**
 * Notes with an enquiry which case grew out of it, in the transaction that files the case.
 * @throws {ProblemError} NOT_FOUND, NOT_FIRST_ASKED, ENQUIRY_REPORTED, ENQUIRY_CONFLICT, FORBIDDEN
 */
export async function linkEnquiry(
  tx: NodeTx,
  viewer: Viewer,
  divisions: Divisions,
  id: string,
  made: { id: string; item: string },
): Promise<void> {
  requireFirstAsked(viewer, filingNodeOf(id, 'enquiry'), tx.node, divisions, 'enquiry');
  const stored = await lockEnquiry(tx, id);
  if (!stored) throw notFound(tx.node, id, 'enquiry');
  requireLinkable(stored, made.item);
  await storeLink(tx, id, made.id);
}

function routeFor(
  item: Item,
  place: DivisionCode,
  divisions: Divisions,
  powers: readonly Grant[],
  successionOf: SuccessionOf,
): Route | null {
  try {
    return route(item, place, divisions, powers, NO_FACTS, successionOf);
  } catch (error) {
    // a county can't know which of its townships accepts: the answer names the tier
    if (error instanceof ProblemError && error.code === 'COMPETENCE_UNRESOLVED') return null;
    throw error;
  }
}

function encodeCursor({ rank, askedAt, id }: EnquiryCursor): string {
  return Buffer.from(`${rank} ${askedAt.toISOString()} ${id}`).toString('base64url');
}

/** @throws {ProblemError} BAD_INPUT */
function decodeCursor(cursor: string): EnquiryCursor {
  const [rank = '', at = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const askedAt = new Date(at);
  if (ENQUIRY_STATES[Number(rank)] === undefined || Number.isNaN(askedAt.getTime()) || id === '') {
    throw problem('BAD_INPUT', 'after is no cursor of this list.', { field: 'after' });
  }
  return { rank: Number(rank), askedAt, id };
}

function notFound(node: DivisionCode, id: string, field = 'id'): ProblemError {
  return problem('NOT_FOUND', `${node} was asked nothing under ${id.slice(0, 60)}.`, { node, field });
}
