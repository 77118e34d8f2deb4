import type { RowOf } from '../db/table.ts';
import { instant, nullable, sealed, table, text } from '../db/table.ts';

/** Enterprises with a steward (管家) at this desk; those that ended stay. */
export const stewardedEnterprisesTable = table('stewarded_enterprises', ['id'], {
  /** Begins with the node's code. */
  id: text,
  /** By which the enterprise's cases are found, too. */
  digest: text,
  name: sealed(text),
  code: sealed(text),
  contactName: sealed(text),
  contactPhone: sealed(text),
  stewardIssuer: text,
  stewardSub: text,
  stewardName: text,
  stewardSince: instant,
  namedBy: text,
  namedAt: instant,
  endedAt: nullable(instant),
  endedBy: nullable(text),
  endedReason: nullable(text),
});
export type EnterpriseRow = RowOf<typeof stewardedEnterprisesTable>;
