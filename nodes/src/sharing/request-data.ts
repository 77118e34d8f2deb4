import { randomUUID } from 'node:crypto';
import type { CaseFile } from '@liandong/schema/case';
import type { DivisionCode, Divisions, Role } from '@liandong/schema/kernel';
import type { RequestDataInput } from '@liandong/schema/domains/sharing';
import type { Viewer } from '@liandong/schema/operation';
import { offeringNodeOf, requireDataAsker } from '@liandong/schema/domains/sharing';
import { dayOf, problem } from '@liandong/schema/kernel';
import { requireCaseReader } from '@liandong/schema/operation';
import type { PostsOf, StoredCase } from '../cases/index.ts';
import { lockCase, unknownCase } from '../cases/index.ts';
import { findItem } from '../catalogue/index.ts';
import type { SharedTx } from '../db/index.ts';
import type { Outbox } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import { appendDataLog, insertRequest } from './request-store.ts';

export interface RequestParts {
  node: DivisionCode;
  divisions: Divisions;
  trust: Trust;
  outbox: Outbox;
  posts: PostsOf;
  now: () => Date;
}

/**
 * Asks the offering node for data on a case's applicant: stores the request, logs it and enqueues it, in one
 * transaction.
 * @returns the id of the request
 */
export async function requestData(
  parts: RequestParts,
  tx: SharedTx,
  viewer: Viewer,
  input: RequestDataInput,
): Promise<string> {
  const { node, divisions, trust, outbox, now } = parts;
  const stored = await lockCase(tx, input.case);
  if (!stored) throw unknownCase(node, input.case, 'case');
  const { id: caseId, file, application } = stored;
  requireCaseReader(viewer, file.holders, divisions);
  const at = now();
  const role = await askerOf(parts, tx, viewer, file, at);
  if (application === null) throw problem('NOT_FOUND', `${node} holds no application of ${file.id}.`, { node });
  const provider = offeringNodeOf(input.offer);
  if (!trust.knows(provider)) {
    throw problem('NOT_FOUND', `No node ${provider} offers data.`, { node, field: 'offer' });
  }
  const id = randomUUID();
  const fields = [...new Set(input.fields)];
  const { sub, name } = viewer;
  const about = { caseId, offer: input.offer, asker: node, provider, item: file.item, fields };
  await insertRequest(tx, { id, ...about, askedBy: name, askedAt: at });
  await appendDataLog(tx, { ...about, at, side: 'ASKED', request: id, person: sub, personName: name, outcome: 'SENT' });
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
}

/** The post in which the person asks for data on the case. */
async function askerOf(
  { node, divisions, posts }: RequestParts,
  tx: SharedTx,
  viewer: Viewer,
  file: CaseFile,
  at: Date,
): Promise<Role> {
  const item = await findItem(tx, file.item, { today: dayOf(at) });
  if (!item) throw problem('ITEM_UNKNOWN', `${node} has no item ${file.item} in its catalogue.`, { node });
  const standing = await posts(tx, viewer, dayOf(at));
  return requireDataAsker({ node, viewer, divisions, now: at, item, ...standing }, file);
}

/**
 * The signed lines that prove a request: how the case was taken in, how it came to this desk, and what was corrected since.
 */
function proofLines(stored: StoredCase, node: DivisionCode): string[] {
  const [first] = stored.lines;
  const handed = stored.lines.findLast(({ line }) => 'to' in line.data && line.data.to === node);
  const corrected = stored.lines.findLast(({ line }) => line.action === 'APPLICATION_CORRECTED');
  const proof = [first, ...(stored.file.filingNode === node ? [] : [handed]), corrected];
  return proof.flatMap((signed) => (signed ? [signed.jws] : []));
}
