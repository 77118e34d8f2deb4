import type { WatchedFiles } from '@liandong/runtime';
import {
  exportTraces,
  programLog,
  readJson,
  readText,
  startProgram,
  stopOnSignal,
  watchFiles,
} from '@liandong/runtime';
import { ISSUER_KEYS, parseIssuers, TokenVerifier } from '@liandong/schema/identity';
import { dayOf, parseDivisions } from '@liandong/schema/kernel';
import { parseTopology } from '@liandong/schema/wire';
import { createRemoteJWKSet } from 'jose';
import type { Logger } from 'pino';
import type { GatewayConfig } from './config.ts';
import { readConfig } from './config.ts';
import { Issuer, parsePeople } from './issuer/index.ts';
import { serveMetrics } from './observability/index.ts';
import { Gateway } from './server.ts';
import { NatsTransport } from './transport/index.ts';

/**
 * Entry of the gateway process; stops on SIGINT, SIGTERM, or when the process that started it ends. It reloads the
 * files of the topology, of the issuers, and of the embedded issuer's people and keys when they change, and on SIGHUP.
 * A topology older than the current one and a faulty file change nothing.
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
      log.warn(
        { issuer, err },
        away ? 'token issuer unreachable: its last known keys stay in use' : 'token issuer reachable again',
      ),
  );
  const issuer = await openIssuer(config);
  const nats = await NatsTransport.connect(config.natsUrls, config.natsSeedFile, config.name);
  const { requestTimeoutMs, hostTimeoutMs, edgeGuard } = config;
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
    edgeGuard,
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
          log.info({ sequence: gateway.registry.current.sequence }, 'newer topology in force');
        }
      },
    },
    {
      files: [config.issuersFile],
      take: async () => {
        tokens.renew(parseIssuers(await readJson(config.issuersFile)));
        log.info('token issuers reloaded');
      },
    },
    ...(config.embeddedIssuer && issuer ? [embeddedIssuerFiles(issuer, config.embeddedIssuer, log)] : []),
  ]);
  stopOnSignal({
    name: 'gateway',
    log,
    stopTimeoutMs: config.stopTimeoutMs,
    stop: async () => {
      watched.stop();
      await gateway.close();
      await stopMetrics?.();
      await stopTraces?.();
    },
  });
}

function embeddedIssuerFiles(issuer: Issuer, { keyFile, peopleFile }: EmbeddedIssuer, log: Logger): WatchedFiles {
  return {
    files: [keyFile, peopleFile],
    take: async () => {
      await issuer.renew(await readJson(keyFile), parsePeople(await readJson(peopleFile)));
      log.info('embedded issuer reloaded: keys and people');
    },
  };
}

type EmbeddedIssuer = NonNullable<GatewayConfig['embeddedIssuer']>;

async function openIssuer(config: GatewayConfig): Promise<Issuer | null> {
  if (!config.embeddedIssuer) return null;
  const { name, keyFile, peopleFile } = config.embeddedIssuer;
  return Issuer.open(name, await readJson(keyFile), parsePeople(await readJson(peopleFile)));
}

await startProgram(main);
