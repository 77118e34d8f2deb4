import type { LegalBasis, LegalBasisChange } from '@liandong/schema/domains/legal-bases';
import type { RowOf } from '../db/index.ts';
import { day, generated, instant, integer, jsonOf, nullable, table, text, uuid } from '../db/index.ts';

/** A legal basis as this node knows it, by its citation. */
export const legalBasesTable = table('legal_bases', ['id'], { id: text, title: text, body: jsonOf<LegalBasis>() });

/** A citation of a version of an item. */
export const itemBasesTable = table('item_bases', ['item', 'version', 'basis'], {
  item: text,
  version: integer,
  basis: text,
});

/** A change of the law as the city announced it (立改废). */
export const legalBasisChangesTable = table('legal_basis_changes', ['id'], {
  id: uuid,
  announcedOn: day,
  takenAt: generated(instant),
  body: jsonOf<LegalBasisChange>(),
});

/** A desk's report on a change, which may come before the change. */
export const legalBasisReportsTable = table('legal_basis_reports', ['change', 'desk'], {
  change: uuid,
  desk: text,
  runningCases: integer,
  countedAt: instant,
  confirmedAt: nullable(instant),
  confirmedBy: nullable(text),
  note: nullable(text),
});
export type ReportRow = RowOf<typeof legalBasisReportsTable>;
