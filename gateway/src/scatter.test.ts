import { roleSchema } from '@liandong/schema/graph';
import fc from 'fast-check';
import type { GraphQLFieldResolver } from 'graphql';
import { buildSchema, execute, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Asked } from './scatter.ts';
import { argumentType, rootFieldsOf } from './scatter.ts';

const schema = buildSchema(`
  type Query {
    thing(id: ID!, deep: Deep, tag: Tag): Thing
    things(keys: [Key!]!, shout: Boolean = false): [Thing]
    plain: String
  }
  type Mutation { make(id: ID!): Thing }
  type Thing { id: ID, text(times: Int = 1): String, next: Thing, all: [Thing!] }
  input Deep { list: [Int], inner: Deep, text: String }
  input Key { id: ID!, at: ID! }
  enum Tag { RED GREEN }
`);

/** Every field returns its own arguments, so that equal answers mean equal questions. */
const fieldResolver: GraphQLFieldResolver<{ name: string } | undefined, unknown, Record<string, unknown>> = (
  source,
  args,
  _context,
  info,
) => {
  // each item of a lookup is asked with its own key alone
  const { keys, ...others } = args;
  const name = `${source?.name ?? ''}/${info.fieldName}(${JSON.stringify(others)})`;
  switch (info.fieldName) {
    case 'things':
      return (keys as unknown[]).map((key) => ({ name: `${name}${JSON.stringify(key)}` }));
    case 'all':
      return [{ name: `${name}0` }, { name: `${name}1` }];
    case 'thing':
    case 'make':
    case 'next':
      return { name };
    default:
      return name;
  }
};

const run = (document: string, variableValues: Record<string, unknown>) => {
  const parsed = parse(document);
  expect(validate(schema, parsed)).toEqual([]);
  return execute({ schema, document: parsed, variableValues, fieldResolver });
};

const fieldsOf = (document: string, variables: Record<string, unknown> = {}) =>
  rootFieldsOf(parse(document), variables);

/** Asks each root field of a document alone, and merges the answers. */
const runApart = async (
  document: string,
  variables: Record<string, unknown>,
  question: (field: ReturnType<typeof fieldsOf>[number]) => Asked = (field) => field.alone(),
) => {
  const data: Record<string, unknown> = {};
  for (const field of fieldsOf(document, variables)) {
    const { query, variables: needed } = question(field);
    const result = await run(query, needed);
    expect(result.errors).toBeUndefined();
    Object.assign(data, result.data);
  }
  return data;
};

describe('taking a request apart', () => {
  test('finds each root field with its name, its place in the answer and the values of its arguments', () => {
    const document = `query($id: ID!, $n: Int) {
      thing(id: $id, deep: { list: [1, $n], inner: { text: "a" } }, tag: RED) { id }
      other: thing(id: "2") { id }
      plain
    }`;
    const fields = fieldsOf(document, { id: '1', n: 7 });
    expect(fields.map(({ responseKey, name, args }) => ({ responseKey, name, args }))).toEqual([
      {
        responseKey: 'thing',
        name: 'thing',
        args: { id: '1', deep: { list: [1, 7], inner: { text: 'a' } }, tag: 'RED' },
      },
      { responseKey: 'other', name: 'thing', args: { id: '2' } },
      { responseKey: 'plain', name: 'plain', args: {} },
    ]);
  });

  test('looks into fragments at the root, named and inline', () => {
    const document = `query { ...A ... on Query { b: plain ... { c: plain } } }
      fragment A on Query { a: plain ...D }
      fragment D on Query { d: plain }`;
    expect(fieldsOf(document).map((field) => field.responseKey)).toEqual(['a', 'd', 'b', 'c']);
  });

  test('finds nothing in a document without an operation', () => {
    expect(fieldsOf('fragment A on Query { plain }')).toEqual([]);
  });

  test('leaves an argument out whose variable was not given', () => {
    const [field] = fieldsOf('query($id: ID!, $tag: Tag) { thing(id: $id, tag: $tag) { id } }', { id: '1' });
    expect(field?.args['tag']).toBeUndefined();
    expect(field?.alone().variables).toEqual({ id: '1' });
  });
});

describe('asking for one root field alone', () => {
  const document = `query Both($a: ID!, $b: ID!, $times: Int = 2, $unused: Boolean = true) {
    first: thing(id: $a) { ...Words }
    second: thing(id: $b) { id @include(if: $unused) }
  }
  fragment Words on Thing { id ...More }
  fragment More on Thing { text(times: $times) }`;
  const variables = { a: '1', b: '2', times: 3, unused: true };

  test('takes the fragments and variables along that it uses, also by way of other fragments, and no others', () => {
    const [first, second] = fieldsOf(document, variables).map((field) => field.alone());
    expect(first?.variables).toEqual({ a: '1', times: 3 });
    expect(first?.query).toMatch(/fragment Words[^]*fragment More/);
    expect(second?.variables).toEqual({ b: '2', unused: true });
    expect(second?.query).not.toContain('fragment');
  });

  test('gives the same text for the same question, whatever the values, so that hosts know it again', () => {
    const [here, there] = [variables, { ...variables, a: '9', times: 1 }].map((v) => fieldsOf(document, v)[0]?.alone());
    expect(here?.query).toBe(there?.query);
  });

  test('keeps the kind of the operation', async () => {
    const made = 'mutation($id: ID!) { one: make(id: $id) { id } two: make(id: "2") { id } }';
    expect(await runApart(made, { id: '1' })).toEqual((await run(made, { id: '1' })).data);
  });

  test('keeps default values', async () => {
    const { a, b } = variables;
    expect(await runApart(document, { a, b })).toEqual((await run(document, { a, b })).data);
  });

  test('is the same for recursive use of one fragment from two fields', async () => {
    const shared = `query($t: Int) { a: thing(id: 1) { ...W } b: thing(id: 2) { ...W next { ...W } } }
      fragment W on Thing { text(times: $t) }`;
    expect(await runApart(shared, { t: 2 })).toEqual((await run(shared, { t: 2 })).data);
  });
});

describe('asking with keys of a variable', () => {
  const document = 'query($keys: [Key!]!, $shout: Boolean) { some: things(keys: $keys, shout: $shout) { id } }';
  const keys = [
    { id: '1', at: 'x' },
    { id: '2', at: 'y' },
  ];

  test('replaces the one argument and leaves the others', async () => {
    const [field] = fieldsOf(document, { keys, shout: true });
    const asked = field?.keyed('keys', '[Key!]!');
    expect(asked?.variables).toEqual({ shout: true });
    const subset = { ...asked?.variables, [asked?.keysVariable ?? '']: keys.slice(1) };
    const { data } = await run(asked?.query ?? '', subset);
    expect(data).toEqual((await run(document, { keys: keys.slice(1), shout: true })).data);
  });

  test('works for keys that were written out', async () => {
    const inline = '{ things(keys: [{ id: "1", at: "x" }, { id: "2", at: "y" }]) { id } }';
    const whole = await run(inline, {});
    const apart = await runApart(inline, {}, (field) => {
      const { query, variables, keysVariable } = field.keyed('keys', '[Key!]!');
      return { query, variables: { ...variables, [keysVariable]: field.args['keys'] } };
    });
    expect(apart).toEqual(whole.data);
  });
});

test('keys travel under a name that the request has not taken', async () => {
  const taken = 'query($_keys: Boolean, $k: [Key!]!) { things(keys: $k, shout: $_keys) { id } }';
  const k = [{ id: '1', at: 'x' }];
  const apart = await runApart(taken, { k, _keys: true }, (field) => {
    const { query, variables, keysVariable } = field.keyed('keys', '[Key!]!');
    return { query, variables: { ...variables, [keysVariable]: k } };
  });
  expect(apart).toEqual((await run(taken, { k, _keys: true })).data);
});

describe("an argument's type", () => {
  test('is printed as the role has it', () => {
    expect(argumentType(roleSchema('handling'), '_handling', 'keys')).toBe('[HandlingKey!]!');
    expect(argumentType(roleSchema('implementation'), '_implementations', 'keys')).toBe('[ImplementationKey!]!');
  });

  test.each([
    ['_handling', 'nothing'],
    ['nothing', 'keys'],
  ])('cannot be had for %s(%s:)', (field, argument) => {
    expect(() => argumentType(roleSchema('handling'), field, argument)).toThrow(Error);
  });
});

describe('any request', () => {
  const VARIABLES = {
    id: '7',
    times: 4,
    yes: true,
    no: false,
    text: 'text of a variable',
    keys: [{ id: '1', at: 'x' }],
  };
  const HEAD =
    'query Any($id: ID! = "d", $times: Int, $yes: Boolean!, $no: Boolean = false, $text: String, $keys: [Key!]! = [])';

  const directive = fc.constantFrom(
    '',
    '',
    '',
    ' @include(if: $yes)',
    ' @skip(if: $yes)',
    ' @skip(if: $no)',
    ' @include(if: $no)',
  );
  const alias = (prefix: string) => fc.nat({ max: 9 }).map((n) => `${prefix}${n}`);
  const times = fc.constantFrom('', '(times: 2)', '(times: $times)');

  const { selection } = fc.letrec<{ selection: string; field: string }>((tie) => ({
    field: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.tuple(alias('i'), directive).map(([a, d]) => `${a}: id${d}`),
      fc.tuple(alias('t'), times, directive).map(([a, t, d]) => `${a}${t.length}${d.length}: text${t}${d}`),
      fc.constant('...Leaf'),
      fc.constant('... on Thing { id ...Branch }'),
      fc.tuple(alias('n'), directive, tie('selection')).map(([a, d, s]) => `${a}: next${d} ${s}`),
      fc.tuple(alias('a'), tie('selection')).map(([a, s]) => `${a}: all ${s}`),
    ),
    selection: fc
      .array(tie('field'), { minLength: 1, maxLength: 3 })
      // a name may stand for one question only, so a repeated alias goes below an inline fragment's field
      .map((fields) => `{ ${[...new Map(fields.map((f) => [f.split(':', 1).join(), f])).values()].join(' ')} }`),
  }));

  const deep = fc.constantFrom(
    '',
    ', deep: { list: [1, $times], inner: { text: $text } }',
    ', deep: { text: "a \\"b\\"" }, tag: GREEN',
  );
  const root = fc.oneof(
    fc
      .tuple(fc.constantFrom('$id', '"1"', '1'), deep, directive, selection)
      .map(([id, d, on, s]) => `thing(id: ${id}${d})${on} ${s}`),
    fc
      .tuple(fc.constantFrom('$keys', '[{ id: $id, at: "y" }]', '[]'), fc.constantFrom('', ', shout: $yes'), selection)
      .map(([keys, shout, s]) => `things(keys: ${keys}${shout}) ${s}`),
    fc.constant('plain'),
  );
  /** Root fields, each under its own name, some of them below fragments. */
  const document = fc
    .array(fc.tuple(root, fc.constantFrom('bare', 'inline', 'spread')), { minLength: 1, maxLength: 5 })
    .map((roots) => {
      const fragments: string[] = [];
      const fields = roots.map(([text, where], i) => {
        const field = `r${i}: ${text}`;
        if (where === 'bare') return field;
        if (where === 'inline') return `... on Query { ${field} }`;
        fragments.push(`fragment Root${i} on Query { ${field} }`);
        return `...Root${i}`;
      });
      const all = [
        ...fragments,
        'fragment Leaf on Thing { leaf: text(times: $times) }',
        'fragment Branch on Thing { twig: next { ...Leaf } }',
      ];
      return `${HEAD} { ${fields.join(' ')} all: thing(id: $id) { ...Leaf ...Branch } ${USE_ALL} }\n${all.join('\n')}`;
    });
  /** Uses every variable, so that none is refused as unused. */
  const USE_ALL =
    'use: thing(id: $id, deep: { text: $text }) { id @skip(if: $no) x: id @include(if: $yes) } uses: things(keys: $keys) { id }';

  test('gives the same data taken apart and asked piece by piece as asked whole', async () => {
    await fc.assert(
      fc.asyncProperty(document, fc.subarray(['times', 'text', 'no', 'keys', 'id'] as const), async (text, left) => {
        const variables = Object.fromEntries(
          Object.entries(VARIABLES).filter(([name]) => !left.some((l) => l === name) || name === 'yes'),
        );
        const whole = await run(text, variables);
        expect(whole.errors).toBeUndefined();
        expect(await runApart(text, variables)).toEqual(whole.data);
      }),
      { numRuns: 80 },
    );
  });

  test('names the keys of each lookup in full, so that asking for any split of them gives the same items', async () => {
    const keys = fc.array(fc.record({ id: fc.string(), at: fc.constantFrom('x', 'y', 'z') }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(keys, selection, async (given, fields) => {
        const text = `query($keys: [Key!]!, $times: Int, $yes: Boolean!, $no: Boolean!) { got: things(keys: $keys) ${fields}
          use: thing(id: 1) { ...Leaf ...Branch id @skip(if: $no) x: id @include(if: $yes) } }
          fragment Leaf on Thing { leaf: text(times: $times) } fragment Branch on Thing { twig: next { ...Leaf } }`;
        const variables = { keys: given, times: 2, yes: true, no: false };
        const whole = await run(text, variables);
        const [field] = fieldsOf(text, variables);
        expect(field?.args['keys']).toEqual(given);
        const asked = field?.keyed('keys', '[Key!]!');
        const items = await Promise.all(
          given.map(async (key) => {
            const alone = await run(asked?.query ?? '', { ...asked?.variables, [asked?.keysVariable ?? '']: [key] });
            const got = alone.data?.['got'];
            return Array.isArray(got) ? (got[0] as unknown) : got;
          }),
        );
        expect(items).toEqual(whole.data?.['got']);
      }),
      { numRuns: 40 },
    );
  });
});
