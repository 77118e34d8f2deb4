import type { Day } from '../../kernel/calendar.ts';
import type { Tier } from '../../kernel/words.ts';
import { GRASSROOTS } from '../../operation/duties.ts';
import type { Item } from '../catalogue/catalogue.ts';
import type { Offices, ServiceWindow } from './rules.ts';
import { holdersOf, holdsOn } from './rules.ts';

/**
 * Whether a window serves people who come for an item on a day: it is authorized for a stage of it, it belongs to the
 * department or bureau that holds the item's power, or it is a township's comprehensive window, which serves all.
 */
export function serves(
  { authorities, transfers }: Pick<Offices, 'authorities' | 'transfers'>,
  window: ServiceWindow,
  item: Pick<Item, 'code' | 'department'>,
  tier: Tier,
  day: Day,
): boolean {
  if (!holdsOn(window, day)) return false;
  if (authorities.some((a) => a.window === window.code && a.item === item.code && holdsOn(a, day))) return true;
  if (window.department === null) return GRASSROOTS.includes(tier);
  return holdersOf(item, transfers, day).includes(window.department);
}
