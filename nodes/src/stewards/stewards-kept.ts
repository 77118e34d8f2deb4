import { randomUUID } from 'node:crypto';
import type { Steward } from '@liandong/schema/domains/stewards';
import {
  requireAgentHere,
  requireContactKeeper,
  requireCreditCode,
  requireLasting,
  requireStewardKeeper,
  requireStewardReason,
  requireUnstewarded,
} from '@liandong/schema/domains/stewards';
import { requireOpenNode } from '@liandong/schema/case';
import { caseIdOf, dayOf, problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { numberDigest } from '../cases/index.ts';
import type { SharedTx } from '../db/index.ts';
import { logChange } from '../roster/index.ts';
import type { StewardHandlers, StewardParts } from './parts.ts';
import { followedBy, stewardOf, unknownEnterprise, viewOf } from './parts.ts';
import type { StoredEnterprise } from './steward-store.ts';
import * as store from './steward-store.ts';
import type { EnterpriseRow } from './tables.ts';

type Keeping = 'nameSteward' | 'changeSteward' | 'keepEnterpriseContact' | 'endSteward';

/** Who looks after which enterprise. Every change is a line of the log of the registers. */
export function stewardsKept(parts: StewardParts): Pick<StewardHandlers, Keeping> {
  const { node, divisions, successionOf, now } = parts;
  const keeper = (viewer: Viewer) => requireStewardKeeper(viewer, node, divisions);

  /** The steward's columns, for a person who stands as an agent of this desk. @throws {ProblemError} NOT_IN_ROSTER */
  async function named(tx: SharedTx, { issuer }: Viewer, { sub, name }: Pick<Steward, 'sub' | 'name'>) {
    const at = now();
    requireAgentHere(await store.findAgentStanding(tx, { issuer, sub }, dayOf(at)));
    return { stewardIssuer: issuer, stewardSub: sub, stewardName: name, stewardSince: at };
  }

  /** @throws {ProblemError} NOT_FOUND, STEWARD_CONFLICT */
  async function lockLasting(tx: SharedTx, id: string): Promise<StoredEnterprise> {
    const stored = await store.lockEnterprise(tx, id, dayOf(now()));
    if (!stored) throw unknownEnterprise(tx);
    requireLasting({ ended: stored.endedAt });
    return stored;
  }

  async function shown(tx: SharedTx, viewer: Viewer, id: string) {
    const stored = await store.findEnterprise(tx, id, dayOf(now()));
    if (!stored) throw unknownEnterprise(tx);
    return viewOf(parts, viewer, await followedBy(parts, tx, viewer), stored);
  }

  return {
    async nameSteward({ viewer, tx, input, once }) {
      keeper(viewer);
      const id = await once(async () => {
        requireOpenNode(node, successionOf);
        const { code, name, contact } = input;
        requireCreditCode(code);
        await store.lockStewards(tx);
        requireUnstewarded(await store.isStewarded(tx, code));
        const steward = await named(tx, viewer, input.steward);
        const made: EnterpriseRow = {
          id: caseIdOf(node, randomUUID()),
          digest: numberDigest(tx, code),
          name,
          code,
          contactName: contact.name,
          contactPhone: contact.phone,
          ...steward,
          namedBy: viewer.name,
          namedAt: steward.stewardSince,
          endedAt: null,
          endedBy: null,
          endedReason: null,
        };
        await store.saveEnterprise(tx, made);
        await logChange(tx, made.namedAt, viewer, 'STEWARD_NAMED', input.steward, { enterprise: made.id });
        return made.id;
      });
      return shown(tx, viewer, id);
    },

    async changeSteward({ viewer, tx, input: { id, steward: next, reason }, once }) {
      keeper(viewer);
      await once(async () => {
        const { standing: _, ...stored } = await lockLasting(tx, id);
        requireStewardReason(reason);
        if (stored.stewardSub === next.sub && stored.stewardIssuer === viewer.issuer) {
          throw problem('NO_CHANGE', `${stored.stewardName} is its steward already.`, { node, field: 'steward.sub' });
        }
        const steward = await named(tx, viewer, next);
        await store.saveEnterprise(tx, { ...stored, ...steward });
        const what = { enterprise: id, before: stored.stewardName, reason };
        await logChange(tx, steward.stewardSince, viewer, 'STEWARD_CHANGED', next, what);
        return true;
      });
      return shown(tx, viewer, id);
    },

    async keepEnterpriseContact({ viewer, tx, input: { id, contact }, once }) {
      await once(async () => {
        const found = await store.lockEnterprise(tx, id, dayOf(now()));
        if (!found) throw unknownEnterprise(tx);
        const follows = await followedBy(parts, tx, viewer);
        requireContactKeeper(viewer, { steward: stewardOf(found) }, node, divisions, follows);
        requireLasting({ ended: found.endedAt });
        const { standing: _, ...stored } = found;
        await store.saveEnterprise(tx, { ...stored, contactName: contact.name, contactPhone: contact.phone });
        return true;
      });
      return shown(tx, viewer, id);
    },

    async endSteward({ viewer, tx, input: { id, reason }, once }) {
      keeper(viewer);
      await once(async () => {
        const { standing: _, ...stored } = await lockLasting(tx, id);
        requireStewardReason(reason);
        const at = now();
        await store.saveEnterprise(tx, { ...stored, endedAt: at, endedBy: viewer.name, endedReason: reason });
        const steward = { sub: stored.stewardSub, name: stored.stewardName };
        await logChange(tx, at, viewer, 'STEWARD_ENDED', steward, { enterprise: id, reason });
        return true;
      });
      return shown(tx, viewer, id);
    },
  };
}
