import type { DivisionCode } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import type { Logger } from 'pino';
import type { HostConfig } from '../config.ts';
import type { HostDb, NodeQueries, SharedTx } from '../db/index.ts';
import type { Failures } from '../failures/index.ts';
import { logKey } from '../keys/index.ts';
import { readPassphrase } from '../trust/index.ts';
import type { DataKey } from '../vault/index.ts';
import { SEALED_COLUMNS, Vault, generateDataKey, readDataKeys, writeDataKeys } from '../vault/index.ts';
import { reseal } from './reseal.ts';

/** The columns of a node that have been sealed: with another list, the older rows are looked through again. */
const SETTING = 'sealed-columns';

/** Opens the data keys in a host's key directory. @throws {ProblemError} BAD_CONFIG */
export async function openVault(config: Pick<HostConfig, 'keysDir' | 'keysPassphraseFile' | 'nodes'>): Promise<Vault> {
  const passphrase = await readPassphrase(config.keysPassphraseFile);
  return Vault.open(() => readDataKeys(config.keysDir, config.nodes, passphrase));
}

/** A data key as the node's database remembers it, without the key itself. */
export interface KnownDataKey {
  kid: string;
  madeAt: Date;
  retiredAt: Date | null;
}

export function findDataKeys(queries: NodeQueries): Promise<KnownDataKey[]> {
  return queries.query<KnownDataKey>(
    `SELECT kid, made_at AS "madeAt", retired_at AS "retiredAt" FROM data_keys WHERE node = $1 ORDER BY made_at, kid`,
  );
}

/** Records that rows may be sealed with a key from now on. */
export async function rememberDataKey(tx: SharedTx, key: { kid: string; madeAt: Date }, actor: string, why: string) {
  const added = await tx.query(
    `INSERT INTO data_keys (node, kid, made_at) VALUES ($1, $2, $3) ON CONFLICT (node, kid) DO NOTHING RETURNING kid`,
    [key.kid, key.madeAt],
  );
  if (added.length === 0) return;
  const { node } = tx;
  await logKey(tx, { at: key.madeAt, actor, action: 'DATA_KEY_MADE', subject: node, kid: key.kid, why });
}

export interface DataKeyParts {
  config: Pick<HostConfig, 'keysDir' | 'keysPassphraseFile' | 'nodes'>;
  db: HostDb;
  vault: Vault;
  failures: Failures;
  now: () => Date;
  log: Logger;
}

/**
 * Makes sure that every node of a host has its data keys, and that all personal data in the database is sealed. A node
 * that never had a key gets one. A database that an earlier program filled is sealed before the host serves requests.
 * @throws {ProblemError} DATA_KEY_MISSING naming the key that rows are sealed with and that is not here
 */
export async function readyDataKeys(parts: DataKeyParts): Promise<void> {
  const { config, db, vault, failures, log } = parts;
  const fresh: DivisionCode[] = [];
  for (const node of config.nodes) {
    const known = await findDataKeys(db.queries(node));
    const lost = known.find(({ kid, retiredAt }) => retiredAt === null && !vault.of(node).kids.includes(kid));
    if (lost) throw lostKey(node, lost.kid, config.keysDir);
    if (vault.of(node).kid === null) fresh.push(node);
  }
  if (fresh.length > 0) await makeDataKeys(parts, fresh);
  for (const node of config.nodes) {
    await db.transact(node, async (tx) => {
      for (const kid of tx.vault.kids) {
        await rememberDataKey(tx, { kid, madeAt: parts.now() }, 'node', 'found in the key directory');
      }
    });
    const form = Object.keys(SEALED_COLUMNS).join(' ');
    const [done] = await db
      .queries(node)
      .query(`SELECT 1 FROM node_settings WHERE node = $1 AND key = $2 AND value = $3`, [SETTING, form]);
    if (done) continue;
    let faults = 0;
    const sealed = await reseal(db, node, (value, error) => {
      faults++;
      failures.note('sealing data of an earlier version', { node, value }, error);
    });
    // tried again at the next start
    if (faults > 0) continue;
    if (sealed > 0) log.info({ node, sealed }, 'personal data of an earlier version sealed');
    await db.transact(node, (tx) =>
      tx.query(
        `INSERT INTO node_settings (node, key, value) VALUES ($1, $2, $3)
         ON CONFLICT (node, key) DO UPDATE SET value = excluded.value`,
        [SETTING, form],
      ),
    );
  }
}

async function makeDataKeys({ config, db, vault, now, log }: DataKeyParts, nodes: readonly DivisionCode[]) {
  const keys = nodes.map((node) => generateDataKey(node, now()));
  const file = await writeKeysOf(config, keys);
  await vault.reload();
  for (const key of keys) {
    await db.transact(key.node, (tx) => rememberDataKey(tx, key, 'node', 'the first start'));
  }
  log.warn({ file, nodes }, 'data keys generated: keep a copy apart from the database and its backups');
}

/** @throws {ProblemError} BAD_CONFIG for a directory that can't be written, such as a mounted secret */
export async function writeKeysOf(
  config: Pick<HostConfig, 'keysDir' | 'keysPassphraseFile'>,
  keys: readonly DataKey[],
): Promise<string> {
  try {
    return await writeDataKeys(config.keysDir, keys, await readPassphrase(config.keysPassphraseFile));
  } catch (cause) {
    throw problem(
      'BAD_CONFIG',
      `No data key can be written to ${config.keysDir}. Make one with liandong data-keys make where it can be, and mount its file there.`,
      { cause },
    );
  }
}

function lostKey(node: DivisionCode, kid: string, dir: string) {
  return problem(
    'DATA_KEY_MISSING',
    `The data key ${kid} of ${node} is not in ${dir}. The personal data in the database is sealed with it and can't be read without it: put its file back from where keys are kept. Without any copy of the key only what other nodes hold can come back: restore into an empty database.`,
    { node },
  );
}
