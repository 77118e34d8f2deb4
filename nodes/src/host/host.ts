import type { DivisionCode } from '@liandong/schema/kernel';
import type { HostReply } from '@liandong/schema/wire';
import { signalSubject } from '@liandong/schema/wire';
import type { NodeServices } from '@liandong/schema/graph';
import { dayOf, problem } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import { Bus } from '../bus/index.ts';
import type { HostConfig } from '../config.ts';
import { HostDb } from '../db/index.ts';
import { mendGrants } from '../delegation/index.ts';
import { Failures } from '../failures/index.ts';
import { HttpServer, NatsServer, Responder } from '../federation/index.ts';
import type { HandOffPorts } from '../handoff/index.ts';
import { HAND_OFF_PORTS } from '../handoff/index.ts';
import { readKeyDocuments } from '../keys/index.ts';
import { Renderer } from '../papers/index.ts';
import { collectProcess } from '../observability/index.ts';
import type { Readiness } from '../health/index.ts';
import { HostMetrics, MetricsServer } from '../health/index.ts';
import { Incarnations } from '../restore/index.ts';
import { openVault, readyDataKeys } from '../sealing/index.ts';
import { SignalNumbering } from '../signals/index.ts';
import { findKeys, readPassphrase } from '../trust/index.ts';
import type { Vault } from '../vault/index.ts';
import { readyRows, takeUp } from './arrivals.ts';
import { startCarriage } from './carriage.ts';
import { startClockwork } from './clockwork.ts';
import type { NodeDesks } from './desks.ts';
import { deskOpener } from './desks.ts';
import type { Foundation } from './foundation.ts';
import { readFoundation } from './foundation.ts';
import { openTokens } from './issuers.ts';
import type { HostParts } from './parts.ts';
import { hostParts } from './parts.ts';
import { ServedNodes } from './served-nodes.ts';

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
   * Starts a host; if a part fails, the parts that were started are stopped again.
   * @param now the clock; tests bring their own
   * @param ports the parts hand-offs rest on; only the fault suite brings others
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

  /** Answers a gateway's request, as the host does over NATS and HTTP. */
  answer(request: unknown): Promise<HostReply> {
    return this.#responder.answer(request);
  }

  /** @throws {ProblemError} MISROUTED */
  services(node: DivisionCode): NodeServices {
    const desks = this.#desks.get(node);
    if (!desks) throw problem('MISROUTED', `This host does not serve ${node}.`, { node });
    return desks.services;
  }

  /** The nodes served at this moment. */
  get nodes(): DivisionCode[] {
    return [...this.#desks.keys()];
  }

  /**
   * Stops the host in reverse order: first its answers to requests, then incoming messages, outgoing messages, and the
   * connections.
   */
  async stop(log: Logger): Promise<void> {
    await stopAll(this.#stops, log);
  }
}

interface StartedParts {
  responder: Responder;
  desks: ReadonlyMap<DivisionCode, NodeDesks>;
}

type OnStop = (stop: () => Promise<void>) => void;

async function startParts(
  config: HostConfig,
  log: Logger,
  now: () => Date,
  ports: HandOffPorts,
  onStop: OnStop,
): Promise<StartedParts> {
  const foundation = await readFoundation(config, now);
  const { divisions, trust, placement } = foundation;
  for (const node of config.nodes) divisions.get(node);
  const tokens = await openTokens(config.issuersFile, log, onStop);
  const { parts, vault, served } = await openParts(config, foundation, now, log, onStop);
  const { incarnations } = parts;
  const { nodes } = served;

  const openDesks = deskOpener(parts);
  const desks = new Map(nodes.map((node) => [node, openDesks(node)]));
  const services = new Map([...desks].map(([node, desk]) => [node, desk.services]));
  const { movedTo } = served;
  const responder = new Responder({
    host: config.host,
    services,
    movedTo,
    tokens,
    requirePost: (viewer) => parts.gate.require(viewer),
    isHealing: incarnations.isHealing,
    log,
  });

  // HTTP serves the people of this host even while the broker is away
  const { health } = parts;
  await listen(parts, { responder, readiness: () => health.readiness() }, nodes, onStop);

  // people here read their signals even while the broker is away
  const numbering = new SignalNumbering({ ...parts, nodes });
  numbering.start();
  onStop(() => numbering.stop());

  log.debug({ urls: config.natsUrls }, 'waiting for the broker');
  const { natsUrls: urls, natsSeedFile: seedFile, host: name } = config;
  const connected = await Bus.connect({ urls, name, seedFile, subjects: placement.subjects }, log);
  onStop(() => connected.close());
  const encoder = new TextEncoder();
  numbering.onNumbered((hint) =>
    connected.tell(signalSubject(hint.node, divisions), encoder.encode(JSON.stringify(hint))),
  );
  // a broker that lacks something is logged, and the host tries again later; people here are served meanwhile
  await connected.ensureRoads().catch(() => undefined);
  health.reached(connected);
  const carriage = await startCarriage(parts, connected, ports, onStop);
  const clockwork = startClockwork(
    { ...parts, desks, recovery: carriage.recovery, protocols: carriage.protocols },
    onStop,
  );
  const arrival = { parts, config, vault, bus: connected, carriage, nodes, desks, services, openDesks };
  served.start({
    takeUp: (arriving) => takeUp(arriving, arrival),
    leave: async (node) => {
      desks.delete(node);
      services.delete(node);
      incarnations.forget(node);
      await Promise.all([responder.turn(), clockwork.turn(), carriage.leave(node)]);
    },
    isGone: trust.isGone,
    onPlaced: () => connected.takeIn(placement.subjects),
  });
  onStop(() => served.stop());

  const server = new NatsServer(connected, config.host, responder, log);
  onStop(() => server.stop());
  return { responder, desks };
}

/** Opens the database with its vault, finds the nodes to serve, and prepares their keys, rows and grants. */
async function openParts(
  config: HostConfig,
  foundation: Foundation,
  now: () => Date,
  log: Logger,
  onStop: OnStop,
): Promise<{ parts: HostParts; vault: Vault; served: ServedNodes }> {
  const { divisions, trust, placement } = foundation;
  const vault = await openVault({ ...config, nodes: placement.named });
  const db = new HostDb(
    config.databaseUrl,
    config.databaseConnections,
    (error) => log.warn({ err: error }, 'database connection broken'),
    vault,
  );
  onStop(() => db.close());
  const keys = await findKeys(config.keysDir, placement.named, await readPassphrase(config.keysPassphraseFile));
  const keyed = new Set(keys.map((key) => key.node));
  const isKnown = (node: DivisionCode) => divisions.find(node) !== undefined && trust.knows(node);
  const failures = new Failures(log);
  const served = await ServedNodes.open({ db, placement, failures, log }, keyed, isKnown);
  const { nodes } = served;
  await readyDataKeys({ config: { ...config, nodes }, db, vault, failures, now, log });
  const incarnations = await Incarnations.open(db, nodes, now, log);
  await trust.learn(await readKeyDocuments(db, nodes));
  const renderer = new Renderer(log);
  onStop(async () => renderer.stop());
  const parts = hostParts({ ...config, nodes }, foundation, { db, incarnations, renderer, failures, now, log });
  await parts.ownKeys.take(keys);
  for (const node of nodes) await readyRows(node, parts);
  await mendGrants(db, nodes, parts, dayOf(now()), log);
  return { parts, vault, served };
}

/** Listens where the config gives a port: for the metrics, and for gateways and the people of this host over HTTP. */
async function listen(
  { config, db, trust, log }: HostParts,
  { responder, readiness }: { responder: Responder; readiness: () => Promise<Readiness> },
  nodes: readonly DivisionCode[],
  onStop: OnStop,
): Promise<void> {
  if (config.metricsPort > 0) {
    const metrics = new HostMetrics(db, nodes, readiness, trust.gone);
    collectProcess();
    const server = await MetricsServer.listen(config.metricsPort, config.metricsAddress, () => metrics.scrape(), log);
    onStop(() => server.stop());
  }
  if (config.httpPort > 0) {
    const http = await HttpServer.listen(config.httpPort, config.httpAddress, { responder, readiness, log });
    onStop(() => http.stop());
  }
}

async function stopAll(stops: (() => Promise<void>)[], log: Logger): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) {
    await stop().catch((error: unknown) => log.warn({ err: error }, 'component did not stop cleanly'));
  }
}
