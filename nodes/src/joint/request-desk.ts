import type { AskedOpinion, joint, OpinionRequestView } from '@liandong/schema/domains/joint';
import type { Material } from '@liandong/schema/case';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { ARTICLES, dayOf, isInstant, maskNumbersIn, problem } from '@liandong/schema/kernel';
import { readableDepartment, requestStateOf, requireRequestReader } from '@liandong/schema/domains/joint';
import { z } from 'zod';
import { readPart } from '../materials/index.ts';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import { cursorOf, noCursor, placesOf } from '../db/index.ts';
import type { RequestCursor, StoredOpinionRequest } from './request-store.ts';
import { findRequest, listRequests } from './request-store.ts';

export interface RequestDeskParts {
  node: DivisionCode;
  divisions: Divisions;
}

const cursorSchema = z.tuple([z.string().refine(isInstant), z.string(), z.int32()]);

/** The queries of a node's departments for the questions they are asked. */
export function requestHandlers({
  node,
  divisions,
}: RequestDeskParts): Pick<NodeHandlers<typeof joint>, 'opinionRequests' | 'opinionRequest' | 'opinionMaterial'> {
  const at = { node, divisions };
  return {
    opinionRequest: async ({ viewer, queries, input }) => shown(node, await readable(at, queries, viewer, input)),

    async opinionMaterial({ viewer, queries, input }) {
      const { sha256, size } = await getShownMaterial(at, queries, viewer, input);
      const bytes = await readPart(queries, { sha256, offset: 0, length: size });
      if (bytes) return bytes.toString('base64');
      throw unshown(node);
    },

    async opinionRequests({ viewer, queries, input: { waiting }, page }) {
      const department = readableDepartment(viewer, node, divisions);
      const after = page.after === null ? null : decodeCursor(page.after);
      const found = await listRequests(queries, { waiting, department, elsewhere: false }, page.first + 1, after);
      const listed = found.slice(0, page.first);
      return {
        nodes: listed.map((stored) => shown(node, stored)),
        cursors: listed.map(({ asked }) => encodeCursor(asked)),
        hasNextPage: found.length > page.first,
        hasPreviousPage: page.after !== null,
      };
    },
  };
}

/** A question that the viewer's department may read. @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT */
async function readable(
  { node, divisions }: RequestDeskParts,
  queries: NodeQueries,
  viewer: Viewer,
  { case: id, party }: { case: string; party: number },
): Promise<StoredOpinionRequest> {
  const found = await findRequest(queries, id, party);
  if (!found) throw unasked(node, id, party);
  requireRequestReader(viewer, node, found.asked.party.department, divisions);
  return found;
}

/**
 * A material that is shown with a question, for the department that is asked.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT
 */
export async function getShownMaterial(
  at: RequestDeskParts,
  queries: NodeQueries,
  viewer: Viewer,
  asked: { case: string; party: number; sha256: string },
): Promise<Material> {
  const { node } = at;
  const { materials, removedAt } = await readable(at, queries, viewer, asked);
  if (removedAt) {
    const why = `What was shown with this question was removed on ${dayOf(removedAt)}; the lead keeps it.`;
    throw problem('NOT_FOUND', why, { node, field: 'sha256', article: ARTICLES.storedNoLonger });
  }
  const material = materials.find((m) => m.sha256 === asked.sha256);
  if (!material) throw unshown(node);
  return material;
}

function unshown(node: DivisionCode) {
  return problem('NOT_FOUND', 'No such material is shown with this question.', { node, field: 'sha256' });
}

/** A question as its node shows it, or null if there is no question. */
export function requestOf(node: DivisionCode, stored: StoredOpinionRequest | null): OpinionRequestView | null {
  return stored && shown(node, stored);
}

export function unasked(node: DivisionCode, id: string, party: number) {
  return problem('NOT_FOUND', `${node} was not asked about ${id.slice(0, 60)} as party ${party}.`, {
    node,
    field: 'id',
  });
}

function shown(node: DivisionCode, stored: StoredOpinionRequest): OpinionRequestView {
  return {
    ...stored.asked,
    standing: requestStateOf(stored.asked),
    applicant: stored.applicant,
    // numbers stay at the desks that handle the case
    form: stored.form.map(({ field, value }) => ({ field, value: maskNumbersIn(value) })),
    materials: stored.materials,
    removedAt: stored.removedAt,
    words: stored.words.map(({ word, state, code, reason }) => ({ word, state, code, reason })),
    answeredBy: node,
  };
}

function encodeCursor({ party, case: caseId }: AskedOpinion): string {
  return cursorOf(JSON.stringify([party.dueAt, caseId, party.number]));
}

/** @throws {ProblemError} BAD_INPUT */
function decodeCursor(text: string): RequestCursor {
  const { data } = cursorSchema.safeParse(placesOf(text));
  if (!data) throw noCursor();
  return { dueAt: new Date(data[0]), caseId: data[1], party: data[2] };
}
