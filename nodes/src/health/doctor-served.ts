import type { Divisions } from '@liandong/schema/kernel';
import { findAway } from '../moves/index.ts';
import { findDataKeys, openVault } from '../sealing/index.ts';
import type { Finding, HostKeys, Subject } from './doctor-check.ts';
import { bad, ok, reasonOf, warn } from './doctor-check.ts';

/** A node without a sign of life for longer is not served, seconds. */
const SILENT_S = 120;

/** Checks the signs of life: a running host gives one for every node it serves, every half minute. */
export async function examineServed({ config, db, divisions, keys }: Subject): Promise<Finding[]> {
  const { nodes, keysDir } = config;
  const [register, held] = [await divisions.catch(() => null), await keys.catch(() => null)];
  const keyed = held?.keyed ?? nodes;
  const away = await findAway(db, nodes);
  const rows = await db.queryHost<{ node: string; age: number }>(
    `SELECT node, extract(epoch FROM now() - max(seen_at))::float8 AS age FROM lives WHERE node = ANY ($1) GROUP BY node`,
    [nodes],
  );
  const served = rows.filter(({ age }) => age < SILENT_S).map(({ node }) => node);
  const left = nodes.filter((node) => !served.includes(node) && !away.some((move) => move.node === node));
  const findings: Finding[] = [];
  for (const { node } of away.filter(({ state }) => state === 'CAME')) {
    const text = `The rows of ${node} came, its keys did not: give liandong node take-in again.`;
    findings.push(warn('served', text));
  }
  // the node has no key and no rows here: it is still to come
  const awaited = left.filter((node) => !keyed.includes(node) && !rows.some((row) => row.node === node));
  if (awaited.length > 0) {
    const remedy = 'take it in with liandong node take-in, or bring the key that liandong node open made';
    const text = `${awaited.join(', ')} is placed at this host and has not come: there is no key of it in ${keysDir}. Once the host that has it released it, ${remedy}; the host then serves it by itself.`;
    findings.push(warn('served', text));
  }
  const missing = left.filter((node) => !awaited.includes(node));
  if (served.length > 0 && missing.length > 0) {
    const lacking = missing.map((node) => `${node} (${lackOf(node, register, held)})`).join(', ');
    const text = `The host runs and does not serve ${lacking}. It begins to by itself when that is mended.`;
    findings.push(bad('served', text));
  } else if (served.length === 0) findings.push(warn('served', 'The host does not run, or has just begun.'));
  else if (awaited.length === 0) findings.push(ok('served', 'Every node that is placed here is served.'));
  return findings;
}

/** Why a running host does not serve a node. */
function lackOf(node: string, register: Divisions | null, held: HostKeys | null): string {
  if (held && !held.keyed.includes(node)) return 'its private key is gone: put its file back';
  if (register && !register.find(node)) return 'the register of places does not know it';
  if (held && !held.trust.knows(node)) return 'the trust file has no certificate of it: bring the newest';
  return 'look below whether the broker lets this host read what comes to it; its log says what is missing';
}

export async function examineDataKeys({ config, db }: Subject): Promise<Finding[]> {
  try {
    const vault = await openVault(config);
    const lost: string[] = [];
    for (const node of config.nodes) {
      for (const { kid, retiredAt } of await findDataKeys(db.queries(node))) {
        if (retiredAt === null && !vault.of(node).kids.includes(kid)) lost.push(`${kid} of ${node}`);
      }
    }
    const copy = 'Keep copies of their files apart from the database and from its backups.';
    if (lost.length === 0) return [ok('data keys', `Every key that personal data is sealed with is here. ${copy}`)];
    const text = `The data key ${lost.join(', ')} is not in ${config.keysDir}: what is sealed with it can't be read. Put its file back from where keys are kept.`;
    return [bad('data keys', text)];
  } catch (error) {
    return [bad('data keys', `${reasonOf(error)} Mend the file or the passphrase.`)];
  }
}
