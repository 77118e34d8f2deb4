import { CASE_USAGE, runCase } from './case-export.ts';
import { DATA_KEYS_USAGE, runDataKeys } from './data-keys.ts';
import type { Terminal } from './opening.ts';
import { KEYS_USAGE, runKeys } from './keys.ts';
import { NODE_USAGE, runNode } from './node.ts';
import { OPERATION_USAGE, runOperation } from './operation.ts';
import { TOPOLOGY_USAGE, runTopology } from './topology.ts';
import { VERIFY_USAGE, verify } from './verify.ts';

/** Help of the groups of commands that have files of their own. */
export const GROUPS_USAGE = `${TOPOLOGY_USAGE}${NODE_USAGE}${KEYS_USAGE}${DATA_KEYS_USAGE}${CASE_USAGE}${VERIFY_USAGE}${OPERATION_USAGE}`;

const GROUPS: Record<string, (argv: readonly string[], terminal: Terminal) => Promise<number>> = {
  topology: runTopology,
  node: runNode,
  keys: runKeys,
  'data-keys': runDataKeys,
  case: runCase,
  verify,
  doctor: runOperation('doctor'),
  parked: runOperation('parked'),
  backup: runOperation('backup'),
  restore: runOperation('restore'),
};

/** Runs a command of a group. @returns the exit status; null for a command of another group */
export async function runGroup([group = '', ...argv]: readonly string[], terminal: Terminal): Promise<number | null> {
  const run = GROUPS[group];
  return run ? run(argv, terminal) : null;
}
