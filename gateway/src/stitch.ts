import type { MergedTypeConfig, SubschemaConfig } from '@graphql-tools/delegate';
import { stitchSchemas } from '@graphql-tools/stitch';
import type { Executor } from '@graphql-tools/utils';
import { MapperKind, filterSchema, mapSchema, pruneSchema, relocatedError } from '@graphql-tools/utils';
import type { Divisions } from '@liandong/schema/kernel';
import { ProblemError } from '@liandong/schema/kernel';
import { signals } from '@liandong/schema/domains/signals';
import type { RoleName } from '@liandong/schema/wire';
import { roleSchema, textFaults } from '@liandong/schema/graph';
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import {
  GraphQLError,
  GraphQLScalarType,
  defaultFieldResolver,
  isScalarType,
  isSpecifiedScalarType,
  responsePathAsArray,
} from 'graphql';
import { divisionsSchema } from './divisions.ts';
import type { MergedType, RoleConfig } from './roles.ts';
import { ROLE_LIST } from './roles.ts';
import type { OpenSignals } from './signals/index.ts';
import { signalSubscription } from './signals/index.ts';

/** The subschema of one role. Tests pass an executor of their own, the program passes the routed one. */
export function roleSubschema(role: RoleConfig, executor: Executor): SubschemaConfig {
  const merge = Object.fromEntries(
    Object.entries(role.merge).map(([type, { selectionSet, lookup: fieldName, key }]: [string, MergedType]) => [
      type,
      { selectionSet, fieldName, key, argsFromKeys: (keys) => ({ keys }) } satisfies MergedTypeConfig,
    ]),
  );
  return { name: role.name, schema: roleSchema(role.name), executor, merge };
}

/**
 * The whole graph: one subschema a role, so that their number does not grow with the nodes. The batched lookups that
 * merge types are hidden from users.
 * @param opens streams of new signals: nodes answer questions only
 */
export function stitchRoles(
  divisions: Divisions,
  executorOf: (role: RoleConfig) => Executor,
  opens: OpenSignals,
): GraphQLSchema {
  const places: SubschemaConfig = {
    name: 'divisions',
    schema: divisionsSchema(divisions),
    merge: {
      Division: {
        selectionSet: '{ code }',
        fieldName: '_divisions',
        key: ({ code }: { code: string }) => code,
        argsFromKeys: (codes) => ({ codes }),
      },
    },
  };
  const subschemas = new Map(ROLE_LIST.map((role) => [role.name, roleSubschema(role, executorOf(role))]));
  const stitched = stitchSchemas({
    subschemas: [...subschemas.values(), places],
    ...signalSubscription(ofRole(subschemas, signals.role), opens),
    assumeValid: true,
  });
  return hideLookups(placeErrors(checkTexts(checkScalars(stitched))));
}

function ofRole(subschemas: ReadonlyMap<RoleName, SubschemaConfig>, role: RoleName): SubschemaConfig {
  const subschema = subschemas.get(role);
  if (!subschema) throw new Error(`no subschema for role ${role}`);
  return subschema;
}

/**
 * Stitched scalars accept any value. With the roles' own checks an invalid day is refused here, before any node is
 * asked.
 */
function checkScalars(schema: GraphQLSchema): GraphQLSchema {
  const own = new Map(
    ROLE_LIST.flatMap(({ name }) => Object.entries(roleSchema(name).getTypeMap())).filter(([, type]) =>
      isScalarType(type),
    ) as [string, GraphQLScalarType][],
  );
  return mapSchema(schema, {
    [MapperKind.SCALAR_TYPE]: (type) => {
      const scalar = own.get(type.name);
      if (!scalar || isSpecifiedScalarType(type)) return type;
      const { parseValue, parseLiteral } = scalar;
      return new GraphQLScalarType({ ...type.toConfig(), parseValue, parseLiteral });
    },
  });
}

/**
 * Refuses texts that no node could store, as the nodes do, before any node is asked. A mutation's refusal comes as
 * data.
 */
function checkTexts(schema: GraphQLSchema): GraphQLSchema {
  const mutation = schema.getMutationType()?.name;
  return mapSchema(schema, {
    [MapperKind.ROOT_FIELD]: (field, _name, root) => {
      const resolve: GraphQLFieldResolver<unknown, unknown> = field.resolve ?? defaultFieldResolver;
      const args = Object.entries(field.args ?? {}).map(([name, { type }]) => ({ name, type }));
      field.resolve = (source, given, context, info) => {
        const [first, ...rest] = textFaults(args, given);
        if (!first) return resolve(source, given, context, info);
        if (root === mutation) return { errors: [first, ...rest] };
        throw new ProblemError([first, ...rest]);
      };
      return field;
    },
  });
}

/**
 * Gives every error its place in the answer: a merged type below a list loses the list's index on its way through the
 * subschemas.
 */
function placeErrors(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (field) => {
      const resolve: GraphQLFieldResolver<unknown, unknown> = field.resolve ?? defaultFieldResolver;
      field.resolve = async (source, args, context, info) => {
        const place = (error: unknown): unknown =>
          error instanceof GraphQLError ? relocatedError(error, responsePathAsArray(info.path)) : error;
        try {
          const value: unknown = await resolve(source, args, context, info);
          return value instanceof Error ? place(value) : value;
        } catch (error) {
          throw place(error);
        }
      };
      return field;
    },
  });
}

/** Removes fields that only the stitching asks for, which begin with `_`, and the inputs of their keys. */
export function hideLookups(schema: GraphQLSchema): GraphQLSchema {
  const shown = (name: string | undefined) => !name?.startsWith('_');
  const filtered = filterSchema({
    schema,
    rootFieldFilter: (_operation, field) => shown(field),
    objectFieldFilter: (_type, field) => shown(field),
  });
  return pruneSchema(filtered);
}
