import { vocabulary } from '../../kernel/vocabulary.ts';

// Words for items and their handling.

/** 事项类型: which law's days and forms bind depends on it. */
export const ITEM_KINDS = ['LICENSE', 'PAYMENT', 'CONFIRM', 'RECORD', 'SERVICE', 'JOINT'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];
export const ITEM_KIND_LABELS: Record<ItemKind, string> = {
  LICENSE: '行政许可',
  PAYMENT: '行政给付',
  CONFIRM: '行政确认',
  RECORD: '备案',
  SERVICE: '公共服务',
  JOINT: '一件事',
};
export const ITEM_KIND = vocabulary('ItemKind', '事项类型', ITEM_KIND_LABELS);

/** 办件类型. */
export const PROCESSING_CLASSES = ['INSTANT', 'COMMITTED', 'FORWARDED', 'JOINT', 'ANSWER', 'URGENT'] as const;
export type ProcessingClass = (typeof PROCESSING_CLASSES)[number];
export const PROCESSING_CLASS_LABELS: Record<ProcessingClass, string> = {
  INSTANT: '即办件',
  COMMITTED: '承诺件',
  FORWARDED: '转报件',
  JOINT: '联办件',
  ANSWER: '答复件',
  URGENT: '特急件',
};
export const PROCESSING_CLASS = vocabulary('ProcessingClass', '办件类型', PROCESSING_CLASS_LABELS);

/** 权力来源: the source of the deciding organ's power. */
export const POWER_SOURCES = [
  'STATUTORY',
  'DEVOLVED_ABOVE',
  'AUTHORIZED_ABOVE',
  'AUTHORIZED_PEER',
  'ENTRUSTED_ABOVE',
  'ENTRUSTED_PEER',
] as const;
export type PowerSource = (typeof POWER_SOURCES)[number];
export const POWER_SOURCE_LABELS: Record<PowerSource, string> = {
  STATUTORY: '法定本级行使',
  DEVOLVED_ABOVE: '上级下放',
  AUTHORIZED_ABOVE: '上级授权',
  AUTHORIZED_PEER: '同级授权',
  ENTRUSTED_ABOVE: '上级委托',
  ENTRUSTED_PEER: '同级委托',
};
export const POWER_SOURCE = vocabulary('PowerSource', '权力来源', POWER_SOURCE_LABELS);

/** 办理方式. */
export const HANDLING_WAYS = ['OWN', 'FIRST_REVIEW', 'JOINT', 'FORWARDED'] as const;
export type HandlingWay = (typeof HANDLING_WAYS)[number];
export const HANDLING_WAY_LABELS: Record<HandlingWay, string> = {
  OWN: '自办',
  FIRST_REVIEW: '初审',
  JOINT: '联办',
  FORWARDED: '转报',
};
export const HANDLING_WAY = vocabulary('HandlingWay', '办理方式', HANDLING_WAY_LABELS);

/** 通办范围: how far from home people may apply. */
export const CROSS_DISTRICTS = ['NONE', 'COUNTY', 'CITY', 'PROVINCE', 'NATION'] as const;
export type CrossDistrict = (typeof CROSS_DISTRICTS)[number];
export const CROSS_DISTRICT_LABELS: Record<CrossDistrict, string> = {
  NONE: '不通办',
  COUNTY: '全县通办',
  CITY: '全市通办',
  PROVINCE: '全省通办',
  NATION: '跨省通办',
};
export const CROSS_DISTRICT = vocabulary('CrossDistrict', '通办范围', CROSS_DISTRICT_LABELS);

/** 通办方式: wholly online, collected by a desk for another (代收代办), or handled by several places together. */
export const CROSS_DISTRICT_WAYS = ['ONLINE', 'COLLECTED', 'JOINT'] as const;
export type CrossDistrictWay = (typeof CROSS_DISTRICT_WAYS)[number];
export const CROSS_DISTRICT_WAY_LABELS: Record<CrossDistrictWay, string> = {
  ONLINE: '全程网办',
  COLLECTED: '代收代办',
  JOINT: '多地联办',
};
export const CROSS_DISTRICT_WAY = vocabulary('CrossDistrictWay', '通办方式', CROSS_DISTRICT_WAY_LABELS);

/** 签批层级, lowest first: levels that sign a decision. */
export const SIGN_OFF_LEVELS = ['WINDOW', 'CHIEF', 'SECTION_HEAD', 'DEPUTY_HEAD', 'HEAD'] as const;
export type SignOffLevel = (typeof SIGN_OFF_LEVELS)[number];
export const SIGN_OFF_LEVEL_LABELS: Record<SignOffLevel, string> = {
  WINDOW: '窗口人员签批',
  CHIEF: '首席代表签批',
  SECTION_HEAD: '科室负责人签批',
  DEPUTY_HEAD: '分管领导签批',
  HEAD: '主要领导签批',
};
export const SIGN_OFF_LEVEL = vocabulary('SignOffLevel', '签批层级', SIGN_OFF_LEVEL_LABELS);

/** 材料来源: who brings a material. */
export const MATERIAL_SOURCES = ['APPLICANT', 'SHARING', 'AGENCY'] as const;
export type MaterialSource = (typeof MATERIAL_SOURCES)[number];
export const MATERIAL_SOURCE_LABELS: Record<MaterialSource, string> = {
  APPLICANT: '申请人自备',
  SHARING: '数据共享',
  AGENCY: '部门核验',
};
export const MATERIAL_SOURCE = vocabulary('MaterialSource', '材料来源', MATERIAL_SOURCE_LABELS);

/** 网上办理深度, shallowest first. */
export const ONLINE_DEPTHS = ['LEVEL_1', 'LEVEL_2', 'LEVEL_3', 'LEVEL_4'] as const;
export type OnlineDepth = (typeof ONLINE_DEPTHS)[number];
export const ONLINE_DEPTH_LABELS: Record<OnlineDepth, string> = {
  LEVEL_1: '一级:网上公布信息',
  LEVEL_2: '二级:网上下载表格',
  LEVEL_3: '三级:网上申请预审',
  LEVEL_4: '四级:全程网上办理',
};
export const ONLINE_DEPTH = vocabulary('OnlineDepth', '网上办理深度', ONLINE_DEPTH_LABELS);

/** Unit of a limit: working days of the official calendar, or plain days. */
export const DAY_UNITS = ['WORKDAY', 'DAY'] as const;
export type DayUnit = (typeof DAY_UNITS)[number];
export const DAY_UNIT_LABELS: Record<DayUnit, string> = { WORKDAY: '工作日', DAY: '日' };

/** 事项状态. */
export const ITEM_STATUSES = ['IN_FORCE', 'SUSPENDED', 'CANCELLED'] as const;
export type ItemStatus = (typeof ITEM_STATUSES)[number];
export const ITEM_STATUS_LABELS: Record<ItemStatus, string> = {
  IN_FORCE: '在用',
  SUSPENDED: '暂停',
  CANCELLED: '取消',
};
export const ITEM_STATUS = vocabulary('ItemStatus', '事项状态', ITEM_STATUS_LABELS);
export const DAY_UNIT = vocabulary('DayUnit', '时限单位', DAY_UNIT_LABELS);

/**
 * 听证: the hearing that an item's licence needs: offered to those it affects (Art. 47), or held in any case (Art. 46).
 */
export const HEARING_NEEDS = ['NONE', 'OFFERED', 'HELD'] as const;
export type HearingNeed = (typeof HEARING_NEEDS)[number];
export const HEARING_NEED_LABELS: Record<HearingNeed, string> = {
  NONE: '不需听证',
  OFFERED: '依申请听证',
  HELD: '应当听证',
};
export const HEARING_NEED = vocabulary('HearingNeed', '听证', HEARING_NEED_LABELS);

/** 服务对象: audiences of an item. */
export const AUDIENCES = ['PERSON', 'ENTERPRISE', 'INSTITUTION', 'ORGANIZATION', 'AGENCY'] as const;
export type Audience = (typeof AUDIENCES)[number];
export const AUDIENCE_LABELS: Record<Audience, string> = {
  PERSON: '自然人',
  ENTERPRISE: '企业法人',
  INSTITUTION: '事业法人',
  ORGANIZATION: '社会组织法人',
  AGENCY: '行政机关',
};
export const AUDIENCE = vocabulary('Audience', '服务对象', AUDIENCE_LABELS);

/** 流程步骤 of an item's flow chart, in their order. */
export const FLOW_STEPS = ['TAKE_IN', 'ACCEPT', 'FIRST_REVIEW', 'REVIEW', 'HEARING', 'DECIDE', 'DELIVER'] as const;
export type FlowStep = (typeof FLOW_STEPS)[number];
export const FLOW_STEP_LABELS: Record<FlowStep, string> = {
  TAKE_IN: '收件',
  ACCEPT: '受理',
  FIRST_REVIEW: '初审',
  REVIEW: '审查',
  HEARING: '听证',
  DECIDE: '决定',
  DELIVER: '送达',
};
/** Steps of a chart: of a case that is answered (答复件) or decided outside (转报), one stands in the decision's place. */
export const CHART_STEP_LABELS = { ...FLOW_STEP_LABELS, ANSWER: '答复', REPORT: '转报' } as const;
export type ChartStep = keyof typeof CHART_STEP_LABELS;
export const FLOW_STEP = vocabulary('FlowStep', '流程步骤', FLOW_STEP_LABELS);
