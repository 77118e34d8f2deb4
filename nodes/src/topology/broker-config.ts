import { inboxPrefix } from '@liandong/runtime';
import type { Broker, Topology } from '@liandong/schema/wire';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import {
  brokerOf,
  consumerName,
  foreignTo,
  graphqlSubject,
  hubOf,
  inboundFilter,
  MAX_PAYLOAD,
  OPERATOR_NAME,
  outboundFilter,
  signalSubject,
  territoryOf,
} from '@liandong/schema/wire';
import { ROADS } from '../bus/index.ts';
import type { Road } from '../bus/index.ts';
import type { BrokerCredentials } from './credentials.ts';

/** Most parts of an answer, and the longest time between the question and its answer. */
const RESPONSES = { max: 128, expires: '1m' };

/** The account that all hosts and gateways share; leafs are joined to it. */
const ACCOUNT = 'LIANDONG';

/** The address a hub tells its leafs of besides the one they know: no server listens there. */
const NOWHERE = '127.0.0.1:1';

/** Interval of pings. A link is given up after about three without a sign of the other side. */
const PING = '5s';

/** Hints that nodes have new signals, of every node. */
const ALL_SIGNALS = 'ld.s.*.*.*.*';

const ROAD_NAMES = Object.keys(ROADS) as Road[];

interface Rights {
  publish: string[];
  subscribe: string[];
  /** Subjects that are refused although `publish` allows them. */
  never?: string[];
  /** Whether the client may answer any request it gets. */
  responds?: boolean;
}

/**
 * The configuration of one nats-server: one user a host, who may publish under its own nodes' names, make and read its
 * own nodes' consumers, and hear its own inbox; the gateways, who ask hosts and hear of new signals; the operator, who
 * changes streams; at the hub one user a
 * leaf, who may publish only under the names of the nodes that belong to the leaf. All else is refused.
 */
export function brokerConfig(
  topology: Topology,
  divisions: Divisions,
  broker: Broker,
  credentials: BrokerCredentials,
): string {
  const hub = hubOf(topology);
  const here = <T extends { broker?: string | undefined }>(list: readonly T[]) =>
    list.filter((one) => brokerOf(topology, one).id === broker.id);
  const nkey = (name: string, rights: Rights) => user(`nkey: ${credentials.nkeys[name] ?? ''}`, rights);
  const users = [
    ...here(topology.hosts).map(({ id, nodes }) =>
      nkey(id, {
        publish: [
          '$JS.API.INFO',
          ...ROAD_NAMES.flatMap((road) => hostMayPublish(road, nodes, divisions)),
          ...nodes.map((node) => signalSubject(node, divisions)),
        ],
        subscribe: [`${inboxPrefix(id)}.>`, graphqlSubject(id)],
        responds: true,
      }),
    ),
    ...here(topology.gateways).map(({ id }) =>
      nkey(id, {
        publish: topology.hosts.map((host) => graphqlSubject(host.id)),
        subscribe: [`${inboxPrefix(id)}.>`, ALL_SIGNALS],
      }),
    ),
    nkey(OPERATOR_NAME, {
      publish: ROAD_NAMES.flatMap((road) =>
        ['CREATE', 'INFO', 'UPDATE'].map((verb) => `$JS.API.STREAM.${verb}.${ROADS[road].stream}`),
      ),
      subscribe: [`${inboxPrefix(OPERATOR_NAME)}.>`],
    }),
  ];
  const leafs = topology.brokers.filter(({ leafOf }) => leafOf === broker.id);
  for (const leaf of leafs) {
    const { name, secret } = linkOf(leaf, credentials);
    const password = JSON.stringify(secret);
    users.push(user(`user: ${JSON.stringify(name)}, password: ${password}`, leafRights(topology, divisions, leaf)));
  }
  const alone = topology.brokers.length === 1;
  return [
    `listen: "${broker.address}:${broker.port}"`,
    `server_name: "liandong-${broker.id}"`,
    `jetstream { store_dir: ${JSON.stringify(broker.storeDir)}${alone ? '' : `, domain: ${JSON.stringify(broker.id)}`} }`,
    `max_payload: ${MAX_PAYLOAD}`,
    ...(broker.tls ? [tlsBlock(broker.tls)] : []),
    `ping_interval: "${PING}"`,
    'ping_max: 2',
    'accounts {',
    `  ${ACCOUNT} {`,
    '    jetstream: enabled',
    '    users: [',
    ...users,
    '    ]',
    '  }',
    '}',
    // a leaf shows its secret only at the address its topology names: 2.9 tells it the hub's own address even when
    // asked not to
    ...(leafs.length > 0
      ? [
          `leafnodes { listen: "${broker.address}:${hub.leafPort ?? 0}", advertise: "${NOWHERE}"${broker.tls ? `, ${tlsBlock(broker.tls)}` : ''} }`,
        ]
      : []),
    ...(broker.leafOf === undefined ? [] : [remote(topology, divisions, broker, credentials)]),
    '',
  ].join('\n');
}

/**
 * The settings of a leaf's link, at both of its ends. A link keeps the rights it was made with, also after a reload: if
 * these settings have changed, the leaf has to restart.
 */
export function linkConfig(
  topology: Topology,
  divisions: Divisions,
  leaf: Broker,
  credentials: BrokerCredentials,
): string {
  const atHub = user(linkOf(leaf, credentials).name, leafRights(topology, divisions, leaf));
  return `${atHub}\n${remote(topology, divisions, leaf, credentials)}`;
}

/** A leaf's link to its hub. Messages in the name of the leaf's own nodes are refused from outside. */
function remote(topology: Topology, divisions: Divisions, leaf: Broker, credentials: BrokerCredentials): string {
  const hub = hubOf(topology);
  const { name, secret } = linkOf(leaf, credentials);
  const url = `${hub.tls ? 'tls' : 'nats-leaf'}://${name}:${secret}@${leaf.via ?? `${hub.address}:${hub.leafPort ?? 0}`}`;
  const { caFile } = leaf.tls ?? {};
  const trusted = hub.tls && caFile !== undefined ? `, tls: { ca_file: ${JSON.stringify(caFile)} }` : '';
  const own = territoryOf(topology, divisions, leaf.id).flatMap((from) => [
    ...ROAD_NAMES.map((road) => `ld.${road}.${from}.>`),
    `ld.s.${from}`,
  ]);
  return `leafnodes { reconnect: 1, remotes: [ { url: ${JSON.stringify(url)}, account: ${ACCOUNT}${trusted}, deny_imports: ${list(own)} } ] }`;
}

/** Clients prove who they are with nkeys, leafs with their secret; the certificate is the broker's own. */
function tlsBlock({ certFile, keyFile }: NonNullable<Broker['tls']>): string {
  return `tls: { cert_file: ${JSON.stringify(certFile)}, key_file: ${JSON.stringify(keyFile)}, timeout: 5 }`;
}

function linkOf(leaf: Broker, credentials: BrokerCredentials): { name: string; secret: string } {
  return { name: `leaf-${leaf.id}`, secret: credentials.links[leaf.id] ?? '' };
}

/** The rights of a leaf's link at the hub. */
function leafRights(topology: Topology, divisions: Divisions, leaf: Broker): Rights {
  const at = (id: string) => (one: { broker?: string | undefined }) => brokerOf(topology, one).id === id;
  const names = [...topology.hosts, ...topology.gateways];
  const inside = names.filter(at(leaf.id));
  const outside = names.filter((one) => !at(leaf.id)(one));
  const hostsInside = topology.hosts.filter(at(leaf.id));
  const hostsOutside = topology.hosts.filter((host) => !at(leaf.id)(host));
  const asks = topology.gateways.some(at(leaf.id));
  const to = (road: Road, id: string) =>
    territoryOf(topology, divisions, id).map((pattern) => `ld.${road}.*.*.*.*.${pattern}`);
  return {
    // interest crosses a link only if it is opened in the same form: by receiver; `never` below restricts the senders'
    // names
    publish: [
      ...topology.brokers
        .filter(({ id }) => id !== leaf.id)
        .flatMap(({ id }) => ROAD_NAMES.flatMap((road) => to(road, id))),
      ...outside.map(({ id }) => `${inboxPrefix(id)}.>`),
      ...(asks ? hostsOutside.map(({ id }) => graphqlSubject(id)) : []),
      ...(topology.gateways.every(at(leaf.id)) ? [] : [ALL_SIGNALS]),
    ],
    never: foreignTo(topology, divisions, leaf.id).flatMap((from) => [
      ...ROAD_NAMES.map((road) => `ld.${road}.${from}.>`),
      `ld.s.${from}`,
    ]),
    subscribe: [
      ...ROAD_NAMES.flatMap((road) => to(road, leaf.id)),
      ...inside.map(({ id }) => `${inboxPrefix(id)}.>`),
      ...hostsInside.map(({ id }) => graphqlSubject(id)),
      ...(asks ? [ALL_SIGNALS] : []),
    ],
  };
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

function list(subjects: readonly string[]): string {
  return `[${subjects.map((s) => JSON.stringify(s)).join(', ')}]`;
}

function user(identity: string, { publish, subscribe, never = [], responds = false }: Rights): string {
  const denied = never.length > 0 ? `, deny: ${list(never)}` : '';
  const responses = responds ? `, allow_responses: { max: ${RESPONSES.max}, expires: "${RESPONSES.expires}" }` : '';
  return `      { ${identity}, permissions: { publish: { allow: ${list(publish)}${denied} }, subscribe: { allow: ${list(subscribe)} }${responses} } }`;
}
