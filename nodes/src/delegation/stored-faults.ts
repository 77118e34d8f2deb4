import { isDeepStrictEqual } from 'node:util';
import type { Day, DivisionCode, Divisions, ErrorCode } from '@liandong/schema/kernel';
import type { Grant, GrantAnswer, GrantEnd } from '@liandong/schema/domains/delegation';
import { problem, ProblemError } from '@liandong/schema/kernel';
import { grantStateOf, requireAnswerTo, requireEndOf, requireOwnGrant } from '@liandong/schema/domains/delegation';
import type { Logger } from 'pino';
import type { HostDb } from '../db/index.ts';
import type { Trust } from '../trust/index.ts';
import { isNotYetJudged, openDocument, requireSoundThen } from './published-grants.ts';

/** A stored grant that would be refused today. */
export interface GrantFault {
  id: string;
  grantor: DivisionCode;
  grantee: DivisionCode;
  /** The nodes that store it. */
  nodes: DivisionCode[];
  code: ErrorCode;
  reason: string;
  /** Whether it gives power today, or will. */
  gives: boolean;
  /** The grant as it was signed, if only its row says something else; null otherwise. */
  signed: Grant | null;
}

interface StoredRow {
  id: string;
  grantor: DivisionCode;
  grantee: DivisionCode;
  seq: number;
  items: string[];
  grant_jws: string;
  answer_jws: string | null;
  end_jws: string | null;
  refused: boolean;
  nodes: [DivisionCode, ...DivisionCode[]];
}

/** Codes of a grant whose documents were signed by nodes that may not sign them. */
const FORGED: readonly ErrorCode[] = ['GRANT_INVALID', 'SIGNATURE_INVALID'];
/** States of a grant that gives power, or may still give it. */
const OPEN = ['IN_EFFECT', 'NOT_YET', 'OFFERED'];

/**
 * The grants of a host's nodes that would be refused today. Grants that rest on an unknown key or item are left out:
 * they can't be judged.
 */
export async function findGrantFaults(
  db: HostDb,
  nodes: readonly DivisionCode[],
  judges: { trust: Trust; divisions: Divisions },
  today: Day,
): Promise<GrantFault[]> {
  // the nodes of a host store the same documents: each is judged once
  const rows = await db.queryHost<StoredRow>(
    `SELECT id, grantor, grantee, seq, items, grant_jws, answer_jws, end_jws, refusal_code IS NOT NULL AS refused,
       array_agg(node ORDER BY node) AS nodes
     FROM delegations WHERE node = ANY ($1) AND grant_jws IS NOT NULL
     GROUP BY id, grantor, grantee, seq, items, grant_jws, answer_jws, end_jws, refused ORDER BY id`,
    [nodes],
  );
  const faults: GrantFault[] = [];
  for (const row of rows) {
    const { id, grantor, grantee } = row;
    const found = await faultOf(db, judges, row, today);
    if (found) faults.push({ id, grantor, grantee, nodes: row.nodes, ...found });
  }
  return faults;
}

/**
 * Restores stored grants to what was signed, where that can be done: earlier programs took rows in without checking the
 * signer, and nodes bring rows from another host. A grant signed by a node that may not sign it is set aside: it is
 * listed as invalid and gives no power. A row that was overwritten is set back to what was signed.
 */
export async function mendGrants(
  db: HostDb,
  nodes: readonly DivisionCode[],
  judges: { trust: Trust; divisions: Divisions },
  today: Day,
  log: Logger,
): Promise<void> {
  for (const fault of await findGrantFaults(db, nodes, judges, today)) {
    const { id, grantor, nodes: at, code, reason, gives, signed } = fault;
    if (signed) {
      await db.queryHost(
        `UPDATE delegations SET grantee = $3, seq = $4, items = $5 WHERE node = ANY ($1) AND id = $2::uuid`,
        [at, id, signed.grantee, signed.seq, signed.items],
      );
      log.warn({ grant: id, grantor, nodes: at }, 'stored grant restored to what was signed');
    } else if (gives && FORGED.includes(code)) {
      await db.queryHost(
        `UPDATE delegations SET refusal_code = $3, refusal_reason = $4 WHERE node = ANY ($1) AND id = $2::uuid`,
        [at, id, code, reason],
      );
      log.warn({ grant: id, grantor, nodes: at, code, reason }, 'stored grant set aside');
    }
  }
}

/** How many published grants wait for a key or an item, and since when the first one waits; null if none waits. */
export async function findWaitingGrants(
  db: HostDb,
  nodes: readonly DivisionCode[],
): Promise<{ count: number; publishers: DivisionCode[]; since: Date } | null> {
  const [row] = await db.queryHost<{ count: number; publishers: DivisionCode[] | null; since: Date }>(
    `SELECT count(*) AS count, array_agg(DISTINCT publisher) AS publishers, min(since) AS since
     FROM waiting_grants WHERE node = ANY ($1)`,
    [nodes],
  );
  return row?.publishers ? { ...row, publishers: row.publishers } : null;
}

async function faultOf(
  db: HostDb,
  { trust, divisions }: { trust: Trust; divisions: Divisions },
  row: StoredRow,
  today: Day,
): Promise<Pick<GrantFault, 'code' | 'reason' | 'gives' | 'signed'> | null> {
  let gives = !row.refused;
  try {
    const signed = await openDocument(trust, row.grant_jws);
    const given = requireOwnGrant(signed, row.grantor);
    const { grant } = given;
    const open = async (jws: string | null) => (jws === null ? null : openDocument(trust, jws));
    const [answered, ended] = [await open(row.answer_jws), await open(row.end_jws)];
    const answer = (answered?.document ?? null) as GrantAnswer | null;
    const end = (ended?.document ?? null) as GrantEnd | null;
    gives &&= OPEN.includes(grantStateOf({ grant, answer, end, refusal: null }, today));
    if (answered) requireAnswerTo(given, answered);
    if (ended) requireEndOf(grant, ended);
    if (grant.id !== row.id) throw problem('GRANT_INVALID', `It was signed as ${grant.id}.`);
    await requireSoundThen(db.queries(row.nodes[0]), divisions, grant, signed.signer);
    const { grantee, seq, items } = grant;
    if (isDeepStrictEqual({ grantee, seq, items }, { grantee: row.grantee, seq: row.seq, items: row.items }))
      return null;
    return { code: 'GRANT_INVALID', reason: 'Another grant was written over it.', gives, signed: grant };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code === 'DATABASE_UNAVAILABLE') throw error;
    return isNotYetJudged(error) ? null : { code: error.code, reason: error.message, gives, signed: null };
  }
}
