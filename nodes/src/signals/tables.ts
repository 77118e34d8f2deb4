import type { SignalKind } from '@liandong/schema/domains/signals';
import { bigInteger, generated, instant, nullable, table, text, textOf, textsOf, uuid } from '../db/index.ts';
import type { RowOf } from '../db/index.ts';

/** 提醒 at a desk, for one person of it or for everyone. */
export const signalsTable = table('signals', ['id'], {
  id: uuid,
  /** The order in which numbers are given. */
  entered: generated(bigInteger),
  /** Its number; null for a moment after it was written. */
  seq: nullable(bigInteger),
  kind: textOf<SignalKind>(),
  at: instant,
  /** Null, as number and item are, where it tells of a meeting. */
  caseId: nullable(text),
  number: nullable(text),
  item: nullable(text),
  /** The meeting it tells of, or whose task. */
  meeting: nullable(uuid),
  /** The person it is for; null for everyone. */
  sub: nullable(text),
  issuer: nullable(text),
  /** For everyone: the department it is for; empty for all. */
  department: text,
  /** Subject of the person whose act it tells of, who does not see it. */
  bySub: nullable(text),
  dueAt: nullable(instant),
});
export type SignalRow = RowOf<typeof signalsTable>;

export const signalReadsTable = table('signal_reads', ['id', 'issuer', 'sub'], {
  id: uuid,
  issuer: text,
  sub: text,
  readAt: instant,
});

/** The number of a node's last signal. */
export const signalHeadsTable = table('signal_heads', [], { head: bigInteger });

/** 提醒设置. */
export const signalPreferencesTable = table('signal_preferences', ['issuer', 'sub'], {
  issuer: text,
  sub: text,
  offKinds: textsOf<SignalKind>(),
});
