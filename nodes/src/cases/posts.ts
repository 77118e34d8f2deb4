import type { Day } from '@liandong/schema/kernel';
import type { Desk } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import type { NodeQueries } from '../db/index.ts';

/** How a person stands at a desk on a day: whose posts they stand in for, and their place in the roster of agents. */
export type PostsOf = (
  queries: NodeQueries,
  viewer: Viewer,
  day: Day,
) => Promise<Required<Pick<Desk, 'standIns' | 'roster'>>>;
