import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Services } from '@liandong/runtime/local';

/** A PostgreSQL of its own for a benchmark without a broker; its data is not kept. */
export async function startDatabase(sharedBuffersMb: number): Promise<Services> {
  const dir = await mkdtemp(join(tmpdir(), 'liandong-bench-'));
  // PostgreSQL runs under an account of its own
  await chmod(dir, 0o755);
  const without = { keep: false, natsServer: '', brokers: [], durable: false };
  return Services.start({ dir, ...without, maxConnections: 20, sharedBuffersMb });
}
