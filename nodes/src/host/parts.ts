import type { Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import { dayOf } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import { PostGate } from '../accounts/index.ts';
import { CaseReceiver, CaseWriter } from '../cases/index.ts';
import { findItem } from '../catalogue/index.ts';
import type { HostConfig } from '../config.ts';
import type { HostDb } from '../db/index.ts';
import { GrantPublisher } from '../delegation/index.ts';
import type { Failures } from '../failures/index.ts';
import { FeedAppender } from '../feeds/index.ts';
import { Outbox } from '../handoff/index.ts';
import { HostHealth } from '../health/host-health.ts';
import { KeyDesk, OwnKeys } from '../keys/index.ts';
import { LegalBasisDesk } from '../legal-bases/index.ts';
import type { Renderer } from '../papers/index.ts';
import { ProjectKeeper } from '../projects/index.ts';
import { SignalBook } from '../signals/index.ts';
import { tellParties } from '../joint/index.ts';
import type { Incarnations } from '../restore/index.ts';
import { carriedAlong } from './carried.ts';
import type { Trust } from '../trust/index.ts';
import type { Foundation } from './foundation.ts';
import { withPlacedNodes } from './node-placement.ts';

/** The parts that all nodes of a host share. */
export interface HostParts {
  /** `nodes` are those being served: live. */
  config: HostConfig;
  divisions: Divisions;
  trust: Trust;
  /** The calendar in force now. */
  calendar: () => OfficialCalendar;
  db: HostDb;
  incarnations: Incarnations;
  outbox: Outbox;
  appender: FeedAppender;
  writer: CaseWriter;
  receiver: CaseReceiver;
  publisher: GrantPublisher;
  ownKeys: OwnKeys;
  keyDesk: KeyDesk;
  legalBases: LegalBasisDesk;
  keeper: ProjectKeeper;
  signals: SignalBook;
  /** Refuses tokens whose post has ended. */
  gate: PostGate;
  /** Draws papers for those who read them. */
  renderer: Renderer;
  failures: Failures;
  health: HostHealth;
  now: () => Date;
  log: Logger;
}

/** Assembles the parts that a host's nodes share; none of them runs yet. */
export function hostParts(
  config: HostConfig,
  { divisions, trust, calendar }: Foundation,
  {
    db,
    incarnations,
    renderer,
    failures,
    now,
    log,
  }: Pick<HostParts, 'db' | 'incarnations' | 'renderer' | 'failures' | 'now' | 'log'>,
): HostParts {
  const outbox = new Outbox();
  const appender = new FeedAppender();
  const keeper = new ProjectKeeper({ trust, divisions, outbox, appender, now });
  const signals = new SignalBook();
  const gate = new PostGate(db, now);
  const writer = new CaseWriter({
    trust,
    divisions,
    calendar: () => calendar,
    outbox,
    facts: appender,
    carried: carriedAlong,
    inProject: keeper.inProject,
    tellDesk: signals.ofLines,
    tellParties,
  });
  const receiver = new CaseReceiver({
    trust,
    failures,
    divisions,
    writer,
    outbox,
    now,
    findItem: (tx, code) => findItem(tx, code, { today: dayOf(now()) }),
  });
  const nodes = () => trust.nodes();
  return {
    config,
    divisions,
    trust,
    calendar: () => calendar,
    db,
    incarnations,
    outbox,
    appender,
    writer,
    receiver,
    publisher: new GrantPublisher({ divisions, outbox, appender, nodes }),
    ownKeys: new OwnKeys({ config, trust, db, failures, now, log }),
    keyDesk: new KeyDesk({ trust, divisions, appender, outbox, now }, log),
    legalBases: new LegalBasisDesk({ divisions, outbox, nodes, now }),
    keeper,
    signals,
    gate,
    renderer,
    failures,
    health: new HostHealth({ db, placed: () => withPlacedNodes(config).catch(() => config), now }),
    now,
    log,
  };
}
