import type { Divisions, DivisionCode } from '@liandong/schema/kernel';
import type { JointHandlingView } from '@liandong/schema/domains/joint';
import type { Viewer } from '@liandong/schema/operation';
import { jointOpen } from '@liandong/schema/domains/joint';
import { problem } from '@liandong/schema/kernel';
import { requireFileReader } from '@liandong/schema/case';
import type { StoredCase } from '../cases/index.ts';
import { findCase } from '../cases/index.ts';
import type { NodeQueries } from '../db/index.ts';

/** 联合办理 of a case, as a node knows it. */
export function jointOf(node: DivisionCode, { file }: StoredCase): JointHandlingView {
  return {
    id: file.id,
    number: file.number,
    item: file.item,
    joint: file.joint,
    open: jointOpen(file.joint),
    answeredBy: node,
  };
}

/** A case that the viewer may read. @throws {ProblemError} NOT_FOUND, FORBIDDEN */
export async function readableCase(
  { node, divisions }: { node: DivisionCode; divisions: Divisions },
  queries: NodeQueries,
  viewer: Viewer,
  id: string,
): Promise<StoredCase> {
  const stored = await findCase(queries, id);
  if (!stored) throw problem('NOT_FOUND', `${node} knows no case ${id.slice(0, 60)}.`, { node, field: 'id' });
  requireFileReader(viewer, stored.file, divisions);
  return stored;
}
