import { describe, expect, test } from 'vitest';
import { CITY, COUNTY, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { refusalCode } from '../testing/refusals.ts';
import { brokerOf, hubOf, OPERATOR_NAME, parseTopology, topologySchema, TopologySnapshot } from './topology.ts';

const host = (changes: Record<string, unknown> = {}) => ({
  id: 'sanmen',
  nodes: [COUNTY, TOWNSHIP, VILLAGE],
  url: null,
  ...changes,
});
const right = { sequence: 3, hosts: [host(), host({ id: 'taizhou', nodes: [CITY], url: 'http://10.0.0.1:4001' })] };

const hub = { id: 'taizhou', address: '10.0.0.1', port: 4222, storeDir: '/var/lib/nats', leafPort: 7422 };
const leaf = { id: 'sanmen', address: '10.22.0.1', port: 4222, storeDir: '/var/lib/nats', leafOf: 'taizhou' };

describe('a topology', () => {
  test('that names no brokers and gateways has one of each', () => {
    const { brokers, gateways, ...rest } = parseTopology(right);
    expect(rest).toEqual(right);
    expect(brokers).toMatchObject([{ id: 'hub', address: '127.0.0.1', port: 4222 }]);
    expect(gateways).toEqual([{ id: 'gateway' }]);
  });

  test('with leafs is taken as it is, and a host that names no broker stands at the hub', () => {
    const [county, city] = right.hosts;
    const gateways = [{ id: 'gateway' }, { id: 'sanmen-gateway', broker: 'sanmen' }];
    const leafed = { sequence: 1, brokers: [leaf, hub], hosts: [{ ...county, broker: 'sanmen' }, city], gateways };
    const topology = parseTopology(leafed);
    expect(topology).toEqual(leafed);
    expect(hubOf(topology).id).toBe('taizhou');
    expect(topology.hosts.map((h) => brokerOf(topology, h).id)).toEqual(['sanmen', 'taizhou']);
  });

  test('may give a code as YAML reads it, a number', () => {
    expect(parseTopology({ sequence: 1, hosts: [host({ nodes: [331022103201] })] }).hosts[0]?.nodes).toEqual([VILLAGE]);
  });

  test.each([
    ['two hubs', { brokers: [hub, { ...hub, id: 'other', port: 4223 }] }, 'brokers.1.leafOf'],
    ['a leaf of nobody', { brokers: [hub, { ...leaf, leafOf: 'nobody' }] }, 'brokers.1.leafOf'],
    ['a leaf of a leaf', { brokers: [hub, leaf, { ...leaf, id: 'x', port: 1, leafOf: 'sanmen' }] }, 'brokers.2.leafOf'],
    ['a leaf with leafs', { brokers: [hub, { ...leaf, leafPort: 7422 }] }, 'brokers.1.leafPort'],
    ['a hub its leafs can not reach', { brokers: [{ ...hub, leafPort: undefined }, leaf] }, 'brokers.0.leafPort'],
    ['a hub behind something', { brokers: [{ ...hub, via: '10.0.0.9:7422' }] }, 'brokers.0.via'],
    ['a way that is no address', { brokers: [hub, { ...leaf, via: 'nats://x' }] }, 'brokers.1.via'],
    ['a broker twice', { brokers: [hub, { ...leaf, id: 'taizhou' }] }, 'brokers.1.id'],
    ['two brokers at one place', { brokers: [hub, { ...leaf, address: '10.0.0.1' }] }, 'brokers.1.port'],
    ['a port that is none', { brokers: [{ ...hub, port: 70_000 }] }, 'brokers.0.port'],
    ['a broker without a store', { brokers: [{ ...hub, storeDir: undefined }] }, 'brokers.0.storeDir'],
    ['a host at no broker', { brokers: [hub], hosts: [host({ broker: 'x' })] }, 'hosts.0.broker'],
    ['a gateway at no broker', { brokers: [hub], gateways: [{ id: 'g', broker: 'x' }] }, 'gateways.0.broker'],
    ['a gateway with the name of a host', { gateways: [{ id: 'sanmen' }] }, 'gateways.0.id'],
    ['a host with the name of the operator', { hosts: [host({ id: OPERATOR_NAME })] }, 'hosts.0.id'],
  ])('with %s is refused at its place', (_, changes, place) => {
    const faulty = { ...right, ...changes };
    expect(topologySchema.safeParse(faulty).error?.issues.map((i) => i.path.join('.'))).toEqual([place]);
    expect(refusalCode(() => parseTopology(faulty))).toBe('BAD_CONFIG');
  });

  test.each([
    ['no sequence', { sequence: undefined }, 'sequence'],
    ['the sequence 0', { sequence: 0 }, 'sequence'],
    ['half a sequence', { sequence: 1.5 }, 'sequence'],
    ['no host', { hosts: [] }, 'hosts'],
    ['a host without a node', { hosts: [host({ nodes: [] })] }, 'hosts.0.nodes'],
    ['a node that is none', { hosts: [host({ nodes: [COUNTY, 'village'] })] }, 'hosts.0.nodes.1'],
    ['an id with a dot, which would be a token', { hosts: [host({ id: 'san.men' })] }, 'hosts.0.id'],
    ['an id that is a wildcard', { hosts: [host({ id: '>' })] }, 'hosts.0.id'],
    ['an id in capitals', { hosts: [host({ id: 'Sanmen' })] }, 'hosts.0.id'],
    ['an id without end', { hosts: [host({ id: 'a'.repeat(64) })] }, 'hosts.0.id'],
    ['an address that is none', { hosts: [host({ url: 'sanmen' })] }, 'hosts.0.url'],
    ['no word on the address', { hosts: [host({ url: undefined })] }, 'hosts.0.url'],
    ['a node at two hosts', { hosts: [host(), host({ id: 'other', nodes: [VILLAGE] })] }, 'hosts.1.nodes'],
    ['a node twice at one host', { hosts: [host({ nodes: [VILLAGE, VILLAGE] })] }, 'hosts.0.nodes'],
  ])('with %s is refused at its place', (_, changes, place) => {
    const faulty = { ...right, ...changes };
    expect(topologySchema.safeParse(faulty).error?.issues.map((i) => i.path.join('.'))).toEqual([place]);
    expect(refusalCode(() => parseTopology(faulty))).toBe('BAD_CONFIG');
  });

  test.each([null, undefined, 'hosts', 3, []])('that is %j is refused', (content) => {
    expect(refusalCode(() => parseTopology(content))).toBe('BAD_CONFIG');
  });

  test('is refused with every fault at once', () => {
    const faulty = { sequence: 0, hosts: [host({ id: '', url: '' })] };
    expect(topologySchema.safeParse(faulty).error?.issues.map((i) => i.path.join('.'))).toEqual([
      'sequence',
      'hosts.0.id',
      'hosts.0.url',
    ]);
  });

  test('names every node that stands at two hosts', () => {
    const faulty = { sequence: 1, hosts: [host(), host({ id: 'other', nodes: [VILLAGE, TOWNSHIP, CITY] })] };
    expect(topologySchema.safeParse(faulty).error?.issues).toHaveLength(2);
  });
});

describe('a snapshot', () => {
  const snapshot = new TopologySnapshot(parseTopology(right));

  test('knows which node is where', () => {
    expect(snapshot.sequence).toBe(3);
    expect(snapshot.findHost(VILLAGE)?.id).toBe('sanmen');
    expect(snapshot.findHost(CITY)?.id).toBe('taizhou');
    expect(snapshot.nodes()).toEqual([COUNTY, TOWNSHIP, VILLAGE, CITY]);
  });

  test('may miss a node that stands nowhere', () => {
    expect(snapshot.findHost('331002')).toBeUndefined();
    expect(snapshot.findHost('')).toBeUndefined();
  });
});
