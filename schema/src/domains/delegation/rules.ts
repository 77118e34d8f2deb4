import type { Division, DivisionCode, Divisions } from '../../kernel/divisions.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import { problem } from '../../kernel/errors.ts';
import type { Grant, GrantAnswer, GrantEnd } from './messages.ts';
import type { GrantStage, GrantState } from './words.ts';
import { acceptingOrgans } from '../catalogue/catalogue.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { dayOf } from '../../kernel/calendar.ts';

/** Facts of a matter that a cap on a power is compared with. */
export interface CaseFacts {
  /** The amount asked for or assessed, in fen; null when it is not known. */
  amountFen: number | null;
}
export const NO_FACTS: CaseFacts = { amountFen: null };

/** A grant with its answer, end or refusal (授权台账). */
export interface GrantRecord {
  grant: Grant;
  /** Null while the grantee has not answered: nothing takes effect unaccepted (双向选择). */
  answer: GrantAnswer | null;
  end: GrantEnd | null;
  /** Why the grantee's node did not take it, or why this node does not go by it. */
  refusal: { code: string; reason: string } | null;
}

/** The state of a grant on a day. */
export function grantStateOf({ grant, answer, end, refusal }: GrantRecord, today: Day): GrantState {
  if (refusal) return 'INVALID';
  if (end && dayOf(new Date(end.at)) <= today) return end.way;
  if (!answer || today < dayOf(new Date(answer.at))) return 'OFFERED';
  if (!answer.accepted) return 'DECLINED';
  if (today < grant.from) return 'NOT_YET';
  if (grant.to !== null && today > grant.to) return 'EXPIRED';
  return 'IN_EFFECT';
}

/** The grants that give power on a day. */
export function grantsInEffect(records: readonly GrantRecord[], today: Day): Grant[] {
  return records.filter((record) => grantStateOf(record, today) === 'IN_EFFECT').map(({ grant }) => grant);
}

/** Whether a matter lies under a grant's cap; an unknown amount does not. */
export function isUnderCap({ cap }: Pick<Grant, 'cap'>, { amountFen }: CaseFacts): boolean {
  return cap === null || (amountFen !== null && amountFen <= cap.amountFen);
}

/**
 * The grant under which a lower organ does a stage for a place. Of several the lowest grantee's applies, and of these
 * the newest, which replaces the earlier ones. It ignores a grant whose grantor does not hold the power itself (不得再委托,
 * Art. 24), one to a village committee, and one to a node that does not lie below the grantor, even if the catalogue or
 * the list names it.
 * @param power the organ that holds the power by the item itself
 */
export function findGrant(
  stage: GrantStage,
  item: Item,
  place: DivisionCode,
  power: DivisionCode,
  grants: readonly Grant[],
  facts: CaseFacts,
  divisions: Divisions,
): Grant | null {
  const depth = (code: DivisionCode) => divisions.lineage(code).length;
  const given = grants.filter(
    (grant) =>
      grant.grantor === power &&
      grant.items.includes(item.code) &&
      grant.stages.includes(stage) &&
      divisions.isWithin(place, grant.grantee) &&
      mayHold(divisions.get(grant.grantee), item, power, divisions),
  );
  // a newer grant to the same grantee replaces the older one, even if it gives less
  const isNewest = ({ grantee, seq }: Grant) => !given.some((other) => other.grantee === grantee && other.seq > seq);
  const [best] = given
    .filter((grant) => isNewest(grant) && isUnderCap(grant, facts))
    .toSorted((a, b) => depth(b.grantee) - depth(a.grantee) || (a.id < b.id ? -1 : Number(a.id > b.id)));
  return best ?? null;
}

/** Whether a power may be lent to an organ: it lies below the organ that holds the power, at a tier the item names. */
function mayHold({ code, tier }: Division, item: Item, power: DivisionCode, divisions: Divisions): boolean {
  return tier !== 'VILLAGE' && item.delegableTo.includes(tier) && code !== power && divisions.isWithin(code, power);
}

/**
 * Checks that a grant may be given and accepted; the grantor calls it before signing, the grantee before accepting.
 * @param signer the node whose signature it carries
 * @param findItem the item as the calling node has it on that day
 * @throws {ProblemError} GRANT_INVALID (signer, parties, dates), GRANT_OUT_OF_COMPETENCE (items, tiers, second
 * delegation), GRANT_EXPIRED, ITEM_UNKNOWN
 */
export function requireSoundGrant(
  grant: Grant,
  signer: DivisionCode,
  findItem: (code: string) => Item | null,
  divisions: Divisions,
  today: Day,
): void {
  const refuse = (code: ErrorCode, message: string, field: string) =>
    problem(code, message, { article: ARTICLES.delegation, field });
  const { grantor, grantee } = grant;
  if (signer !== grantor) throw refuse('GRANT_INVALID', `${signer} signed a grant of ${grantor}.`, 'grantor');
  const tier = divisions.get(grantee).tier;
  if (grantor === grantee || !divisions.isWithin(grantee, grantor)) {
    throw refuse('GRANT_INVALID', `${grantee} does not lie below ${grantor}.`, 'grantee');
  }
  if (tier === 'VILLAGE') {
    throw refuse('GRANT_INVALID', 'A village committee is no administrative organ; it takes in as proxy.', 'grantee');
  }
  if (grant.to !== null && grant.to < grant.from) throw refuse('GRANT_INVALID', 'It ends before it begins.', 'to');
  if (grant.to !== null && grant.to < today) throw refuse('GRANT_EXPIRED', `It ended on ${grant.to}.`, 'to');
  grant.items.forEach((code, index) => {
    const field = `items.${index}`;
    const item = findItem(code);
    if (!item) throw problem('ITEM_UNKNOWN', `${code} is in no catalogue here.`, { field });
    const holds = divisions.get(grantor).tier === item.decidingTier;
    if (!holds) {
      throw refuse('GRANT_OUT_OF_COMPETENCE', `${grantor} does not hold the power over ${code} itself.`, field);
    }
    if (!item.delegableTo.includes(tier)) {
      throw refuse('GRANT_OUT_OF_COMPETENCE', `${code} can't be delegated to a ${tier.toLowerCase()}.`, field);
    }
    if (grant.stages.includes('DECIDE') && !grant.stages.includes('ACCEPT') && !acceptingOrgans(item).includes(tier)) {
      throw refuse('GRANT_OUT_OF_COMPETENCE', `${grantee} can't decide ${code} without accepting it.`, 'stages');
    }
  });
}
