/** What programs share: logs, traces, files of settings, the stop of a program, the connection to the broker, passwords. */
export type { BrokerOptions } from './broker.ts';
export { connectBroker, inboxPrefix } from './broker.ts';
export { findText, parseJson, readJson, readText } from './files.ts';
export { programLog, shownError } from './log.ts';
export { hashPassword, isPassword, isPasswordHash, isPayableHash, NO_PASSWORD } from './passwords.ts';
export type { Stoppable } from './stopping.ts';
export { startProgram, stopOnSignal } from './stopping.ts';
export { currentTrace, exportTraces, inTrace, traceFields } from './trace.ts';
export { Turns } from './turns.ts';
export type { WatchedFiles } from './watched-files.ts';
export { watchFiles } from './watched-files.ts';
