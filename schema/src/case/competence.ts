import type { Division, DivisionCode, Divisions } from '../kernel/divisions.ts';
import { problem } from '../kernel/errors.ts';
import type { Grant } from '../domains/delegation/messages.ts';
import type { GrantUse, GrantUses } from './log-line.ts';
import type { GrantStage } from '../domains/delegation/words.ts';
import { GRANT_MODE_LABELS } from '../domains/delegation/words.ts';
import { isAbove, TIER_LABELS } from '../kernel/words.ts';
import { ARTICLES } from '../kernel/articles.ts';
import type { Item } from '../domains/catalogue/catalogue.ts';
import { acceptingOrgans } from '../domains/catalogue/catalogue.ts';
import type { CaseFacts } from '../domains/delegation/rules.ts';
import { findGrant, NO_FACTS } from '../domains/delegation/rules.ts';
import type { SuccessionOf } from './successions.ts';
import { actingFor, NO_SUCCESSION } from './successions.ts';

/** The organs that accept, review and decide one item for one place, and the reasons. */
export interface Route {
  /** The node that accepts and first reviews (受理机关). */
  acceptor: DivisionCode;
  /** The node that reviews and decides (决定机关). */
  decider: DivisionCode;
  /** The organ that holds the power by the item itself: the decider, or its grantor. */
  power: DivisionCode;
  /** The grants by which lower organs act. */
  through: GrantUses;
  /** The reasons in plain sentences, for the people at the desk. */
  reasons: string[];
}

/**
 * Competence as one pure function: the organs that accept and decide an item for a matter in `place`, and their grants.
 * Every node with the same catalogue and the same grants gets the same answer.
 * @param grants those in effect that day, see `grantsInEffect`
 * @param facts facts that caps are compared with
 * @param successionOf successors of closed nodes; a grant by or to a closed node has no effect any more
 * @throws {ProblemError} COMPETENCE_UNRESOLVED when the place is too high to name the accepting organ (a county can't
 * know which of its townships).
 */
export function route(
  item: Item,
  place: DivisionCode,
  divisions: Divisions,
  given: readonly Grant[] = [],
  facts: CaseFacts = NO_FACTS,
  successionOf: SuccessionOf = NO_SUCCESSION,
): Route {
  const grants = given.filter(({ grantor, grantee }) => !successionOf(grantor) && !successionOf(grantee));
  const acting = (at: Division | undefined) => at && divisions.get(actingFor(at.code, successionOf));
  const organs = acceptingOrgans(item);
  const acceptingTier = organs.find((tier) => divisions.atTier(place, tier) !== undefined);
  const ordinary = acceptingTier && acting(divisions.atTier(place, acceptingTier));
  const power = acting(divisions.atTier(place, item.decidingTier));
  const under = (stage: GrantStage, among = grants) =>
    power ? findGrant(stage, item, place, power.code, among, facts, divisions) : null;
  // a grant lets a lower organ accept; if the item's own acceptor is lower still, it stays the acceptor
  const lower = under('ACCEPT');
  const accept = lower && (!ordinary || divisions.isWithin(lower.grantee, ordinary.code)) ? lower : null;
  const acceptor = accept && accept.grantee !== ordinary?.code ? divisions.get(accept.grantee) : ordinary;
  if (!acceptor || !power) {
    const needed = organs.map((tier) => TIER_LABELS[tier]).join('或');
    throw problem(
      'COMPETENCE_UNRESOLVED',
      `${item.code} is accepted by a ${organs.join(' or ')} (${needed}); name the place of the matter below ${place}.`,
      { field: 'place' },
    );
  }
  // the decider must be at or above the acceptor: a case is never sent down for its decision
  const over = grants.filter((grant) => divisions.isWithin(acceptor.code, grant.grantee));
  const decide = under('DECIDE', over);
  const review = decide ? null : under('REVIEW', over);
  const decider = decide ? divisions.get(decide.grantee) : power;
  if (item.processingClass === 'ANSWER') return answeredBy(decider, power, decide);
  const ownAccept = accept && acceptor.code === accept.grantee && acceptor !== ordinary ? accept : null;
  const reasons = [
    ownAccept
      ? `${acceptor.code} ${acceptor.name} accepts: ${wordsOf(ownAccept)}.`
      : `${acceptor.code} ${acceptor.name} accepts: the lowest organ over ${place} that the item names (${item.acceptingTiers.join(', ')}).`,
    decide
      ? `${decider.code} ${decider.name} decides: ${wordsOf(decide)}.`
      : `${decider.code} ${decider.name} decides: the item's deciding tier is ${item.decidingTier}.`,
  ];
  if (review) reasons.push(`${review.grantee}'s review stands for ${power.code}'s: ${wordsOf(review)}.`);
  const uncapped = over.map((grant) => ({ ...grant, cap: null }));
  const wouldDecide = decide ? null : under('DECIDE', uncapped);
  const passed = over.find((grant) => grant.id === wouldDecide?.id);
  if (passed?.cap) {
    const why = facts.amountFen === null ? 'no amount is named' : `${yuan(facts.amountFen)} is above it`;
    reasons.push(`Not ${passed.grantee}: its power ends at ${yuan(passed.cap.amountFen)}, and ${why}.`);
  }
  if (acceptor.code !== decider.code)
    reasons.push(`The first review goes up with all materials (${ARTICLES.firstReview}).`);
  return {
    acceptor: acceptor.code,
    decider: decider.code,
    power: power.code,
    through: { accept: useOf(ownAccept), review: useOf(review), decide: useOf(decide) },
    reasons,
  };
}

/** What is answered goes straight to the organ that would decide: nothing is accepted or reviewed on the way. */
function answeredBy(organ: Division, power: Division, decide: Grant | null): Route {
  const by = decide ? wordsOf(decide) : 'it holds the power over the item';
  return {
    acceptor: organ.code,
    decider: organ.code,
    power: power.code,
    through: { accept: null, review: null, decide: useOf(decide) },
    reasons: [`${organ.code} ${organ.name} answers in writing: ${by} (${ARTICLES.clearAnswer}).`],
  };
}

function useOf(grant: Grant | null): GrantUse | null {
  if (!grant) return null;
  const { id, grantor, grantee, mode } = grant;
  return { id, grantor, grantee, mode };
}

function wordsOf({ grantor, mode, cap, from }: Grant): string {
  const limit = cap === null ? '' : ` up to ${yuan(cap.amountFen)}`;
  return `${GRANT_MODE_LABELS[mode]} by ${grantor} since ${from}${limit} (${ARTICLES.delegation})`;
}

/** Fen as yuan, for people to read. */
function yuan(fen: number): string {
  return `¥${(fen / 100).toFixed(2)}`;
}

/**
 * Whether a node may take an item in (收件). These may: the accepting organ itself, a desk the item names, and, as proxy
 * (代收代办), a desk below the acceptor if the item allows proxy handling. Within the item's scope of cross-district
 * handling (通办范围) these are all desks that may take it in at all. A hall above the acceptor takes in for its own
 * townships, so that a visitor is not sent away.
 */
export function mayTakeIn(item: Item, node: DivisionCode, found: Route, divisions: Divisions): boolean {
  if (node === found.acceptor) return true;
  const { tier } = divisions.get(node);
  if (!item.acceptingTiers.includes(tier) && !item.proxyAllowed) return false;
  if (divisions.isWithin(node, found.acceptor)) return true;
  if (isAbove(tier, item.decidingTier)) return false;
  return divisions.isWithin(found.acceptor, node) || isAcross(item, node, found.acceptor, divisions);
}

/**
 * Whether a desk elsewhere takes the item in for the competent one (通办, 收受分离): it collects the papers and tells the
 * applicant the result; the competent organ accepts and decides. One register covers one city, so wider scopes end at
 * the city.
 */
function isAcross(item: Item, node: DivisionCode, acceptor: DivisionCode, divisions: Divisions): boolean {
  const { crossDistrictWays: ways } = item;
  // an item handled wholly online is taken in at no desk
  if (ways.length > 0 && !ways.includes('COLLECTED') && !ways.includes('JOINT')) return false;
  switch (item.crossDistrict) {
    case 'NONE':
      return false;
    case 'COUNTY': {
      const county = divisions.atTier(node, 'COUNTY');
      return county !== undefined && divisions.isWithin(acceptor, county.code);
    }
    case 'CITY':
    case 'PROVINCE':
    case 'NATION':
      return true;
    default:
      return item.crossDistrict satisfies never;
  }
}

/** @throws {ProblemError} NOT_COMPETENT if {@link mayTakeIn} refuses */
export function requireIntake(item: Item, node: DivisionCode, found: Route, divisions: Divisions): void {
  if (mayTakeIn(item, node, found, divisions)) return;
  throw problem('NOT_COMPETENT', `${item.code} can't be taken in at ${node}; it is accepted at ${found.acceptor}.`, {
    field: 'item',
  });
}
