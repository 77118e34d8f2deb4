import { describe, expect, test } from 'vitest';
import { CITY, COUNTY, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { refusalCode } from '../testing/refusals.ts';
import { TopologySnapshot, parseTopology, topologySchema } from './topology.ts';

const host = (changes: Record<string, unknown> = {}) => ({
  id: 'sanmen',
  nodes: [COUNTY, TOWNSHIP, VILLAGE],
  url: null,
  ...changes,
});
const right = { sequence: 3, hosts: [host(), host({ id: 'taizhou', nodes: [CITY], url: 'http://10.0.0.1:4001' })] };

describe('a topology', () => {
  test('that is right is taken as it is', () => {
    expect(parseTopology(right)).toEqual(right);
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
