import { EMPLOYMENT, PASSED_ON_WORD, POST_CHANGE, ROLE, ROSTER_GAP } from '../../kernel/words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addOperations } from '../../operation/graph.ts';
import { addAccounts } from '../accounts/graph.ts';
import { addProxyParts } from '../proxy/graph-parts.ts';
import { addRosterCoverage } from './coverage-graph.ts';
import { roster } from './operations.ts';
import type { PersonRef, Training } from './rules.ts';
import type {
  AbsenceCaseView,
  AbsenceView,
  PostChangeView,
  RosterAgentView,
  RosterView,
  StandInView,
} from './views.ts';

type Person = ReturnType<typeof personType>;
type Agent = ReturnType<typeof agentType>;

/** Role roster (岗位): a place's agents, stand-ins and absences, and what happened to absent agents' cases. */
export function addRoster(role: RoleBuilder): void {
  const { builder } = role;
  const Holder = personType(role);
  const RosterAgent = agentType(role, Holder);
  builder.queryType();
  builder.mutationType();
  addOperations(role, roster, {
    Roster: rosterType(role, RosterAgent),
    RosterAgent,
    StandIn: standInType(role, Holder),
    AgentAbsence: absenceType(role, Holder),
    PostChange: changeType(role),
  });
  addRosterCoverage(role);
  addAccounts(role);
}

function personType({ builder }: RoleBuilder) {
  return builder.objectRef<PersonRef>('PostHolder').implement({
    description: 'A person of a desk.',
    fields: (t) => ({
      sub: t.exposeID('sub', { nullable: false, description: 'Subject of the token.' }),
      name: t.exposeString('name', { nullable: false }),
    }),
  });
}

function agentType({ builder, enumOf }: RoleBuilder, Holder: Person) {
  const TrainingRef = builder.objectRef<Training>('AgentTraining').implement({
    description: '培训',
    fields: (t) => ({
      what: t.exposeString('what', { nullable: false }),
      on: t.field({ type: 'Date', nullable: false, resolve: (v) => v.on }),
      validUntil: t.field({
        type: 'Date',
        description: 'Its last day; null where it does not end.',
        resolve: (v) => v.validUntil,
      }),
    }),
  });
  return builder.objectRef<RosterAgentView>('RosterAgent').implement({
    description: '代办员名册: one agent of a place.',
    fields: (t) => ({
      sub: t.exposeID('sub', { nullable: false }),
      name: t.exposeString('name', { nullable: false }),
      employment: t.field({ type: enumOf(EMPLOYMENT), nullable: false, resolve: (a) => a.employment }),
      withheld: t.stringList({
        nullable: false,
        description: 'Codes of items this agent does not handle.',
        resolve: (a) => [...a.withheld],
      }),
      from: t.field({ type: 'Date', nullable: false, resolve: (a) => a.from }),
      until: t.field({ type: 'Date', description: 'The last day; null until it is ended.', resolve: (a) => a.until }),
      inRoster: t.exposeBoolean('inRoster', { nullable: false, description: 'Today.' }),
      standIn: t.field({ type: Holder, description: 'The B of this post (B角).', resolve: (a) => a.standIn }),
      training: t.field({ type: [TrainingRef], nullable: false, resolve: (a) => [...a.training] }),
      trained: t.exposeBoolean('trained', { nullable: false, description: 'Whether some training holds today.' }),
    }),
  });
}

function rosterType({ builder, enumOf, refs }: RoleBuilder, RosterAgent: Agent) {
  return builder.objectRef<RosterView>('Roster').implement({
    description: '代办员名册 of one place. From its first entry on, only who stands in it acts as agent there.',
    fields: (t) => ({
      division: t.field({ type: refs.Division, resolve: (r) => r.division }),
      agents: t.field({ type: [RosterAgent], nullable: false, resolve: (r) => r.agents }),
      gaps: t.field({
        type: [enumOf(ROSTER_GAP)],
        nullable: false,
        description: 'What it lacks today.',
        resolve: (r) => r.gaps,
      }),
    }),
  });
}

function standInType({ builder, enumOf }: RoleBuilder, Holder: Person) {
  return builder.objectRef<StandInView>('StandIn').implement({
    description: 'AB角: who stands in for whom in a post, from a day to a day.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      role: t.field({ type: enumOf(ROLE), nullable: false, resolve: (s) => s.role }),
      department: t.exposeString('department', { description: 'Null for a post of the whole desk.' }),
      absent: t.field({ type: Holder, nullable: false, description: 'A角', resolve: (s) => s.absent }),
      standIn: t.field({
        type: Holder,
        nullable: false,
        description: 'B角',
        resolve: (s) => ({ sub: s.standIn, name: s.standInName }),
      }),
      from: t.field({ type: 'Date', nullable: false, resolve: (s) => s.from }),
      until: t.field({ type: 'Date', nullable: false, description: 'The last day.', resolve: (s) => s.until }),
      endedOn: t.field({ type: 'Date', description: 'From this day on it gives nothing.', resolve: (s) => s.endedOn }),
    }),
  });
}

function absenceType(role: RoleBuilder, Holder: Person) {
  const { builder, enumOf } = role;
  const { Agent: CaseAgent } = addProxyParts(role);
  const AbsenceCase = builder.objectRef<AbsenceCaseView>('AbsenceCase').implement({
    description: "交接清单: what became of one case of an absent agent's.",
    fields: (t) => ({
      caseId: t.exposeID('caseId', { nullable: false }),
      number: t.exposeString('number', { nullable: false }),
      passedOn: t.field({ type: enumOf(PASSED_ON_WORD), nullable: false, resolve: (c) => c.passedOn }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (c) => c.at }),
      to: t.field({ type: CaseAgent, description: 'Null where it stayed.', resolve: (c) => c.to }),
      backAt: t.field({ type: 'DateTime', description: 'When it came back to the agent.', resolve: (c) => c.backAt }),
    }),
  });
  return builder.objectRef<AbsenceView>('AgentAbsence').implement({
    description: '代办员缺岗: an agent is away, and the open cases are passed on.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      agent: t.field({ type: Holder, nullable: false, resolve: (a) => a.agent }),
      from: t.field({ type: 'Date', nullable: false, resolve: (a) => a.from }),
      until: t.field({ type: 'Date', nullable: false, description: 'The last day.', resolve: (a) => a.until }),
      endedOn: t.field({
        type: 'Date',
        description: 'The first day back, where it was earlier.',
        resolve: (a) => a.endedOn,
      }),
      away: t.exposeBoolean('away', { nullable: false, description: 'Today.' }),
      reason: t.exposeString('reason', { nullable: false }),
      reportedBy: t.exposeString('reportedBy', { nullable: false }),
      standIn: t.field({
        type: Holder,
        description: "Null where there is no stand-in, and the township's team takes over.",
        resolve: (a) => a.standIn,
      }),
      cases: t.field({ type: [AbsenceCase], nullable: false, resolve: (a) => a.cases }),
      settledAt: t.field({
        type: 'DateTime',
        description: 'When everything that comes back had come back.',
        resolve: (a) => a.settledAt,
      }),
    }),
  });
}

function changeType({ builder, enumOf }: RoleBuilder) {
  return builder.objectRef<PostChangeView>('PostChange').implement({
    description: '岗位变动: a line of the log of these registers; append-only.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (c) => c.at }),
      by: t.exposeString('by', { nullable: false }),
      change: t.field({ type: enumOf(POST_CHANGE), nullable: false, resolve: (c) => c.change }),
      about: t.exposeString('about', { nullable: false, description: 'The person.' }),
      what: t.exposeString('what', { nullable: false, description: 'What was written, JSON.' }),
    }),
  });
}
