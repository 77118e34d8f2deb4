import { readFile, readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { checkServerIdentity } from 'node:tls';
import { ISSUER_KEYS, ProblemError, consumerName, parseIssuers, problem, tlsOption } from '@liandong/schema';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { createRemoteJWKSet } from 'jose';
import { ROADS, inboxPrefix } from '../bus/index.ts';
import type { HostConfig } from '../config.ts';
import { HostDb, knownMigrations } from '../db/index.ts';
import type { Foundation } from '../host/index.ts';
import { readFoundation, readJson } from '../host/index.ts';
import { readKeyDocuments } from '../keys/index.ts';
import { findAway } from '../moves/index.ts';
import { clockOffset } from '../observability/index.ts';
import { healingState } from '../restore/index.ts';
import { findDataKeys, openVault } from '../sealing/index.ts';
import { findKeys, readPassphrase } from '../trust/index.ts';
import { examineCases } from './doctor-cases.ts';
import { METRIC_QUERIES } from './host-metrics.ts';
import { CLOCK_LIMIT_MS } from './readiness.ts';

/** What the doctor found at one part of a host. */
export interface Finding {
  part: string;
  /** BAD keeps the host from working; WARN will, if nobody looks. */
  state: 'OK' | 'WARN' | 'BAD';
  /** In plain words: what is, and what to do. */
  text: string;
}

const ok = (part: string, text: string): Finding => ({ part, state: 'OK', text });
const warn = (part: string, text: string): Finding => ({ part, state: 'WARN', text });
const bad = (part: string, text: string): Finding => ({ part, state: 'BAD', text });

/** A message owed for longer is worth a look, and for longer a call, seconds. */
const OWED_WARN = 600;
const OWED_BAD = 3_600;
/** A node that gave no sign of life for longer is not served, seconds. */
const SILENT_S = 120;
const BROKER_TIMEOUT_MS = 3_000;
/** The notice of the next year's holidays is out in November as a rule. */
const NOTICE_MONTH = 11;

/**
 * Looks a host over, one part after the other, and goes on where a part is ill: everything that is wrong is found in
 * one run. Changes nothing.
 */
export async function examine(config: HostConfig, now: () => Date): Promise<Finding[]> {
  const findings: Finding[] = [];
  const files = await examineFiles(config, now, findings);
  await examineSecrets(config, findings);
  await examineDisk(config, findings);
  await examineIssuers(config, findings);
  if (files) examineCalendar(files.foundation, now(), findings);
  const db = new HostDb(config.databaseUrl, 2, () => undefined);
  try {
    if (await examineDatabase(db, now, findings)) {
      await examineServed(db, config, files, findings);
      await examineDataKeys(db, config, findings);
      await examineWork(db, config, files, findings);
      findings.push(...(await examineCases({ db, config, now })));
    }
  } finally {
    await db.close();
  }
  await examineBroker(config, findings);
  return findings;
}

interface Files {
  foundation: Foundation;
  /** Nodes whose private keys are here. */
  keyed: readonly string[];
}

async function examineFiles(config: HostConfig, now: () => Date, findings: Finding[]): Promise<Files | null> {
  try {
    const foundation = await readFoundation(config, now);
    const { divisions, trust } = foundation;
    // a node that has not come yet has no key here, and is told of with the nodes that are not served
    const keyed = await keyedNodes(config);
    if (keyed.length === 0) throw problem('BAD_CONFIG', `There is no private key of ${config.nodes.join(', ')}.`);
    const named = keyed.map((code) => divisions.get(code).name).join(', ');
    findings.push(ok('keys', `The private keys of ${named} can be read, and the certificates hold up to the root.`));
    const lonely = keyed.filter((code) => {
      const { parent } = divisions.get(code);
      return parent !== null && !trust.knows(parent);
    });
    findings.push(
      lonely.length === 0
        ? ok(
            'peers',
            `The trust file knows ${trust.nodes().length} nodes, the level above each of this host's among them.`,
          )
        : warn('peers', `The level above ${lonely.join(', ')} has no certificate here. Take the newest trust file.`),
    );
    return { foundation, keyed };
  } catch (error) {
    findings.push(bad('keys', `${textOf(error)} Mend the file or the setting that names it.`));
    return null;
  }
}

async function examineSecrets(config: HostConfig, findings: Finding[]): Promise<void> {
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
  findings.push(
    open.length === 0
      ? ok('secrets', 'Private files are readable by their owner alone.')
      : warn('secrets', `Others may read ${open.join(', ')}. Run chmod 600 on them.`),
  );
}

async function examineIssuers(config: HostConfig, findings: Finding[]): Promise<void> {
  try {
    const away: string[] = [];
    for (const entry of parseIssuers(await readJson(config.issuersFile))) {
      if (!('jwksUri' in entry)) continue;
      const keys = createRemoteJWKSet(new URL(entry.jwksUri), ISSUER_KEYS);
      await keys.reload().catch(() => away.push(`${entry.issuer} at ${entry.jwksUri}`));
    }
    const meanwhile = 'A running host goes by the keys it knows for a day; one that starts now lets nobody in.';
    findings.push(
      away.length === 0
        ? ok('issuers', 'The keys of every issuer of tokens are here.')
        : warn('issuers', `No keys come from ${away.join(', ')}. Is the issuer up, and the way to it? ${meanwhile}`),
    );
  } catch (error) {
    findings.push(bad('issuers', `${textOf(error)} Mend the file or the setting that names it.`));
  }
}

async function examineDisk(config: HostConfig, findings: Finding[]): Promise<void> {
  const disk = await statfs(config.keysDir).catch(() => null);
  if (!disk || disk.blocks === 0) return;
  const free = Math.round((disk.bavail / disk.blocks) * 100);
  if (free >= 10) findings.push(ok('disk', `${free} % of the disk is free.`));
  else
    findings.push(
      (free < 3 ? bad : warn)(
        'disk',
        `Only ${free} % of the disk is free. Make room: a full disk stops database and broker.`,
      ),
    );
}

function examineCalendar({ calendar }: Foundation, now: Date, findings: Finding[]): void {
  const year = now.getUTCFullYear();
  const missing = [year, year + 1].filter((y) => !calendar.years.has(y));
  if (missing.length === 0) findings.push(ok('calendar', `The calendars of ${year} and ${year + 1} are here.`));
  else if (missing.includes(year))
    findings.push(bad('calendar', `The calendar of ${year} is missing: every limit is provisional. ${CALENDAR}`));
  else if (now.getUTCMonth() + 1 >= NOTICE_MONTH)
    findings.push(
      warn('calendar', `The calendar of ${year + 1} is missing: limits that end then are provisional. ${CALENDAR}`),
    );
  else findings.push(ok('calendar', `The calendar of ${year + 1} is not out yet.`));
}
const CALENDAR = 'Name a file with it in LIANDONG_CALENDAR_FILE when the State Council’s notice is out, and restart.';

async function examineDatabase(db: HostDb, now: () => Date, findings: Finding[]): Promise<boolean> {
  let theirs: number;
  const asked = now().getTime();
  try {
    const [row] = await db.queryHost<{ theirs: number }>(
      `SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS theirs`,
    );
    theirs = row?.theirs ?? asked;
  } catch (error) {
    const todo = 'Is PostgreSQL running, and are address, user and password in LIANDONG_DATABASE_URL right?';
    findings.push(bad('database', `The database does not answer (${codeOf(error)}). ${todo}`));
    return false;
  }
  findings.push(clockFinding('database', clockOffset({ theirs, asked, answered: now().getTime() })));
  const [durable] = await db.queryHost<{ value: string }>(
    `SELECT current_setting('synchronous_commit') AS value WHERE current_setting('synchronous_commit') = 'off'`,
  );
  findings.push(
    durable
      ? bad('database', 'synchronous_commit is off: a power cut would lose what residents were told. Switch it on.')
      : ok('database', 'The database answers and commits durably.'),
  );
  const known = await knownMigrations();
  const applied = await db
    .queryHost<{ name: string }>(`SELECT name::text FROM migrations ORDER BY name`)
    .then((rows) => rows.map((r) => r.name))
    .catch((): string[] => []);
  const missing = known.filter((name) => !applied.includes(name));
  const strange = applied.filter((name) => !known.includes(name));
  if (strange.length > 0)
    findings.push(bad('migrations', `The database is newer than this program (${strange.join(', ')}). Update it.`));
  if (missing.length > 0)
    findings.push(bad('migrations', `${missing.join(', ')} are not applied. Run liandong migrate, or start the host.`));
  if (missing.length + strange.length === 0) findings.push(ok('migrations', `All ${known.length} are applied.`));
  return missing.length === 0;
}

function clockFinding(of: string, offset: number): Finding {
  const seconds = Math.round(Math.abs(offset) / 100) / 10;
  if (Math.abs(offset) <= CLOCK_LIMIT_MS) return ok('clock', `The clock agrees with the ${of}’s.`);
  const way = offset > 0 ? 'ahead of' : 'behind';
  return bad('clock', `The clock is ${seconds} s ${way} the ${of}’s. Set up NTP (chrony) on both machines.`);
}

async function keyedNodes({ keysDir, keysPassphraseFile, nodes }: HostConfig): Promise<string[]> {
  const keys = await findKeys(keysDir, nodes, await readPassphrase(keysPassphraseFile));
  return nodes.filter((node) => keys.some((key) => key.node === node));
}

/** A host that runs gives a sign of life for every node it serves, every half minute. */
async function examineServed(db: HostDb, config: HostConfig, files: Files | null, findings: Finding[]): Promise<void> {
  const { nodes } = config;
  const away = await findAway(db, nodes);
  const rows = await db.queryHost<{ node: string; age: number }>(
    `SELECT node, extract(epoch FROM now() - max(seen_at))::float8 AS age FROM lives WHERE node = ANY ($1) GROUP BY node`,
    [nodes],
  );
  const served = rows.filter(({ age }) => age < SILENT_S).map(({ node }) => node);
  const left = nodes.filter((node) => !served.includes(node) && !away.some((move) => move.node === node));
  const keyed = files?.keyed ?? nodes;
  for (const { node } of away.filter(({ state }) => state === 'CAME')) {
    const text = `The rows of ${node} came, its keys did not: give liandong node take-in again.`;
    findings.push(warn('served', text));
  }
  // it has no key and no rows here: it is to come
  const awaited = left.filter((node) => !keyed.includes(node) && !rows.some((row) => row.node === node));
  if (awaited.length > 0) {
    const todo = 'take it in with liandong node take-in, or bring the key that liandong node open made';
    const text = `${awaited.join(', ')} is placed at this host and has not come: there is no key of it in ${config.keysDir}. Once the host that has it released it, ${todo}; the host then serves it by itself.`;
    findings.push(warn('served', text));
  }
  const missing = left.filter((node) => !awaited.includes(node));
  if (served.length > 0 && missing.length > 0) {
    const reasons = missing.map((node) => `${node} (${reasonOf(node, files)})`);
    findings.push(
      bad(
        'served',
        `The host runs and does not serve ${reasons.join(', ')}. It begins to by itself when that is mended.`,
      ),
    );
  } else if (served.length === 0) findings.push(warn('served', 'The host does not run, or has just begun.'));
  else if (awaited.length === 0) findings.push(ok('served', 'Every node that is placed here is served.'));
}

/** What keeps a host that runs from serving a node. */
function reasonOf(node: string, files: Files | null): string {
  if (files && !files.keyed.includes(node)) return 'its private key is gone: put its file back';
  if (files && !files.foundation.divisions.find(node)) return 'the register of places does not know it';
  if (files && !files.foundation.trust.knows(node)) return 'the trust file has no certificate of it: bring the newest';
  return 'look below whether the broker lets this host read what comes to it; its log says what is missing';
}

async function examineWork(db: HostDb, config: HostConfig, files: Files | null, findings: Finding[]): Promise<void> {
  type Owed = { node: string; receiver: string; kind: string; depth: number; age: number };
  const trust = files?.foundation.trust;
  await trust?.learn(await readKeyDocuments(db, config.nodes));
  const gone = trust?.gone() ?? [];
  const owed = (await db.queryHost<Owed>(METRIC_QUERIES.outbox, [gone])).filter((o) => config.nodes.includes(o.node));
  const [oldest] = owed;
  const depth = owed.reduce((sum, o) => sum + o.depth, 0);
  if (!oldest || oldest.age < OWED_WARN) findings.push(ok('outbox', `${depth} messages wait, none for long.`));
  else {
    const text = `${depth} messages wait, the oldest for ${Math.round(oldest.age / 60)} min: ${oldest.kind} from ${oldest.node} to ${oldest.receiver}. Look whether the broker is up and whether the host of ${oldest.receiver} runs; nothing is lost meanwhile.`;
    findings.push((oldest.age < OWED_BAD ? warn : bad)('outbox', text));
  }
  const parked = await db.queryHost<{ node: string; kind: string; code: string; n: number }>(METRIC_QUERIES.parked);
  const mine = parked.filter((p) => config.nodes.includes(p.node));
  findings.push(
    mine.length === 0
      ? ok('parked', 'No message waits for people.')
      : warn(
          'parked',
          `Messages wait for people: ${mine.map((p) => `${p.n} ${p.kind} at ${p.node} (${p.code})`).join(', ')}. Look with liandong parked list --node <code>, then retry or answer.`,
        ),
  );
  type Feed = { node: string; feed: string; silent: number };
  const silent = (await db.queryHost<Feed>(METRIC_QUERIES.feeds, [gone])).filter(
    (f) => f.silent > 0 && config.nodes.includes(f.node),
  );
  findings.push(
    silent.length === 0
      ? ok('feeds', 'Every feed was heard of within ten minutes.')
      : warn(
          'feeds',
          `Not heard of for ten minutes: ${silent.map((f) => `${f.silent} publishers of ${f.feed} at ${f.node}`).join(', ')}. Figures name them in their coverage.`,
        ),
  );
  for (const node of config.nodes) {
    const state = await healingState(db, node);
    if (!state || state.healedAt) continue;
    findings.push(
      bad(
        'restore',
        `${node} was restored and takes no steps before others gave back what they hold; silent: ${state.silent.join(', ') || 'nobody, it goes on at its next sign of life'}. Start their hosts, or give them up with liandong restore skip.`,
      ),
    );
  }
}

async function examineDataKeys(db: HostDb, config: HostConfig, findings: Finding[]): Promise<void> {
  try {
    const vault = await openVault(config);
    const lost: string[] = [];
    for (const node of config.nodes) {
      for (const { kid, retiredAt } of await findDataKeys(db.queries(node))) {
        if (retiredAt === null && !vault.of(node).kids.includes(kid)) lost.push(`${kid} of ${node}`);
      }
    }
    const copy = 'Keep copies of their files apart from the database and from its backups.';
    findings.push(
      lost.length === 0
        ? ok('data keys', `Every key that personal data is sealed with is here. ${copy}`)
        : bad(
            'data keys',
            `The data key ${lost.join(', ')} is not in ${config.keysDir}: what is sealed with it can't be read. Put its file back from where keys are kept.`,
          ),
    );
  } catch (error) {
    findings.push(bad('data keys', `${textOf(error)} Mend the file or the passphrase.`));
  }
}

async function examineBroker(config: HostConfig, findings: Finding[]): Promise<void> {
  let connection;
  try {
    const seed = config.natsSeedFile === null ? null : await readFile(config.natsSeedFile);
    connection = await connect({
      servers: [...config.natsUrls],
      name: `${config.host} doctor`,
      inboxPrefix: inboxPrefix(config.host),
      timeout: BROKER_TIMEOUT_MS,
      maxReconnectAttempts: 0,
      ...tlsOption(config.natsUrls, checkServerIdentity),
      ...(seed === null ? {} : { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed.toString().trim())) }),
    });
  } catch (error) {
    const refused = /authorization|nkey|seed/i.test((error as Error).message) || (error as Error).name.includes('Auth');
    findings.push(
      bad(
        'broker',
        refused
          ? `The broker refuses this host's credentials. Is ${config.natsSeedFile ?? 'LIANDONG_NATS_SEED_FILE'} the one of this host, and does the broker run with the newest nats.conf?`
          : `The broker at ${config.natsUrls.join(', ')} does not answer. Is nats-server running, and is the way to it open? People here are served meanwhile; what they hand off waits.`,
      ),
    );
    return;
  }
  try {
    const without: string[] = [];
    for (const { stream } of Object.values(ROADS)) {
      for (const node of config.nodes) {
        const subject = `$JS.API.CONSUMER.INFO.${stream}.${consumerName(node)}`;
        const answered = await connection.request(subject, '', { timeout: BROKER_TIMEOUT_MS }).then(
          () => true,
          () => false,
        );
        if (!answered) without.push(`${node} on ${stream}`);
      }
    }
    findings.push(
      without.length === 0
        ? ok('broker', 'The broker answers, and this host may read what comes to its nodes.')
        : bad(
            'broker',
            `The broker does not let this host read: ${without.join(', ')}. Generate its configuration anew from the topology, with JetStream on, and reload it.`,
          ),
    );
  } finally {
    await connection.close();
  }
}

function codeOf(error: unknown): string {
  if (error instanceof ProblemError) return error.code;
  return error instanceof Error && 'code' in error ? String(error.code) : 'no connection';
}

function textOf(error: unknown): string {
  return error instanceof ProblemError ? error.problems.map((p) => p.message).join(' ') : codeOf(error);
}
