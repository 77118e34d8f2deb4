import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { filingNodeOf } from '../../kernel/identifiers.ts';
import type { DataRecord } from './messages.ts';
import type { Tier } from '../../kernel/words.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { hasPart } from '../../case/case-file.ts';
import type { DataOffer } from './rules.ts';
import { offeringNodeOf, replacedMaterial } from './rules.ts';

// Rules for a signed record of shared data at a node that did not make it. A valid signature proves which node spoke;
// these rules say which nodes may speak.

/** Tiers whose registers also serve desks that their catalogue does not reach: registers of departments (部门登记). */
const REGISTER_TIERS: readonly Tier[] = ['CITY', 'COUNTY'];

/**
 * The offer that a record is checked against: the one known here, or another version of it that the offering node
 * signed into the record. If none is known here, the record's own offer counts if this desk asked that node, or if a
 * county or the city keeps the register. An offer of a township or a village counts only where its catalogue reaches.
 * @param known the offer under the record's id as this node has it; null if it has none
 * @param asked whether this node asked for it
 */
export function offerOfRecord(
  { terms, provider }: Pick<DataRecord, 'terms' | 'provider'>,
  known: DataOffer | null,
  asked: boolean,
  divisions: Divisions,
): DataOffer | null {
  if (known) return terms && terms.version !== known.version ? terms : known;
  const { tier } = divisions.get(provider);
  return asked || REGISTER_TIERS.includes(tier) ? (terms ?? null) : null;
}

/**
 * The reason why a record does not match its offer; null if the record may count.
 * @param offer see {@link offerOfRecord}; a record without an answer gives no data and needs no offer
 */
export function recordFault(record: DataRecord, offer: DataOffer | null): string | null {
  const { outcome, replaces, values } = record;
  if (outcome !== 'ANSWERED') {
    return replaces === null && values === null ? null : `What was not answered gives nothing: ${outcome}.`;
  }
  if (offer === null) return `No offer ${record.offer} is known.`;
  const fields = record.fields.map(({ name }) => name);
  const offered = new Set(offer.fields.map(({ name }) => name));
  const beyond = fields.filter((name) => !offered.has(name));
  if (beyond.length > 0) return `${offer.id} does not offer ${beyond.join(', ')}.`;
  const replaced = replacedMaterial(offer, fields);
  if (replaces === replaced) return null;
  return `By ${offer.id} these fields replace ${replaced ?? 'no material'}, not ${replaces ?? 'none'}.`;
}

/** Whether the offer belongs to the offering node, under the id a record names. */
export function isOwnOffer({ provider, offer: id }: Pick<DataRecord, 'provider' | 'offer'>, offer: DataOffer): boolean {
  return offer.id === id && offer.node === provider && offeringNodeOf(id) === provider;
}

/** The known parts of the asking and the delivering node in a case. */
export type Parts = 'SHOWN' | 'NONE' | 'NOT_YET';

/**
 * Whether the asking node and the one that delivers its answer have a part in the case.
 * @param file the case as this node knows it; null before it arrives: then only the desk that took it in is known, by
 * the case's id
 * @returns NOT_YET if lines that show it may still come
 */
export function partsShown(
  caseId: string,
  file: CaseFile | null,
  node: DivisionCode,
  parties: readonly DivisionCode[],
): Parts {
  if (!file) return parties.every((party) => party === filingNodeOf(caseId)) ? 'SHOWN' : 'NOT_YET';
  if (parties.every((party) => hasPart(party, file))) return 'SHOWN';
  // the custodian has the whole log of the case
  return file.custodian === node && file.inTransitTo === null ? 'NONE' : 'NOT_YET';
}
