import { randomBytes } from 'node:crypto';
import { findText } from '@liandong/runtime';
import type { Topology } from '@liandong/schema/wire';
import { OPERATOR_NAME } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import { nkeys } from '@nats-io/transport-node';
import { z } from 'zod';

/**
 * The clients the brokers know: the public nkeys of hosts, gateways and the operator by their names, and the secrets of
 * the leafs' links. Kept with the ceremony's outputs, so that configurations can be made again when hosts have carried
 * their seeds away.
 */
export const credentialsSchema = z.object({
  nkeys: z.record(z.string(), z.string().regex(/^U[A-Z2-7]{55}$/, 'a public nkey of a user')),
  links: z.record(z.string(), z.string().min(32)),
});
export type BrokerCredentials = z.infer<typeof credentialsSchema>;

/** A seed to make, and the client it is for; it is handed over once. */
export interface NewSeed {
  name: string;
  seed: string;
}

/** Completes credentials for a topology. Clients it already knows keep theirs; clients that left it are forgotten. */
export function completeCredentials(
  topology: Topology,
  known: BrokerCredentials | null,
): { credentials: BrokerCredentials; made: NewSeed[] } {
  const made: NewSeed[] = [];
  const names = [...topology.hosts, ...topology.gateways].map(({ id }) => id);
  const keys = [...names, OPERATOR_NAME].map((name): [string, string] => {
    const present = known?.nkeys[name];
    if (present !== undefined) return [name, present];
    const user = nkeys.createUser();
    made.push({ name, seed: new TextDecoder().decode(user.getSeed()) });
    return [name, user.getPublicKey()];
  });
  const links = topology.brokers
    .filter(({ leafOf }) => leafOf !== undefined)
    .map(({ id }): [string, string] => [id, known?.links[id] ?? randomBytes(32).toString('base64url')]);
  return { credentials: { nkeys: Object.fromEntries(keys), links: Object.fromEntries(links) }, made };
}

/** @returns null where none were made yet @throws {ProblemError} BAD_CONFIG */
export async function findCredentials(file: string): Promise<BrokerCredentials | null> {
  const text = await findText(file);
  if (text === null) return null;
  try {
    return credentialsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw problem('BAD_CONFIG', `${file} holds no credentials of brokers.`, { cause });
  }
}
