import type { ValueNode } from 'graphql';
import { GraphQLError, Kind } from 'graphql';
import { isDay, isInstant } from '../kernel/calendar.ts';

/** The scalars; clients and gateway carry them as strings, amounts of money as numbers. */
export const SCALARS = {
  DateTime: {
    description: 'An instant in UTC, ISO 8601 with milliseconds.',
    serialize: (value: unknown) => (value instanceof Date ? value.toISOString() : String(value)),
    parseValue: (value: unknown) => {
      if (typeof value === 'string' && isInstant(value)) return value;
      throw new GraphQLError('A DateTime is an ISO 8601 instant with its zone, such as 2026-03-02T01:30:00.000Z.');
    },
  },
  Date: {
    description: 'A day in the zone Asia/Shanghai, YYYY-MM-DD.',
    serialize: String,
    parseValue: (value: unknown) => {
      if (typeof value === 'string' && isDay(value)) return value;
      throw new GraphQLError('A Date is a day such as 2026-03-02.');
    },
  },
  Base64: {
    description: 'Bytes as base64 (RFC 4648 §4).',
    serialize: String,
    parseValue: (value: unknown) => {
      if (typeof value === 'string') return value;
      throw new GraphQLError('Base64 is a string.');
    },
  },
  Fen: {
    description: 'An amount of money in whole fen (分), exact up to 2^53 − 1: more than an Int holds.',
    serialize: fenOf,
    parseValue: fenOf,
    parseLiteral: (node: ValueNode) => fenOf(node.kind === Kind.INT ? Number(node.value) : null),
  },
};

function fenOf(value: unknown): number {
  if (Number.isSafeInteger(value)) return value as number;
  throw new GraphQLError('Fen is a whole number of fen.');
}

export type ScalarName = keyof typeof SCALARS;
