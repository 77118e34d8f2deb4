import { roleSchema } from '@liandong/schema/graph';
import { buildSchema, isInputObjectType, isObjectType, parse, printType, validate } from 'graphql';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ROLE_LIST } from './roles.ts';
import { hideLookups, stitchRoles } from './stitch.ts';
import { NO_STREAMS } from './testing/no-streams.ts';
import { CITY, COUNTY, MemoryFederation, NOWHERE, asked, realDivisions } from './testing/memory-federation.ts';

let federation: MemoryFederation;

beforeAll(async () => {
  federation = await MemoryFederation.open();
});
afterEach(() => federation.reset());

describe('places', () => {
  test('have names and tiers from the register, with their parents and the places below them, without asking any host', async () => {
    const query = `{ division(code: "${COUNTY}") { code name tier parent { code tier } } divisions(parent: "${COUNTY}") { code tier parent { code } } }`;
    const { data } = await federation.ask(query, {}, null);
    const children = realDivisions().children(COUNTY);
    expect(data).toEqual({
      division: {
        code: COUNTY,
        name: '三门县',
        tier: 'COUNTY',
        parent: { code: CITY, tier: 'CITY' },
      },
      divisions: children.map(({ code }) => ({ code, tier: 'TOWNSHIP', parent: { code: COUNTY } })),
    });
    expect(asked(federation.hosts)).toEqual([]);
  });

  test('that are none are null, and so is the parent of the city', async () => {
    const query = `{ nowhere: division(code: "${NOWHERE}") { name } division(code: "${CITY}") { parent { name } } }`;
    const { data, errors } = await federation.ask(query, {}, null);
    expect(data).toEqual({ nowhere: null, division: { parent: null } });
    expect(errors).toHaveLength(1);
  });
});

describe('the public schema', () => {
  test('hides the lookups that put types together, and the inputs of their keys', () => {
    const types = Object.values(federation.schema.getTypeMap()).filter((type) => !type.name.startsWith('__'));
    const fields = types.flatMap((type) =>
      isObjectType(type) || isInputObjectType(type) ? Object.keys(type.getFields()) : [],
    );
    expect(fields.filter((name) => name.startsWith('_'))).toEqual([]);
    const inputs = types.filter(isInputObjectType).map((type) => type.name);
    expect(inputs.filter((name) => name.endsWith('Key'))).toEqual([]);
  });

  test.each([
    '{ _filing(keys: []) { id } }',
    '{ _divisions(codes: []) { name } }',
    '{ catalog(division: "1") { nodes { item { _via } } } }',
  ])('does not answer %s', (query) => {
    expect(validate(federation.schema, parse(query))).not.toEqual([]);
  });

  test('shows every other root field and every other field of every role', () => {
    for (const { name } of ROLE_LIST) {
      for (const type of Object.values(roleSchema(name).getTypeMap())) {
        if (!isObjectType(type) || type.name.startsWith('__')) continue;
        const shown = federation.schema.getType(type.name);
        const fields = isObjectType(shown) ? Object.keys(shown.getFields()) : [];
        expect(fields).toEqual(expect.arrayContaining(Object.keys(type.getFields()).filter((f) => !f.startsWith('_'))));
      }
    }
  });

  test('says what each type is, as the roles do', () => {
    const told = ROLE_LIST.flatMap(({ name }) => Object.values(roleSchema(name).getTypeMap()));
    const shown = told.filter((type) => type.description).map((type) => federation.schema.getType(type.name));
    expect(shown.filter((type) => type && !type.description).map((type) => type?.name)).toEqual([]);
  });

  test.each([
    ['as a literal', 'query { %}', {}],
    ['as a variable', 'query ($day: Date) { %}', { day: 'soon' }],
  ])('refuses a day that is none %s, and asks no host', async (how, query, variables) => {
    const field = `standardization(division: "${COUNTY}", from: ${how === 'as a literal' ? '"soon"' : '$day'}) { present { items } }`;
    const { data, errors } = await federation.ask(query.replace('%', field), variables, null);
    expect(data ?? null).toBeNull();
    expect(errors).toMatchObject([{ message: expect.stringContaining('A Date is a day') }]);
    expect(asked(federation.hosts)).toEqual([]);
  });

  test('has as many subschemas as there are roles, whatever the number of nodes', () => {
    const executors: string[] = [];
    stitchRoles(
      realDivisions(),
      (role) => {
        executors.push(role.name);
        return () => {
          throw new Error('no host is asked');
        };
      },
      NO_STREAMS,
    );
    expect(executors).toEqual(ROLE_LIST.map((role) => role.name));
  });

  test('loses nothing that does not begin with an underscore', () => {
    const schema = buildSchema(
      'input ThingKey { at: ID! } type Thing { a: Int _b: Int } type Query { thing: Thing _thing(keys: [ThingKey!]!): [Thing] }',
    );
    const hidden = hideLookups(schema);
    const thing = hidden.getType('Thing');
    expect(thing && printType(thing)).toBe('type Thing {\n  a: Int\n}');
    expect(Object.keys(hidden.getQueryType()?.getFields() ?? {})).toEqual(['thing']);
    expect(hidden.getType('ThingKey')).toBeUndefined();
  });
});
