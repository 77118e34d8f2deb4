import type { DivisionCode } from '@liandong/schema/kernel';
import { contentsOf } from '@liandong/schema/case';
import { shownUntil } from '@liandong/schema/domains/joint';
import { findCases } from '../cases/index.ts';
import type { HostDb, SharedTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { removeMaterials } from '../materials/index.ts';
import type { OverQuestion } from './request-store.ts';
import { emptyRequest, listOver, shownElsewhere } from './request-store.ts';

/** Lines of logs read at a time. */
const LINES = 2_000;
/** A digest in the text of a line. */
const DIGEST = /\b[0-9a-f]{64}\b/g;

export interface ShownMaterialsParts {
  node: DivisionCode;
  db: HostDb;
  failures: Failures;
  now: () => Date;
}

/**
 * Removes what settled questions of other nodes showed to departments here, when its time has come: the applicant, the
 * form, and the bytes of materials that no case or question here needs. The question, the signed log, the names and
 * digests of materials and this desk's own words stay, with the day of the removal.
 * @returns how many questions that were
 */
export async function removeShown({ node, db, failures, now }: ShownMaterialsParts): Promise<number> {
  const at = now();
  const due = (await listOver(db.queries(node))).filter(({ notice }) => {
    const until = shownUntil(notice);
    return until !== null && until < at;
  });
  if (due.length === 0) return 0;
  return db.transact(node, async (tx) => {
    const emptied: OverQuestion[] = [];
    const subjectOf = ({ notice }: OverQuestion) => ({ node, case: notice.case });
    await failures.each('removing shown papers', due, subjectOf, async (question) => {
      await tx.attempt(() => emptyRequest(tx, question, at));
      emptied.push(question);
    });
    const digests = new Set(emptied.flatMap(({ materials }) => materials.map((m) => m.sha256)));
    for (const needed of await neededHere(tx, digests)) digests.delete(needed);
    await removeMaterials(tx, [...digests]);
    return emptied.length;
  });
}

/** Those of the digests that a case, a form for several items or another question at this node needs. */
async function neededHere(tx: SharedTx, digests: ReadonlySet<string>): Promise<Set<string>> {
  const needed = new Set(await shownElsewhere(tx, [...digests]));
  const naming = await casesNaming(tx, digests);
  const { cases, broken } = await findCases(tx, [...naming.keys()]);
  for (const { file } of cases) {
    if (!file.holders.includes(tx.node)) continue;
    for (const { sha256 } of contentsOf(file, tx.node)) needed.add(sha256);
  }
  // a case that can't be read does not say which materials it needs, so it keeps all of them
  for (const { id } of broken) for (const digest of naming.get(id) ?? []) needed.add(digest);
  return needed;
}

/**
 * Cases whose logs name some of the digests, and which. The logs are compact JWS: each is read once for all digests.
 */
async function casesNaming(tx: SharedTx, digests: ReadonlySet<string>): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (let after = { case_id: '', seq: 0 }; ;) {
    const rows = await tx.query<{ case_id: string; seq: number; jws: string }>(
      `SELECT case_id, seq, jws FROM case_log WHERE node = $1 AND (case_id, seq) > ($2, $3)
       ORDER BY case_id, seq LIMIT ${LINES}`,
      [after.case_id, after.seq],
    );
    for (const { case_id, jws } of rows) {
      const text = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8');
      const named = (text.match(DIGEST) ?? []).filter((digest) => digests.has(digest));
      if (named.length > 0) found.set(case_id, new Set([...(found.get(case_id) ?? []), ...named]));
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < LINES) return found;
    after = last;
  }
}
