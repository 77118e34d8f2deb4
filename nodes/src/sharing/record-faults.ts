import type { DataRecord } from '@liandong/schema/domains/sharing';
import type { Divisions, ErrorCode } from '@liandong/schema/kernel';
import { isOwnOffer, offerOfRecord, recordFault } from '@liandong/schema/domains/sharing';
import type { NodeQueries } from '../db/index.ts';
import { findOffer } from './offer-store.ts';

/**
 * Why a record with a checked signature is not covered by the offers a node knows; null if it is.
 * @param asked whether this node asked for it
 */
export async function findRecordFault(
  queries: NodeQueries,
  divisions: Divisions,
  record: DataRecord,
  asked: boolean,
): Promise<{ code: ErrorCode; message: string } | null> {
  const { provider, offer: id } = record;
  const offer = offerOfRecord(record, await findOffer(queries, id, provider), asked, divisions);
  if (record.outcome === 'ANSWERED' && !(offer && isOwnOffer(record, offer))) {
    return { code: 'FORBIDDEN', message: `${queries.node} knows no offer ${id.slice(0, 60)} of ${provider}.` };
  }
  const fault = recordFault(record, offer);
  return fault === null ? null : { code: 'MESSAGE_INVALID', message: fault };
}
