import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const PROJECT_DIR = fileURLToPath(new URL('../', import.meta.url));
const ROOTS = ['schema/src', 'schema/runtime/src', 'nodes/src', 'gateway/src', 'load-tests/src'];

/** Phrases that have no subject or name no thing; each with what an engineer would say. */
const RIDDLES: readonly [phrase: RegExp, better: string][] = [
  [/\bwhoever\b/i, 'name the person: "the person who …"'],
  [/\b(?:nobody|somebody|everybody|anybody)\b/i, 'name the person, post or node'],
  [/\banew\b/i, '"again"'],
  [/\bwhat comes\b/i, 'name the thing'],
  [/\bhas it not\b/i, '"does not have it"'],
  [/\bis none of\b/i, '"is not one of"'],
  [/\bno such thing\b/i, 'name the thing'],
  [/\bby the way of\b/i, '"through"'],
  [/\bcan not\b/i, '"cannot" or "can\'t"'],
];

/** Texts in quotes, without their placeholders. */
const TEXT = /`((?:[^`\\]|\\.)*)`|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/g;
/** An error's or a log line's call, up to the end of its statement. */
const SAYING = /\b(?:problem|[lL]og\.(?:trace|debug|info|warn|error))\(([^;]*?)\)[;,\n]/g;

/** The riddles in texts that operators and people at desks read. */
function riddlesIn(source: string): string[] {
  const texts = [...source.matchAll(SAYING)].flatMap(([, call = '']) =>
    [...call.matchAll(TEXT)].map(([, a, b, c]) => (a ?? b ?? c ?? '').replaceAll(/\$\{[^}]*\}/g, '…')),
  );
  return texts.flatMap(riddlesOf);
}

const riddlesOf = (text: string): string[] =>
  RIDDLES.filter(([phrase]) => phrase.test(text)).map(([phrase, better]) => `${text} (${phrase.source}: ${better})`);

async function sourcesOf(root: string): Promise<string[]> {
  const files = await readdir(join(PROJECT_DIR, root), { recursive: true });
  return files
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|(?:^|\/)(?:testing|generated)\//.test(file))
    .map((file) => `${root}/${file}`);
}

describe('error messages and log lines', () => {
  test.each(ROOTS)('of %s name their thing in plain words', async (root) => {
    const found: string[] = [];
    for (const file of await sourcesOf(root)) {
      const riddles = riddlesIn(await readFile(join(PROJECT_DIR, file), 'utf8'));
      found.push(...riddles.map((riddle) => `${file}: ${riddle}`));
    }
    expect(found).toEqual([]);
  });

  test('and descriptions of the graph do so too', async () => {
    const sdl = await readFile(join(PROJECT_DIR, 'schema/sdl/whole.graphql'), 'utf8');
    const descriptions = [...sdl.matchAll(/"""([\s\S]*?)"""/g)].map(([, text = '']) => text.trim());
    expect(descriptions.length).toBeGreaterThan(500);
    expect(descriptions.flatMap(riddlesOf)).toEqual([]);
  });

  test('that speak in riddles are found, in an error as in a log line', () => {
    expect(riddlesIn("throw problem('FORBIDDEN', 'Whoever asks is nobody here.');")).toHaveLength(2);
    expect(riddlesIn('log.warn({ node }, `${name} is read anew`);')).toHaveLength(1);
    expect(riddlesIn("throw problem('FORBIDDEN', `${sub} may not decide.`);")).toEqual([]);
  });
});
