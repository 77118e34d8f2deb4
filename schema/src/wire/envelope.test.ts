import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { COUNTY, implementationOf, itemOf, sha256, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { catalogueEntrySchema } from '../domains/catalogue/entry.ts';
import {
  answerSchema,
  dossierSchema,
  echoSchema,
  envelopeSchema,
  feedPartSchema,
  materialPartSchema,
  MESSAGE_KINDS,
  messageSchema,
  receiptSchema,
  SIGNED_TYPES,
  withdrawalSchema,
} from './envelope.ts';
import { projectAnswerSchema, projectNoticeSchema } from '../domains/projects/log.ts';
import { copySchema, restoredSchema } from './restore.ts';
import { certificateSchema } from '../trust/key-messages.ts';
import { dataAnswerSchema, dataRecordSchema, dataRequestSchema } from '../domains/sharing/messages.ts';
import { hostReplySchema, hostRequestSchema, roleOperationSchema, roleResultSchema } from './federation.ts';

const ID = '0198c0de-0000-7000-8000-000000000001';
const AT = '2026-03-02T01:00:00.000Z';
const DIGEST = sha256('x');

const message = { id: ID, kind: 'DOSSIER', body: '{}' };
const done = { id: ID, outcome: 'DONE', digest: DIGEST, line: 'eyJ…' };
const operation = { role: 'handling', at: null, query: '{ x }', variables: {}, token: null };

/** Right things of each kind, and what makes them wrong. */
const CONTRACTS: Record<
  string,
  { schema: z.ZodType; right: Record<string, unknown>; wrong: Record<string, unknown>[] }
> = {
  message: {
    schema: messageSchema,
    right: message,
    wrong: [{ id: '1' }, { kind: 'GOSSIP' }, { body: {} }, { body: undefined }, { trace: 'x' }, { trace: null }],
  },
  envelope: {
    schema: envelopeSchema,
    right: { v: 1, from: VILLAGE, to: TOWNSHIP, at: AT, messages: [message] },
    wrong: [
      { v: 2 },
      { v: '1' },
      { from: 'village' },
      { to: undefined },
      { at: 'soon' },
      { messages: [] },
      { messages: Array.from({ length: 501 }, () => message) },
      { messages: [{ ...message, id: 'x' }] },
    ],
  },
  dossier: {
    schema: dossierSchema,
    right: { case: 'c', epoch: 2, application: '{}', lines: ['a', 'b'] },
    wrong: [{ case: '' }, { epoch: 1 }, { application: {} }, { lines: ['a'] }, { lines: [1, 2] }],
  },
  dataRequest: {
    schema: dataRequestSchema,
    right: {
      request: ID,
      offer: '331022-household',
      case: 'c',
      fields: ['holder'],
      actor: { sub: 's', name: '王', role: 'AGENT' },
      at: AT,
      application: '{}',
      lines: ['a'],
    },
    wrong: [
      { request: '1' },
      { offer: '' },
      { case: '' },
      { fields: 'holder' },
      { actor: { sub: 's', name: '王', role: 'GUEST' } },
      { at: 'soon' },
      { application: '' },
      { lines: [] },
      { lines: ['a', 'b', 'c', 'd'] },
    ],
  },
  dataRecord: {
    schema: dataRecordSchema,
    right: {
      request: ID,
      provider: COUNTY,
      asker: VILLAGE,
      actor: { sub: 's', name: '王', role: 'AGENT' },
      case: 'c',
      item: null,
      offer: '331022-household',
      fields: [{ name: 'holder', label: '户主姓名' }],
      askedAt: AT,
      at: AT,
      outcome: 'ANSWERED',
      faults: [],
      replaces: '户口簿',
      values: DIGEST,
    },
    wrong: [{ provider: 'county' }, { outcome: 'SENT' }, { values: 'x' }, { fields: ['holder'] }, { item: undefined }],
  },
  dataAnswer: {
    schema: dataAnswerSchema,
    right: { record: 'a', values: null },
    wrong: [{ record: '' }, { values: {} }, { values: undefined }],
  },
  restored: {
    schema: restoredSchema,
    right: { life: 1_790_000_000_000, since: AT, heads: [{ feed: 'FACTS', head: 0 }] },
    wrong: [{ life: 0 }, { life: 1.5 }, { since: 'lately' }, { heads: [{ feed: 'GOSSIP', head: 0 }] }, { heads: null }],
  },
  copy: {
    schema: copySchema,
    right: {
      life: 1_790_000_000_000,
      part: 1,
      parts: null,
      keys: [],
      cases: [{ case: 'c', application: null, materials: [DIGEST], lines: ['a'] }],
      projects: [{ project: 'p', lines: ['a'] }],
      feeds: [{ feed: 'CATALOGUE', from: 1, entries: ['e'] }],
    },
    wrong: [
      { life: undefined },
      { part: 0 },
      { parts: 0 },
      { parts: undefined },
      { keys: [1] },
      { cases: [{ case: 'c', application: null, materials: ['x'], lines: ['a'] }] },
      { cases: [{ case: 'c', application: null, materials: [], lines: [] }] },
      { projects: [{ project: 'p', lines: [] }] },
      { feeds: [{ feed: 'FACTS', from: 0, entries: [] }] },
    ],
  },
  'notice of a project': {
    schema: projectNoticeSchema,
    right: { project: 'p', lines: ['a'] },
    wrong: [{ project: '' }, { lines: [] }, { lines: [1] }],
  },
  'answer to an order': {
    schema: projectAnswerSchema,
    right: { project: 'p', order: 1, answer: '已落实', actor: { sub: 's', name: 'n', role: 'CLERK' } },
    wrong: [{ project: '' }, { order: 0 }, { answer: '' }, { actor: { sub: '', name: 'n', role: 'CLERK' } }],
  },
  echo: {
    schema: echoSchema,
    right: { case: 'c', lines: ['a'] },
    wrong: [{ case: '' }, { lines: [] }, { lines: 'a' }],
  },
  withdrawal: {
    schema: withdrawalSchema,
    right: { case: 'c', reason: 'r', actor: { sub: 's', name: 'n', role: 'AGENT' }, requestedAt: VILLAGE },
    wrong: [
      { case: '' },
      { reason: '' },
      { actor: { sub: '', name: 'n', role: 'AGENT' } },
      { actor: { sub: 's', name: '', role: 'AGENT' } },
      { requestedAt: 'x' },
      { actor: { sub: 's', name: 'n', role: 'CHIEF' } },
      { actor: { sub: 's', name: 'n', role: null } },
    ],
  },
  'material part': {
    schema: materialPartSchema,
    right: { sha256: DIGEST, offset: 0, length: 1, size: 1 },
    wrong: [{ sha256: 'x' }, { offset: -1 }, { offset: 0.5 }, { length: 0 }, { size: 0 }],
  },
  'feed part': {
    schema: feedPartSchema,
    right: { feed: 'FACTS', publisher: VILLAGE, from: 1, entries: [], head: 0, asOf: AT },
    wrong: [
      { feed: 'NEWS' },
      { publisher: 'x' },
      { from: 0 },
      { entries: Array.from({ length: 1001 }, () => 'e') },
      { head: -1 },
      { asOf: '2026-03-02' },
    ],
  },
  'answer DONE': {
    schema: answerSchema,
    right: done,
    wrong: [{ outcome: 'MAYBE' }, { digest: 'x' }, { line: undefined }, { id: 'x' }],
  },
  'answer REFUSED': {
    schema: answerSchema,
    right: { id: ID, outcome: 'REFUSED', digest: DIGEST, code: 'STALE_EPOCH', reason: 'late' },
    wrong: [{ code: undefined }, { reason: undefined }, { digest: undefined }],
  },
  'answer PARKED': {
    schema: answerSchema,
    right: { id: ID, outcome: 'PARKED', digest: DIGEST, code: 'INTERNAL' },
    wrong: [{ code: undefined }, { digest: '' }],
  },
  'answer WANTS': {
    schema: answerSchema,
    right: { id: ID, outcome: 'WANTS', materials: [DIGEST] },
    wrong: [{ materials: [] }, { materials: ['x'] }],
  },
  'answer WATERMARK': {
    schema: answerSchema,
    right: { id: ID, outcome: 'WATERMARK', feed: 'CATALOGUE', publisher: COUNTY, seq: 0 },
    wrong: [{ seq: -1 }, { feed: undefined }, { publisher: '' }],
  },
  receipt: {
    schema: receiptSchema,
    right: { v: 1, from: TOWNSHIP, to: VILLAGE, at: AT, answers: [done] },
    wrong: [{ v: 0 }, { answers: [] }, { answers: Array.from({ length: 501 }, () => done) }, { from: '' }],
  },
  certificate: {
    schema: certificateSchema,
    right: {
      node: VILLAGE,
      issuer: TOWNSHIP,
      jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x' },
      kid: 'k',
      issuedAt: AT,
    },
    wrong: [
      { node: '' },
      { kid: '' },
      { jwk: { kty: 'RSA', n: 'n', e: 'e' } },
      { jwk: { kty: 'OKP', crv: 'X25519', x: 'x' } },
      { issuedAt: '' },
    ],
  },
  'catalogue entry of an item': {
    schema: catalogueEntrySchema,
    right: { publisher: COUNTY, seq: 1, at: AT, body: { kind: 'ITEM', item: itemOf('3310-MZ-001') } },
    wrong: [
      { seq: 0 },
      { publisher: 'x' },
      { body: { kind: 'ITEM' } },
      { body: { kind: 'NOTE', item: itemOf('3310-MZ-001') } },
      { body: { kind: 'ITEM', item: { ...itemOf('3310-MZ-001'), effectiveFrom: '2026-02-30' } } },
    ],
  },
  'catalogue entry of an implementation': {
    schema: catalogueEntrySchema,
    right: {
      publisher: COUNTY,
      seq: 1,
      at: AT,
      body: { kind: 'IMPLEMENTATION', implementation: implementationOf(itemOf('3310-MZ-001')) },
    },
    wrong: [
      { body: { kind: 'IMPLEMENTATION', implementation: { ...implementationOf(itemOf('3310-MZ-001')), node: 'x' } } },
      { body: { kind: 'IMPLEMENTATION', implementation: itemOf('3310-MZ-001') } },
    ],
  },
  'operation of a role': {
    schema: roleOperationSchema,
    right: operation,
    wrong: [{ role: 'nonsense' }, { query: '' }, { variables: null }, { token: undefined }, { at: undefined }],
  },
  'request to a host': {
    schema: hostRequestSchema,
    right: { operations: [operation], budgetMs: 0 },
    wrong: [{ operations: [] }, { operations: Array.from({ length: 501 }, () => operation) }, { budgetMs: -1 }],
  },
  'result of a role': {
    schema: roleResultSchema,
    right: { data: { x: 1 }, errors: [{ message: 'm', path: ['x', 0], extensions: { code: 'NOT_FOUND' } }] },
    wrong: [{ data: 'x' }, { errors: [{}] }, { errors: [{ message: 'm', extensions: {} }] }, { errors: 'none' }],
  },
  'reply of a host': {
    schema: hostReplySchema,
    right: { problem: { code: 'MISROUTED', message: 'm' } },
    wrong: [{ problem: { code: 'TEAPOT', message: 'm' } }, { problem: undefined }],
  },
};

describe.each(Object.entries(CONTRACTS))('%s', (_, { schema, right, wrong }) => {
  test('that is right is taken as it is', () => {
    expect(schema.parse(right)).toEqual(right);
    expect(schema.parse(JSON.parse(JSON.stringify(right)))).toEqual(right);
  });

  test.each(wrong.map((changes, i) => ({ what: Object.keys(changes).join(), nth: i + 1, changes })))(
    'with a wrong $what is refused ($nth)',
    ({ changes }) => {
      expect(schema.safeParse({ ...right, ...changes }).success).toBe(false);
    },
  );

  test.each([null, undefined, 'x', 7, []])('that is %j is refused', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});

test('a signature of one kind is never taken for another', () => {
  const types = Object.values(SIGNED_TYPES);
  expect(new Set(types).size).toBe(types.length);
});

test('messages of every kind travel in one envelope', () => {
  const messages = MESSAGE_KINDS.map((kind) => ({ ...message, kind }));
  const envelope = { v: 1, from: VILLAGE, to: TOWNSHIP, at: AT, messages };
  expect(envelopeSchema.parse(envelope)).toEqual(envelope);
});

test('an envelope takes 500 messages', () => {
  const messages = Array.from({ length: 500 }, () => message);
  expect(envelopeSchema.safeParse({ v: 1, from: VILLAGE, to: TOWNSHIP, at: AT, messages }).success).toBe(true);
});
