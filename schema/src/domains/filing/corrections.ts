import type { CaseFile } from '../../case/case-file.ts';
import { isBeforeGoingUp } from '../../case/filing-state.ts';
import type { FiledData, LogActor, Material } from '../../case/log-line.ts';
import { route } from '../../case/competence.ts';
import type { Desk, Step } from '../../case/step-context.ts';
import { atOwnCase, oneLine, refuseAll, requireFollows, unrelatedMaterials } from '../../case/step-rules.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { problem } from '../../kernel/errors.ts';
import type { FormEntry } from '../catalogue/forms.ts';
import { formFaults } from '../catalogue/forms.ts';
import type { CaseFacts } from '../delegation/rules.ts';
import { consentFaults } from './steps.ts';
import type { ApplicationPart } from './words.ts';

// What the desk that took a case in puts right itself (行政许可法 Art. 32 (1) 3).

/**
 * Replaces, adds, takes back and orders materials before any other desk has had the case.
 * @param materials all materials in their order; what is left out is taken back, and kept among the papers of the file
 * @throws {ProblemError} ILLEGAL_STEP once it has gone up, NOT_COMPETENT at another desk, MATERIAL_UNRELATED, NO_CHANGE
 */
export function arrangeMaterials(desk: Desk, file: CaseFile, materials: Material[], note: string | null): Step {
  const actor = mayArrangeMaterials(desk, file);
  refuseAll(unrelatedMaterials(desk.implementation, materials));
  if (JSON.stringify(materials) === JSON.stringify(file.materials)) {
    throw problem('NO_CHANGE', 'These are the materials it has, in this order.', { field: 'materials' });
  }
  return oneLine({ action: 'MATERIALS_ARRANGED', actor, note, data: { materials } });
}

/** @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT */
export function mayArrangeMaterials(desk: Desk, file: CaseFile): LogActor {
  const actor = atHome(desk, file, 'MATERIALS_ARRANGED');
  if (isBeforeGoingUp(file)) return actor;
  throw problem('ILLEGAL_STEP', 'Another desk has had the case; its papers are changed by a supplement only.', {
    article: ARTICLES.oneTimeNotice,
  });
}

/** What an application says instead. */
export interface Correction {
  /** What differs from before. */
  parts: ApplicationPart[];
  reason: string;
  /** The application's new text, and its digest. */
  text: string;
  application: string;
  /** The consent as it is now; null if the applicant came alone. */
  consent: FiledData['consent'];
  facts: CaseFacts;
  form: readonly FormEntry[];
}

/**
 * Corrects the application before it is accepted: the applicant's data, consent, form or amount. Acceptor and decider stay
 * who they are; an amount with which others would decide is a new application.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT, NO_CHANGE, CONSENT_MISSING, CONSENT_EXPIRED, FORM_INVALID
 */
export function correctApplication(desk: Desk, file: CaseFile, correction: Correction): Step {
  const actor = mayCorrectApplication(desk, file);
  const { parts, reason, text, application, consent, facts, form } = correction;
  if (parts.length === 0) throw problem('NO_CHANGE', 'The application says this already.');
  refuseAll([...consentFaults(actor, consent, desk.now, desk.item), ...formFaults(desk.item.standard.fields, form)]);
  if (parts.includes('AMOUNT')) requireSameWay(desk, file, facts);
  const line = { action: 'APPLICATION_CORRECTED', actor, note: null } as const;
  const step = oneLine({ ...line, data: { parts, reason, application, consent, facts } });
  return { ...step, application: text };
}

/** @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT */
export function mayCorrectApplication(desk: Desk, file: CaseFile): LogActor {
  return atHome(desk, file, 'APPLICATION_CORRECTED');
}

function atHome(desk: Desk, file: CaseFile, action: 'MATERIALS_ARRANGED' | 'APPLICATION_CORRECTED'): LogActor {
  const actor = atOwnCase(desk, file, 'FILE_CASE');
  requireFollows(file, action);
  if (desk.node === file.home) return actor;
  throw problem('NOT_COMPETENT', `${file.home} took the case in and puts it right, not ${desk.node}. Return it.`, {
    article: ARTICLES.rightedOnTheSpot,
  });
}

/** @throws {ProblemError} NOT_COMPETENT if another organ would accept or decide */
function requireSameWay(desk: Desk, file: CaseFile, facts: CaseFacts): void {
  const found = route(desk.item, file.place, desk.divisions, desk.grants, facts, desk.successionOf);
  const same = found.acceptor === file.acceptor && found.decider === file.decider && found.power === file.power;
  if (same) return;
  throw problem(
    'NOT_COMPETENT',
    `With this amount ${found.acceptor} accepts and ${found.decider} decides. Withdraw the application and file it again.`,
    { field: 'amountFen' },
  );
}
