import { integer, nullable, table, text, texts, uuid } from '../db/table.ts';

/** Grants that the node knows, by their signed documents; also ends that came before their grants. */
export const delegationsTable = table('delegations', ['id'], {
  id: uuid,
  grantor: text,
  grantee: text,
  seq: integer,
  items: texts,
  /** Null while only its end has come. */
  grantJws: nullable(text),
  answerJws: nullable(text),
  endJws: nullable(text),
  /** Why the grantee's node did not take it. */
  refusalCode: nullable(text),
  refusalReason: nullable(text),
});

/** Requests for powers, to or by this node. */
export const delegationRequestsTable = table('delegation_requests', ['id'], {
  id: uuid,
  grantor: text,
  grantee: text,
  requestJws: text,
  answerJws: nullable(text),
});
