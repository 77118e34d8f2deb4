import { problem } from '../../kernel/errors.ts';
import type { LogActor, Material } from '../../case/log-line.ts';
import type { DeliveryWay, Grade, Rater } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { notCompetent } from '../../case/case-grants.ts';
import type { Desk, LineDraft, Step } from '../../case/step-context.ts';
import { dueOf } from '../fees/rules.ts';
import { holdersOf, requireSeal, requireWindowAuthority } from '../offices/rules.ts';
import { requireNothingDue, requirePaidForDelivery, requirePaidForDocument } from '../fees/steps.ts';
import { atOwnCase, oneLine, requireFollows } from '../../case/step-rules.ts';

/** A document to be issued. */
export interface DocumentDraft {
  /** 文号 */
  number: string;
  document: Material;
}

/**
 * The seal for the result's document, which may go out now; null if the organ keeps no seal register.
 * @throws {ProblemError} NOT_COMPETENT, SEAL_MISSING, WINDOW_UNAUTHORIZED, ILLEGAL_STEP, FEE_DUE
 */
export function documentSeal(desk: Desk, file: CaseFile): string | null {
  atOwnCase(desk, file, 'ISSUE_DOCUMENT');
  requireFollows(file, 'DOCUMENT_ISSUED');
  if (file.issued) throw problem('ILLEGAL_STEP', `Document ${file.issued.number} is issued already.`);
  if (desk.node !== file.decider) throw notCompetent(desk.node, file);
  requirePaidForDocument(desk, file);
  const { offices, item, viewer } = desk;
  const day = dayOf(desk.now);
  if (!offices) return null;
  if (viewer.window !== undefined) {
    return requireWindowAuthority(offices, item, viewer.window, 'DELIVER', day).seal?.id ?? null;
  }
  if (offices.seals.length === 0) return null;
  const [lead] = holdersOf(item, offices.transfers, day);
  const conclusion = file.decision ?? file.answer;
  return requireSeal(offices.seals, conclusion?.department ?? lead, day).id;
}

/**
 * Issues the result's document (制发文书) in the name the decision goes out in, under its seal (Art. 39).
 * @throws {ProblemError} as {@link documentSeal}
 */
export function issueDocument(desk: Desk, file: CaseFile, draft: DocumentDraft): Step {
  const seal = documentSeal(desk, file);
  const actor = atOwnCase(desk, file, 'ISSUE_DOCUMENT');
  const data = { number: draft.number, document: draft.document, ...(seal === null ? {} : { seal }) };
  return oneLine({ action: 'DOCUMENT_ISSUED', actor, note: null, data });
}

/** @throws {ProblemError} DOCUMENT_MISSING */
export function requireIssued(file: CaseFile): void {
  if (file.issued) return;
  throw problem('DOCUMENT_MISSING', 'The document of the decision is not issued yet.', { article: ARTICLES.seal });
}

/**
 * Delivers (送达, within 10 working days of the decision: Art. 44) and closes the case if no amount is due.
 * @throws {ProblemError} DOCUMENT_MISSING, ILLEGAL_STEP, FEE_DUE
 */
export function deliverCase(desk: Desk, file: CaseFile, way: DeliveryWay, note: string | null): Step {
  const actor = atOwnCase(desk, file, 'DELIVER_CASE');
  requireFollows(file, 'DELIVERED');
  requireIssued(file);
  requirePaidForDelivery(desk.item, file);
  const delivered: LineDraft = { action: 'DELIVERED', actor, note, data: { way } };
  // delivered before it is paid: the case stays open until the payment
  if (dueOf(file) > 0) return oneLine(delivered);
  return { lines: [delivered, { action: 'CLOSED', actor, note: null, data: {} }], handOff: null };
}

/** Closes (办结归档) a case that was delivered while an amount was still due. */
export function closeCase(desk: Desk, file: CaseFile, note: string | null): Step {
  const actor = atOwnCase(desk, file, 'DELIVER_CASE');
  requireFollows(file, 'CLOSED');
  requireNothingDue(file);
  return oneLine({ action: 'CLOSED', actor, note, data: {} });
}

/** The applicant, who rates without a login. */
const APPLICANT: LogActor = { sub: 'applicant', name: '申请人', role: null };

/**
 * Rates (好差评), once, when the case is closed; at a desk.
 * @throws {ProblemError} RATED_ALREADY, ILLEGAL_STEP
 */
export function rateCase(desk: Desk, file: CaseFile, grade: Grade): Step {
  const actor = atOwnCase(desk, file, 'RATE_CASE');
  return rating(file, actor, grade, 'DESK');
}

/** The applicant's own rating, by number and tracking code; recorded at the node that holds the case. */
export function rateByApplicant(file: CaseFile, grade: Grade): Step {
  return rating(file, APPLICANT, grade, 'APPLICANT');
}

function rating(file: CaseFile, actor: LogActor, grade: Grade, by: Rater): Step {
  requireFollows(file, 'RATED');
  if (!file.filed) throw problem('ILLEGAL_STEP', 'A draft that was never filed is not rated.');
  if (file.rating) {
    throw problem('RATED_ALREADY', 'The case was rated already; that is done once.', { article: ARTICLES.rating });
  }
  return oneLine({ action: 'RATED', actor, note: null, data: { grade, by } });
}
