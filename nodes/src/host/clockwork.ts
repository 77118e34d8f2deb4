import type { DivisionCode, Tier } from '@liandong/schema/kernel';
import { dayOf, problem } from '@liandong/schema/kernel';
import type { NodeQueries } from '../db/index.ts';
import { Loop } from '../handoff/index.ts';
import { WAITING_JOB, dropPassedLines, settleSuccessions } from '../cases/index.ts';
import { endGrantsOfClosed } from '../delegation/index.ts';
import { forgetKeys } from '../idempotency/index.ts';
import { lapseSilentParties, removeShown } from '../joint/index.ts';
import { casesInProjectsOf as inProjectsOf, handOverProjects } from '../projects/index.ts';
import type { Healer } from '../restore/index.ts';
import { SIGN_OF_LIFE_MS } from '../restore/index.ts';
import { recordStandardization } from '../figures/index.ts';
import { settleAbsences } from '../roster/index.ts';
import { DUTIES } from '../tiers/index.ts';
import type { NodeDesks } from './desks.ts';
import type { HostParts } from './parts.ts';

/** How often limits that ran out are looked for, ms. */
const LIMITS_MS = 30_000;
/** How often a closed node looks for cases to hand over, ms. */
const CLOSED_MS = 1_000;
/** How often members of one form that became due are looked for, ms. */
const BUNDLES_MS = 1_000;
/** How often a change of the figures of standardization is looked for, ms. */
const STANDARDIZATION_MS = 3_600_000;
/** How often it is looked for what other nodes showed here and is not needed any more, ms. */
const SHOWN_MS = 3_600_000;
/** How often it is looked for keys of steps that nobody asks again, ms. */
const KEYS_MS = 3_600_000;
/** How often it is looked for lines that waited for a number their log filled otherwise, ms. */
const PASSED_MS = 3_600_000;

/**
 * What happens at the host's nodes because time passes, with nobody asking. What fails at one node, or in one case,
 * stops nothing at the others.
 * @param desks live: nodes come to the host and leave it
 * @returns how to wait for what is under way
 */
export function startClockwork(
  parts: HostParts,
  desks: ReadonlyMap<DivisionCode, NodeDesks>,
  healer: Healer,
  onStop: (stop: () => Promise<void>) => void,
): { turn: () => Promise<void> } {
  const { db, divisions, calendar, trust, writer, outbox, publisher, keeper, lives, failures, now, log } = parts;
  const tierOf = (node: DivisionCode): Tier => divisions.get(node).tier;
  const loops: Loop[] = [];
  const every = (ms: number, what: string, work: () => Promise<void>) => {
    const loop = new Loop(
      async () => {
        await work();
        return false;
      },
      ms,
      (error) => log.error({ err: error }, `${what} failed`),
    );
    loop.start();
    loops.push(loop);
    onStop(() => loop.stop());
  };

  const each = (job: string, work: (node: DivisionCode) => Promise<void>) =>
    failures.each(
      job,
      [...desks.keys()],
      (node) => ({ node }),
      async (node) => {
        // it left the host, or takes no steps before others gave back what they hold
        if (desks.has(node) && !lives.isHealing(node)) await work(node);
      },
    );

  every(LIMITS_MS, 'counting time limits', async () => {
    // expiry asks nobody's competence: also a village's desk may hold the case that day
    await each('deemed renewals', async (node) => {
      const renewed = (await desks.get(node)?.cases.deemRenewed()) ?? 0;
      if (renewed > 0) log.warn({ node, renewed }, 'renewals deemed granted: not decided by their expiry');
    });
    await each('deemed acceptances', async (node) => {
      if (!DUTIES[tierOf(node)].accepts) return;
      const accepted = (await desks.get(node)?.cases.deemAccepted()) ?? 0;
      if (accepted > 0) log.warn({ node, accepted }, 'cases deemed accepted: no notice within the time limit');
    });
    await each('lapses of silent parties', async (node) => {
      if (!DUTIES[tierOf(node)].accepts) return;
      const lapsed = await lapseSilentParties({ node, db, divisions, calendar, writer, failures, now });
      if (lapsed > 0) log.warn({ node, lapsed }, 'departments counted as silent: their deadlines passed');
    });
  });
  every(LIMITS_MS, 'moving cases of absent agents', async () => {
    await each('absent agents', async (node) => {
      const moved = await settleAbsences({ node, db, divisions, writer, outbox, failures, now });
      if (moved > 0) log.info({ node, moved }, 'cases of absent agents moved to or from their stand-ins');
    });
  });
  const successions = {
    db,
    trust,
    writer,
    inProjectsOf: (queries: NodeQueries, keepers: readonly DivisionCode[]) => inProjectsOf(queries, keepers, failures),
    failures,
    now,
  };
  // nodes below, above and beside a closed one look once for each closing, and again while things settle
  let named = 0;
  const nameSuccessors = async () => {
    const { length: known } = trust.successions();
    await each('successors of closed nodes', async (node) => {
      if (trust.successionOf(node)) return;
      const written = await settleSuccessions({ node, ...successions });
      if (written > 0) log.info({ node, written }, 'cases moved to the successor of a closed node');
    });
    named = known;
  };
  every(LIMITS_MS, 'naming successors of closed nodes', nameSuccessors);
  every(CLOSED_MS, 'handing over closed nodes', async () => {
    if (trust.successions().length !== named) await nameSuccessors();
    await each('closed nodes', async (node) => {
      const own = trust.successionOf(node);
      if (!own || !trust.serves(node)) return;
      const ended = await endGrantsOfClosed({ node, db, trust, outbox, publisher, failures, now }, own);
      const projects = await handOverProjects({ node, db, keeper, failures }, own);
      const moved = await settleSuccessions({ node, ...successions });
      if (moved + ended + projects > 0) {
        log.warn({ node, to: own.successor, moved, ended, projects }, 'closed node hands its work to its successor');
      }
    });
  });
  every(BUNDLES_MS, 'filing members of bundles', async () => {
    await failures.each(
      'members of one form',
      [...desks],
      ([node]) => ({ node }),
      ([, { bundles }]) => bundles.fileDue(),
    );
  });
  every(STANDARDIZATION_MS, 'recording standardization figures', async () => {
    const nodes = [...desks.keys()].filter((node) => DUTIES[tierOf(node)].implementsItems);
    await failures.each(
      'figures of standardization',
      nodes,
      (node) => ({ node }),
      (node) => recordStandardization(db, node, dayOf(now())),
    );
  });
  every(SHOWN_MS, 'removing papers shown by other nodes', async () => {
    await each('what other nodes showed', async (node) => {
      const removed = await removeShown({ node, db, failures, now });
      if (removed > 0) log.info({ node, removed }, 'papers shown with closed questions removed');
    });
  });
  every(PASSED_MS, 'taking waiting lines', () =>
    dropPassedLines(db, [...desks.keys()], ({ node, case: id, seq, sender }) => {
      const fault = problem('CHAIN_BROKEN', `Line ${seq} from ${sender} does not belong to the log and was dropped.`);
      failures.note(WAITING_JOB, { node, case: id }, fault);
    }),
  );
  every(KEYS_MS, 'forgetting idempotency keys', () => forgetKeys([...desks.keys()], db, now()));
  every(SIGN_OF_LIFE_MS, 'writing the sign of life', async () => {
    await lives.signOfLife();
    await healer.finishWaiting();
  });
  return { turn: async () => void (await Promise.all(loops.map((loop) => loop.turn()))) };
}
