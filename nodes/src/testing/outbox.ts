import { randomUUID } from 'node:crypto';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { TestFederation } from './test-federation.ts';

export interface OwedMessage {
  id: string;
  receiver: DivisionCode;
  kind: string;
  outcome: string | null;
  code: string | null;
  settled_at: Date | null;
  receipt_id: string | null;
  body: string;
}

/** The messages about a case that a node owes or owed, as they were enqueued. */
export async function readOutbox(
  federation: TestFederation,
  node: DivisionCode,
  caseId: string | null,
  kind: string | null = null,
): Promise<OwedMessage[]> {
  const rows = await federation.rows<OwedMessage>(
    node,
    `SELECT id, receiver, kind, outcome, code, settled_at, receipt_id, body FROM outbox
     WHERE node = $1 AND ($2::text IS NULL OR case_id = $2) AND ($3::text IS NULL OR kind = $3) ORDER BY ordinal`,
    [node, caseId, kind],
  );
  const vault = federation.db(node).vault(node);
  return Promise.all(rows.map(async (row) => ({ ...row, body: await vault.open('outbox.body', row.id, row.body) })));
}

/**
 * Puts a message into a node's outbox past its services, as an attacker who controls the host could. @returns its id
 */
export async function putOutbox(
  federation: TestFederation,
  node: DivisionCode,
  message: { receiver: DivisionCode; kind: string; caseId?: string | null; body: string },
): Promise<string> {
  const id = randomUUID();
  await federation.rows(
    node,
    `INSERT INTO outbox (node, id, receiver, kind, case_id, body) VALUES ($1, $2, $3, $4, $5, $6)`,
    [
      node,
      id,
      message.receiver,
      message.kind,
      message.caseId ?? null,
      federation.db(node).vault(node).seal('outbox.body', id, message.body),
    ],
  );
  return id;
}
