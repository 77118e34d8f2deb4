// npm run map: prints the map of folders into ARCHITECTURE.md, from the opening comment of each folder's index. A test
// checks that it is as committed.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_DIR } from './setup.mjs';

const FILE = join(PROJECT_DIR, 'ARCHITECTURE.md');
const ROOTS = ['schema/src', 'schema/runtime/src', 'nodes/src', 'gateway/src'];
/** Folders of test helpers or generated files. */
const LEFT_OUT = /(^|\/)(testing|generated)(\/|$)/;
const MAP = /<!-- map -->[\s\S]*<!-- end of map -->/;

/** Folders with sources below a root, the root itself left out unless it is a package of one folder. */
function foldersOf(root) {
  const files = readdirSync(join(PROJECT_DIR, root), { recursive: true, encoding: 'utf8' }).map(
    (file) => `${root}/${file}`,
  );
  const folders = files.filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, file.lastIndexOf('/')));
  const inner = [...new Set(folders)].filter((folder) => folder !== root && !LEFT_OUT.test(folder));
  return inner.length === 0 ? [root] : inner.sort((a, b) => (a < b ? -1 : 1));
}

/** @throws {Error} for a folder without an index, or an index without an opening comment */
function sentenceOf(folder) {
  const index = join(PROJECT_DIR, folder, 'index.ts');
  const [, sentence] = (existsSync(index) && /^\/\*\* (.+) \*\/\n/.exec(readFileSync(index, 'utf8'))) || [];
  if (!sentence) throw new Error(`${folder}: begin index.ts with one opening comment that says what the folder is for`);
  return sentence;
}

/** ARCHITECTURE.md with the map of today. */
export function withMap(text) {
  const rows = ROOTS.filter((root) => existsSync(join(PROJECT_DIR, root)))
    .flatMap(foldersOf)
    .map((folder) => `- \`${folder}\`: ${sentenceOf(folder)}`);
  return text.replace(MAP, `<!-- map -->\n\n${rows.join('\n')}\n\n<!-- end of map -->`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(FILE, withMap(readFileSync(FILE, 'utf8')));
}
