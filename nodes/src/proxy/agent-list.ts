import type { AgentCaseView, ToldChange } from '@liandong/schema/domains/proxy';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { Page, PageRequest, Viewer } from '@liandong/schema/operation';
import { clockOf, isClosed, NOTHING_DUE, outstanding } from '@liandong/schema/case';
import { agentDueAt, agentNow, agentWaits } from '@liandong/schema/domains/proxy';
import { dayOf, problem } from '@liandong/schema/kernel';
import { requireOwnCase, requirePermission, isOfHandlingDesk } from '@liandong/schema/operation';
import type { NodeQueries } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Application, StoredCase } from '../cases/index.ts';
import { readableCases } from '../cases/index.ts';

/** A change of agent that this desk sent to a case's desk, and the case. */
export interface ToldChangeOf extends ToldChange {
  caseId: string;
}

export interface AgentListParts {
  node: DivisionCode;
  divisions: Divisions;
  calendar: () => OfficialCalendar;
  /** Changes of agent that were sent for absences which are not settled, in the order they were sent. */
  told: (queries: NodeQueries) => Promise<ToldChangeOf[]>;
  failures: Failures;
  now: () => Date;
}

/**
 * The open cases an agent looks after, whichever node holds them, and the closed ones whose first-asked report waits.
 * The case that ends first comes first. Everything is from this node's own database: progress comes back here by
 * echoes.
 * @param agent subject of the agent; the desk's whole team's cases are every agent's, too
 * @throws {ProblemError} FORBIDDEN, BAD_INPUT
 */
export async function agentList(
  { node, divisions, calendar, told, failures, now }: AgentListParts,
  queries: NodeQueries,
  viewer: Viewer,
  agent: string,
  page: PageRequest,
): Promise<Page<AgentCaseView>> {
  requireAgentListReader(viewer, node, divisions);
  const changes = await told(queries);
  const moved = changes.filter(({ to }) => to.node === node && to.sub === agent).map(({ caseId }) => caseId);
  const candidates = await findCandidates(queries, agent, moved);
  const unreported = await findUnreported(queries, agent);
  const stored = await readableCases(queries, [...new Set([...candidates, ...unreported])], failures);
  const at = now();
  const listed = stored.flatMap((found): AgentCaseView[] => {
    const view = viewOf(found);
    return view ? [view] : [];
  });
  const ordered = listed.toSorted((one, other) => compare(placeOf(one), placeOf(other)));
  const after = page.after === null ? null : decodeCursor(page.after);
  const behind = after === null ? ordered : ordered.filter((view) => compare(placeOf(view), after) > 0);
  const nodes = behind.slice(0, page.first);
  return {
    nodes,
    cursors: nodes.map((view) => placeOf(view).join(' ')),
    hasNextPage: behind.length > page.first,
    hasPreviousPage: after !== null,
  };

  /** Null if another agent looks after the case by now. */
  function viewOf({ file, id, application }: StoredCase): AgentCaseView | null {
    const by = agentNow(
      file,
      changes.filter(({ caseId }) => caseId === id),
    );
    if (!by || by.node !== node || (by.sub !== null && by.sub !== agent)) return null;
    if (isClosed(file.state) && !unreported.includes(id)) return null;
    const clock = clockOf(file, calendar(), divisions, at);
    const waits = agentWaits(node, file, { clock, today: dayOf(at), unreported: unreported.includes(id) });
    if (file.proxy?.consent.revokedAt && !unreported.includes(id)) return null;
    const open = isOfHandlingDesk(viewer, file.holders) && application !== null;
    return {
      id,
      number: file.number,
      item: file.item,
      applicant: open ? (JSON.parse(application) as Application).applicant.name : null,
      agent: by,
      state: file.state,
      custodian: file.custodian,
      inTransitTo: file.inTransitTo,
      waits,
      dueAt: agentDueAt(file, clock, waits),
      remainingDays: clock?.remainingDays ?? null,
      missing: file.state === 'AWAITING_SUPPLEMENT' ? outstanding(file) : [],
      lastAt: file.lastAt,
      answeredBy: node,
    };
  }
}

/**
 * A desk's own people may see its agents' cases, and so may the supervisors over it.
 * @throws {ProblemError} FORBIDDEN
 */
function requireAgentListReader(viewer: Viewer, node: DivisionCode, divisions: Divisions): void {
  requirePermission(viewer, 'READ_CASE', divisions.get(viewer.division).tier);
  requireOwnCase(viewer, null);
  const supervises = viewer.roles.includes('SUPERVISOR') && divisions.isWithin(node, viewer.division);
  if (viewer.division === node || supervises) return;
  throw problem('FORBIDDEN', `What agents of ${node} look after is not open to ${viewer.division}.`, { node });
}

/** Open cases that their logs give to this agent or the whole team, and cases whose change to this agent was sent. */
async function findCandidates(queries: NodeQueries, agent: string, moved: readonly string[]): Promise<string[]> {
  const rows = await queries.query<{ id: string }>(
    `SELECT id FROM cases WHERE node = $1 AND closed_at IS NULL AND agent = $2 AND agent_node = $1
     UNION SELECT id FROM cases
       WHERE node = $1 AND closed_at IS NULL AND agent IS NULL AND agent_node = $1
     UNION SELECT id FROM cases WHERE node = $1 AND closed_at IS NULL AND id = ANY ($3)`,
    [agent, moved],
  );
  return rows.map(({ id }) => id);
}

/** Closed cases of the agent's that grew out of an enquiry whose result is not reported back. */
async function findUnreported(queries: NodeQueries, agent: string): Promise<string[]> {
  const rows = await queries.query<{ id: string }>(
    `SELECT c.id FROM enquiries e JOIN cases c ON c.node = e.node AND c.id = e.case_id
     WHERE e.node = $1 AND e.reported_at IS NULL AND c.closed_at IS NOT NULL AND c.agent_node = $1
       AND (c.agent = $2 OR c.agent IS NULL)`,
    [agent],
  );
  return rows.map(({ id }) => id);
}

/** The place of a case in the list: when it ends, whether it waits for the agent, its number. */
type Place = [end: number, waits: 0 | 1, id: string];

function placeOf({ dueAt, waits, id }: AgentCaseView): Place {
  return [(dueAt ?? NOTHING_DUE).getTime(), waits.length > 0 ? 0 : 1, id];
}

function compare([end, waits, id]: Place, [otherEnd, otherWaits, otherId]: Place): number {
  if (end !== otherEnd) return end - otherEnd;
  if (waits !== otherWaits) return waits - otherWaits;
  if (id === otherId) return 0;
  return id < otherId ? -1 : 1;
}

/** @throws {ProblemError} BAD_INPUT */
function decodeCursor(after: string): Place {
  const [end = '', waits = '', id = ''] = after.split(' ');
  if (/^\d{1,15}$/.test(end) && (waits === '0' || waits === '1') && id !== '') {
    return [Number(end), waits === '0' ? 0 : 1, id];
  }
  throw problem('BAD_INPUT', 'after is no cursor of this list.', { field: 'after' });
}
