import type { DivisionCode } from '@liandong/schema/kernel';
import { dayOf, problem } from '@liandong/schema/kernel';
import { forgetBookers } from '../appointments/index.ts';
import { dropPassedLines } from '../case-log/index.ts';
import { WAITING_JOB, askProtocols, digestBatch, settleSuccessions } from '../cases/index.ts';
import type { NodeQueries } from '../db/index.ts';
import { endGrantsOfClosed } from '../delegation/index.ts';
import { expireBlocks } from '../devices/index.ts';
import { recordStandardization } from '../figures/index.ts';
import type { Protocols } from '../handoff/index.ts';
import { forgetKeys } from '../idempotency/index.ts';
import { lapseSilentParties, removeShown } from '../joint/index.ts';
import { tellDueTasks } from '../meetings/index.ts';
import { casesInProjectsOf, handOverProjects } from '../projects/index.ts';
import { tellLateReports } from '../reports/index.ts';
import type { Recovery } from '../restore/index.ts';
import { SIGN_OF_LIFE_MS } from '../restore/index.ts';
import { settleAbsences } from '../roster/index.ts';
import { forgetSignals, tellDue } from '../signals/index.ts';
import { DUTIES } from '../tiers/index.ts';
import { removeExpired } from '../uploads/index.ts';
import type { NodeDesks } from './desks.ts';
import type { HostParts } from './parts.ts';

/** Time between two checks of time limits and absences, ms. */
const LIMITS_MS = 30_000;
/** Time between two searches of a closed node for cases to hand over, ms. */
const CLOSED_MS = 1_000;
/** Time between two searches for due members of bundles, ms. */
const BUNDLES_MS = 1_000;
/** Time between two looks for cases whose applicants are not digested, ms. */
const DIGESTS_MS = 1_000;
/** Time between two removals of old rows, and records of the figures of standardization, ms. */
const HOURLY_MS = 3_600_000;

/** Work that falls due with time. */
export interface TimedJob {
  /** The job's name in a failure: `counting time limits failed`. */
  name: string;
  everyMs: number;
  work: () => Promise<void>;
}

/** The parts that timed jobs need. */
export interface JobParts extends HostParts {
  /** Live: nodes come to the host and leave it. */
  desks: ReadonlyMap<DivisionCode, NodeDesks>;
  recovery: Recovery;
  protocols: Protocols;
}

/** Every job of a host's clockwork. */
export function timedJobs(parts: JobParts): TimedJob[] {
  return [
    countLimits(parts),
    settleAbsentAgents(parts),
    tellOfLimits(parts),
    ...followClosings(parts),
    fileBundles(parts),
    digestApplicants(parts),
    recordFigures(parts),
    ...removeOldRows(parts),
    keepSignOfLife(parts),
    askForProtocols(parts),
  ];
}

/** Does work for each node that may take steps; a failure at one node does not stop the others. */
async function forEachNode(
  { desks, incarnations, failures }: JobParts,
  job: string,
  work: (node: DivisionCode, desk: NodeDesks) => Promise<void>,
): Promise<void> {
  const subjectOf = (node: DivisionCode) => ({ node });
  await failures.each(job, [...desks.keys()], subjectOf, async (node) => {
    const desk = desks.get(node);
    // the node left the host, or heals: it takes no steps before others gave back what they hold
    if (desk && !incarnations.isHealing(node)) await work(node, desk);
  });
}

/** Asks whether the peers that messages wait for were upgraded meanwhile. */
function askForProtocols(parts: JobParts): TimedJob {
  const job = 'asking peers for their protocol';
  const work = () => forEachNode(parts, job, (node) => askProtocols(parts, parts.protocols, node));
  return { name: job, everyMs: HOURLY_MS, work };
}

/** Applies deemed renewal, deemed acceptance, and the silence of departments that were asked. */
function countLimits(parts: JobParts): TimedJob {
  const { db, divisions, calendar, writer, failures, now, log } = parts;
  const accepts = (node: DivisionCode) => DUTIES[divisions.get(node).tier].accepts;
  const work = async () => {
    // a village's desk may hold the case on the day it expires, so this job does not check competence
    await forEachNode(parts, 'deemed renewals', async (node, { cases }) => {
      const renewed = await cases.deemRenewed();
      if (renewed > 0) log.warn({ node, renewed }, 'renewals deemed granted: not decided by their expiry');
    });
    await forEachNode(parts, 'deemed acceptances', async (node, { cases }) => {
      const accepted = accepts(node) ? await cases.deemAccepted() : 0;
      if (accepted > 0) log.warn({ node, accepted }, 'cases deemed accepted: no notice within the time limit');
    });
    await forEachNode(parts, 'lapses of silent parties', async (node) => {
      if (!accepts(node)) return;
      const lapsed = await lapseSilentParties({ node, db, divisions, calendar, writer, failures, now });
      if (lapsed > 0) log.warn({ node, lapsed }, 'departments counted as silent: their deadlines passed');
    });
  };
  return { name: 'counting time limits', everyMs: LIMITS_MS, work };
}

function settleAbsentAgents(parts: JobParts): TimedJob {
  const { db, divisions, writer, outbox, failures, now, log } = parts;
  const work = () =>
    forEachNode(parts, 'absent agents', async (node) => {
      const moved = await settleAbsences({ node, db, divisions, writer, outbox, failures, now });
      if (moved > 0) log.info({ node, moved }, 'cases of absent agents moved to or from their stand-ins');
    });
  return { name: 'moving cases of absent agents', everyMs: LIMITS_MS, work };
}

/** Signals to people whose limits end by the next workday. */
function tellOfLimits(parts: JobParts): TimedJob {
  const { db, calendar, signals, failures, now } = parts;
  const job = 'telling of limits';
  const work = () =>
    forEachNode(parts, job, async (node) => {
      await tellDue({ node, db, calendar, signals, failures, now });
      await tellLateReports({ node, db, signals, failures, now });
      await tellDueTasks({ node, db, calendar, signals, now });
    });
  return { name: job, everyMs: LIMITS_MS, work };
}

/** A closed node hands over its cases; nodes around it name its successor in their cases. */
function followClosings(parts: JobParts): TimedJob[] {
  const { db, trust, writer, outbox, publisher, keeper, failures, now, log } = parts;
  const inProjectsOf = (queries: NodeQueries, keepers: readonly DivisionCode[]) =>
    casesInProjectsOf(queries, keepers, failures);
  const successions = { db, trust, writer, inProjectsOf, failures, now };
  // at once for each new closing, and again from time to time until all is settled
  let named = 0;
  const nameSuccessors = async () => {
    const { length: known } = trust.successions();
    await forEachNode(parts, 'successors of closed nodes', async (node) => {
      if (trust.successionOf(node)) return;
      const written = await settleSuccessions({ node, ...successions });
      if (written > 0) log.info({ node, written }, 'cases moved to the successor of a closed node');
    });
    named = known;
  };
  const handOver = async () => {
    if (trust.successions().length !== named) await nameSuccessors();
    await forEachNode(parts, 'closed nodes', async (node) => {
      const own = trust.successionOf(node);
      if (!own || !trust.serves(node)) return;
      const ended = await endGrantsOfClosed({ node, db, trust, outbox, publisher, failures, now }, own);
      const projects = await handOverProjects({ node, db, keeper, failures }, own);
      const moved = await settleSuccessions({ node, ...successions });
      if (moved + ended + projects === 0) return;
      log.warn({ node, to: own.successor, moved, ended, projects }, 'closed node hands its work to its successor');
    });
  };
  return [
    { name: 'naming successors of closed nodes', everyMs: LIMITS_MS, work: nameSuccessors },
    { name: 'handing over closed nodes', everyMs: CLOSED_MS, work: handOver },
  ];
}

function fileBundles({ desks, failures }: JobParts): TimedJob {
  const subjectOf = ([node]: [DivisionCode, NodeDesks]) => ({ node });
  const work = async () =>
    void (await failures.each('members of bundles', [...desks], subjectOf, ([, { bundles }]) => bundles.fileDue()));
  return { name: 'filing members of bundles', everyMs: BUNDLES_MS, work };
}

/**
 * Digests the applicants of cases that an earlier program stored, or under an older data key, a batch for each node in
 * one turn.
 */
function digestApplicants(parts: JobParts): TimedJob {
  const job = 'digesting applicants';
  const { db, failures } = parts;
  /** The keys under which all is digested, so that a turn asks the database for nothing. */
  const done = new Map<DivisionCode, string | null>();
  const work = () =>
    forEachNode(parts, job, async (node) => {
      const { kid } = db.vault(node);
      if (done.get(node) === kid) return;
      if (!(await digestBatch(db, node, failures))) done.set(node, kid);
    });
  return { name: job, everyMs: DIGESTS_MS, work };
}

function recordFigures({ db, divisions, desks, failures, now }: JobParts): TimedJob {
  const subjectOf = (node: DivisionCode) => ({ node });
  const work = async () => {
    const nodes = [...desks.keys()].filter((node) => DUTIES[divisions.get(node).tier].implementsItems);
    await failures.each('standardization figures', nodes, subjectOf, (node) =>
      recordStandardization(db, node, dayOf(now())),
    );
  };
  return { name: 'recording standardization figures', everyMs: HOURLY_MS, work };
}

/**
 * Ends expired blocks of case numbers. Removes papers of closed questions, lines whose number the log has filled with another line, uploads that no application
 * named in time, old idempotency keys and signals, and who booked past appointments.
 */
function removeOldRows(parts: JobParts): TimedJob[] {
  const { db, desks, failures, now, log } = parts;
  const shown = () =>
    forEachNode(parts, 'papers shown by other nodes', async (node) => {
      const removed = await removeShown({ node, db, failures, now });
      if (removed > 0) log.info({ node, removed }, 'papers shown with closed questions removed');
    });
  const passed = () =>
    dropPassedLines(db, [...desks.keys()], ({ node, case: id, seq, sender }) => {
      const fault = problem('CHAIN_BROKEN', `Line ${seq} from ${sender} does not belong to the log and was dropped.`);
      failures.note(WAITING_JOB, { node, case: id }, fault);
    });
  const expired = () =>
    forEachNode(parts, 'expired uploads', async (node) => {
      const removed = await db.transact(node, (tx) => removeExpired(tx, now()));
      if (removed > 0) log.info({ node, removed }, 'expired uploads removed');
    });
  const unused = () =>
    forEachNode(parts, 'expired blocks of numbers', async (node) => {
      const blocks = await db.transact(node, (tx) => expireBlocks(tx, now()));
      if (blocks > 0) log.info({ node, blocks }, 'blocks of case numbers expired');
    });
  return [
    { name: 'ending expired blocks of numbers', everyMs: HOURLY_MS, work: unused },
    { name: 'removing expired uploads', everyMs: HOURLY_MS, work: expired },
    { name: 'removing papers shown by other nodes', everyMs: HOURLY_MS, work: shown },
    { name: 'dropping passed lines', everyMs: HOURLY_MS, work: passed },
    {
      name: 'forgetting idempotency keys',
      everyMs: HOURLY_MS,
      work: () => forgetKeys([...desks.keys()], db, now()),
    },
    { name: 'forgetting signals', everyMs: HOURLY_MS, work: () => forgetSignals([...desks.keys()], db, now()) },
    {
      name: 'forgetting who booked past appointments',
      everyMs: HOURLY_MS,
      work: () => forgetBookers([...desks.keys()], db, now()),
    },
  ];
}

function keepSignOfLife({ incarnations, recovery }: JobParts): TimedJob {
  const work = async () => {
    await incarnations.signOfLife();
    await recovery.finishWaiting();
  };
  return { name: 'writing the sign of life', everyMs: SIGN_OF_LIFE_MS, work };
}
