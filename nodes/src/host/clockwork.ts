import type { DivisionCode, Tier } from '@liandong/schema';
import { dayOf } from '@liandong/schema';
import { Loop } from '../handoff/index.ts';
import { settleSuccessions } from '../cases/index.ts';
import { endGrantsOfClosed } from '../delegation/index.ts';
import { forgetKeys } from '../idempotency/index.ts';
import { lapseSilentParties, removeShown } from '../joint/index.ts';
import { casesInProjectsOf as inProjectsOf, handOverProjects } from '../projects/index.ts';
import type { Healer } from '../restore/index.ts';
import { SIGN_OF_LIFE_MS } from '../restore/index.ts';
import { recordStandardization } from '../rollup/index.ts';
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

/**
 * What happens at the host's nodes because time passes, with nobody asking.
 * @param desks live: nodes come to the host and leave it
 * @returns how to wait for what is under way
 */
export function startClockwork(
  parts: HostParts,
  desks: ReadonlyMap<DivisionCode, NodeDesks>,
  healer: Healer,
  onStop: (stop: () => Promise<void>) => void,
): { turn: () => Promise<void> } {
  const { db, divisions, calendar, trust, writer, outbox, publisher, keeper, lives, now, log } = parts;
  const tierOf = (node: DivisionCode): Tier => divisions.get(node).tier;
  const loops: Loop[] = [];
  const every = (ms: number, what: string, work: () => Promise<void>) => {
    const loop = new Loop(
      async () => {
        await work();
        return false;
      },
      ms,
      (error) => log.error({ err: error }, what),
    );
    loop.start();
    loops.push(loop);
    onStop(() => loop.stop());
  };

  every(LIMITS_MS, 'limits', async () => {
    for (const [node, { cases }] of desks) {
      if (lives.isHealing(node)) continue;
      // expiry asks nobody's competence: also a village's desk may hold the case that day
      const renewed = await cases.deemRenewed();
      if (renewed > 0) log.warn({ node, renewed }, 'renewals count as granted: nothing was decided by expiry');
      if (!DUTIES[tierOf(node)].accepts) continue;
      const accepted = await cases.deemAccepted();
      if (accepted > 0) log.warn({ node, accepted }, 'cases count as accepted: nothing was named in time');
      const lapsed = await lapseSilentParties({ node, db, divisions, calendar, writer, now });
      if (lapsed > 0) log.warn({ node, lapsed }, 'departments were silent past their deadlines');
    }
  });
  every(LIMITS_MS, 'absent agents', async () => {
    for (const node of desks.keys()) {
      if (lives.isHealing(node)) continue;
      const moved = await settleAbsences({ node, db, divisions, writer, outbox, now });
      if (moved > 0) log.info({ node, moved }, 'cases of absent agents passed on, or back');
    }
  });
  // nodes below, above and beside a closed one look once for each closing, and again while things settle
  let named = 0;
  const nameSuccessors = async () => {
    const { length: known } = trust.successions();
    for (const node of desks.keys()) {
      if (lives.isHealing(node) || trust.successionOf(node)) continue;
      const written = await settleSuccessions({ node, db, trust, writer, inProjectsOf, now });
      if (written > 0) log.info({ node, written }, 'cases name the successor of a closed node');
    }
    named = known;
  };
  every(LIMITS_MS, 'successors of closed nodes', nameSuccessors);
  every(CLOSED_MS, 'closed nodes', async () => {
    if (trust.successions().length !== named) await nameSuccessors();
    for (const node of desks.keys()) {
      const own = trust.successionOf(node);
      if (!own || lives.isHealing(node) || !trust.serves(node)) continue;
      const ended = await endGrantsOfClosed({ node, db, trust, outbox, publisher, now }, own);
      const projects = await handOverProjects({ node, db, keeper }, own);
      const moved = await settleSuccessions({ node, db, trust, writer, inProjectsOf, now });
      if (moved + ended + projects > 0) {
        log.warn({ node, to: own.successor, moved, ended, projects }, 'a closed node hands over');
      }
    }
  });
  every(BUNDLES_MS, 'members of one form', async () => {
    for (const { bundles } of desks.values()) await bundles.fileDue();
  });
  every(STANDARDIZATION_MS, 'figures of standardization', async () => {
    for (const node of desks.keys()) {
      if (DUTIES[tierOf(node)].implementsItems) await recordStandardization(db, node, dayOf(now()));
    }
  });
  every(SHOWN_MS, 'what other nodes showed', async () => {
    for (const node of desks.keys()) {
      if (lives.isHealing(node)) continue;
      const removed = await removeShown({ node, db, now });
      if (removed > 0) log.info({ node, removed }, 'what was shown with questions that are over was removed');
    }
  });
  every(KEYS_MS, 'keys of steps', () => forgetKeys([...desks.keys()], db, now()));
  every(SIGN_OF_LIFE_MS, 'sign of life', async () => {
    await lives.signOfLife();
    await healer.finishWaiting();
  });
  return { turn: async () => void (await Promise.all(loops.map((loop) => loop.turn()))) };
}
