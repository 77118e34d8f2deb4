import type { CasesAsked, CasesPart } from '@liandong/schema/domains/subtree-cases';
import { placesOf } from '@liandong/schema/domains/subtree-cases';
import type { DivisionCode, OfficialCalendar } from '@liandong/schema/kernel';
import DataLoader from 'dataloader';
import { filterOf } from '../cases/index.ts';
import type { HostDb } from '../db/index.ts';
import type { CaseFilter } from '../work-queue/index.ts';
import { hostQueue } from '../work-queue/index.ts';

interface HostCasesParts {
  db: HostDb;
  calendar: () => OfficialCalendar;
  now: () => Date;
}

/** Reads the work queues of a host's nodes together if they are asked together: all nodes that get the same question. */
export class HostCases {
  readonly #parts: HostCasesParts;
  readonly #loaders = new WeakMap<CasesAsked, DataLoader<DivisionCode, CasesPart>>();

  constructor(parts: HostCasesParts) {
    this.#parts = parts;
  }

  of(node: DivisionCode, asked: CasesAsked): Promise<CasesPart> {
    let loader = this.#loaders.get(asked);
    if (!loader) {
      loader = new DataLoader((nodes) => this.#read(nodes, asked), { cache: false });
      this.#loaders.set(asked, loader);
    }
    return loader.load(node);
  }

  #read(nodes: readonly DivisionCode[], asked: CasesAsked): Promise<CasesPart[]> {
    const { db, calendar, now } = this.#parts;
    const queued = nodes.map((node) => ({ node, from: placesOf(asked.from, node) }));
    return hostQueue(db, queued, queueFilter(asked), asked.first, { now: now(), calendar: calendar() });
  }
}

function queueFilter({ filter }: CasesAsked): CaseFilter {
  const { handler, handledBy } = filter ?? {};
  const person = handledBy ? { person: handledBy, insteadOf: [] } : null;
  return { ...filterOf({ filter, orderBy: 'REMAINING_DAYS' }), handledBy: handler === 'NOBODY' ? 'NOBODY' : person };
}
