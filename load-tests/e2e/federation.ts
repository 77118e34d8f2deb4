import type { FederationPlan } from '../src/federation/plan.ts';
import { Federation } from '../src/federation/federation.ts';
import { DEMO_HOSTS, DEMO_PEOPLE } from '../src/federation/demo-plan.ts';
import { when } from '../src/federation/waiting.ts';

/**
 * Time until an unchanged feed tells again how far it reaches, ms. New entries go out at once anyway, and with one beat
 * a second an idle federation uses a third of a core.
 */
const HEARTBEAT_MS = 10_000;

/** A federation for one test file; by default the demo's. */
export function startFederation(
  plan: FederationPlan = { hosts: DEMO_HOSTS, people: DEMO_PEOPLE },
): Promise<Federation> {
  return Federation.start({
    plan: {
      ...plan,
      settings: async (host, usual) => ({
        LIANDONG_FEED_HEARTBEAT_MS: String(HEARTBEAT_MS),
        ...(await plan.settings?.(host, usual)),
      }),
    },
    gatewayPort: null,
    durable: false,
    progress: () => undefined,
    path: process.env['PATH'] ?? '',
  });
}

/** The nodes that hold a case by their own rows. */
export async function custodians(federation: Federation, id: string): Promise<string[]> {
  const held = await Promise.all(
    DEMO_HOSTS.map((host) =>
      federation.rows<{ node: string }>(host.id, `SELECT node FROM cases WHERE id = $1 AND custody = 'HELD'`, [id]),
    ),
  );
  return held.flat().map((row) => row.node);
}

/** Makes these hosts of the demo run, and no others: starts those that are down, and stops all that are not listed. */
export async function standing(federation: Federation, ids = DEMO_HOSTS.map(({ id }) => id)): Promise<void> {
  await Promise.all(
    federation.hosts().map(async (host) => {
      if (!ids.includes(host.name)) await host.stop();
      else if (!host.running) await host.start();
    }),
  );
}

/** Longest wait until nothing is under way, ms: a message that failed five times is sent again after up to 75 s. */
const SETTLING_MS = 180_000;

/** Waits until nothing is under way between nodes any more. If that does not happen, says what is owed and parked. */
export async function settled(federation: Federation): Promise<void> {
  const rows = async (sql: string) => {
    const found = await Promise.all(
      federation.topology.hosts.map(({ id, nodes }) => federation.rows(id, sql, [nodes])),
    );
    return found.flat();
  };
  const look = async () => ({
    owed: await rows(
      `SELECT node, receiver, kind, attempts, outcome, code, created_at, next_at FROM outbox
       WHERE settled_at IS NULL AND node = ANY ($1) LIMIT 5`,
    ),
    parked: await rows(
      `SELECT node, sender, kind, code, reason FROM parked WHERE resolved_at IS NULL AND node = ANY ($1) LIMIT 5`,
    ),
  });
  await when(look, ({ owed }) => owed.length === 0, 'nothing is under way', SETTLING_MS);
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
