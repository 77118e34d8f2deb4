import type { CasesWithinLookup, subtreeCases } from '@liandong/schema/domains/subtree-cases';
import { pageAsked, pageOfParts } from '@liandong/schema/domains/subtree-cases';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { requireOwnCase, requireReaderOver, signedIn } from '@liandong/schema/operation';
import type { NodeHandlers } from '../db/index.ts';
import type { HostCases } from './host-cases.ts';

export interface SubtreeCasesParts {
  node: DivisionCode;
  divisions: Divisions;
  hostCases: HostCases;
}

/** What one node has of a list over many, for supervisors of it or above it. */
export function casesWithinLookup(parts: SubtreeCasesParts): CasesWithinLookup {
  return {
    async part(viewer, asked) {
      requireLister(parts, signedIn(viewer));
      return parts.hostCases.of(parts.node, asked);
    },
  };
}

/** 辖区办件 at one node: a node that is asked alone answers for itself. The gateway asks the nodes of a division. */
export function subtreeCasesHandlers(parts: SubtreeCasesParts): NodeHandlers<typeof subtreeCases> {
  const { node, hostCases } = parts;
  return {
    async casesWithin({ viewer, input: { division, filter }, page }) {
      requireLister(parts, viewer);
      const asked = pageAsked({ division, filter: filter ?? null }, page);
      return pageOfParts(asked, [{ node, ...(await hostCases.of(node, asked)) }], []);
    },
  };
}

/** @throws {ProblemError} FORBIDDEN */
function requireLister({ node, divisions }: SubtreeCasesParts, viewer: Viewer): void {
  requireReaderOver(viewer, 'READ_CASES_WITHIN', node, divisions);
  requireOwnCase(viewer, null);
}
