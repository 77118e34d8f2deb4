import type { accountsDomain } from '@liandong/schema/domains/accounts';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { HostDb, NodeHandlers } from '../db/index.ts';
import type { PostGate } from './post-gate.ts';

export interface AccountsParts {
  node: DivisionCode;
  divisions: Divisions;
  db: HostDb;
  /** Served by this host now. */
  nodes: () => readonly DivisionCode[];
  gate: PostGate;
  now: () => Date;
}

export type AccountHandlers = NodeHandlers<typeof accountsDomain>;
