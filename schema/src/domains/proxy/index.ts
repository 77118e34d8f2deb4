/** 代办: consent, contacts, take-over. */
export { agentDueAt, agentNow, agentWaits } from './agent-cases.ts';
export type { ToldChange } from './agent-cases.ts';
export { proxyEventSchema, takeOverSchema } from './messages.ts';
export { proxy } from './operations.ts';
export { isSameAgent, requireConsent } from './rules.ts';
export type { CaseAgent, ProxyConsent } from './rules.ts';
export { mayTakeOver, proxyEvent, proxyTeller, takeOverCase } from './steps.ts';
export type { ProxyEvent } from './steps.ts';
export type { AgentCaseView, ProxyHandlingView, ProxyToldView, TakeOverView } from './views.ts';
