import { connectBroker } from '@liandong/runtime';
import { consumerName } from '@liandong/schema/wire';
import type { NatsConnection } from '@nats-io/transport-node';
import { ROADS } from '../bus/index.ts';
import type { Finding, Subject } from './doctor-check.ts';
import { bad, ok } from './doctor-check.ts';
import { examineRoads } from './doctor-roads.ts';

const BROKER_TIMEOUT_MS = 3_000;

export async function examineBroker({ config }: Subject): Promise<Finding[]> {
  let connection: NatsConnection;
  try {
    const { host, natsUrls: urls, natsSeedFile: seedFile } = config;
    const once = { inboxOf: host, onceMs: BROKER_TIMEOUT_MS };
    connection = await connectBroker({ urls, name: `${host} doctor`, seedFile, ...once });
  } catch (error) {
    const { name, message } = ((error as Error).cause ?? error) as Error;
    const refused = /authorization|nkey|seed/i.test(message) || name.includes('Auth');
    const seed = config.natsSeedFile ?? 'LIANDONG_NATS_SEED_FILE';
    const text = refused
      ? `The broker refuses this host's credentials. Is ${seed} the one of this host, and does the broker run with the newest nats.conf?`
      : `The broker at ${config.natsUrls.join(', ')} does not answer. Is nats-server running, and is the way to it open? People here are served meanwhile; what they hand off waits.`;
    return [bad('broker', text)];
  }
  try {
    const room = await examineRoads(connection);
    const without = await unreadable(connection, config.nodes);
    if (without.length === 0) {
      return [ok('broker', 'The broker answers, and this host may read what comes to its nodes.'), ...room];
    }
    const text = `The broker does not let this host read: ${without.join(', ')}. Generate its configuration again from the topology, with JetStream on, and reload it.`;
    return [bad('broker', text), ...room];
  } finally {
    await connection.close();
  }
}

/** The nodes whose consumers the broker does not show to this host, with the stream. */
async function unreadable(connection: NatsConnection, nodes: readonly string[]): Promise<string[]> {
  const without: string[] = [];
  for (const { stream } of Object.values(ROADS)) {
    for (const node of nodes) {
      const subject = `$JS.API.CONSUMER.INFO.${stream}.${consumerName(node)}`;
      const answered = await connection.request(subject, '', { timeout: BROKER_TIMEOUT_MS }).then(
        () => true,
        () => false,
      );
      if (!answered) without.push(`${node} on ${stream}`);
    }
  }
  return without;
}
