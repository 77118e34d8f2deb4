// npm run chaos -- --handoffs N: the fault suite from a fresh clone; its result is the JSON on the last line.
import { become, main, setup } from './setup.mjs';

await main(async () => {
  await setup();
  await become('load-tests/dist/chaos/main.js', process.argv.slice(2));
});
