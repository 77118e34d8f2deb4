import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REVOCATION_REASONS } from '@liandong/schema/trust';
import { problem } from '@liandong/schema/kernel';
import { requestRetry } from '../handoff/index.ts';
import { certifyKey, describeKey, endKey, logKey, readKeyLog, readKeyRequest, requestOf } from '../keys/index.ts';
import { generateNodeKey, protectKeys, writeKey } from '../trust/index.ts';
import { protectDataKeys } from '../vault/index.ts';
import type { OpenedNode, Terminal, Values } from './opening.ts';
import { actorOf, findInstant, findValue, parseCommand, readInputText, requireValue, withNode } from './opening.ts';

export const KEYS_USAGE = `  keys make --node <code> --why <text>      make a key on the node's host and a request for its certificate (a file to
                                            carry to the parent): for a node's first key, or after one was compromised
  keys certify <request> --node <parent> --why <text> [--until <instant>] [--overlap-hours <n>]
                                            vouch for a child's key; its keys before end when the overlap is over
  keys rotate --node <code> --why <text> [--overlap-hours 24]
                                            make the next key and ask the parent for its certificate over the federation;
                                            the host signs with it as soon as it is certified
  keys revoke <kid> --node <code> --reason SUPERSEDED|CESSATION|COMPROMISED --why <text> [--from <instant>]
                                            end a key of the node or of one below, for all nodes; what it signed before
                                            stays good
  keys list --node <code> [--of <code>] [--json]
                                            the keys the node knows, with their state
  keys show <kid> --node <code> [--json]    one key: its certificates up to the root, its end, its log
  keys retry --node <code>                  try again what is parked for want of a key
  keys trust --node <code> --out <file>     the trust file as of now, for new hosts and for verify
  keys protect --node <code>                encrypt key files that are plain, with the passphrase of the settings
  All take --by <name>: who gives the command, for the log of keys; the login name without it.
`;

const OPTIONS = {
  node: { type: 'string' },
  why: { type: 'string' },
  by: { type: 'string' },
  until: { type: 'string' },
  from: { type: 'string' },
  reason: { type: 'string' },
  of: { type: 'string' },
  out: { type: 'string' },
  'overlap-hours': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** `liandong keys …`. */
export async function runKeys(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { args, values } = parseCommand(argv, OPTIONS);
  const [command = '', subject] = args;
  if (values['help'] === true || command === '') {
    terminal.print(KEYS_USAGE);
    return 0;
  }
  const run = COMMANDS[command];
  if (!run) throw problem('BAD_INPUT', `There is no command "keys ${command}". liandong keys --help lists them.`);
  const signs = ['certify', 'revoke', 'rotate'].includes(command);
  await withNode(terminal, requireValue(values, 'node'), { keys: signs }, (opened) => run(opened, values, subject));
  return 0;
}

const COMMANDS: Record<string, (opened: OpenedNode, values: Values, subject: string | undefined) => Promise<void>> = {
  make,
  certify,
  rotate,
  revoke,
  list,
  show,
  retry,
  trust: writeTrust,
  protect,
};

async function make(opened: OpenedNode, values: Values): Promise<void> {
  const { kid, request } = await makeKey(opened, values, 0);
  const file = join(opened.config.keysDir, `${kid}.request.jws`);
  await writeFile(file, request);
  opened.print(`Made ${kid}. Its parent certifies it: liandong keys certify ${file} --node <parent>\n`);
}

async function certify(
  { print, db, node, issuing }: OpenedNode,
  values: Values,
  file: string | undefined,
): Promise<void> {
  if (file === undefined) throw problem('BAD_INPUT', 'Name the file with the request.');
  const why = requireValue(values, 'why');
  const request = await readKeyRequest((await readInputText(file)).trim());
  const overlapHours = hoursOf(values, request.overlapHours);
  const until = findInstant(values, 'until');
  const made = await db.transact(node, (tx) =>
    certifyKey(tx, issuing, { ...request, overlapHours, why }, { until, actor: actorOf(values) }),
  );
  print(made.length === 0 ? `${request.kid} was certified before.\n` : `Certified ${request.kid}.\n`);
}

async function rotate(opened: OpenedNode, values: Values): Promise<void> {
  const { db, node, issuing } = opened;
  const { kid, request } = await makeKey(opened, values, hoursOf(values, 24));
  const { parent } = issuing.divisions.get(node);
  await db.transact(node, async (tx) => {
    if (parent === null) {
      const asked = await readKeyRequest(request);
      await certifyKey(tx, issuing, asked, { until: null, actor: actorOf(values) });
    } else {
      await issuing.outbox.enqueue(tx, [{ receiver: parent, kind: 'KEYS', caseId: null, body: { request } }]);
      await logKey(tx, {
        at: issuing.now(),
        actor: actorOf(values),
        action: 'REQUESTED',
        subject: node,
        kid,
        why: requireValue(values, 'why'),
      });
    }
  });
  opened.print(parent === null ? `Certified ${kid}.\n` : `Made ${kid} and asked ${parent} for its certificate.\n`);
}

/** Makes a key in the host's key directory, encrypted where the settings name a passphrase. */
async function makeKey(
  { config, db, node, issuing, passphrase }: OpenedNode,
  values: Values,
  overlapHours: number,
): Promise<{ kid: string; request: string }> {
  const why = requireValue(values, 'why');
  const by = actorOf(values);
  const at = issuing.now();
  const key = await generateNodeKey(node);
  await writeKey(config.keysDir, key, passphrase);
  await db.transact(node, (tx) => logKey(tx, { at, actor: by, action: 'MADE', subject: node, kid: key.kid, why }));
  return { kid: key.kid, request: await requestOf(key, { at, overlapHours, by, why }) };
}

async function revoke(
  { print, db, node, issuing }: OpenedNode,
  values: Values,
  kid: string | undefined,
): Promise<void> {
  if (kid === undefined) throw problem('BAD_INPUT', 'Name the key; liandong keys list shows them.');
  const why = requireValue(values, 'why');
  const given = requireValue(values, 'reason');
  const reason = REVOCATION_REASONS.find((known) => known === given);
  if (!reason) throw problem('BAD_INPUT', `--reason is one of ${REVOCATION_REASONS.join(', ')}.`, { field: 'reason' });
  const from = findInstant(values, 'from') ?? issuing.now();
  await db.transact(node, (tx) => endKey(tx, issuing, kid, { reason, from, why, actor: actorOf(values) }));
  print(`Ended ${kid} from ${from.toISOString()} on.\n`);
}

function list({ print, issuing }: OpenedNode, values: Values): Promise<void> {
  const of = findValue(values, 'of');
  const keys = issuing.trust
    .keys()
    .filter((key) => of === null || issuing.divisions.isWithin(key.node, of))
    .map((key) => describeKey(key, issuing.now()))
    .sort((a, b) => a.node.localeCompare(b.node) || a.issuedAt.localeCompare(b.issuedAt));
  if (values['json'] === true) print(`${JSON.stringify(keys)}\n`);
  else
    for (const { kid, state, issuer, issuedAt } of keys) print(`${state.padEnd(9)} ${kid}  by ${issuer} ${issuedAt}\n`);
  return Promise.resolve();
}

async function show({ print, db, node, issuing }: OpenedNode, values: Values, kid: string | undefined): Promise<void> {
  const key = kid === undefined ? undefined : issuing.trust.findKey(kid);
  if (!key) throw problem('NOT_FOUND', `No key ${kid ?? ''} is known here.`);
  const chain = issuing.trust.documentsOf([key.kid]).map(({ kind, content }) => ({ kind, ...content }));
  const log = await readKeyLog(db.queries(node), key.kid);
  const whole = { ...describeKey(key, issuing.now()), chain, log };
  print(`${JSON.stringify(whole, null, values['json'] === true ? 0 : 2)}\n`);
}

async function retry({ print, db, node }: OpenedNode): Promise<void> {
  print(`${await requestRetry(db, [node])} messages will be tried again by the host.\n`);
}

async function writeTrust({ issuing }: OpenedNode, values: Values): Promise<void> {
  await writeFile(requireValue(values, 'out'), JSON.stringify(issuing.trust.file()));
}

async function protect({ print, config, passphrase }: OpenedNode): Promise<void> {
  if (passphrase === null)
    throw problem('BAD_CONFIG', 'No passphrase: name its file in LIANDONG_KEYS_PASSPHRASE_FILE.');
  const kids = await protectKeys(config.keysDir, passphrase);
  const dataKeys = await protectDataKeys(config.keysDir, passphrase);
  print(`${kids.length} keys and ${dataKeys} data keys that were plain are encrypted in ${config.keysDir}.\n`);
}

function hoursOf(values: Values, otherwise: number): number {
  const given = findValue(values, 'overlap-hours');
  if (given === null) return otherwise;
  const hours = Number(given);
  if (!Number.isFinite(hours) || hours < 0 || hours > 8760) {
    throw problem('BAD_INPUT', '--overlap-hours is a number from 0 to 8760.', { field: 'overlap-hours' });
  }
  return hours;
}
