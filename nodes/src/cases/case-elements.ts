import type { CaseFile } from '@liandong/schema/case';
import type { DivisionCode, Divisions, ProblemError } from '@liandong/schema/kernel';
import type { Implementation, Item } from '@liandong/schema/domains/catalogue';
import { dayOf, problem } from '@liandong/schema/kernel';
import { standardImplementation } from '@liandong/schema/domains/catalogue';
import { findImplementation, findImplementations, findItem } from '../catalogue/index.ts';
import type { NodeQueries } from '../db/index.ts';
import { pipelined } from '../db/index.ts';

/** The node whose copies are read. */
interface House {
  node: DivisionCode;
  divisions: Divisions;
}

/**
 * The item and the implementation that govern a case: today's before acceptance, afterwards those it was accepted
 * under.
 * @throws {ProblemError} ITEM_UNKNOWN
 */
export async function caseElements(
  queries: NodeQueries,
  house: House,
  { acceptance, item: code, power }: CaseFile,
  now: Date,
): Promise<{ item: Item; implementation: Implementation }> {
  const at = acceptance ? { version: acceptance.itemVersion } : { today: dayOf(now) };
  const [item, implementation] = await pipelined(
    findItem(queries, code, at),
    acceptance
      ? findImplementation(queries, { item: code, node: acceptance.power, version: acceptance.implementationVersion })
      : newestImplementation(queries, code, power),
  );
  if (!item) throw unknownItem(house.node, code);
  return { item, implementation: implementation ?? (await implementationAt(queries, house, item, power)) };
}

async function newestImplementation(
  queries: NodeQueries,
  item: string,
  power: DivisionCode,
): Promise<Implementation | null> {
  const [known] = await findImplementations(queries, [{ item, node: power }]);
  return known ?? null;
}

/**
 * How an organ carries an item out. A desk that takes in for organs of another county (通办) knows only the city's
 * standard, which these organs may better and never worsen.
 * @throws {ProblemError} ITEM_UNKNOWN
 */
export async function implementationAt(
  queries: NodeQueries,
  { node, divisions }: House,
  item: Item,
  power: DivisionCode,
): Promise<Implementation> {
  const known = await newestImplementation(queries, item.code, power);
  if (known) return known;
  if (divisions.isWithin(node, power)) throw unknownItem(node, item.code);
  return standardImplementation(item, power, 1);
}

export function unknownItem(node: DivisionCode, code: string): ProblemError {
  return problem('ITEM_UNKNOWN', `${node} has no item ${code.slice(0, 60)} in its catalogue.`, { node, field: 'item' });
}
