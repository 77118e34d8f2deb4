import type { DivisionCode } from '@liandong/schema/kernel';
import { materialPartSchema } from '@liandong/schema/wire';
import type { Bus } from '../bus/index.ts';
import { readPart } from '../materials/index.ts';
import { lockCases } from '../cases/index.ts';
import { catalogueReader } from '../catalogue/index.ts';
import { ReferralReceiver } from '../enquiries/index.ts';
import { DelegationReceiver, PublishedGrants, powersOn } from '../delegation/index.ts';
import { FormCarrier, readFormPart } from '../item-forms/index.ts';
import { FeedCursors, FeedPublisher, FeedSubscriber } from '../feeds/index.ts';
import type { HandOffPorts, RelayParts } from '../handoff/index.ts';
import { Carrier, Intake, ParkedRetries, Protocols, Relay, SendFaults } from '../handoff/index.ts';
import { OpinionReceiver, askAgain, requestLogs } from '../joint/index.ts';
import { linkItems } from '../legal-bases/index.ts';
import { findOffices } from '../offices/index.ts';
import { NoteReceiver, notesForRestored } from '../notes/index.ts';
import { ProxyReceiver } from '../proxy/index.ts';
import { Recovery, rememberingDossiers } from '../restore/index.ts';
import { countFacts } from '../figures/index.ts';
import { DataReceiver, keepOffers } from '../sharing/index.ts';
import { carriedAlong } from './carried.ts';
import type { HostParts } from './parts.ts';

/** Sends and takes in the messages of the host's nodes, which may come and leave. */
export interface Carriage {
  recovery: Recovery;
  protocols: Protocols;
  /** Prepares what a new node needs; nothing runs yet. */
  prepare: (node: DivisionCode) => Promise<void>;
  /** Begins to send and take in messages of a node. */
  take: (node: DivisionCode) => void;
  /** Resolves when no message of the node is under way any more. */
  leave: (node: DivisionCode) => Promise<void>;
}

/** The senders: the outbox' relay, feeds, and the recovery of a restored database. */
type Senders = Awaited<ReturnType<typeof openSenders>>;
/** The receivers of messages, by domain. */
type Takers = ReturnType<typeof openTakers>;

/**
 * Sends what the host's nodes owe others and takes in their messages, over a connected broker: relay, feeds, intakes,
 * parked messages, and the recovery of a restored database.
 */
export async function startCarriage(
  parts: HostParts,
  bus: Bus,
  ports: HandOffPorts,
  onStop: (stop: () => Promise<void>) => void,
): Promise<Carriage> {
  const { config, db, ownKeys, log } = parts;
  const { nodes } = config;
  const takers = openTakers(parts);
  const senders = await openSenders(parts, takers, bus, ports);
  const { carrier, protocols, relay, feeds, cursors, recovery, resend } = senders;
  await protocols.load(nodes);
  await cursors.prepare();
  await recovery.begin();
  await Promise.all([relay.resendAll(), cursors.resendAll()]);
  bus.onReconnect(() => {
    carrier.roads.forget();
    resend();
  });
  relay.start();
  onStop(() => relay.stop());
  feeds.start();
  onStop(() => feeds.stop());

  const intakes = startIntakes(parts, takers, senders, bus, ports, onStop);
  for (const node of nodes) intakes.take(node);
  const parked = new ParkedRetries({ db, nodes, retry: intakes.retry, log });
  await Promise.all([parked.keysLearned(), takers.grants.judgeWaitingAt(db, nodes)]);
  parked.start();
  onStop(() => parked.stop());
  ownKeys.onTaken(() => relay.resendParked());
  followKeys(parts, takers, cursors, parked);
  return {
    recovery,
    protocols,
    prepare: async (node) => {
      await protocols.load([node]);
      await cursors.prepare([node]);
      await recovery.begin();
    },
    take: (node) => {
      intakes.take(node);
      resend([node]);
      parked.keysLearned().catch((error: unknown) => log.warn({ err: error }, 'retrying parked messages failed'));
    },
    leave: async (node) => {
      await intakes.leave(node);
      bus.forget(node);
      await Promise.all([relay.turn(), feeds.turn(), parked.turn()]);
    },
  };
}

function openTakers({ divisions, calendar, trust, writer, outbox, publisher, signals, now, log }: HostParts) {
  const grants = new PublishedGrants({ trust, divisions, log });
  const guides = { divisions, powersOn, offices: findOffices, successionOf: trust.successionOf };
  return {
    grants,
    proxies: new ProxyReceiver({ divisions, writer, outbox, now }),
    delegations: new DelegationReceiver({ trust, divisions, publisher, published: grants, now }),
    notes: new NoteReceiver(trust, outbox, signals),
    opinions: new OpinionReceiver({ trust, divisions, calendar, writer, outbox, signals, now }),
    referrals: new ReferralReceiver({ guides, calendar, now }),
    forms: new FormCarrier(divisions, outbox),
    data: new DataReceiver({ trust, divisions, outbox, now }),
  };
}

async function openSenders(parts: HostParts, { grants, forms }: Takers, bus: Bus, ports: HandOffPorts) {
  const { config, db, trust, divisions, incarnations, outbox, receiver, appender, keyDesk, legalBases, keeper } = parts;
  const { failures, now, log } = parts;
  const { nodes } = config;
  const carrier = new Carrier(bus, trust, divisions, incarnations.incarnationOf, ports.protocol);
  outbox.reckonWith(() => carrier.room);
  const faults = new SendFaults(db, log);
  await faults.load();
  const readBytes: RelayParts['readBytes'] = async (queries, kind, body) => {
    const part = materialPartSchema.parse(body);
    return kind === 'FORM_PART' ? readFormPart(queries, part) : readPart(queries, part);
  };
  const { healing, isHealing, incarnationOf, isOver } = incarnations;
  const relay = new Relay({ db, carrier, outbox, faults, nodes, readBytes, healing, onRoad: ports.onRoad, log });
  const protocols = new Protocols(db, () => relay.look());
  outbox.heedProtocols(protocols.of);
  const others = {
    linkItems,
    changeLegalBasis: legalBases.take,
    takeGrant: grants.entry,
    judgeWaitingGrants: grants.judgeWaiting,
    keepOffers,
    offerForms: forms.offer,
    takeKeys: keyDesk.published,
  };
  const readers = { FACTS: countFacts, CATALOGUE: catalogueReader({ divisions, appender, others, log }) };
  const cursors = new FeedCursors({ db, divisions, trust, nodes, failures, heartbeatMs: config.feedHeartbeatMs });
  const subscriber = new FeedSubscriber({ trust, divisions, cursors, readers, isOver, log });
  const resend = (of?: readonly DivisionCode[]) => {
    const resent = Promise.all([relay.resendAll(of), cursors.resendAll(of)]);
    resent.catch((error: unknown) => log.warn({ err: error }, 'resending after a reconnect failed'));
  };
  const recovery = new Recovery({
    db,
    incarnations,
    outbox,
    trust,
    receiver,
    readers,
    askAgain,
    failures,
    log,
    projects: keeper,
    carried: carriedAlong,
    notes: notesForRestored,
    askedBy: requestLogs,
    takeKeys: keyDesk.published,
    onHealed: () => resend(),
  });
  // other nodes remember more than this database: it was restored while it ran
  const beginRecovery = async (node: DivisionCode) => {
    if (isHealing(node)) return;
    await incarnations.begin(node);
    await recovery.begin();
  };
  const feeds: FeedPublisher = new FeedPublisher({
    db,
    carrier,
    trust,
    appender,
    cursors,
    faults,
    nodes,
    readers,
    isHealing,
    incarnationOf,
    failures,
    now,
    log,
    onForgotten: (node) => {
      const failed = (error: unknown) => log.error({ err: error, node }, 'recovery of a restored node not started');
      beginRecovery(node).catch(failed);
    },
  });
  return { carrier, faults, protocols, relay, cursors, subscriber, feeds, recovery, resend };
}

/** The receiver of each kind of message, and the part that gets its answer. */
function handlersOf(
  { receiver, legalBases, keeper, keyDesk, incarnations }: HostParts,
  takers: Takers,
  senders: Senders,
) {
  const { proxies, delegations, opinions, data, notes, referrals, forms } = takers;
  const { subscriber, recovery } = senders;
  return {
    receivers: {
      DOSSIER: rememberingDossiers(receiver.dossier, incarnations.wasRestored),
      ECHO: receiver.echo,
      WITHDRAWAL: receiver.withdrawal,
      RATING: receiver.rating,
      MATERIAL: receiver.material,
      FEED: subscriber.receive,
      DELEGATION: delegations.document,
      RECALL: receiver.recall,
      DATA_REQUEST: data.request,
      DATA_ANSWER: data.answer,
      LEGAL_BASIS: legalBases.report,
      TAKE_OVER: proxies.takeOver,
      PROXY_EVENT: proxies.event,
      PROJECT: keeper.notice,
      PROJECT_ANSWER: keeper.answer,
      OPINION_REQUEST: opinions.request,
      OPINION_NOTICE: opinions.notice,
      OPINION_ANSWER: opinions.answer,
      CASE_NOTE: notes.receive,
      ENQUIRY_REFERRED: referrals.referred,
      ENQUIRY_ANSWERED: referrals.answered,
      FORM_WANTED: forms.wanted,
      FORM_PART: forms.part,
      KEYS: keyDesk.receive,
      RESTORED: recovery.restored,
      COPY: recovery.copy,
    },
    settlers: {
      DOSSIER: receiver.dossierAnswered,
      WITHDRAWAL: receiver.withdrawalAnswered,
      DELEGATION: delegations.answered,
      COPY: recovery.copyAnswered,
      PROJECT: keeper.noticeAnswered,
      OPINION_REQUEST: opinions.requestAnswered,
      OPINION_NOTICE: opinions.noticeAnswered,
      OPINION_ANSWER: opinions.answerAnswered,
      ENQUIRY_REFERRED: referrals.referralAnswered,
    },
  };
}

/** An intake for each node; nodes come to the host and leave it. */
function startIntakes(
  parts: HostParts,
  takers: Takers,
  senders: Senders,
  bus: Bus,
  { inbox, receivers: wrapped }: HandOffPorts,
  onStop: (stop: () => Promise<void>) => void,
) {
  const { divisions, db, incarnations, now, log } = parts;
  const { carrier, faults, protocols, feeds } = senders;
  const { receivers, settlers } = handlersOf(parts, takers, senders);
  const shared = {
    divisions,
    db,
    bus,
    carrier,
    protocols,
    faults,
    inbox,
    settlers,
    lockCases,
    watermark: feeds.watermark,
  };
  const taken = wrapped(receivers);
  const intakes: Intake[] = [];
  onStop(async () => void (await Promise.all(intakes.map((intake) => intake.stop()))));
  return {
    take: (node: DivisionCode) => {
      const intake = new Intake({ node, ...shared, receivers: taken, incarnations, now, log });
      intakes.push(intake);
      intake.start();
    },
    leave: async (node: DivisionCode) => {
      const left = intakes.findIndex((intake) => intake.node === node);
      if (left >= 0) await Promise.all(intakes.splice(left, 1).map((intake) => intake.stop()));
    },
    retry: async (node: DivisionCode, id: string) => intakes.find((intake) => intake.node === node)?.retry(id),
  };
}

/** Tries messages again whose key was unknown until now, and sends the feeds to a node that opened. */
function followKeys(parts: HostParts, { grants }: Takers, cursors: FeedCursors, parked: ParkedRetries): void {
  const { config, db, trust, ownKeys, log } = parts;
  trust.onLearned((documents) => {
    const opened = documents.flatMap(({ kind, content }) => (kind === 'CERTIFICATE' ? [content.node] : []));
    const welcomed = async () => {
      for (const node of new Set(opened)) await cursors.welcome(node);
    };
    const judged = grants.judgeWaitingAt(db, config.nodes);
    const followed = Promise.all([ownKeys.learned(documents), parked.keysLearned(), judged, welcomed()]);
    followed.catch((error: unknown) => log.warn({ err: error }, 'key change not applied'));
  });
}
