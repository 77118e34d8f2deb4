// npm run demo: everything from a fresh clone to a running federation.
import { become, main, setup } from './setup.mjs';

await main(async () => {
  await setup();
  await become('load-tests/dist/demo/main.js', process.argv.slice(2));
});
