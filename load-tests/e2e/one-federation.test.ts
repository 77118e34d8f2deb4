import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Federation } from '../src/federation/federation.ts';
import { Asking } from './asking.ts';
import { standing, startFederation } from './federation.ts';
import { catalogue } from './one-federation/catalogue.ts';
import { centre } from './one-federation/centre.ts';
import { examples } from './one-federation/examples.ts';
import { joint } from './one-federation/joint.ts';
import { journeys } from './one-federation/journeys.ts';
import { outages } from './one-federation/outages.ts';
import { papers } from './one-federation/papers.ts';
import { powers } from './one-federation/powers.ts';
import { projects } from './one-federation/projects.ts';
import { proxy } from './one-federation/proxy.ts';

/**
 * Queries and mutations of desks and residents to one running federation: starting a federation costs more than most of
 * these parts together. No part uses another's data: each has items and cases of its own, and can be run alone by its
 * name: `-t 'the catalogue'`. Journeys come first, as they check figures over all cases; after the outages hosts are
 * down.
 */
const PARTS: readonly [name: string, part: (asking: Asking) => void][] = [
  ['journeys', journeys],
  ['the catalogue', catalogue],
  ['the centre', centre],
  ['powers', powers],
  ['projects', projects],
  ['joint handling', joint],
  ['proxy handling', proxy],
  ['papers', papers],
  ['the examples', examples],
  ['outages', outages],
];

let federation: Federation;
const asking = new Asking(() => federation);
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation.stop());

describe.each(PARTS)('%s', (_, part) => {
  // starts the hosts that a test of another part left down
  beforeAll(() => standing(federation));
  part(asking);
});

test('of all this logs hold no personal data', async () => {
  const dir = join(federation.dir, 'logs');
  const texts = await Promise.all((await readdir(dir)).map((file) => readFile(join(dir, file), 'utf8')));
  expect(texts.join('')).not.toMatch(/王秀英|邵建平|陈思远|奚福根|331022195203120028|1380000000\d/);
});
