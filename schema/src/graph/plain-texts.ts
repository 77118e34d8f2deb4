import type { GraphQLInputType, GraphQLSchema } from 'graphql';
import { getNamedType, isInputObjectType, isListType, isNonNullType } from 'graphql';
import type { Problem } from '../kernel/errors.ts';
import { ProblemError } from '../kernel/errors.ts';
import { unwritableIn } from '../kernel/plain-text.ts';
import { judgeFirst } from './root-fields.ts';

interface Argument {
  name: string;
  type: GraphQLInputType;
}

/**
 * A problem for every text and id among a root field's arguments with a forbidden character. Its field is the path in
 * the input, as {@link parseInput} names it.
 */
export function textFaults(args: readonly Argument[], given: Readonly<Record<string, unknown>>): Problem[] {
  return args.flatMap(({ name, type }) => faultsIn(type, given[name], name === 'input' ? [] : [name]));
}

/** Makes every root field refuse texts that could be neither stored nor written. */
export function refuseUnwritable(schema: GraphQLSchema): void {
  judgeFirst(schema, ({ args }) => {
    const written = args.filter(({ type }) => mayHoldText(type));
    return (given, context) => {
      const [first, ...rest] = textFaults(written, given);
      if (first) throw new ProblemError([first, ...rest]);
      return context;
    };
  });
}

function faultsIn(type: GraphQLInputType, value: unknown, path: readonly string[]): Problem[] {
  if (value === null || value === undefined) return [];
  if (isNonNullType(type)) return faultsIn(type.ofType, value, path);
  if (isListType(type)) {
    return (value as unknown[]).flatMap((entry, i) => faultsIn(type.ofType, entry, [...path, String(i)]));
  }
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).flatMap((field) =>
      faultsIn(field.type, (value as Record<string, unknown>)[field.name], [...path, field.name]),
    );
  }
  const sign = isText(type) && typeof value === 'string' ? unwritableIn(value) : null;
  if (sign === null) return [];
  const field = path.join('.');
  const message = `${field}: contains ${sign}, which no text may hold; write it anew.`;
  return [{ code: 'BAD_INPUT', message, article: null, field, node: null }];
}

/** days, instants and bytes have their own checks */
const isText = ({ name }: { name: string }) => name === 'String' || name === 'ID';

function mayHoldText(type: GraphQLInputType): boolean {
  const named = getNamedType(type);
  return isInputObjectType(named) || isText(named);
}
