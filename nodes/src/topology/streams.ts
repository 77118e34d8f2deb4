import { connectBroker } from '@liandong/runtime';
import { jetstreamManager } from '@nats-io/jetstream';
import type { Divisions } from '@liandong/schema/kernel';
import type { Topology } from '@liandong/schema/wire';
import { brokerUrl, OPERATOR_NAME, roadSubjects } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import type { Road } from '../bus/index.ts';
import { ROADS, findStream, roadConfig } from '../bus/index.ts';

/** Longest time for the broker's answer, ms. */
const ANSWER_MS = 20_000;

/**
 * Updates a broker's streams to a topology: their messages stay, and they take in messages to the nodes that belong to
 * the broker now. Needed after nodes moved to a broker from another, or after the first leaf was added.
 * @returns the streams and what they take in
 * @throws {ProblemError} BAD_CONFIG, BROKER_UNAVAILABLE
 */
export async function bringStreams(
  topology: Topology,
  divisions: Divisions,
  brokerId: string,
  seedFile: string,
): Promise<{ stream: string; subjects: string[] }[]> {
  const broker = topology.brokers.find(({ id }) => id === brokerId);
  if (!broker) throw problem('BAD_CONFIG', `The topology has no broker ${brokerId}.`, { field: 'broker' });
  const url = brokerUrl(broker);
  const connection = await connectBroker({ urls: [url], name: OPERATOR_NAME, seedFile, onceMs: ANSWER_MS });
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    const brought = [];
    for (const road of Object.keys(ROADS) as Road[]) {
      const config = roadConfig(road, roadSubjects(road, topology, divisions, broker.id));
      const { config: now } = (await findStream(manager, config.name))
        ? await manager.streams.update(config.name, { subjects: config.subjects })
        : await manager.streams.add(config);
      brought.push({ stream: now.name, subjects: now.subjects });
    }
    return brought;
  } finally {
    await connection.close();
  }
}
