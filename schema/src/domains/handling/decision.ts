import { problem } from '../../kernel/errors.ts';
import type { CitedDiscretion, CitedMeeting, LogActor, Staff } from '../../case/log-line.ts';
import type { GrantStage } from '../delegation/words.ts';
import type { Opinion, Outcome } from '../../case/words.ts';
import { CASE_STATE_LABELS } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { isOrgan, mayReview, nameOf, openProcedures } from '../../case/case-file.ts';
import { asAcceptor, asDecider, notCompetent, underGrants } from '../../case/case-grants.ts';
import { recordsOf, requireHearingDone } from '../hearings/rules.ts';
import { requireJointDone } from '../joint/rules.ts';
import type { CitableMeeting } from '../meetings/citation.ts';
import { citedBy } from '../meetings/citation.ts';
import { requireNotDeemedRenewed } from '../filing/renewals.ts';
import type { Desk, LineDraft, Step } from '../../case/step-context.ts';
import { requireDecidedHere } from '../reports/rules.ts';
import { accepted } from './acceptance.ts';
import { requireSignOff } from './sign-off.ts';
import {
  atOwnCase,
  departmentAt,
  handlersOf,
  isSamePerson,
  oneLine,
  REMEDIES,
  requireFollows,
  requireReason,
} from '../../case/step-rules.ts';

/**
 * Reviews (审查) at the accepting or the deciding desk. The deciding desk may also review if another desk's review counts
 * as its own.
 * @param amountFen the amount as the review assesses it, in fen; from then on it is compared with a grant's cap
 * @param second the second person, if the item's substance is checked
 * @param conditions what a favourable opinion depends on (附条件)
 * @throws {ProblemError} SECOND_PERSON_MISSING, SAME_PERSON, HEARING_CHAIR, RENEWAL_EXPIRED, REASON_MISSING, BAD_INPUT
 */
export function reviewCase(
  desk: Desk,
  file: CaseFile,
  opinion: Opinion,
  note: string | null,
  amountFen: number | null = null,
  second: Staff | null = null,
  conditions: readonly string[] = [],
): Step {
  const actor = reviewerOf(desk, file);
  requireTwo(desk, file, actor, second);
  if (opinion === 'REJECT') requireReason(note ?? '', ARTICLES.reasonsForRefusal);
  if (opinion === 'REJECT' && conditions.length > 0) {
    throw problem('BAD_INPUT', 'A refusal depends on no conditions; give its reason.', { field: 'conditions' });
  }
  const department = departmentAt(desk, 'REVIEW');
  return oneLine({
    action: 'REVIEWED',
    actor,
    note,
    data: {
      opinion,
      ...(amountFen === null ? {} : { amountFen }),
      ...(second ? { second } : {}),
      ...(conditions.length === 0 ? {} : { conditions: [...conditions] }),
      ...(department === null ? {} : { department }),
    },
  });
}

/**
 * Checks that the person may review the case, with any result.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT, SIGN_OFF_LAYERS, WINDOW_UNAUTHORIZED, RENEWAL_EXPIRED,
 * HEARING_CHAIR
 */
export function mayReviewCase(desk: Desk, file: CaseFile): void {
  requireNoChair(file, [reviewerOf(desk, file)]);
}

function reviewerOf(desk: Desk, file: CaseFile): LogActor {
  const actor = atOwnCase(desk, file, 'REVIEW_CASE');
  if (!mayReview(desk.node, file)) requireReviewable(file);
  if (!isOrgan(desk.node, file)) throw notCompetent(desk.node, file);
  if (desk.node === file.decider) {
    requireJointDone(desk.item, file.joint, null);
    requireLayers(desk, file, [actor.sub], 1);
  }
  departmentAt(desk, 'REVIEW');
  requireNotDeemedRenewed(file, desk.now);
  return actor;
}

/**
 * Two people check the materials' substance (Art. 34): the reviewer and another, or two at a site survey. The chair of
 * the case's hearing reviews nothing (Art. 48).
 */
function requireTwo({ item }: Desk, file: CaseFile, actor: LogActor, second: Staff | null): void {
  const pair = second ? [actor, { ...second, role: null }] : [actor];
  if (second && isSamePerson(actor, { ...second, role: null })) {
    throw problem('SAME_PERSON', 'The second of staff is another person.', {
      article: ARTICLES.substanceCheck,
      field: 'second',
    });
  }
  requireNoChair(file, pair);
  const surveyed = file.procedures.some((p) => p.kind === 'SITE_SURVEY' && p.staff.length >= 2);
  if (!item.substanceCheck || second || surveyed) return;
  throw problem('SECOND_PERSON_MISSING', `The substance of ${item.code} is checked by two of staff; name the second.`, {
    article: ARTICLES.substanceCheck,
    field: 'second',
  });
}

function requireNoChair({ hearing }: CaseFile, reviewers: readonly LogActor[]): void {
  if (!reviewers.some(({ sub }) => hearing.chairs.includes(sub))) return;
  throw problem('HEARING_CHAIR', "The person who chairs the case's hearing may not review it.", {
    article: ARTICLES.hearingRules,
  });
}

/**
 * Decides (决定), by the chief representative, the deputy head in charge or the head, as high as the item requires, and
 * never by a person who accepted or reviewed (一审一核).
 * @throws {ProblemError} REVIEW_MISSING, SAME_PERSON, REASON_MISSING, GRANT_NOT_IN_EFFECT, RENEWAL_EXPIRED,
 * HEARING_NOT_OFFERED, HEARING_OPEN, HEARING_MISSING, MINUTES_MISSING, MEETING_CONTRADICTED, NOT_FOUND for a discretion
 * standard there is not
 * @param minutes of a meeting whose minutes are kept elsewhere
 * @param meeting a closed meeting of this desk that discussed the case
 */
export function decideCase(
  desk: Desk,
  given: CaseFile,
  outcome: Outcome,
  reason: string | null,
  minutes: string | null = null,
  discretion: string | null = null,
  meeting: CitableMeeting | null = null,
): Step {
  const actor = atOwnCase(desk, given, 'DECIDE_CASE');
  const borrowed = given.state === 'REVIEWED' && given.reviews.at(-1)?.node !== desk.node;
  const stages: GrantStage[] = borrowed ? ['REVIEW', 'DECIDE'] : ['DECIDE'];
  return asDecider(desk, given, stages, (file) =>
    decision(desk, file, actor, { outcome, reason, minutes, discretion, meeting }),
  );
}

interface Decided {
  outcome: Outcome;
  reason: string | null;
  minutes: string | null;
  meeting: CitableMeeting | null;
  /** Id of the discretion standard it goes by. */
  discretion: string | null;
}

function decision(desk: Desk, file: CaseFile, actor: LogActor, decided: Decided): Step {
  requireDecidedHere(desk);
  requireNotDeemedRenewed(file, desk.now);
  const reviewer = file.reviews.at(-1)?.node;
  const reviewed = reviewer === desk.node || reviewer === file.through.review?.grantee;
  if (file.state === 'ACCEPTED' || (file.state === 'REVIEWED' && !reviewed)) {
    throw problem('REVIEW_MISSING', `${desk.node} has not reviewed the case yet.`, { article: ARTICLES.twoPersons });
  }
  requireFollows(file, 'DECIDED');
  requireHearingDone(file.itemKind, desk.item.hearing, file.hearing, desk.now);
  const [open] = openProcedures(file);
  if (open) {
    throw problem(
      'PROCEDURE_OPEN',
      `Procedure ${open.number} (${open.kind}) has not ended; it is decided afterwards.`,
      {
        article: ARTICLES.excludedTime,
      },
    );
  }
  requireJointDone(desk.item, file.joint, decided.outcome);
  if (handlersOf(file).some((before) => isSamePerson(before, actor))) {
    throw problem('SAME_PERSON', 'The person who accepted or reviewed a case may not decide it.', {
      article: ARTICLES.twoPersons,
    });
  }
  requireSignOff(desk, actor);
  requireLayers(desk, file, [actor.sub], 0);
  return oneLine(decisionLine(desk, file, actor, decided));
}

/**
 * Accepts, reviews and decides an instant item in one step (即办件), by one person if the item needs only one signature;
 * the log has the same lines as any other case.
 * @throws {ProblemError} ILLEGAL_STEP for an item that is not instant; SAME_PERSON for one with more signatures;
 * NOT_COMPETENT if another organ decides
 */
export function decideOnTheSpot(
  desk: Desk,
  given: CaseFile,
  { outcome, reason }: Pick<Decided, 'outcome' | 'reason'>,
  discretion: string | null = null,
): Step {
  const actor = atOwnCase(desk, given, 'DECIDE_ON_THE_SPOT');
  if (desk.item.processingClass !== 'INSTANT') {
    throw problem('ILLEGAL_STEP', `${desk.item.code} is no instant item.`, { article: ARTICLES.onTheSpot });
  }
  if (desk.item.signOff?.maxLayers !== 1) {
    throw problem('SAME_PERSON', `${desk.item.code} does not say that one person may decide it.`, {
      article: ARTICLES.twoPersons,
    });
  }
  if (desk.item.substanceCheck) {
    throw problem('SECOND_PERSON_MISSING', `The substance of ${desk.item.code} is checked by two of staff.`, {
      article: ARTICLES.substanceCheck,
    });
  }
  departmentAt(desk, 'ACCEPT');
  const department = departmentAt(desk, 'REVIEW');
  const decideHere = (file: CaseFile): Step => {
    if (desk.node !== file.decider) throw notCompetent(desk.node, file);
    requireDecidedHere(desk);
    requireSignOff(desk, actor);
    requireNotDeemedRenewed(file, desk.now);
    requireHearingDone(file.itemKind, desk.item.hearing, file.hearing, desk.now);
    const { lines } = accepted(desk, file, actor, null);
    const opinion = outcome === 'GRANTED' ? 'APPROVE' : 'REJECT';
    const data = { opinion, ...(department === null ? {} : { department }) } as const;
    const review: LineDraft = { action: 'REVIEWED', actor, note: reason, data };
    const decided = decisionLine(desk, file, actor, { outcome, reason, minutes: null, meeting: null, discretion });
    return { lines: [...lines, review, decided], handOff: null };
  };
  return asAcceptor(desk, given, (file) => underGrants(desk, file, ['DECIDE'], decideHere));
}

function decisionLine(desk: Desk, file: CaseFile, actor: LogActor, decided: Decided): LineDraft {
  const { outcome, reason, minutes } = decided;
  if (outcome === 'REFUSED') requireReason(reason ?? '', ARTICLES.reasonsForRefusal);
  const meeting = meetingOf(desk, decided);
  const remedies = outcome === 'REFUSED' ? REMEDIES : null;
  const use = file.through.decide;
  const records = recordsOf(file.hearing);
  const department = departmentAt(desk, 'DECIDE');
  const discretion = citedOf(desk, decided.discretion);
  return {
    action: 'DECIDED',
    actor,
    note: reason,
    data: {
      outcome,
      reason,
      remedies,
      inNameOf: nameOf(file),
      ...(department === null ? {} : { department }),
      ...(minutes === null ? {} : { minutes }),
      ...(meeting === null ? {} : { meeting }),
      ...(use ? { grant: use.id } : {}),
      ...(records.length === 0 ? {} : { records }),
      ...(discretion === null ? {} : { discretion }),
    },
  };
}

/**
 * The meeting a decision cites; an item that is decided together needs one, or minutes that are kept elsewhere.
 * @throws {ProblemError} MINUTES_MISSING, MEETING_CONTRADICTED
 */
function meetingOf({ item }: Desk, { outcome, minutes, meeting }: Decided): CitedMeeting | null {
  if (meeting) return citedBy(outcome, meeting);
  if (!item.collectiveDecision || minutes) return null;
  throw problem('MINUTES_MISSING', `${item.code} is decided together; name the meeting, or minutes kept elsewhere.`, {
    article: ARTICLES.collectiveDecision,
    field: 'meeting',
  });
}

/**
 * The discretion standard a decision cites, of the implementation the case was accepted under.
 * @throws {ProblemError} NOT_FOUND for an id it has not
 */
function citedOf({ implementation, item }: Desk, id: string | null): CitedDiscretion | null {
  if (id === null) return null;
  const cited = implementation.discretion.find((each) => each.id === id);
  if (cited) return cited;
  const known = implementation.discretion.map((each) => each.id).join(', ');
  const message = `Version ${implementation.version} of ${item.code} at ${implementation.node} has no discretion standard ${id}; it has ${known || 'none'}.`;
  throw problem('NOT_FOUND', message, { article: ARTICLES.discretion, field: 'discretion' });
}

/**
 * Checks that the deciding organ has no more signatures than the item allows: its reviewers, the signer now, and those
 * still required.
 * @throws {ProblemError} SIGN_OFF_LAYERS
 */
function requireLayers({ node, item }: Desk, file: CaseFile, now: readonly string[], toCome: number): void {
  if (!item.signOff) return;
  const reviewers = file.reviews.filter((r) => r.node === node).map((r) => r.actor.sub);
  const layers = new Set([...reviewers, ...now]).size + toCome;
  if (layers <= item.signOff.maxLayers) return;
  throw problem('SIGN_OFF_LAYERS', `${item.code} allows ${item.signOff.maxLayers} signatures; this makes ${layers}.`, {
    article: ARTICLES.signOff,
  });
}

function requireReviewable(file: CaseFile): void {
  if (file.state === 'ACCEPTED') return;
  throw problem(
    'ILLEGAL_STEP',
    `The case is ${file.state} ${CASE_STATE_LABELS[file.state]}; this step needs ACCEPTED.`,
  );
}
