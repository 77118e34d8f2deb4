import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Divisions } from '../kernel/divisions.ts';
import { CITY, COUNTY, divisions as register, OTHER_COUNTY, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { foreignTo, roadSubjects, territoryOf } from './roads.ts';
import { messageSubject, nodeTokens } from './subjects.ts';
import { parseTopology } from './topology.ts';

const HUB = { id: 'hub', address: '10.0.0.1', port: 4222, storeDir: '/s', leafPort: 7422 };
const leaf = (id: string, port: number) => ({ id, address: '10.0.0.2', port, storeDir: '/s', leafOf: 'hub' });
const places = [CITY, COUNTY, OTHER_COUNTY, TOWNSHIP, VILLAGE];
const divisions = new Divisions(places.map((place) => register.get(place)));

/** A topology in which each place has its own host, at the given broker. */
function topologyOf(brokers: Readonly<Record<string, string>>) {
  const leafs = [...new Set(Object.values(brokers))].filter((id) => id !== 'hub');
  return parseTopology({
    sequence: 1,
    brokers: [HUB, ...leafs.map((id, i) => leaf(id, 4223 + i))],
    hosts: Object.entries(brokers).map(([node, broker]) => ({ id: `h${node}`, nodes: [node], url: null, broker })),
  });
}

/** The broker's own rule for patterns of whole tokens. */
const matches = (pattern: string, name: string) => {
  const tokens = name.split('.');
  return pattern.split('.').every((token, i) => token === '*' || token === tokens[i]);
};

describe('the part of the tree that a broker serves', () => {
  test('is one pattern for a county that stands whole at its leaf', () => {
    const topology = topologyOf({ [CITY]: 'hub', [COUNTY]: 'sanmen', [TOWNSHIP]: 'sanmen', [VILLAGE]: 'sanmen' });
    expect(territoryOf(topology, divisions, 'sanmen')).toEqual([`${CITY}.${COUNTY}.*.*`]);
    expect(territoryOf(topology, divisions, 'hub')).toEqual([`${CITY}._.*.*`]);
  });

  test('is divided by a node of the county that stands elsewhere', () => {
    const topology = topologyOf({ [CITY]: 'hub', [COUNTY]: 'sanmen', [TOWNSHIP]: 'hub', [VILLAGE]: 'sanmen' });
    expect(territoryOf(topology, divisions, 'sanmen')).toEqual([
      `${CITY}.${COUNTY}._.*`,
      `${CITY}.${COUNTY}.${TOWNSHIP}.${VILLAGE}`,
    ]);
    expect(territoryOf(topology, divisions, 'hub')).toEqual([`${CITY}._.*.*`, `${CITY}.${COUNTY}.${TOWNSHIP}._`]);
  });

  test('holds each node once, wherever nodes stand, and all other places are foreign to it', () => {
    const anywhere = fc.record(Object.fromEntries(places.map((p) => [p, fc.constantFrom('hub', 'east', 'west')])));
    fc.assert(
      fc.property(anywhere, (brokers) => {
        const topology = topologyOf(brokers);
        for (const node of places) {
          const name = nodeTokens(node, divisions);
          for (const { id } of topology.brokers) {
            const at = territoryOf(topology, divisions, id).filter((pattern) => matches(pattern, name));
            const foreign = foreignTo(topology, divisions, id).filter((pattern) => matches(pattern, name));
            expect([at.length, foreign.length]).toEqual(brokers[node] === id ? [1, 0] : [0, 1]);
          }
        }
      }),
    );
  });
});

describe('a message', () => {
  test('is kept at one broker, the one its receiver stands at', () => {
    const anywhere = fc.record(Object.fromEntries(places.map((p) => [p, fc.constantFrom('hub', 'east')])));
    fc.assert(
      fc.property(anywhere, fc.constantFrom(...places), fc.constantFrom(...places), (brokers, from, to) => {
        const topology = topologyOf(brokers);
        const subject = messageSubject(from, to, divisions);
        const takers = topology.brokers.filter(({ id }) =>
          roadSubjects('m', topology, divisions, id).some((taken) => taken === 'ld.m.>' || matches(taken, subject)),
        );
        expect(takers.map(({ id }) => id)).toEqual([brokers[to]]);
      }),
    );
  });

  test('goes to the one stream where there is one broker', () => {
    expect(roadSubjects('r', topologyOf({ [CITY]: 'hub' }), divisions, 'hub')).toEqual(['ld.r.>']);
  });
});
