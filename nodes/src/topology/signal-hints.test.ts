import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inboxPrefix } from '@liandong/runtime';
import { notes } from '@liandong/schema/domains/notes';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { SignalHint } from '@liandong/schema/wire';
import { signalHintSchema, signalSubject } from '@liandong/schema/wire';
import type { NatsConnection } from '@nats-io/transport-node';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, clerk } from '../testing/cases.ts';
import { HUB } from '../testing/test-brokers.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE } from '../testing/test-federation.ts';
import { topologyPaths } from './index.ts';

const LEAF = 'sanmen';
let federation: TestFederation;
const connections: NatsConnection[] = [];
beforeAll(async () => {
  federation = await TestFederation.start({
    nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE],
    leafs: { [LEAF]: [TOWNSHIP, VILLAGE] },
  });
});
afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await federation.stop();
});

/** A connection with a program's own credentials, and what the broker refused it. */
async function as(name: string, seedFile: string, broker: string) {
  const seed = new Uint8Array(await readFile(seedFile));
  const connection = await connect({
    servers: federation.urlOf(broker),
    authenticator: nkeyAuthenticator(seed),
    inboxPrefix: inboxPrefix(name),
  });
  connections.push(connection);
  const refused: string[] = [];
  void (async () => {
    for await (const status of connection.status()) if (status.type === 'error') refused.push(status.error.message);
  })();
  return { connection, refused };
}
const asHost = (node: DivisionCode, broker: string) =>
  as(`host-${node}`, federation.config(node).natsSeedFile ?? '', broker);
const asGateway = (broker: string) =>
  as(`gateway-${broker}`, join(topologyPaths(federation.dir).gatewayDir(`gateway-${broker}`), 'nats.seed'), broker);

async function heardAt(broker: string): Promise<SignalHint[]> {
  const { connection } = await asGateway(broker);
  const heard: SignalHint[] = [];
  const callback = (_: Error | null, message: { data: Uint8Array }) =>
    void heard.push(signalHintSchema.parse(JSON.parse(new TextDecoder().decode(message.data))));
  connection.subscribe(signalSubject(TOWNSHIP, federation.divisions), { callback });
  await connection.flush();
  return heard;
}

describe('a hint of new signals', () => {
  test('reaches the gateways at the node’s own broker and across the link, and says no more than for whom', async () => {
    const [near, far] = await Promise.all([heardAt(LEAF), heardAt(HUB)]);
    const steps = new CaseSteps(federation);
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const forDesk = { node: TOWNSHIP, head: 1, people: [], departments: ['民政'] };
    await expect.poll(() => [near, far], { timeout: 30_000 }).toEqual([[forDesk], [forDesk]]);
    await federation.desk(VILLAGE, notes).addNote(agent, { case: id, text: '已家访', idempotencyKey: null });
    await expect.poll(() => far.length, { timeout: 30_000 }).toBe(2);
    expect(far[1]).toMatchObject({ node: TOWNSHIP, head: 2 });
  });

  test('is not sent by a host in the name of a node that is not its own', async () => {
    const { connection, refused } = await asHost(VILLAGE, LEAF);
    connection.publish(signalSubject(TOWNSHIP, federation.divisions), new Uint8Array());
    await expect.poll(() => refused).toEqual([expect.stringContaining('Permissions Violation')]);
  });

  test('is heard by gateways alone', async () => {
    const { connection, refused } = await asHost(VILLAGE, LEAF);
    connection.subscribe(signalSubject(TOWNSHIP, federation.divisions), { callback: () => undefined });
    await expect.poll(() => refused).toEqual([expect.stringContaining('Permissions Violation')]);
  });
});
