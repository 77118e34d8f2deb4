import { vocabulary } from '../../kernel/vocabulary.ts';

// Words for keeping the catalogue: drafts, changes, drift, legal bases, publication.

/** 条款问题: the fault of a clause whose content a reader can't know. */
export const CLAUSE_FAULTS = ['VAGUE', 'CATCH_ALL'] as const;
export type ClauseFault = (typeof CLAUSE_FAULTS)[number];
export const CLAUSE_FAULT_LABELS: Record<ClauseFault, string> = { VAGUE: '模糊条款', CATCH_ALL: '兜底条款' };

/** 审核: the three desks a draft of an item passes. */
export const REVIEW_DESKS = ['LEGALITY', 'REASONABLENESS', 'COMPLIANCE'] as const;
export type ReviewDesk = (typeof REVIEW_DESKS)[number];
export const REVIEW_DESK_LABELS: Record<ReviewDesk, string> = {
  LEGALITY: '合法性审核',
  REASONABLENESS: '合理性审核',
  COMPLIANCE: '合规性审核',
};
export const REVIEW_DESK = vocabulary('ReviewDesk', '审核', REVIEW_DESK_LABELS);
export const CLAUSE_FAULT = vocabulary('ClauseFault', '条款问题', CLAUSE_FAULT_LABELS);

/** 事项草稿状态. */
export const DRAFT_STATES = ['IN_REVIEW', 'REMARKED', 'APPROVED'] as const;
export type DraftState = (typeof DRAFT_STATES)[number];
export const DRAFT_STATE_LABELS: Record<DraftState, string> = {
  IN_REVIEW: '审核中',
  REMARKED: '退回修改',
  APPROVED: '审核通过',
};
export const DRAFT_STATE = vocabulary('DraftState', '事项草稿状态', DRAFT_STATE_LABELS);

/** 事项变更: changes of an item. */
export const ITEM_CHANGE_KINDS = ['DRAFTED', 'PUBLISHED', 'SUSPENDED', 'RESUMED', 'CANCELLED'] as const;
export type ItemChangeKind = (typeof ITEM_CHANGE_KINDS)[number];
export const ITEM_CHANGE_KIND_LABELS: Record<ItemChangeKind, string> = {
  DRAFTED: '起草',
  PUBLISHED: '发布',
  SUSPENDED: '暂停',
  RESUMED: '恢复',
  CANCELLED: '取消',
};
export const ITEM_CHANGE_KIND = vocabulary('ItemChangeKind', '事项变更', ITEM_CHANGE_KIND_LABELS);

/** 法律依据的效力位阶: ranks of legal bases. */
export const LEGAL_BASIS_KINDS = ['LAW', 'REGULATION', 'RULE', 'NOTICE'] as const;
export type LegalBasisKind = (typeof LEGAL_BASIS_KINDS)[number];
export const LEGAL_BASIS_KIND_LABELS: Record<LegalBasisKind, string> = {
  LAW: '法律',
  REGULATION: '法规',
  RULE: '规章',
  NOTICE: '规范性文件',
};
export const LEGAL_BASIS_KIND = vocabulary('LegalBasisKind', '效力位阶', LEGAL_BASIS_KIND_LABELS);

/** 立改废: what happened to a legal basis. */
export const LEGAL_BASIS_CHANGES = ['NEW', 'CHANGED', 'REPEALED'] as const;
export type LegalBasisChangeKind = (typeof LEGAL_BASIS_CHANGES)[number];
export const LEGAL_BASIS_CHANGE_LABELS: Record<LegalBasisChangeKind, string> = {
  NEW: '新立',
  CHANGED: '修改',
  REPEALED: '废止',
};
export const LEGAL_BASIS_CHANGE = vocabulary('LegalBasisChangeKind', '立改废', LEGAL_BASIS_CHANGE_LABELS);

/** 公开清单: the lists a node publishes. */
export const LIST_KINDS = ['POWERS', 'DUTIES', 'SERVICES', 'FLOWS'] as const;
export type ListKind = (typeof LIST_KINDS)[number];
export const LIST_KIND_LABELS: Record<ListKind, string> = {
  POWERS: '权力清单',
  DUTIES: '责任清单',
  SERVICES: '服务清单',
  FLOWS: '流程清单',
};
export const LIST_KIND = vocabulary('ListKind', '公开清单', LIST_KIND_LABELS);

/** 进驻状态 of an item. */
export const ADMISSION_STATES = ['ADMITTED', 'EXEMPT', 'OUTSIDE'] as const;
export type AdmissionState = (typeof ADMISSION_STATES)[number];
export const ADMISSION_STATE_LABELS: Record<AdmissionState, string> = {
  ADMITTED: '已进驻',
  EXEMPT: '经批准不进驻',
  OUTSIDE: '应进未进',
};
export const ADMISSION_STATE = vocabulary('AdmissionState', '进驻状态', ADMISSION_STATE_LABELS);

/** 收费项目的变动. */
export const FEE_CHANGES = ['ADDED', 'DROPPED', 'ADJUSTED'] as const;
export type FeeChangeKind = (typeof FEE_CHANGES)[number];
export const FEE_CHANGE_LABELS: Record<FeeChangeKind, string> = { ADDED: '新增', DROPPED: '取消', ADJUSTED: '调整' };

/** Kinds of difference between a node's catalogue and the basic catalogue (目录比对). */
export const DRIFT_KINDS = ['OUTDATED_VERSION', 'WORSE', 'MISSING', 'UNKNOWN_ITEM', 'DIFFERENT'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];
export const DRIFT_KIND_LABELS: Record<DriftKind, string> = {
  OUTDATED_VERSION: '版本落后',
  WORSE: '劣于基本目录',
  MISSING: '缺少',
  UNKNOWN_ITEM: '目录外事项',
  DIFFERENT: '不一致',
};
export const FEE_CHANGE = vocabulary('FeeChangeKind', '收费变动', FEE_CHANGE_LABELS);
export const DRIFT_KIND = vocabulary('DriftKind', '目录比对', DRIFT_KIND_LABELS);
