import { setTimeout as pause } from 'node:timers/promises';
import type { FederationPlan } from '../src/federation/plan.ts';
import { Federation } from '../src/federation/federation.ts';
import { DEMO_HOSTS } from '../src/federation/demo-plan.ts';

/** A federation for one test file; the demo's unless told otherwise. */
export function startFederation(plan?: FederationPlan): Promise<Federation> {
  return Federation.start({
    ...(plan ? { plan } : {}),
    gatewayPort: null,
    durable: false,
    progress: () => undefined,
    path: process.env['PATH'] ?? '',
  });
}

/** The nodes whose own rows say that they hold a case. */
export async function custodians(federation: Federation, id: string): Promise<string[]> {
  const held = await Promise.all(
    DEMO_HOSTS.map((host) =>
      federation.rows<{ node: string }>(host.id, `SELECT node FROM cases WHERE id = $1 AND custody = 'HELD'`, [id]),
    ),
  );
  return held.flat().map((row) => row.node);
}

/** Waits until nothing is under way between nodes any more. */
export async function settled(federation: Federation): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const owed = await Promise.all(
      federation.topology.hosts.map(({ id, nodes }) =>
        federation.rows(id, `SELECT id FROM outbox WHERE settled_at IS NULL AND node = ANY ($1) LIMIT 1`, [nodes]),
      ),
    );
    if (owed.every((rows) => rows.length === 0)) return;
    await pause(100);
  }
  throw new Error('messages stay under way');
}

/** Every holder's copy of a case's log, by host. */
export async function logs(federation: Federation, id: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const host of DEMO_HOSTS) {
    const rows = await federation.rows<{ hash: string }>(
      host.id,
      `SELECT hash FROM case_log WHERE case_id = $1 ORDER BY seq`,
      [id],
    );
    if (rows.length > 0)
      found.set(
        host.id,
        rows.map((row) => row.hash),
      );
  }
  return found;
}
