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
import { PROJECT_PHASE_LABELS } from '../domains/projects/words.ts';
import { STAND_IN_ROLE_LABELS } from '../domains/roster/stand-ins.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import { ERROR_CODES, ERRORS } from '../kernel/errors.ts';
import type { EnumRef as EnumRefOf } from '@pothos/core';
import type { Vocabulary } from '../operation/fields.ts';
import { lazily } from './lazily.ts';
import type { GraphBuilder, SchemaTypes } from './pothos.ts';

/** The enums that roles share, by their names in the vocabulary; each is made when a role first uses it. */
export function sharedEnums(builder: GraphBuilder) {
  const labelled = labeller(builder);
  return lazily({
    ...deskEnums(labelled),
    ...itemEnums(labelled),
    ...registerEnums(labelled),
    ...caseEnums(labelled),
    ...partyEnums(labelled),
    ErrorCode: () =>
      builder.enumType('ErrorCode', {
        description: 'Every error code, a closed list.',
        values: Object.fromEntries(ERROR_CODES.map((code) => [code, { description: ERRORS[code].zh }])) as Record<
          ErrorCode,
          { description: string }
        >,
      }),
  });
}

type Labelled = ReturnType<typeof labeller>;
/** Makes an enum of words, each described by its label. */
const labeller =
  (builder: GraphBuilder) =>
  <T extends string>(name: string, description: string, labels: Record<T, string>) =>
    builder.enumType(name, {
      description,
      values: Object.fromEntries(
        (Object.entries(labels) as [T, string][]).map(([value, label]) => [value, { description: label }]),
      ) as Record<T, { description: string }>,
    });

/** Enums of desks: tiers, posts, windows, the roster of agents. */
const deskEnums = (labelled: Labelled) => ({
  Tier: () => labelled('Tier', '层级', TIER_LABELS),
  Custody: () => labelled('Custody', '承办权', CUSTODY_LABELS),
  Role: () => labelled('Role', '岗位', ROLE_LABELS),
  Employment: () => labelled('Employment', '用工性质', EMPLOYMENT_LABELS),
  StandInRole: () => labelled('StandInRole', 'AB角岗位: posts that are stood in for.', STAND_IN_ROLE_LABELS),
  RosterGap: () => labelled('RosterGap', '名册缺口', ROSTER_GAP_LABELS),
  PassedOn: () => labelled('PassedOn', '交接去向', PASSED_ON_LABELS),
  PostChange: () => labelled('PostChangeKind', '岗位变动', POST_CHANGE_LABELS),
  WindowStage: () => labelled('WindowStage', '窗口办理环节', WINDOW_STAGE_LABELS),
});

/** Enums of items and their handling. */
const itemEnums = (labelled: Labelled) => ({
  ItemKind: () => labelled('ItemKind', '事项类型', ITEM_KIND_LABELS),
  ProcessingClass: () => labelled('ProcessingClass', '办件类型', PROCESSING_CLASS_LABELS),
  PowerSource: () => labelled('PowerSource', '权力来源', POWER_SOURCE_LABELS),
  HandlingWay: () => labelled('HandlingWay', '办理方式', HANDLING_WAY_LABELS),
  CrossDistrict: () => labelled('CrossDistrict', '通办范围', CROSS_DISTRICT_LABELS),
  CrossDistrictWay: () => labelled('CrossDistrictWay', '通办方式', CROSS_DISTRICT_WAY_LABELS),
  SignOffLevel: () => labelled('SignOffLevel', '签批层级', SIGN_OFF_LEVEL_LABELS),
  MaterialSource: () => labelled('MaterialSource', '材料来源', MATERIAL_SOURCE_LABELS),
  OnlineDepth: () => labelled('OnlineDepth', '网上办理深度', ONLINE_DEPTH_LABELS),
  DayUnit: () => labelled('DayUnit', '时限单位', DAY_UNIT_LABELS),
  ItemStatus: () => labelled('ItemStatus', '事项状态', ITEM_STATUS_LABELS),
  HearingNeed: () => labelled('HearingNeed', '听证', HEARING_NEED_LABELS),
  Audience: () => labelled('Audience', '服务对象', AUDIENCE_LABELS),
});

/** Enums of a node's registers: drafts, legal bases, admission, fees, drift. */
const registerEnums = (labelled: Labelled) => ({
  ClauseFault: () => labelled('ClauseFault', '条款问题', CLAUSE_FAULT_LABELS),
  ReviewDesk: () => labelled('ReviewDesk', '审核', REVIEW_DESK_LABELS),
  DraftState: () => labelled('DraftState', '事项草稿状态', DRAFT_STATE_LABELS),
  ItemChangeKind: () => labelled('ItemChangeKind', '事项变更', ITEM_CHANGE_KIND_LABELS),
  DriftKind: () => labelled('DriftKind', '目录比对', DRIFT_KIND_LABELS),
  LegalBasisKind: () => labelled('LegalBasisKind', '效力位阶', LEGAL_BASIS_KIND_LABELS),
  LegalBasisChangeKind: () => labelled('LegalBasisChangeKind', '立改废', LEGAL_BASIS_CHANGE_LABELS),
  ListKind: () => labelled('ListKind', '公开清单', LIST_KIND_LABELS),
  AdmissionState: () => labelled('AdmissionState', '进驻状态', ADMISSION_STATE_LABELS),
  FeeChangeKind: () => labelled('FeeChangeKind', '收费变动', FEE_CHANGE_LABELS),
});

/** The life of a case, an enquiry, a bundle. */
const caseEnums = (labelled: Labelled) => ({
  CaseState: () => labelled('CaseState', '办件状态', CASE_STATE_LABELS),
  LogAction: () => labelled('LogAction', '办理环节', LOG_ACTION_LABELS),
  SpecialProcedure: () => labelled('SpecialProcedure', '特别程序', SPECIAL_PROCEDURE_LABELS),
  DeliveryWay: () => labelled('DeliveryWay', '送达方式', DELIVERY_WAY_LABELS),
  CaseResult: () => labelled('CaseResult', '办结结果', CASE_RESULT_LABELS),
  Outcome: () => labelled('Outcome', '决定结果', OUTCOME_LABELS),
  Opinion: () => labelled('Opinion', '审查意见', OPINION_LABELS),
  CaseOrder: () => labelled('CaseOrder', '办件排序', CASE_ORDER_LABELS),
  CaseWait: () => labelled('CaseWait', '待办事由', CASE_WAIT_LABELS),
  EnquiryState: () => labelled('EnquiryState', '首问责任', ENQUIRY_STATE_LABELS),
  IdType: () => labelled('IdType', '证件类型', ID_TYPE_LABELS),
  ExpeditedWay: () => labelled('ExpeditedWay', '加快办理', EXPEDITED_WAY_LABELS),
  BundleMemberStatus: () => labelled('BundleMemberStatus', '一件事成员事项状态', BUNDLE_MEMBER_STATUS_LABELS),
  BundleState: () => labelled('BundleState', '一件事进度', BUNDLE_STATE_LABELS),
});

/** Enums of other parts in a case: grantees, agents, shared data, asked departments, projects. */
const partyEnums = (labelled: Labelled) => ({
  GrantStage: () => labelled('GrantStage', '授权环节', GRANT_STAGE_LABELS),
  GrantMode: () => labelled('GrantMode', '授权方式', GRANT_MODE_LABELS),
  GrantState: () => labelled('GrantState', '授权状态', GRANT_STATE_LABELS),
  ConsentWay: () => labelled('ConsentWay', '委托方式', CONSENT_WAY_LABELS),
  AgentWaitKind: () => labelled('AgentWaitKind', '待代办事项', AGENT_WAIT_LABELS),
  ContactParty: () => labelled('ContactParty', '联系对象', CONTACT_PARTY_LABELS),
  ContactWay: () => labelled('ContactWay', '联系方式', CONTACT_WAY_LABELS),
  DataOfferKind: () => labelled('DataOfferKind', '数据来源', DATA_OFFER_KIND_LABELS),
  DataState: () => labelled('DataState', '数据共享请求状态', DATA_STATE_LABELS),
  LightKind: () => labelled('LightKind', '预警事由', LIGHT_KIND_LABELS),
  LightLevel: () => labelled('LightLevel', '预警等级', LIGHT_LEVEL_LABELS),
  PartyAsk: () => labelled('PartyAsk', '征询方式', PARTY_ASK_LABELS),
  PartyOpinion: () => labelled('PartyOpinion', '部门意见', PARTY_OPINION_LABELS),
  LapseEffect: () => labelled('LapseEffect', '逾期未答复的后果', LAPSE_EFFECT_LABELS),
  Attendance: () => labelled('Attendance', '踏勘到场情况', ATTENDANCE_LABELS),
  RequestState: () => labelled('RequestState', '征询办理状态', REQUEST_STATE_LABELS),
  AnswerState: () => labelled('AnswerState', '答复送达情况', ANSWER_STATE_LABELS),
  ObjectionEnd: () => labelled('ObjectionEnd', '异议处理结果', OBJECTION_END_LABELS),
  ProjectStage: () => labelled('ProjectStage', '审批阶段', PROJECT_STAGE_LABELS),
  ProjectPhase: () => labelled('ProjectPhase', '项目阶段', PROJECT_PHASE_LABELS),
});

type EnumRef<T extends string> = EnumRefOf<PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>, T>;
/** Enums of domains, by their builder. */
const brought = new WeakMap<object, Map<string, unknown>>();

/** The enum of a domain's own vocabulary, made when it is first used, so that no list here names it. */
export function ownEnum<T extends string>(builder: GraphBuilder, { name, zh, labels }: Vocabulary<T>): EnumRef<T> {
  const known = brought.get(builder) ?? new Map<string, unknown>();
  brought.set(builder, known);
  // the builder infers the same words from the labels' keys
  const made = (known.get(name) ?? labeller(builder)(name, zh, labels)) as EnumRef<T>;
  known.set(name, made);
  return made;
}
