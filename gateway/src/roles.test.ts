import { roleSchema } from '@liandong/schema/graph';
import type { GraphQLField, GraphQLInputType, GraphQLSchema } from 'graphql';
import {
  NoUnusedFragmentsRule,
  coerceInputValue,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import type { MergedType, RoleConfig, Route } from './roles.ts';
import { ROLES, ROLE_LIST } from './roles.ts';
import { CITY, COUNTY, ITEM, VILLAGE } from './testing/memory-federation.ts';

/** Validation rules for a selection, which is checked as an unused fragment. */
const RULES = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);

/** Questions about the viewer's own: rights on a case, wherever it is, uploads, signals and projects. The viewer's desk answers them. */
const OF_THE_ASKER = ['steps', 'upload', 'signals', 'myProjects', 'myEnterprises'];

const rootFields = (schema: GraphQLSchema): GraphQLField<unknown, unknown>[] =>
  [schema.getQueryType(), schema.getMutationType()].flatMap((type) => Object.values(type?.getFields() ?? {}));

const routed = ROLE_LIST.flatMap((role) =>
  Object.entries(role.routes).map(([field, route]) => ({ role: role.name, field, route })),
);
const merged = ROLE_LIST.flatMap((role) =>
  Object.entries(role.merge).map(([type, config]) => ({ role, name: role.name, type, config })),
);

const argumentOf = (role: RoleConfig['name'], field: string, argument: string): GraphQLInputType => {
  const found = rootFields(roleSchema(role))
    .find((f) => f.name === field)
    ?.args.find((a) => a.name === argument);
  if (!found) throw new Error(`${role}.${field} has no argument ${argument}`);
  return found.type;
};

const inputFieldOf = (type: GraphQLInputType, name: string): GraphQLInputType => {
  const named = getNamedType(type);
  const found = isInputObjectType(named) ? named.getFields()[name] : undefined;
  if (!found) throw new Error(`${String(type)} has no field ${name}`);
  return found.type;
};

/** The type of the list element a batched lookup takes as a key. */
const keyTypeOf = (role: RoleConfig['name'], route: Route & { by: 'keys' }, field: string): GraphQLInputType => {
  const list = getNullableType(argumentOf(role, field, route.argument));
  if (!isListType(list)) throw new Error(`${field} takes no list of keys`);
  return list.ofType;
};

const mergeOf = (role: keyof typeof ROLES, type: string): MergedType => {
  const config = ROLES[role].merge[type];
  if (!config) throw new Error(`${role} has no part of ${type}`);
  return config;
};

describe('every role', () => {
  test.each(ROLE_LIST.map((role) => role.name))(
    '%s has a route for each of its root fields and for nothing else',
    (name) => {
      const fields = rootFields(roleSchema(name)).map((field) => field.name);
      expect(Object.keys(ROLES[name].routes).sort()).toEqual(fields.sort());
    },
  );

  test('keeps its root fields to itself, so that each question has one owner', () => {
    const fields = ROLE_LIST.flatMap((role) => Object.keys(role.routes));
    expect(fields).toHaveLength(new Set(fields).size);
  });
});

describe('a route', () => {
  test.each(routed.filter(({ route }) => route.by === 'prefix'))(
    '$role.$field names an argument that holds a case id or number',
    ({ role, field, route }) => {
      if (route.by !== 'prefix') throw new Error('not by prefix');
      const type = argumentOf(role, field, route.argument);
      expect(isNonNullType(type)).toBe(true);
      expect(['ID', 'String']).toContain(getNamedType(type).name);
    },
  );

  test.each(routed.filter(({ route }) => route.by === 'division'))(
    '$role.$field finds its division on a path of the arguments',
    ({ role, field, route }) => {
      if (route.by !== 'division') throw new Error('not by division');
      const [argument = '', ...steps] = route.path;
      const type = steps.reduce(inputFieldOf, argumentOf(role, field, argument));
      expect(getNamedType(type).name).toBe('ID');
      // a field whose division is optional needs the viewer's desk instead
      expect(route.otherwise === 'viewer' || isNonNullType(type)).toBe(true);
    },
  );

  test.each(routed.filter(({ route }) => route.by === 'subtree' || route.by === 'merged'))(
    '$role.$field names the division whose nodes are asked',
    ({ role, field, route }) => {
      if (route.by !== 'subtree' && route.by !== 'merged') throw new Error('not by subtree');
      const [argument = '', ...steps] = route.path;
      const type = steps.reduce(inputFieldOf, argumentOf(role, field, argument));
      expect([getNamedType(type).name, isNonNullType(type)]).toEqual(['ID', true]);
    },
  );

  test.each(routed.filter(({ route }) => route.by === 'keys'))(
    '$role.$field takes a list of keys, each with its own node, and answers with a list of the same length',
    ({ role, field, route }) => {
      if (route.by !== 'keys') throw new Error('not by keys');
      const key = keyTypeOf(role, route, field);
      expect(isNonNullType(inputFieldOf(key, 'at'))).toBe(true);
      expect(isNonNullType(inputFieldOf(key, 'via'))).toBe(false);
      const copy = route.copy === null ? [] : [getNamedType(inputFieldOf(key, route.copy)).name];
      expect(['Boolean']).toEqual(expect.arrayContaining(copy));
      const answer = getNullableType(rootFields(roleSchema(role)).find((f) => f.name === field)?.type);
      if (!isListType(answer)) throw new Error('no list');
      expect(isNonNullType(answer.ofType)).toBe(false);
    },
  );

  test.each(routed.filter(({ route }) => route.by === 'viewer'))(
    '$role.$field is a step or a question of a desk',
    ({ role, field }) => {
      const schema = roleSchema(role);
      const steps = Object.keys(schema.getMutationType()?.getFields() ?? {});
      // a question without a place is about the caller's own desk
      const named = schema.getQueryType()?.getFields()[field]?.args ?? [];
      expect(steps.includes(field) || named.length === 0 || OF_THE_ASKER.includes(field)).toBe(true);
    },
  );
});

describe('a merged type', () => {
  test.each(merged)('$type of $name is looked up by a field that gives lists of it', ({ role, type, config }) => {
    const route = role.routes[config.lookup];
    expect(route?.by).toBe('keys');
    const field = roleSchema(role.name).getQueryType()?.getFields()[config.lookup];
    if (!field) throw new Error('no such field');
    expect(getNamedType(field.type).name).toBe(type);
  });

  test.each(merged)('$type of $name needs nothing that a role with the type could not tell', ({ type, config }) => {
    const document = parse(`fragment Known on ${type} ${config.selectionSet}`);
    const holders = ROLE_LIST.filter((role) => isObjectType(roleSchema(role.name).getType(type)));
    expect(holders.length).toBeGreaterThan(1);
    for (const holder of holders) {
      const faults = validate(roleSchema(holder.name), document, RULES);
      expect(faults).toEqual([]);
    }
  });

  test.each(merged)('$type of $name makes keys the lookup takes', ({ role, config }) => {
    const route = role.routes[config.lookup];
    if (route?.by !== 'keys') throw new Error('not by keys');
    const known = {
      id: `${VILLAGE}-case-1`,
      code: ITEM,
      itemCode: ITEM,
      _custodian: COUNTY,
      node: { code: COUNTY },
      _via: VILLAGE,
    };
    const key = config.key(known);
    expect(() => coerceInputValue(key, keyTypeOf(role.name, route, config.lookup))).not.toThrow();
  });

  test.each(merged)(
    '$type has no field beyond its key that could empty the whole when its owner is dead',
    ({ type }) => {
      const keys = ['id', 'code', 'itemCode', 'node'];
      for (const { name } of ROLE_LIST) {
        const found = roleSchema(name).getType(type);
        if (!isObjectType(found)) continue;
        const strict = Object.values(found.getFields()).filter((f) => isNonNullType(f.type));
        expect(keys).toEqual(expect.arrayContaining(strict.map((f) => f.name)));
      }
    },
  );
});

describe('a key', () => {
  const known = { id: `${VILLAGE}-case-1`, _custodian: COUNTY };

  test('of an application stands at the node that took it in, and the custodian holds a copy', () => {
    expect(mergeOf('filing', 'Case').key(known)).toEqual({ id: known.id, at: VILLAGE, via: COUNTY });
  });

  test('of an application without a known custodian has no copy to go by', () => {
    expect(mergeOf('filing', 'Case').key({ id: known.id, _custodian: null })).toMatchObject({ at: VILLAGE, via: null });
  });

  test('of an application with an id that names no node is refused', () => {
    expect(() => mergeOf('filing', 'Case').key({ ...known, id: 'nothing' })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT' }),
    );
  });

  test("of a case's handling stands at the custodian, and the filing node holds a copy", () => {
    expect(mergeOf('handling', 'Case').key(known)).toEqual({ id: known.id, at: COUNTY, via: VILLAGE });
  });

  test('of an item stands at the city its code begins with', () => {
    expect(mergeOf('catalogue', 'Item').key({ code: ITEM, _via: COUNTY })).toEqual({
      code: ITEM,
      at: CITY,
      via: COUNTY,
    });
    expect(mergeOf('catalogue', 'Item').key({ code: '3302-GA-007', _via: null })).toMatchObject({
      at: '330200',
      via: null,
    });
  });

  test('of an implementation stands at the deciding node', () => {
    const key = mergeOf('implementation', 'Implementation').key;
    expect(key({ itemCode: ITEM, node: { code: COUNTY }, _via: VILLAGE })).toEqual({
      item: ITEM,
      node: COUNTY,
      at: COUNTY,
      via: VILLAGE,
    });
  });
});
