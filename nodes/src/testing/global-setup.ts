import { mkdtemp } from 'node:fs/promises';
import { chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Services, findNatsServer } from '@liandong/runtime/local';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../db/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the server's own account. */
    postgresAdminUrl: string;
    natsServer: string;
  }
}

/** The database every test database is copied from: migrated once a run. */
export const TEMPLATE = 'liandong_template';

/** One PostgreSQL for the run; every test host has a database of its own, copied from a migrated template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'liandong-test-'));
  chmodSync(dir, 0o755);
  const natsServer = findNatsServer(process.env.PATH ?? '');
  const services = await Services.start({
    dir,
    keep: false,
    natsServer,
    brokers: [],
    maxConnections: 200,
    sharedBuffersMb: 64,
    durable: false,
  });
  const client = new pg.Client({ connectionString: services.adminUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  await migrate(services.adminUrl.replace(/\/postgres$/, `/${TEMPLATE}`));
  project.provide('postgresAdminUrl', services.adminUrl);
  project.provide('natsServer', natsServer);
  return () => services.stop();
}
