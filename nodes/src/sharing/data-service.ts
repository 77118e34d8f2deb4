import { randomUUID } from 'node:crypto';
import type {
  DataLightView,
  DataOfferView,
  DataRecord,
  DataRequestView,
  DataUseView,
  SharingService,
} from '@liandong/schema/domains/sharing';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { RequestDataInput } from '@liandong/schema/graph';
import type { Viewer } from '@liandong/schema/operation';
import {
  dataRecordSchema,
  dataValuesSchema,
  isOffered,
  mayAsk,
  offeringNodeOf,
  requireDataAsker,
  requireLightsReader,
} from '@liandong/schema/domains/sharing';
import { dayOf, problem } from '@liandong/schema/kernel';
import { requireCaseReader, requireOwnCase, seesPersonalData, signedIn } from '@liandong/schema/operation';
import type { PostsOf, StoredCase } from '../cases/index.ts';
import { findCase, findTracked, lockCase } from '../cases/index.ts';
import { findItem } from '../catalogue/index.ts';
import type { HostDb } from '../db/index.ts';
import { findFeeds } from '../feeds/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { once } from '../idempotency/index.ts';
import type { Trust } from '../trust/index.ts';
import { payloadOf } from '../trust/index.ts';
import { findOffers } from './offer-store.ts';
import type { StoredRequest } from './request-store.ts';
import { appendDataLog, findRequests, insertRequest, suppliedMaterials } from './request-store.ts';

/** Lights shown at once, newest first. */
const LIGHTS = 200;

export interface SharingParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  trust: Trust;
  outbox: Outbox;
  posts: PostsOf;
  now: () => Date;
}

/** What people of a node do and see of data sharing. */
export function sharingService({ node, db, divisions, trust, outbox, posts, now }: SharingParts): SharingService {
  const queries = db.queries(node);

  async function readable(viewer: Viewer | null, caseId: string): Promise<{ stored: StoredCase; open: boolean }> {
    const person = signedIn(viewer);
    const stored = await findCase(queries, caseId);
    if (!stored) throw notFound(caseId);
    requireOwnCase(person, stored.file.number);
    requireCaseReader(person, stored.file.holders, divisions);
    return { stored, open: seesPersonalData(person, stored.file.holders) };
  }

  function notFound(caseId: string) {
    return problem('NOT_FOUND', `${node} knows no case ${caseId.slice(0, 60)}.`, { node, field: 'case' });
  }

  return {
    async offers(viewer, material): Promise<DataOfferView[]> {
      signedIn(viewer);
      const heard = new Map((await findFeeds(queries, 'CATALOGUE')).map((feed) => [feed.publisher, feed.asOf]));
      const today = dayOf(now());
      return (await findOffers(queries, { material })).map((offer) => ({
        offer,
        askableHere: isOffered(offer, today) && mayAsk(offer.askers, node, divisions),
        answeredBy: node,
        staleSince: offer.node === node ? null : (heard.get(offer.node) ?? new Date(0)),
      }));
    },

    async request(viewer, input: RequestDataInput): Promise<DataRequestView> {
      const person = signedIn(viewer);
      const caseId = input.case;
      const asked = await db.transact(node, (tx) =>
        once(tx, person, input.idempotencyKey, { mutation: 'requestData', input }, async () => {
          const stored = await lockCase(tx, caseId);
          if (!stored) throw notFound(caseId);
          const { file, application } = stored;
          requireCaseReader(person, file.holders, divisions);
          const at = now();
          const item = await findItem(tx, file.item, { today: dayOf(at) });
          if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${file.item} in its catalogue.`, { node });
          const standing = await posts(tx, person, dayOf(at));
          const role = requireDataAsker({ node, viewer: person, divisions, now: at, item, ...standing }, file);
          if (application === null) throw problem('NOT_FOUND', `${node} holds no application of ${file.id}.`, { node });
          const provider = offeringNodeOf(input.offer);
          if (!trust.knows(provider)) {
            throw problem('NOT_FOUND', `No node ${provider} offers data.`, { node, field: 'offer' });
          }
          const id = randomUUID();
          const fields = [...new Set(input.fields)];
          const { sub, name } = person;
          const about = { offer: input.offer, asker: node, provider, item: file.item, fields };
          await insertRequest(tx, { id, caseId, ...about, askedBy: name, askedAt: at });
          const line = {
            at,
            side: 'ASKED' as const,
            request: id,
            caseId,
            person: { sub, name },
            outcome: 'SENT' as const,
          };
          await appendDataLog(tx, { ...line, ...about });
          const body = {
            request: id,
            offer: input.offer,
            case: caseId,
            fields,
            actor: { sub, name, role },
            at: at.toISOString(),
            application,
            lines: proofLines(stored, node),
          };
          await outbox.enqueue(tx, [{ receiver: provider, kind: 'DATA_REQUEST', caseId, body }]);
          return id;
        }),
      );
      const { stored, open } = await readable(person, caseId);
      const request = (await findRequests(queries, stored.id)).find((r) => r.id === asked);
      if (!request) throw problem('NOT_FOUND', 'The request is not here any more.', { node });
      return requestView(request, node, open);
    },

    async requests(viewer, caseId): Promise<DataRequestView[]> {
      const { stored, open } = await readable(viewer, caseId);
      return (await findRequests(queries, stored.id)).map((request) => requestView(request, node, open));
    },

    async supplied(viewer, caseId): Promise<string[]> {
      const { stored } = await readable(viewer, caseId);
      return suppliedMaterials(queries, stored.id);
    },

    async use(number, code): Promise<DataUseView[]> {
      const stored = await findTracked(queries, number, code);
      if (!stored) throw problem('NOT_FOUND', 'No case has this number and tracking code.', { node });
      return (await findRequests(queries, stored.id)).map((request) => {
        const { askedAt, asker, provider, item, state } = request;
        const fields = labelled(request).map((field) => field.label);
        return { askedAt, asker, provider, item, fields, state, answeredBy: node };
      });
    },

    async lights(viewer): Promise<DataLightView[]> {
      requireLightsReader(signedIn(viewer), node, divisions);
      return queries.query<DataLightView>(
        `SELECT id, kind, level, at, node AS "raisedAt", about, case_id AS "caseId", detail FROM lights
         WHERE node = $1 AND kind = 'DATA_OUT_OF_GRANT' ORDER BY at DESC, id LIMIT ${LIGHTS}`,
      );
    },
  };
}

/** The signed lines that prove a request: how the case was taken in, and how it came to this desk. */
function proofLines(stored: StoredCase, node: DivisionCode): string[] {
  const [first] = stored.lines;
  const handed = stored.lines.findLast(({ line }) => 'to' in line.data && line.data.to === node);
  const proof = stored.file.filingNode === node ? [first] : [first, handed];
  return proof.flatMap((signed) => (signed ? [signed.jws] : []));
}

function requestView(request: StoredRequest, node: DivisionCode, open: boolean): DataRequestView {
  const { id, offer, asker, provider, item, askedBy, askedAt, state, answeredAt, replaces, given } = request;
  const values = open && given !== null ? dataValuesSchema.parse(JSON.parse(given)) : {};
  return {
    id,
    offer,
    asker,
    provider,
    item,
    askedBy,
    askedAt,
    state,
    answeredAt,
    replaces,
    fields: labelled(request).map((field) => ({ ...field, value: values[field.name] ?? null })),
    refusals: (recordOf(request)?.faults ?? []).map(
      ({ field, message, article }) =>
        problem('DATA_OUT_OF_GRANT', message, { field, article, node: provider }).problem,
    ),
    answeredBy: node,
  };
}

/** The fields asked for; what people call them stands in the offering node's record. */
function labelled(request: StoredRequest): DataRecord['fields'] {
  return recordOf(request)?.fields ?? request.fields.map((name) => ({ name, label: name }));
}

/** The record as it was checked when it came in. */
function recordOf({ record }: StoredRequest): DataRecord | null {
  return record === null ? null : dataRecordSchema.parse(payloadOf(record));
}
