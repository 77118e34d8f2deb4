import {
  CUSTODY_LABELS,
  EMPLOYMENT_LABELS,
  PASSED_ON_LABELS,
  POST_CHANGE_LABELS,
  ROLE_LABELS,
  ROSTER_GAP_LABELS,
  TIER_LABELS,
  WINDOW_STAGE_LABELS,
} from '../kernel/words.ts';
import {
  AUDIENCE_LABELS,
  CROSS_DISTRICT_LABELS,
  CROSS_DISTRICT_WAY_LABELS,
  DAY_UNIT_LABELS,
  HANDLING_WAY_LABELS,
  HEARING_NEED_LABELS,
  ITEM_KIND_LABELS,
  ITEM_STATUS_LABELS,
  MATERIAL_SOURCE_LABELS,
  ONLINE_DEPTH_LABELS,
  POWER_SOURCE_LABELS,
  PROCESSING_CLASS_LABELS,
  SIGN_OFF_LEVEL_LABELS,
} from '../domains/catalogue/item-words.ts';
import {
  ADMISSION_STATE_LABELS,
  CLAUSE_FAULT_LABELS,
  DRAFT_STATE_LABELS,
  DRIFT_KIND_LABELS,
  FEE_CHANGE_LABELS,
  ITEM_CHANGE_KIND_LABELS,
  LEGAL_BASIS_CHANGE_LABELS,
  LEGAL_BASIS_KIND_LABELS,
  LIST_KIND_LABELS,
  REVIEW_DESK_LABELS,
} from '../domains/catalogue/words.ts';
import {
  BUNDLE_MEMBER_STATUS_LABELS,
  BUNDLE_STATE_LABELS,
  CASE_ORDER_LABELS,
  CASE_RESULT_LABELS,
  CASE_STATE_LABELS,
  CASE_WAIT_LABELS,
  DELIVERY_WAY_LABELS,
  ENQUIRY_STATE_LABELS,
  EXPEDITED_WAY_LABELS,
  ID_TYPE_LABELS,
  OPINION_LABELS,
  OUTCOME_LABELS,
  SPECIAL_PROCEDURE_LABELS,
} from '../case/words.ts';
import { LOG_ACTION_LABELS } from '../case/log-words.ts';
import { GRANT_MODE_LABELS, GRANT_STAGE_LABELS, GRANT_STATE_LABELS } from '../domains/delegation/words.ts';
import {
  AGENT_WAIT_LABELS,
  CONSENT_WAY_LABELS,
  CONTACT_PARTY_LABELS,
  CONTACT_WAY_LABELS,
} from '../domains/proxy/words.ts';
import { DATA_OFFER_KIND_LABELS, DATA_STATE_LABELS } from '../domains/sharing/words.ts';
import { LIGHT_KIND_LABELS, LIGHT_LEVEL_LABELS } from '../domains/sharing/light-words.ts';
import {
  ANSWER_STATE_LABELS,
  ATTENDANCE_LABELS,
  LAPSE_EFFECT_LABELS,
  OBJECTION_END_LABELS,
  PARTY_ASK_LABELS,
  PARTY_OPINION_LABELS,
  PROJECT_STAGE_LABELS,
  REQUEST_STATE_LABELS,
} from '../domains/joint/words.ts';
import { HANDLER_FILTER_LABELS, HANDLER_STANDING_LABELS } from '../domains/caseload/words.ts';
import { PROJECT_PHASE_LABELS } from '../domains/projects/words.ts';
import { STAND_IN_ROLE_LABELS } from '../domains/roster/stand-ins.ts';
import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { ValueNode } from 'graphql';
import { GraphQLError, Kind } from 'graphql';
import type { DivisionCode } from '../kernel/divisions.ts';
import type { ErrorCode, ProblemError } from '../kernel/errors.ts';
import { ERROR_CODES, ERRORS, problem } from '../kernel/errors.ts';
import type { GrantUse, MissingMaterial } from '../case/log-line.ts';
import { isDay, isInstant } from '../kernel/calendar.ts';
import type { Item, MaterialRequirement } from '../domains/catalogue/catalogue.ts';
import type { Limit } from '../kernel/limits.ts';
import type { VagueClause } from '../domains/catalogue/vague-clauses.ts';
import type { Page, PageRequest } from '../operation/answers.ts';
import type { RoleContext } from './services.ts';

export interface SchemaTypes {
  Context: RoleContext;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: string; Output: Date };
    Date: { Input: string; Output: string };
    Base64: { Input: string; Output: string };
    Fen: { Input: number; Output: number };
  };
}

/** The scalars; clients and gateway carry them as strings, amounts of money as numbers. */
const SCALARS = {
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

/**
 * A builder with what roles share: scalars, enums, the key-only stubs of types another role owns. Each role has a
 * builder of its own, and a shared type comes in only when the role uses it, so that a role's printed schema holds its
 * own fields and nothing else.
 */
export function createBuilder(scalars: readonly ScalarName[]) {
  const builder = new SchemaBuilder<SchemaTypes>({
    plugins: [RelayPlugin],
    relay: { clientMutationId: 'omit', cursorType: 'String', nodesOnConnection: true },
  });
  for (const name of scalars) builder.scalarType(name, SCALARS[name]);

  const labelled = <T extends string>(name: string, description: string, labels: Record<T, string>) =>
    builder.enumType(name, {
      description,
      values: Object.fromEntries(
        (Object.entries(labels) as [T, string][]).map(([value, label]) => [value, { description: label }]),
      ) as Record<T, { description: string }>,
    });
  const enums = lazily({
    Tier: () => labelled('Tier', '层级', TIER_LABELS),
    ItemKind: () => labelled('ItemKind', '事项类型', ITEM_KIND_LABELS),
    ProcessingClass: () => labelled('ProcessingClass', '办件类型', PROCESSING_CLASS_LABELS),
    PowerSource: () => labelled('PowerSource', '权力来源', POWER_SOURCE_LABELS),
    HandlingWay: () => labelled('HandlingWay', '办理方式', HANDLING_WAY_LABELS),
    CrossDistrict: () => labelled('CrossDistrict', '通办范围', CROSS_DISTRICT_LABELS),
    CrossDistrictWay: () => labelled('CrossDistrictWay', '通办方式', CROSS_DISTRICT_WAY_LABELS),
    SignOffLevel: () => labelled('SignOffLevel', '签批层级', SIGN_OFF_LEVEL_LABELS),
    MaterialSource: () => labelled('MaterialSource', '材料来源', MATERIAL_SOURCE_LABELS),
    OnlineDepth: () => labelled('OnlineDepth', '网上办理深度', ONLINE_DEPTH_LABELS),
    ClauseFault: () => labelled('ClauseFault', '条款问题', CLAUSE_FAULT_LABELS),
    DayUnit: () => labelled('DayUnit', '时限单位', DAY_UNIT_LABELS),
    ItemStatus: () => labelled('ItemStatus', '事项状态', ITEM_STATUS_LABELS),
    ReviewDesk: () => labelled('ReviewDesk', '审核', REVIEW_DESK_LABELS),
    DraftState: () => labelled('DraftState', '事项草稿状态', DRAFT_STATE_LABELS),
    ItemChangeKind: () => labelled('ItemChangeKind', '事项变更', ITEM_CHANGE_KIND_LABELS),
    CaseState: () => labelled('CaseState', '办件状态', CASE_STATE_LABELS),
    LogAction: () => labelled('LogAction', '办理环节', LOG_ACTION_LABELS),
    HearingNeed: () => labelled('HearingNeed', '听证', HEARING_NEED_LABELS),
    SpecialProcedure: () => labelled('SpecialProcedure', '特别程序', SPECIAL_PROCEDURE_LABELS),
    DeliveryWay: () => labelled('DeliveryWay', '送达方式', DELIVERY_WAY_LABELS),
    CaseResult: () => labelled('CaseResult', '办结结果', CASE_RESULT_LABELS),
    Outcome: () => labelled('Outcome', '决定结果', OUTCOME_LABELS),
    Opinion: () => labelled('Opinion', '审查意见', OPINION_LABELS),
    Custody: () => labelled('Custody', '承办权', CUSTODY_LABELS),
    CaseOrder: () => labelled('CaseOrder', '办件排序', CASE_ORDER_LABELS),
    HandlerFilter: () => labelled('HandlerFilter', '承办人筛选', HANDLER_FILTER_LABELS),
    HandlerStanding: () => labelled('HandlerStanding', '承办人状态', HANDLER_STANDING_LABELS),
    CaseWait: () => labelled('CaseWait', '待办事由', CASE_WAIT_LABELS),
    Role: () => labelled('Role', '岗位', ROLE_LABELS),
    GrantStage: () => labelled('GrantStage', '授权环节', GRANT_STAGE_LABELS),
    GrantMode: () => labelled('GrantMode', '授权方式', GRANT_MODE_LABELS),
    GrantState: () => labelled('GrantState', '授权状态', GRANT_STATE_LABELS),
    ConsentWay: () => labelled('ConsentWay', '委托方式', CONSENT_WAY_LABELS),
    AgentWaitKind: () => labelled('AgentWaitKind', '待代办事项', AGENT_WAIT_LABELS),
    Employment: () => labelled('Employment', '用工性质', EMPLOYMENT_LABELS),
    StandInRole: () => labelled('StandInRole', 'AB角岗位: posts that are stood in for.', STAND_IN_ROLE_LABELS),
    RosterGap: () => labelled('RosterGap', '名册缺口', ROSTER_GAP_LABELS),
    PassedOn: () => labelled('PassedOn', '交接去向', PASSED_ON_LABELS),
    PostChange: () => labelled('PostChangeKind', '岗位变动', POST_CHANGE_LABELS),
    ContactParty: () => labelled('ContactParty', '联系对象', CONTACT_PARTY_LABELS),
    ContactWay: () => labelled('ContactWay', '联系方式', CONTACT_WAY_LABELS),
    EnquiryState: () => labelled('EnquiryState', '首问责任', ENQUIRY_STATE_LABELS),
    DriftKind: () => labelled('DriftKind', '目录比对', DRIFT_KIND_LABELS),
    IdType: () => labelled('IdType', '证件类型', ID_TYPE_LABELS),
    DataOfferKind: () => labelled('DataOfferKind', '数据来源', DATA_OFFER_KIND_LABELS),
    DataState: () => labelled('DataState', '数据共享请求状态', DATA_STATE_LABELS),
    LightKind: () => labelled('LightKind', '预警事由', LIGHT_KIND_LABELS),
    LightLevel: () => labelled('LightLevel', '预警等级', LIGHT_LEVEL_LABELS),
    LegalBasisKind: () => labelled('LegalBasisKind', '效力位阶', LEGAL_BASIS_KIND_LABELS),
    LegalBasisChangeKind: () => labelled('LegalBasisChangeKind', '立改废', LEGAL_BASIS_CHANGE_LABELS),
    Audience: () => labelled('Audience', '服务对象', AUDIENCE_LABELS),
    ListKind: () => labelled('ListKind', '公开清单', LIST_KIND_LABELS),
    AdmissionState: () => labelled('AdmissionState', '进驻状态', ADMISSION_STATE_LABELS),
    FeeChangeKind: () => labelled('FeeChangeKind', '收费变动', FEE_CHANGE_LABELS),
    PartyAsk: () => labelled('PartyAsk', '征询方式', PARTY_ASK_LABELS),
    PartyOpinion: () => labelled('PartyOpinion', '部门意见', PARTY_OPINION_LABELS),
    LapseEffect: () => labelled('LapseEffect', '逾期未答复的后果', LAPSE_EFFECT_LABELS),
    Attendance: () => labelled('Attendance', '踏勘到场情况', ATTENDANCE_LABELS),
    RequestState: () => labelled('RequestState', '征询办理状态', REQUEST_STATE_LABELS),
    AnswerState: () => labelled('AnswerState', '答复送达情况', ANSWER_STATE_LABELS),
    ObjectionEnd: () => labelled('ObjectionEnd', '异议处理结果', OBJECTION_END_LABELS),
    ProjectStage: () => labelled('ProjectStage', '审批阶段', PROJECT_STAGE_LABELS),
    ExpeditedWay: () => labelled('ExpeditedWay', '加快办理', EXPEDITED_WAY_LABELS),
    ProjectPhase: () => labelled('ProjectPhase', '项目阶段', PROJECT_PHASE_LABELS),
    WindowStage: () => labelled('WindowStage', '窗口办理环节', WINDOW_STAGE_LABELS),
    BundleMemberStatus: () => labelled('BundleMemberStatus', '一件事成员事项状态', BUNDLE_MEMBER_STATUS_LABELS),
    BundleState: () => labelled('BundleState', '一件事进度', BUNDLE_STATE_LABELS),
    ErrorCode: () =>
      builder.enumType('ErrorCode', {
        description: 'Every error code, a closed list.',
        values: Object.fromEntries(ERROR_CODES.map((code) => [code, { description: ERRORS[code].zh }])) as Record<
          ErrorCode,
          { description: string }
        >,
      }),
  });
  const places = lazily({
    Division: () =>
      builder.objectRef<DivisionCode>('Division').implement({
        description: '行政区划: a place; its desk is a node.',
        fields: (t) => ({ code: t.id({ nullable: false, resolve: (code) => code }) }),
      }),
  });
  const others = lazily({
    /** An item's key, for roles that only point at it. */
    ItemStub: () =>
      builder.objectRef<ItemRef>('Item').implement({
        // the whole graph shows the description of the last role that has the type
        description: '事项: what can be applied for.',
        fields: (t) => ({
          code: t.exposeID('code', { nullable: false }),
          _via: t.id({ resolve: (ref) => ref.via }),
        }),
      }),
    /** An implementation's key, for roles that only point at it. */
    ImplementationStub: () =>
      builder.objectRef<ImplementationRef>('Implementation').implement({
        fields: (t) => ({
          itemCode: t.id({ nullable: false, resolve: (ref) => ref.item }),
          node: t.field({ type: places.Division, nullable: false, resolve: (ref) => ref.node }),
          _via: t.id({ resolve: (ref) => ref.via }),
        }),
      }),
    DelegationUse: () =>
      builder.objectRef<GrantUse>('DelegationUse').implement({
        description: 'A grant a stage is done under.',
        fields: (t) => ({
          id: t.exposeID('id', { nullable: false }),
          grantor: t.field({ type: places.Division, nullable: false, resolve: (u) => u.grantor }),
          grantee: t.field({ type: places.Division, nullable: false, resolve: (u) => u.grantee }),
          mode: t.field({ type: enums.GrantMode, nullable: false, resolve: (u) => u.mode }),
        }),
      }),
    Limit: () =>
      builder.objectRef<Limit>('Limit').implement({
        description: '时限',
        fields: (t) => ({
          days: t.exposeFloat('days', { nullable: false, description: 'Whole days, or half working days.' }),
          unit: t.field({ type: enums.DayUnit, nullable: false, resolve: (limit) => limit.unit }),
        }),
      }),
    MaterialRequirement: () =>
      builder.objectRef<MaterialRequirement>('MaterialRequirement').implement({
        description: '申请材料清单',
        fields: (t) => ({
          name: t.exposeString('name', { nullable: false }),
          required: t.exposeBoolean('required', { nullable: false }),
          providedBy: t.field({ type: enums.MaterialSource, nullable: false, resolve: (m) => m.providedBy }),
          held: t.exposeBoolean('held', {
            nullable: false,
            description: 'Whether the system holds it already, so that nobody brings it again.',
          }),
        }),
      }),
    VagueClause: () =>
      builder.objectRef<VagueClause>('VagueClause').implement({
        description: '模糊条款、兜底条款: a clause whose content nobody can know beforehand.',
        fields: (t) => ({
          place: t.exposeString('place', { nullable: false }),
          clause: t.exposeString('clause', { nullable: false }),
          text: t.exposeString('text', { nullable: false }),
          fault: t.field({ type: enums.ClauseFault, nullable: false, resolve: (c) => c.fault }),
        }),
      }),
    FeeSchedule: () =>
      builder.objectRef<NonNullable<Item['feeSchedule']>>('FeeSchedule').implement({
        description: '收费项目',
        fields: (t) => ({
          baseFen: t.expose('baseFen', {
            type: 'Fen',
            description: 'In fen; null where the amount follows a schedule of its own.',
          }),
          unit: t.exposeString('unit', { nullable: false }),
          note: t.exposeString('note'),
          rates: t.field({
            type: [
              builder.objectRef<{ category: string; percent: number }>('FeeRate').implement({
                fields: (r) => ({
                  category: r.exposeString('category', { nullable: false }),
                  percent: r.exposeInt('percent', { nullable: false }),
                }),
              }),
            ],
            nullable: false,
            resolve: (f) => f.rates,
          }),
        }),
      }),
    MissingMaterial: () =>
      builder.objectRef<MissingMaterial>('MissingMaterial').implement({
        description: '一次告知: a material that is missing or faulty, and why.',
        fields: (t) => ({
          material: t.exposeString('material', { nullable: false }),
          reason: t.exposeString('reason', { nullable: false }),
        }),
      }),
  });
  const refs: typeof places & typeof others = Object.defineProperties(Object.create(null), {
    ...Object.getOwnPropertyDescriptors(places),
    ...Object.getOwnPropertyDescriptors(others),
  });
  return { builder, enums, refs };
}

/** Makes each member when it is first asked for, once. */
function lazily<T extends Record<string, () => unknown>>(makers: T): { [K in keyof T]: ReturnType<T[K]> } {
  const made = {} as { [K in keyof T]: ReturnType<T[K]> };
  for (const key of Object.keys(makers) as (keyof T)[]) {
    let value: ReturnType<T[typeof key]> | undefined;
    Object.defineProperty(made, key, { get: () => (value ??= makers[key]?.() as ReturnType<T[typeof key]>) });
  }
  return made;
}

/** A pointer to an item: its code, and a node that surely holds a copy. */
export interface ItemRef {
  code: string;
  via: DivisionCode;
}

/** A pointer to an implementation: its key, and a node that surely holds a copy. */
export interface ImplementationRef {
  item: string;
  node: DivisionCode;
  via: DivisionCode;
}

export type RoleBuilder = ReturnType<typeof createBuilder>;

/** Arguments of a list, checked. @throws {ProblemError} BAD_INPUT */
export function pageOf(args: { first?: number | null | undefined; after?: string | null | undefined }): PageRequest {
  const first = args.first ?? 20;
  if (first < 1 || first > 200) throw problem('BAD_INPUT', 'first must lie between 1 and 200.', { field: 'first' });
  return { first, after: args.after ?? null };
}

/** A page of nodes as a Relay connection. */
export function connectionOf<T>(page: Page<T>) {
  const edges = page.nodes.map((node, i) => ({ node, cursor: page.cursors[i] ?? '' }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The node an operation with a single address is put to. @throws {ProblemError} MISROUTED */
export function addressed(context: RoleContext): DivisionCode {
  if (context.at === null) throw problem('MISROUTED', 'The operation names no node.');
  return context.at;
}

/**
 * Answers a list of keys in order, one call a node. A fault of one key stays at its place in the list.
 * @param keys each with the node that shall answer it
 */
export async function answerKeys<K extends { at: string }, T>(
  keys: readonly K[],
  answer: (node: DivisionCode, keys: K[]) => Promise<(T | ProblemError)[]>,
): Promise<T[]> {
  const answers: (T | Error)[] = Array.from({ length: keys.length });
  const byNode = new Map<DivisionCode, number[]>();
  keys.forEach((key, index) => {
    const indexes = byNode.get(key.at);
    if (indexes) indexes.push(index);
    else byNode.set(key.at, [index]);
  });
  await Promise.all(
    [...byNode].map(async ([node, indexes]) => {
      const asked = indexes.flatMap((i) => keys[i] ?? []);
      let found: (T | Error)[];
      try {
        found = await answer(node, asked);
      } catch (error) {
        found = asked.map(() => (error instanceof Error ? error : new Error(String(error))));
      }
      indexes.forEach((index, i) => {
        answers[index] = found[i] ?? problem('NOT_FOUND', 'The node gave no answer for this key.', { node });
      });
    }),
  );
  // graphql-js takes an Error in a list as the fault of that item alone; its types do not say so
  return answers as T[];
}
