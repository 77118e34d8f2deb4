export { HttpServer } from './http-server.ts';
export { NatsServer } from './nats-server.ts';
export { Responder } from './responder.ts';
