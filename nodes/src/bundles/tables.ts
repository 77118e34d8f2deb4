import type { Material } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { bigInteger, boolean, instant, integer, jsonOf, nullable, sealed, table, text, uuid } from '../db/table.ts';

/** One form and its shared materials, given once for several items (一件事). */
export const bundlesTable = table('bundles', ['id'], {
  id: uuid,
  item: text,
  /** The bundle goes on by the definition it was filed under. */
  itemVersion: integer,
  place: text,
  /** Applicant, consent and form, as JSON. */
  application: sealed(text),
  materials: jsonOf<Material[]>(),
  trackingCode: sealed(text),
  agent: jsonOf<Viewer>(),
  filedAt: instant,
  /** How many lines of its members' cases the clockwork has looked at. */
  seen: bigInteger,
  /** When a member that could not be filed is tried again. */
  retryAt: nullable(instant),
  /** Whether nothing is left to file. */
  settled: boolean,
});

/** An item of a bundle, and its case once it is filed. */
export const bundleMembersTable = table('bundle_members', ['bundle', 'item'], {
  bundle: uuid,
  item: text,
  caseId: nullable(text),
  /** Code of the reason why it could not be filed. */
  fault: nullable(text),
});
