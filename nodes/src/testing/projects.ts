import type { ProblemError } from '@liandong/schema/kernel';
import type { ProjectView } from '@liandong/schema/domains/projects';
import type { Viewer } from '@liandong/schema/operation';
import { projects as operations } from '@liandong/schema/domains/projects';
import { dayOf } from '@liandong/schema/kernel';
import { agent } from './cases.ts';
import type { TestFederation } from './test-federation.ts';
import { COUNTY, TOWNSHIP, VILLAGE, eventually, personAt } from './test-federation.ts';

export const keeper = personAt(COUNTY, 'CLERK');
export const director = personAt(COUNTY, 'CHIEF');
export const head = personAt(COUNTY, 'HEAD');
export const once = { idempotencyKey: null };
/** 5 billion yuan, in fen: far above the largest Int. */
export const AMOUNT = 500_000_000_000;

export const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.code,
  );

/** The steps of the county's people on a project, and other nodes' views of it. */
export function projectsOf(federation: () => TestFederation) {
  const projects = (node: string) => federation().desk(node, operations);
  const today = () => dayOf(federation().now());
  const at = (node: string) => personAt(node, node === VILLAGE ? 'AGENT' : 'CLERK');

  async function registered(on = today(), amountFen = AMOUNT): Promise<string> {
    const input = { name: '三门县滨海新城产业园', amountFen, place: VILLAGE, on, ...once };
    return (await projects(COUNTY).registerProject(keeper, input)).file.id;
  }
  async function key(id: string): Promise<void> {
    await projects(COUNTY).flagKeyProject(head, { id, key: true, ground: '列入2026年县重点项目名单', ...once });
  }
  const orders = (dueOn = today()) => [
    { node: TOWNSHIP, department: null, text: '落实用地预审材料', dueOn },
    { node: COUNTY, department: '发展改革', text: '完成立项赋码', dueOn },
  ];
  const dispatch = (id: string, viewer: Viewer = director) =>
    projects(COUNTY).dispatchProject(viewer, {
      id,
      lead: { node: COUNTY, department: '发展改革' },
      agent: { node: VILLAGE, sub: agent.sub, name: agent.name },
      orders: orders(),
      ...once,
    });

  /** The project as a node knows it; null if it got no notice. */
  async function told(node: string, id: string): Promise<ProjectView | null> {
    return projects(node)
      .project(at(node), { id: id })
      .catch((error: ProblemError) => {
        if (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN') return null;
        throw error;
      });
  }
  const knows = (node: string, id: string, holds: (view: ProjectView) => boolean = () => true) =>
    eventually(async () => {
      const view = await told(node, id);
      return view !== null && holds(view);
    });

  return { projects, today, at, registered, key, orders, dispatch, told, knows };
}
