/** How a host answers the gateway, over NATS and HTTP. */
export { HttpServer } from './http-server.ts';
export { NatsServer } from './nats-server.ts';
export { Responder } from './responder.ts';
