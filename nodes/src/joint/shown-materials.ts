import type { DivisionCode } from '@liandong/schema';
import { contentsOf, shownUntil } from '@liandong/schema';
import { findCases } from '../cases/index.ts';
import type { HostDb, NodeTx } from '../db/index.ts';
import { emptyRequest, listOver, shownElsewhere } from './request-store.ts';

/** Lines of logs read at a time. */
const LINES = 2_000;
/** A digest as it stands in a line. */
const DIGEST = /\b[0-9a-f]{64}\b/g;

export interface ShownMaterialsParts {
  node: DivisionCode;
  db: HostDb;
  now: () => Date;
}

/**
 * Removes what another node's questions showed to departments here, when the time for it has come: whose matter it was,
 * what was filled in, and the bytes of materials no case or question here needs. The question, the signed log, the names
 * and digests of materials and this desk's own words stay, with the day of the removal.
 * @returns how many questions that were
 */
export async function removeShown({ node, db, now }: ShownMaterialsParts): Promise<number> {
  const at = now();
  const due = (await listOver(db.queries(node))).filter(({ notice }) => {
    const until = shownUntil(notice);
    return until !== null && until < at;
  });
  if (due.length === 0) return 0;
  return db.transact(node, async (tx) => {
    for (const question of due) await emptyRequest(tx, question, at);
    const digests = new Set(due.flatMap(({ materials }) => materials.map((m) => m.sha256)));
    for (const needed of await neededHere(tx, digests)) digests.delete(needed);
    await tx.query(`DELETE FROM blobs WHERE node = $1 AND sha256 = ANY ($2)`, [[...digests]]);
    return due.length;
  });
}

/** Of these digests, those a case, a form for several items or another question at this node needs. */
async function neededHere(tx: NodeTx, digests: ReadonlySet<string>): Promise<Set<string>> {
  const needed = new Set(await shownElsewhere(tx, [...digests]));
  const cases = await findCases(tx, await casesNaming(tx, digests));
  for (const { file } of cases) {
    if (!file.holders.includes(tx.node)) continue;
    for (const { sha256 } of contentsOf(file, tx.node)) needed.add(sha256);
  }
  return needed;
}

/** Cases in whose log one of the digests stands. The logs are compact JWS: they are read through, once for all digests. */
async function casesNaming(tx: NodeTx, digests: ReadonlySet<string>): Promise<string[]> {
  const found = new Set<string>();
  for (let after = { case_id: '', seq: 0 }; ;) {
    const rows = await tx.query<{ case_id: string; seq: number; jws: string }>(
      `SELECT case_id, seq, jws FROM case_log WHERE node = $1 AND (case_id, seq) > ($2, $3)
       ORDER BY case_id, seq LIMIT ${LINES}`,
      [after.case_id, after.seq],
    );
    for (const { case_id, jws } of rows) {
      if (found.has(case_id)) continue;
      const text = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8');
      if ((text.match(DIGEST) ?? []).some((digest) => digests.has(digest))) found.add(case_id);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < LINES) return [...found];
    after = last;
  }
}
