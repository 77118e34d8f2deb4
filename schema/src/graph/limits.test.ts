import fc from 'fast-check';
import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { QueryLimits } from './limits.ts';
import { limitFaults } from './limits.ts';

const LIMITS: QueryLimits = { depth: 4, aliases: 3, aliasLength: 10, roots: 3, directives: 3, cost: 100 };
const faults = (query: string) => limitFaults(parse(query), LIMITS).map((error) => error.message);
const nested = (depth: number) => `${'{ a '.repeat(depth)}${'}'.repeat(depth)}`;

describe('a question is measured by', () => {
  test('its depth', () => {
    expect(faults(nested(4))).toEqual([]);
    expect(faults(nested(5))).toEqual(['The question is too deep; 4 is the most.']);
  });

  test('its depth through fragments, inline and named', () => {
    const named = (depth: number) => `{ ...F } fragment F on Q ${nested(depth)}`;
    expect(faults(named(4))).toEqual([]);
    expect(faults(named(5))).toHaveLength(1);
    expect(faults('{ a { ... on T { b { c { d { e } } } } } }')).toHaveLength(1);
  });

  test('its aliases, wherever they stand', () => {
    expect(faults('{ x: a y: a { z: b } }')).toEqual([]);
    expect(faults('{ x: a y: a { z: b ...F } } fragment F on T { w: c }')).toEqual([
      'The question has too many aliases; 3 is the most.',
    ]);
  });

  test('the length of its aliases: each stands in every entry of the answer', () => {
    expect(faults(`{ a { ${'b'.repeat(10)}: c } }`)).toEqual([]);
    const tooLong = ['The question has too long an alias; 10 is the most.'];
    expect(faults(`{ a { ${'b'.repeat(11)}: c } }`)).toEqual(tooLong);
    expect(faults(`{ ...F } fragment F on Q { ... { ${'b'.repeat(11)}: a { c } } }`)).toEqual(tooLong);
  });

  test('its root fields: each is a question to a node', () => {
    expect(faults('{ a b c }')).toEqual([]);
    expect(faults('{ a b ...F } fragment F on Q { c d }')).toEqual([
      'The question has too many root fields; 3 is the most.',
    ]);
  });

  test('its directives', () => {
    expect(faults('{ a @skip(if: true) @skip(if: true) @skip(if: true) @skip(if: true) }')).toHaveLength(1);
  });

  test('what it may answer: pages times what stands in them', () => {
    expect(faults('{ a(first: 40) { b c } }')).toEqual([]);
    expect(faults('{ a(first: 60) { b c } }')).toEqual(['The question asks for too much at once; 100 is the most.']);
    expect(faults('query($n: Int) { a(first: $n) { b } }')).toHaveLength(1);
    expect(faults('{ a(first: 10) { b(first: 10) { c } } }')).toHaveLength(1);
  });

  test('what it may answer for many cases: as many as one request may have', () => {
    const all = (fields: string) => `mutation($i: I!) { acceptCases(input: $i) { ${fields} } }`;
    expect(limitFaults(parse(all('x')), { ...LIMITS, cost: 201 })).toEqual([]);
    expect(limitFaults(parse(all('x y')), { ...LIMITS, cost: 201 })).toHaveLength(1);
  });

  test('what its root fields weigh beside their answer, wherever they stand, and how many are heavy', () => {
    const heavy = (weight: number) => ({
      weightOf: ({ name }: { name: { value: string } }) => (name.value === 'all' ? weight : 0),
      most: 2,
    });
    const weighed = (query: string, weight: number) =>
      limitFaults(parse(query), LIMITS, heavy(weight)).map((error) => error.message);
    const tooMuch = 'The question asks for too much at once; 100 is the most.';
    expect(weighed('{ all b }', 98)).toEqual([]);
    expect(weighed('{ all b }', 99)).toEqual([tooMuch]);
    expect(weighed('{ ...F ...F } fragment F on Q { ... { all } }', 50)).toEqual([tooMuch]);
    expect(weighed('{ a { all } }', 1_000)).toEqual([]);
    expect(weighed('{ all ...F } fragment F on Q { all all }', 1)).toEqual([
      'The question asks too many nodes too often at once; 2 is the most.',
    ]);
  });

  test('each of its operations', () => {
    expect(faults(`query A ${nested(2)} query B ${nested(5)}`)).toHaveLength(1);
  });

  test('nothing the graph says of itself', () => {
    expect(faults('{ __schema { types { fields { type { ofType { name } } } } } }')).toEqual([]);
  });
});

describe('measuring', () => {
  test('ends for fragments that hold themselves or each other', () => {
    expect(faults('{ ...A } fragment A on Q { a ...B } fragment B on Q { b ...A }')).toEqual([]);
  });

  test('takes no longer for fragments that double each time', () => {
    const bomb = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Q { a ...F${i + 1} ...F${i + 1} }`).join(' ');
    expect(faults(`{ ...F0 } ${bomb} fragment F60 on Q { x: a }`).length).toBeGreaterThan(0);
  });

  test('finds nothing in what is small, whatever it is called', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        expect(faults(`{ ${names.join(' ')} }`)).toEqual([]);
      }),
    );
  });
});
