import type { DataLightView, DataOffer, DataState } from '@liandong/schema/domains/sharing';
import type { RowOf } from '../db/table.ts';
import {
  bigInteger,
  generated,
  instant,
  integer,
  jsonOf,
  nullable,
  sealed,
  table,
  text,
  textOf,
  texts,
  uuid,
} from '../db/table.ts';

/** The newest version of an offer: the node's own, or a copy of a level above. */
export const dataOffersTable = table('data_offers', ['id'], {
  id: text,
  version: integer,
  provider: text,
  material: text,
  body: jsonOf<DataOffer>(),
});

/** What a node holds of a person or organization (登记簿), found by a keyed hash of the number. */
export const registerRowsTable = table('register_rows', ['register', 'subjectHash'], {
  register: text,
  subjectHash: text,
  fields: sealed(text),
});

/** A request for data as a node of the case keeps it. */
export const dataRequestsTable = table('data_requests', ['id'], {
  id: uuid,
  caseId: text,
  offer: text,
  asker: text,
  provider: text,
  item: nullable(text),
  askedBy: text,
  askedAt: instant,
  fields: texts,
  state: textOf<DataState>(),
  answeredAt: nullable(instant),
  /** The material that need not be handed in any more. */
  replaces: nullable(text),
  /** The offering node's signed record (JWS). */
  record: nullable(text),
  /** Exact JSON text of the values. */
  given: sealed(nullable(text)),
});
export type StoredRequest = RowOf<typeof dataRequestsTable>;

/** A line of the data log (数据使用日志), kept by the node that asks and by the one that gives; append-only. */
export const dataLogTable = table('data_log', ['id'], {
  id: generated(bigInteger),
  at: instant,
  side: textOf<'ASKED' | 'PROVIDED'>(),
  request: uuid,
  caseId: text,
  offer: text,
  asker: text,
  provider: text,
  person: text,
  personName: text,
  item: nullable(text),
  fields: texts,
  outcome: textOf<DataState>(),
});

/** A finding that this node raised by itself (预警灯). */
export const lightsTable = table('lights', ['id'], {
  id: uuid,
  kind: textOf<DataLightView['kind']>(),
  level: textOf<DataLightView['level']>(),
  at: instant,
  /** The node it is about. */
  about: text,
  caseId: nullable(text),
  detail: text,
});
