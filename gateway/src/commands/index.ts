/** The gateway's commands: people and keys of the embedded issuer. */
export type { Terminal } from './command.ts';
export { runCommand } from './run.ts';
