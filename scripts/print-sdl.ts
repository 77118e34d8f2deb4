/** Prints the schema of each role and of the whole graph to schema/sdl; a test checks that they are as committed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_DIR } from './setup.mjs';
import { printedSchemas } from '../test/printed-schemas.ts';

for (const [file, sdl] of Object.entries(await printedSchemas())) {
  await writeFile(join(PROJECT_DIR, 'schema', 'sdl', file), sdl);
}
