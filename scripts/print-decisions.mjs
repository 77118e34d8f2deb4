// npm run decisions: prints the index of decisions from their own heads. A test checks that it is as committed.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_DIR } from './setup.mjs';

const DIR = join(PROJECT_DIR, 'docs', 'decisions');
const INDEX = join(DIR, 'README.md');
const HEAD = /^# (\d+)\. (.+)\n\nStatus: (in force|replaced by \d+|withdrawn) · Date: (\d{4}-\d\d-\d\d)\n/;

/**
 * The index as Markdown.
 * @throws {Error} where a decision does not begin with its number, title, status and date
 */
export function printedDecisions() {
  const files = readdirSync(DIR).filter((file) => /^\d{4}-/.test(file));
  const rows = files.sort().map((file) => {
    const [, number, title, status, date] = HEAD.exec(readFileSync(join(DIR, file), 'utf8')) ?? [];
    if (Number(number) !== Number(file.slice(0, 4))) throw new Error(`${file}: begin with number, title, status, date`);
    return `| [${number}](${file}) | ${title} | ${date} | ${status} |`;
  });
  const head = ['| number | decision | date | status |', '| --- | --- | --- | --- |'];
  return `# Decisions\n\nOne page for each choice that was not obvious. Numbers that are missing were never used.\n\n${[...head, ...rows].join('\n')}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(INDEX, printedDecisions());
