import type { DivisionCode, Divisions, Topology } from '@liandong/schema';
import { consumerName, graphqlSubject, inboundFilter, outboundFilter } from '@liandong/schema';
import { ROADS, inboxPrefix } from '../bus/index.ts';
import type { Road } from '../bus/index.ts';

/** Parts an answer may travel in, and how long after the question. */
const RESPONSES = { max: 128, expires: '1m' };

export interface BrokerSettings {
  address: string;
  port: number;
  storeDir: string;
  /** Public nkeys: of each host by its id, and of the gateway. */
  hosts: ReadonlyMap<string, string>;
  gateway: string;
}

/** Name of the gateway's connection; its inbox follows from it. */
export const GATEWAY_NAME = 'gateway';

/**
 * The configuration of a nats-server: one user a host, who may publish under its own nodes' names, make and read its
 * own nodes' consumers, and hear its own inbox. Nothing else is open.
 */
export function brokerConfig(topology: Topology, divisions: Divisions, settings: BrokerSettings): string {
  const users = topology.hosts.map(({ id, nodes }) =>
    user(settings.hosts.get(id) ?? '', {
      publish: [
        '$JS.API.INFO',
        ...(Object.keys(ROADS) as Road[]).flatMap((road) => hostMayPublish(road, nodes, divisions)),
      ],
      subscribe: [`${inboxPrefix(id)}.>`, graphqlSubject(id)],
      responds: true,
    }),
  );
  users.push(
    user(settings.gateway, {
      publish: topology.hosts.map(({ id }) => graphqlSubject(id)),
      subscribe: [`${inboxPrefix(GATEWAY_NAME)}.>`],
      responds: false,
    }),
  );
  return [
    `listen: "${settings.address}:${settings.port}"`,
    'server_name: "liandong"',
    `jetstream { store_dir: ${JSON.stringify(settings.storeDir)} }`,
    'max_payload: 1MB',
    'authorization {',
    '  users: [',
    ...users,
    '  ]',
    '}',
    '',
  ].join('\n');
}

function hostMayPublish(road: Road, nodes: readonly DivisionCode[], divisions: Divisions): string[] {
  const { stream } = ROADS[road];
  return [
    `$JS.API.STREAM.CREATE.${stream}`,
    `$JS.API.STREAM.INFO.${stream}`,
    ...nodes.flatMap((node) => {
      const consumer = `${stream}.${consumerName(node)}`;
      return [
        outboundFilter(road, node, divisions),
        `$JS.API.CONSUMER.CREATE.${consumer}.${inboundFilter(road, node, divisions)}`,
        `$JS.API.CONSUMER.INFO.${consumer}`,
        `$JS.API.CONSUMER.MSG.NEXT.${consumer}`,
        `$JS.ACK.${consumer}.>`,
      ];
    }),
  ];
}

function user(nkey: string, rights: { publish: string[]; subscribe: string[]; responds: boolean }): string {
  const list = (subjects: string[]) => `[${subjects.map((s) => JSON.stringify(s)).join(', ')}]`;
  const responds = rights.responds
    ? `, allow_responses: { max: ${RESPONSES.max}, expires: "${RESPONSES.expires}" }`
    : '';
  return `    { nkey: ${nkey}, permissions: { publish: { allow: ${list(rights.publish)} }, subscribe: { allow: ${list(rights.subscribe)} }${responds} } }`;
}
