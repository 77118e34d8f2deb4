import type { FeeLine } from '@liandong/schema/domains/fees';
import { FEE_ACTIONS, feeEntryOf } from '@liandong/schema/domains/fees';
import type { Projection } from '../cases/index.ts';
import { insertFeeEntries } from './fee-store.ts';

/** Enters a step's lines in the fee window's book. */
export const feeEntries: Projection = async (tx, before, after) => {
  const lines = after.lines.slice(before.lines.length).map(({ line }) => line);
  const entries = lines.flatMap((line) =>
    isFeeLine(line) ? (feeEntryOf(line, after.file.fees.bill?.window ?? '') ?? []) : [],
  );
  if (entries.length > 0) await insertFeeEntries(tx, entries);
};

function isFeeLine(line: { action: string }): line is FeeLine {
  return (FEE_ACTIONS as readonly string[]).includes(line.action);
}
