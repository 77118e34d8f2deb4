import { problem } from '../../kernel/errors.ts';
import type { LogActor, MissingMaterial } from '../../case/log-line.ts';
import { NODE_ACTOR } from '../../case/log-line.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { missingMaterials } from '../../case/case-file.ts';
import { asAcceptor, standsOn, wayOfAcceptor } from '../../case/case-grants.ts';
import { requireNotAnswered } from '../answers/rules.ts';
import { isInForce, requireInForce } from '../catalogue/catalogue.ts';
import { noticeDueAt } from '../../case/clock.ts';
import type { CaseContext, Desk, LineDraft, Step } from '../../case/step-context.ts';
import { statutoryLimitOf } from '../joint/rules.ts';
import { requireNotDeemedRenewed } from '../filing/renewals.ts';
import { requireAllNamed } from '../filing/steps.ts';
import { atOwnCase, departmentAt, oneLine, REMEDIES, requireFollows, requireReason } from '../../case/step-rules.ts';

/**
 * Names all missing materials once (一次告知, Art. 32) and returns the case to the desk that took it in, where the resident
 * is.
 * @throws {ProblemError} SUPPLEMENT_REPEATED, SUPPLEMENT_TOO_LATE, SUPPLEMENT_INCOMPLETE, GRANT_NOT_IN_EFFECT
 */
export function requestSupplement(desk: Desk, given: CaseFile, asked: MissingMaterial[], note: string | null): Step {
  const actor = atOwnCase(desk, given, 'REQUEST_SUPPLEMENT');
  return asAcceptor(desk, given, (file) => notice(desk, file, actor, asked, note));
}

/**
 * Checks that the one-time notice may still be given, with any content.
 * @throws {ProblemError} SUPPLEMENT_REPEATED, SUPPLEMENT_TOO_LATE, GRANT_NOT_IN_EFFECT
 */
export function requireNoticeDue(desk: Desk, given: CaseFile): void {
  atOwnCase(desk, given, 'REQUEST_SUPPLEMENT');
  requireNotNoticed(desk, wayOfAcceptor(desk, given).file);
}

function notice(desk: Desk, file: CaseFile, actor: LogActor, asked: MissingMaterial[], note: string | null): Step {
  requireNotNoticed(desk, file);
  requireAllNamed(desk, file, asked);
  if (asked.length === 0) throw problem('BAD_INPUT', 'Nothing is missing, nothing was named.', { field: 'missing' });
  const line: LineDraft = { action: 'SUPPLEMENT_REQUESTED', actor, note, data: { missing: asked } };
  if (desk.node === file.home) return oneLine(line);
  const back = { to: file.home, epoch: file.epoch + 1 };
  return { lines: [line, { action: 'RETURNED', actor, note: '退回补正', data: back }], handOff: back };
}

function requireNotNoticed(desk: Desk, file: CaseFile): void {
  requireFollows(file, 'SUPPLEMENT_REQUESTED');
  if (file.supplement) {
    throw problem(
      'SUPPLEMENT_REPEATED',
      `Missing materials were named on ${dayOf(file.supplement.at)}; that is done once.`,
      {
        article: ARTICLES.oneTimeNotice,
      },
    );
  }
  const due = noticeDueAt(file.materialsInAt, desk.calendar);
  if (desk.now > due.at) {
    throw problem(
      'SUPPLEMENT_TOO_LATE',
      `Missing materials had to be named by ${dayOf(due.at)}; the case counts as accepted.`,
      {
        article: ARTICLES.oneTimeNotice,
      },
    );
  }
}

/**
 * Accepts (受理). After the five days for the notice ran out, acceptance counts from the day the materials came in.
 * @throws {ProblemError} NOT_COMPETENT, GRANT_NOT_IN_EFFECT, ITEM_NOT_IN_FORCE, MATERIALS_MISSING
 */
export function acceptCase(desk: Desk, given: CaseFile, note: string | null): Step {
  const actor = atOwnCase(desk, given, 'ACCEPT_CASE');
  departmentAt(desk, 'ACCEPT');
  return asAcceptor(desk, given, (file) => accepted(desk, file, actor, note));
}

/** The acceptance at the accepting organ, once its grants are settled. */
export function accepted(desk: Desk, file: CaseFile, actor: LogActor, note: string | null): Step {
  requireFollows(file, 'ACCEPTED');
  requireNotAnswered(file);
  const deemed = desk.now > noticeDueAt(file.materialsInAt, desk.calendar).at;
  requireInForce(desk.item, dayOf(deemed ? file.materialsInAt : desk.now));
  const missing = missingMaterials(file, desk.implementation.materials);
  if (missing.length > 0 && !deemed) {
    throw problem('MATERIALS_MISSING', `Not handed in: ${missing.join('、')}.`, {
      article: ARTICLES.oneTimeNotice,
      field: 'materials',
    });
  }
  return acceptance(desk, file, actor, deemed, note);
}

/**
 * The acceptance by law when no missing material was named within five working days (逾期不告知的,自收到申请材料 之日起即为受理). Null
 * while there is still time, if the case is past this stage, if the item was not in force that day, or if the grant to
 * accept it ended. In the last case it goes up to an organ that has it accepted from the same day.
 */
export function deemAccepted(desk: CaseContext, file: CaseFile): Step | null {
  const here = file.custodian === desk.node && file.inTransitTo === null && file.acceptor === desk.node;
  if (file.answerLimit !== null) return null;
  if (!here || file.state !== 'FILED' || !standsOn(desk, file, 'ACCEPT')) return null;
  if (desk.now <= noticeDueAt(file.materialsInAt, desk.calendar).at) return null;
  if (!isInForce(desk.item, dayOf(file.materialsInAt))) return null;
  return acceptance(desk, file, NODE_ACTOR, true, '逾期未一次告知,视为受理');
}

function acceptance(desk: CaseContext, file: CaseFile, actor: LogActor, deemed: boolean, note: string | null): Step {
  const { item, implementation } = desk;
  return oneLine({
    action: 'ACCEPTED',
    actor,
    note,
    data: {
      from: dayOf(deemed ? file.materialsInAt : desk.now),
      deemed,
      itemVersion: item.version,
      implementationVersion: implementation.version,
      promised: implementation.promised,
      statutory: statutoryLimitOf(item),
    },
  });
}

/** Does not accept (不予受理), with the reason and the remedies. */
export function refuseCase(desk: Desk, given: CaseFile, reason: string): Step {
  const actor = atOwnCase(desk, given, 'REFUSE_CASE');
  return asAcceptor(desk, given, (file) => {
    requireFollows(file, 'NOT_ACCEPTED');
    requireNotAnswered(file);
    requireNotDeemedRenewed(file, desk.now);
    requireReason(reason, ARTICLES.writtenAcceptance);
    return oneLine({ action: 'NOT_ACCEPTED', actor, note: reason, data: { reason, remedies: REMEDIES } });
  });
}
