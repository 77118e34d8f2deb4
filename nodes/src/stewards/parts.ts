import type { EnterpriseView, stewards } from '@liandong/schema/domains/stewards';
import { mayFollow, standsAsAgent, stewardsFor } from '@liandong/schema/domains/stewards';
import type { SuccessionOf } from '@liandong/schema/case';
import { dayOf, maskNumber, problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { PostsOf } from '../cases/index.ts';
import type { NodeHandlers, NodeQueries } from '../db/index.ts';
import type { ApprovalParts } from '../projects/index.ts';
import type { Trust } from '../trust/index.ts';
import { approvalsOf } from './enterprise-cases.ts';
import type { StoredEnterprise } from './steward-store.ts';

export interface StewardParts extends ApprovalParts {
  trust: Pick<Trust, 'sign' | 'verify'>;
  successionOf: SuccessionOf;
  /** The people a person stands in for. */
  posts: PostsOf;
}

export type StewardHandlers = NodeHandlers<typeof stewards>;

/** Subjects of those whose enterprises a person follows today. */
export async function followedBy(
  { posts, now }: StewardParts,
  queries: NodeQueries,
  viewer: Viewer,
): Promise<string[]> {
  const { standIns } = await posts(queries, viewer, dayOf(now()));
  return stewardsFor(viewer, standIns);
}

/** The steward, if their post still holds. */
export function stewardOf({ standing, stewardIssuer: issuer, stewardSub: sub }: StoredEnterprise) {
  return standsAsAgent(standing) ? { issuer, sub } : null;
}

/** @param follows from {@link followedBy} */
export function viewOf(
  parts: StewardParts,
  viewer: Viewer,
  follows: readonly string[],
  stored: StoredEnterprise,
): EnterpriseView {
  const { node, divisions } = parts;
  const { id, name, code, contactName, contactPhone, namedBy, namedAt, endedAt, endedReason } = stored;
  const steward = stewardOf(stored);
  const isOpen = endedAt === null && mayFollow(viewer, { steward }, node, divisions, follows);
  let found: ReturnType<EnterpriseView['approvals']> | null = null;
  return {
    id,
    division: node,
    name,
    code: maskNumber(code),
    contact: { name: contactName, phone: maskNumber(contactPhone) },
    steward: steward && { sub: steward.sub, name: stored.stewardName, since: stored.stewardSince },
    namedBy,
    namedAt,
    ended: endedAt && { at: endedAt, reason: endedReason ?? '' },
    // two fields of one answer
    approvals: () => (found ??= isOpen ? approvalsOf(parts, code) : Promise.resolve(null)),
  };
}

export const unknownEnterprise = ({ node }: Pick<NodeQueries, 'node'>) =>
  problem('NOT_FOUND', `${node} has no such enterprise on its list.`, { node, field: 'id' });
