import type { ColumnType } from '../db/table.ts';
import { sealedColumns } from '../db/table.ts';
import { appointmentsTable } from '../appointments/tables.ts';
import { bundlesTable } from '../bundles/tables.ts';
import { earlierApplicationsTable } from '../filing/tables.ts';
import { askersTable, enquiriesTable, enquiryReferralsTable } from '../enquiries/tables.ts';
import { opinionRequestsTable } from '../joint/tables.ts';
import { meetingItemsTable, meetingsTable, meetingTasksTable } from '../meetings/tables.ts';
import { caseNotesTable } from '../notes/tables.ts';
import { stewardedEnterprisesTable } from '../stewards/tables.ts';
import { uploadsTable } from '../uploads/tables.ts';
import { dataRequestsTable, registerRowsTable } from '../sharing/tables.ts';

/** A sealed column, and the columns that name its rows besides their node. */
export interface SealedColumn {
  table: string;
  column: string;
  /** Columns of the row's key after the node, with their types: they are bound into the sealed value. */
  key: readonly { name: string; type: ColumnType }[];
  /** Text, bytes as a whole, or bytes in pieces that can be read one by one. */
  form: 'text' | 'bytes' | 'pieces';
  /** Condition for the rows to seal; the other rows of the table hold nothing personal. All rows if left out. */
  where?: string;
}

const text = (name: string) => ({ name, type: 'text' }) as const;
const uuid = (name: string) => ({ name, type: 'uuid' }) as const;

/**
 * Every column that may hold names, identity numbers, phones or what people handed in. A new table must name here every
 * column that holds data of applicants: the column is then sealed when it is written, sealed in databases that were
 * filled before, and sealed again when the key is changed.
 */
export const SEALED_COLUMNS = {
  'cases.application': { table: 'cases', column: 'application', key: [text('id')], form: 'text' },
  ...sealedColumns(appointmentsTable),
  ...sealedColumns(stewardedEnterprisesTable),
  ...sealedColumns(bundlesTable),
  ...sealedColumns(askersTable),
  ...sealedColumns(enquiriesTable),
  ...sealedColumns(enquiryReferralsTable),
  ...sealedColumns(caseNotesTable),
  ...sealedColumns(meetingsTable),
  ...sealedColumns(meetingItemsTable),
  ...sealedColumns(meetingTasksTable),
  ...sealedColumns(registerRowsTable),
  ...sealedColumns(dataRequestsTable),
  'idempotency.response': {
    table: 'idempotency',
    column: 'response',
    key: [text('subject'), text('key')],
    form: 'text',
  },
  ...sealedColumns(opinionRequestsTable),
  'outbox.body': { table: 'outbox', column: 'body', key: [uuid('id')], form: 'text' },
  'parked.body': { table: 'parked', column: 'body', key: [uuid('id')], form: 'text' },
  'parked.envelope': { table: 'parked', column: 'envelope', key: [uuid('id')], form: 'text' },
  'parked.bytes': { table: 'parked', column: 'bytes', key: [uuid('id')], form: 'bytes' },
  'blobs.content': { table: 'blobs', column: 'content', key: [text('sha256')], form: 'pieces' },
  'blob_parts.content': {
    table: 'blob_parts',
    column: 'content',
    key: [text('sha256'), { name: 'start', type: 'int' }],
    form: 'bytes',
  },
  ...sealedColumns(uploadsTable),
  ...sealedColumns(earlierApplicationsTable),
  'upload_pieces.content': {
    table: 'upload_pieces',
    column: 'content',
    key: [uuid('upload'), { name: 'start', type: 'int' }],
    form: 'bytes',
  },
  // the secret for the keyed digests of registers: a thief of both could try numbers one by one
  'node_settings.value': {
    table: 'node_settings',
    column: 'value',
    key: [text('key')],
    form: 'text',
    where: `key = 'register-secret'`,
  },
} as const satisfies Record<string, SealedColumn>;

export type SealedName = keyof typeof SEALED_COLUMNS;
