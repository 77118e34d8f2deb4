/** Prints the life of a case to docs/case-life.md; a test checks that it is as committed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_DIR } from './setup.mjs';
import { printedLife } from '../test/printed-life.ts';

await writeFile(join(PROJECT_DIR, 'docs', 'case-life.md'), printedLife());
