import { exportTraces, programLog, startProgram, stopOnSignal } from '@liandong/runtime';
import { readConfig } from './config.ts';
import { migrate } from './db/index.ts';
import type { HandOffPorts } from './handoff/index.ts';
import { Host } from './host/index.ts';

/**
 * A host process: settings, migrations, start; stops on SIGINT, SIGTERM, or when its starter goes away. If it can't
 * start, it says why on standard error, and the exit status is 1.
 * @param ports the parts hand-offs rest on; only the fault suite's own program brings others
 */
export async function runHost(
  environment: Record<string, string | undefined>,
  ports: Partial<HandOffPorts> = {},
): Promise<void> {
  await startProgram(() => run(environment, ports));
}

async function run(environment: Record<string, string | undefined>, ports: Partial<HandOffPorts>): Promise<void> {
  const config = readConfig(environment);
  const log = programLog(config.logLevel, { host: config.host });
  const stopTraces = config.otlpEndpoint === null ? null : await exportTraces('liandong-host', config.otlpEndpoint);
  await migrate(config.databaseUrl);
  const host = await Host.start(config, log, undefined, ports);
  stopOnSignal({
    name: 'host',
    log,
    stopTimeoutMs: config.stopTimeoutMs,
    stop: async () => {
      await host.stop(log);
      await stopTraces?.();
    },
  });
  // a program that reads this line may stop the host at once
  log.info({ nodes: host.nodes }, 'host ready');
  process.send?.({ ready: true });
}
