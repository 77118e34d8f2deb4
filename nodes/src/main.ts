import { runHost } from './program.ts';

/** Entry of a host process. */
await runHost(process.env);
