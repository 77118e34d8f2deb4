import { isDeepStrictEqual } from 'node:util';
import { readJson } from '@liandong/runtime';
import type { CatalogueFault } from '@liandong/schema/domains/catalogue';
import type { DataOffer } from '@liandong/schema/domains/sharing';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { dayOf, problem, ProblemError } from '@liandong/schema/kernel';
import { dataOfferSchema, isOffered, readRegisterFile } from '@liandong/schema/domains/sharing';
import type { HostDb } from '../db/index.ts';
import type { FeedAppender } from '../feeds/index.ts';
import { findOffers, keepOffers } from './offer-store.ts';
import { replaceRegisters } from './register-store.ts';

/** The changes of an import. */
export interface RegisterReport {
  /** Rows the node's registers hold now. */
  rows: number;
  /** Ids of offers that are new or changed. */
  published: string[];
  /** Ids of offers the file no longer has. */
  withdrawn: string[];
  unchanged: number;
}

/**
 * Imports a register file: it replaces the node's registers and offers. Changed offers go down to every node below by
 * the catalogue feed. With one fault nothing is imported.
 * @throws {ProblemError} REGISTER_INVALID with every fault and its place
 */
export async function importRegisters(
  db: HostDb,
  node: DivisionCode,
  divisions: Divisions,
  path: string,
  appender: FeedAppender,
  now: Date,
): Promise<RegisterReport> {
  const { file, faults } = readRegisterFile(await readJson(path, 'REGISTER_INVALID'), divisions);
  if (!file) throw invalid(faults);
  if (file.node !== node) throw invalid([{ place: 'node', message: `is ${file.node}, not ${node}.` }]);
  return db.transact(node, async (tx) => {
    const rows = await replaceRegisters(tx, file.registers);
    const today = dayOf(now);
    const before = new Map((await findOffers(tx, { provider: node })).map((offer) => [offer.id, offer]));
    const changed = file.offers.flatMap((offer): DataOffer[] => {
      const known = before.get(offer.id);
      const version = known?.version ?? 0;
      // parsed like the stored offer, so that only real changes differ
      const same = known && isDeepStrictEqual(known, dataOfferSchema.parse({ ...offer, version }));
      return same ? [] : [{ ...offer, version: version + 1 }];
    });
    const kept = new Set(file.offers.map((offer) => offer.id));
    const withdrawn = [...before.values()]
      .filter((offer) => !kept.has(offer.id) && (isOffered(offer, today) || today < offer.validFrom))
      .map((offer): DataOffer => ({ ...offer, version: offer.version + 1, validTo: today }));
    const stated = [...changed, ...withdrawn];
    await keepOffers(tx, stated);
    await appender.append(
      tx,
      'CATALOGUE',
      stated.map((offer) => ({ kind: 'OFFER', offer })),
    );
    return {
      rows,
      published: changed.map((offer) => offer.id),
      withdrawn: withdrawn.map((offer) => offer.id),
      unchanged: file.offers.length - changed.length,
    };
  });
}

function invalid(faults: readonly CatalogueFault[]): ProblemError {
  const [first, ...rest] = faults.map(
    ({ place, message }) => problem('REGISTER_INVALID', `${place}: ${message}`, { field: place }).problem,
  );
  if (!first) throw problem('INTERNAL', 'A register file was refused without a fault.');
  return new ProblemError([first, ...rest]);
}
