import { randomUUID } from 'node:crypto';
import type { accountsDomain } from '@liandong/schema/domains/accounts';
import { requireAdministratorLeft, requirePost } from '@liandong/schema/domains/accounts';
import type { Day } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import type { SharedTx } from '../db/index.ts';
import { endDevicesOf } from '../devices/index.ts';
import { countStewarded } from '../stewards/index.ts';
import { findOffices } from '../offices/index.ts';
import { logChange } from '../roster/index.ts';
import type { Ending } from './account-store.ts';
import * as store from './account-store.ts';
import type { AccountsParts } from './parts.ts';

type Operations = (typeof accountsDomain)['operations'];
type Given = Pick<InputOf<Operations['givePost']>, 'roles' | 'department' | 'window' | 'from' | 'until'>;

/** Checks a post against its desk: duties, term, and the window. @throws {ProblemError} BAD_INPUT */
export async function requirePlace({ node, divisions }: AccountsParts, tx: SharedTx, given: Given): Promise<void> {
  requirePost(given, node, divisions.get(node).tier);
  const { window: code } = given;
  if (code === null) return;
  const { windows } = await findOffices(tx);
  if (windows.some((known) => known.code === code)) return;
  throw problem('BAD_INPUT', `${node} has no window ${code}.`, { node, field: 'window' });
}

export interface PersonRef {
  issuer: string;
  sub: string;
  name: string;
}

/** Gives a post. @returns its id */
export async function give(
  { node, gate, now }: AccountsParts,
  tx: SharedTx,
  viewer: Viewer,
  { issuer, sub, name }: PersonRef,
  { roles, department, window: windowCode, from: fromDay, until: untilDay }: Given,
): Promise<string> {
  const id = randomUUID();
  const givenAt = now();
  await store.addPost(tx, {
    id,
    issuer,
    sub,
    name,
    roles,
    department,
    windowCode,
    fromDay,
    untilDay,
    givenAt,
    givenBy: viewer.name,
    endedAt: null,
    endedBy: null,
    endedReason: null,
  });
  const what = { roles, department, window: windowCode, from: fromDay, until: untilDay };
  await logChange(tx, givenAt, viewer, 'POST_GIVEN', { sub, name }, what);
  tx.afterCommit(() => gate.forget(node, { issuer, sub }));
  return id;
}

/** @throws {ProblemError} LAST_ADMINISTRATOR */
export async function requireLeft(
  tx: SharedTx,
  viewer: Viewer,
  ending: readonly { id: string; roles: readonly string[] }[],
  today: Day,
): Promise<void> {
  if (!ending.some(({ roles }) => roles.includes('ADMINISTRATOR'))) return;
  const held = await store.lockAdministrators(tx, today);
  requireAdministratorLeft(
    viewer,
    tx.node,
    held,
    ending.map(({ id }) => id),
  );
}

/** Ends a person's posts. */
export async function endAll(
  tx: SharedTx,
  { issuer }: Pick<PersonRef, 'issuer'>,
  posts: readonly { id: string; issuer: string }[],
  ending: Ending,
): Promise<void> {
  const ids = posts.filter((post) => post.issuer === issuer).map(({ id }) => id);
  if (ids.length > 0) await store.endPosts(tx, ids, ending);
}

/** What a person leaves behind at a desk: open cases, enterprises, devices and their numbers. */
export interface LeftBehind {
  cases: number;
  enterprises: number;
  devices: number;
  numbers: number;
}

/** A person without a post at the desk any more: their cases wait for another handler, their enterprises for another steward, and
 * their devices end. */
export async function leaveDesk(
  tx: SharedTx,
  person: Pick<PersonRef, 'issuer' | 'sub'>,
  ending: Ending,
): Promise<LeftBehind> {
  const cases = await store.releaseHandled(tx, person);
  return { cases, enterprises: await countStewarded(tx, person), ...(await endDevicesOf(tx, person, ending)) };
}
