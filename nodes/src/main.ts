import { ProblemError } from '@liandong/schema';
import { pino } from 'pino';
import { readConfig } from './config.ts';
import { migrate } from './db/index.ts';
import { Host } from './host.ts';

/** Entry of a host process: settings, migrations, start; stops on SIGINT, SIGTERM, or when its starter goes away. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = pino({ level: config.logLevel, base: { host: config.host }, timestamp: pino.stdTimeFunctions.isoTime });
  await migrate(config.databaseUrl);
  const host = await Host.start(config, log);
  log.info({ nodes: config.nodes }, 'host ready');
  process.send?.({ ready: true });

  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= host.stop(log).then(() => {
      log.info('host stopped');
      if (process.connected) process.disconnect();
    });
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.once('disconnect', stop);
}

main().catch((error: unknown) => {
  const text = error instanceof ProblemError ? `${error.code}: ${error.message}` : String((error as Error).stack);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
  if (process.connected) process.disconnect();
});
