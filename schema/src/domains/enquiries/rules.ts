import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { CaseState, EnquiryState } from '../../case/words.ts';
import { ITEM_STATUS_LABELS } from '../catalogue/item-words.ts';
import { TIER_LABELS } from '../../kernel/words.ts';
import { isClosed, isUndecided } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Day } from '../../kernel/calendar.ts';
import { isInForce } from '../catalogue/catalogue.ts';
import { mayTakeIn } from '../../case/competence.ts';
import type { GuideParts } from '../catalogue/guide.ts';
import { guideOf } from '../catalogue/guide.ts';
import { maskNumber } from '../../kernel/identity-numbers.ts';
import { plain } from '../../kernel/markdown.ts';
import type { Action, Viewer } from '../../operation/permissions.ts';
import { requireOwnDesk, requirePermission, isOfHandlingDesk } from '../../operation/permissions.ts';

/** The person who asked, as far as they said; personal data. */
export interface Asker {
  name: string | null;
  phone: string | null;
}

/** The parts an answer is written from: the guide's, and the day. */
export interface AnswerParts extends GuideParts {
  today: Day;
}

/**
 * The answer to an enquiry, as Markdown: the whole guide at once, and the desk that answers for it (首问负责, 一次告知;
 * 行政许可法 Art. 30). If the item is not in force, the answer says so first.
 */
export function answerOf(parts: AnswerParts): string {
  const desks = competentDesks(parts).map((sentence) => `- ${sentence}`);
  return `${[...notInForce(parts), guideOf(parts).trimEnd(), '## 由谁办理', desks.join('\n')].join('\n\n')}\n`;
}

function notInForce({ item, today }: AnswerParts): string[] {
  if (isInForce(item, today)) return [];
  const { status, effectiveFrom, effectiveTo } = item;
  const why =
    status === 'IN_FORCE'
      ? today < effectiveFrom
        ? `自 ${effectiveFrom} 起施行`
        : `已于 ${effectiveTo} 失效`
      : `已${ITEM_STATUS_LABELS[status]}`;
  return [`**${plain(item.name)}${why},${today} 不予受理。以下内容仅供参考。**`];
}

function competentDesks({ item, route, node, divisions, today }: AnswerParts): string[] {
  const name = (code: DivisionCode) => plain(divisions.get(code).name);
  if (!route) {
    const tiers = item.acceptingTiers.map((tier) => TIER_LABELS[tier]).join('、');
    return [`受理机关为${tiers},须按事项所在地确定。`, `决定机关为${TIER_LABELS[item.decidingTier]}。`];
  }
  const takenIn = isInForce(item, today) && mayTakeIn(item, node, route, divisions);
  const grant = route.through.decide;
  return [
    `受理:${name(route.acceptor)}(${route.acceptor})。`,
    `决定:${name(route.decider)}(${route.decider})${grant ? `,依${name(grant.grantor)}授权` : ''}。`,
    takenIn ? `本窗口(${name(node)})可以收件。` : `本窗口(${name(node)})不收件。`,
  ];
}

/**
 * 首问责任: the state of a duty. Only the report ends it, at whichever desk its case is.
 * @param caseState of the case that grew out of it, as the desk knows it; null without one
 */
export function enquiryStateOf(reportedAt: Date | null, caseState: CaseState | null): EnquiryState {
  if (reportedAt !== null) return 'REPORTED';
  return caseState !== null && isClosed(caseState) ? 'WAITING' : 'OPEN';
}

/**
 * An enquiry names an item, or says in words what is asked.
 * @throws {ProblemError} BAD_INPUT
 */
export function requireSubject(item: string | null, question: string | null): void {
  if (item !== null || question !== null) return;
  throw problem('BAD_INPUT', 'Name an item, or say what is asked.', {
    article: ARTICLES.firstAsked,
    field: 'question',
  });
}

/** The number of an enquiry, by which its asker finds it: `331022103-Z-20261201-7F3KA`. @param signs random */
export function enquiryNumber(node: DivisionCode, day: Day, signs: string): string {
  return `${node}-Z-${day.replaceAll('-', '')}-${signs}`;
}

/**
 * The person who reports the result, or files a case from the enquiry, must work at the desk that was asked first.
 * @param field the input field that named the enquiry
 * @throws {ProblemError} FORBIDDEN, NOT_FIRST_ASKED
 */
export function requireFirstAsked(
  viewer: Viewer,
  asked: DivisionCode,
  node: DivisionCode,
  divisions: Divisions,
  field = 'id',
): void {
  requireEnquiryDesk(viewer, 'ANSWER_ENQUIRY', node, divisions);
  if (asked === node) return;
  throw problem('NOT_FIRST_ASKED', `${asked} was asked first; its result is reported there, not at ${node}.`, {
    article: ARTICLES.firstAsked,
    field,
    node,
  });
}

/** @throws {ProblemError} FORBIDDEN */
export function requireEnquiryDesk(viewer: Viewer, action: Action, node: DivisionCode, divisions: Divisions): void {
  requireOwnDesk(viewer, node);
  requirePermission(viewer, action, divisions.get(node).tier);
}

/**
 * A desk's duties are read by its own people and by the supervisors over it.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireEnquiryReader(viewer: Viewer, node: DivisionCode, divisions: Divisions): void {
  requirePermission(viewer, 'READ_ENQUIRIES', divisions.get(viewer.division).tier);
  if (viewer.division === node) return;
  if (viewer.roles.includes('SUPERVISOR') && divisions.isWithin(node, viewer.division)) return;
  throw problem('FORBIDDEN', `Enquiries of ${node} are not open to ${viewer.division}.`, {
    article: ARTICLES.postDuties,
    node,
  });
}

/**
 * Checks that the result may be reported back now.
 * @param result the text for the asker
 * @throws {ProblemError} ENQUIRY_REPORTED, ENQUIRY_CASE_OPEN, REASON_MISSING
 */
export function requireReportable(reportedAt: Date | null, caseState: CaseState | null, result: string): void {
  const article = ARTICLES.firstAsked;
  requireUnreported(reportedAt);
  if (caseState !== null && isUndecided(caseState)) {
    throw problem('ENQUIRY_CASE_OPEN', 'The case that grew out of it is not decided: there is no result to report.', {
      article,
    });
  }
  if (result.trim() === '')
    throw problem('REASON_MISSING', 'Say what was reported to the asker.', { article, field: 'result' });
}

function requireUnreported(reportedAt: Date | null): void {
  if (reportedAt === null) return;
  throw problem('ENQUIRY_REPORTED', `Its result was reported back on ${reportedAt.toISOString()}.`, {
    article: ARTICLES.firstAsked,
  });
}

/**
 * Checks that a case may be filed from an enquiry: only one case, and of the item that was asked about, if one was.
 * @throws {ProblemError} ENQUIRY_REPORTED, ENQUIRY_CONFLICT
 */
export function requireLinkable(
  enquiry: { item: string | null; reportedAt: Date | null; caseId: string | null },
  item: string,
): void {
  requireUnreported(enquiry.reportedAt);
  const conflict = (message: string) =>
    problem('ENQUIRY_CONFLICT', message, { article: ARTICLES.firstAsked, field: 'enquiry' });
  if (enquiry.item !== null && enquiry.item !== item) {
    throw conflict(`It asked for ${enquiry.item}, the case is of ${item}.`);
  }
  if (enquiry.caseId !== null) throw conflict(`Case ${enquiry.caseId} grew out of it already.`);
}

/** The asker as a viewer may see them: the name at the desk that was asked, masked for others; the phone masked for all. */
export function askerFor(viewer: Viewer, node: DivisionCode, asker: Asker): Asker {
  const { name, phone } = asker;
  const named = isOfHandlingDesk(viewer, [node]) ? name : name && maskName(name);
  return { name: named, phone: phone && maskNumber(phone) };
}

/** Keeps the first sign of a name: `王**` (GB/T 35273 de-identification). */
function maskName(name: string): string {
  const [first = '', ...rest] = name;
  return first + '*'.repeat(Math.max(1, rest.length));
}
