import { describe, expect, test } from 'vitest';
import { Registry } from './registry.ts';
import {
  CITY,
  COUNTY,
  HOSTS,
  NOWHERE,
  TOWNSHIP,
  VILLAGE,
  WITHOUT_NODE,
  realDivisions,
  topologyOf,
} from './testing/memory-federation.ts';

const code = (code: string) => expect.objectContaining({ code });
const open = (sequence = 5) => new Registry(realDivisions(), topologyOf(HOSTS, sequence));

describe('the registry', () => {
  test('knows the host of every node', () => {
    const registry = open();
    const found = Object.values(HOSTS)
      .flat()
      .map((node) => [node, registry.hostOf(node).id]);
    expect(found).toEqual(Object.entries(HOSTS).flatMap(([host, nodes]) => nodes.map((node) => [node, host])));
  });

  test('gives the same host for two nodes of one host, so that their keys travel together', () => {
    const registry = open();
    const [first, second] = HOSTS.villages;
    expect(registry.hostOf(first)).toBe(registry.hostOf(second));
  });

  test('refuses a code that is no place: UNKNOWN_DIVISION', () => {
    expect(() => open().hostOf(NOWHERE)).toThrow(code('UNKNOWN_DIVISION'));
    expect(() => open().hostOf('')).toThrow(code('UNKNOWN_DIVISION'));
  });

  test('refuses a place without a node: NODE_UNREACHABLE, with the node', () => {
    expect(() => open().hostOf(WITHOUT_NODE)).toThrow(
      expect.objectContaining({
        problems: [expect.objectContaining({ code: 'NODE_UNREACHABLE', node: WITHOUT_NODE })],
      }),
    );
  });

  test('does not open with a host for a place that is none', () => {
    const topology = topologyOf({ ...HOSTS, moon: [NOWHERE] });
    expect(() => new Registry(realDivisions(), topology)).toThrow(code('UNKNOWN_DIVISION'));
  });
});

describe('a newer topology', () => {
  const moved = (sequence: number) =>
    topologyOf({ all: [CITY, COUNTY, TOWNSHIP, VILLAGE] }, sequence, 'http://127.0.0.1:1');

  test('replaces the one in force, whole', () => {
    const registry = open(5);
    expect(registry.replace(moved(6))).toBe(true);
    expect(registry.current.sequence).toBe(6);
    expect(registry.hostOf(COUNTY)).toMatchObject({ id: 'all', url: 'http://127.0.0.1:1' });
    expect(() => registry.hostOf(HOSTS.villages[1])).toThrow(code('NODE_UNREACHABLE'));
  });

  test.each([4, 5])('replaces nothing when its sequence is %i, not above 5', (sequence) => {
    const registry = open(5);
    const before = registry.current;
    expect(registry.replace(moved(sequence))).toBe(false);
    expect(registry.current).toBe(before);
    expect(registry.hostOf(COUNTY).id).toBe('county');
  });

  test('that comes after a still newer one is late and changes nothing', () => {
    const registry = open(5);
    registry.replace(moved(7));
    expect(registry.replace(topologyOf(HOSTS, 6))).toBe(false);
    expect(registry.hostOf(COUNTY).id).toBe('all');
  });

  test('with a place that is none is refused, and the one in force stays', () => {
    const registry = open(5);
    const before = registry.current;
    expect(() => registry.replace(topologyOf({ all: [CITY, NOWHERE] }, 9))).toThrow(code('UNKNOWN_DIVISION'));
    expect(registry.current).toBe(before);
    expect(registry.replace(moved(6))).toBe(true);
  });

  test('leaves a snapshot that somebody still works with as it was', () => {
    const registry = open(5);
    const before = registry.current;
    registry.replace(moved(6));
    expect(before.sequence).toBe(5);
    expect(before.findHost(COUNTY)?.id).toBe('county');
    expect(before.nodes()).toHaveLength(Object.values(HOSTS).flat().length);
  });

  test('does not change when its file’s content is changed later', () => {
    const registry = open(5);
    const topology = moved(6);
    registry.replace(topology);
    topology.sequence = 1;
    topology.hosts[0]?.nodes.splice(0);
    expect(registry.current.sequence).toBe(6);
    expect(registry.hostOf(COUNTY).id).toBe('all');
  });

  test('is waited for by who asks where a moving node is, and no longer than told', async () => {
    const registry = open();
    const waiting = registry.whenNewer(5, 60_000);
    registry.replace(topologyOf(HOSTS, 4));
    await registry.whenNewer(5, 10);
    registry.replace(topologyOf(HOSTS, 6));
    await waiting;
    expect(registry.current.sequence).toBe(6);
    await registry.whenNewer(5, 60_000);
  });
});
