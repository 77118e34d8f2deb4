import type { SearchKey } from '@liandong/schema/domains/finding';
import { searchKeysOf } from '@liandong/schema/domains/finding';
import type { HostDb, NodeQueries, SharedTx } from '../db/index.ts';
import { coalesced, insert } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { textPrefix } from '../vault/index.ts';
import type { Application } from './application.ts';
import { applicantDigestsTable } from './tables.ts';

/** How far the digests of a node's cases are written, and under which data key. */
const SETTING = 'applicant-digests';
/** Cases whose digests one transaction writes. */
const BATCH = 100;

/** What of a case is digested. */
interface Applied {
  id: string;
  /** Exact JSON text of the application. */
  application: string;
}

/**
 * Writes what a case is found by, in the transaction that stores its application. Written again it changes nothing.
 * @throws {ProblemError} DATA_KEY_MISSING
 */
export function keepApplicant(tx: SharedTx, applied: Applied): Promise<void> {
  return keep(tx, applied);
}

/** The same for an application that was corrected: what it said before finds the case no more. */
export async function replaceApplicant(tx: SharedTx, applied: Applied): Promise<void> {
  await tx.query(`DELETE FROM applicant_digests WHERE node = $1 AND case_id = $2`, [applied.id]);
  await keep(tx, applied);
}

const keep = coalesced(async (tx: SharedTx, applied: readonly Applied[]): Promise<undefined[]> => {
  await insert(
    tx,
    applicantDigestsTable,
    applied.flatMap((one) => rowsOf(tx, one)),
    'KEEP',
  );
  return applied.map(() => undefined);
});

function rowsOf({ vault }: NodeQueries, { id, application }: Applied) {
  const { applicant, consent } = JSON.parse(application) as Application;
  return searchKeysOf(applicant, consent?.givenBy ?? null).map((key) => ({
    caseId: id,
    by: key.by,
    digest: vault.digest(textOf(key)),
  }));
}

/** Apart from what else is digested with a node's keys. */
const textOf = ({ by, form }: SearchKey) => `applicant ${by} ${form}`;

const textOfNumber = (form: string) => textOf({ by: 'ID_NUMBER', form });

/** The digest of a number in the form that is compared: the same by which its applicant's cases are found. */
export const numberDigest = ({ vault }: Pick<NodeQueries, 'vault'>, form: string): string =>
  vault.digest(textOfNumber(form));

/** The digests of a number under all keys in use. */
export const numberDigests = (queries: NodeQueries, form: string): Promise<string[]> =>
  digestsOf(queries, textOfNumber(form));

/** All keys in use, of which a command may have made one since this host began. */
async function digestsOf(queries: NodeQueries, text: string): Promise<string[]> {
  const keys = await queries.query<{ kid: string }>(`SELECT kid FROM data_keys WHERE node = $1 AND retired_at IS NULL`);
  return queries.vault.digestsUnder(
    keys.map(({ kid }) => kid),
    text,
  );
}

/** The newest cases that are found by a key, by their ids. @param most at most so many */
export async function findByApplicant(queries: NodeQueries, key: SearchKey, most: number): Promise<string[]> {
  const digests = await digestsOf(queries, textOf(key));
  const rows = await queries.query<{ id: string }>(
    `SELECT c.id FROM cases c WHERE node = $1 AND id IN (
       SELECT case_id FROM applicant_digests WHERE node = $1 AND digest = ANY ($2) AND by = $3)
     ORDER BY filed_at DESC, id LIMIT $4`,
    [digests, key.by, most],
  );
  return rows.map(({ id }) => id);
}

/** How many digests of a node each data key has made. */
export async function countDigests(queries: NodeQueries): Promise<Map<string, number>> {
  const rows = await queries.query<{ kid: string; count: number }>(
    `SELECT kid, count(*)::int AS count FROM (
       SELECT split_part(digest, '.', 2) AS kid FROM applicant_digests WHERE node = $1
       UNION ALL SELECT split_part(digest, '.', 2) FROM stewarded_enterprises WHERE node = $1) AS made GROUP BY 1`,
  );
  return new Map(rows.map(({ kid, count }) => [kid, count]));
}

/** A place in the walk over a node's cases; `after` is null at its end. */
interface Progress {
  kid: string;
  after: string | null;
}

/**
 * Writes digests for cases of earlier programs, and again for all cases after the data key was changed: one batch, then
 * it says whether more are left. It goes on where it was interrupted. A case whose application can't be opened is noted
 * and left out, and is found no more.
 */
export async function digestBatch(db: HostDb, node: string, failures: Pick<Failures, 'note'>): Promise<boolean> {
  const { kid } = db.vault(node);
  // without a key there is no application to digest either
  if (kid === null) return false;
  const { after } = await progressOf(db.queries(node), kid);
  if (after === null) return false;
  await db.transact(node, async (tx) => {
    const rows = await tx.query<{ id: string; application: string }>(
      `SELECT id, application FROM cases WHERE node = $1 AND application IS NOT NULL AND id > $2 ORDER BY id LIMIT ${BATCH}`,
      [after],
    );
    const digests = (await Promise.all(rows.map((row) => openedRows(tx, row, failures)))).flat();
    await tx.query(
      `DELETE FROM applicant_digests WHERE node = $1 AND case_id = ANY ($2) AND NOT starts_with(digest, $3)`,
      [rows.map(({ id }) => id), textPrefix(kid)],
    );
    await insert(tx, applicantDigestsTable, digests, 'KEEP');
    const last = rows.length < BATCH ? null : (rows.at(-1)?.id ?? null);
    if (last === null) {
      await dropOrphans(tx);
      await redigestEnterprises(tx, kid, failures);
    }
    await saveProgress(tx, { kid, after: last });
  });
  return true;
}

/** Digests all cases of a node under its newest data key, from the first on: after the key was changed. */
export async function digestAnew(db: HostDb, node: string, failures: Pick<Failures, 'note'>): Promise<void> {
  const { kid } = db.vault(node);
  if (kid === null) return;
  await db.transact(node, (tx) => saveProgress(tx, { kid, after: '' }));
  while (await digestBatch(db, node, failures));
}

async function openedRows(tx: SharedTx, { id, application }: Applied, failures: Pick<Failures, 'note'>) {
  try {
    return rowsOf(tx, { id, application: await tx.vault.open('cases.application', id, application) });
  } catch (error) {
    failures.note('digesting an applicant', { node: tx.node, case: id }, error);
    return [];
  }
}

/** The enterprises with a steward are few, and are found by the same digests. */
async function redigestEnterprises(tx: SharedTx, kid: string, failures: Pick<Failures, 'note'>): Promise<void> {
  const rows = await tx.query<{ id: string; code: string }>(
    `SELECT id, code FROM stewarded_enterprises WHERE node = $1 AND NOT starts_with(digest, $2)`,
    [textPrefix(kid)],
  );
  for (const { id, code } of rows) {
    try {
      const digest = numberDigest(tx, await tx.vault.open('stewarded_enterprises.code', id, code));
      await tx.query(`UPDATE stewarded_enterprises SET digest = $3 WHERE node = $1 AND id = $2`, [id, digest]);
    } catch (error) {
      failures.note('digesting an enterprise', { node: tx.node, enterprise: id }, error);
    }
  }
}

/** Removes the digests of cases that are not here any more. */
function dropOrphans(tx: SharedTx) {
  return tx.query(
    `DELETE FROM applicant_digests d WHERE d.node = $1
       AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.node = $1 AND c.id = d.case_id)`,
  );
}

async function progressOf(queries: NodeQueries, kid: string): Promise<Progress> {
  const [row] = await queries.query<{ value: string }>(`SELECT value FROM node_settings WHERE node = $1 AND key = $2`, [
    SETTING,
  ]);
  const known = row ? (JSON.parse(row.value) as Progress) : null;
  return known?.kid === kid ? known : { kid, after: '' };
}

function saveProgress(tx: SharedTx, progress: Progress) {
  return tx.query(
    `INSERT INTO node_settings (node, key, value) VALUES ($1, $2, $3)
     ON CONFLICT (node, key) DO UPDATE SET value = excluded.value`,
    [SETTING, JSON.stringify(progress)],
  );
}
