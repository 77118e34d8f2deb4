import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import {
  ISSUER_KEYS,
  ProblemError,
  TokenVerifier,
  dayOf,
  parseDivisions,
  parseIssuers,
  parseTopology,
  problem,
} from '@liandong/schema';
import { createRemoteJWKSet } from 'jose';
import type { Logger } from 'pino';
import type { GatewayConfig } from './config.ts';
import { readConfig } from './config.ts';
import { Issuer, parsePeople } from './issuer/index.ts';
import { exportTraces, programLog, serveMetrics } from './observability/index.ts';
import { Gateway } from './server.ts';
import { NatsTransport } from './transport/index.ts';

/** How often it is looked whether a file was changed, ms. */
const LOOK_MS = 500;

/**
 * Entry of the gateway process; stops on SIGINT, SIGTERM, or when its starter goes away. The files of the topology, of
 * the issuers, and of the embedded issuer's people and keys are read anew when they change, and on SIGHUP; a topology
 * older than that in force changes nothing, and a faulty file leaves all as it was.
 */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = programLog(config.logLevel, { program: 'gateway' });
  const stopTraces = config.otlpEndpoint === null ? null : await exportTraces('liandong-gateway', config.otlpEndpoint);
  const divisions = parseDivisions(await readText(config.divisionsFile), dayOf(new Date()));
  const topology = parseTopology(await readJson(config.topologyFile));
  const tokens = new TokenVerifier(
    parseIssuers(await readJson(config.issuersFile)),
    (uri) => createRemoteJWKSet(uri, ISSUER_KEYS),
    (issuer, away, err) =>
      log.warn({ issuer, err }, away ? 'an issuer of tokens can not be reached' : 'an issuer of tokens is back'),
  );
  const issuer = await openIssuer(config);
  const nats = await NatsTransport.connect(config.natsUrls, config.natsSeedFile, config.name);
  const { requestTimeoutMs, hostTimeoutMs, door } = config;
  const tls = config.tls && {
    cert: await readText(config.tls.certFile),
    key: await readText(config.tls.keyFile),
  };
  const gateway = new Gateway({
    divisions,
    topology,
    nats,
    tokens,
    issuer,
    requestTimeoutMs,
    hostTimeoutMs,
    door,
    log,
  });
  try {
    await gateway.listen(config.port, config.address, tls);
  } catch (error) {
    await gateway.close();
    throw error;
  }
  const stopMetrics =
    config.metricsPort > 0
      ? await serveMetrics(config.metricsPort, config.metricsAddress, () => gateway.isReady())
      : null;
  log.info({ port: config.port }, 'gateway ready');
  process.send?.({ ready: true });

  const watched = watchFiles(log, [
    {
      files: [config.topologyFile],
      take: async () => {
        if (gateway.registry.replace(parseTopology(await readJson(config.topologyFile)))) {
          log.info({ sequence: gateway.registry.current.sequence }, 'a newer topology is in force');
        }
      },
    },
    {
      files: [config.issuersFile],
      take: async () => {
        tokens.renew(parseIssuers(await readJson(config.issuersFile)));
        log.info('the issuers of tokens were read anew');
      },
    },
    ...(config.embeddedIssuer && issuer ? [embeddedIssuerFiles(issuer, config.embeddedIssuer, log)] : []),
  ]);
  let stopping: Promise<void> | null = null;
  const stop = () => {
    if (stopping) return end();
    const deadline = setTimeout(() => {
      log.error({ ms: config.stopTimeoutMs }, 'the stop took too long and was ended');
      end();
    }, config.stopTimeoutMs);
    watched.stop();
    stopping = gateway.close().then(async () => {
      await stopMetrics?.();
      await stopTraces?.();
      clearTimeout(deadline);
      log.info('gateway stopped');
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (process.connected) process.disconnect();
    });
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.once('disconnect', () => {
    if (!stopping) stop();
  });
}

/** Ends the process at once: a second signal, or a stop that took too long. */
function end(): void {
  // eslint-disable-next-line unicorn/no-process-exit -- the entry point itself, when nothing else may be waited for
  process.exit(1);
}

/** Files that are read anew when one of them changes. */
interface WatchedFiles {
  files: readonly string[];
  /** Reads and takes them. @throws {ProblemError} BAD_CONFIG; all is as before then */
  take: () => Promise<void>;
}

/** Reads files anew when they change, and all of them on SIGHUP. */
function watchFiles(log: Logger, all: readonly WatchedFiles[]): { stop: () => void } {
  const stops = all.map(({ files, take }) => {
    // one after the other, so that the last reading counts
    let taken = Promise.resolve();
    const read = () => {
      taken = taken
        .then(take)
        .catch((error: unknown) => log.error({ err: error, files }, 'what was changed was not taken'));
    };
    for (const file of files) watchFile(file, { interval: LOOK_MS }, read);
    process.on('SIGHUP', read);
    return () => {
      for (const file of files) unwatchFile(file, read);
      process.off('SIGHUP', read);
    };
  });
  return { stop: () => stops.forEach((stop) => stop()) };
}

function embeddedIssuerFiles(issuer: Issuer, { keyFile, peopleFile }: EmbeddedIssuer, log: Logger): WatchedFiles {
  return {
    files: [keyFile, peopleFile],
    take: async () => {
      await issuer.renew(await readJson(keyFile), parsePeople(await readJson(peopleFile)));
      log.info("the embedded issuer's keys and people were read anew");
    },
  };
}

type EmbeddedIssuer = NonNullable<GatewayConfig['embeddedIssuer']>;

async function openIssuer(config: GatewayConfig): Promise<Issuer | null> {
  if (!config.embeddedIssuer) return null;
  const { name, keyFile, peopleFile } = config.embeddedIssuer;
  return Issuer.open(name, await readJson(keyFile), parsePeople(await readJson(peopleFile)));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw problem('BAD_CONFIG', `${file} can't be read.`, { cause });
  }
}

async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw problem('BAD_CONFIG', `${file} is no JSON.`, { cause });
  }
}

main().catch((error: unknown) => {
  const text = error instanceof ProblemError ? `${error.code}: ${error.message}` : String((error as Error).stack);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
  if (process.connected) process.disconnect();
});
