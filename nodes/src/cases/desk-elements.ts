import type { CaseFile, Desk, SuccessionOf } from '@liandong/schema/case';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { Grant } from '@liandong/schema/domains/delegation';
import type { Offices } from '@liandong/schema/domains/offices';
import type { ProjectStanding } from '@liandong/schema/domains/projects';
import type { Viewer } from '@liandong/schema/operation';
import { actingFor } from '@liandong/schema/case';
import { dayOf } from '@liandong/schema/kernel';
import { grantsInEffect } from '@liandong/schema/domains/delegation';
import { findItem } from '../catalogue/index.ts';
import type { NodeQueries } from '../db/index.ts';
import { pipelined } from '../db/index.ts';
import { findGrantsOver } from '../delegation/index.ts';
import { caseElements, implementationAt, unknownItem } from './case-elements.ts';
import type { PostsOf } from './posts.ts';

/** The elements that judge a desk's steps, as its node has them today. */
export interface DeskElementsParts {
  node: DivisionCode;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  now: () => Date;
  /** Names of the case's materials that data sharing gave: the applicant need not hand them in. */
  supplied: (queries: NodeQueries, caseId: string) => Promise<string[]>;
  /** The node's windows and departments. */
  offices: (queries: NodeQueries) => Promise<Offices>;
  /** A project as this node knows it; null if it does not know the id. */
  project: (queries: NodeQueries, id: string) => Promise<ProjectStanding | null>;
  /** The successors of closed nodes. */
  successionOf: SuccessionOf;
  /** The people a person stands in for, and the person's place in the roster of agents. */
  posts: PostsOf;
}

/** Collects what the rules need: item, implementation, grants, registers, and the person's posts here. */
export class DeskElements {
  readonly #parts: DeskElementsParts;

  constructor(parts: DeskElementsParts) {
    this.#parts = parts;
  }

  /** For an application, as of the time the desk received it. @throws {ProblemError} ITEM_UNKNOWN */
  async forApplication(
    queries: NodeQueries,
    viewer: Viewer,
    itemCode: string,
    place: DivisionCode,
    at: Date,
  ): Promise<Desk> {
    const { node, divisions, calendar } = this.#parts;
    const item = await findItem(queries, itemCode, { today: dayOf(at) });
    if (!item) throw unknownItem(node, itemCode);
    // the organ that holds the power says how the item is carried out, even if a lower organ decides
    const power = actingFor(divisions.atTier(place, item.decidingTier)?.code ?? place, this.#parts.successionOf);
    const [implementation, grants, offices, standing] = await pipelined(
      implementationAt(queries, this.#parts, item, power),
      this.#grantsOver(queries, itemCode, at),
      this.#parts.offices(queries),
      this.#parts.posts(queries, viewer, dayOf(at)),
    );
    return {
      node,
      viewer,
      now: at,
      divisions,
      calendar: calendar(),
      item,
      implementation,
      grants,
      offices,
      successionOf: this.#parts.successionOf,
      project: null,
      ...standing,
    };
  }

  /** For a step of a case, by a person. @throws {ProblemError} ITEM_UNKNOWN */
  async forCase(queries: NodeQueries, viewer: Viewer, file: CaseFile): Promise<Desk> {
    const { node, divisions, calendar, posts, now } = this.#parts;
    const at = now();
    const [elements, standing] = await pipelined(this.ofCase(queries, file), posts(queries, viewer, dayOf(at)));
    return { node, viewer, now: at, divisions, calendar: calendar(), ...elements, ...standing };
  }

  /** The elements that govern a case, with what data sharing and other members of its bundle gave for it. */
  async ofCase(queries: NodeQueries, file: CaseFile) {
    const [{ item, implementation }, supplied, grants, offices, project] = await pipelined(
      caseElements(queries, this.#parts, file, this.#parts.now()),
      this.#parts.supplied(queries, file.id),
      this.#grantsOver(queries, file.item, this.#parts.now()),
      this.#parts.offices(queries),
      file.project === null ? Promise.resolve(null) : this.#parts.project(queries, file.project),
    );
    const { successionOf } = this.#parts;
    const given = [...supplied, ...(file.bundle?.given ?? []).map(({ material }) => material)];
    const materials = implementation.materials.map((m) => (given.includes(m.name) ? { ...m, required: false } : m));
    return {
      item,
      implementation: { ...implementation, materials },
      grants,
      offices,
      successionOf,
      project,
    };
  }

  /** The grants that give power over an item on the day of an instant, as this node knows them. */
  async #grantsOver(queries: NodeQueries, item: string, at: Date): Promise<Grant[]> {
    return grantsInEffect(await findGrantsOver(queries, item), dayOf(at));
  }
}
