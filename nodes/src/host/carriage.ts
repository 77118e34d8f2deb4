import type { DivisionCode } from '@liandong/schema/kernel';
import { materialPartSchema } from '@liandong/schema/wire';
import type { Bus } from '../bus/index.ts';
import { lockCases, readPart, rememberingDossiers } from '../cases/index.ts';
import { catalogueReader } from '../catalogue/index.ts';
import { DelegationReceiver, PublishedGrants } from '../delegation/index.ts';
import { FeedCursors, FeedPublisher, FeedSubscriber } from '../feeds/index.ts';
import type { HandOffPorts } from '../handoff/index.ts';
import { Carrier, Intake, ParkedRetries, Relay, SendFaults } from '../handoff/index.ts';
import { OpinionReceiver, askAgain, requestLogs } from '../joint/index.ts';
import { linkItems } from '../legal-bases/index.ts';
import { ProxyReceiver } from '../proxy/index.ts';
import { Healer } from '../restore/index.ts';
import { countFacts } from '../figures/index.ts';
import { DataReceiver, carriedAnswers, keepOffers } from '../sharing/index.ts';
import type { HostParts } from './parts.ts';

/** What carries between nodes, as nodes come to the host and leave it. */
export interface Carriage {
  healer: Healer;
  /** Makes ready what a node that comes needs; nothing runs yet. */
  prepare: (node: DivisionCode) => Promise<void>;
  /** Begins to carry for a node. */
  take: (node: DivisionCode) => void;
  /** Ends when nothing of the node is under way any more. */
  leave: (node: DivisionCode) => Promise<void>;
}

/**
 * Carries what the host's nodes owe others and takes in what comes to them, over a connected broker: relay, feeds,
 * intakes, parked messages, and the healing of a restored database.
 */
export async function startCarriage(
  parts: HostParts,
  bus: Bus,
  ports: HandOffPorts,
  onStop: (stop: () => Promise<void>) => void,
): Promise<Carriage> {
  const { config, db, trust, divisions, calendar, lives, outbox, appender, writer, receiver } = parts;
  const { publisher, ownKeys, keyDesk, legalBases, keeper, failures, now, log } = parts;
  const { nodes } = config;
  const proxies = new ProxyReceiver({ divisions, writer, outbox, now });
  const grants = new PublishedGrants({ trust, divisions, log });
  const delegations = new DelegationReceiver({ trust, divisions, publisher, published: grants, now });
  const opinions = new OpinionReceiver({ trust, divisions, calendar, writer, outbox, now });
  const dataReceiver = new DataReceiver({ trust, divisions, outbox, now });

  const carrier = new Carrier(bus, trust, divisions, lives.lifeOf);
  outbox.reckonWith(() => carrier.room);
  const faults = new SendFaults(db, log);
  await faults.load();
  const relay = new Relay({
    db,
    carrier,
    outbox,
    faults,
    nodes,
    readBytes: (queries, body) => readPart(queries, materialPartSchema.parse(body)),
    healing: lives.healing,
    onRoad: ports.onRoad,
    log,
  });
  const readers = {
    FACTS: countFacts,
    CATALOGUE: catalogueReader({
      divisions,
      appender,
      others: {
        linkItems,
        changeLegalBasis: legalBases.take,
        takeGrant: grants.entry,
        judgeWaitingGrants: grants.judgeWaiting,
        keepOffers,
        takeKeys: keyDesk.published,
      },
      log,
    }),
  };
  const cursors = new FeedCursors({ db, divisions, trust, nodes, failures, heartbeatMs: config.feedHeartbeatMs });
  const subscriber = new FeedSubscriber({ trust, divisions, cursors, readers, isOver: lives.isOver, log });
  const feeds: FeedPublisher = new FeedPublisher({
    db,
    carrier,
    trust,
    appender,
    cursors,
    faults,
    nodes,
    readers,
    isHealing: lives.isHealing,
    lifeOf: lives.lifeOf,
    onForgotten: (node) => {
      forgotten(node).catch((error: unknown) =>
        log.error({ err: error, node }, 'recovery of a restored node not started'),
      );
    },
    failures,
    now,
    log,
  });
  const resend = (of?: readonly DivisionCode[]) => {
    const resent = Promise.all([relay.resendAll(of), cursors.resendAll(of)]);
    resent.catch((error: unknown) => log.warn({ err: error }, 'resending after a reconnect failed'));
  };
  const healer = new Healer({
    db,
    lives,
    outbox,
    trust,
    receiver,
    projects: keeper,
    readers,
    carried: carriedAnswers,
    askAgain,
    askedBy: requestLogs,
    takeKeys: keyDesk.published,
    onHealed: () => resend(),
    failures,
    log,
  });
  // others remember more than this database: it was put back without a word
  const forgotten = async (node: DivisionCode) => {
    if (lives.isHealing(node)) return;
    await lives.begin(node);
    await healer.begin();
  };
  await cursors.prepare();
  await healer.begin();
  await Promise.all([relay.resendAll(), cursors.resendAll()]);
  bus.onReconnect(() => {
    carrier.roads.forget();
    resend();
  });
  relay.start();
  onStop(() => relay.stop());
  feeds.start();
  onStop(() => feeds.stop());

  const receivers = ports.receivers({
    DOSSIER: rememberingDossiers(receiver.dossier, lives.wasRestored),
    ECHO: receiver.echo,
    WITHDRAWAL: receiver.withdrawal,
    RATING: receiver.rating,
    MATERIAL: receiver.material,
    FEED: subscriber.receive,
    DELEGATION: delegations.document,
    RECALL: receiver.recall,
    DATA_REQUEST: dataReceiver.request,
    DATA_ANSWER: dataReceiver.answer,
    LEGAL_BASIS: legalBases.report,
    TAKE_OVER: proxies.takeOver,
    PROXY_EVENT: proxies.event,
    PROJECT: keeper.notice,
    PROJECT_ANSWER: keeper.answer,
    OPINION_REQUEST: opinions.request,
    OPINION_NOTICE: opinions.notice,
    OPINION_ANSWER: opinions.answer,
    KEYS: keyDesk.receive,
    RESTORED: healer.restored,
    COPY: healer.copy,
  });
  const settlers = {
    DOSSIER: receiver.dossierAnswered,
    WITHDRAWAL: receiver.withdrawalAnswered,
    DELEGATION: delegations.answered,
    COPY: healer.copyAnswered,
    PROJECT: keeper.noticeAnswered,
    OPINION_REQUEST: opinions.requestAnswered,
    OPINION_NOTICE: opinions.noticeAnswered,
    OPINION_ANSWER: opinions.answerAnswered,
  };
  const { inbox } = ports;
  const { watermark } = feeds;
  const shared = { divisions, db, bus, carrier, faults, inbox, receivers, settlers, lockCases, watermark };
  const intakes: Intake[] = [];
  const takeIn = (node: DivisionCode) => {
    const intake = new Intake({ node, ...shared, lives, now, log });
    intakes.push(intake);
    intake.start();
  };
  for (const node of nodes) takeIn(node);
  onStop(async () => void (await Promise.all(intakes.map((intake) => intake.stop()))));

  const parked = new ParkedRetries({
    db,
    nodes,
    retry: async (node, id) => intakes.find((intake) => intake.node === node)?.retry(id),
    log,
  });
  await Promise.all([parked.keysLearned(), grants.judgeWaitingAt(db, nodes)]);
  parked.start();
  onStop(() => parked.stop());
  ownKeys.onTaken(() => relay.resendParked());
  trust.onLearned((documents) => {
    const opened = documents.flatMap(({ kind, content }) => (kind === 'CERTIFICATE' ? [content.node] : []));
    const welcomed = async () => {
      for (const node of new Set(opened)) await cursors.welcome(node);
    };
    const judged = grants.judgeWaitingAt(db, nodes);
    const followed = Promise.all([ownKeys.learned(documents), parked.keysLearned(), judged, welcomed()]);
    followed.catch((error: unknown) => log.warn({ err: error }, 'key change not applied'));
  });
  const leave = async (node: DivisionCode) => {
    const left = intakes.findIndex((intake) => intake.node === node);
    if (left >= 0) await Promise.all(intakes.splice(left, 1).map((intake) => intake.stop()));
    bus.forget(node);
    await Promise.all([relay.turn(), feeds.turn(), parked.turn()]);
  };
  const prepare = async (node: DivisionCode) => {
    await cursors.prepare([node]);
    await healer.begin();
  };
  const take = (node: DivisionCode) => {
    takeIn(node);
    resend([node]);
    parked.keysLearned().catch((error: unknown) => log.warn({ err: error }, 'retrying parked messages failed'));
  };
  return { healer, prepare, take, leave };
}
