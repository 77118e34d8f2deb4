import type { RoleBuilder } from '../../graph/builder.ts';
import { addressed, connectionOf, pageOf } from '../../graph/builder.ts';
import { parseInput } from '../../graph/inputs.ts';
import { OPENS_ITS_CASE } from '../../graph/one-case.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem, outcomeOf } from '../../graph/problems.ts';
import { logContactInput, revokeConsentInput, takeOverCasesInput } from './inputs.ts';
import { addProxyParts } from './graph-parts.ts';
import type { AgentWait } from './agent-cases.ts';
import type { AgentCaseView, ProxyHandlingView, ProxyToldView, TakeOverView } from './services.ts';

/** Role proxy (代办/帮办): the consent, the contacts and the agent of a case, and cases a township's team takes over. */
export function addProxy(role: RoleBuilder): void {
  const { builder, enums, refs } = role;
  const { Division } = refs;
  const Problem = addProblem(role);
  const parts = addProxyParts(role);

  const Handling = builder.objectRef<ProxyHandlingView>('ProxyHandling').implement({
    description: '代办: what the log of a case says of its proxy handling.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false, description: "The case's." }),
      number: t.exposeString('number', { nullable: false }),
      custodian: t.field({ type: Division, description: 'As last known here.', resolve: (h) => h.custodian }),
      consent: t.field({ type: parts.Consent, nullable: false, resolve: (h) => h.consent }),
      agent: t.field({ type: parts.Agent, nullable: false, resolve: (h) => h.agent }),
      contacts: t.field({ type: [parts.Contact], nullable: false, resolve: (h) => h.contacts }),
      answeredBy: t.field({ type: Division, resolve: (h) => h.answeredBy }),
    }),
  });
  const Wait = builder.objectRef<AgentWait>('AgentWait').implement({
    description: '待代办事项: what waits for the agent of a case.',
    fields: (t) => ({
      kind: t.field({ type: enums.AgentWaitKind, nullable: false, resolve: (w) => w.kind }),
      dueAt: t.field({ type: 'DateTime', description: 'Null where nothing ends.', resolve: (w) => w.dueAt }),
    }),
  });
  const AgentCase = builder.objectRef<AgentCaseView>('AgentCase').implement({
    description: "代办件: a case of an agent's, as the agent's own desk knows it, wherever it is held.",
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      number: t.exposeString('number', { nullable: false }),
      item: t.field({ type: refs.ItemStub, resolve: (c) => ({ code: c.item, via: c.answeredBy }) }),
      applicant: t.exposeString('applicant', { description: 'Null for whoever does not handle the case.' }),
      agent: t.field({ type: parts.Agent, nullable: false, resolve: (c) => c.agent }),
      state: t.field({ type: enums.CaseState, nullable: false, resolve: (c) => c.state }),
      custodian: t.field({ type: Division, resolve: (c) => c.custodian }),
      inTransitTo: t.field({ type: Division, resolve: (c) => c.inTransitTo }),
      waits: t.field({ type: [Wait], nullable: false, resolve: (c) => c.waits }),
      dueAt: t.field({
        type: 'DateTime',
        description: 'When the next thing ends: what waits for the agent, or the limit that runs where the case is.',
        resolve: (c) => c.dueAt,
      }),
      remainingDays: t.exposeInt('remainingDays', { description: 'Of the promise; null before acceptance.' }),
      missing: t.field({ type: [refs.MissingMaterial], nullable: false, resolve: (c) => c.missing }),
      lastAt: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'When the last line of its log came in here.',
        resolve: (c) => c.lastAt,
      }),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      proxyHandling: t.field({
        extensions: OPENS_ITS_CASE,
        type: Handling,
        description: 'Of one case, as a desk that it concerns knows it.',
        args: {
          case: t.arg.id({ required: true }),
          division: t.arg.id({ description: "The desk that is asked; the viewer's own when left out." }),
        },
        resolve: (_, args, context) => context.services(addressed(context)).proxy.ofCase(context.viewer, args.case),
      }),
      agentCases: t.field({
        type: builder.connectionObject({ type: AgentCase, name: 'AgentCaseConnection' }),
        description:
          "代办件清单: an agent's cases over all tiers, what ends first first; from the agent's own desk, also while all others are away.",
        args: {
          agent: t.arg.id({ description: 'Subject of the agent; whoever asks, when left out.' }),
          division: t.arg.id({ description: "The agent's desk; the viewer's own when left out." }),
          first: t.arg.int(),
          after: t.arg.string(),
        },
        resolve: async (_, { agent, division: _desk, ...page }, context) => {
          const { proxy } = context.services(addressed(context));
          return connectionOf(await proxy.agentCases(context.viewer, agent ?? null, pageOf(page)));
        },
      }),
    }),
  });

  const ToldPayload = builder.objectRef<Outcome<ProxyToldView>>('ProxyToldPayload').implement({
    fields: (t) => ({
      handling: t.field({ type: Handling, resolve: (o) => o.done?.handling ?? null }),
      carriedTo: t.field({
        type: Division,
        description: 'The desk that holds the case and writes it there; null where it is written already.',
        resolve: (o) => o.done?.carriedTo ?? null,
      }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const TakeOver = builder.objectRef<TakeOverView>('TakeOver').implement({
    description: '帮办接办: a case asked for; it comes by a hand-off of its own.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      from: t.field({ type: Division, description: 'The village that was asked.', resolve: (v) => v.from }),
    }),
  });
  const TakeOverPayload = builder.objectRef<Outcome<TakeOverView[]>>('TakeOverCasesPayload').implement({
    fields: (t) => ({
      asked: t.field({ type: [TakeOver], nullable: { list: true, items: false }, resolve: (o) => o.done }),
      errors: t.field({ type: [Problem], nullable: false, resolve: (o) => [...o.problems] }),
    }),
  });
  const LogContactInput = builder.inputType('LogContactInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      with: t.field({ type: enums.ContactParty, required: true }),
      way: t.field({ type: enums.ContactWay, required: true }),
      what: t.string({
        required: true,
        description: 'What it was about; no phone, identity or account numbers: every desk on the way reads it.',
      }),
      idempotencyKey: t.string(),
    }),
  });
  const RevokeConsentInput = builder.inputType('RevokeConsentInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      way: t.field({ type: enums.ConsentWay, required: true, description: 'How the applicant said so.' }),
      reason: t.string(),
      idempotencyKey: t.string(),
    }),
  });
  const TakeOverCasesInput = builder.inputType('TakeOverCasesInput', {
    fields: (t) => ({
      ids: t.idList({ required: true, description: 'Cases of villages of the township; all are asked for, or none.' }),
      reason: t.string({ required: true }),
      idempotencyKey: t.string(),
    }),
  });
  builder.mutationType({
    fields: (t) => ({
      logContact: t.field({
        extensions: OPENS_ITS_CASE,
        type: ToldPayload,
        description: "代办联系: into the case's log, also where another desk holds the case.",
        args: { input: t.arg({ type: LogContactInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context.services(addressed(context)).proxy.logContact(context.viewer, parseInput(logContactInput, input)),
          ),
      }),
      revokeConsent: t.field({
        extensions: OPENS_ITS_CASE,
        type: ToldPayload,
        description: "撤回委托: the applicant's word that nobody acts for them any more.",
        args: { input: t.arg({ type: RevokeConsentInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context
              .services(addressed(context))
              .proxy.revokeConsent(context.viewer, parseInput(revokeConsentInput, input)),
          ),
      }),
      takeOverCases: t.field({
        type: TakeOverPayload,
        description: "帮办接办: a township's proxy team takes over cases of its villages' agents.",
        args: { input: t.arg({ type: TakeOverCasesInput, required: true }) },
        resolve: (_, { input }, context) =>
          outcomeOf(context, () =>
            context.services(addressed(context)).proxy.takeOver(context.viewer, parseInput(takeOverCasesInput, input)),
          ),
      }),
    }),
  });
}
