// npm run dev: the demo federation from source; hosts and gateway start again when a file they use changes.
import { become, main, setup } from './setup.mjs';

await main(async () => {
  await setup();
  await become('load-tests/dist/demo/main.js', ['--dev', ...process.argv.slice(2)]);
});
