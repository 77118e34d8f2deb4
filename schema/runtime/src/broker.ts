import { readFileSync } from 'node:fs';
import { checkServerIdentity } from 'node:tls';
import { problem } from '@liandong/schema/kernel';
import { tlsOption } from '@liandong/schema/wire';
import type { NatsConnection } from '@nats-io/transport-node';
import { connect, nkeyAuthenticator, nkeys } from '@nats-io/transport-node';

export interface BrokerOptions {
  urls: readonly string[];
  /** Name of the connecting program in the topology. */
  name: string;
  /** File with the nkey seed; null for a broker that asks for no credentials. */
  seedFile: string | null;
  /** The program whose inbox receives the answers, if it is another one. */
  inboxOf?: string;
  /**
   * For a connection that is tried once and not renewed: longest wait for an answer, ms. Left out, the program waits.
   */
  onceMs?: number;
}

/** A program's own inbox, so that no other program can be allowed to listen to its answers. */
export function inboxPrefix(name: string): string {
  return `_INBOX_${name.replaceAll(/[^a-zA-Z0-9_-]/g, '_')}`;
}

/**
 * Connects to the broker. Without `onceMs` the program waits for the broker without a time limit, and connects again
 * whenever the connection is lost.
 * @throws {ProblemError} BAD_CONFIG for credentials that can't be read, BROKER_UNAVAILABLE when they are refused
 */
export async function connectBroker({
  urls,
  name,
  seedFile,
  inboxOf = name,
  onceMs,
}: BrokerOptions): Promise<NatsConnection> {
  const seed = seedFile === null ? null : readSeed(seedFile);
  const patience =
    onceMs === undefined
      ? {
          maxReconnectAttempts: -1,
          reconnectTimeWait: 250,
          waitOnFirstConnect: true,
          ignoreAuthErrorAbort: true,
          pingInterval: 10_000,
          maxPingOut: 2,
        }
      : { maxReconnectAttempts: 0, timeout: onceMs };
  try {
    return await connect({
      servers: [...urls],
      name,
      inboxPrefix: inboxPrefix(inboxOf),
      ...patience,
      ...tlsOption(urls, checkServerIdentity),
      ...(seed === null ? {} : { authenticator: nkeyAuthenticator(seed) }),
    });
  } catch (cause) {
    throw problem('BROKER_UNAVAILABLE', `The broker at ${urls.join(', ')} cannot be used.`, { cause });
  }
}

function readSeed(file: string): Uint8Array {
  try {
    const seed = new TextEncoder().encode(readFileSync(file, 'utf8').trim());
    nkeys.fromSeed(seed);
    return seed;
  } catch (cause) {
    throw problem('BAD_CONFIG', `${file} holds no nkey seed for the broker.`, { cause });
  }
}
