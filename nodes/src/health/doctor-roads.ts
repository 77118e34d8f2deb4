import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { MAX_PAYLOAD } from '@liandong/schema/wire';
import { ROADS, ROADS_NEED, findStream } from '../bus/index.ts';
import type { Finding } from './doctor-check.ts';
import { bad, ok, warn } from './doctor-check.ts';

const TIMEOUT_MS = 3_000;

/** Checks that the broker has room: for the streams of both roads, and for messages of the size hosts send. */
export async function examineRoads(connection: NatsConnection): Promise<Finding[]> {
  const findings: Finding[] = [];
  const manager = await jetstream(connection, { timeout: TIMEOUT_MS }).jetstreamManager(false);
  for (const { stream } of Object.values(ROADS)) {
    const there = await findStream(manager, stream).catch(() => null);
    if (there) continue;
    const text = `The broker has no stream ${stream}: what goes to this host's nodes is kept by their senders. Both roads together take up to ${ROADS_NEED}: set max_file_store in its jetstream block to at least that, and see that its disk has as much; a host that runs makes the stream then by itself.`;
    findings.push(bad('room', text));
  }
  const takes = connection.info?.max_payload ?? MAX_PAYLOAD;
  if (takes < MAX_PAYLOAD) {
    const text = `The broker takes ${takes} bytes a message, hosts count on ${MAX_PAYLOAD}: long items and pieces of materials may not go. Set max_payload in its configuration.`;
    findings.push(warn('room', text));
  }
  if (findings.length > 0) return findings;
  return [ok('room', `The broker has both roads, and takes messages of ${takes} bytes.`)];
}
