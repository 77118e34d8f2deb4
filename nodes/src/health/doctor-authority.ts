import type { Divisions } from '@liandong/schema/kernel';
import { dayOf } from '@liandong/schema/kernel';
import type { HostDb } from '../db/index.ts';
import { findGrantFaults, findWaitingGrants } from '../delegation/index.ts';
import { readKeyDocuments } from '../keys/index.ts';
import { findRecordFaults } from '../sharing/index.ts';
import type { Trust } from '../trust/index.ts';
import type { Finding } from './doctor-check.ts';
import { bad, ok, warn } from './doctor-check.ts';

/** Most grants or records named one by one. */
const NAMED = 10;
/** A grant that waits longer for an item or a key is reported, ms. */
const WAITED_MS = 86_400_000;

/** The parts that the check examines. */
export interface AuthoritySubject {
  config: { nodes: readonly string[] };
  db: HostDb;
  /** The register of places; rejected if it can't be read. */
  divisions: Promise<Divisions>;
  /** Rejected if keys or certificates can't be read. */
  keys: Promise<{ trust: Trust }>;
  now: () => Date;
}

/**
 * Checks that the grants and the shared data in effect here come from nodes that may give them: a node took in others
 * before it checked that.
 */
export async function examineAuthority(subject: AuthoritySubject): Promise<Finding[]> {
  const { config, db, now } = subject;
  const [divisions, { trust }] = await Promise.all([subject.divisions, subject.keys]);
  await trust.learn(await readKeyDocuments(db, config.nodes));
  return [
    ...(await examineGrants(subject, { trust, divisions })),
    ...(await examineWaiting(db, config.nodes, now())),
    ...(await examineRecords(subject, { trust, divisions })),
  ];
}

interface Judges {
  trust: Trust;
  divisions: Divisions;
}

async function examineGrants({ config, db, now }: AuthoritySubject, judges: Judges): Promise<Finding[]> {
  const faults = await findGrantFaults(db, config.nodes, judges, dayOf(now()));
  if (faults.length === 0) return [ok('grants', 'Every stored grant is its grantor’s own.')];
  const told = faults.map(
    ({ id, grantor, grantee, nodes, reason, gives }) =>
      `${id} of ${grantor} to ${grantee}, stored at ${nodes.join(', ')}${gives ? '' : ', over'}: ${reason}`,
  );
  const remedy =
    'A host sets aside at its start what others signed than may. Ask the people of grantor and grantee how that came about, and whether a key was stolen (liandong keys). Where the grantor lists it, its chief revokes it (revokeDelegation), and it ends wherever it is stored; elsewhere stop the host and delete the row of delegations.';
  const state = faults.some(({ gives }) => gives) ? bad : warn;
  return [state('grants', `Stored grants that would be refused today: ${listed(told)}. ${remedy}`)];
}

async function examineWaiting(db: HostDb, nodes: readonly string[], now: Date): Promise<Finding[]> {
  const waiting = await findWaitingGrants(db, nodes);
  if (!waiting || now.getTime() - waiting.since.getTime() < WAITED_MS) return [];
  const text = `${waiting.count} published grants of ${waiting.publishers.join(', ')} wait for an item or a key that is not known here, the first since ${dayOf(waiting.since)}: they give no power here. Look whether the feeds of the levels above come.`;
  return [warn('waiting grants', text)];
}

async function examineRecords({ config, db }: AuthoritySubject, judges: Judges): Promise<Finding[]> {
  const faults = await findRecordFaults(db, config.nodes, judges);
  if (faults.length === 0) return [ok('shared data', 'What sharing gave for open cases comes from who offers it.')];
  const told = faults.map(
    ({ node, request, caseId, provider, reason, replaces }) =>
      `${request} of ${caseId} at ${node}, from ${provider}${replaces === null ? '' : `, in place of ${replaces}`}: ${reason}`,
  );
  const remedy =
    'Ask the people who offer the data how that came about. Then stop the host and delete the row of data_requests, start it, and ask for the data again or for the material.';
  const state = faults.some(({ replaces }) => replaces !== null) ? bad : warn;
  return [state('shared data', `Records that would be refused today: ${listed(told)} ${remedy}`)];
}

function listed(all: readonly string[]): string {
  const more = all.length > NAMED ? `; and ${all.length - NAMED} more` : '';
  return `${all.slice(0, NAMED).join('; ')}${more}`;
}
