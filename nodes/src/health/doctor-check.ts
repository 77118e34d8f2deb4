import type { Divisions } from '@liandong/schema/kernel';
import { ProblemError } from '@liandong/schema/kernel';
import pg from 'pg';
import type { HostConfig } from '../config.ts';
import type { HostDb } from '../db/index.ts';
import type { Trust } from '../trust/index.ts';

/** The doctor's finding on one part of a host. */
export interface Finding {
  part: string;
  /** BAD keeps the host from working; WARN will do so later, unless an operator acts. */
  state: 'OK' | 'WARN' | 'BAD';
  /** The state and what to do, in plain words. */
  text: string;
}

export const ok = (part: string, text: string): Finding => ({ part, state: 'OK', text });
export const warn = (part: string, text: string): Finding => ({ part, state: 'WARN', text });
export const bad = (part: string, text: string): Finding => ({ part, state: 'BAD', text });

/** The parts that checks examine. */
export interface Subject {
  config: HostConfig;
  now: () => Date;
  db: HostDb;
  /** The register of places; rejected if it can't be read. */
  divisions: Promise<Divisions>;
  /** Rejected if keys, certificates or the register can't be read. */
  keys: Promise<HostKeys>;
}

export interface HostKeys {
  trust: Trust;
  /** Nodes whose private keys are here. */
  keyed: readonly string[];
}

/** The examination of one part. */
export interface Check {
  part: string;
  /** Another part that this check needs: if that part is BAD, this check is left out. */
  needs?: string;
  /** Changes nothing. An error it throws becomes a finding of the part. */
  examine: (subject: Subject) => Promise<readonly Finding[]>;
}

/** Runs the checks one by one, also after one failed: one run finds everything that is wrong. */
export async function runChecks(checks: readonly Check[], subject: Subject): Promise<Finding[]> {
  const findings: Finding[] = [];
  const missing = new Set<string>();
  for (const { part, needs, examine } of checks) {
    if (needs !== undefined && missing.has(needs)) {
      missing.add(part);
      continue;
    }
    try {
      const found = await examine(subject);
      if (found.some((finding) => finding.part === part && finding.state === 'BAD')) missing.add(part);
      findings.push(...found);
    } catch (error) {
      findings.push(bad(part, `could not be examined: ${reasonOf(error)}`));
    }
  }
  return findings;
}

/**
 * The reason of a failure, for people. Errors of other libraries may quote a private file, so only their code is shown.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof ProblemError) {
    const { cause } = error;
    const text = error.problems.map((p) => p.message).join(' ');
    return cause instanceof Error && 'code' in cause ? `${text} ${reasonOf(cause)}.` : text;
  }
  if (error instanceof pg.DatabaseError) return `${error.message} (${error.code ?? 'no code'})`;
  if (!(error instanceof Error)) return 'no reason is known';
  return 'code' in error ? String(error.code) : error.name;
}
