import type { Divisions } from '@liandong/schema/kernel';
import type { Topology } from '@liandong/schema/wire';
import { brokerOf, roadSubjects } from '@liandong/schema/wire';
import { dayOf, parseDivisions, problem } from '@liandong/schema/kernel';
import { readToolSettings } from '../config.ts';
import type { Written } from '../topology/index.ts';
import { bringStreams, holdCeremony, readTopology, topologyPaths, writeOutputs } from '../topology/index.ts';
import { readPassphrase } from '../trust/index.ts';
import type { Terminal, Values } from './opening.ts';
import { findValue, parseCommand, readInputText, requireValue } from './opening.ts';

export const TOPOLOGY_USAGE = `  topology check --topology <file> --divisions <file>
                                            read a topology (YAML or JSON), name every fault by its place, and print
                                            which host and node stands at which broker
  topology prepare --topology <file> --divisions <file> --out <dir> [--home /etc/liandong]
                                            hold the key ceremony of a new federation: keys and certificates, brokers'
                                            credentials and configurations, settings of hosts and gateways; with
                                            LIANDONG_KEYS_PASSPHRASE_FILE the keys are encrypted
  topology update --topology <file> --divisions <file> --out <dir> [--home /etc/liandong]
                                            the same without keys, for a later topology: who is known keeps their
                                            credentials
  topology streams --broker <id> --topology <file> --divisions <file> --out <dir>
                                            bring a broker's streams in line with the topology
`;

const OPTIONS = {
  topology: { type: 'string' },
  divisions: { type: 'string' },
  out: { type: 'string' },
  home: { type: 'string' },
  broker: { type: 'string' },
  help: { type: 'boolean' },
} as const;

type Run = (given: Given, terminal: Terminal, values: Values) => Promise<void>;

interface Given {
  topology: Topology;
  divisions: Divisions;
}

/** `liandong topology …` */
export async function runTopology(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { args, values } = parseCommand(argv, OPTIONS);
  const [command = ''] = args;
  if (values['help'] === true) {
    terminal.print(TOPOLOGY_USAGE);
    return 0;
  }
  const run = COMMANDS[command];
  if (!run) throw problem('BAD_INPUT', `There is no command "topology ${command}". liandong --help lists them.`);
  const register = await readInputText(requireValue(values, 'divisions'));
  const divisions = parseDivisions(register, dayOf(new Date()));
  const topology = await readTopology(requireValue(values, 'topology'));
  for (const host of topology.hosts) for (const node of host.nodes) divisions.get(node);
  await run({ topology, divisions }, terminal, values);
  return 0;
}

const COMMANDS: Record<string, Run> = {
  check: async ({ topology, divisions }, { print }) => {
    print(describe(topology, divisions));
    return Promise.resolve();
  },
  prepare: async ({ topology, divisions }, { environment, print }, values) => {
    const out = requireValue(values, 'out');
    const passphrase = await readPassphrase(readToolSettings(environment).keysPassphraseFile);
    const home = findValue(values, 'home') ?? undefined;
    await holdCeremony(topology, divisions, out, new Date(), passphrase, home);
    print(`Wrote keys and certificates of ${nodesOf(topology).length} nodes to ${out}.\n`);
    print(brokersOf(topology, out));
  },
  update: async ({ topology, divisions }, { print }, values) => {
    const out = requireValue(values, 'out');
    const written = await writeOutputs(topology, divisions, out, findValue(values, 'home') ?? undefined);
    const seeds = written.seeds.join(', ') || 'none';
    print(`Wrote the topology of sequence ${topology.sequence} to ${out}. New seeds: ${seeds}.\n`);
    print(relinking(written));
    print(brokersOf(topology, out));
  },
  streams: async ({ topology, divisions }, { print }, values) => {
    const { operatorSeedFile } = topologyPaths(requireValue(values, 'out'));
    const brought = await bringStreams(topology, divisions, requireValue(values, 'broker'), operatorSeedFile);
    for (const { stream, subjects } of brought) print(`${stream} takes in ${subjects.join(', ')}.\n`);
  },
};

/** What the operator has to do at leafs whose links have other rights now; empty if there are no such leafs. */
export function relinking({ relinked }: Written): string {
  if (relinked.length === 0) return '';
  return `Once the brokers have reloaded, start the nats-server of ${relinked.join(', ')} anew: a link keeps the rights it was made with.\n`;
}

function nodesOf(topology: Topology): string[] {
  return topology.hosts.flatMap(({ nodes }) => nodes);
}

function brokersOf(topology: Topology, out: string): string {
  const { brokerConfigFile } = topologyPaths(out);
  return topology.brokers.map(({ id }) => `nats-server -c ${brokerConfigFile(id)}\n`).join('');
}

function describe(topology: Topology, divisions: Divisions): string {
  const lines = [`Sequence ${topology.sequence}: ${nodesOf(topology).length} nodes at ${topology.hosts.length} hosts.`];
  for (const broker of topology.brokers) {
    const place = broker.leafOf === undefined ? 'the hub' : `leaf of ${broker.leafOf}`;
    lines.push(`${broker.id}, ${place}, ${broker.address}:${broker.port}`);
    for (const host of topology.hosts.filter((h) => brokerOf(topology, h).id === broker.id)) {
      const names = host.nodes.map((node) => `${divisions.get(node).name} ${node}`);
      lines.push(`  ${host.id}: ${names.join(', ')}`);
    }
    lines.push(`  takes in ${roadSubjects('m', topology, divisions, broker.id).join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}
