import { vocabulary } from './vocabulary.ts';
/**
 * Every error code of the project, in one closed list. GraphQL, HTTP, NATS and the command line all speak these.
 *
 * `http` is the status an HTTP answer carries; `retry` says whether the same request may succeed later unchanged.
 */
export const ERRORS = {
  // the caller's identity and rights
  UNAUTHENTICATED: { http: 401, retry: false, zh: '未登录或令牌无效' },
  FORBIDDEN: { http: 403, retry: false, zh: '无权办理' },
  WRONG_DEPARTMENT: { http: 403, retry: false, zh: '不属本部门窗口的事项' },
  POST_ENDED: { http: 401, retry: false, zh: '岗位已终止或变动,请重新登录' },
  POST_NOT_CHOSEN: { http: 409, retry: false, zh: '请选择岗位' },
  PASSWORD_NOT_CHOSEN: { http: 403, retry: false, zh: '请先设定密码' },
  ACCOUNT_CONFLICT: { http: 409, retry: false, zh: '账号名已用或账号已停用' },
  LAST_ADMINISTRATOR: { http: 409, retry: false, zh: '本单位最后一名管理员' },
  SAME_PERSON: { http: 403, retry: false, zh: '审查与决定不得为同一人' },
  // the request
  BAD_INPUT: { http: 400, retry: false, zh: '输入有误' },
  UNKNOWN_DIVISION: { http: 400, retry: false, zh: '未知行政区划' },
  NOT_FOUND: { http: 404, retry: false, zh: '未找到' },
  ADDRESS_EXPIRED: { http: 410, retry: false, zh: '查阅地址已失效' },
  IDEMPOTENCY_MISMATCH: { http: 409, retry: false, zh: '同一幂等键的请求内容不同' },
  QUERY_TOO_LARGE: { http: 400, retry: false, zh: '查询过大' },
  PAPER_PREPARING: { http: 503, retry: true, zh: '正在生成,请稍候' },
  RATE_LIMITED: { http: 429, retry: true, zh: '请求过于频繁' },
  PAYLOAD_TOO_LARGE: { http: 413, retry: false, zh: '内容过大' },
  // rules of the catalogue and of competence
  ITEM_NOT_IN_FORCE: { http: 409, retry: false, zh: '事项不在用' },
  ITEM_UNKNOWN: { http: 404, retry: false, zh: '事项不在目录' },
  NOT_COMPETENT: { http: 409, retry: false, zh: '本级无此事项权限' },
  COMPETENCE_UNRESOLVED: { http: 409, retry: false, zh: '无法确定承办机关' },
  GRANT_INVALID: { http: 400, retry: false, zh: '授权书无效' },
  GRANT_OUT_OF_COMPETENCE: { http: 409, retry: false, zh: '超出授权机关权限' },
  GRANT_EXPIRED: { http: 409, retry: false, zh: '授权已到期' },
  GRANT_ENDED: { http: 409, retry: false, zh: '授权已撤销或交回' },
  GRANT_STALE: { http: 409, retry: false, zh: '已有更新的授权' },
  GRANT_NOT_IN_EFFECT: { http: 409, retry: false, zh: '授权未生效或已失效' },
  CATALOGUE_INVALID: { http: 400, retry: false, zh: '目录文件有误' },
  LEGAL_BASIS_UNKNOWN: { http: 404, retry: false, zh: '未知法律依据' },
  LEGAL_BASIS_CONFLICT: { http: 409, retry: false, zh: '法律依据已登记或已废止' },
  FEE_WITHOUT_BASIS: { http: 409, retry: false, zh: '收费无法律法规依据' },
  FEE_CONFLICT: { http: 409, retry: false, zh: '收费项目变动与现状不符' },
  WINDOW_UNAUTHORIZED: { http: 403, retry: false, zh: '窗口未获部门授权' },
  SEAL_MISSING: { http: 409, retry: false, zh: '无有效印章' },
  OFFICE_CONFLICT: { http: 409, retry: false, zh: '与部门、窗口、印章登记不符' },
  NO_CHANGE: { http: 409, retry: false, zh: '与现行内容相同,无变更' },
  IMPLEMENTATION_WORSE: { http: 409, retry: false, zh: '实施清单劣于上级标准' },
  ITEM_NOT_REVIEWED: { http: 409, retry: false, zh: '事项未经三方审核' },
  // rules of a case
  ILLEGAL_STEP: { http: 409, retry: false, zh: '当前状态不可办理此步骤' },
  HANDLED_BY_ANOTHER: { http: 409, retry: false, zh: '已由他人承办' },
  CASE_IN_TRANSIT: { http: 409, retry: true, zh: '办件流转中' },
  NOT_CUSTODIAN: { http: 409, retry: false, zh: '本级不是承办机关' },
  CONSENT_MISSING: { http: 400, retry: false, zh: '缺少申请人委托同意' },
  MATERIAL_UNRELATED: { http: 400, retry: false, zh: '与事项无关的材料' },
  MATERIAL_MISLABELLED: { http: 400, retry: false, zh: '材料内容与所称类型不符' },
  MATERIAL_ACTIVE: { http: 400, retry: false, zh: '材料含可执行或活动内容' },
  MATERIAL_CORRUPT: { http: 400, retry: false, zh: '材料内容与摘要不符' },
  MATERIAL_TORN: { http: 400, retry: false, zh: '材料残缺或损坏' },
  MATERIAL_ENCRYPTED: { http: 400, retry: false, zh: '材料已加密' },
  MATERIAL_OVERSIZED: { http: 400, retry: false, zh: '材料像素、页数或解压后过大' },
  FORM_NOT_HERE: { http: 503, retry: true, zh: '表格尚未下达本级' },
  UPLOAD_OFFSET: { http: 409, retry: false, zh: '断点与已收字节不符' },
  MATERIALS_MISSING: { http: 409, retry: false, zh: '材料不齐' },
  SUPPLEMENT_INCOMPLETE: { http: 409, retry: false, zh: '未一次性告知全部补正内容' },
  SUPPLEMENT_REPEATED: { http: 409, retry: false, zh: '补正只能一次性告知' },
  SUPPLEMENT_TOO_LATE: { http: 409, retry: false, zh: '逾期未告知,视为受理' },
  REASON_MISSING: { http: 400, retry: false, zh: '须说明理由' },
  MINUTES_MISSING: { http: 400, retry: false, zh: '集体决定须附会议纪要' },
  MEETING_CONTRADICTED: { http: 409, retry: false, zh: '与会议议定结果不一致' },
  MEETING_INCOMPLETE: { http: 409, retry: false, zh: '会议记录不完整' },
  NOTICE_MISSING: { http: 400, retry: false, zh: '未书面告知申请人' },
  PROCEDURE_OPEN: { http: 409, retry: false, zh: '特别程序未结束' },
  EXTENSION_REPEATED: { http: 409, retry: false, zh: '期限只能延长一次' },
  EXTENSION_TOO_LONG: { http: 400, retry: false, zh: '延长超过法定天数' },
  EXTENSION_TOO_LATE: { http: 409, retry: false, zh: '期限届满后不得延长' },
  SIGN_OFF_TOO_LOW: { http: 403, retry: false, zh: '签批层级不足' },
  SIGN_OFF_LAYERS: { http: 409, retry: false, zh: '签批层级过多' },
  DOCUMENT_MISSING: { http: 409, retry: false, zh: '结果文书未制发' },
  RATED_ALREADY: { http: 409, retry: false, zh: '已经评价' },
  REVIEW_MISSING: { http: 409, retry: false, zh: '未经审查' },
  SECOND_PERSON_MISSING: { http: 400, retry: false, zh: '实质核查须有两名以上工作人员' },
  RENEWAL_TOO_LATE: { http: 409, retry: false, zh: '逾期申请延续,应按新申请办理' },
  RENEWAL_EXPIRED: { http: 409, retry: false, zh: '有效期已届满,视为准予延续' },
  HEARING_NOT_OFFERED: { http: 409, retry: false, zh: '未告知听证权利' },
  HEARING_MISSING: { http: 409, retry: false, zh: '应当听证而未听证' },
  HEARING_OPEN: { http: 409, retry: false, zh: '听证未结束或听证申请期未满' },
  HEARING_TOO_LATE: { http: 409, retry: false, zh: '逾期申请或举行听证' },
  HEARING_NOTICE_SHORT: { http: 400, retry: false, zh: '听证通知不足七日' },
  HEARING_CHAIR: { http: 403, retry: false, zh: '不得主持或非本次听证主持人' },
  JOINT_MISSING: { http: 409, retry: false, zh: '未启动联合办理' },
  JOINT_REPEATED: { http: 409, retry: false, zh: '联合办理已启动' },
  JOINT_INCOMPLETE: { http: 400, retry: false, zh: '参与部门不全' },
  JOINT_OPEN: { http: 409, retry: false, zh: '联合办理未完成' },
  OPINION_SETTLED: { http: 409, retry: false, zh: '该部门意见已定' },
  REMINDER_TOO_EARLY: { http: 409, retry: false, zh: '未到催办时间或本工作日已催办' },
  EXCUSE_TOO_LATE: { http: 409, retry: false, zh: '逾期或再次申请延期' },
  OBJECTION_UNRESOLVED: { http: 409, retry: false, zh: '部门异议未解决' },
  CORRECTION_OPEN: { http: 409, retry: false, zh: '必须整改事项未完成' },
  FEE_UNPUBLISHED: { http: 409, retry: false, zh: '无公布的收费标准,不得收费' },
  FEE_CATEGORY_UNKNOWN: { http: 400, retry: false, zh: '收费标准无此类别' },
  FEE_BILLED_ALREADY: { http: 409, retry: false, zh: '已开具缴费单' },
  FEE_NOT_BILLED: { http: 409, retry: false, zh: '未开具缴费单' },
  FEE_PAID_ALREADY: { http: 409, retry: false, zh: '费用已缴清' },
  FEE_OVERPAID: { http: 400, retry: false, zh: '金额超过应缴' },
  FEE_DUE: { http: 409, retry: false, zh: '费用未缴清' },
  RECEIPT_USED: { http: 409, retry: false, zh: '票据号已使用' },
  REFUND_UNPAID: { http: 409, retry: false, zh: '退费超过已缴' },
  // one form, several items
  FORM_INVALID: { http: 400, retry: false, zh: '表单填写有误' },
  NO_BUNDLE: { http: 400, retry: false, zh: '不是一件事事项' },
  BUNDLE_OPEN: { http: 409, retry: false, zh: '一件事尚有事项未办结' },
  CONSENT_REVOKED: { http: 403, retry: false, zh: '申请人已撤回委托' },
  CONSENT_EXPIRED: { http: 403, retry: false, zh: '委托已到期' },
  NOT_IN_ROSTER: { http: 403, retry: false, zh: '不在代办员名册' },
  HELPER_LIMITED: { http: 403, retry: false, zh: '超出聘用人员权限' },
  TRAINING_LAPSED: { http: 403, retry: false, zh: '培训未做或过期' },
  ITEM_WITHHELD: { http: 403, retry: false, zh: '该事项不由此代办员办理' },
  STAND_IN_CONFLICT: { http: 409, retry: false, zh: 'B角安排冲突' },
  ABSENCE_CONFLICT: { http: 409, retry: false, zh: '请假时间重叠' },
  // rules of a desk
  NOT_FIRST_ASKED: { http: 409, retry: false, zh: '非首问责任单位' },
  ENQUIRY_REPORTED: { http: 409, retry: false, zh: '咨询结果已反馈' },
  ENQUIRY_CASE_OPEN: { http: 409, retry: false, zh: '办件未决定,无结果可反馈' },
  ENQUIRY_CONFLICT: { http: 409, retry: false, zh: '办件与咨询不符' },
  SLOT_FULL: { http: 409, retry: false, zh: '该时段已约满' },
  SLOT_CLOSED: { http: 409, retry: false, zh: '该时段已关闭或已开始' },
  APPOINTMENT_LIMIT: { http: 409, retry: false, zh: '未到期的预约已达上限' },
  STEWARD_CONFLICT: { http: 409, retry: false, zh: '企业已有管家服务或服务已终止' },
  DEVICE_ENDED: { http: 409, retry: false, zh: '设备已停用' },
  DEVICE_LIMIT: { http: 409, retry: false, zh: '设备已达上限' },
  NUMBERS_LEFT: { http: 409, retry: false, zh: '预留编号尚未用完' },
  NUMBER_USED: { http: 409, retry: false, zh: '办件编号已使用' },
  NUMBER_ENDED: { http: 409, retry: false, zh: '预留编号已交回、收回或过期' },
  // projects, green channel, urgent cases
  PROJECT_CONFLICT: { http: 409, retry: false, zh: '办件已属其他项目' },
  PROJECT_ENDED: { http: 409, retry: false, zh: '项目已终止' },
  PHASE_OUT_OF_ORDER: { http: 409, retry: false, zh: '项目阶段须依次推进' },
  ORDER_ANSWERED: { http: 409, retry: false, zh: '交办已答复' },
  NOT_KEY_PROJECT: { http: 409, retry: false, zh: '非重点项目办件' },
  NO_SHORTER_LIMIT: { http: 409, retry: false, zh: '实施清单未规定此项加快时限' },
  EXPEDITED_ALREADY: { http: 409, retry: false, zh: '已加快办理' },
  URGENCY_NOT_ASKED: { http: 409, retry: false, zh: '申请人未申请特急' },
  // data sharing
  DATA_OUT_OF_GRANT: { http: 403, retry: false, zh: '超出数据共享授权' },
  REGISTER_INVALID: { http: 400, retry: false, zh: '登记簿文件有误' },
  // between nodes
  MESSAGE_INVALID: { http: 400, retry: false, zh: '报文无效' },
  SIGNATURE_INVALID: { http: 400, retry: false, zh: '签名无效' },
  KEY_UNKNOWN: { http: 400, retry: true, zh: '未知节点密钥' },
  KEY_NOT_IN_EFFECT: { http: 400, retry: false, zh: '密钥已吊销或不在有效期' },
  STALE_EPOCH: { http: 409, retry: false, zh: '承办轮次已过' },
  CHAIN_BROKEN: { http: 409, retry: false, zh: '办件日志链断裂' },
  NODE_HEALING: { http: 503, retry: true, zh: '节点恢复中,暂不办理' },
  // the federation
  STREAM_ENDED: { http: 503, retry: true, zh: '推送中断,请从上次位置续接' },
  MISROUTED: { http: 421, retry: true, zh: '该节点不在此主机' },
  NODE_MOVING: { http: 503, retry: true, zh: '节点正在迁移' },
  NODE_UNREACHABLE: { http: 503, retry: true, zh: '节点无法联系' },
  ISSUER_UNREACHABLE: { http: 503, retry: true, zh: '身份认证服务无法联系' },
  DEADLINE_EXCEEDED: { http: 504, retry: true, zh: '超时' },
  NOT_BEGUN: { http: 503, retry: true, zh: '时限已到,尚未办理' },
  NODE_CLOSED: { http: 409, retry: false, zh: '该节点已撤并' },
  NODE_HAS_CHILDREN: { http: 409, retry: false, zh: '下级节点尚未撤并' },
  SUCCESSOR_UNFIT: { http: 409, retry: false, zh: '承接节点须为上级或同一上级的节点' },
  // the program itself
  BAD_CONFIG: { http: 500, retry: false, zh: '配置有误' },
  DATA_KEY_MISSING: { http: 500, retry: false, zh: '缺少数据密钥' },
  SEAL_BROKEN: { http: 500, retry: false, zh: '密文无法解开' },
  BROKER_UNAVAILABLE: { http: 503, retry: true, zh: '消息系统不可用' },
  DATABASE_UNAVAILABLE: { http: 503, retry: true, zh: '数据库不可用' },
  INTERNAL: { http: 500, retry: false, zh: '内部错误' },
} as const satisfies Record<string, { http: number; retry: boolean; zh: string }>;

/** A code of the closed list {@link ERRORS}. */
export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];
/** Every code with its Chinese name. */
export const ERROR_CODE = vocabulary(
  'ErrorCode',
  'Every error code, a closed list.',
  Object.fromEntries(ERROR_CODES.map((code) => [code, ERRORS[code].zh])) as Record<ErrorCode, string>,
);

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}

/** One problem; the same object on every transport. */
export interface Problem {
  code: ErrorCode;
  /** One clear sentence; carries no personal data. */
  message: string;
  /** The law and article, or the standard, that was broken; null if no legal rule is concerned. */
  article: string | null;
  /** Path of the faulty input, for example `materials.0.content`; null if it is not about one input. */
  field: string | null;
  /** Code of the node that found it; null before a node is known. */
  node: string | null;
  /** For NOT_CUSTODIAN: the node to ask instead. */
  custodian?: string;
}

export interface ProblemOptions {
  article?: string | null;
  field?: string | null;
  node?: string | null;
  custodian?: string;
  cause?: unknown;
}

/** The one error class of the project: carries one or several {@link Problem}s (all faults of an input at once). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problems: readonly [Problem, ...Problem[]];

  constructor(problems: readonly [Problem, ...Problem[]], options?: { cause?: unknown }) {
    super(problems.map((p) => p.message).join(' '), options);
    this.problems = problems;
  }

  /** The first problem's code, for callers to branch on. */
  get code(): ErrorCode {
    return this.problems[0].code;
  }

  get problem(): Problem {
    return this.problems[0];
  }
}

/** Makes a {@link ProblemError} of one problem. */
export function problem(code: ErrorCode, message: string, options: ProblemOptions = {}): ProblemError {
  const { article = null, field = null, node = null, custodian, cause } = options;
  const made: Problem = { code, message, article, field, node, ...(custodian === undefined ? {} : { custodian }) };
  return new ProblemError([made], cause === undefined ? undefined : { cause });
}

/**
 * Turns any thrown value into problems that may be shown: a {@link ProblemError} unchanged, everything else as INTERNAL
 * without its text (it could hold personal data or a stack).
 */
export function problemsOf(error: unknown, node: string | null = null): readonly [Problem, ...Problem[]] {
  if (error instanceof ProblemError) {
    const [first, ...rest] = error.problems;
    const placed = (p: Problem): Problem => (p.node === null ? { ...p, node } : p);
    return [placed(first), ...rest.map(placed)];
  }
  return [
    { code: 'INTERNAL', message: 'An internal error; the log of the node has it.', article: null, field: null, node },
  ];
}
