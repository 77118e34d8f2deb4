import { randomInt } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { problem } from '@liandong/schema/kernel';

/** @throws {ProblemError} BAD_CONFIG when the port is in use */
export async function requireFreePort(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is taken by another program' : `can't be opened (${cause.code ?? ''})`;
      reject(problem('BAD_CONFIG', `Port ${port} ${why}; choose another with --port.`, { cause }));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/**
 * Ports below those a system gives to outgoing connections, so that a program that starts later still finds its port
 * free.
 */
const PORTS = { from: 20_000, to: 32_000 };

/** A free port. @throws {ProblemError} BAD_CONFIG when hundreds were taken */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 500; tries++) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
  throw problem('BAD_CONFIG', 'No free port was found.');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      resolve(true);
    });
  });
  if (free) await new Promise<void>((resolve) => server.close(() => resolve()));
  return free;
}

/** Folders where packages install it; not every PATH has them. */
const SYSTEM_DIRS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/usr/bin'];

/**
 * Finds the broker's program.
 * @throws {ProblemError} BROKER_UNAVAILABLE with how to get it
 */
export function findNatsServer(path: string, systemDirs: readonly string[] = SYSTEM_DIRS): string {
  for (const dir of [...path.split(delimiter), ...systemDirs]) {
    const file = join(dir, 'nats-server');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      continue;
    }
  }
  throw problem(
    'BROKER_UNAVAILABLE',
    'nats-server is not on the PATH. Install it (Debian: apt-get install nats-server) or put the program of version 2.9 or later on the PATH.',
  );
}
