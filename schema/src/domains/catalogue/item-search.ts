import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { ProblemError } from '../../kernel/errors.ts';
import { TIERS } from '../../kernel/words.ts';
import type { Item } from './catalogue.ts';
import { itemSchema } from './catalogue.ts';
import { mayTakeIn, route } from '../../case/competence.ts';

/** All of an item that says which tier's desks it concerns. */
export type CompetenceElements = Pick<Item, 'decidingTier' | 'acceptingTiers' | 'proxyAllowed'>;

/**
 * The elements that determine an item's organs, as one text: `COUNTY TOWNSHIP,VILLAGE proxy`. There are only a few such
 * texts, so the database can select a desk's own items by {@link ownCompetenceKeys}.
 */
export function competenceKeyOf({ decidingTier, acceptingTiers, proxyAllowed }: CompetenceElements): string {
  const accepting = TIERS.filter((tier) => acceptingTiers.includes(tier)).join(',');
  return `${decidingTier} ${accepting}${proxyAllowed ? ' proxy' : ''}`;
}

/**
 * The keys of the items that are a desk's own: it accepts or decides them, or may take them in, for a matter that lies
 * in its own division. Competence is the same for all items of a key. Source: competence ({@link route}); people look
 * first for what is handled where they are (就近办).
 */
export function ownCompetenceKeys(node: DivisionCode, divisions: Divisions): string[] {
  return allElements()
    .filter((elements) => isOwn(probeOf(elements), node, divisions))
    .map(competenceKeyOf);
}

function isOwn(item: Item, node: DivisionCode, divisions: Divisions): boolean {
  if (divisions.atTier(node, item.decidingTier)?.code === node) return true;
  try {
    const found = route(item, node, divisions);
    return found.acceptor === node || mayTakeIn(item, node, found, divisions);
  } catch (error) {
    // a county's own page can't name the township that would accept
    if (error instanceof ProblemError && error.code === 'COMPETENCE_UNRESOLVED') return false;
    throw error;
  }
}

function allElements(): CompetenceElements[] {
  const subsets = TIERS.reduce<(typeof TIERS)[number][][]>(
    (made, tier) => [...made, ...made.map((tiers) => [...tiers, tier])],
    [[]],
  ).filter((tiers) => tiers.length > 0);
  return TIERS.flatMap((decidingTier) =>
    subsets.flatMap((acceptingTiers) =>
      [true, false].map((proxyAllowed) => ({ decidingTier, acceptingTiers, proxyAllowed })),
    ),
  );
}

/** An item of no other meaning than its competence. */
function probeOf(elements: CompetenceElements): Item {
  return itemSchema.parse({
    ...elements,
    code: '-',
    version: 1,
    name: '-',
    kind: 'SERVICE',
    processingClass: 'COMMITTED',
    statutory: null,
    legalBasis: '-',
    department: '-',
    delegableTo: [],
    feeSchedule: null,
    bundle: null,
    note: null,
    verified: true,
    status: 'IN_FORCE',
    effectiveFrom: '2000-01-01',
    effectiveTo: null,
    standard: { promised: { days: 0, unit: 'WORKDAY' }, materials: [], maxVisits: 0 },
  });
}
