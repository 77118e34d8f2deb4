import type { DivisionCode, HostReply, NodeServices } from '@liandong/schema';
import { ISSUER_KEYS, TokenVerifier, parseIssuers, problem } from '@liandong/schema';
import { createRemoteJWKSet } from 'jose';
import type { Logger } from 'pino';
import { Bus } from '../bus/index.ts';
import { recountDates } from '../cases/index.ts';
import { fillItemIndex } from '../catalogue/index.ts';
import type { HostConfig } from '../config.ts';
import { HostDb } from '../db/index.ts';
import { HttpServer, NatsServer, Responder } from '../federation/index.ts';
import type { HandOffPorts } from '../handoff/index.ts';
import { HAND_OFF_PORTS } from '../handoff/index.ts';
import { readKeyDocuments } from '../keys/index.ts';
import { linkOlderItems } from '../legal-bases/index.ts';
import { collectProcess } from '../observability/index.ts';
import { HostMetrics, MetricsServer, readinessOf } from '../operation/index.ts';
import { Lives } from '../restore/index.ts';
import { openVault, readyDataKeys } from '../sealing/index.ts';
import { startCarriage } from './carriage.ts';
import { startClockwork } from './clockwork.ts';
import type { NodeDesks } from './desks.ts';
import { desksOf } from './desks.ts';
import { readFoundation, readJson } from './foundation.ts';
import { hostParts } from './parts.ts';
import { Served } from './served.ts';

/** A running host: one process, one database, one node or many. */
export class Host {
  readonly #stops: (() => Promise<void>)[];
  readonly #responder: Responder;
  readonly #desks: ReadonlyMap<DivisionCode, NodeDesks>;

  private constructor(parts: StartedParts, stops: (() => Promise<void>)[]) {
    this.#responder = parts.responder;
    this.#desks = parts.desks;
    this.#stops = stops;
  }

  /**
   * Starts a host; what was started is stopped again when something fails on the way.
   * @param now the clock; tests bring their own
   * @param ports what hand-offs rest on; only the fault suite brings others
   */
  static async start(
    config: HostConfig,
    log: Logger,
    now: () => Date = () => new Date(),
    ports: Partial<HandOffPorts> = {},
  ): Promise<Host> {
    const stops: (() => Promise<void>)[] = [];
    try {
      const whole = { ...HAND_OFF_PORTS, ...ports };
      return new Host(await startParts(config, log, now, whole, (stop) => stops.push(stop)), stops);
    } catch (error) {
      await stopAll(stops, log);
      throw error;
    }
  }

  /** Answers a gateway's request, as it does over NATS and HTTP. */
  answer(request: unknown): Promise<HostReply> {
    return this.#responder.answer(request);
  }

  /** @throws {ProblemError} MISROUTED */
  services(node: DivisionCode): NodeServices {
    const desks = this.#desks.get(node);
    if (!desks) throw problem('MISROUTED', `This host does not serve ${node}.`, { node });
    return desks.services;
  }

  /** Stops in reverse: no more questions, no more messages in, none out, then the connections. */
  async stop(log: Logger): Promise<void> {
    await stopAll(this.#stops, log);
  }
}

interface StartedParts {
  responder: Responder;
  desks: ReadonlyMap<DivisionCode, NodeDesks>;
}

async function startParts(
  config: HostConfig,
  log: Logger,
  now: () => Date,
  ports: HandOffPorts,
  onStop: (stop: () => Promise<void>) => void,
): Promise<StartedParts> {
  const foundation = await readFoundation(config, now);
  const { divisions, trust, calendar } = foundation;
  const issuers = parseIssuers(await readJson(config.issuersFile));
  const tokens = new TokenVerifier(
    issuers,
    (uri) => createRemoteJWKSet(uri, ISSUER_KEYS),
    (issuer, away, err) =>
      log.warn({ issuer, err }, away ? 'an issuer of tokens can not be reached' : 'an issuer of tokens is back'),
  );

  const vault = await openVault(config);
  const db = new HostDb(
    config.databaseUrl,
    config.databaseConnections,
    (error) => log.warn({ err: error }, 'a database connection broke'),
    vault,
  );
  onStop(() => db.close());
  await readyDataKeys({ config, db, vault, now, log });
  const served = await Served.open(db, config.nodes, log);
  const { nodes } = served;
  const lives = await Lives.open(db, nodes, now, log);
  await trust.learn(await readKeyDocuments(db, nodes));
  const parts = hostParts({ ...config, nodes }, foundation, { db, lives, now, log });
  await parts.ownKeys.take();
  for (const node of nodes) {
    const recounted = await recountDates(db, node, calendar, divisions);
    await linkOlderItems(db, node);
    if (recounted > 0) log.info({ node, recounted }, 'dates counted again by the new calendar');
    const filled = await fillItemIndex(db, node);
    if (filled > 0) log.info({ node, filled }, 'items of an earlier form can be found now');
    await parts.publisher.tellOlder(db, node);
  }

  const desks = desksOf(parts);
  const services = new Map([...desks].map(([node, desk]) => [node, desk.services]));
  const { movedTo } = served;
  const responder = new Responder({ host: config.host, services, movedTo, tokens, isHealing: lives.isHealing, log });

  // the people of this host are served over HTTP also while the broker is away
  let bus: Bus | null = null;
  const readiness = () => readinessOf(db, bus, now);
  if (config.metricsPort > 0) {
    const metrics = new HostMetrics(db, nodes, readiness);
    collectProcess();
    const server = await MetricsServer.listen(config.metricsPort, config.metricsAddress, () => metrics.scrape(), log);
    onStop(() => server.stop());
  }
  if (config.httpPort > 0) {
    const http = await HttpServer.listen(config.httpPort, config.httpAddress, { responder, readiness, log });
    onStop(() => http.stop());
  }

  log.debug({ urls: config.natsUrls }, 'waiting for the broker');
  const { natsUrls: urls, natsSeedFile: seedFile, host: name } = config;
  const connected = await Bus.connect({ urls, name, seedFile, subjects: foundation.subjects }, log);
  bus = connected;
  onStop(() => connected.close());
  const carriage = await startCarriage(parts, connected, ports, onStop);
  const clockwork = startClockwork(parts, desks, carriage.healer, onStop);
  served.start(async (node) => {
    desks.delete(node);
    services.delete(node);
    lives.forget(node);
    await Promise.all([responder.turn(), clockwork.turn(), carriage.leave(node)]);
  });
  onStop(() => served.stop());

  const server = new NatsServer(connected, config.host, responder, log);
  onStop(() => server.stop());
  return { responder, desks };
}

async function stopAll(stops: (() => Promise<void>)[], log: Logger): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) {
    await stop().catch((error: unknown) => log.warn({ err: error }, 'a part did not stop cleanly'));
  }
}
