import { readFile } from 'node:fs/promises';
import type { DivisionCode, Divisions, HostReply, NodeServices, OfficialCalendar } from '@liandong/schema';
import { TokenVerifier, dayOf, materialPartSchema, parseDivisions, parseIssuers, problem } from '@liandong/schema';
import { createRemoteJWKSet } from 'jose';
import type { Logger } from 'pino';
import { admissionService } from './admission/index.ts';
import { BundleDesk } from './bundles/index.ts';
import { Bus } from './bus/index.ts';
import { builtInCalendar, readCalendar } from './calendar/index.ts';
import {
  CaseDesk,
  CaseReceiver,
  CaseWriter,
  ProxyReceiver,
  proxyService,
  readPart,
  recountDates,
  rememberingDossiers,
} from './cases/index.ts';
import {
  HostDrift,
  catalogueReader,
  catalogueService,
  fillItemIndex,
  findItem,
  implementationService,
  itemLifeService,
} from './catalogue/index.ts';
import type { HostConfig } from './config.ts';
import { HostDb } from './db/index.ts';
import { HttpServer, NatsServer, Responder } from './federation/index.ts';
import {
  DelegationReceiver,
  GrantPublisher,
  delegatedStages,
  delegationService,
  openGrants,
  powersOn,
} from './delegation/index.ts';
import { FeedAppender, FeedPublisher } from './feeds/index.ts';
import { HostMetrics, MetricsServer, readinessOf } from './operation/index.ts';
import { collectProcess } from './observability/index.ts';
import { Carrier, Intake, Loop, Outbox, ParkedRetries, Relay } from './handoff/index.ts';
import { KeyDesk, OwnKeys, readKeyDocuments } from './keys/index.ts';
import { LegalBasisDesk, legalBasesService, linkItems, linkOlderItems } from './legal-bases/index.ts';
import { enquiriesService, linkEnquiry } from './enquiries/index.ts';
import { feesService } from './fees/index.ts';
import { jointService, lapseSilentParties } from './joint/index.ts';
import { findOffices, officesService } from './offices/index.ts';
import { DataReceiver, carriedAnswers, keepOffers, sharingService, suppliedMaterials } from './sharing/index.ts';
import { Healer, Lives, SIGN_OF_LIFE_MS } from './restore/index.ts';
import { countFacts, figuresService, recordStandardization } from './rollup/index.ts';
import { DUTIES } from './tiers/index.ts';
import { Trust, trustFileSchema } from './trust/index.ts';

/** How often limits that ran out are looked for, ms. */
const LIMITS_MS = 30_000;
/** How often members of one form that became due are looked for, ms. */
const BUNDLES_MS = 1_000;
/** How often a change of the figures of standardization is looked for, ms. */
const STANDARDIZATION_MS = 3_600_000;

/** What a host stands on, read from its files; the command line needs some of it too. */
export interface Foundation {
  divisions: Divisions;
  /** Whom the trust file makes one believe; private keys are taken in hand apart. */
  trust: Trust;
  calendar: OfficialCalendar;
}

/**
 * @param clock the host's clock
 * @throws {ProblemError} BAD_CONFIG, UNKNOWN_DIVISION
 */
export async function readFoundation(config: HostConfig, clock: () => Date): Promise<Foundation> {
  const divisions = parseDivisions(await readText(config.divisionsFile), dayOf(clock()));
  for (const node of config.nodes) divisions.get(node);
  const trustFile = trustFileSchema.safeParse(await readJson(config.trustFile));
  if (!trustFile.success) throw problem('BAD_CONFIG', `${config.trustFile} is no trust file {root, certificates}.`);
  return {
    divisions,
    trust: await Trust.load(trustFile.data, [], divisions, clock),
    calendar: config.calendarFile === null ? builtInCalendar() : readCalendar(config.calendarFile),
  };
}

/** A running host: one process, one database, one node or many. */
export class Host {
  readonly #stops: (() => Promise<void>)[];
  readonly #responder: Responder;
  readonly #services: ReadonlyMap<DivisionCode, NodeServices>;

  private constructor(parts: StartedParts, stops: (() => Promise<void>)[]) {
    this.#responder = parts.responder;
    this.#services = parts.services;
    this.#stops = stops;
  }

  /**
   * Starts a host; what was started is stopped again when something fails on the way.
   * @param now the clock; tests bring their own
   */
  static async start(config: HostConfig, log: Logger, now: () => Date = () => new Date()): Promise<Host> {
    const stops: (() => Promise<void>)[] = [];
    try {
      return new Host(await startParts(config, log, now, (stop) => stops.push(stop)), stops);
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
    const services = this.#services.get(node);
    if (!services) throw problem('MISROUTED', `This host does not serve ${node}.`, { node });
    return services;
  }

  /** Stops in reverse: no more questions, no more messages in, none out, then the connections. */
  async stop(log: Logger): Promise<void> {
    await stopAll(this.#stops, log);
  }
}

interface StartedParts {
  responder: Responder;
  services: ReadonlyMap<DivisionCode, NodeServices>;
}

async function startParts(
  config: HostConfig,
  log: Logger,
  now: () => Date,
  onStop: (stop: () => Promise<void>) => void,
): Promise<StartedParts> {
  const { nodes } = config;
  const { divisions, trust, calendar } = await readFoundation(config, now);
  const issuers = parseIssuers(await readJson(config.issuersFile));
  const tokens = new TokenVerifier(issuers, (uri) => createRemoteJWKSet(uri));

  const db = new HostDb(config.databaseUrl, config.databaseConnections, (error) =>
    log.warn({ err: error }, 'a database connection broke'),
  );
  onStop(() => db.close());
  const lives = await Lives.open(db, nodes, now, log);
  await trust.learn(await readKeyDocuments(db, nodes));
  const ownKeys = new OwnKeys({ config, trust, db, now, log });
  await ownKeys.take();
  for (const node of nodes) {
    const recounted = await recountDates(db, node, calendar, divisions);
    await linkOlderItems(db, node);
    if (recounted > 0) log.info({ node, recounted }, 'dates counted again by the new calendar');
    const filled = await fillItemIndex(db, node);
    if (filled > 0) log.info({ node, filled }, 'items of an earlier form can be found now');
  }

  const outbox = new Outbox();
  const appender = new FeedAppender();
  const writer = new CaseWriter({
    trust,
    divisions,
    calendar: () => calendar,
    outbox,
    facts: appender,
    carried: carriedAnswers,
  });
  const receiver = new CaseReceiver({
    trust,
    divisions,
    writer,
    outbox,
    now,
    findItem: (tx, code) => findItem(tx, code, { today: dayOf(now()) }),
  });

  const publisher = new GrantPublisher({ divisions, outbox, appender, nodes: () => trust.nodes() });
  for (const node of nodes) await publisher.tellOlder(db, node);
  const proxies = new ProxyReceiver({ divisions, writer, outbox, now });
  const delegations = new DelegationReceiver({ trust, divisions, publisher, now });
  const dataReceiver = new DataReceiver({ trust, divisions, outbox, now });
  const keyDesk = new KeyDesk({ trust, divisions, appender, outbox, now }, log);
  const legalBases = new LegalBasisDesk({ divisions, outbox, nodes: () => trust.nodes(), now });

  const drift = new HostDrift(db);
  const desks = new Map<DivisionCode, CaseDesk>();
  const bundleDesks = new Map<DivisionCode, BundleDesk>();
  const services = new Map<DivisionCode, NodeServices>();
  for (const node of nodes) {
    const desk = new CaseDesk({
      node,
      db,
      divisions,
      calendar: () => calendar,
      writer,
      outbox,
      now,
      supplied: suppliedMaterials,
      offices: findOffices,
      linkEnquiry: (tx, viewer, enquiry, made) => linkEnquiry(tx, viewer, divisions, enquiry, made),
    });
    desks.set(node, desk);
    const bundles = new BundleDesk({ node, db, divisions, cases: desk, writer, now });
    bundleDesks.set(node, bundles);
    services.set(node, {
      filing: desk.filing,
      handling: desk.handling,
      catalogue: catalogueService({
        node,
        db,
        divisions,
        drift,
        grants: () => powersOn(db.queries(node), dayOf(now())),
        now,
      }),
      delegation: delegationService({ node, db, trust, divisions, outbox, publisher, now }),
      figures: figuresService({ node, db, divisions, nodes: () => trust.nodes(), now }),
      sharing: sharingService({ node, db, divisions, trust, outbox, now }),
      admission: admissionService({ node, db, divisions, powersOn, now }),
      offices: officesService({ node, db, divisions, nodes: () => trust.nodes(), now, granted: delegatedStages }),
      legalBases: legalBasesService({
        node,
        db,
        appender,
        desk: legalBases,
        grantsOf: (queries, items) => openGrants(queries, items, dayOf(now())),
      }),
      implementation: implementationService({ node, db, divisions, appender, offices: findOffices, now }),
      proxy: proxyService(node, { db, divisions, writer, outbox, now }),
      itemLife: itemLifeService({ node, db, divisions, appender, now }),
      fees: feesService({ node, db, divisions, calendar: () => calendar, writer, offices: findOffices, now }),
      bundles: bundles.service,
      enquiries: enquiriesService({ node, db, divisions, powersOn, now }),
      joint: jointService({ node, db, divisions, calendar: () => calendar, writer, offices: findOffices, now }),
    });
  }
  const responder = new Responder({ host: config.host, services, tokens, isHealing: lives.isHealing, log });

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
  const connected = await Bus.connect({ urls: config.natsUrls, name: config.host, seedFile: config.natsSeedFile }, log);
  bus = connected;
  onStop(() => connected.close());

  const carrier = new Carrier(connected, trust, divisions, lives.lifeOf);
  const relay = new Relay({
    db,
    carrier,
    outbox,
    nodes,
    readBytes: (queries, body) => readPart(queries, materialPartSchema.parse(body)),
    healing: lives.healing,
    log,
  });
  const readers = {
    FACTS: countFacts,
    CATALOGUE: catalogueReader(divisions, appender, {
      linkItems,
      changeLegalBasis: legalBases.take,
      takeGrant: delegations.published,
      keepOffers,
      takeKeys: keyDesk.published,
    }),
  };
  const feeds: FeedPublisher = new FeedPublisher({
    db,
    carrier,
    trust,
    divisions,
    appender,
    nodes,
    readers,
    heartbeatMs: config.feedHeartbeatMs,
    isHealing: lives.isHealing,
    onForgotten: (node) => {
      forgotten(node).catch((error: unknown) => log.error({ err: error, node }, 'a new life could not be begun'));
    },
    now,
    log,
  });
  const resend = () => {
    const resent = Promise.all([relay.resendAll(), feeds.resendAll()]);
    resent.catch((error: unknown) => log.warn({ err: error }, 'resend'));
  };
  const healer = new Healer({
    db,
    lives,
    outbox,
    trust,
    receiver,
    readers,
    carried: carriedAnswers,
    takeKeys: keyDesk.published,
    onHealed: resend,
    log,
  });
  // others remember more than this database: it was put back without a word
  const forgotten = async (node: DivisionCode) => {
    if (lives.isHealing(node)) return;
    await lives.begin(node);
    await healer.begin();
  };
  await feeds.prepare();
  await healer.begin();
  await Promise.all([relay.resendAll(), feeds.resendAll()]);
  connected.onReconnect(resend);
  relay.start();
  onStop(() => relay.stop());
  feeds.start();
  onStop(() => feeds.stop());

  const receivers = {
    DOSSIER: rememberingDossiers(receiver.dossier, lives.wasRestored),
    ECHO: receiver.echo,
    WITHDRAWAL: receiver.withdrawal,
    RATING: receiver.rating,
    MATERIAL: receiver.material,
    FEED: feeds.receive,
    DELEGATION: delegations.document,
    RECALL: receiver.recall,
    DATA_REQUEST: dataReceiver.request,
    DATA_ANSWER: dataReceiver.answer,
    LEGAL_BASIS: legalBases.report,
    TAKE_OVER: proxies.takeOver,
    PROXY_EVENT: proxies.event,
    KEYS: keyDesk.receive,
    RESTORED: healer.restored,
    COPY: healer.copy,
  };
  const intakes = nodes.map(
    (node) =>
      new Intake({
        node,
        divisions,
        db,
        bus: connected,
        carrier,
        receivers,
        settlers: {
          DOSSIER: receiver.dossierAnswered,
          WITHDRAWAL: receiver.withdrawalAnswered,
          DELEGATION: delegations.answered,
          COPY: healer.copyAnswered,
        },
        watermark: feeds.watermark,
        lives,
        now,
        log,
      }),
  );
  for (const intake of intakes) intake.start();
  onStop(async () => void (await Promise.all(intakes.map((intake) => intake.stop()))));

  const parked = new ParkedRetries({
    db,
    nodes,
    retry: async (node, id) => intakes.find((intake) => intake.node === node)?.retry(id),
    log,
  });
  await parked.keysLearned();
  parked.start();
  onStop(() => parked.stop());
  ownKeys.onTaken(() => relay.resendParked());
  trust.onLearned((documents) => {
    const followed = Promise.all([ownKeys.learned(documents), parked.keysLearned()]);
    followed.catch((error: unknown) => log.warn({ err: error }, 'what was learned of keys'));
  });

  const limits = new Loop(
    async () => {
      for (const [node, desk] of desks) {
        if (!DUTIES[divisions.get(node).tier].accepts || lives.isHealing(node)) continue;
        const accepted = await desk.deemAccepted();
        if (accepted > 0) log.warn({ node, accepted }, 'cases count as accepted: nothing was named in time');
        const house = { node, db, divisions, calendar: () => calendar, writer, offices: findOffices, now };
        const lapsed = await lapseSilentParties(house);
        if (lapsed > 0) log.warn({ node, lapsed }, 'departments were silent past their deadlines');
      }
      return false;
    },
    LIMITS_MS,
    (error) => log.error({ err: error }, 'limits'),
  );
  limits.start();
  onStop(() => limits.stop());
  const bundleLoop = new Loop(
    async () => {
      for (const desk of bundleDesks.values()) await desk.fileDue();
      return false;
    },
    BUNDLES_MS,
    (error) => log.error({ err: error }, 'members of one form'),
  );
  bundleLoop.start();
  onStop(() => bundleLoop.stop());
  const standardization = new Loop(
    async () => {
      for (const node of nodes) {
        if (DUTIES[divisions.get(node).tier].implementsItems) await recordStandardization(db, node, dayOf(now()));
      }
      return false;
    },
    STANDARDIZATION_MS,
    (error) => log.error({ err: error }, 'figures of standardization'),
  );
  standardization.start();
  onStop(() => standardization.stop());

  const signs = new Loop(
    async () => {
      await lives.signOfLife();
      await healer.finishWaiting();
      return false;
    },
    SIGN_OF_LIFE_MS,
    (error) => log.warn({ err: error }, 'sign of life'),
  );
  signs.start();
  onStop(() => signs.stop());

  const server = new NatsServer(connected, config.host, responder, log);
  onStop(() => server.stop());
  return { responder, services };
}

async function stopAll(stops: (() => Promise<void>)[], log: Logger): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) {
    await stop().catch((error: unknown) => log.warn({ err: error }, 'a part did not stop cleanly'));
  }
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
