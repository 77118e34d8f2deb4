import type { DataRecord } from '@liandong/schema/domains/sharing';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { ProblemError } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { dataRecordSchema, partsShown } from '@liandong/schema/domains/sharing';
import { findCase } from '../cases/index.ts';
import type { HostDb, NodeQueries } from '../db/index.ts';
import type { Trust } from '../trust/index.ts';
import { findRecordFault } from './record-faults.ts';
import type { StoredRequest } from './tables.ts';

/** A stored record of shared data that would be refused today. */
export interface RecordFault {
  node: DivisionCode;
  request: string;
  caseId: string;
  provider: DivisionCode;
  reason: string;
  /** The material it replaces, or null. */
  replaces: string | null;
}

type StoredRow = Pick<StoredRequest, 'id' | 'caseId' | 'asker' | 'provider' | 'replaces'> & { record: string };

/** Records of open cases that would be refused today: the materials they replace count as handed in. */
export async function findRecordFaults(
  db: HostDb,
  nodes: readonly DivisionCode[],
  judges: { trust: Trust; divisions: Divisions },
): Promise<RecordFault[]> {
  const faults: RecordFault[] = [];
  for (const node of nodes) {
    const queries = db.queries(node);
    const rows = await queries.query<StoredRow>(
      `SELECT r.id, r.case_id AS "caseId", r.asker, r.provider, r.record,
         CASE WHEN r.state = 'ANSWERED' AND r.given IS NOT NULL THEN r.replaces END AS replaces
       FROM data_requests r JOIN cases c ON c.node = r.node AND c.id = r.case_id
       WHERE r.node = $1 AND r.record IS NOT NULL AND c.closed_at IS NULL ORDER BY r.asked_at, r.id`,
    );
    for (const row of rows) {
      const reason = await reasonOf(queries, judges, row);
      const { id: request, caseId, provider, replaces } = row;
      if (reason !== null) faults.push({ node, request, caseId, provider, reason, replaces });
    }
  }
  return faults;
}

/** Why a record would be refused; null if it would be taken, or if its key is unknown. */
async function reasonOf(
  queries: NodeQueries,
  { trust, divisions }: { trust: Trust; divisions: Divisions },
  { record: jws, asker, provider, caseId }: StoredRow,
): Promise<string | null> {
  let signer: DivisionCode;
  let record: DataRecord;
  try {
    const verified = await trust.verify(jws, SIGNED_TYPES.data);
    signer = verified.node;
    record = dataRecordSchema.parse(verified.payload);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'KEY_UNKNOWN') return null;
    return error instanceof ProblemError ? error.message : 'It is not what its kind says.';
  }
  if (signer !== provider || record.provider !== signer) return `${signer} signed it for ${record.provider}.`;
  if (record.asker !== asker || record.case !== caseId) return 'It is of another case or asker.';
  const fault = await findRecordFault(queries, divisions, record, asker === queries.node);
  if (fault) return fault.message;
  const stored = await findCase(queries, caseId);
  const parts = partsShown(caseId, stored?.file ?? null, queries.node, [asker]);
  return parts === 'NONE' ? `${asker} has no part in the case.` : null;
}
