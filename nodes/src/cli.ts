#!/usr/bin/env node
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readText } from '@liandong/runtime';
import { pino } from 'pino';
import { NO_SUCCESSION } from '@liandong/schema/case';
import { guideOf } from '@liandong/schema/domains/catalogue';
import { dayOf, parseDivisions, problem, ProblemError } from '@liandong/schema/kernel';
import {
  describeImport,
  describeWarning,
  exportCatalogue,
  exportCpsv,
  findGuide,
  importCatalogue,
  publishCatalogue,
} from './catalogue/index.ts';
import { GROUPS_USAGE, readHost, requirePlaced, runGroup } from './commands/index.ts';
import { readConfig } from './config.ts';
import { powersOn } from './delegation/index.ts';
import { HostDb, migrate } from './db/index.ts';
import { Failures } from './failures/index.ts';
import { FeedAppender } from './feeds/index.ts';
import { attachFolder } from './item-life/index.ts';
import { basesByTitle } from './legal-bases/index.ts';
import { findOffices } from './offices/index.ts';
import { openVault, readyDataKeys } from './sealing/index.ts';
import { importRegisters } from './sharing/index.ts';

const USAGE = `liandong <command>

  migrate                                   bring the host's database to the present schema
  data import <file> --node <code>          check a file of registers and offers; they replace the node's, or nothing is imported
  catalogue guide <item> --node <code> [--division <code>]
                                            print the guide of an item for a division, from the node's copy (Markdown)
  catalogue export-cpsv --node <code>       print the node's published items as CPSV-AP 3 public services (JSON-LD)
  catalogue import <file.json|.csv> --node <code> [--author <subject>] [--dry-run]
                                            check a catalogue file and import it as drafts; nothing when anything is wrong;
                                            changes of published items name their author; --dry-run only
                                            prints what would change; both warn of entries
                                            that cite a repealed legal basis
  catalogue export --node <code> [--format json|csv] [--out <file>]
                                            the last published version of every item, in the form import reads
  catalogue attach-forms <folder> --node <code> [--author <subject>]
                                            attach the forms that forms.json in the folder lists to their items' drafts
  catalogue publish --node <code>           publish to all nodes below what is new or approved by the three desks
${GROUPS_USAGE}
Commands that work on a host's database read its settings (LIANDONG_…) from the environment.
`;

type Options = Record<string, string | undefined>;

const OPTIONS = {
  node: { type: 'string' },
  author: { type: 'string' },
  division: { type: 'string' },
  out: { type: 'string' },
  format: { type: 'string' },
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

async function main(argv: readonly string[]): Promise<void> {
  const status = await runGroup(argv, { environment: process.env, print });
  if (status !== null) {
    process.exitCode = status;
    return;
  }
  const { positionals, values } = parse(argv);
  const { help, 'dry-run': _, ...options } = values;
  const [first = '', second = '', file] = positionals;
  if (help || first === '') return print(USAGE);
  switch (`${first} ${second}`.trim()) {
    case 'migrate':
      return migrateDatabase();
    case 'catalogue import':
      return importFile(file, options, values['dry-run'] ?? false);
    case 'catalogue attach-forms':
      return attachForms(file, options);
    case 'catalogue export':
      return exportFile(options);
    case 'catalogue publish':
      return publish(options);
    case 'data import':
      return importData(file, options);
    case 'catalogue guide':
      return printGuide(file, options);
    case 'catalogue export-cpsv':
      return printCpsv(options);
    default:
      throw problem('BAD_INPUT', `There is no command "${positionals.join(' ')}". liandong --help lists them.`);
  }
}

async function migrateDatabase(): Promise<void> {
  const applied = await migrate(readConfig(process.env).databaseUrl);
  print(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`);
}

async function importFile(file: string | undefined, options: Options, dryRun: boolean): Promise<void> {
  if (file === undefined) throw problem('BAD_INPUT', 'Name the catalogue file to import.');
  const { db, node, divisions } = await openNode(options);
  try {
    const { author } = options;
    const by = author === undefined ? null : { sub: author, name: author };
    const report = await importCatalogue(db, node, divisions, file, new Date(), { author: by, dryRun, basesByTitle });
    if (dryRun) return print(describeImport(report));
    print(
      `Imported ${report.added.length} new and ${report.changed.length} changed items as drafts; ${report.unchanged} were unchanged.\n`,
    );
    for (const warning of report.warnings) print(`${describeWarning(warning)}\n`);
  } finally {
    await db.close();
  }
}

async function attachForms(folder: string | undefined, options: Options): Promise<void> {
  if (folder === undefined) throw problem('BAD_INPUT', 'Name the folder of the forms.');
  const { db, node, divisions } = await openNode(options);
  try {
    const titles = await attachFolder(db, node, divisions, folder, new Date(), options['author'] ?? null);
    print(`Attached ${titles.length} forms: ${titles.join(', ')}.\n`);
  } finally {
    await db.close();
  }
}

async function exportFile(options: Options): Promise<void> {
  const format = options['format'] ?? 'json';
  if (format !== 'json' && format !== 'csv')
    throw problem('BAD_INPUT', '--format is json or csv.', { field: 'format' });
  const { db, node, divisions } = await openNode(options);
  try {
    const text = await exportCatalogue(db, node, divisions, format);
    if (options['out'] === undefined) print(text);
    else await writeFile(options['out'], text);
  } finally {
    await db.close();
  }
}

async function publish(options: Options): Promise<void> {
  const { db, node } = await openNode(options);
  try {
    const { published, waiting } = await publishCatalogue(db, node, new FeedAppender(), new Date());
    print(published.length === 0 ? 'No draft to publish.\n' : `Published ${published.length} items.\n`);
    if (waiting.length > 0) print(`Waiting for the three desks: ${waiting.join(', ')}.\n`);
  } finally {
    await db.close();
  }
}

async function importData(file: string | undefined, options: Options): Promise<void> {
  if (file === undefined) throw problem('BAD_INPUT', 'Name the register file to import.');
  const { config, db, node, divisions, vault } = await openNode(options);
  try {
    // registers may be loaded before the host's first start
    const log = pino({ level: 'silent' });
    const failures = new Failures(log);
    await readyDataKeys({ config: { ...config, nodes: [node] }, db, vault, failures, now: () => new Date(), log });
    const report = await importRegisters(db, node, divisions, file, new FeedAppender(), new Date());
    const { rows, published, withdrawn, unchanged } = report;
    print(
      `The registers hold ${rows} rows. Published ${published.length} offers, withdrew ${withdrawn.length}; ${unchanged} were unchanged.\n`,
    );
  } finally {
    await db.close();
  }
}

async function printGuide(item: string | undefined, options: Options): Promise<void> {
  if (item === undefined) throw problem('BAD_INPUT', 'Name the item by its code.');
  const { db, node, divisions } = await openNode(options);
  try {
    const division = divisions.get(options['division'] ?? node).code;
    const today = dayOf(new Date());
    const reading = { divisions, powersOn, offices: findOffices, successionOf: NO_SUCCESSION };
    print(guideOf(await findGuide(reading, db.queries(node), item, division, today)));
  } finally {
    await db.close();
  }
}

async function printCpsv(options: Options): Promise<void> {
  const { db, node, divisions } = await openNode(options);
  try {
    print(`${JSON.stringify(await exportCpsv(db.queries(node), divisions, dayOf(new Date())), null, 2)}\n`);
  } finally {
    await db.close();
  }
}

async function openNode(options: Options) {
  const config = await readHost(process.env);
  const divisions = parseDivisions(await readText(config.divisionsFile), dayOf(new Date()));
  const node = divisions.get(required(options, 'node')).code;
  requirePlaced(config, node);
  await migrate(config.databaseUrl);
  const vault = await openVault(config);
  const db = new HostDb(config.databaseUrl, 2, () => undefined, vault);
  return { config, db, node, divisions, vault };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    throw problem('BAD_INPUT', (cause as Error).message, { cause });
  }
}

function required(options: Options, name: string): string {
  const value = options[name];
  if (value === undefined || value === '') throw problem('BAD_INPUT', `--${name} is missing.`, { field: name });
  return value;
}

function print(text: string): void {
  process.stdout.write(text);
}

function explain(error: ProblemError): string {
  return error.problems.map((p) => `${p.code}: ${p.message}`).join('\n');
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const text = error instanceof ProblemError ? explain(error) : `INTERNAL: ${(error as Error).stack ?? String(error)}`;
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});
