import {
  amendProject,
  answererOf,
  dispatchProject,
  endProject,
  flagKeyProject,
  nextItems,
  reachPhase,
  registerProject,
  requireProjectReader,
} from '@liandong/schema/domains/projects';
import type {
  NextItem,
  ProjectCaseView,
  ProjectDraft,
  ProjectFile,
  ProjectView,
  projects,
} from '@liandong/schema/domains/projects';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { SuccessionOf } from '@liandong/schema/case';
import type { Page, PageRequest, Viewer } from '@liandong/schema/operation';
import { requireOpenNode } from '@liandong/schema/case';
import { dayOf, isDay, problem } from '@liandong/schema/kernel';
import { projectFactOf, totalDaysOf } from '@liandong/schema/domains/figures';
import { requireReaderOver } from '@liandong/schema/operation';
import type { PostsOf } from '../cases/index.ts';
import { readableCases } from '../cases/index.ts';
import { findBundles } from '../catalogue/index.ts';
import type { NodeHandlers, NodeQueries, SharedTx } from '../db/index.ts';
import { cursorOf, noCursor, placeOf } from '../db/index.ts';
import { readablePage } from '../failures/index.ts';
import type { Outbox } from '../handoff/index.ts';
import type { ApprovalParts } from './approval-views.ts';
import { approvalOf } from './approval-views.ts';
import type { ProjectKeeper } from './project-keeper.ts';
import type { ProjectCursor, StoredProject } from './project-store.ts';
import { findProject, findProjects, listProjects, listProjectsOf, lockProject } from './project-store.ts';

export interface ProjectsParts extends ApprovalParts {
  keeper: ProjectKeeper;
  outbox: Outbox;
  successionOf: SuccessionOf;
  /** The people a person stands in for. */
  posts: PostsOf;
}

type Post = Parameters<typeof registerProject>[0];
type ProjectHandlers = NodeHandlers<typeof projects>;
type Reading = 'project' | 'projects' | 'myProjects';
type Once = <T>(work: () => Promise<T>) => Promise<T>;

/** 项目 at one node: the projects it keeps, and those it knows from other nodes. */
export function projectHandlers(parts: ProjectsParts): ProjectHandlers {
  return { ...projectsRead(parts), ...projectsKept(parts) };
}

function projectsRead(parts: ProjectsParts): Pick<ProjectHandlers, Reading> {
  const { node, divisions, posts, failures, now } = parts;

  return {
    async project({ viewer, queries, input: { id } }) {
      const stored = await findProject(queries, id);
      if (!stored) throw notFound(node, id);
      requireProjectReader(viewer, stored.file, divisions);
      return viewOf(parts, stored);
    },

    async projects({ viewer, queries, input: { filter }, page }) {
      requireReaderOver(viewer, 'READ_PROJECT', node, divisions);
      return pageOf(queries, page, (after, most) => listProjects(queries, filter, after, most));
    },

    async myProjects({ viewer, queries, page }) {
      const { standIns } = await posts(queries, viewer, dayOf(now()));
      const agents = [viewer.sub, ...standIns.filter(({ role }) => role === 'AGENT').map(({ absent }) => absent.sub)];
      return pageOf(queries, page, (after, most) => listProjectsOf(queries, agents, after, most));
    },
  };

  function pageOf(
    queries: NodeQueries,
    page: PageRequest,
    list: (after: ProjectCursor | null, most: number) => Promise<ProjectCursor[]>,
  ): Promise<Page<ProjectView>> {
    return readablePage(
      page,
      async ({ first, after }) => {
        const rows = await list(after === null ? null : decodeCursor(after), first + 1);
        const shown = rows.slice(0, first);
        return { ids: shown.map(({ id }) => id), cursors: shown.map(encodeCursor), hasNextPage: rows.length > first };
      },
      async (ids) => {
        const found = await findProjects(queries, ids, failures);
        return new Map(found.map((stored) => [stored.file.id, viewOf(parts, stored)]));
      },
    );
  }
}

function projectsKept(parts: ProjectsParts): Omit<ProjectHandlers, Reading> {
  const { node, divisions, keeper, outbox, successionOf, posts, now } = parts;

  const postOf = async (tx: SharedTx, viewer: Viewer): Promise<Post> => {
    const at = now();
    return { node, viewer, now: at, divisions, ...(await posts(tx, viewer, dayOf(at))) };
  };

  async function lockReadable(tx: SharedTx, viewer: Viewer, id: string): Promise<StoredProject> {
    const stored = await lockProject(tx, id);
    if (!stored) throw notFound(node, id);
    requireProjectReader(viewer, stored.file, divisions);
    return stored;
  }

  const shown = async (tx: SharedTx, viewer: Viewer, id: string) => viewOf(parts, await lockReadable(tx, viewer, id));

  /** One step of a project kept here: the project is locked, the rule decides, the keeper writes. */
  async function change(
    { viewer, tx, input, once }: { viewer: Viewer; tx: SharedTx; input: { id: string }; once: Once },
    step: (post: Post, file: ProjectFile) => ProjectDraft[],
  ): Promise<ProjectView> {
    await once(async () => {
      const stored = await lockReadable(tx, viewer, input.id);
      if (stored.file.node !== node) {
        throw problem('NOT_COMPETENT', `${stored.file.node} keeps the project, not ${node}.`, { node, field: 'id' });
      }
      await keeper.append(tx, stored, step(await postOf(tx, viewer), stored.file));
      return true;
    });
    return shown(tx, viewer, input.id);
  }

  return {
    async registerProject({ viewer, tx, input, once }) {
      const id = await once(async () => {
        requireOpenNode(node, successionOf);
        const { name, amountFen, on } = input;
        const registration = { name, amountFen, on, place: input.place ?? node };
        const made = await keeper.open(tx, registerProject(await postOf(tx, viewer), registration));
        return made.file.id;
      });
      return shown(tx, viewer, id);
    },

    amendProject: (asked) => change(asked, (post, file) => amendProject(post, file, asked.input)),

    reachProjectPhase: (asked) =>
      change(asked, (post, file) => reachPhase(post, file, asked.input.phase, asked.input.on)),

    flagKeyProject: (asked) =>
      change(asked, (post, file) => flagKeyProject(post, file, asked.input.key, asked.input.ground)),

    dispatchProject: (asked) => change(asked, (post, file) => dispatchProject(post, file, asked.input)),

    endProject: (asked) => change(asked, (post, file) => endProject(post, file, asked.input.reason)),

    async answerProjectOrder({ viewer, tx, input: { id, order, answer }, once }) {
      await once(async () => {
        const { file } = await lockReadable(tx, viewer, id);
        const actor = answererOf(await postOf(tx, viewer), file, order, answer);
        const body = { project: id, order, answer, actor };
        if (file.node === node) await keeper.answered(tx, node, body);
        else await outbox.enqueue(tx, [{ receiver: file.node, kind: 'PROJECT_ANSWER', caseId: null, body }]);
        return true;
      });
      return shown(tx, viewer, id);
    },
  };
}

function viewOf(parts: ProjectsParts, { file }: StoredProject): ProjectView {
  const { node, calendar, now } = parts;
  const today = dayOf(now());
  return {
    file,
    total: totalDaysOf(projectFactOf(file), today, calendar()),
    today,
    cases: () => casesOf(parts, file),
    nextItems: () => nextItemsOf(parts, file),
    answeredBy: node,
    staleSince: file.node === node ? null : file.lastAt,
  };
}

async function casesOf(parts: ProjectsParts, { cases }: ProjectFile): Promise<ProjectCaseView[]> {
  const { node, db, failures } = parts;
  const found = await readableCases(
    db.queries(node),
    cases.map(({ id }) => id),
    failures,
  );
  const known = new Map(found.map(({ file }) => [file.id, file]));
  return cases.map((linked): ProjectCaseView => {
    const file = known.get(linked.id);
    return file ? approvalOf(parts, linked, file) : { ...linked, ...UNKNOWN };
  });
}

const UNKNOWN = { state: null, waits: null, result: null, custodian: null, clock: null, staleSince: null };

/** The items that can be applied for next, by the bundles of the catalogue and the cases this node knows. */
async function nextItemsOf(
  { node, db, failures, now }: ProjectsParts,
  { cases, ended }: ProjectFile,
): Promise<NextItem[]> {
  if (ended || cases.length === 0) return [];
  const queries = db.queries(node);
  const known = await readableCases(
    queries,
    cases.map(({ id }) => id),
    failures,
  );
  return nextItems(
    await findBundles(queries, dayOf(now())),
    known.map(({ file }) => file),
  );
}

const notFound = (node: DivisionCode, id: string) =>
  problem('NOT_FOUND', `${node} was told of no project ${id.slice(0, 60)}.`, { node, field: 'id' });

function encodeCursor({ beganOn: on, id }: ProjectCursor): string {
  return cursorOf(`${on} ${id}`);
}

/** @throws {ProblemError} BAD_INPUT */
function decodeCursor(cursor: string): ProjectCursor {
  const [on = '', id = ''] = placeOf(cursor).split(' ');
  if (isDay(on) && id !== '') return { beganOn: on, id };
  throw noCursor();
}
