/** NATS and HTTP to hosts behind one interface; one request for a host and step. */
export { HostCaller } from './host-caller.ts';
export type { HostAnswer, HostCallerOptions } from './host-caller.ts';
export { HttpTransport } from './http.ts';
export { NatsTransport } from './nats.ts';
export type { HintSource, Transport } from './transport.ts';
