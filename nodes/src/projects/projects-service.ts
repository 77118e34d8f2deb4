import {
  amendProject,
  answererOf,
  dispatchProject,
  endProject,
  flagKeyProject,
  reachPhase as reachPhaseStep,
  registerProject,
  requireProjectReader,
} from '@liandong/schema/domains/projects';
import type {
  AnswerProjectOrderInput,
  ProjectCaseView,
  ProjectDraft,
  ProjectFile,
  ProjectsService,
  ProjectView,
} from '@liandong/schema/domains/projects';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { SuccessionOf } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { clockOf, custodyAt, requireOpenNode } from '@liandong/schema/case';
import { dayOf, isDay, problem } from '@liandong/schema/kernel';
import { projectFactOf, totalDaysOf } from '@liandong/schema/domains/figures';
import { requireReaderOver, signedIn } from '@liandong/schema/operation';
import type { PostsOf } from '../cases/index.ts';
import { readableCases } from '../cases/index.ts';
import type { HostDb, NodeTx } from '../db/index.ts';
import { cursorOf, noCursor, placeOf } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { readablePage } from '../failures/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { once } from '../idempotency/index.ts';
import type { ProjectKeeper } from './project-keeper.ts';
import type { ProjectCursor, StoredProject } from './project-store.ts';
import { findProject, findProjects, listProjects, lockProject } from './project-store.ts';

export interface ProjectsParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  keeper: ProjectKeeper;
  outbox: Outbox;
  successionOf: SuccessionOf;
  /** Whose posts a person stands in for. */
  posts: PostsOf;
  failures: Failures;
  now: () => Date;
}

type Post = Parameters<typeof registerProject>[0];

/** 项目 at one node: those it keeps, and those it was told of. */
export function projectsService(parts: ProjectsParts): ProjectsService {
  const { node, db, divisions, calendar, keeper, outbox, successionOf, posts, failures, now } = parts;
  const postOf = async (tx: NodeTx, viewer: Viewer): Promise<Post> => {
    const at = now();
    return { node, viewer, now: at, divisions, ...(await posts(tx, viewer, dayOf(at))) };
  };

  /** One step of a project kept here in one transaction: the project is locked, the rule decides, the keeper writes. */
  async function change(
    viewer: Viewer | null,
    mutation: string,
    input: { id: string; idempotencyKey: string | null },
    step: (post: Post, file: ProjectFile) => ProjectDraft[],
  ): Promise<ProjectView> {
    const person = signedIn(viewer);
    return db.transact(node, async (tx) => {
      await once(tx, person, input.idempotencyKey, { mutation, input }, async () => {
        const stored = await lockReadable(tx, person, input.id);
        if (stored.file.node !== node) {
          throw problem('NOT_COMPETENT', `${stored.file.node} keeps the project, not ${node}.`, { node, field: 'id' });
        }
        await keeper.append(tx, stored, step(await postOf(tx, person), stored.file));
        return true;
      });
      return viewOf(await lockReadable(tx, person, input.id));
    });
  }

  async function lockReadable(tx: NodeTx, viewer: Viewer, id: string): Promise<StoredProject> {
    const stored = await lockProject(tx, id);
    if (!stored) throw notFound(id);
    requireProjectReader(viewer, stored.file, divisions);
    return stored;
  }

  function viewOf({ file }: StoredProject): ProjectView {
    const today = dayOf(now());
    return {
      file,
      total: totalDaysOf(projectFactOf(file), today, calendar()),
      today,
      cases: () => casesOf(file),
      answeredBy: node,
      staleSince: file.node === node ? null : file.lastAt,
    };
  }

  async function casesOf({ cases }: ProjectFile): Promise<ProjectCaseView[]> {
    const found = await readableCases(
      db.queries(node),
      cases.map(({ id }) => id),
      failures,
    );
    const known = new Map(found.map(({ file }) => [file.id, file]));
    return cases.map((linked): ProjectCaseView => {
      const file = known.get(linked.id);
      if (!file) return { ...linked, state: null, custodian: null, clock: null, staleSince: null };
      return {
        ...linked,
        state: file.state,
        custodian: file.custodian,
        clock: clockOf(file, calendar(), divisions, now()),
        staleSince: custodyAt(file, node) === 'ELSEWHERE' ? file.lastAt : null,
      };
    });
  }

  const notFound = (id: string) =>
    problem('NOT_FOUND', `${node} was told of no project ${id.slice(0, 60)}.`, { node, field: 'id' });

  return {
    async get(viewer, id) {
      const person = signedIn(viewer);
      const stored = await findProject(db.queries(node), id);
      if (!stored) throw notFound(id);
      requireProjectReader(person, stored.file, divisions);
      return viewOf(stored);
    },

    async list(viewer, filter, page) {
      requireReaderOver(signedIn(viewer), 'READ_PROJECT', node, divisions);
      const queries = db.queries(node);
      return readablePage(
        page,
        async ({ first, after }) => {
          const rows = await listProjects(queries, filter, after === null ? null : decodeCursor(after), first + 1);
          const shown = rows.slice(0, first);
          return { ids: shown.map(({ id }) => id), cursors: shown.map(encodeCursor), hasNextPage: rows.length > first };
        },
        async (ids) => {
          const found = await findProjects(queries, ids, failures);
          return new Map(found.map((stored) => [stored.file.id, viewOf(stored)]));
        },
      );
    },

    async register(viewer, input) {
      const person = signedIn(viewer);
      return db.transact(node, async (tx) => {
        const request = { mutation: 'registerProject', input };
        const id = await once(tx, person, input.idempotencyKey, request, async () => {
          requireOpenNode(node, successionOf);
          const { name, amountFen, on } = input;
          const registration = { name, amountFen, on, place: input.place ?? node };
          const post = await postOf(tx, person);
          const made = await keeper.open(tx, registerProject(post, registration));
          return made.file.id;
        });
        return viewOf(await lockReadable(tx, person, id));
      });
    },

    amend: (viewer, input) => change(viewer, 'amendProject', input, (post, file) => amendProject(post, file, input)),

    reachPhase: (viewer, input) =>
      change(viewer, 'reachProjectPhase', input, (post, file) => reachPhaseStep(post, file, input.phase, input.on)),

    flagKey: (viewer, input) =>
      change(viewer, 'flagKeyProject', input, (post, file) => flagKeyProject(post, file, input.key, input.ground)),

    dispatch: (viewer, input) =>
      change(viewer, 'dispatchProject', input, (post, file) => dispatchProject(post, file, input)),

    end: (viewer, input) => change(viewer, 'endProject', input, (post, file) => endProject(post, file, input.reason)),

    async answerOrder(viewer, input: AnswerProjectOrderInput) {
      const person = signedIn(viewer);
      const { id, order, answer } = input;
      return db.transact(node, async (tx) => {
        await once(tx, person, input.idempotencyKey, { mutation: 'answerProjectOrder', input }, async () => {
          const { file } = await lockReadable(tx, person, id);
          const actor = answererOf(await postOf(tx, person), file, order, answer);
          const body = { project: id, order, answer, actor };
          if (file.node === node) await keeper.answered(tx, node, body);
          else await outbox.enqueue(tx, [{ receiver: file.node, kind: 'PROJECT_ANSWER', caseId: null, body }]);
          return true;
        });
        return viewOf(await lockReadable(tx, person, id));
      });
    },
  };
}

function encodeCursor({ beganOn: on, id }: ProjectCursor): string {
  return cursorOf(`${on} ${id}`);
}

/** @throws {ProblemError} BAD_INPUT */
function decodeCursor(cursor: string): ProjectCursor {
  const [on = '', id = ''] = placeOf(cursor).split(' ');
  if (isDay(on) && id !== '') return { beganOn: on, id };
  throw noCursor();
}
