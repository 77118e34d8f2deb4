import type { Day } from '@liandong/schema/kernel';
import type { Desk } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import type { HandlerStanding } from '@liandong/schema/domains/caseload';
import type { NodeQueries } from '../db/index.ts';

/** A person's position at a desk on a day: the people they stand in for, and their place in the roster of agents. */
export type PostsOf = (
  queries: NodeQueries,
  person: Pick<Viewer, 'sub'>,
  day: Day,
) => Promise<Required<Pick<Desk, 'standIns' | 'roster'>>>;

/** The presence of a desk's people on a day, by their subjects; people it leaves out are present. */
export type StandingsOf = (
  queries: NodeQueries,
  subs: readonly string[],
  day: Day,
) => Promise<ReadonlyMap<string, HandlerStanding>>;
