import { actAs } from '@liandong/schema/case';
import { randomUUID } from 'node:crypto';
import type {
  Absence,
  AbsenceView,
  PersonRef,
  PostChangeView,
  ReportAbsenceInput,
  RosterAgent,
  RosterAgentView,
  RosterService,
  RosterView,
  StandInView,
} from '@liandong/schema/domains/roster';
import type { Action, Viewer } from '@liandong/schema/operation';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import type { LogActor } from '@liandong/schema/case';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import {
  inRoster,
  isAway,
  isTrained,
  requireAbsence,
  requireRosterEntry,
  requireStandIn,
  rosterGaps,
} from '@liandong/schema/domains/roster';
import { requireKeeper, requireReaderOver, signedIn } from '@liandong/schema/operation';
import type { CaseWriter } from '../cases/index.ts';
import type { HostDb, NodeQueries, NodeTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Outbox } from '../handoff/index.ts';
import { once } from '../idempotency/index.ts';
import { settleAbsences } from './absent-cases.ts';
import type { StoredAbsence } from './roster-store.ts';
import * as store from './roster-store.ts';

export interface RosterParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  writer: CaseWriter;
  outbox: Outbox;
  failures: Failures;
  now: () => Date;
}

/** The posts of a desk (岗位): its roster of agents, who stands in for whom, and who is away. */
export function rosterService(parts: RosterParts): RosterService {
  const { node, db, divisions, now } = parts;
  const today = () => dayOf(now());
  const queries = db.queries(node);

  const agentView = (agent: RosterAgent): RosterAgentView => {
    const day = today();
    return { ...agent, inRoster: inRoster(agent, day), trained: isTrained(agent, day) };
  };
  const absenceViews = async (absences: readonly StoredAbsence[]): Promise<AbsenceView[]> => {
    const cases = await store.findAbsenceCases(
      queries,
      absences.map(({ id }) => id),
    );
    return absences.map((absence) => ({
      ...absence,
      away: isAway(absence, today()),
      reportedBy: absence.reportedBy.name,
      cases: cases.get(absence.id) ?? [],
      answeredBy: node,
    }));
  };

  function requireReader(viewer: Viewer | null): void {
    requireReaderOver(signedIn(viewer), 'READ_ROSTER', node, divisions);
  }

  /** One change of the registers in one transaction, with its line in their log; the same key does it once. */
  function write<T>(
    viewer: Viewer | null,
    action: Action,
    input: { idempotencyKey: string | null },
    work: (tx: NodeTx, person: Viewer, keeper: LogActor) => Promise<T>,
  ): Promise<T> {
    const person = signedIn(viewer);
    const role = requireKeeper(person, action, node, divisions);
    return db.transact(node, async (tx) => {
      await store.lockPosts(tx);
      const { sub, name } = person;
      return once(tx, person, input.idempotencyKey, { action, input }, () => work(tx, person, { sub, name, role }));
    });
  }

  async function getEntry(of: NodeQueries, sub: string): Promise<RosterAgent> {
    const found = (await store.findRoster(of)).find((agent) => agent.sub === sub);
    if (!found) throw problem('NOT_FOUND', `The roster of ${node} has no such agent.`, { node, field: 'sub' });
    return found;
  }

  /** Who writes an absence down: an agent their own, the desk's chief another's by the roster. */
  async function reporter(tx: NodeTx, person: Viewer, sub: string): Promise<{ by: LogActor; agent: PersonRef }> {
    const [entry] = (await store.findRoster(tx)).filter((agent) => agent.sub === sub);
    if (sub === person.sub) {
      const at = now();
      const standing = await store.findPosts(tx, person, dayOf(at));
      const by = actAs({ node, viewer: person, divisions, now: at, ...standing }, 'REPORT_ABSENCE', null);
      return { by, agent: { sub, name: entry?.name ?? person.name } };
    }
    const role = requireKeeper(person, 'KEEP_ROSTER', node, divisions);
    if (!entry) throw problem('NOT_FOUND', `The roster of ${node} has no such agent.`, { node, field: 'sub' });
    return { by: { sub: person.sub, name: person.name, role }, agent: { sub, name: entry.name } };
  }

  /** Puts the roster's B into the post for the time of an absence, unless they are away or stood in for themselves. */
  async function putStandIn(tx: NodeTx, absence: Absence, others: readonly StoredAbsence[]): Promise<PersonRef | null> {
    const kept = await store.findStandIns(tx, absence.from);
    const named = kept.find((s) => s.role === 'AGENT' && s.absent.sub === absence.agent.sub && s.from <= absence.from);
    if (named) return { sub: named.standIn, name: named.standInName };
    const b = (await store.findRoster(tx)).find(({ sub }) => sub === absence.agent.sub)?.standIn ?? null;
    if (!b || others.some((a) => a.agent.sub === b.sub && a.from <= absence.until && absence.from <= a.until))
      return null;
    const { agent, from, until } = absence;
    const made = { role: 'AGENT' as const, absent: agent, department: null, standIn: b.sub, from, until };
    try {
      requireStandIn({ sub: '', department: null, role: 'HEAD' }, made, kept);
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'STAND_IN_CONFLICT') return null;
      throw error;
    }
    const standIn = { ...made, id: randomUUID(), standInName: b.name, endedOn: null, absence: absence.id };
    await store.insertStandIn(tx, standIn);
    return b;
  }

  async function absent(tx: NodeTx, person: Viewer, input: ReportAbsenceInput): Promise<string> {
    const { by, agent } = await reporter(tx, person, input.sub ?? person.sub);
    const { from, until, reason } = input;
    const kept = await store.findAbsences(tx, today());
    requireAbsence({ agent, from, until, reason }, kept, today());
    const id = randomUUID();
    const absence = { id, agent, from, until, reason, endedOn: null, standIn: null };
    const standIn = await putStandIn(
      tx,
      absence,
      kept.filter((a) => a.endedOn === null),
    );
    await store.insertAbsence(tx, { ...absence, standIn }, by);
    await store.logChange(tx, now(), person, 'ABSENCE_REPORTED', agent, {
      from,
      until,
      standIn: standIn?.name ?? null,
    });
    return id;
  }

  async function absenceView(id: string): Promise<AbsenceView> {
    await settleAbsences(parts);
    const [view] = await absenceViews((await store.findAbsences(queries, '0001-01-01')).filter((a) => a.id === id));
    if (!view) throw problem('NOT_FOUND', `${node} knows no such absence.`, { node, field: 'id' });
    return view;
  }

  return {
    async roster(viewer): Promise<RosterView> {
      requireReader(viewer);
      const agents = await store.findRoster(queries);
      return { division: node, agents: agents.map(agentView), gaps: rosterGaps(agents, today()) };
    },

    async coverage() {
      const agents = await store.findRoster(queries);
      const day = today();
      return { agents: agents.filter((a) => inRoster(a, day)).length, gaps: rosterGaps(agents, day) };
    },

    async standIns(viewer, since): Promise<StandInView[]> {
      requireReader(viewer);
      return store.findStandIns(queries, since ?? today());
    },

    async absences(viewer, since) {
      requireReader(viewer);
      return absenceViews(await store.findAbsences(queries, since ?? today()));
    },

    async changes(viewer, page) {
      requireReader(viewer);
      const before = page.after === null ? null : cursorOf(page.after);
      const found = await store.findChanges(queries, before, page.first + 1);
      const nodes: PostChangeView[] = found.slice(0, page.first);
      return {
        nodes,
        cursors: nodes.map(({ id }) => String(id)),
        hasNextPage: found.length > page.first,
        hasPreviousPage: before !== null,
      };
    },

    async keepAgent(viewer, input) {
      await write(viewer, 'KEEP_ROSTER', input, async (tx, person) => {
        const { idempotencyKey: _, ...agent } = input;
        requireRosterEntry(agent);
        await store.saveAgent(tx, agent);
        const { sub, name, ...what } = agent;
        await store.logChange(tx, now(), person, 'AGENT_KEPT', { sub, name }, what);
        return true;
      });
      return agentView(await getEntry(queries, input.sub));
    },

    async endAgent(viewer, input) {
      await write(viewer, 'KEEP_ROSTER', input, async (tx, person) => {
        const { training: _, ...entry } = await getEntry(tx, input.sub);
        if (input.reason === '') throw problem('REASON_MISSING', 'Give the reason.', { field: 'reason' });
        const ended = { ...entry, until: input.until };
        requireRosterEntry(ended);
        await store.saveAgent(tx, ended);
        const { until, reason } = input;
        await store.logChange(tx, now(), person, 'AGENT_ENDED', entry, { until, reason });
        return true;
      });
      return agentView(await getEntry(queries, input.sub));
    },

    async recordTraining(viewer, input) {
      const { sub, what, on, validUntil } = input;
      await write(viewer, 'KEEP_ROSTER', input, async (tx, person) => {
        const entry = await getEntry(tx, sub);
        if (validUntil !== null && validUntil < on) {
          throw problem('BAD_INPUT', `A training held on ${on} can't be valid until ${validUntil}, which is earlier.`, {
            field: 'validUntil',
          });
        }
        await store.insertTraining(tx, randomUUID(), sub, { what, on, validUntil });
        await store.logChange(tx, now(), person, 'TRAINED', entry, { what, on, validUntil });
        return true;
      });
      return agentView(await getEntry(queries, sub));
    },

    async nameStandIn(viewer, input) {
      const id = await write(viewer, 'KEEP_STAND_INS', input, async (tx, { sub, department }, keeper) => {
        const { idempotencyKey: _, standIn, ...post } = input;
        const made = { ...post, department: post.department ?? department, standIn: standIn.sub };
        requireStandIn(
          { sub, department, role: keeper.role ?? 'CHIEF' },
          made,
          await store.findStandIns(tx, made.from),
        );
        const kept = { ...made, id: randomUUID(), standInName: standIn.name, endedOn: null, absence: null };
        await store.insertStandIn(tx, kept);
        const { role, from, until } = made;
        const what = { role, standIn: standIn.name, department: made.department, from, until };
        await store.logChange(tx, now(), keeper, 'STAND_IN_NAMED', made.absent, what);
        return kept.id;
      });
      return getStandIn(queries, id);
    },

    async endStandIn(viewer, input) {
      await write(viewer, 'KEEP_STAND_INS', input, async (tx, { department }, keeper) => {
        const found = await getStandIn(tx, input.id);
        if (department !== null && found.department !== department) {
          throw problem('WRONG_DEPARTMENT', `${department} ends stand-ins of its own posts only.`, { field: 'id' });
        }
        if (input.reason === '') throw problem('REASON_MISSING', 'Give the reason.', { field: 'reason' });
        if (input.on < today())
          throw problem('BAD_INPUT', "A term can't end in the past; it ends today or later.", { field: 'on' });
        await store.endStandIns(tx, { id: input.id }, input.on);
        const what = { role: found.role, standIn: found.standInName, on: input.on, reason: input.reason };
        await store.logChange(tx, now(), keeper, 'STAND_IN_ENDED', found.absent, what);
        return true;
      });
      return getStandIn(queries, input.id);
    },

    async reportAbsence(viewer, input) {
      const person = signedIn(viewer);
      const id = await db.transact(node, async (tx) => {
        await store.lockPosts(tx);
        return once(tx, person, input.idempotencyKey, { mutation: 'reportAbsence', input }, () =>
          absent(tx, person, input),
        );
      });
      return absenceView(id);
    },

    async endAbsence(viewer, input) {
      const person = signedIn(viewer);
      await db.transact(node, async (tx) => {
        await store.lockPosts(tx);
        await once(tx, person, input.idempotencyKey, { mutation: 'endAbsence', input }, async () => {
          const found = (await store.findAbsences(tx, today())).find((a) => a.id === input.id);
          if (!found) throw problem('NOT_FOUND', `${node} knows no such absence.`, { node, field: 'id' });
          await reporter(tx, person, found.agent.sub);
          if (input.on < today()) {
            throw problem('BAD_INPUT', "A return can't lie in the past; it is today or later.", { field: 'on' });
          }
          if (found.endedOn !== null || input.on > found.until) {
            throw problem('ABSENCE_CONFLICT', 'The absence is over by then already.', { node, field: 'on' });
          }
          await store.endAbsence(tx, found.id, input.on);
          await store.endStandIns(tx, { absence: found.id }, input.on);
          await store.logChange(tx, now(), person, 'ABSENCE_ENDED', found.agent, { on: input.on });
          return true;
        });
      });
      return absenceView(input.id);
    },
  };

  async function getStandIn(of: NodeQueries, id: string): Promise<StandInView> {
    const found = (await store.findStandIns(of, '0001-01-01')).find((s) => s.id === id);
    if (!found) throw problem('NOT_FOUND', `${node} knows no such stand-in.`, { node, field: 'id' });
    return found;
  }
}

function cursorOf(after: string): number {
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw problem('BAD_INPUT', 'after is no cursor of this list.', { field: 'after' });
}
