import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ROLE_SCHEMAS } from '@liandong/schema/wire';
import { parseDivisions } from '@liandong/schema/kernel';
import { roleSchema } from '@liandong/schema/graph';
import type { GraphQLSchema } from 'graphql';
import { isIntrospectionType, isSpecifiedScalarType, lexicographicSortSchema, printType } from 'graphql';
import { stitchRoles } from '../gateway/src/stitch.ts';
import { NO_STREAMS } from '../gateway/src/testing/no-streams.ts';

const DIVISIONS_FILE = fileURLToPath(new URL('../data/taizhou-divisions.csv', import.meta.url));
/** Root types belong to each schema and are never shared. */
const ROOTS = ['Query', 'Mutation', 'Subscription'];

/** Printed types by name. */
type Types = ReadonlyMap<string, string>;

/** The whole graph as the gateway stitches it. */
export async function wholeSchema(): Promise<GraphQLSchema> {
  const divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
  return stitchRoles(
    divisions,
    () => () => {
      throw new Error('only printed, never asked');
    },
    NO_STREAMS,
  );
}

/**
 * Every schema the project prints, by file name below schema/sdl. `shared.graphql` holds each type that several roles
 * define identically; a role's file holds its own types, and `whole.graphql` the rest of the whole graph.
 */
export async function printedSchemas(): Promise<Record<string, string>> {
  const roles = ROLE_SCHEMAS.map((role) => [role, typesOf(roleSchema(role))] as const);
  const shared = sharedTypes(roles.map(([, types]) => types));
  const without = (types: Types) => printed(new Map([...types].filter(([name, text]) => shared.get(name) !== text)));
  return {
    'shared.graphql': printed(shared),
    ...Object.fromEntries(roles.map(([role, types]) => [`${role}.graphql`, without(types)])),
    'whole.graphql': without(typesOf(await wholeSchema())),
  };
}

function typesOf(schema: GraphQLSchema): Types {
  const own = Object.values(lexicographicSortSchema(schema).getTypeMap()).filter(
    (type) => !isSpecifiedScalarType(type) && !isIntrospectionType(type),
  );
  return new Map(own.map((type) => [type.name, printType(type)]));
}

/** Types that more than one role defines, identically in all. */
function sharedTypes(roles: readonly Types[]): Types {
  const found = new Map<string, string[]>();
  for (const [name, text] of roles.flatMap((types) => [...types])) found.set(name, [...(found.get(name) ?? []), text]);
  const same = [...found].filter(
    ([name, texts]) => !ROOTS.includes(name) && texts.length > 1 && new Set(texts).size === 1,
  );
  return new Map(same.map(([name, [text = '']]) => [name, text]));
}

function printed(types: Types): string {
  const sorted = [...types].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${sorted.map(([, text]) => text).join('\n\n')}\n`;
}
