/**
 * The field's standard terms. Each enum has the same spelling in code, GraphQL, database and messages; the Chinese
 * labels are what people read. Provinces number these differently: numbers are mapped at the edge.
 */

/** 层级, highest first. */
export const TIERS = ['CITY', 'COUNTY', 'TOWNSHIP', 'VILLAGE'] as const;
export type Tier = (typeof TIERS)[number];
export const TIER_LABELS: Record<Tier, string> = { CITY: '市', COUNTY: '县', TOWNSHIP: '乡镇', VILLAGE: '村' };

/** Whether the first tier stands above the second (a city above a village). */
export function isAbove(tier: Tier, other: Tier): boolean {
  return TIERS.indexOf(tier) < TIERS.indexOf(other);
}

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

/** 权力来源: whose power an item's deciding organ uses. */
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

/** 办理方式. */
export const HANDLING_WAYS = ['OWN', 'FIRST_REVIEW', 'JOINT', 'FORWARDED'] as const;
export type HandlingWay = (typeof HANDLING_WAYS)[number];
export const HANDLING_WAY_LABELS: Record<HandlingWay, string> = {
  OWN: '自办',
  FIRST_REVIEW: '初审',
  JOINT: '联办',
  FORWARDED: '转报',
};

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

/** 通办方式: wholly online, collected by a desk for another (代收代办), or handled by several places together. */
export const CROSS_DISTRICT_WAYS = ['ONLINE', 'COLLECTED', 'JOINT'] as const;
export type CrossDistrictWay = (typeof CROSS_DISTRICT_WAYS)[number];
export const CROSS_DISTRICT_WAY_LABELS: Record<CrossDistrictWay, string> = {
  ONLINE: '全程网办',
  COLLECTED: '代收代办',
  JOINT: '多地联办',
};

/** 签批层级, lowest first: up to whom a decision is signed. */
export const SIGN_OFF_LEVELS = ['WINDOW', 'CHIEF', 'SECTION_HEAD', 'DEPUTY_HEAD', 'HEAD'] as const;
export type SignOffLevel = (typeof SIGN_OFF_LEVELS)[number];
export const SIGN_OFF_LEVEL_LABELS: Record<SignOffLevel, string> = {
  WINDOW: '窗口人员签批',
  CHIEF: '首席代表签批',
  SECTION_HEAD: '科室负责人签批',
  DEPUTY_HEAD: '分管领导签批',
  HEAD: '主要领导签批',
};

/** 材料来源: who brings a material. */
export const MATERIAL_SOURCES = ['APPLICANT', 'SHARING', 'AGENCY'] as const;
export type MaterialSource = (typeof MATERIAL_SOURCES)[number];
export const MATERIAL_SOURCE_LABELS: Record<MaterialSource, string> = {
  APPLICANT: '申请人自备',
  SHARING: '数据共享',
  AGENCY: '部门核验',
};

/** 网上办理深度, shallowest first. */
export const ONLINE_DEPTHS = ['LEVEL_1', 'LEVEL_2', 'LEVEL_3', 'LEVEL_4'] as const;
export type OnlineDepth = (typeof ONLINE_DEPTHS)[number];
export const ONLINE_DEPTH_LABELS: Record<OnlineDepth, string> = {
  LEVEL_1: '一级:网上公布信息',
  LEVEL_2: '二级:网上下载表格',
  LEVEL_3: '三级:网上申请预审',
  LEVEL_4: '四级:全程网上办理',
};

/** 条款问题: what is wrong with a clause nobody can know the content of. */
export const CLAUSE_FAULTS = ['VAGUE', 'CATCH_ALL'] as const;
export type ClauseFault = (typeof CLAUSE_FAULTS)[number];
export const CLAUSE_FAULT_LABELS: Record<ClauseFault, string> = { VAGUE: '模糊条款', CATCH_ALL: '兜底条款' };

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

/** 审核: the three desks a draft of an item passes. */
export const REVIEW_DESKS = ['LEGALITY', 'REASONABLENESS', 'COMPLIANCE'] as const;
export type ReviewDesk = (typeof REVIEW_DESKS)[number];
export const REVIEW_DESK_LABELS: Record<ReviewDesk, string> = {
  LEGALITY: '合法性审核',
  REASONABLENESS: '合理性审核',
  COMPLIANCE: '合规性审核',
};

/** 事项草稿状态. */
export const DRAFT_STATES = ['IN_REVIEW', 'REMARKED', 'APPROVED'] as const;
export type DraftState = (typeof DRAFT_STATES)[number];
export const DRAFT_STATE_LABELS: Record<DraftState, string> = {
  IN_REVIEW: '审核中',
  REMARKED: '退回修改',
  APPROVED: '审核通过',
};

/** 事项变更: what was done to an item. */
export const ITEM_CHANGE_KINDS = ['DRAFTED', 'PUBLISHED', 'SUSPENDED', 'RESUMED', 'CANCELLED'] as const;
export type ItemChangeKind = (typeof ITEM_CHANGE_KINDS)[number];
export const ITEM_CHANGE_KIND_LABELS: Record<ItemChangeKind, string> = {
  DRAFTED: '起草',
  PUBLISHED: '发布',
  SUSPENDED: '暂停',
  RESUMED: '恢复',
  CANCELLED: '取消',
};

/** 办件状态, folded from the case's log. */
export const CASE_STATES = [
  'DRAFT',
  'PRECHECKED',
  'FILED',
  'AWAITING_SUPPLEMENT',
  'ACCEPTED',
  'REVIEWED',
  'GRANTED',
  'REFUSED',
  'DELIVERED',
  'CLOSED',
  'NOT_ACCEPTED',
  'WITHDRAWN',
  'TERMINATED',
  'VOIDED',
] as const;
export type CaseState = (typeof CASE_STATES)[number];
export const CASE_STATE_LABELS: Record<CaseState, string> = {
  DRAFT: '预审草稿',
  PRECHECKED: '已预审',
  FILED: '已收件',
  AWAITING_SUPPLEMENT: '待补正',
  ACCEPTED: '已受理',
  REVIEWED: '已审查',
  GRANTED: '准予',
  REFUSED: '不予许可',
  DELIVERED: '已送达',
  CLOSED: '办结归档',
  NOT_ACCEPTED: '不予受理',
  WITHDRAWN: '撤回',
  TERMINATED: '终止办理',
  VOIDED: '作废',
};

/** States that end a case (办结): nothing follows but its rating. */
export const CLOSED_STATES = [
  'CLOSED',
  'NOT_ACCEPTED',
  'WITHDRAWN',
  'TERMINATED',
  'VOIDED',
] as const satisfies CaseState[];
export type ClosedState = (typeof CLOSED_STATES)[number];
export function isClosed(state: CaseState): state is ClosedState {
  return (CLOSED_STATES as readonly CaseState[]).includes(state);
}

/** Filed and not decided: the time the applicant waits for a decision. */
export const UNDECIDED_STATES = ['FILED', 'AWAITING_SUPPLEMENT', 'ACCEPTED', 'REVIEWED'] as const satisfies CaseState[];
export function isUndecided(state: CaseState): boolean {
  return ([...UNFILED_STATES, ...UNDECIDED_STATES] as readonly CaseState[]).includes(state);
}
/** Not filed yet: no clock runs and no figure counts it. */
export const UNFILED_STATES = ['DRAFT', 'PRECHECKED'] as const satisfies CaseState[];
export function isDraft(state: CaseState): boolean {
  return (UNFILED_STATES as readonly CaseState[]).includes(state);
}

/** 办理环节: what a line of the log says was done. */
export const LOG_ACTIONS = [
  'DRAFTED',
  'PRECHECKED',
  'FILED',
  'SUPPLEMENT_REQUESTED',
  'SUPPLEMENTED',
  'FORWARDED',
  'RETURNED',
  'ASSIGNED',
  'TRANSFERRED',
  'RECEIVED',
  'HANDOFF_REFUSED',
  'ACCEPTED',
  'NOT_ACCEPTED',
  'PROCEDURE_STARTED',
  'PROCEDURE_ENDED',
  'EXTENDED',
  'REVIEWED',
  'DECIDED',
  'DOCUMENT_ISSUED',
  'DELIVERED',
  'CLOSED',
  'RATED',
  'WITHDRAWN',
  'TERMINATED',
  'VOIDED',
  'REROUTED',
  'SUCCEEDED',
  'HANDED_OVER',
  'JOINT_OPENED',
  'PARTY_ASKED',
  'OPINION_GIVEN',
  'OPINION_EXCUSED',
  'OPINION_LAPSED',
  'VISIT_SCHEDULED',
  'PARTY_CALLED',
  'VISIT_EXCUSED',
  'VISIT_RECORDED',
  'CORRECTION_MADE',
  'OBJECTION_RESOLVED',
  'QUESTION_WITHDRAWN',
  'BILLED',
  'PAID',
  'FEE_WAIVER_PROPOSED',
  'FEE_WAIVED',
  'REFUNDED',
  'CONTACTED',
  'CONSENT_REVOKED',
  'PROJECT_LINKED',
  'PROJECT_LEFT',
  'GREEN_CHANNEL_OPENED',
  'URGENCY_ASKED',
  'URGENCY_DECIDED',
  'AGENT_CHANGED',
  'DEEMED_RENEWED',
  'INTERESTED_TOLD',
  'PARTY_HEARD',
  'HEARING_OFFERED',
  'HEARING_REQUESTED',
  'HEARING_WAIVED',
  'HEARING_CALLED',
  'CHAIR_RECUSED',
  'HEARING_HELD',
] as const;
export type LogAction = (typeof LOG_ACTIONS)[number];
export const LOG_ACTION_LABELS: Record<LogAction, string> = {
  DRAFTED: '申请预审',
  PRECHECKED: '预审',
  FILED: '收件',
  SUPPLEMENT_REQUESTED: '一次告知补正',
  SUPPLEMENTED: '补正',
  FORWARDED: '上报',
  RETURNED: '退回',
  ASSIGNED: '交办',
  TRANSFERRED: '转办',
  RECEIVED: '接收',
  HANDOFF_REFUSED: '流转被拒',
  ACCEPTED: '受理',
  NOT_ACCEPTED: '不予受理',
  PROCEDURE_STARTED: '特别程序开始',
  PROCEDURE_ENDED: '特别程序结束',
  EXTENDED: '延长期限',
  REVIEWED: '审查',
  DECIDED: '决定',
  DOCUMENT_ISSUED: '制发文书',
  DELIVERED: '送达',
  CLOSED: '办结归档',
  RATED: '评价',
  WITHDRAWN: '撤回',
  TERMINATED: '终止办理',
  VOIDED: '作废',
  REROUTED: '权限变更',
  SUCCEEDED: '撤并承接',
  HANDED_OVER: '撤并移交',
  JOINT_OPENED: '启动联合办理',
  PARTY_ASKED: '征询送达',
  OPINION_GIVEN: '部门意见',
  OPINION_EXCUSED: '说明理由延期答复',
  OPINION_LAPSED: '逾期未答复',
  VISIT_SCHEDULED: '安排联合踏勘',
  PARTY_CALLED: '踏勘通知送达',
  VISIT_EXCUSED: '踏勘请假',
  VISIT_RECORDED: '联合踏勘记录',
  CORRECTION_MADE: '整改完成',
  OBJECTION_RESOLVED: '异议处理',
  QUESTION_WITHDRAWN: '撤回征询',
  BILLED: '开具缴费单',
  PAID: '缴费',
  FEE_WAIVER_PROPOSED: '申请减免',
  FEE_WAIVED: '批准减免',
  REFUNDED: '退费',
  CONTACTED: '代办联系',
  CONSENT_REVOKED: '撤回委托',
  PROJECT_LINKED: '纳入项目',
  PROJECT_LEFT: '移出项目',
  GREEN_CHANNEL_OPENED: '转入绿色通道',
  URGENCY_ASKED: '申请特急办理',
  URGENCY_DECIDED: '特急审批',
  AGENT_CHANGED: '代办交接',
  DEEMED_RENEWED: '视为准予延续',
  INTERESTED_TOLD: '告知利害关系人',
  PARTY_HEARD: '听取陈述申辩',
  HEARING_OFFERED: '告知听证权利',
  HEARING_REQUESTED: '申请听证',
  HEARING_WAIVED: '放弃听证',
  HEARING_CALLED: '听证通知',
  CHAIR_RECUSED: '听证主持人回避',
  HEARING_HELD: '听证笔录',
};

/** 流转: the lines by which a case leaves its custodian for another. */
export const HAND_OFF_ACTIONS = [
  'FORWARDED',
  'RETURNED',
  'ASSIGNED',
  'TRANSFERRED',
  'HANDED_OVER',
] as const satisfies LogAction[];
export type HandOffAction = (typeof HAND_OFF_ACTIONS)[number];

/** 特别程序: what the law takes out of the limit (Art. 45), and two it does not unless an item's own basis says so. */
export const SPECIAL_PROCEDURES = [
  'HEARING',
  'TENDER',
  'AUCTION',
  'INSPECTION',
  'TESTING',
  'QUARANTINE',
  'APPRAISAL',
  'EXPERT_REVIEW',
  'SITE_SURVEY',
  'PUBLIC_NOTICE',
] as const;
export type SpecialProcedure = (typeof SPECIAL_PROCEDURES)[number];
export const SPECIAL_PROCEDURE_LABELS: Record<SpecialProcedure, string> = {
  HEARING: '听证',
  TENDER: '招标',
  AUCTION: '拍卖',
  INSPECTION: '检验',
  TESTING: '检测',
  QUARANTINE: '检疫',
  APPRAISAL: '鉴定',
  EXPERT_REVIEW: '专家评审',
  SITE_SURVEY: '现场勘验',
  PUBLIC_NOTICE: '公示公告',
};

/** 听证: whether an item's licence needs a hearing: offered to whoever it touches (Art. 47), or held in any case (Art. 46). */
export const HEARING_NEEDS = ['NONE', 'OFFERED', 'HELD'] as const;
export type HearingNeed = (typeof HEARING_NEEDS)[number];
export const HEARING_NEED_LABELS: Record<HearingNeed, string> = {
  NONE: '不需听证',
  OFFERED: '依申请听证',
  HELD: '应当听证',
};

/** 送达方式. */
export const DELIVERY_WAYS = ['WINDOW', 'MAIL', 'ONLINE', 'AGENT'] as const;
export type DeliveryWay = (typeof DELIVERY_WAYS)[number];
export const DELIVERY_WAY_LABELS: Record<DeliveryWay, string> = {
  WINDOW: '窗口领取',
  MAIL: '邮寄送达',
  ONLINE: '网上送达',
  AGENT: '代办员送达',
};

/** 办结结果 of a closed case. */
export const CASE_RESULTS = ['ISSUED', 'REFUSED', 'NOT_ACCEPTED', 'WITHDRAWN', 'TERMINATED', 'VOIDED'] as const;
export type CaseResult = (typeof CASE_RESULTS)[number];
export const CASE_RESULT_LABELS: Record<CaseResult, string> = {
  ISSUED: '出证办结',
  REFUSED: '不予许可',
  NOT_ACCEPTED: '不予受理',
  WITHDRAWN: '退件',
  TERMINATED: '终止',
  VOIDED: '作废',
};

/** 好差评: five grades, 5 the best. */
export const RATING_LABELS: Readonly<Record<1 | 2 | 3 | 4 | 5, string>> = {
  1: '非常不满意',
  2: '不满意',
  3: '基本满意',
  4: '满意',
  5: '非常满意',
};
export type Grade = keyof typeof RATING_LABELS;

/** 决定 of the deciding node. */
export const OUTCOMES = ['GRANTED', 'REFUSED'] as const satisfies CaseState[];
export type Outcome = (typeof OUTCOMES)[number];
export const OUTCOME_LABELS: Record<Outcome, string> = { GRANTED: '准予', REFUSED: '不予' };

/** 审查意见. */
export const OPINIONS = ['APPROVE', 'REJECT'] as const;
export type Opinion = (typeof OPINIONS)[number];
export const OPINION_LABELS: Record<Opinion, string> = { APPROVE: '拟同意', REJECT: '拟不同意' };

/** Where a node stands to a case (承办权): holds it, has it under way to another, or only knows of it. */
export const CUSTODIES = ['HELD', 'IN_TRANSIT', 'ELSEWHERE'] as const;
export type Custody = (typeof CUSTODIES)[number];
export const CUSTODY_LABELS: Record<Custody, string> = {
  HELD: '本级承办',
  IN_TRANSIT: '流转中',
  ELSEWHERE: '他级承办',
};

/** 办件排序. */
export const CASE_ORDERS = ['NEWEST', 'REMAINING_DAYS'] as const;
export type CaseOrder = (typeof CASE_ORDERS)[number];
export const CASE_ORDER_LABELS: Record<CaseOrder, string> = {
  NEWEST: '最新收件在前',
  REMAINING_DAYS: '剩余时限短在前',
};

/** What a case waits for at its desk (待办事由). */
export const CASE_WAITS = ['SUPPLEMENT', 'DELIVERY'] as const;
export type CaseWait = (typeof CASE_WAITS)[number];
export const CASE_WAIT_LABELS: Record<CaseWait, string> = { SUPPLEMENT: '待补正', DELIVERY: '待送达' };

/** 岗位. */
export const ROLES = ['AGENT', 'CLERK', 'CHIEF', 'HEAD', 'CATALOGUER', 'REVIEWER', 'SUPERVISOR', 'CASHIER'] as const;
export type Role = (typeof ROLES)[number];
export const ROLE_LABELS: Record<Role, string> = {
  AGENT: '代办员',
  CLERK: '窗口人员',
  CHIEF: '首席代表',
  HEAD: '机关负责人',
  CATALOGUER: '事项管理员',
  REVIEWER: '事项审核员',
  SUPERVISOR: '监督员',
  CASHIER: '收费员',
};

/** 授权环节: what a node may be given the power to do. */
export const GRANT_STAGES = ['ACCEPT', 'REVIEW', 'DECIDE'] as const;
export type GrantStage = (typeof GRANT_STAGES)[number];
export const GRANT_STAGE_LABELS: Record<GrantStage, string> = { ACCEPT: '受理', REVIEW: '审查', DECIDE: '决定' };

/** 授权方式: lent powers act in the grantor's name, conferred ones in the grantee's own. */
export const GRANT_MODES = ['ENTRUSTED', 'CONFERRED'] as const;
export type GrantMode = (typeof GRANT_MODES)[number];
export const GRANT_MODE_LABELS: Record<GrantMode, string> = { ENTRUSTED: '委托', CONFERRED: '授权(下放)' };

/** 授权状态. */
export const GRANT_STATES = [
  'OFFERED',
  'DECLINED',
  'NOT_YET',
  'IN_EFFECT',
  'EXPIRED',
  'REVOKED',
  'HANDED_BACK',
  'INVALID',
] as const;
export type GrantState = (typeof GRANT_STATES)[number];
export const GRANT_STATE_LABELS: Record<GrantState, string> = {
  OFFERED: '待接受',
  DECLINED: '谢绝',
  NOT_YET: '未到生效日',
  IN_EFFECT: '生效',
  EXPIRED: '到期',
  REVOKED: '撤销',
  HANDED_BACK: '交回',
  INVALID: '无效',
};

/** How an applicant's consent to proxy handling was given (委托方式). */
export const CONSENT_WAYS = ['SIGNATURE', 'FINGERPRINT', 'RECORDED_VOICE', 'ONLINE'] as const;
export type ConsentWay = (typeof CONSENT_WAYS)[number];
export const CONSENT_WAY_LABELS: Record<ConsentWay, string> = {
  SIGNATURE: '签字',
  FINGERPRINT: '按手印',
  RECORDED_VOICE: '录音',
  ONLINE: '线上确认',
};

/** 法律依据的效力位阶: what a legal basis is. */
export const LEGAL_BASIS_KINDS = ['LAW', 'REGULATION', 'RULE', 'NOTICE'] as const;
export type LegalBasisKind = (typeof LEGAL_BASIS_KINDS)[number];
export const LEGAL_BASIS_KIND_LABELS: Record<LegalBasisKind, string> = {
  LAW: '法律',
  REGULATION: '法规',
  RULE: '规章',
  NOTICE: '规范性文件',
};

/** 立改废: what happened to a legal basis. */
export const LEGAL_BASIS_CHANGES = ['NEW', 'CHANGED', 'REPEALED'] as const;
export type LegalBasisChangeKind = (typeof LEGAL_BASIS_CHANGES)[number];
export const LEGAL_BASIS_CHANGE_LABELS: Record<LegalBasisChangeKind, string> = {
  NEW: '新立',
  CHANGED: '修改',
  REPEALED: '废止',
};

/** 服务对象: whom an item serves. */
export const AUDIENCES = ['PERSON', 'ENTERPRISE', 'INSTITUTION', 'ORGANIZATION', 'AGENCY'] as const;
export type Audience = (typeof AUDIENCES)[number];
export const AUDIENCE_LABELS: Record<Audience, string> = {
  PERSON: '自然人',
  ENTERPRISE: '企业法人',
  INSTITUTION: '事业法人',
  ORGANIZATION: '社会组织法人',
  AGENCY: '行政机关',
};

/** 公开清单: the lists a node publishes. */
export const LIST_KINDS = ['POWERS', 'DUTIES', 'SERVICES'] as const;
export type ListKind = (typeof LIST_KINDS)[number];
export const LIST_KIND_LABELS: Record<ListKind, string> = {
  POWERS: '权力清单',
  DUTIES: '责任清单',
  SERVICES: '服务清单',
};

/** 进驻状态 of an item. */
export const ADMISSION_STATES = ['ADMITTED', 'EXEMPT', 'OUTSIDE'] as const;
export type AdmissionState = (typeof ADMISSION_STATES)[number];
export const ADMISSION_STATE_LABELS: Record<AdmissionState, string> = {
  ADMITTED: '已进驻',
  EXEMPT: '经批准不进驻',
  OUTSIDE: '应进未进',
};

/** 收费项目的变动. */
export const FEE_CHANGES = ['ADDED', 'DROPPED', 'ADJUSTED'] as const;
export type FeeChangeKind = (typeof FEE_CHANGES)[number];
export const FEE_CHANGE_LABELS: Record<FeeChangeKind, string> = { ADDED: '新增', DROPPED: '取消', ADJUSTED: '调整' };

/** 窗口办理环节: what a department authorizes its windows to do, in the order of a case. */
export const WINDOW_STAGES = ['ACCEPT', 'REVIEW', 'DECIDE', 'DELIVER'] as const;
export type WindowStage = (typeof WINDOW_STAGES)[number];
export const WINDOW_STAGE_LABELS: Record<WindowStage, string> = {
  ACCEPT: '受理',
  REVIEW: '审查',
  DECIDE: '决定',
  DELIVER: '送达',
};

/** 证件类型 of an applicant. */
export const ID_TYPES = ['RESIDENT_ID', 'SOCIAL_CREDIT_CODE'] as const;
export type IdType = (typeof ID_TYPES)[number];
export const ID_TYPE_LABELS: Record<IdType, string> = {
  RESIDENT_ID: '居民身份证',
  SOCIAL_CREDIT_CODE: '统一社会信用代码',
};

/** 数据来源 of an offer: certificates a node issued (证照) or a register it keeps (登记簿). */
export const DATA_OFFER_KINDS = ['CERTIFICATE', 'REGISTER'] as const;
export type DataOfferKind = (typeof DATA_OFFER_KINDS)[number];
export const DATA_OFFER_KIND_LABELS: Record<DataOfferKind, string> = { CERTIFICATE: '证照', REGISTER: '登记簿' };

/** What came of a request for data. */
export const DATA_OUTCOMES = ['ANSWERED', 'NOT_FOUND', 'REFUSED'] as const;
export type DataOutcome = (typeof DATA_OUTCOMES)[number];
/** 数据共享请求状态: under way (SENT) until the offering node's outcome is here. */
export const DATA_STATES = ['SENT', ...DATA_OUTCOMES] as const;
export type DataState = (typeof DATA_STATES)[number];
export const DATA_STATE_LABELS: Record<DataState, string> = {
  SENT: '已发出',
  ANSWERED: '已提供',
  NOT_FOUND: '查无记录',
  REFUSED: '已拒绝',
};

/** 预警等级. */
export const LIGHT_LEVELS = ['NOTICE', 'YELLOW', 'RED'] as const;
export type LightLevel = (typeof LIGHT_LEVELS)[number];
export const LIGHT_LEVEL_LABELS: Record<LightLevel, string> = { NOTICE: '提示', YELLOW: '黄灯', RED: '红灯' };

/** 预警事由. */
export const LIGHT_KINDS = ['DATA_OUT_OF_GRANT'] as const;
export type LightKind = (typeof LIGHT_KINDS)[number];
export const LIGHT_KIND_LABELS: Record<LightKind, string> = { DATA_OUT_OF_GRANT: '超范围查询数据' };
/** What kind of difference between a node's catalogue and the basic catalogue (目录比对). */
export const DRIFT_KINDS = ['OUTDATED_VERSION', 'WORSE', 'MISSING', 'UNKNOWN_ITEM', 'DIFFERENT'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];
export const DRIFT_KIND_LABELS: Record<DriftKind, string> = {
  OUTDATED_VERSION: '版本落后',
  WORSE: '劣于基本目录',
  MISSING: '缺少',
  UNKNOWN_ITEM: '目录外事项',
  DIFFERENT: '不一致',
};

/** 一件事成员事项状态: due once all ahead of it succeeded, blocked once one of them failed. */
export const BUNDLE_MEMBER_STATUSES = ['WAITING', 'DUE', 'UNDER_WAY', 'SUCCEEDED', 'FAILED', 'BLOCKED'] as const;
export type BundleMemberStatus = (typeof BUNDLE_MEMBER_STATUSES)[number];
export const BUNDLE_MEMBER_STATUS_LABELS: Record<BundleMemberStatus, string> = {
  WAITING: '等待前置事项',
  DUE: '待提交',
  UNDER_WAY: '办理中',
  SUCCEEDED: '已办成',
  FAILED: '未办成',
  BLOCKED: '前置事项未办成',
};

/** 一件事进度. */
export const BUNDLE_STATES = ['UNDER_WAY', 'DELIVERY_DUE', 'DELIVERED', 'FAILED'] as const;
export type BundleState = (typeof BUNDLE_STATES)[number];
export const BUNDLE_STATE_LABELS: Record<BundleState, string> = {
  UNDER_WAY: '办理中',
  DELIVERY_DUE: '待统一出件',
  DELIVERED: '已统一出件',
  FAILED: '全部未办成',
};

/** 联系对象: with whom an agent was in contact about a case. */
export const CONTACT_PARTIES = ['APPLICANT', 'DESK'] as const;
export type ContactParty = (typeof CONTACT_PARTIES)[number];
export const CONTACT_PARTY_LABELS: Record<ContactParty, string> = {
  APPLICANT: '申请人',
  DESK: '承办单位',
};

/** 联系方式. */
export const CONTACT_WAYS = ['VISIT', 'AT_DESK', 'PHONE', 'ONLINE'] as const;
export type ContactWay = (typeof CONTACT_WAYS)[number];
export const CONTACT_WAY_LABELS: Record<ContactWay, string> = {
  VISIT: '上门',
  AT_DESK: '到窗口',
  PHONE: '电话',
  ONLINE: '线上',
};

/** 代办交接: why another agent looks after a case from then on. */
export const AGENT_CHANGE_REASONS = ['ABSENCE', 'RETURN'] as const;
export type AgentChangeReason = (typeof AGENT_CHANGE_REASONS)[number];

/** 待代办事项: what waits for the agent of a case. */
export const AGENT_WAIT_KINDS = [
  'FILE_DRAFT',
  'FORWARD',
  'BRING_SUPPLEMENT',
  'MAKE_CORRECTION',
  'PAY_FEE',
  'DELIVER',
  'CLOSE',
  'RENEW_CONSENT',
  'REPORT_RESULT',
] as const;
export type AgentWaitKind = (typeof AGENT_WAIT_KINDS)[number];
export const AGENT_WAIT_LABELS: Record<AgentWaitKind, string> = {
  FILE_DRAFT: '待提交',
  FORWARD: '待上报',
  BRING_SUPPLEMENT: '待补正',
  MAKE_CORRECTION: '待整改',
  PAY_FEE: '待缴费',
  DELIVER: '待送达',
  CLOSE: '待归档',
  RENEW_CONSENT: '委托将到期',
  REPORT_RESULT: '首问结果待反馈',
};

/** 用工性质 of an agent: staff, or a helper under a contract, with limits. */
export const EMPLOYMENTS = ['STAFF', 'CONTRACTED'] as const;
export type Employment = (typeof EMPLOYMENTS)[number];
export const EMPLOYMENT_LABELS: Record<Employment, string> = { STAFF: '在编在岗', CONTRACTED: '聘用(编外)' };

/** What a place's roster of agents lacks. */
export const ROSTER_GAPS = ['NO_AGENT', 'NO_STAND_IN', 'TRAINING_LAPSED'] as const;
export type RosterGap = (typeof ROSTER_GAPS)[number];
export const ROSTER_GAP_LABELS: Record<RosterGap, string> = {
  NO_AGENT: '无代办员',
  NO_STAND_IN: '无B角',
  TRAINING_LAPSED: '培训未做或过期',
};

/** What became of an absent agent's case. */
export const PASSED_ON = ['STAND_IN', 'TEAM', 'TAKEN_OVER', 'LEFT'] as const;
export type PassedOn = (typeof PASSED_ON)[number];
export const PASSED_ON_LABELS: Record<PassedOn, string> = {
  STAND_IN: 'B角接办',
  TEAM: '帮办队伍跟办',
  TAKEN_OVER: '移交乡镇帮办',
  LEFT: '留本窗口办理',
};

/** 岗位变动: what was written into the register of a desk's posts. */
export const POST_CHANGES = [
  'AGENT_KEPT',
  'AGENT_ENDED',
  'TRAINED',
  'STAND_IN_NAMED',
  'STAND_IN_ENDED',
  'ABSENCE_REPORTED',
  'ABSENCE_ENDED',
] as const;
export type PostChange = (typeof POST_CHANGES)[number];
export const POST_CHANGE_LABELS: Record<PostChange, string> = {
  AGENT_KEPT: '代办员登记',
  AGENT_ENDED: '代办员退出',
  TRAINED: '培训登记',
  STAND_IN_NAMED: '指定B角',
  STAND_IN_ENDED: 'B角终止',
  ABSENCE_REPORTED: '请假离岗',
  ABSENCE_ENDED: '销假返岗',
};

/** 首问责任: open, its case ended and the report due, or reported back. */
export const ENQUIRY_STATES = ['WAITING', 'OPEN', 'REPORTED'] as const;
export type EnquiryState = (typeof ENQUIRY_STATES)[number];
export const ENQUIRY_STATE_LABELS: Record<EnquiryState, string> = {
  WAITING: '待反馈',
  OPEN: '未了结',
  REPORTED: '已反馈',
};

/** 征询方式: an opinion, where silence may count as consent, or a statutory decision, where it never does. */
export const PARTY_ASKS = ['OPINION', 'STATUTORY'] as const;
export type PartyAsk = (typeof PARTY_ASKS)[number];
export const PARTY_ASK_LABELS: Record<PartyAsk, string> = { OPINION: '征求意见', STATUTORY: '法定审批' };

/** 部门意见 of a party to joint handling. */
export const PARTY_OPINIONS = ['AGREE', 'OBJECT'] as const;
export type PartyOpinion = (typeof PARTY_OPINIONS)[number];
export const PARTY_OPINION_LABELS: Record<PartyOpinion, string> = { AGREE: '同意', OBJECT: '有异议' };

/** What a silence past the deadline came to. */
export const LAPSE_EFFECTS = ['CONSENT', 'OVERDUE'] as const;
export type LapseEffect = (typeof LAPSE_EFFECTS)[number];
export const LAPSE_EFFECT_LABELS: Record<LapseEffect, string> = { CONSENT: '视为同意', OVERDUE: '逾期未答' };

/** 征询办理状态 at the desk that was asked: waited for, answered, silent with effect, or waited for no longer. */
export const REQUEST_STATES = ['WAITING', 'ANSWERED', 'LAPSED', 'WITHDRAWN', 'ENDED'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];
export const REQUEST_STATE_LABELS: Record<RequestState, string> = {
  WAITING: '待答复',
  ANSWERED: '已答复',
  LAPSED: '视为无异议',
  WITHDRAWN: '征询已撤回',
  ENDED: '无需答复',
};

/** 答复送达情况: signed and under way to the lead, taken by it, or refused by it. */
export const ANSWER_STATES = ['SENT', 'TAKEN', 'REFUSED'] as const;
export type AnswerState = (typeof ANSWER_STATES)[number];
export const ANSWER_STATE_LABELS: Record<AnswerState, string> = { SENT: '已发出', TAKEN: '已送达', REFUSED: '未采纳' };

/** 踏勘到场情况. */
export const ATTENDANCES = ['PRESENT', 'ABSENT', 'EXCUSED'] as const;
export type Attendance = (typeof ATTENDANCES)[number];
export const ATTENDANCE_LABELS: Record<Attendance, string> = { PRESENT: '到场', ABSENT: '缺席', EXCUSED: '请假' };

/** 异议处理结果: settled with the party, or upheld, so that the case can only be refused. */
export const OBJECTION_ENDS = ['SETTLED', 'UPHELD'] as const;
export type ObjectionEnd = (typeof OBJECTION_ENDS)[number];
export const OBJECTION_END_LABELS: Record<ObjectionEnd, string> = { SETTLED: '协调一致', UPHELD: '异议成立' };

/** 审批阶段 of a construction project. */
export const PROJECT_STAGES = ['LAND_PLANNING', 'CONSTRUCTION_PLANNING', 'CONSTRUCTION', 'COMPLETION'] as const;
export type ProjectStage = (typeof PROJECT_STAGES)[number];
export const PROJECT_STAGE_LABELS: Record<ProjectStage, string> = {
  LAND_PLANNING: '立项用地规划许可',
  CONSTRUCTION_PLANNING: '工程建设许可',
  CONSTRUCTION: '施工许可',
  COMPLETION: '竣工验收',
};

/** 项目阶段, in their order: a project moves on by one at a time. */
export const PROJECT_PHASES = ['INITIATION', 'DECISION', 'APPROVAL', 'CONSTRUCTION'] as const;
export type ProjectPhase = (typeof PROJECT_PHASES)[number];
export const PROJECT_PHASE_LABELS: Record<ProjectPhase, string> = {
  INITIATION: '立项',
  DECISION: '决策',
  APPROVAL: '审批',
  CONSTRUCTION: '开工',
};

/** 项目日志: what the lines of a project's log record. */
export const PROJECT_ACTIONS = [
  'REGISTERED',
  'AMENDED',
  'PHASE_REACHED',
  'KEY_FLAGGED',
  'KEY_UNFLAGGED',
  'DISPATCHED',
  'ORDERED',
  'ORDER_ANSWERED',
  'NOTICE_REFUSED',
  'CASE_LINKED',
  'CASE_LEFT',
  'ENDED',
] as const;
export type ProjectAction = (typeof PROJECT_ACTIONS)[number];
export const PROJECT_ACTION_LABELS: Record<ProjectAction, string> = {
  REGISTERED: '项目登记',
  AMENDED: '变更',
  PHASE_REACHED: '阶段推进',
  KEY_FLAGGED: '列为重点项目',
  KEY_UNFLAGGED: '移出重点项目',
  DISPATCHED: '派单',
  ORDERED: '交办',
  ORDER_ANSWERED: '交办答复',
  NOTICE_REFUSED: '告知被拒',
  CASE_LINKED: '关联办件',
  CASE_LEFT: '办件移出',
  ENDED: '项目终止',
};

/** 加快办理: limits of a case's own, shorter than the promise. */
export const EXPEDITED_WAYS = ['GREEN_CHANNEL', 'URGENT'] as const;
export type ExpeditedWay = (typeof EXPEDITED_WAYS)[number];
export const EXPEDITED_WAY_LABELS: Record<ExpeditedWay, string> = { GREEN_CHANNEL: '绿色通道', URGENT: '特急件' };
