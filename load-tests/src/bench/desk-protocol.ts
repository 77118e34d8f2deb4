import type { WrittenRows } from './statements.ts';

/** A mutation of a case's life as the gateway sends it to the node. */
export interface MutationStep {
  name: string;
  role: 'filing' | 'handling';
  who: 'AGENT' | 'CLERK' | 'CHIEF';
  query: string;
  input: Record<string, unknown>;
}

/** Times of each mutation, ms, and how long all of them took together, s. */
export interface Walked {
  times: Record<string, number[]>;
  seconds: number;
}

/** The commands to a desk. */
export type DeskCommand =
  /** Files cases without materials, so many at once. */
  | { do: 'file'; node: string; item: string; count: number; concurrency: number }
  /** Forwards cases, so many at once: one business transaction each. */
  | { do: 'forward'; node: string; ids: readonly string[]; concurrency: number }
  /** Forwards cases one after the other, each after the receipt of the one before it and a pause. */
  | { do: 'forwardQuietly'; node: string; ids: readonly string[]; pauseMs: number }
  /** Runs cases through their mutations, as the gateway would send them. */
  | Walk
  /** Runs one case through its mutations and reports what they sent to the database. */
  | { do: 'listen'; node: string; steps: readonly MutationStep[]; tokens: Tokens }
  /** CPU time of the process so far. */
  | { do: 'cpu' };

export type Tokens = Record<MutationStep['who'], string>;

export interface Walk {
  do: 'walk';
  node: string;
  steps: readonly MutationStep[];
  tokens: Tokens;
  cases: number;
  concurrency: number;
}

export interface DeskAnswer {
  file: { ids: string[] };
  /** Each mutation's time, ms; when the first began and the last ended, ms since the epoch. */
  forward: { times: number[]; from: number; until: number };
  /** From the call to the receipt that settled the message, ms. */
  forwardQuietly: { times: number[] };
  walk: Walked;
  /** By mutation: its statements by name, and the rows they wrote. */
  listen: { sent: Record<string, string[]>; written: Record<string, WrittenRows[]> };
  cpu: { ms: number };
}
