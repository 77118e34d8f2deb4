import { CUSTODIES, ROLES, TIERS, WINDOW_STAGES } from '../kernel/words.ts';
import {
  AUDIENCES,
  CROSS_DISTRICT_WAYS,
  CROSS_DISTRICTS,
  DAY_UNITS,
  HANDLING_WAYS,
  ITEM_KINDS,
  ITEM_STATUSES,
  MATERIAL_SOURCES,
  ONLINE_DEPTHS,
  POWER_SOURCES,
  PROCESSING_CLASSES,
  SIGN_OFF_LEVELS,
} from '../domains/catalogue/item-words.ts';
import {
  ADMISSION_STATES,
  CLAUSE_FAULTS,
  DRAFT_STATES,
  FEE_CHANGES,
  ITEM_CHANGE_KINDS,
  LEGAL_BASIS_CHANGES,
  LEGAL_BASIS_KINDS,
  LIST_KINDS,
  REVIEW_DESKS,
} from '../domains/catalogue/words.ts';
import { CASE_STATES, ID_TYPES, OPINIONS, OUTCOMES } from '../case/words.ts';
import { LOG_ACTIONS } from '../case/log-words.ts';
import { CONSENT_WAYS } from '../domains/proxy/words.ts';
import { DATA_OFFER_KINDS, DATA_STATES } from '../domains/sharing/words.ts';
import { LIGHT_KINDS, LIGHT_LEVELS } from '../domains/sharing/light-words.ts';
import {
  ANSWER_STATES,
  ATTENDANCES,
  LAPSE_EFFECTS,
  OBJECTION_ENDS,
  PARTY_ASKS,
  PARTY_OPINIONS,
  PROJECT_STAGES,
  REQUEST_STATES,
} from '../domains/joint/words.ts';
import type { GraphQLField, GraphQLInputType, GraphQLSchema } from 'graphql';
import { getNamedType, isInputObjectType, isNonNullType, isObjectType, printType } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { RoleName } from '../wire/federation.ts';
import { ROLE_SCHEMAS } from '../wire/federation.ts';
import { ERROR_CODES } from '../kernel/errors.ts';
import { roleSchema } from './roles.ts';

/** Types that several roles describe together, and the fields that are their keys. */
const MERGED: Record<string, readonly string[]> = {
  Case: ['id', '_custodian'],
  Item: ['code', '_via'],
  Implementation: ['itemCode', 'node', '_via'],
  Division: ['code'],
};

function fieldsOf(schema: GraphQLSchema, type: string): GraphQLField<unknown, unknown>[] {
  const found = schema.getType(type);
  return isObjectType(found) ? Object.values(found.getFields()) : [];
}

const merged = Object.entries(MERGED).flatMap(([type, keys]) =>
  ROLE_SCHEMAS.flatMap((role) =>
    fieldsOf(roleSchema(role), type).map((field) => ({ type, role, field, isKey: keys.includes(field.name) })),
  ),
);
const own = merged.filter(({ isKey }) => !isKey);

/** Roles that give a field of a merged type. */
const ownersOf = (type: string, field: string) =>
  own.filter((f) => f.type === type && f.field.name === field).map(({ role }) => role);

describe('a field of a merged type', () => {
  test('is there for the lint to look at', () => {
    const counts = Object.keys(MERGED).map((type) => own.filter((f) => f.type === type).length > 0);
    expect(counts).toEqual([true, true, true, false]);
  });

  test.each(own.map(({ type, field }) => [type, field.name]))('%s.%s has one owner', (type, field) => {
    expect(ownersOf(type, field)).toHaveLength(1);
  });

  test.each(own.map(({ role, type, field }) => ({ role, type, name: field.name, field })))(
    '$type.$name, of $role, is nullable: a dead host must not empty the whole answer',
    ({ field }) => {
      expect(isNonNullType(field.type)).toBe(false);
    },
  );

  test.each([
    ['Case', 'applicant', 'filing'],
    ['Case', 'state', 'handling'],
    ['Case', 'log', 'handling'],
    ['Case', 'clock', 'handling'],
    ['Item', 'legalBasis', 'catalogue'],
    ['Implementation', 'promisedDays', 'implementation'],
  ])('%s.%s is of the role it belongs to', (type, field, role) => {
    expect(ownersOf(type, field)).toEqual([role]);
  });
});

/** Roles that point at no item. */
const WITHOUT_ITEMS: readonly RoleName[] = ['implementation', 'roster', 'operators', 'supervision'];

describe('a key of a merged type', () => {
  test.each([
    ['Case', 'id', 'ID!', ['filing', 'handling', 'projects', 'supervision']],
    ['Item', 'code', 'ID!', ROLE_SCHEMAS.filter((role) => !WITHOUT_ITEMS.includes(role))],
    ['Implementation', 'itemCode', 'ID!', ['filing', 'catalogue', 'implementation']],
    ['Implementation', 'node', 'Division!', ['filing', 'catalogue', 'implementation']],
    ['Division', 'code', 'ID!', ROLE_SCHEMAS],
  ] as const)('%s.%s is %s in every role that has the type', (type, name, printed, roles) => {
    const keys = merged.filter((f) => f.type === type && f.field.name === name);
    expect(keys.map((f) => f.role)).toEqual(
      [...ROLE_SCHEMAS].filter((role) => (roles as readonly RoleName[]).includes(role)),
    );
    expect(new Set(keys.map((f) => String(f.field.type)))).toEqual(new Set([printed]));
  });

  test.each(['filing', 'handling', 'projects', 'supervision'] as const)('points from %s to the custodian', (role) => {
    expect(fieldsOf(roleSchema(role), 'Case').map((f) => f.name)).toContain('_custodian');
  });
});

describe('root fields', () => {
  const roots = (kind: 'Query' | 'Mutation') =>
    ROLE_SCHEMAS.flatMap((role) => fieldsOf(roleSchema(role), kind).map((field) => ({ role, field })));

  test.each(['Query', 'Mutation'] as const)('of %s have one owner each', (kind) => {
    const names = roots(kind).map(({ field }) => field.name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
  });

  test('for merging take a list of keys, each with the node to ask, and give a list with room for nulls', () => {
    const entries = roots('Query').filter(({ field }) => field.name.startsWith('_'));
    expect(entries.map(({ field }) => field.name).sort()).toEqual([
      '_accountHomes',
      '_casesWithin',
      '_catalogueBases',
      '_catalogueDrifts',
      '_catalogueSeqs',
      '_filing',
      '_handling',
      '_heldPosts',
      '_implementations',
      '_items',
      '_passwordChoices',
      '_placeRosters',
      '_signIns',
    ]);
    for (const { role, field } of entries) {
      expect(String(field.type)).toMatch(/^\[\w+\]!$/);
      const keyType = String(field.args.find((arg) => arg.name === 'keys')?.type).replaceAll(/[[\]!]/g, '');
      const key = roleSchema(role).getType(keyType);
      expect(key && 'getFields' in key ? Object.keys(key.getFields()) : []).toEqual(
        expect.arrayContaining(['at', 'via']),
      );
    }
  });

  test('of mutations answer with a payload that lists its errors, and null when its node cannot be reached', () => {
    for (const { role, field } of roots('Mutation')) {
      expect(isNonNullType(field.type)).toBe(false);
      const payload = fieldsOf(roleSchema(role), String(field.type));
      expect(payload.find((f) => f.name === 'errors')?.type.toString()).toBe('[Problem!]!');
    }
  });
});

describe('words', () => {
  const WORDS: Record<string, readonly string[]> = {
    Tier: TIERS,
    ItemKind: ITEM_KINDS,
    ProcessingClass: PROCESSING_CLASSES,
    PowerSource: POWER_SOURCES,
    HandlingWay: HANDLING_WAYS,
    CrossDistrict: CROSS_DISTRICTS,
    CrossDistrictWay: CROSS_DISTRICT_WAYS,
    SignOffLevel: SIGN_OFF_LEVELS,
    MaterialSource: MATERIAL_SOURCES,
    OnlineDepth: ONLINE_DEPTHS,
    ClauseFault: CLAUSE_FAULTS,
    DayUnit: DAY_UNITS,
    ItemStatus: ITEM_STATUSES,
    ReviewDesk: REVIEW_DESKS,
    DraftState: DRAFT_STATES,
    ItemChangeKind: ITEM_CHANGE_KINDS,
    CaseState: CASE_STATES,
    LogAction: LOG_ACTIONS,
    Outcome: OUTCOMES,
    Opinion: OPINIONS,
    Custody: CUSTODIES,
    Role: ROLES,
    ConsentWay: CONSENT_WAYS,
    IdType: ID_TYPES,
    DataOfferKind: DATA_OFFER_KINDS,
    DataState: DATA_STATES,
    LightKind: LIGHT_KINDS,
    LightLevel: LIGHT_LEVELS,
    LegalBasisKind: LEGAL_BASIS_KINDS,
    LegalBasisChangeKind: LEGAL_BASIS_CHANGES,
    Audience: AUDIENCES,
    ListKind: LIST_KINDS,
    AdmissionState: ADMISSION_STATES,
    FeeChangeKind: FEE_CHANGES,
    WindowStage: WINDOW_STAGES,
    PartyAsk: PARTY_ASKS,
    PartyOpinion: PARTY_OPINIONS,
    LapseEffect: LAPSE_EFFECTS,
    Attendance: ATTENDANCES,
    RequestState: REQUEST_STATES,
    AnswerState: ANSWER_STATES,
    ObjectionEnd: OBJECTION_ENDS,
    ProjectStage: PROJECT_STAGES,
    ErrorCode: ERROR_CODES,
  };

  test.each(Object.entries(WORDS))('%s are spelt as in the code, in every role that has them', (name, values) => {
    const found = ROLE_SCHEMAS.flatMap((role) => roleSchema(role).getType(name) ?? []);
    expect(found.length).toBeGreaterThan(0);
    for (const type of found) {
      const spelt = 'getValues' in type ? type.getValues() : [];
      expect(spelt.map((value) => value.name).sort()).toEqual([...values].sort());
      expect(spelt.every((value) => /\p{Script=Han}/u.test(value.description ?? ''))).toBe(true);
    }
  });
});

describe('a type that several roles have and none owns', () => {
  const types = ROLE_SCHEMAS.flatMap((role) => Object.values(roleSchema(role).getTypeMap()));
  const shared = [...new Set(types.map((type) => type.name))].filter((name) => {
    const apart = name.startsWith('__') || ['Query', 'Mutation'].includes(name) || name in MERGED;
    return !apart && types.filter((type) => type.name === name).length > 1;
  });

  test.each(shared)('%s is the same in each of them', (name) => {
    const printed = ROLE_SCHEMAS.flatMap((role) => {
      const type = roleSchema(role).getType(name);
      return type ? [printType(type)] : [];
    });
    expect(printed.length).toBeGreaterThan(1);
    expect(new Set(printed).size).toBe(1);
  });
});

test('a role is built once', () => {
  for (const role of ROLE_SCHEMAS) expect(roleSchema(role)).toBe(roleSchema(role));
});

describe('every mutation', () => {
  const mutations = ROLE_SCHEMAS.flatMap((role) =>
    Object.values(roleSchema(role).getMutationType()?.getFields() ?? {}).map((field) => [field.name, field] as const),
  );

  test('is there for the lint to look at', () => {
    expect(mutations.length).toBeGreaterThan(100);
  });

  const keyIn = (fields: readonly { name: string; type: GraphQLInputType }[]) =>
    String(fields.find(({ name }) => name === 'idempotencyKey')?.type);
  const inputsOf = (args: readonly { type: GraphQLInputType }[]) =>
    args.flatMap(({ type }) => {
      const input = getNamedType(type);
      return isInputObjectType(input) ? Object.values(input.getFields()) : [];
    });
  const many = mutations.filter(([, { args }]) => inputsOf(args).some(({ name }) => name === 'each'));

  test.each(mutations.filter((mutation) => !many.includes(mutation)))(
    '%s takes an idempotency key, which may be left out',
    (_, { args }) => {
      expect(keyIn([...args, ...inputsOf(args)])).toBe('String');
    },
  );

  test.each(many)('%s takes an idempotency key with each, which is required', (_, { args }) => {
    expect(keyIn(inputsOf(inputsOf(args).filter(({ name }) => name === 'each')))).toBe('String!');
  });
});

describe('an idempotency key', () => {
  const keys = ROLE_SCHEMAS.flatMap((role) =>
    Object.values(roleSchema(role).getTypeMap()).flatMap((type) => {
      const key = isInputObjectType(type) ? type.getFields()['idempotencyKey'] : undefined;
      return key ? [[`${role}.${type.name}`, key.description] as const] : [];
    }),
  );

  test('is there for the lint to look at', () => {
    expect(keys.length).toBeGreaterThan(8);
  });

  test.each(keys)('of %s says how long it may be', (_, description) => {
    expect(description).toMatch(/once, however often it is sent\. 8 to 100 characters\.$/);
  });
});
