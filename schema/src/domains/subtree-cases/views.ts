import type { DivisionCode } from '../../kernel/divisions.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import type { Page } from '../../operation/answers.ts';
import type { View } from '../../operation/operation.ts';
import { view } from '../../operation/operation.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { CasesAsked, CasesPart } from './parts.ts';

/** A case of a list over many nodes, and the node that had it in its work queue. */
export interface CaseWithin {
  id: string;
  custodian: DivisionCode;
}

/** Which nodes of a division a page covers, and up to when. */
export interface CasesCoverage {
  answered: { node: DivisionCode; asOf: Date }[];
  silent: { node: DivisionCode; code: ErrorCode }[];
}

/** A page of the cases of a division's nodes. */
export interface CasesWithinPage extends Page<CaseWithin> {
  coverage: CasesCoverage;
}

export const CasesWithin: View<CasesWithinPage> = { ...view<CasesWithinPage>('CasesWithin'), many: 'PAGE' };

/** What one node has of a list over many; the nodes of a host are read together if they are asked together. */
export interface CasesWithinLookup {
  /** @throws {ProblemError} UNAUTHENTICATED, FORBIDDEN, BAD_INPUT, DATABASE_UNAVAILABLE */
  part(viewer: Viewer | null, asked: CasesAsked): Promise<CasesPart>;
}
