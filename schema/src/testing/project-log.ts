import { NO_ROSTER } from '../domains/roster/rules.ts';
import type { ProjectLine } from '../domains/projects/log.ts';
import { at, COUNTY, divisions, sha256, TOWNSHIP, VILLAGE } from './fixtures.ts';
import { person } from './people.ts';
import type { ProjectPhase } from '../domains/projects/words.ts';
import type { Role } from '../kernel/words.ts';
import type { Dispatch, ProjectDraft } from '../domains/projects/steps.ts';
import { dispatchProject, reachPhase, registerProject } from '../domains/projects/steps.ts';
import type { ProjectFile } from '../domains/projects/rules.ts';
import { foldProject } from '../domains/projects/rules.ts';

export const ID = `${COUNTY}-0198c0de-0000-7000-8000-000000000001`;
export const TODAY = '2026-03-16';
export const LEAD = { node: COUNTY, department: '发展改革' };
/** A person at a desk. */
export const post = (role: Role, node = COUNTY, department: string | null = null) => ({
  node,
  viewer: person(node, role, department),
  now: at(TODAY),
  divisions,
  standIns: [],
  roster: NO_ROSTER,
});

/** A project's log in the making. */
export class ProjectLog {
  readonly lines: readonly ProjectLine[];
  readonly file: ProjectFile;

  constructor(drafts: readonly ProjectDraft[], before: readonly ProjectLine[] = []) {
    const lines = [...before];
    for (const draft of drafts) {
      const seq = lines.length + 1;
      const head = {
        project: ID,
        seq,
        at: at(TODAY).toISOString(),
        node: lines.length === 0 ? COUNTY : foldProject(lines).node,
        prev: seq === 1 ? null : sha256('x'),
      };
      lines.push({ ...head, ...draft });
    }
    this.lines = lines;
    this.file = foldProject(lines);
  }

  static registered(on = '2026-03-02'): ProjectLog {
    const registration = { name: '滨海新城产业园', amountFen: 500_000_000_000, place: VILLAGE, on };
    return new ProjectLog(registerProject(post('CLERK'), registration));
  }

  add(write: (file: ProjectFile) => ProjectDraft[]): ProjectLog {
    return new ProjectLog(write(this.file), this.lines);
  }

  reached(phase: ProjectPhase, on = TODAY): ProjectLog {
    return this.add((file) => reachPhase(post('CLERK'), file, phase, on));
  }
}

export const ORDER = { node: TOWNSHIP, department: null, text: '落实用地预审', dueOn: TODAY };
/** A project of the county that its chief has dispatched. */
export const dispatched = (change: Partial<Dispatch> = {}) =>
  ProjectLog.registered().add((file) =>
    dispatchProject(post('CHIEF'), file, { lead: LEAD, agent: null, orders: [ORDER], ...change }),
  );
/** A case that a project is told of. */
export const linked = {
  id: `${VILLAGE}-case`,
  number: 'n',
  item: '3310-NY-001',
  filedOn: '2026-02-20',
  acceptor: TOWNSHIP,
  decider: TOWNSHIP,
};
