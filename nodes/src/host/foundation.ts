import { readFile } from 'node:fs/promises';
import type { Divisions, OfficialCalendar } from '@liandong/schema';
import { brokerOf, dayOf, parseDivisions, parseTopology, problem, roadSubjects } from '@liandong/schema';
import type { Road } from '../bus/index.ts';
import { builtInCalendar, readCalendar } from '../calendar/index.ts';
import type { HostConfig } from '../config.ts';
import { Trust, trustFileSchema } from '../trust/index.ts';

/** What a host stands on, read from its files; the command line needs some of it too. */
export interface Foundation {
  divisions: Divisions;
  /** Whom the trust file makes one believe; private keys are taken in hand apart. */
  trust: Trust;
  calendar: OfficialCalendar;
  /** What the roads of the host's broker take in. */
  subjects: Readonly<Record<Road, readonly string[]>>;
}

/**
 * @param clock the host's clock
 * @throws {ProblemError} BAD_CONFIG, UNKNOWN_DIVISION
 */
export async function readFoundation(config: HostConfig, clock: () => Date): Promise<Foundation> {
  const divisions = parseDivisions(await readText(config.divisionsFile), dayOf(clock()));
  for (const node of config.nodes) divisions.get(node);
  const trustFile = trustFileSchema.safeParse(await readJson(config.trustFile));
  if (!trustFile.success) throw problem('BAD_CONFIG', `${config.trustFile} is no trust file {root, certificates}.`);
  return {
    divisions,
    trust: await Trust.load(trustFile.data, [], divisions, clock),
    calendar: config.calendarFile === null ? builtInCalendar() : readCalendar(config.calendarFile),
    subjects: await subjectsOfBroker(config, divisions),
  };
}

async function subjectsOfBroker(
  { topologyFile, host }: HostConfig,
  divisions: Divisions,
): Promise<Foundation['subjects']> {
  if (topologyFile === null) return { m: ['ld.m.>'], r: ['ld.r.>'] };
  const topology = parseTopology(await readJson(topologyFile));
  const own = topology.hosts.find(({ id }) => id === host);
  if (!own) throw problem('BAD_CONFIG', `${topologyFile} has no host ${host}.`);
  const { id } = brokerOf(topology, own);
  return { m: roadSubjects('m', topology, divisions, id), r: roadSubjects('r', topology, divisions, id) };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw problem('BAD_CONFIG', `${file} can't be read.`, { cause });
  }
}

/** What a file of settings says. @throws {ProblemError} BAD_CONFIG */
export async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw problem('BAD_CONFIG', `${file} is no JSON.`, { cause });
  }
}
