import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes still in use, after garbage was collected. */
export async function heldBytes(): Promise<number> {
  // memory handed to a later turn of the event loop is freed there
  for (let turn = 0; turn < 3; turn++) {
    collect();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
