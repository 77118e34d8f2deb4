/** 代办: contacts, revocations, cases taken over, an agent's list of cases over all tiers. */
export type { ToldChangeOf } from './agent-list.ts';
export { carryProxyEvent } from './carry-event.ts';
export { proxyHandlers } from './handlers.ts';
export { ProxyReceiver } from './proxy-receiver.ts';
