import { readJson, readText } from '@liandong/runtime';
import type { Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import { dayOf, parseDivisions, problem } from '@liandong/schema/kernel';
import { openCalendar } from '../calendar/index.ts';
import type { HostConfig } from '../config.ts';
import type { TrustFile } from '../trust/index.ts';
import { Trust, trustFileSchema } from '../trust/index.ts';
import { NodePlacement } from './node-placement.ts';

/** The basis of a host, read from its files; the command line needs some of it too. */
export interface Foundation {
  divisions: Divisions;
  /** The trust of the trust file; private keys are loaded apart. */
  trust: Trust;
  calendar: OfficialCalendar;
  /** The nodes placed at the host, and the subjects its broker takes in. */
  placement: NodePlacement;
}

/**
 * @param clock the host's clock
 * @throws {ProblemError} BAD_CONFIG
 */
export async function readFoundation(config: HostConfig, clock: () => Date): Promise<Foundation> {
  const divisions = parseDivisions(await readText(config.divisionsFile), dayOf(clock()));
  return {
    divisions,
    trust: await Trust.load(await readTrustFile(config.trustFile), [], divisions, clock),
    calendar: await openCalendar(config.calendarFile),
    placement: await NodePlacement.read(config, divisions),
  };
}

/** @throws {ProblemError} BAD_CONFIG */
export async function readTrustFile(file: string): Promise<TrustFile> {
  const parsed = trustFileSchema.safeParse(await readJson(file));
  if (!parsed.success) throw problem('BAD_CONFIG', `${file} is no trust file {root, certificates}.`);
  return parsed.data;
}
