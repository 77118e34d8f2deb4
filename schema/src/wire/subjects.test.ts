import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Divisions } from '../kernel/divisions.ts';
import { anyPlace } from '../testing/arbitraries.ts';
import { CITY, COUNTY, divisions, OTHER_COUNTY, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { refusalCode } from '../testing/refusals.ts';
import {
  consumerName,
  graphqlSubject,
  inboundFilter,
  MESSAGE_STREAM,
  messageSubject,
  nodeTokens,
  outboundFilter,
  RECEIPT_STREAM,
  receiptSubject,
} from './subjects.ts';

/** The broker's matching rule: `*` is one token, `>` is one or more up to the end. */
function matches(filter: string, subject: string): boolean {
  const [wanted, tokens] = [filter.split('.'), subject.split('.')];
  const rest = wanted.indexOf('>');
  if (rest !== -1) {
    return tokens.length > rest && wanted.slice(0, rest).every((t, i) => t === '*' || t === tokens[i]);
  }
  return wanted.length === tokens.length && wanted.every((t, i) => t === '*' || t === tokens[i]);
}

const subjectOf = { m: messageSubject, r: receiptSubject };
const anyRoad = fc.constantFrom<'m' | 'r'>('m', 'r');

/** A register with a zone that moves from one county to another, and a village in it. */
const register = (day: string) =>
  new Divisions(
    [
      ...divisions.all(),
      {
        code: '331022Z01',
        name: '浦坝港园区',
        tier: 'TOWNSHIP',
        parent: COUNTY,
        parentsFrom: [{ from: '2027-01-01', parent: OTHER_COUNTY }],
      },
      { code: '331022901201', name: '园区村', tier: 'VILLAGE', parent: '331022Z01' },
    ],
    day,
  );

describe('the name of a node on the bus', () => {
  test.each(['2026-12-31', '2027-01-01'])('of a zone, and of what lies in it, is the same on %s', (day) => {
    expect(nodeTokens('331022Z01', register(day))).toBe('331000._.331022Z01._');
    expect(nodeTokens('331022901201', register(day))).toBe('331000._.331022Z01.331022901201');
  });

  test.each([
    [CITY, '331000._._._'],
    [COUNTY, '331000.331022._._'],
    [TOWNSHIP, '331000.331022.331022103._'],
    [VILLAGE, '331000.331022.331022103.331022103201'],
  ])('of %s is %s', (code, tokens) => {
    expect(nodeTokens(code, divisions)).toBe(tokens);
  });

  test('has four tokens at every tier and is no other node’s', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, (a, b) => {
        expect(nodeTokens(a, divisions).split('.')).toHaveLength(4);
        expect(nodeTokens(a, divisions) === nodeTokens(b, divisions)).toBe(a === b);
      }),
    );
  });

  test('of a place that does not exist is refused', () => {
    expect(refusalCode(() => nodeTokens('339999', divisions))).toBe('UNKNOWN_DIVISION');
    expect(refusalCode(() => messageSubject('331000', '339999', divisions))).toBe('UNKNOWN_DIVISION');
    expect(refusalCode(() => outboundFilter('m', '>', divisions))).toBe('UNKNOWN_DIVISION');
  });
});

describe('subjects', () => {
  test('put the sender first and the receiver after it, at fixed depth', () => {
    expect(messageSubject(VILLAGE, TOWNSHIP, divisions)).toBe(
      'ld.m.331000.331022.331022103.331022103201.331000.331022.331022103._',
    );
    expect(receiptSubject(TOWNSHIP, VILLAGE, divisions)).toBe(
      'ld.r.331000.331022.331022103._.331000.331022.331022103.331022103201',
    );
  });

  test('have ten tokens between any two nodes, none of them empty or a wildcard', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, anyRoad, (from, to, road) => {
        const tokens = subjectOf[road](from, to, divisions).split('.');
        expect(tokens).toHaveLength(10);
        expect(tokens.filter((token) => token === '' || token === '*' || token === '>')).toEqual([]);
      }),
    );
  });
});

describe('permissions and filters', () => {
  test("one line of permission matches a node's own publishing and no other node's", () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, anyPlace, anyRoad, (own, from, to, road) => {
        const line = outboundFilter(road, own, divisions);
        expect(matches(line, subjectOf[road](from, to, divisions))).toBe(from === own);
        expect(matches(line, subjectOf[road](own, to, divisions))).toBe(true);
      }),
    );
  });

  test('a county may not publish as its own township, nor a township as its county', () => {
    const asTownship = messageSubject(TOWNSHIP, CITY, divisions);
    expect(matches(outboundFilter('m', COUNTY, divisions), asTownship)).toBe(false);
    const asCounty = messageSubject(COUNTY, CITY, divisions);
    expect(matches(outboundFilter('m', TOWNSHIP, divisions), asCounty)).toBe(false);
  });

  test('a permission for messages is none for receipts', () => {
    const receipt = receiptSubject(TOWNSHIP, VILLAGE, divisions);
    expect(matches(outboundFilter('m', TOWNSHIP, divisions), receipt)).toBe(false);
    expect(matches(outboundFilter('r', TOWNSHIP, divisions), receipt)).toBe(true);
  });

  test("one filter matches everything that is for a node and nothing that is for another's", () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, anyPlace, anyRoad, (own, from, to, road) => {
        const filter = inboundFilter(road, own, divisions);
        expect(matches(filter, subjectOf[road](from, to, divisions))).toBe(to === own);
        expect(matches(filter, subjectOf[road](from, own, divisions))).toBe(true);
        const otherRoad = road === 'm' ? 'r' : 'm';
        expect(matches(filter, subjectOf[otherRoad](from, own, divisions))).toBe(false);
      }),
    );
  });

  test.each([
    ['from', `ld.m.${CITY}.${COUNTY}.>`, (node: string) => messageSubject(node, CITY, divisions)],
    ['to', `ld.m.*.*.*.*.${CITY}.${COUNTY}.>`, (node: string) => messageSubject(CITY, node, divisions)],
  ])('one wildcard covers what goes %s all nodes of a county, and no others', (_, wildcard, subject) => {
    for (const { code } of divisions.subtree(COUNTY)) expect(matches(wildcard, subject(code))).toBe(true);
    for (const { code } of divisions.subtree(OTHER_COUNTY)) expect(matches(wildcard, subject(code))).toBe(false);
    expect(matches(wildcard, subject(CITY))).toBe(false);
  });
});

test('streams and consumers have names of their own, without dots or wildcards', () => {
  expect(MESSAGE_STREAM).not.toBe(RECEIPT_STREAM);
  expect(consumerName(VILLAGE)).toBe('node-331022103201');
  expect(consumerName(VILLAGE)).not.toBe(consumerName(TOWNSHIP));
  expect(`${MESSAGE_STREAM}${RECEIPT_STREAM}${consumerName(VILLAGE)}`).toMatch(/^[\w-]+$/);
});

test('a host answers under its own name, apart from the roads of messages', () => {
  expect(graphqlSubject('sanmen')).toBe('ld.graphql.sanmen');
  expect(matches(outboundFilter('m', CITY, divisions), graphqlSubject('sanmen'))).toBe(false);
});
