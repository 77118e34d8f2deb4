import { problem } from '../../kernel/errors.ts';
import type { RosterAgent, Training } from './rules.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed, answerKeys, connectionOf, pageOf } from '../../graph/builder.ts';
import { OPENS_AS_PUBLIC } from '../../graph/one-case.ts';
import { addSubtreeCoverage } from '../../graph/subtree-coverage.ts';
import { addRosterSteps, rosterRefs } from './steps-graph.ts';
import { addProxyParts } from '../proxy/graph-parts.ts';
import type { AbsenceCaseView, PostChangeView, RosterCoverageView, RosterView } from './services.ts';

/** Role roster (岗位): who the agents of a place are, who stands in for whom, who is away, and what became of their cases. */
export function addRoster(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division } = refs;
  const { Agent } = addProxyParts(role);
  const Coverage = addSubtreeCoverage(role);
  const own = rosterRefs(role);
  const { RosterAgentRef, StandInRef, Absence } = own;

  const Person = builder.objectRef<NonNullable<RosterAgent['standIn']>>('PostHolder').implement({
    description: 'A person of a desk.',
    fields: (t) => ({
      sub: t.exposeID('sub', { nullable: false, description: 'Subject of the token.' }),
      name: t.exposeString('name', { nullable: false }),
    }),
  });
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
  RosterAgentRef.implement({
    description: '代办员名册: one agent of a place.',
    fields: (t) => ({
      sub: t.exposeID('sub', { nullable: false }),
      name: t.exposeString('name', { nullable: false }),
      employment: t.field({ type: enums.Employment, nullable: false, resolve: (a) => a.employment }),
      withheld: t.stringList({
        nullable: false,
        description: 'Codes of items this agent does not handle.',
        resolve: (a) => [...a.withheld],
      }),
      from: t.field({ type: 'Date', nullable: false, resolve: (a) => a.from }),
      until: t.field({ type: 'Date', description: 'The last day; null until it is ended.', resolve: (a) => a.until }),
      inRoster: t.exposeBoolean('inRoster', { nullable: false, description: 'Today.' }),
      standIn: t.field({ type: Person, description: 'The B of this post (B角).', resolve: (a) => a.standIn }),
      training: t.field({ type: [TrainingRef], nullable: false, resolve: (a) => [...a.training] }),
      trained: t.exposeBoolean('trained', { nullable: false, description: 'Whether some training holds today.' }),
    }),
  });
  const Roster = builder.objectRef<RosterView>('Roster').implement({
    description: '代办员名册 of one place. From its first entry on, only who stands in it acts as agent there.',
    fields: (t) => ({
      division: t.field({ type: Division, resolve: (r) => r.division }),
      agents: t.field({ type: [RosterAgentRef], nullable: false, resolve: (r) => r.agents }),
      gaps: t.field({
        type: [enums.RosterGap],
        nullable: false,
        description: 'What it lacks today.',
        resolve: (r) => r.gaps,
      }),
    }),
  });
  StandInRef.implement({
    description: 'AB角: who stands in for whom in a post, from a day to a day.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      role: t.field({ type: enums.Role, nullable: false, resolve: (s) => s.role }),
      department: t.exposeString('department', { description: 'Null for a post of the whole desk.' }),
      absent: t.field({ type: Person, nullable: false, description: 'A角', resolve: (s) => s.absent }),
      standIn: t.field({
        type: Person,
        nullable: false,
        description: 'B角',
        resolve: (s) => ({ sub: s.standIn, name: s.standInName }),
      }),
      from: t.field({ type: 'Date', nullable: false, resolve: (s) => s.from }),
      until: t.field({ type: 'Date', nullable: false, description: 'The last day.', resolve: (s) => s.until }),
      endedOn: t.field({ type: 'Date', description: 'From this day on it gives nothing.', resolve: (s) => s.endedOn }),
    }),
  });
  const AbsenceCase = builder.objectRef<AbsenceCaseView>('AbsenceCase').implement({
    description: "交接清单: what became of one case of an absent agent's.",
    fields: (t) => ({
      caseId: t.exposeID('caseId', { nullable: false }),
      number: t.exposeString('number', { nullable: false }),
      passedOn: t.field({ type: enums.PassedOn, nullable: false, resolve: (c) => c.passedOn }),
      at: t.field({ type: 'DateTime', nullable: false, resolve: (c) => c.at }),
      to: t.field({ type: Agent, description: 'Null where it stayed.', resolve: (c) => c.to }),
      backAt: t.field({ type: 'DateTime', description: 'When it came back to the agent.', resolve: (c) => c.backAt }),
    }),
  });
  Absence.implement({
    description: '代办员缺岗: an agent is away, and the open cases are passed on.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      agent: t.field({ type: Person, nullable: false, resolve: (a) => a.agent }),
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
        type: Person,
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
  const Change = builder.objectRef<PostChangeView>('PostChange').implement({
    description: '岗位变动: a line of the log of these registers; append-only.',
    fields: (t) => ({
      at: t.field({ type: 'DateTime', nullable: false, resolve: (c) => c.at }),
      by: t.exposeString('by', { nullable: false }),
      change: t.field({ type: enums.PostChange, nullable: false, resolve: (c) => c.change }),
      about: t.exposeString('about', { nullable: false, description: 'The person.' }),
      what: t.exposeString('what', { nullable: false, description: 'What was written, JSON.' }),
    }),
  });
  const Gap = builder.objectRef<RosterCoverageView['gaps'][number]>('PlaceGap').implement({
    fields: (t) => ({
      place: t.field({ type: Division, resolve: (g) => g.place }),
      agents: t.exposeInt('agents', { nullable: false, description: 'In the roster today.' }),
      gaps: t.field({ type: [enums.RosterGap], nullable: false, resolve: (g) => g.gaps }),
    }),
  });
  const RosterCoverage = builder.objectRef<RosterCoverageView>('RosterCoverage').implement({
    description:
      '代办员覆盖: which townships, parks and villages of a division have agents, and what is lacking where.',
    fields: (t) => ({
      division: t.field({ type: Division, resolve: (v) => v.division }),
      places: t.exposeInt('places', { nullable: false, description: 'Townships, parks and villages of the register.' }),
      covered: t.exposeInt('covered', { nullable: false, description: 'Those that said they have an agent today.' }),
      gaps: t.field({
        type: [Gap],
        nullable: false,
        description: 'Places that lack something, parents before children.',
        resolve: (v) => v.gaps,
      }),
      withoutNode: t.field({
        type: [Division],
        nullable: { list: false, items: true },
        description: 'Places without a node of their own: no roster is kept there.',
        resolve: (v) => v.withoutNode,
      }),
      coverage: t.field({ type: Coverage, nullable: false, resolve: (v) => v.coverage }),
    }),
  });

  const Key = builder.inputType('RosterKey', { fields: (t) => ({ at: t.id({ required: true }), via: t.id() }) });
  builder.queryType({
    fields: (t) => {
      const division = t.arg.id({ description: "The desk; the viewer's own when left out." });
      const since = t.arg({
        type: 'Date',
        description: 'What reaches this day or lies after it; today when left out.',
      });
      return {
        roster: t.field({
          type: Roster,
          args: { division },
          resolve: (_, _args, context) => context.services(addressed(context)).roster.roster(context.viewer),
        }),
        standIns: t.field({
          type: [StandInRef],
          nullable: { list: true, items: false },
          args: { division, since },
          resolve: (_, args, context) =>
            context.services(addressed(context)).roster.standIns(context.viewer, args.since ?? null),
        }),
        agentAbsences: t.field({
          type: [Absence],
          nullable: { list: true, items: false },
          args: { division, since },
          resolve: (_, args, context) =>
            context.services(addressed(context)).roster.absences(context.viewer, args.since ?? null),
        }),
        postChanges: t.field({
          type: builder.connectionObject({ type: Change, name: 'PostChangeConnection' }),
          description: 'Who changed what in these registers, newest first.',
          args: { division, first: t.arg.int(), after: t.arg.string() },
          resolve: async (_, { division: _of, ...page }, context) =>
            connectionOf(await context.services(addressed(context)).roster.changes(context.viewer, pageOf(page))),
        }),
        rosterCoverage: t.field({
          extensions: OPENS_AS_PUBLIC,
          type: RosterCoverage,
          description:
            'Which places of a division have named agents, stand-ins and training, now. Needs no login; without one the answer may be a minute old. Nodes that did not answer are named in the coverage.',
          args: { division: t.arg.id({ required: true }) },
          resolve: (_, args, { gathered }) => {
            if (gathered?.roster) return gathered.roster;
            throw problem('MISROUTED', 'Only the gateway answers for all places of a division.', {
              node: args.division,
            });
          },
        }),
        _placeRosters: t.field({
          extensions: OPENS_AS_PUBLIC,
          type: ['String'],
          nullable: { list: false, items: true },
          args: { keys: t.arg({ type: [Key], required: true }) },
          resolve: (_, { keys }, context) =>
            answerKeys(keys, async (node, asked) => {
              const said = JSON.stringify(await context.services(node).roster.coverage());
              return asked.map(() => said);
            }),
        }),
      };
    },
  });
  addRosterSteps(role, own);
}
