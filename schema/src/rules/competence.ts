import type { DivisionCode, Divisions } from '../divisions.ts';
import { problem } from '../errors.ts';
import { TIER_LABELS, isAbove } from '../vocabulary.ts';
import { ARTICLES } from './articles.ts';
import type { Item } from './catalogue.ts';
import { acceptingOrgans } from './catalogue.ts';

/** Who does what with one item for one place, and why. */
export interface Route {
  /** The node that accepts and first reviews (受理机关). */
  acceptor: DivisionCode;
  /** The node that reviews and decides (决定机关). */
  decider: DivisionCode;
  /** Why, in plain sentences, for the people at the desk. */
  reasons: string[];
}

/**
 * Competence as one pure function: who accepts and who decides an item for a matter that lies in `place`. The same
 * answer on every node that holds the same catalogue.
 * @throws {ProblemError} COMPETENCE_UNRESOLVED when the place is too high to name the accepting organ (a county can't
 * know which of its townships).
 */
export function route(item: Item, place: DivisionCode, divisions: Divisions): Route {
  const organs = acceptingOrgans(item);
  const acceptingTier = organs.find((tier) => divisions.atTier(place, tier) !== undefined);
  const acceptor = acceptingTier && divisions.atTier(place, acceptingTier);
  const decider = divisions.atTier(place, item.decidingTier);
  if (!acceptor || !decider) {
    const needed = organs.map((tier) => TIER_LABELS[tier]).join('或');
    throw problem(
      'COMPETENCE_UNRESOLVED',
      `${item.code} is accepted by a ${organs.join(' or ')} (${needed}); name the place of the matter below ${place}.`,
      { field: 'place' },
    );
  }
  const reasons = [
    `${acceptor.code} ${acceptor.name} accepts: the lowest organ over ${place} that the item names (${item.acceptingTiers.join(', ')}).`,
    `${decider.code} ${decider.name} decides: the item's deciding tier is ${item.decidingTier}.`,
  ];
  if (acceptor.code !== decider.code)
    reasons.push(`The first review goes up with all materials (${ARTICLES.firstReview}).`);
  return { acceptor: acceptor.code, decider: decider.code, reasons };
}

/**
 * Whether a node may take an item in (收件): the accepting organ itself, a desk the item names, or as proxy (代收代办) a
 * desk below the acceptor when the item allows proxy handling. A hall above the acceptor takes in for its own
 * townships, so that whoever walks in is not sent away.
 */
export function mayTakeIn(item: Item, node: DivisionCode, found: Route, divisions: Divisions): boolean {
  if (node === found.acceptor) return true;
  const { tier } = divisions.get(node);
  if (!item.acceptingTiers.includes(tier) && !item.proxyAllowed) return false;
  if (divisions.isWithin(node, found.acceptor)) return true;
  return divisions.isWithin(found.acceptor, node) && !isAbove(tier, item.decidingTier);
}

/** @throws {ProblemError} NOT_COMPETENT where {@link mayTakeIn} says no */
export function requireIntake(item: Item, node: DivisionCode, found: Route, divisions: Divisions): void {
  if (mayTakeIn(item, node, found, divisions)) return;
  throw problem('NOT_COMPETENT', `${item.code} can't be taken in at ${node}; it is accepted at ${found.acceptor}.`, {
    field: 'item',
  });
}
