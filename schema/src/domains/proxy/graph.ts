import { CASE_STATE } from '../../case/words.ts';
import { AGENT_WAIT } from './words.ts';
import type { RoleBuilder } from '../../graph/builder.ts';
import type { Outcome } from '../../graph/problems.ts';
import { addProblem } from '../../graph/problems.ts';
import { addOperations } from '../../operation/graph.ts';
import type { AgentWait } from './agent-cases.ts';
import { addProxyParts } from './graph-parts.ts';
import { proxy } from './operations.ts';
import type { AgentCaseView, ProxyHandlingView, ProxyToldView, TakeOverView } from './views.ts';

type Parts = ReturnType<typeof addProxyParts>;

/** Role proxy (代办/帮办): a case's consent, contacts and agent, and cases a township's team takes over. */
export function addProxy(role: RoleBuilder): void {
  const { builder, refs } = role;
  const { Division } = refs;
  const Problem = addProblem(role);
  const parts = addProxyParts(role);
  const ProxyHandling = handlingType(role, parts);
  const AgentCase = agentCaseType(role, parts);
  const ProxyToldPayload = builder.objectRef<Outcome<ProxyToldView>>('ProxyToldPayload').implement({
    fields: (t) => ({
      handling: t.field({ type: ProxyHandling, resolve: (o) => o.done?.handling ?? null }),
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
  builder.queryType();
  builder.mutationType();
  addOperations(role, proxy, { ProxyHandling, AgentCase, ProxyToldPayload, TakeOver });
}

function handlingType({ builder, refs }: RoleBuilder, parts: Parts) {
  const { Division } = refs;
  return builder.objectRef<ProxyHandlingView>('ProxyHandling').implement({
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
}

function agentCaseType({ builder, enumOf, refs }: RoleBuilder, parts: Parts) {
  const { Division } = refs;
  const Wait = builder.objectRef<AgentWait>('AgentWait').implement({
    description: '待代办事项: what waits for the agent of a case.',
    fields: (t) => ({
      kind: t.field({ type: enumOf(AGENT_WAIT), nullable: false, resolve: (w) => w.kind }),
      dueAt: t.field({ type: 'DateTime', description: 'Null where nothing ends.', resolve: (w) => w.dueAt }),
    }),
  });
  return builder.objectRef<AgentCaseView>('AgentCase').implement({
    description: "代办件: a case of an agent's, as the agent's own desk knows it, wherever it is held.",
    fields: (t) => ({
      id: t.exposeID('id', { nullable: false }),
      number: t.exposeString('number', { nullable: false }),
      item: t.field({ type: refs.ItemStub, resolve: (c) => ({ code: c.item, via: c.answeredBy }) }),
      applicant: t.exposeString('applicant', { description: 'Null for people who do not handle the case.' }),
      agent: t.field({ type: parts.Agent, nullable: false, resolve: (c) => c.agent }),
      state: t.field({ type: enumOf(CASE_STATE), nullable: false, resolve: (c) => c.state }),
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
}
