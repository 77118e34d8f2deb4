import type { DivisionCode } from '@liandong/schema/kernel';
import type { NodeServices } from '@liandong/schema/graph';
import { dayOf, problem } from '@liandong/schema/kernel';
import type { Bus, Road } from '../bus/index.ts';
import { ROADS } from '../bus/index.ts';
import { recountDates } from '../cases/index.ts';
import { fillItemIndex } from '../catalogue/index.ts';
import type { HostConfig } from '../config.ts';
import { mendGrants } from '../delegation/index.ts';
import { readKeyDocuments } from '../keys/index.ts';
import { linkOlderItems } from '../legal-bases/index.ts';
import { readyDataKeys } from '../sealing/index.ts';
import { findKeys, readPassphrase, requireKeys } from '../trust/index.ts';
import type { StoredKey } from '../trust/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Carriage } from './carriage.ts';
import type { NodeDesks } from './desks.ts';
import { readTrustFile } from './foundation.ts';
import type { HostParts } from './parts.ts';

export interface ArrivalParts {
  parts: HostParts;
  /** The host's settings at its start. */
  config: HostConfig;
  vault: Vault;
  bus: Bus;
  carriage: Carriage;
  /** Live. */
  nodes: DivisionCode[];
  /** Live. */
  desks: Map<DivisionCode, NodeDesks>;
  /** Live. */
  services: Map<DivisionCode, NodeServices>;
  openDesks: (node: DivisionCode) => NodeDesks;
}

/**
 * Begins to serve nodes while the host runs; its other nodes notice nothing. A node is served when the register and the
 * trust file know it, its keys are here, and the broker lets this host read its messages; until then the host does
 * nothing in its name.
 * @returns why not, of those that are not served yet
 */
export async function takeUp(nodes: readonly DivisionCode[], arrival: ArrivalParts): Promise<Map<DivisionCode, Error>> {
  const { parts, config, vault, nodes: served, desks, services, carriage } = arrival;
  const { db, incarnations, failures, now, log } = parts;
  const reasons = new Map<DivisionCode, Error>();
  const each = async (work: (node: DivisionCode) => Promise<void>) => {
    for (const node of nodes) {
      if (!reasons.has(node)) await work(node).catch((error: Error) => void reasons.set(node, error));
    }
  };
  const keys = await findKeys(config.keysDir, nodes, await readPassphrase(config.keysPassphraseFile));
  const { certificates, revocations = [], closings = [] } = await readTrustFile(config.trustFile);
  await parts.trust.learn([...certificates, ...revocations, ...closings, ...(await readKeyDocuments(db, nodes))]);
  await each((node) => admit(node, keys, arrival));
  const admitted = nodes.filter((node) => !reasons.has(node));
  if (admitted.length === 0) return reasons;
  await vault.reload();
  await each(async (node) => {
    await readyDataKeys({ config: { ...config, nodes: [node] }, db, vault, failures, now, log });
    await incarnations.take([node]);
    try {
      await readyRows(node, parts);
      await mendGrants(db, [node], parts, dayOf(now()), log);
      await carriage.prepare(node);
    } catch (error) {
      incarnations.forget(node);
      throw error;
    }
    const desk = arrival.openDesks(node);
    served.push(node);
    desks.set(node, desk);
    carriage.take(node);
    services.set(node, desk.services);
  });
  // the sign of life tells others that the nodes are served
  await incarnations.signOfLife();
  return reasons;
}

/** @throws {ProblemError} UNKNOWN_DIVISION, BAD_CONFIG, BROKER_UNAVAILABLE: what is still missing */
async function admit(
  node: DivisionCode,
  keys: readonly StoredKey[],
  { parts, config, bus }: ArrivalParts,
): Promise<void> {
  const { divisions, trust } = parts;
  divisions.get(node);
  await trust.hold(requireKeys(config.keysDir, [node], keys));
  try {
    await bus.ensureRoads();
    for (const road of Object.keys(ROADS) as Road[]) await bus.ensureConsumer(road, node, divisions);
  } catch (cause) {
    if (!bus.connected) throw cause;
    throw problem(
      'BROKER_UNAVAILABLE',
      `The broker does not let this host read messages for ${node}. Reload its newest configuration; if the node moved from another broker, update its streams too.`,
      { node, cause },
    );
  }
}

/**
 * Brings a node's rows up to date with this program and its calendar. A row for which that fails stays as it is, and
 * the node is served all the same.
 */
export async function readyRows(node: DivisionCode, parts: HostParts): Promise<void> {
  const { db, calendar, publisher, failures, log } = parts;
  const attempt = (job: string, work: () => Promise<unknown>) => failures.attempt(job, { node }, work);
  await attempt('recounting due dates', async () => {
    const recounted = await recountDates(parts, node, calendar());
    if (recounted > 0) log.info({ node, recounted }, 'due dates recounted by the new calendar');
  });
  await attempt('linking items of an earlier form', () => linkOlderItems(db, node));
  await attempt('indexing items of an earlier form', async () => {
    const filled = await fillItemIndex(db, node);
    if (filled > 0) log.info({ node, filled }, 'items indexed again for search');
  });
  await attempt('telling of earlier grants', () => publisher.tellOlder(db, node));
}
