import { ProblemError } from '@liandong/schema/kernel';
import { readConfig } from './config.ts';
import { migrate } from './db/index.ts';
import type { HandOffPorts } from './handoff/index.ts';
import { Host } from './host/index.ts';
import { exportTraces, programLog } from './observability/index.ts';

/**
 * A host process: settings, migrations, start; stops on SIGINT, SIGTERM, or when its starter goes away. What keeps it
 * from starting is said on standard error, and the exit status is 1.
 * @param ports what hand-offs rest on; only the fault suite's own program brings others
 */
export async function runHost(
  environment: Record<string, string | undefined>,
  ports: Partial<HandOffPorts> = {},
): Promise<void> {
  try {
    await run(environment, ports);
  } catch (error) {
    const text = error instanceof ProblemError ? `${error.code}: ${error.message}` : String((error as Error).stack);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
    if (process.connected) process.disconnect();
  }
}

async function run(environment: Record<string, string | undefined>, ports: Partial<HandOffPorts>): Promise<void> {
  const config = readConfig(environment);
  const log = programLog(config.logLevel, { host: config.host });
  const stopTraces = config.otlpEndpoint === null ? null : await exportTraces('liandong-host', config.otlpEndpoint);
  await migrate(config.databaseUrl);
  const host = await Host.start(config, log, undefined, ports);
  let stopping: Promise<void> | null = null;
  const stop = () => {
    if (stopping) {
      log.warn('ended at a second signal: what was under way is done again after the next start');
      return end();
    }
    // what does not finish in time is safe in the database: outbox and broker bring it again
    const deadline = setTimeout(() => {
      log.error({ ms: config.stopTimeoutMs }, 'the stop took too long and was ended');
      end();
    }, config.stopTimeoutMs);
    stopping = host.stop(log).then(async () => {
      await stopTraces?.();
      clearTimeout(deadline);
      log.info('host stopped');
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (process.connected) process.disconnect();
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.once('disconnect', () => {
    if (!stopping) stop();
  });
  // whoever hears this may stop the host at once
  log.info({ nodes: host.nodes }, 'host ready');
  process.send?.({ ready: true });
}

/** Ends the process at once. */
function end(): void {
  // eslint-disable-next-line unicorn/no-process-exit -- the entry point itself, when nothing else may be waited for
  process.exit(1);
}
