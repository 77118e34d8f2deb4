import type { DivisionCode } from '@liandong/schema/kernel';
import type { GrantEnd } from '@liandong/schema/domains/delegation';
import type { Succession } from '@liandong/schema/case';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { dayOf } from '@liandong/schema/kernel';
import { grantStateOf } from '@liandong/schema/domains/delegation';
import type { HostDb } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import type { Outbox } from '../handoff/index.ts';
import type { Trust } from '../trust/index.ts';
import type { StoredGrant } from './delegation-store.ts';
import { findEveryGrant, lockGrant, saveEnd } from './delegation-store.ts';
import type { GrantPublisher } from './grant-publisher.ts';

export interface ClosedGrantsParts {
  node: DivisionCode;
  db: HostDb;
  trust: Trust;
  outbox: Outbox;
  publisher: GrantPublisher;
  failures: Failures;
  now: () => Date;
}

/**
 * Ends the grants a closed node gave and hands back those it was given. Given again it does nothing. A delegation is
 * between two named organs (Art. 24) and does not pass to the successor of either.
 * @returns how many
 */
export async function endGrantsOfClosed(parts: ClosedGrantsParts, { node, why }: Succession): Promise<number> {
  const { db, trust, outbox, publisher, failures, now } = parts;
  const open = ['IN_EFFECT', 'OFFERED', 'NOT_YET'];
  const today = dayOf(now());
  const own = (await findEveryGrant(db.queries(node), null)).filter(
    (stored) =>
      [stored.grant.grantor, stored.grant.grantee].includes(node) && open.includes(grantStateOf(stored, today)),
  );
  const subjectOf = ({ grant }: StoredGrant) => ({ node, grant: grant.id });
  const failed = await failures.each('ending a grant of a closed node', own, subjectOf, async ({ grant }) => {
    await db.transact(node, async (tx) => {
      const stored = await lockGrant(tx, grant.id);
      if (!stored || stored.end) return;
      const { id, grantor, grantee } = grant;
      const gave = grantor === node;
      const way = gave ? 'REVOKED' : 'HANDED_BACK';
      const end: GrantEnd = { kind: 'END', grant: id, way, reason: why, at: now().toISOString() };
      const jws = await trust.sign(node, SIGNED_TYPES.delegation, end);
      const receiver = gave ? grantee : grantor;
      await outbox.enqueue(tx, [{ receiver, kind: 'DELEGATION', caseId: null, body: { jws } }]);
      await saveEnd(tx, id, { grantor, grantee }, jws);
      if (gave && stored.answer?.accepted) await publisher.publish(tx, { ...stored, endJws: jws });
    });
  });
  return own.length - failed;
}
