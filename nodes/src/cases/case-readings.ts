import type { Answers, Page, PageRequest, Viewer } from '@liandong/schema/operation';
import type { CaseFile } from '@liandong/schema/case';
import type { HandlingKey, HandlingView } from '@liandong/schema/domains/handling';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import { standsInFor } from '@liandong/schema/domains/caseload';
import { requireFileReader } from '@liandong/schema/case';
import { signedIn } from '@liandong/schema/operation';
import type { HostDb, NodeQueries } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { readablePage } from '../failures/index.ts';
import { readDocument, writeNotice } from './case-documents.ts';
import type { CaseFilter, HandledBy } from '../work-queue/index.ts';
import type { PostsOf, StandingsOf } from './posts.ts';
import { queuePage } from '../work-queue/index.ts';
import type { StoredCase } from './case-store.ts';
import { findCases, readableCases } from './case-store.ts';
import { readableCase, unknownCase } from './readable-case.ts';
import { handlingView } from './case-views.ts';

export interface CaseReadingsParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  failures: Failures;
  now: () => Date;
  /** The people a person stands in for: their cases are shown as the person's own. */
  posts: PostsOf;
  /** The presence of handlers today. */
  standings: StandingsOf;
}

/** Cases of a long list that are read at once. */
const LISTED_AT_ONCE = 200;

/** A case of a list, as it is stored and as it is shown. */
export interface ListedCase {
  stored: StoredCase;
  view: HandlingView;
}

/** The reads of the cases a node keeps: who may read them, and which parts they see. */
export class CaseReadings {
  readonly #parts: CaseReadingsParts;

  constructor(parts: CaseReadingsParts) {
    this.#parts = parts;
  }

  async handlings(viewer: Viewer | null, keys: readonly HandlingKey[]): Answers<HandlingView> {
    const { node } = this.#parts;
    const copies = new Map(keys.map((key) => [key.id, key.copy]));
    return this.each(
      viewer,
      keys.map((key) => key.id),
      async (cases) => {
        const show = await this.#show(this.#parts.db.queries(node), cases);
        return (stored) => {
          const { custodian } = stored.file;
          if (custodian === node || copies.get(stored.id)) return show(stored);
          return problem('NOT_CUSTODIAN', `${node} does not hold the case; ${custodian} does.`, { node, custodian });
        };
      },
    );
  }

  /** @throws {ProblemError} FORBIDDEN to a viewer who neither works at the desk nor supervises it */
  async list(viewer: Viewer, filter: CaseFilter, page: PageRequest): Promise<Page<HandlingView>> {
    const { node, db, calendar, failures, now } = this.#parts;
    this.requireLister(viewer);
    const queries = db.queries(node);
    const clock = { now: now(), calendar: calendar() };
    return readablePage(
      page,
      (from) => queuePage(queries, filter, from, clock),
      async (ids) => {
        const cases = await readableCases(queries, ids, failures);
        const subjectOf = ({ id }: StoredCase) => ({ node, case: id });
        const show = await this.#show(queries, cases);
        const views = failures.map('showing a case', cases, subjectOf, show);
        return new Map(views.map((view) => [view.id, view]));
      },
    );
  }

  /**
   * The first cases of a list, with how each is shown; a case that can't be read is left out, and recorded.
   * @throws {ProblemError} as {@link list}
   */
  async listed(viewer: Viewer, filter: CaseFilter, most: number): Promise<{ cases: ListedCase[]; more: boolean }> {
    const { node, db, calendar, failures, now } = this.#parts;
    this.requireLister(viewer);
    const queries = db.queries(node);
    const clock = { now: now(), calendar: calendar() };
    const cases: ListedCase[] = [];
    for (let after: string | null = null; ;) {
      const first = Math.min(LISTED_AT_ONCE, most - cases.length);
      const page = await queuePage(queries, filter, { first, after }, clock);
      const stored = await readableCases(queries, page.ids, failures);
      const show = await this.#show(queries, stored);
      const subjectOf = ({ id }: StoredCase) => ({ node, case: id });
      cases.push(...failures.map('showing a case', stored, subjectOf, (one) => ({ stored: one, view: show(one) })));
      after = page.cursors.at(-1) ?? null;
      if (!page.hasNextPage || cases.length >= most) return { cases, more: page.hasNextPage };
    }
  }

  /** @throws {ProblemError} FORBIDDEN to a viewer who neither works at the desk nor supervises it */
  requireLister(viewer: Viewer): void {
    const { node, divisions } = this.#parts;
    if (viewer.division === node) return;
    if (viewer.roles.includes('SUPERVISOR') && divisions.isWithin(node, viewer.division)) return;
    throw problem('FORBIDDEN', `The list of ${node} is not open to ${viewer.division}.`, { node });
  }

  /** Those of some cases that the viewer may read, in their order; a case that can't be read is left out, and recorded. */
  async shown(viewer: Viewer, ids: readonly string[]): Promise<ListedCase[]> {
    const { node, db, divisions, failures } = this.#parts;
    const queries = db.queries(node);
    const cases = (await readableCases(queries, ids, failures)).filter(({ file }) => mayRead(viewer, file, divisions));
    const show = await this.#show(queries, cases);
    const subjectOf = ({ id }: StoredCase) => ({ node, case: id });
    return failures.map('showing a case', cases, subjectOf, (stored) => ({ stored, view: show(stored) }));
  }

  async document(viewer: Viewer, id: string): Promise<string> {
    const { db, node } = this.#parts;
    const { file } = await this.readable(viewer, id);
    return readDocument(db.queries(node), node, file);
  }

  async notice(viewer: Viewer, id: string, seq: number): Promise<string> {
    const { db, node, divisions } = this.#parts;
    return writeNotice(db.queries(node), { node, divisions }, await this.readable(viewer, id), seq);
  }

  /** A case as its desk sees it. */
  async view(queries: NodeQueries, stored: StoredCase): Promise<HandlingView> {
    return (await this.#show(queries, [stored]))(stored);
  }

  /** A viewer's own cases: those they handle, and those of the people they stand in for. */
  async ownOf(queries: NodeQueries, viewer: Viewer): Promise<HandledBy> {
    const at = this.#parts.now();
    const { standIns } = await this.#parts.posts(queries, viewer, dayOf(at));
    return { person: viewer, insteadOf: standsInFor(standIns, at) };
  }

  /** Returns how to show these cases, with the presence of their handlers today. */
  async #show(queries: NodeQueries, cases: readonly StoredCase[]): Promise<(stored: StoredCase) => HandlingView> {
    const { node, calendar, divisions, now, standings } = this.#parts;
    const at = now();
    const subs = cases.flatMap(({ handler }) => handler?.sub ?? []);
    const known = await standings(queries, subs, dayOf(at));
    return (stored) => handlingView(stored, node, calendar(), divisions, at, known);
  }

  /** One case, for a viewer who may read it. @throws {ProblemError} NOT_FOUND, FORBIDDEN */
  async readable(viewer: Viewer, id: string): Promise<StoredCase> {
    const { db, node } = this.#parts;
    return readableCase(this.#parts, db.queries(node), viewer, id);
  }

  /** Shows cases by their ids, in order; each has its own result (NOT_FOUND, FORBIDDEN, UNAUTHENTICATED). */
  async each<T>(
    viewer: Viewer | null,
    ids: readonly string[],
    viewing: (cases: readonly StoredCase[]) => Promise<(stored: StoredCase, viewer: Viewer) => T | ProblemError>,
  ): Answers<T> {
    const { node, db, divisions } = this.#parts;
    const { cases, broken } = await findCases(db.queries(node), ids);
    const view = await viewing(cases);
    const found = new Map(cases.map((stored) => [stored.id, stored]));
    const faults = new Map(broken.map(({ id, error }) => [id, error]));
    return ids.map((id) => {
      try {
        const person = signedIn(viewer);
        const stored = found.get(id);
        if (!stored) throw faults.get(id) ?? unknownCase(this.#parts.node, id);
        requireFileReader(person, stored.file, divisions);
        return view(stored, person);
      } catch (error) {
        if (error instanceof ProblemError) return error;
        throw error;
      }
    });
  }
}

function mayRead(viewer: Viewer, file: CaseFile, divisions: Divisions): boolean {
  try {
    requireFileReader(viewer, file, divisions);
    return true;
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
}
