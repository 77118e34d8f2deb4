import type { roster } from '@liandong/schema/domains/roster';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { CaseWriter } from '../cases/index.ts';
import type { HostDb, NodeHandlers } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Outbox } from '../handoff/index.ts';

/** The parts that the registers of a node's posts need. */
export interface RosterParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  writer: CaseWriter;
  outbox: Outbox;
  failures: Failures;
  now: () => Date;
}

export type RosterHandlers = NodeHandlers<typeof roster>;

/** Does a mutation's work once for each idempotency key. */
export type Once = <T>(work: () => Promise<T>) => Promise<T>;
