import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, readText } from '@liandong/runtime';
import type { Divisions } from '@liandong/schema/kernel';
import { ISSUER_KEYS, parseIssuers } from '@liandong/schema/identity';
import { dayOf, parseDivisions, problem } from '@liandong/schema/kernel';
import { createRemoteJWKSet } from 'jose';
import { openCalendar } from '../calendar/index.ts';
import type { HostConfig } from '../config.ts';
// not by their index, whose host asks the doctor
import { readTrustFile } from '../host/foundation.ts';
import { NodePlacement } from '../host/node-placement.ts';
import { Trust, findKeys, readPassphrase } from '../trust/index.ts';
import type { Finding, HostKeys, Subject } from './doctor-check.ts';
import { bad, ok, reasonOf, warn } from './doctor-check.ts';

/** As a rule, the notice of the next year's holidays is published in November. */
const NOTICE_MONTH = 11;
const MEND = 'Mend the file or the setting that names it.';

/** @throws {ProblemError} BAD_CONFIG */
export async function readRegister({ divisionsFile }: HostConfig, now: () => Date): Promise<Divisions> {
  return parseDivisions(await readText(divisionsFile), dayOf(now()));
}

/** @throws {ProblemError} BAD_CONFIG */
export async function readHostKeys(config: HostConfig, divisions: Divisions, now: () => Date): Promise<HostKeys> {
  const { keysDir, keysPassphraseFile, nodes, trustFile } = config;
  const trust = await Trust.load(await readTrustFile(trustFile), [], divisions, now);
  const keys = await findKeys(keysDir, nodes, await readPassphrase(keysPassphraseFile));
  return { trust, keyed: nodes.filter((node) => keys.some((key) => key.node === node)) };
}

/** Reports the fault of a file that can't be read as a finding of its part. */
async function unlessFaulty(part: string, examine: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await examine();
  } catch (error) {
    return [bad(part, `${reasonOf(error)} ${MEND}`)];
  }
}

export const examineRegister = ({ divisions }: Subject) =>
  unlessFaulty('register', async () => [ok('register', `The register has ${(await divisions).size} places.`)]);

export const examineTopology = ({ config, divisions }: Subject) =>
  unlessFaulty('topology', async () => {
    await NodePlacement.read(config, await divisions);
    return [
      ok('topology', config.topologyFile === null ? 'There is one broker for all.' : 'The topology has this host.'),
    ];
  });

export const examineKeys = ({ config, divisions, keys }: Subject) =>
  unlessFaulty('keys', async () => {
    const { keyed } = await keys;
    // a node that has not come yet has no key here; the check of served nodes reports it
    if (keyed.length === 0) throw problem('BAD_CONFIG', `There is no private key of ${config.nodes.join(', ')}.`);
    const register = await divisions;
    const named = keyed.map((code) => register.get(code).name).join(', ');
    return [ok('keys', `The private keys of ${named} can be read, and the certificates hold up to the root.`)];
  });

export async function examinePeers({ divisions, keys }: Subject): Promise<Finding[]> {
  const { trust, keyed } = await keys;
  const register = await divisions;
  const lonely = keyed.filter((code) => {
    const { parent } = register.get(code);
    return parent !== null && !trust.knows(parent);
  });
  if (lonely.length > 0) {
    const text = `The level above ${lonely.join(', ')} has no certificate here. Take the newest trust file.`;
    return [warn('peers', text)];
  }
  const known = trust.nodes().length;
  return [ok('peers', `The trust file knows ${known} nodes, the level above each of this host's among them.`)];
}

export async function examineSecrets({ config }: Subject): Promise<Finding[]> {
  const keys = await readdir(config.keysDir).catch(() => []);
  const secret = keys.map((name) => join(config.keysDir, name));
  if (config.natsSeedFile !== null) secret.push(config.natsSeedFile);
  const open: string[] = [];
  for (const file of secret) {
    const mode = await stat(file).then(
      (s) => s.mode,
      () => 0,
    );
    if ((mode & 0o077) !== 0) open.push(file);
  }
  if (open.length === 0) return [ok('secrets', 'Private files are readable by their owner alone.')];
  return [warn('secrets', `Others may read ${open.join(', ')}. Run chmod 600 on them.`)];
}

export async function examineDisk({ config }: Subject): Promise<Finding[]> {
  const disk = await statfs(config.keysDir).catch(() => null);
  if (!disk || disk.blocks === 0) return [];
  const free = Math.round((disk.bavail / disk.blocks) * 100);
  if (free >= 10) return [ok('disk', `${free} % of the disk is free.`)];
  const text = `Only ${free} % of the disk is free. Make room: a full disk stops database and broker.`;
  return [(free < 3 ? bad : warn)('disk', text)];
}

export const examineIssuers = ({ config }: Subject) =>
  unlessFaulty('issuers', async () => {
    const away: string[] = [];
    for (const entry of parseIssuers(await readJson(config.issuersFile))) {
      if (!('jwksUri' in entry)) continue;
      const keys = createRemoteJWKSet(new URL(entry.jwksUri), ISSUER_KEYS);
      await keys.reload().catch(() => away.push(`${entry.issuer} at ${entry.jwksUri}`));
    }
    if (away.length === 0) return [ok('issuers', 'The keys of every issuer of tokens are here.')];
    const meanwhile = 'A running host goes by the keys it knows for a day; one that starts now lets nobody in.';
    const text = `No keys come from ${away.join(', ')}. Is the issuer up, and the way to it? ${meanwhile}`;
    return [warn('issuers', text)];
  });

const CALENDAR = 'Name a file with it in LIANDONG_CALENDAR_FILE when the State Council’s notice is out, and restart.';

export const examineCalendar = ({ config, now }: Subject) =>
  unlessFaulty('calendar', async () => {
    const { years } = await openCalendar(config.calendarFile);
    const year = now().getUTCFullYear();
    const missing = [year, year + 1].filter((y) => !years.has(y));
    if (missing.length === 0) return [ok('calendar', `The calendars of ${year} and ${year + 1} are here.`)];
    if (missing.includes(year))
      return [bad('calendar', `The calendar of ${year} is missing: every limit is provisional. ${CALENDAR}`)];
    if (now().getUTCMonth() + 1 < NOTICE_MONTH) return [ok('calendar', `The calendar of ${year + 1} is not out yet.`)];
    const text = `The calendar of ${year + 1} is missing: limits that end then are provisional. ${CALENDAR}`;
    return [warn('calendar', text)];
  });
