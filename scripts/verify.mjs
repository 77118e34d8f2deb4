// npm run verify -- <file> --root <key>: verifies an exported case offline; status 0 when it is sound.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR, become, main, setup } from './setup.mjs';

const CLI = 'nodes/dist/programs/cli.js';

await main(async () => {
  // skips the build if one exists: verifying works without a network, and --json prints nothing else
  if (!existsSync(join(PROJECT_DIR, CLI))) await setup();
  await become(CLI, ['verify', ...process.argv.slice(2)]);
});
