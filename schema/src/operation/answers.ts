import type { ProblemError } from '../kernel/errors.ts';

/** One answer for each key, in order: the value, or the problem with that key alone. */
export type Answers<T> = Promise<(T | ProblemError)[]>;

export interface Page<T> {
  nodes: T[];
  /** Cursor of each node, opaque. */
  cursors: string[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}

export interface PageRequest {
  /** 1 to 200. */
  first: number;
  after: string | null;
}
