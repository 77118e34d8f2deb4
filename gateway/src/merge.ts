import { pageRequestOf, parseInput } from '@liandong/schema/graph';
import type { Merging } from '@liandong/schema/operation';
import type { NodePart } from '@liandong/schema/domains/subtree-cases';
import { casesPartSchema, pageAsked, pageOfParts, subtreeCases } from '@liandong/schema/domains/subtree-cases';
import type { Problem } from '@liandong/schema/kernel';
import { ProblemError } from '@liandong/schema/kernel';
import { isWayFault } from './failures.ts';
import type { AskMany, Gathered } from './gather.ts';
import { read } from './gather.ts';

type Merge = (args: Record<string, unknown>, nodes: readonly string[], ask: AskMany) => Promise<Gathered>;

/** How the parts of many nodes become one page, by root field. */
export const MERGINGS: Readonly<Record<Merging, Merge>> = { casesWithin };

/**
 * 辖区办件: one list over the work queues of many nodes.
 * @throws {ProblemError} BAD_INPUT, and what every node refuses it for
 */
async function casesWithin(args: Record<string, unknown>, nodes: readonly string[], ask: AskMany): Promise<Gathered> {
  const { division, filter = null } = parseInput(subtreeCases.operations.casesWithin.input, args);
  const asked = pageAsked({ division, filter }, pageRequestOf(args));
  const { first, from } = asked;
  const answers =
    nodes.length > 0 ? await ask('_casesWithin', nodes, { asked: JSON.stringify({ filter, first, from }) }) : [];
  const parts: NodePart[] = [];
  const silent: { node: string; found: Problem }[] = [];
  for (const answer of answers) {
    const found = read(casesPartSchema, answer);
    if ('code' in found) silent.push({ node: answer.node, found });
    else parts.push({ node: answer.node, ...found });
  }
  const refusal = parts.length > 0 ? undefined : silent.find(({ found }) => !isWayFault(found));
  if (refusal) throw new ProblemError([refusal.found]);
  return {
    page: pageOfParts(
      asked,
      parts,
      silent.map(({ node, found: { code } }) => ({ node, code })),
    ),
  };
}
