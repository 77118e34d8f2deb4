import type { AdmissionState, FeeChangeKind } from '../catalogue/words.ts';
import type { Tier, WindowStage } from '../../kernel/words.ts';
import { problem } from '../../kernel/errors.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { acceptingOrgans, isInForce } from '../catalogue/catalogue.ts';
import type { LegalBasis } from '../legal-bases/rules.ts';
import { citationOf, citationsOf, kindByTitle } from '../legal-bases/rules.ts';

/** 进驻登记: where a node handles one item. */
export interface AdmissionEntry {
  item: string;
  /** Handled at the centre from this day on; null while it is not. */
  admittedFrom: Day | null;
  exemption: Exemption | null;
}

/** 负面清单: an item approved to be handled outside the centre. */
export interface Exemption {
  reason: string;
  /** The government or office that approved it. */
  approver: string;
  /** The last day it holds. */
  until: Day;
}

/** The stages a node does for an item, by the catalogue; empty if it only takes in, or has no part. */
export function stagesAt(item: Pick<Item, 'acceptingTiers' | 'decidingTier'>, tier: Tier): WindowStage[] {
  const stages: WindowStage[] = [];
  if (acceptingOrgans(item).includes(tier)) stages.push('ACCEPT', 'REVIEW');
  if (item.decidingTier === tier) stages.push(...(stages.length > 0 ? [] : (['REVIEW'] as const)), 'DECIDE', 'DELIVER');
  return stages;
}

/** Every item in force that a node of the tier accepts or decides: all of them belong in the centre (应进必进). */
export function dueForAdmission(items: readonly Item[], tier: Tier, today: Day): Item[] {
  return items.filter((item) => isInForce(item, today) && stagesAt(item, tier).length > 0);
}

/**
 * The admission of an item: in the centre, outside with an approval in effect, or outside without one. Source:
 * 国办发〔2018〕45号 (应进必进, 负面清单).
 */
export function admissionState(entry: AdmissionEntry | undefined, today: Day): AdmissionState {
  if (entry?.admittedFrom && entry.admittedFrom <= today) return 'ADMITTED';
  if (entry?.exemption && today <= entry.exemption.until) return 'EXEMPT';
  return 'OUTSIDE';
}

/** @throws {ProblemError} NOT_COMPETENT for an item that a node of the tier neither accepts nor decides */
export function requireHandled(item: Item, tier: Tier): void {
  if (stagesAt(item, tier).length > 0) return;
  throw problem('NOT_COMPETENT', `${item.code} is neither accepted nor decided at a ${tier} node.`, {
    article: ARTICLES.admission,
    field: 'item',
  });
}

/**
 * An item stays outside the centre only with a reason, and for a time.
 * @throws {ProblemError} REASON_MISSING; BAD_INPUT for a day that has passed
 */
export function requireExemption(exemption: Exemption, today: Day): void {
  if (exemption.reason.trim() === '') {
    throw problem('REASON_MISSING', 'An item stays outside the centre only for a reason.', {
      article: ARTICLES.admission,
      field: 'reason',
    });
  }
  if (exemption.until < today) {
    throw problem('BAD_INPUT', `An exemption until ${exemption.until} has ended already.`, {
      article: ARTICLES.admission,
      field: 'until',
    });
  }
}

/** A dated change of a node's schedule of fees. */
export interface FeeChange {
  item: string;
  /** 收费项目, one name an item. */
  name: string;
  change: FeeChangeKind;
  /** Whole fen; null if the amount follows a schedule of its own, or the fee is dropped. */
  amountFen: number | null;
  /** The law or regulation, with its article. */
  basis: string;
  effectiveFrom: Day;
}

/** A fee on a day. */
export interface Fee {
  item: string;
  name: string;
  amountFen: number | null;
  basis: string;
  since: Day;
}

/** The fees that are taken on a day, by item and name. @param changes in any order */
export function feesOn(changes: readonly FeeChange[], today: Day): Fee[] {
  const standing = new Map<string, Fee>();
  for (const change of changes.toSorted((a, b) => (a.effectiveFrom < b.effectiveFrom ? -1 : 1))) {
    if (change.effectiveFrom > today) continue;
    const { item, name, amountFen, basis, effectiveFrom } = change;
    const key = `${item} ${name}`;
    if (change.change === 'DROPPED') standing.delete(key);
    else standing.set(key, { item, name, amountFen, basis, since: effectiveFrom });
  }
  return [...standing.values()].sort((a, b) => (`${a.item} ${a.name}` < `${b.item} ${b.name}` ? -1 : 1));
}

/**
 * A fee needs a law or a regulation in force on its first day, and changes follow each other by their dates.
 * @param changes every change of the node's schedule so far
 * @param known the known ones of the cited bases; an unknown one is judged by its title
 * @throws {ProblemError} FEE_WITHOUT_BASIS (Art. 58); FEE_CONFLICT for adding an existing fee, dropping or adjusting a
 * missing one, or a day not after the last change's
 */
export function requireFeeChange(changes: readonly FeeChange[], next: FeeChange, known: readonly LegalBasis[]): void {
  const before = changes.filter((c) => c.item === next.item && c.name === next.name);
  const later = before.find((c) => c.effectiveFrom >= next.effectiveFrom);
  if (later) {
    throw conflict(
      `${next.name} changes on ${later.effectiveFrom} already; a change follows it by date.`,
      'effectiveFrom',
    );
  }
  const standing = feesOn(before, next.effectiveFrom).length > 0;
  if (next.change === 'ADDED' && standing) throw conflict(`${next.name} is taken already.`, 'change');
  if (next.change !== 'ADDED' && !standing) throw conflict(`${next.name} is not taken.`, 'change');
  // dropping a fee needs no legal basis
  if (next.change === 'DROPPED') return;
  const cited = citationsOf(next.basis);
  const lawful = cited.some((citation) => {
    const basis = known.find((b) => b.id === citationOf(citation));
    const kind = basis?.kind ?? kindByTitle(citation.title);
    const repealedOn = basis?.repealedOn ?? null;
    const repealed = repealedOn !== null && repealedOn <= next.effectiveFrom;
    return (kind === 'LAW' || kind === 'REGULATION') && !repealed;
  });
  if (lawful) return;
  throw problem('FEE_WITHOUT_BASIS', `${next.name} cites no law or regulation in force: ${next.basis}.`, {
    article: ARTICLES.feeBasis,
    field: 'basis',
  });
}

function conflict(message: string, field: string) {
  return problem('FEE_CONFLICT', message, { article: ARTICLES.feeBasis, field });
}
