import type { Problem } from '../../kernel/errors.ts';
import { ONLINE_DEPTHS } from '../catalogue/item-words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Implementation, Item, MaterialRequirement } from '../catalogue/catalogue.ts';
import { scheduleOf } from '../catalogue/catalogue.ts';
import { sameData } from '../item-life/item-diff.ts';
import type { Limit } from '../../kernel/limits.ts';
import { notLonger } from '../../kernel/limits.ts';

type Elements = Pick<
  Implementation,
  'promised' | 'greenChannel' | 'urgent' | 'materials' | 'maxVisits' | 'conditions' | 'feeSchedule'
>;
/** Limits shorter than the promise. */
const SHORTER = ['greenChannel', 'urgent'] as const;

/**
 * Better, never worse (只优不劣): an implementation may ask for less than the basic catalogue and than the level above,
 * never for more: no longer promise, no further material, visit, condition or fee.
 * Source: {@link ARTICLES.neverWorse}; promise within the statute: 行政许可法 Art. 42; fees need a law: Art. 58.
 * @param above the implementation of the nearest level above that has one; null where none has
 * @returns every fault at once, each with the field it is in; none when the implementation may stand
 */
export function implementationFaults(
  implementation: Implementation,
  item: Item,
  above: Implementation | null,
): Problem[] {
  const standard: Elements = { ...item.standard, feeSchedule: item.feeSchedule };
  const faults = worseThan(implementation, standard, `the city's standard`);
  const fault = (field: string, message: string, article: string = ARTICLES.neverWorse): void => {
    if (!faults.some((f) => f.field === field)) faults.push(worse(field, message, article));
  };
  if (item.statutory && !notLonger(implementation.promised, item.statutory)) {
    fault(
      'promised',
      `${said(implementation.promised)} is above the statute's ${said(item.statutory)}.`,
      ARTICLES.decisionLimit,
    );
  }
  for (const field of SHORTER) {
    const limit = implementation[field];
    if (limit && !notLonger(limit, implementation.promised)) {
      fault(field, `${said(limit)} is above the promise, ${said(implementation.promised)}.`);
    }
  }
  if (above) {
    const bound: Elements = { ...above, feeSchedule: scheduleOf(item, above) };
    for (const f of worseThan(implementation, bound, `what ${above.node} does`)) fault(f.field ?? '', f.message);
    if (depthOf(implementation) < depthOf(above)) {
      fault(
        'onlineDepth',
        `${implementation.onlineDepth ?? 'none'} is shallower than ${above.node}'s ${above.onlineDepth}.`,
      );
    }
  }
  return faults;
}

function worseThan(own: Elements, bound: Elements, whose: string): Problem[] {
  const faults: Problem[] = [];
  const fault = (field: string, message: string, article: string = ARTICLES.neverWorse): void => {
    faults.push(worse(field, message, article));
  };
  if (!notLonger(own.promised, bound.promised)) {
    fault('promised', `${said(own.promised)} is longer than ${whose}, ${said(bound.promised)}.`);
  }
  for (const field of SHORTER) {
    const [limit, most] = [own[field], bound[field]];
    if (most && !(limit && notLonger(limit, most))) {
      fault(field, `${limit ? said(limit) : 'nothing'} is less than ${whose}, ${said(most)}.`);
    }
  }
  own.materials.forEach((material, i) => {
    const asked = bound.materials.find((m) => m.name === material.name);
    if (!asked) fault(`materials.${i}.name`, `"${material.name}" is asked for beyond ${whose}.`);
    else if (burden(material) > burden(asked)) {
      fault(`materials.${i}`, `"${material.name}" is harder on the applicant than ${whose}.`);
    }
  });
  if (own.maxVisits > bound.maxVisits) {
    fault('maxVisits', `${own.maxVisits} visits are more than ${whose}, ${bound.maxVisits}.`);
  }
  // without conditions in the standard, the node may set its own; otherwise the standard's list is complete
  if (bound.conditions.length > 0) {
    own.conditions.forEach((condition, i) => {
      if (!bound.conditions.includes(condition))
        fault(`conditions.${i}`, `"${condition}" is a condition beyond ${whose}.`);
    });
  }
  if (own.feeSchedule && isDearer(own.feeSchedule, bound.feeSchedule)) {
    fault('feeSchedule', `The fee is above ${whose}.`, ARTICLES.feesByLaw);
  }
  return faults;
}

/** The applicant's effort for a material: none (held, shared, checked by an agency), possible, certain. */
function burden({ required, providedBy, held }: MaterialRequirement): number {
  if (held || providedBy !== 'APPLICANT') return 0;
  return required ? 2 : 1;
}

type Fee = NonNullable<Item['feeSchedule']>;

function isDearer(fee: Fee, bound: Fee | null): boolean {
  if (bound === null) return fee.baseFen === null || fee.baseFen > 0;
  if (fee.unit !== bound.unit) return true;
  if (bound.baseFen === null ? false : fee.baseFen === null || fee.baseFen > bound.baseFen) return true;
  // a category the bound does not name pays the share of its first category, the general one
  const general = bound.rates[0]?.percent ?? 100;
  return fee.rates.some(
    ({ category, percent }) => percent > (bound.rates.find((r) => r.category === category)?.percent ?? general),
  );
}

function depthOf({ onlineDepth }: Implementation): number {
  return onlineDepth === null ? -1 : ONLINE_DEPTHS.indexOf(onlineDepth);
}

function said({ days, unit }: Limit): string {
  return `${days} ${unit === 'WORKDAY' ? 'working days' : 'days'}`;
}

function worse(field: string, message: string, article: string): Problem {
  return { code: 'IMPLEMENTATION_WORSE', message, article, field, node: null };
}

/**
 * A node's implementation after a new version of its item. The node's own improvements stay, elements taken from the
 * former standard follow the new one, and an element worse than the new standard is replaced by it.
 * @param former the version of the item the implementation was made for; null if this node does not have it
 */
export function followItem(before: Implementation, former: Item | null, item: Item): Implementation {
  const next: Implementation = { ...before, itemVersion: item.version, version: before.version + 1 };
  const was = former?.standard;
  const kept = was ? { ...next } : { ...next, ...item.standard };
  if (was) {
    if (sameData(before.promised, was.promised)) kept.promised = item.standard.promised;
    for (const field of SHORTER) if (sameData(before[field], was[field])) kept[field] = item.standard[field];
    if (sameData(before.materials, was.materials)) kept.materials = item.standard.materials;
    if (before.maxVisits === was.maxVisits) kept.maxVisits = item.standard.maxVisits;
    if (sameData(before.conditions, was.conditions)) kept.conditions = item.standard.conditions;
  }
  for (const { field } of implementationFaults(kept, item, null)) {
    const [element] = (field ?? '').split('.');
    if (element === 'feeSchedule') kept.feeSchedule = null;
    else if (element === 'promised') kept.promised = item.standard.promised;
    else if (element === 'materials') kept.materials = item.standard.materials;
    else if (element === 'maxVisits') kept.maxVisits = item.standard.maxVisits;
    else if (element === 'conditions') kept.conditions = item.standard.conditions;
  }
  for (const field of SHORTER) {
    const most = item.standard[field];
    const limit = kept[field] && most && !notLonger(kept[field], most) ? most : (kept[field] ?? most);
    kept[field] = limit && !notLonger(limit, kept.promised) ? kept.promised : limit;
  }
  return kept;
}
