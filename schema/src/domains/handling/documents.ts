import type { DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { CitedDiscretion, LogLine } from '../../case/log-line.ts';
import { GRANT_MODE_LABELS } from '../delegation/words.ts';
import { LAPSE_EFFECT_LABELS, OBJECTION_END_LABELS, PARTY_OPINION_LABELS } from '../joint/words.ts';
import { LOG_ACTION_LABELS } from '../../case/log-words.ts';
import { OUTCOME_LABELS, SPECIAL_PROCEDURE_LABELS } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { CaseFile, Decision } from '../../case/case-file.ts';
import { answerDocument } from '../answers/document.ts';
import type { JointHandling, Party } from '../joint/rules.ts';
import { MEETING_KIND_LABELS } from '../meetings/words.ts';
import type { Limit } from '../../kernel/limits.ts';
import { limitText, plain } from '../../kernel/markdown.ts';
import type { DocumentParts } from './document-parts.ts';
import { listOf, tableOf, verificationText } from './document-parts.ts';

/** 文号 of a decision or an answer: the node, the outcome, and the case's number. */
export function documentNumberOf(file: CaseFile, nameOf: DocumentParts['nameOf']): string {
  const { decision, answer } = file;
  const concluded = decision ?? answer;
  if (!concluded) throw undecided(file);
  const word = answer ? '答' : decision?.outcome === 'REFUSED' ? '否' : file.renewal ? '延' : '准';
  const { inNameOf, department, at } = concluded;
  return `${nameOf(inNameOf)}${department ?? ''}${word}字〔${dayOf(at).slice(0, 4)}〕${file.number}`;
}

/**
 * The result's document (决定书), as Markdown: the decision, the organ in whose name and by whose power it was made, the
 * legal basis, and for a refusal its reason and remedies (行政许可法 Art. 24, 38, 39).
 * @throws {ProblemError} ILLEGAL_STEP for a case that is not decided
 */
export function resultDocument(file: CaseFile, parts: DocumentParts): string {
  const { decision, acceptance, renewal, answer } = file;
  if (answer) return answerDocument(file, answer, documentNumberOf(file, parts.nameOf), parts);
  if (!decision) throw undecided(file);
  const { item, nameOf } = parts;
  const organ = `${nameOf(decision.inNameOf)}${decision.department ?? ''}`;
  const rows: [string, string | null][] = [
    ['文号', documentNumberOf(file, nameOf)],
    ['办件编号', file.number],
    ['申请人', parts.applicant],
    ['事项', `${item.name}(${item.code})`],
    ['收件日期', `${dayOf(file.filedAt)}(${nameOf(file.filingNode)})`],
    ['受理日期', acceptance && `${acceptance.from}(${nameOf(acceptance.node)}${acceptance.deemed ? ',视为受理' : ''})`],
    ['延续的许可', renewal && `${renewal.licence},有效期至 ${renewal.expiresOn}`],
    ['决定', decision.deemed ? `视为准予延续(${ARTICLES.renewal})` : OUTCOME_LABELS[decision.outcome]],
    ['决定日期', dayOf(decision.at)],
    ['决定机关', organ],
    ['办理机关', powerText(file, nameOf)],
    ['牵头部门', file.joint?.lead ?? null],
    ['参与部门', file.joint && partiesText(file.joint, decision.node, nameOf)],
    ['听证', decision.records.length > 0 ? `根据听证笔录作出(${ARTICLES.hearingRules})` : null],
    ['集体讨论', meetingText(decision)],
    ['裁量基准', decision.discretion && discretionText(decision.discretion)],
    ['设定依据', item.legalBasis],
    ['印章', parts.sealName],
  ];
  const sections = [
    `# ${plain(item.name)}决定书`,
    tableOf(rows),
    ...(decision.reason === null ? [] : ['## 理由', plain(decision.reason)]),
    ...(decision.remedies === null ? [] : ['## 救济途径', plain(decision.remedies)]),
    `${plain(organ)}  \n${dayOf(decision.at)}`,
    '## 核验',
    verificationText(documentNumberOf(file, nameOf), parts.verification),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** The power by which the deciding node acted, in the words of the grant's mode (Art. 24). */
function powerText(file: CaseFile, nameOf: DocumentParts['nameOf']): string {
  const { decision, through } = file;
  if (!decision) throw undecided(file);
  const use = through.decide;
  if (!use) return `${nameOf(decision.node)}(本级行使)`;
  const grantor = nameOf(use.grantor);
  const name = use.mode === 'ENTRUSTED' ? `以${grantor}名义` : '以本机关名义';
  return `${nameOf(decision.node)}(${grantor}${GRANT_MODE_LABELS[use.mode]},授权书 ${use.id},${name})`;
}

/** The meeting it rests on; minutes without one are kept elsewhere. */
function meetingText({ meeting, minutes }: Decision): string | null {
  const held = meeting && `${MEETING_KIND_LABELS[meeting.kind]} ${meeting.number}(${meeting.day})`;
  const elsewhere = minutes && `${minutes}(另存纪要)`;
  return [held, elsewhere].filter(Boolean).join(';') || null;
}

const discretionText = ({ id, circumstance, standard }: CitedDiscretion) => `${id}:${circumstance};${standard}`;

/** The departments in joint handling, with the place of another node's, and each one's answer. */
function partiesText({ parties }: JointHandling, lead: DivisionCode, nameOf: DocumentParts['nameOf']): string {
  const place = ({ node }: Party) => (node === lead ? '' : nameOf(node));
  return parties.map((p) => `${place(p)}${p.department}(${standingText(p)})`).join('、');
}

function standingText({ given, resolved, lapse, absent, withdrawn }: Party): string {
  if (resolved) return `异议,${OBJECTION_END_LABELS[resolved.end]}`;
  if (given) return PARTY_OPINION_LABELS[given.opinion];
  if (withdrawn) return `征询已撤回:${withdrawn.reason}`;
  if (lapse) return `逾期未答,${LAPSE_EFFECT_LABELS[lapse.effect]}`;
  return absent ? '踏勘缺席,视为无异议' : '未答复';
}

/** Lines of the log that come with a paper for people, and the paper's name. */
const NOTICES = {
  FILED: '收件凭证',
  PRECHECKED: '预审意见书',
  SUPPLEMENT_REQUESTED: '补正材料一次性告知书',
  ACCEPTED: '受理通知书',
  NOT_ACCEPTED: '不予受理通知书',
  PROCEDURE_STARTED: '特别程序告知书',
  PROCEDURE_ENDED: '特别程序结束告知书',
  EXTENDED: '延长办理期限告知书',
  TERMINATED: '终止办理通知书',
  VOIDED: '作废通知书',
  WITHDRAWN: '准予撤回通知书',
  GREEN_CHANNEL_OPENED: '绿色通道告知书',
  URGENCY_DECIDED: '特急办理审批告知书',
  DEEMED_RENEWED: '视为准予延续告知书',
  INTERESTED_TOLD: '利害关系人告知书',
  HEARING_OFFERED: '听证权利告知书',
  HEARING_CALLED: '听证通知书',
  CHAIR_RECUSED: '听证主持人回避告知书',
} as const satisfies Partial<Record<LogLine['action'], string>>;
type NoticeAction = keyof typeof NOTICES;

function isNoticeLine(line: LogLine): line is Extract<LogLine, { action: NoticeAction }> {
  return Object.hasOwn(NOTICES, line.action);
}

/**
 * The written notice that goes with a line of the log (Art. 32, 36, 42, 45, 47, 48, 50), dated and in the organ's name,
 * as Markdown. It names no interested party: the recipient is on the envelope only.
 * @throws {ProblemError} NOT_FOUND for a line that no paper belongs to
 */
export function noticeOf(
  file: CaseFile,
  line: LogLine,
  parts: Omit<DocumentParts, 'sealName' | 'verification'>,
): string {
  if (!isNoticeLine(line)) {
    throw problem('NOT_FOUND', `No notice belongs to line ${line.seq} ${LOG_ACTION_LABELS[line.action]}.`, {
      field: 'seq',
    });
  }
  const { item, nameOf } = parts;
  const day = dayOf(new Date(line.at));
  const head = tableOf([
    ['办件编号', file.number],
    ['申请人', parts.applicant],
    ['事项', `${item.name}(${item.code})`],
    ['日期', day],
  ]);
  return `${[`# ${NOTICES[line.action]}`, head, ...wordsOf(line), `${plain(nameOf(line.node))}  \n${day}`].join('\n\n')}\n`;
}

function wordsOf(line: Extract<LogLine, { action: NoticeAction }>): string[] {
  switch (line.action) {
    case 'FILED':
      return [
        ...(line.data.late ? [`收件日期:${dayOf(new Date(line.data.late.receivedAt))}(补录)`] : []),
        '已收到下列材料:',
        listOf(line.data.materials.map((m) => m.name)),
      ];
    case 'PRECHECKED':
    case 'SUPPLEMENT_REQUESTED': {
      const { missing } = line.data;
      const remarks = line.action === 'PRECHECKED' && line.data.remarks !== null ? [plain(line.data.remarks)] : [];
      if (missing.length === 0) return ['材料齐全,符合法定形式,可以正式提交。', ...remarks];
      const named = listOf(missing.map((m) => `${m.material}:${m.reason}`));
      return [`需要补正的全部内容(${ARTICLES.oneTimeNotice}):`, named, ...remarks];
    }
    case 'ACCEPTED': {
      const { from, deemed, promised, statutory } = line.data;
      const how = deemed ? '逾期未告知补正,自收到材料之日起视为受理' : '予以受理';
      const limits = [`承诺时限:${limitText(promised)}`, statutory && `法定时限:${limitText(statutory)}`];
      return [`自 ${from} 起${how}。`, listOf(limits.filter((l): l is string => l !== null))];
    }
    case 'NOT_ACCEPTED':
      return [`不予受理的理由:${plain(line.data.reason)}`, plain(line.data.remedies)];
    case 'PROCEDURE_STARTED': {
      const { kind, stopsClock, notice, expectedDays } = line.data;
      const days = expectedDays === null ? '' : `,预计需要 ${expectedDays} 日`;
      const counted = stopsClock ? `不计入办理期限(${ARTICLES.excludedTime})` : '计入办理期限';
      return [`${SPECIAL_PROCEDURE_LABELS[kind]}${days},所需时间${counted}。`, plain(notice)];
    }
    case 'PROCEDURE_ENDED':
      return [`结果:${plain(line.data.result)}`];
    case 'EXTENDED': {
      const added: Limit = { days: line.data.days, unit: 'WORKDAY' };
      const by = `经本机关负责人批准,办理期限延长 ${limitText(added)}(${ARTICLES.decisionLimit})。`;
      return [by, `理由:${plain(line.data.reason)}`];
    }
    case 'GREEN_CHANNEL_OPENED':
      return [`本件转入绿色通道,办理时限 ${limitText(line.data.limit)}。`, `依据:${plain(line.data.ground)}`];
    case 'URGENCY_DECIDED': {
      const { limit, reason } = line.data;
      const why = reason === null ? [] : [`理由:${plain(reason)}`];
      if (limit === null) return ['不予按特急件办理,本件按承诺时限办理。', ...why];
      return [`批准按特急件办理,办理时限 ${limitText(limit)}。`, ...why];
    }
    case 'DEEMED_RENEWED':
      return [`该许可有效期于 ${line.data.expiredOn} 届满,届满前未作决定,视为准予延续(${ARTICLES.renewal})。`];
    case 'INTERESTED_TOLD': {
      const right = `有权进行陈述和申辩(${ARTICLES.interestedParties})。`;
      const hearing = line.data.grave ? [`有权要求听证,听证权利另行书面告知(${ARTICLES.hearingOffered})。`] : [];
      return [`本件行政许可关系利害关系人 ${line.data.count} 名的利益:${plain(line.data.matter)}`, right, ...hearing];
    }
    case 'HEARING_OFFERED': {
      const until = dayOf(new Date(line.data.until));
      const right = `申请人、利害关系人可以在 ${until} 前申请听证,逾期视为放弃(${ARTICLES.hearingOffered})。`;
      return [right, '组织听证的费用不由申请人、利害关系人承担。', plain(line.data.notice)];
    }
    case 'HEARING_CALLED': {
      const { at, place, chair, announcement } = line.data;
      const rows = listOf([`时间:${localTime(new Date(at))}`, `地点:${place}`, `主持人:${chair.name}`]);
      const rules = `主持人与本件有直接利害关系的,申请人、利害关系人有权申请回避(${ARTICLES.hearingRules})。`;
      return ['定于下列时间、地点公开举行听证:', rows, rules, ...(announcement === null ? [] : [plain(announcement)])];
    }
    case 'CHAIR_RECUSED':
    case 'TERMINATED':
    case 'VOIDED':
    case 'WITHDRAWN':
      return [`理由:${plain(line.data.reason)}`];
    default:
      return line satisfies never;
  }
}

/** `2026-03-20 09:30` in the centre's zone. */
function localTime(at: Date): string {
  return `${dayOf(at)} ${at.toLocaleTimeString('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit' })}`;
}

function undecided(file: CaseFile): Error {
  return problem('ILLEGAL_STEP', `The case is ${file.state}; nothing is decided.`);
}
