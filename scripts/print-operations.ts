/** Prints docs/operations.md from the operations; a test checks that it is as committed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DOMAINS } from '../schema/src/domains/list.ts';
import { printedOperations } from '../schema/src/operation/print.ts';
import { PROJECT_DIR } from './setup.mjs';

await writeFile(join(PROJECT_DIR, 'docs', 'operations.md'), printedOperations(DOMAINS));
