import { mkdir } from 'node:fs/promises';
import { isDivisionCode, problem } from '@liandong/schema/kernel';
import { countDigests, digestAnew } from '../cases/index.ts';
import type { HostConfig } from '../config.ts';
import { readToolSettings } from '../config.ts';
import { HostDb, migrate } from '../db/index.ts';
import type { Subject } from '../failures/index.ts';
import { logKey } from '../keys/index.ts';
import { countByKey, findDataKeys, openVault, rememberDataKey, reseal, writeKeysOf } from '../sealing/index.ts';
import { generateDataKey } from '../vault/index.ts';
import type { Terminal, Values } from './opening.ts';
import { actorOf, parseCommand, readHost, requirePlaced, requireValue } from './opening.ts';

export const DATA_KEYS_USAGE = `  data-keys make --node <code> --out <dir>  make a first data key into a directory, for a node that is not served yet; a
                                            host makes one by itself where its key directory can be written
  data-keys rotate --node <code> --why <text>
                                            make the next data key of a node and seal everything anew with it, while the
                                            host goes on
  data-keys reseal --node <code>            seal anew what an older key sealed; goes on where it was interrupted
  data-keys retire <kid> --node <code> --why <text>
                                            a key no row is sealed with any more; keep its file as long as backups of then
  data-keys list --node <code> [--json]     the node's data keys and how many values each seals
`;

const OPTIONS = {
  node: { type: 'string' },
  out: { type: 'string' },
  why: { type: 'string' },
  by: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** `liandong data-keys …`. */
export async function runDataKeys(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { args, values } = parseCommand(argv, OPTIONS);
  const [command = '', subject] = args;
  if (values['help'] === true || command === '') {
    terminal.print(DATA_KEYS_USAGE);
    return 0;
  }
  if (command === 'make') {
    await make(terminal, values);
    return 0;
  }
  const run = COMMANDS[command];
  if (!run)
    throw problem('BAD_INPUT', `There is no command "data-keys ${command}". liandong data-keys --help lists them.`);
  const config = await readHost(terminal.environment);
  const node = requireValue(values, 'node');
  requirePlaced(config, node);
  await migrate(config.databaseUrl);
  const vault = await openVault(config);
  const db = new HostDb(config.databaseUrl, 2, () => undefined, vault);
  try {
    await run({ ...terminal, config, db, node, vault }, values, subject);
  } finally {
    await db.close();
  }
  return 0;
}

interface Opened extends Terminal {
  config: HostConfig;
  db: HostDb;
  node: string;
  vault: Awaited<ReturnType<typeof openVault>>;
}

const COMMANDS: Record<string, (opened: Opened, values: Values, subject: string | undefined) => Promise<void>> = {
  rotate,
  reseal: (opened) => sealAnew(opened),
  retire,
  list,
};

async function make({ environment, print }: Terminal, values: Values): Promise<void> {
  const node = requireValue(values, 'node');
  if (!isDivisionCode(node)) throw problem('BAD_INPUT', '--node is no division code.', { field: 'node' });
  const keysDir = requireValue(values, 'out');
  await mkdir(keysDir, { recursive: true, mode: 0o700 });
  const { keysPassphraseFile } = readToolSettings(environment);
  const file = await writeKeysOf({ keysDir, keysPassphraseFile }, [generateDataKey(node, new Date())]);
  print(`Wrote ${file}. Whoever loses it loses what the node keeps of applicants.\n`);
}

async function rotate(opened: Opened, values: Values): Promise<void> {
  const { config, db, node, vault, print } = opened;
  const why = requireValue(values, 'why');
  const key = generateDataKey(node, new Date());
  // the file first: no row may be sealed with a key that is in no file
  const file = await writeKeysOf(config, [key]);
  await vault.reload();
  await db.transact(node, (tx) => rememberDataKey(tx, key, actorOf(values), why));
  print(`Made ${key.kid} in ${file}. Keep a copy apart from the database and from its backups.\n`);
  await sealAnew(opened);
}

async function sealAnew({ db, node, print }: Opened): Promise<void> {
  const sealed = await reseal(db, node, (value, { code }) => {
    print(`${value} cannot be opened and stays as it is (${code}).\n`);
  });
  const note = (_job: string, subject: Subject) => {
    print(`The applicant of ${subject['case']} cannot be opened: the case will not be found by them.\n`);
  };
  await digestAnew(db, node, { note });
  print(`Sealed ${sealed} values anew with ${db.vault(node).kid ?? ''}.\n`);
}

async function retire({ db, node, print }: Opened, values: Values, kid: string | undefined): Promise<void> {
  const why = requireValue(values, 'why');
  const known = (await findDataKeys(db.queries(node))).find((key) => key.kid === kid);
  if (!known || kid === undefined) throw problem('BAD_INPUT', 'Name a data key; liandong data-keys list shows them.');
  if (kid === db.vault(node).kid) throw problem('BAD_INPUT', `${kid} is the key that seals now; rotate first.`);
  const [sealed, digests] = await Promise.all([countByKey(db, node), countDigests(db.queries(node))]);
  const count = (sealed.get(kid) ?? 0) + (digests.get(kid) ?? 0);
  if (count > 0) {
    throw problem('BAD_INPUT', `${count} values are sealed with ${kid}: run liandong data-keys reseal first.`);
  }
  const at = new Date();
  await db.transact(node, async (tx) => {
    await tx.query(`UPDATE data_keys SET retired_at = $3 WHERE node = $1 AND kid = $2 AND retired_at IS NULL`, [
      kid,
      at,
    ]);
    await logKey(tx, { at, actor: actorOf(values), action: 'DATA_KEY_RETIRED', subject: node, kid, why });
  });
  print(`Retired ${kid}. Its file may leave this host; backups made before need it.\n`);
}

async function list({ db, node, print }: Opened, values: Values): Promise<void> {
  const [known, counts] = await Promise.all([findDataKeys(db.queries(node)), countByKey(db, node)]);
  const keys = known.map(({ kid, madeAt, retiredAt }) => ({
    kid,
    state: retiredAt ? 'RETIRED' : kid === db.vault(node).kid ? 'SEALS' : 'OPENS',
    madeAt: madeAt.toISOString(),
    retiredAt: retiredAt?.toISOString() ?? null,
    values: counts.get(kid) ?? 0,
  }));
  const readable = counts.get(null) ?? 0;
  if (values['json'] === true) return print(`${JSON.stringify({ keys, readable })}\n`);
  for (const { kid, state, madeAt, values: sealed } of keys) {
    print(`${kid}  ${state.padEnd(8)} ${madeAt}  ${sealed} values\n`);
  }
  if (readable > 0) print(`${readable} values are not sealed: start the host, or run liandong data-keys reseal.\n`);
}
