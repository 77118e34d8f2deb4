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
import type { JWK } from 'jose';
import { createRemoteJWKSet } from 'jose';
import type { GatewayConfig } from './config.ts';
import { readConfig } from './config.ts';
import { Issuer, parsePeople } from './issuer/index.ts';
import { exportTraces, programLog, serveMetrics } from './observability/index.ts';
import { Gateway } from './server.ts';
import { NatsTransport } from './transport/index.ts';

/** How often the topology's file is looked at, ms. */
const TOPOLOGY_MS = 500;

/**
 * Entry of the gateway process; stops on SIGINT, SIGTERM, or when its starter goes away. The topology is read anew when
 * its file changes, and on SIGHUP; an older one than that in force changes nothing.
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

  const readAnew = () => {
    readJson(config.topologyFile)
      .then((content) => {
        if (gateway.registry.replace(parseTopology(content))) {
          log.info({ sequence: gateway.registry.current.sequence }, 'a newer topology is in force');
        }
      })
      .catch((error: unknown) => log.error({ err: error }, 'the topology was not taken'));
  };
  process.on('SIGHUP', readAnew);
  watchFile(config.topologyFile, { interval: TOPOLOGY_MS }, readAnew);
  let stopping: Promise<void> | null = null;
  const stop = () => {
    if (stopping) return end();
    const deadline = setTimeout(() => {
      log.error({ ms: config.stopTimeoutMs }, 'the stop took too long and was ended');
      end();
    }, config.stopTimeoutMs);
    unwatchFile(config.topologyFile, readAnew);
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

async function openIssuer(config: GatewayConfig): Promise<Issuer | null> {
  if (!config.embeddedIssuer) return null;
  const { name, keyFile, peopleFile } = config.embeddedIssuer;
  return Issuer.open(name, (await readJson(keyFile)) as JWK, parsePeople(await readJson(peopleFile)));
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
