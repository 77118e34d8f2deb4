import { ProblemError } from '@liandong/schema/kernel';
import type { Logger } from 'pino';

export interface Stoppable {
  /** Named in the log: `host stopped`. */
  name: string;
  log: Logger;
  /** The process ends by force when a stop takes longer, ms. */
  stopTimeoutMs: number;
  /** Finishes running work and closes everything. */
  stop: () => Promise<void>;
}

/**
 * Stops a program once, on SIGINT, SIGTERM, or when the process that started it ends. A second signal ends it by force:
 * unfinished work is safe in database and broker, and goes on after the next start.
 */
export function stopOnSignal({ name, log, stopTimeoutMs, stop }: Stoppable): void {
  let stopping: Promise<void> | null = null;
  const onSignal = () => {
    if (stopping) {
      log.warn(`${name} killed by a second signal: unfinished work resumes after the next start`);
      return end();
    }
    const deadline = setTimeout(() => {
      log.error({ ms: stopTimeoutMs }, `${name} killed: it did not stop in time`);
      end();
    }, stopTimeoutMs);
    stopping = stop().then(() => {
      clearTimeout(deadline);
      log.info(`${name} stopped`);
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
      if (process.connected) process.disconnect();
    });
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.once('disconnect', () => {
    if (!stopping) onSignal();
  });
}

/** Runs a program's start. An error is printed on standard error, and the exit status is 1. */
export async function startProgram(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    const text = error instanceof ProblemError ? `${error.code}: ${error.message}` : String((error as Error).stack);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
    if (process.connected) process.disconnect();
  }
}

function end(): void {
  // eslint-disable-next-line unicorn/no-process-exit -- nothing else may be waited for
  process.exit(1);
}
