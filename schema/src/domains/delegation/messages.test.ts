import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GRANT_ID } from '../../testing/case-log.ts';
import { at, COUNTY, divisions, sha256, TOWNSHIP } from '../../testing/fixtures.ts';
import { answerOf, anyGrants, endOf, grantOf, RELIEF } from '../../testing/grants.ts';
import {
  delegationDocumentSchema,
  delegationMessageSchema,
  grantSchema,
  publishedGrantSchema,
  recallSchema,
} from './messages.ts';

const DOCUMENTS = {
  GRANT: grantOf({ to: '2026-12-31', request: GRANT_ID }),
  REQUEST: {
    kind: 'REQUEST',
    id: GRANT_ID,
    grantor: COUNTY,
    grantee: TOWNSHIP,
    items: [RELIEF.code],
    stages: ['ACCEPT', 'DECIDE'],
    cap: { amountFen: 100_000 },
    reason: '群众跑远路',
    caseload: { open: 4, filedIn90Days: 31 },
    staff: 2,
    at: at('2025-12-01').toISOString(),
  },
  ANSWER: answerOf(false),
  END: endOf('HANDED_BACK', '2026-05-01'),
} as const;
type Kind = keyof typeof DOCUMENTS;
const KINDS = Object.keys(DOCUMENTS) as Kind[];

const wire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const parses = (value: unknown) => delegationDocumentSchema.safeParse(value).success;
/** The paths of the document's faults; empty if it is sound. */
const faults = (value: unknown) =>
  delegationDocumentSchema.safeParse(value).error?.issues.map((issue) => issue.path.join('.')) ?? [];

describe('a document of delegation', () => {
  test.each(KINDS)('%s comes from the wire as it went', (kind) => {
    expect(delegationDocumentSchema.parse(wire(DOCUMENTS[kind]))).toEqual(DOCUMENTS[kind]);
  });

  test.each(KINDS)('%s is refused without any one of its fields', (kind) => {
    const without = (field: string) =>
      Object.fromEntries(Object.entries(DOCUMENTS[kind]).filter(([name]) => name !== field));
    expect(Object.keys(DOCUMENTS[kind]).filter((field) => parses(without(field)))).toEqual([]);
  });

  test.each(KINDS)('%s is refused where it claims to be of another kind', (kind) => {
    const others = [...KINDS, 'OFFER', ''].filter((other) => other !== kind);
    expect(others.filter((other) => parses({ ...DOCUMENTS[kind], kind: other }))).toEqual([]);
  });

  test('of any grant comes from the wire as it went', () => {
    const anyPlace = fc.constantFrom(...divisions.lineage(TOWNSHIP).map((d) => d.code));
    fc.assert(
      fc.property(
        anyPlace.chain((place) => anyGrants(RELIEF, place)),
        (grants) => {
          expect(grants.map((grant) => grantSchema.parse(wire(grant)))).toEqual(grants);
        },
      ),
    );
  });

  test.each<[Kind, string, unknown]>([
    ['GRANT', 'cap', null],
    ['GRANT', 'cap', { amountFen: 0 }],
    ['GRANT', 'to', null],
    ['GRANT', 'request', null],
    ['GRANT', 'items', Array.from({ length: 500 }, (_, i) => `item-${i}`)],
    ['GRANT', 'announcement', '告'.repeat(2000)],
    ['REQUEST', 'cap', null],
    ['REQUEST', 'staff', 0],
    ['REQUEST', 'caseload', { open: 0, filedIn90Days: 0 }],
    ['ANSWER', 'reason', null],
    ['ANSWER', 'accepted', true],
    ['END', 'way', 'REVOKED'],
  ])('%s may have as %s %j', (kind, field, value) => {
    expect(faults({ ...DOCUMENTS[kind], [field]: value })).toEqual([]);
  });

  test.each<[Kind, string, unknown, string?]>([
    ['GRANT', 'id', 'no-uuid'],
    ['GRANT', 'seq', 0],
    ['GRANT', 'seq', 1.5],
    ['GRANT', 'grantor', '三门县'],
    ['GRANT', 'grantee', '33102210'],
    ['GRANT', 'items', []],
    ['GRANT', 'items', [''], 'items.0'],
    ['GRANT', 'items', Array.from({ length: 501 }, (_, i) => `item-${i}`)],
    ['GRANT', 'stages', []],
    ['GRANT', 'stages', ['FILE'], 'stages.0'],
    ['GRANT', 'mode', 'LENT'],
    ['GRANT', 'cap', { amountFen: -1 }, 'cap.amountFen'],
    ['GRANT', 'cap', { amountFen: 0.5 }, 'cap.amountFen'],
    ['GRANT', 'cap', { amountFen: null }, 'cap.amountFen'],
    ['GRANT', 'cap', {}, 'cap.amountFen'],
    ['GRANT', 'from', '2026-02-29'],
    ['GRANT', 'from', '2026-1-1'],
    ['GRANT', 'from', null],
    ['GRANT', 'to', '2026-13-01'],
    ['GRANT', 'to', 'always'],
    ['GRANT', 'basis', ''],
    ['GRANT', 'basis', '   '],
    ['GRANT', 'announcement', ' \n'],
    ['GRANT', 'announcement', '告'.repeat(2001)],
    ['GRANT', 'request', 'no-uuid'],
    ['GRANT', 'at', '2026-01-01'],
    ['REQUEST', 'items', []],
    ['REQUEST', 'stages', []],
    ['REQUEST', 'cap', { amountFen: -1 }, 'cap.amountFen'],
    ['REQUEST', 'reason', ' '],
    ['REQUEST', 'caseload', { open: -1, filedIn90Days: 0 }, 'caseload.open'],
    ['REQUEST', 'caseload', { open: 0, filedIn90Days: 0.5 }, 'caseload.filedIn90Days'],
    ['REQUEST', 'staff', -1],
    ['REQUEST', 'grantee', ''],
    ['ANSWER', 'to', 'no-uuid'],
    ['ANSWER', 'digest', sha256('grant').toUpperCase()],
    ['ANSWER', 'digest', sha256('grant').slice(1)],
    ['ANSWER', 'accepted', 'yes'],
    ['ANSWER', 'at', 'yesterday'],
    ['END', 'grant', 'no-uuid'],
    ['END', 'way', 'EXPIRED'],
    ['END', 'reason', ' '],
    ['END', 'at', null],
  ])('%s is refused with %s %j', (kind, field, value, path = field) => {
    expect(faults({ ...DOCUMENTS[kind], [field]: value })).toEqual([path]);
  });

  test.each(['GRANT', 'REQUEST'] as const)('%s is refused when it names an item or a stage twice', (kind) => {
    const twice = { items: [RELIEF.code, RELIEF.code], stages: ['DECIDE', 'DECIDE'] };
    expect(faults({ ...DOCUMENTS[kind], items: twice.items })).toEqual(['items']);
    expect(faults({ ...DOCUMENTS[kind], stages: twice.stages })).toEqual(['stages']);
  });
});

describe('what travels', () => {
  test('is one signed document', () => {
    expect(delegationMessageSchema.parse({ jws: 'a.b.c' })).toEqual({ jws: 'a.b.c' });
    const published = { grant: 'a.b.c', answer: 'a.b.d', end: null };
    expect(delegationMessageSchema.parse({ published })).toEqual({ published });
    expect(
      [{ jws: '' }, {}, { jws: 1 }, { published: { ...published, answer: null } }].filter(
        (m) => delegationMessageSchema.safeParse(m).success,
      ),
    ).toEqual([]);
  });

  test('to the levels below is a grant with its acceptance, perhaps with its end', () => {
    const published = { grant: 'a.b.c', answer: 'd.e.f', end: null };
    expect(publishedGrantSchema.parse(published)).toEqual(published);
    expect(publishedGrantSchema.parse({ ...published, end: 'g.h.i' })).toMatchObject({ end: 'g.h.i' });
    const unsound = [
      { ...published, answer: null },
      { ...published, answer: '' },
      { ...published, grant: '' },
      { ...published, end: '' },
      { grant: 'a.b.c', answer: 'd.e.f' },
    ];
    expect(unsound.filter((p) => publishedGrantSchema.safeParse(p).success)).toEqual([]);
  });

  test('to call a case back names it, the reason and who decided so: a chief, for supervisors handle nothing', () => {
    const actor = { sub: 'chief', name: '首席代表', role: 'CHIEF' };
    const recall = { case: 'case-1', reason: '案情重大', actor };
    expect(recallSchema.parse(recall)).toEqual(recall);
    const unsound = [
      { ...recall, case: '' },
      { ...recall, reason: ' ' },
      { ...recall, actor: { ...actor, role: 'CLERK' } },
      { ...recall, actor: { ...actor, role: 'SUPERVISOR' } },
      { ...recall, actor: { ...actor, role: null } },
      { ...recall, actor: { ...actor, sub: '' } },
    ];
    expect(unsound.filter((r) => recallSchema.safeParse(r).success)).toEqual([]);
  });
});
