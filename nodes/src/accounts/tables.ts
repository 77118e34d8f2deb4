import type { Role } from '@liandong/schema/kernel';
import type { RowOf } from '../db/index.ts';
import { day, generated, instant, integer, nullable, table, text, textsOf, uuid } from '../db/index.ts';

/** A login of a desk's person. Names are never given twice. */
export const accountsTable = table('accounts', ['username'], {
  username: text,
  issuer: text,
  name: text,
  /** Scrypt of the password; of the one-time code while `codeUntil` is set. */
  password: text,
  codeUntil: nullable(instant),
  openedAt: instant,
  openedBy: text,
  lastSignInAt: nullable(instant),
  /** Wrong secrets since the last right one, counted before they are checked. */
  failures: generated(integer),
  lockedUntil: nullable(instant),
  endedAt: nullable(instant),
  endedBy: nullable(text),
  endedReason: nullable(text),
});
export type AccountRow = RowOf<typeof accountsTable>;

/** A post of a person at this desk; the person's login may be another desk's. */
export const deskPostsTable = table('desk_posts', ['id'], {
  id: uuid,
  issuer: text,
  sub: text,
  name: text,
  roles: textsOf<Role>(),
  department: nullable(text),
  windowCode: nullable(text),
  fromDay: day,
  untilDay: nullable(day),
  givenAt: instant,
  givenBy: text,
  endedAt: nullable(instant),
  endedBy: nullable(text),
  endedReason: nullable(text),
});
export type PostRow = RowOf<typeof deskPostsTable>;
