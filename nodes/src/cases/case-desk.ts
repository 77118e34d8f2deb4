import type { CaseFile, Desk } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { HandlingLookup, HandlingView } from '@liandong/schema/domains/handling';
import type { Viewer } from '@liandong/schema/operation';
import type { HostDb, NodeQueries, SharedTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { CaseReadings } from './case-readings.ts';
import type { StoredCase } from './case-store.ts';
import type { CaseWriter } from './case-writer.ts';
import { deemAccepted, deemRenewed } from './deemed.ts';
import type { DeskElementsParts } from './desk-elements.ts';
import { DeskElements } from './desk-elements.ts';
import type { StandingsOf } from './posts.ts';
import type { Projection } from './run-step.ts';
import { StepRunner } from './run-step.ts';

export interface CaseDeskParts extends DeskElementsParts {
  db: HostDb;
  writer: CaseWriter;
  outbox: Outbox;
  failures: Failures;
  standings: StandingsOf;
  projections: readonly Projection[];
}

/** The desk of one node: the steps that people take on cases there. */
export class CaseDesk {
  readonly #parts: CaseDeskParts;
  readonly #elements: DeskElements;
  /** The reads of cases for people. */
  readonly readings: CaseReadings;
  /** Takes every step of a case here, whichever domain declares it. */
  readonly runner: StepRunner;
  readonly handling: HandlingLookup;

  constructor(parts: CaseDeskParts) {
    this.#parts = parts;
    this.#elements = new DeskElements(parts);
    this.readings = new CaseReadings(parts);
    this.runner = new StepRunner({ ...parts, elements: this.#elements });
    this.handling = { getMany: (viewer, keys) => this.readings.handlings(viewer, keys) };
  }

  /**
   * The elements that judge an application for an item, within another transaction: for one form of several items.
   * @param at when the desk received it
   */
  deskFor(tx: SharedTx, viewer: Viewer, item: string, place: DivisionCode, at = this.#parts.now()): Promise<Desk> {
    return this.#elements.forApplication(tx, viewer, item, place, at);
  }

  /** The elements that judge a case here, within another transaction or for a read. */
  deskAt(queries: NodeQueries, viewer: Viewer, file: CaseFile): Promise<Desk> {
    return this.#elements.forCase(queries, viewer, file);
  }

  /** A case as its desk sees it after a step. */
  view(queries: NodeQueries, stored: StoredCase): Promise<HandlingView> {
    return this.readings.view(queries, stored);
  }

  /** {@link deemAccepted} */
  deemAccepted(): Promise<number> {
    return deemAccepted({ ...this.#parts, elements: this.#elements });
  }

  /** {@link deemRenewed} */
  deemRenewed(): Promise<number> {
    return deemRenewed(this.#parts);
  }
}
