import type { DataRequestView, sharing } from '@liandong/schema/domains/sharing';
import type { Viewer } from '@liandong/schema/operation';
import { isOffered, mayAsk, requireLightsReader } from '@liandong/schema/domains/sharing';
import { dayOf, problem } from '@liandong/schema/kernel';
import { requirePurpose } from '@liandong/schema/domains/reads';
import { requireCaseReader, requireClearReader, requireOwnCase, isOfHandlingDesk } from '@liandong/schema/operation';
import type { StoredCase } from '../cases/index.ts';
import { findCase, unknownCase } from '../cases/index.ts';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { findFeeds } from '../feeds/index.ts';
import { getTracked } from '../filing/index.ts';
import { findOffers } from './offer-store.ts';
import type { RequestParts } from './request-data.ts';
import { requestData } from './request-data.ts';
import { findLights, findRequests, suppliedMaterials } from './request-store.ts';
import { labelled, requestView, valuesOf } from './request-view.ts';

type SharingHandlers = NodeHandlers<typeof sharing>;

/** 数据共享 at one node: the queries for offers, requests and lights, and its desk's requests to other nodes. */
export function sharingHandlers(parts: RequestParts): SharingHandlers {
  return { ...offersRead(parts), ...requestsOfCase(parts) };
}

function offersRead({
  node,
  divisions,
  now,
}: RequestParts): Pick<SharingHandlers, 'dataOffers' | 'dataLights' | 'dataUse'> {
  return {
    async dataOffers({ queries, input: { material } }) {
      const heard = new Map((await findFeeds(queries, 'CATALOGUE')).map((feed) => [feed.publisher, feed.asOf]));
      const today = dayOf(now());
      return (await findOffers(queries, { material })).map((offer) => ({
        offer,
        askableHere: isOffered(offer, today) && mayAsk(offer.askers, node, divisions),
        answeredBy: node,
        staleSince: offer.node === node ? null : (heard.get(offer.node) ?? new Date(0)),
      }));
    },

    dataLights({ viewer, queries }) {
      requireLightsReader(viewer, node, divisions);
      return findLights(queries);
    },

    async dataUse({ queries, input: { number, code } }) {
      const stored = await getTracked(queries, number, code);
      return (await findRequests(queries, stored.id)).map((request) => {
        const { askedAt, asker, provider, item, state } = request;
        const fields = labelled(request).map((field) => field.label);
        return { askedAt, asker, provider, item, fields, state, answeredBy: node };
      });
    },
  };
}

function requestsOfCase(
  parts: RequestParts,
): Pick<SharingHandlers, 'dataRequests' | 'showSharedValue' | 'suppliedMaterials' | 'requestData'> {
  const { node, divisions } = parts;

  async function readable(queries: NodeQueries, viewer: Viewer, caseId: string): Promise<StoredCase> {
    const stored = await findCase(queries, caseId);
    if (!stored) throw unknownCase(node, caseId, 'case');
    requireOwnCase(viewer, stored.file.number);
    requireCaseReader(viewer, stored.file.holders, divisions);
    return stored;
  }

  async function requestsShown(queries: NodeQueries, viewer: Viewer, caseId: string): Promise<DataRequestView[]> {
    const { id, file } = await readable(queries, viewer, caseId);
    const open = isOfHandlingDesk(viewer, file.holders);
    return (await findRequests(queries, id)).map((request) => requestView(request, node, open));
  }

  return {
    dataRequests: ({ viewer, queries, input }) => requestsShown(queries, viewer, input.case),

    async showSharedValue({ viewer, queries, input: { case: caseId, request, field, purpose } }) {
      const { id, file } = await readable(queries, viewer, caseId);
      requireClearReader(viewer, file.holders, divisions);
      requirePurpose(purpose);
      const found = (await findRequests(queries, id)).find((asked) => asked.id === request);
      const value = found && valuesOf(found)[field];
      if (value === undefined) throw problem('NOT_FOUND', 'This request gave no such value.', { node, field: 'field' });
      return value;
    },

    async suppliedMaterials({ viewer, queries, input }) {
      const { id } = await readable(queries, viewer, input.case);
      return suppliedMaterials(queries, id);
    },

    async requestData({ viewer, tx, input, once }) {
      const asked = await once(() => requestData(parts, tx, viewer, input));
      const request = (await requestsShown(tx, viewer, input.case)).find(({ id }) => id === asked);
      if (!request) throw problem('NOT_FOUND', 'The request is not here any more.', { node });
      return request;
    },
  };
}
