import type { DivisionCode, Divisions, ProblemError } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import { requireFileReader } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import type { StoredCase } from './case-store.ts';
import { findCase, lockCase } from './case-store.ts';

/** The node that is asked, and the register its readers are judged by. */
interface ReadAt {
  node: DivisionCode;
  divisions: Divisions;
}

/**
 * A case that the viewer may read.
 * @param field of the input that names the case
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN
 */
export async function readableCase(
  at: ReadAt,
  queries: NodeQueries,
  viewer: Viewer,
  id: string,
  field = 'id',
): Promise<StoredCase> {
  return readable(at, viewer, await findCase(queries, id), id, field);
}

/** As {@link readableCase}, and locked until the transaction ends. @throws {ProblemError} NOT_FOUND, FORBIDDEN */
export async function lockReadableCase(
  at: ReadAt,
  tx: SharedTx,
  viewer: Viewer,
  id: string,
  field = 'id',
): Promise<StoredCase> {
  return readable(at, viewer, await lockCase(tx, id), id, field);
}

/** The refusal for a case that the node does not have. */
export function unknownCase(node: DivisionCode, id: string, field = 'id'): ProblemError {
  return problem('NOT_FOUND', `${node} knows no case ${id.slice(0, 60)}.`, { node, field });
}

function readable({ node, divisions }: ReadAt, viewer: Viewer, stored: StoredCase | null, id: string, field: string) {
  if (!stored) throw unknownCase(node, id, field);
  requireFileReader(viewer, stored.file, divisions);
  return stored;
}
