import { problem } from '../../kernel/errors.ts';
import type { LogActor, Material, Staff } from '../../case/log-line.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf, daysBetween, endOfDay } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { isOrgan, openProcedures } from '../../case/case-file.ts';
import { notCompetent } from '../../case/case-grants.ts';
import type { Desk, LineDraft, Step } from '../../case/step-context.ts';
import type { HearingRecord } from './rules.ts';
import {
  HEARING_HOLD_LIMIT,
  HEARING_NOTICE_LIMIT,
  HEARING_REQUEST_LIMIT,
  hearingOpen,
  interestedCount,
  isSoundAttendance,
  owedOffers,
  partiesOf,
  takesRequest,
} from './rules.ts';
import type { Limit } from '../../kernel/limits.ts';
import { lastDayOf } from '../../kernel/limits.ts';
import { requireNoPersonalData } from '../proxy/rules.ts';
import {
  actAs,
  atOwnCase,
  handlersOf,
  isSamePerson,
  oneLine,
  requireCustody,
  requireFollows,
  requireReason,
} from '../../case/step-rules.ts';

type HearingAction = Extract<
  LineDraft['action'],
  | 'INTERESTED_TOLD'
  | 'PARTY_HEARD'
  | 'HEARING_OFFERED'
  | 'HEARING_REQUESTED'
  | 'HEARING_WAIVED'
  | 'HEARING_CALLED'
  | 'CHAIR_RECUSED'
>;

const BY = {
  INTERESTED_TOLD: 'HEAR_PARTIES',
  PARTY_HEARD: 'HEAR_PARTIES',
  HEARING_OFFERED: 'HEAR_PARTIES',
  HEARING_REQUESTED: 'HEAR_PARTIES',
  HEARING_WAIVED: 'HEAR_PARTIES',
  HEARING_CALLED: 'CALL_HEARING',
  CHAIR_RECUSED: 'RECUSE_CHAIR',
} as const satisfies Record<HearingAction, string>;

/**
 * The person who writes a line of a hearing, with any content.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT
 */
export function atOrgan(desk: Desk, file: CaseFile, line: HearingAction): LogActor {
  const actor = atOwnCase(desk, file, BY[line]);
  requireFollows(file, line);
  if (!isOrgan(desk.node, file)) throw notCompetent(desk.node, file);
  return actor;
}

/** Interested parties to be told; the register has their identities. */
export interface Told {
  count: number;
  register: Material;
  matter: string;
  grave: boolean;
}

/**
 * Tells interested parties (告知利害关系人, Art. 36) of the application; from then on they may state their case.
 * @throws {ProblemError} REASON_MISSING, BAD_INPUT
 */
export function tellInterested(desk: Desk, file: CaseFile, told: Told): Step {
  const actor = atOrgan(desk, file, 'INTERESTED_TOLD');
  if (told.matter.trim() === '') {
    throw problem('REASON_MISSING', 'Say what touches them.', { article: ARTICLES.interestedParties, field: 'matter' });
  }
  requireNoPersonalData(told.matter, 'matter');
  const data = { first: interestedCount(file.hearing) + 1, ...told };
  return oneLine({ action: 'INTERESTED_TOLD', actor, note: `告知利害关系人 ${told.count} 名`, data });
}

/** Records a party's statement (听取陈述申辩, Art. 36); its text is kept apart. @throws {ProblemError} NOT_FOUND */
export function hearParty(desk: Desk, file: CaseFile, party: number, statement: Material): Step {
  const actor = atOrgan(desk, file, 'PARTY_HEARD');
  requireParty(file, party);
  return oneLine({ action: 'PARTY_HEARD', actor, note: null, data: { party, statement } });
}

/**
 * Tells all parties that were not told yet of their right to a hearing (告知听证权利), in writing; they have five working
 * days to ask.
 * @throws {ProblemError} ILLEGAL_STEP if the item is not a licence, or all were told, NOTICE_MISSING
 */
export function offerHearing(desk: Desk, file: CaseFile, notice: string): Step {
  const { actor, parties } = mayOfferHearing(desk, file);
  if (notice.trim() === '') {
    throw problem('NOTICE_MISSING', 'The parties are told in writing.', { article: offered, field: 'notice' });
  }
  requireNoPersonalData(notice, 'notice');
  const until = endOf(desk, HEARING_REQUEST_LIMIT).toISOString();
  return oneLine({ action: 'HEARING_OFFERED', actor, note: notice, data: { parties, notice, until } });
}

/**
 * The person who tells parties of their right to a hearing, and these parties.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT
 */
export function mayOfferHearing(desk: Desk, file: CaseFile): { actor: LogActor; parties: number[] } {
  const actor = atOrgan(desk, file, 'HEARING_OFFERED');
  requireLicence(file);
  const owed = owedOffers(file.hearing, desk.item.hearing);
  const untold = partiesOf(file.hearing).filter((p) => !file.hearing.offers.some((o) => o.party === p));
  const parties = owed.length > 0 ? owed : untold;
  if (parties.length > 0) return { actor, parties };
  throw problem('ILLEGAL_STEP', 'All parties were told of their right to a hearing.', { article: offered });
}

/**
 * Records a party's request for a hearing. The time from the request to the hearing's record does not count toward the
 * limit (Art. 45).
 * @throws {ProblemError} HEARING_NOT_OFFERED, HEARING_TOO_LATE, ILLEGAL_STEP for a party that asked before or waived it
 */
export function requestHearing(desk: Desk, file: CaseFile, party: number): Step {
  const actor = atOrgan(desk, file, 'HEARING_REQUESTED');
  requireLicence(file);
  const offer = requireOffered(file, party);
  if (desk.now > offer.until) {
    throw problem('HEARING_TOO_LATE', `A hearing was to be asked for by ${dayOf(offer.until)}.`, {
      article: offered,
      field: 'party',
    });
  }
  if (!takesRequest(file.hearing, party, desk.now)) {
    throw problem('ILLEGAL_STEP', 'This party has asked, was heard, or gave its hearing up.', {
      article: offered,
      field: 'party',
    });
  }
  const holdBy = endOf(desk, HEARING_HOLD_LIMIT);
  const asked: LineDraft = {
    action: 'HEARING_REQUESTED',
    actor,
    note: null,
    data: { party, holdBy: holdBy.toISOString() },
  };
  return { lines: [asked, ...begun(desk, file, actor, holdBy)], handOff: null };
}

/** A party waives its hearing (放弃听证). @throws {ProblemError} HEARING_NOT_OFFERED, ILLEGAL_STEP */
export function waiveHearing(desk: Desk, file: CaseFile, party: number): Step {
  const actor = atOrgan(desk, file, 'HEARING_WAIVED');
  requireOffered(file, party);
  if (file.hearing.waived.includes(party)) {
    throw problem('ILLEGAL_STEP', 'This party gave its hearing up already.', { article: offered, field: 'party' });
  }
  const { hearing } = file;
  const last = hearing.requests.every((r) => r.party === party) && hearing.call?.ownMotion !== true;
  const line: LineDraft = { action: 'HEARING_WAIVED', actor, note: null, data: { party } };
  const over = last && hearingOpen(hearing) ? ended(file, actor, '申请人、利害关系人放弃听证') : [];
  return { lines: [line, ...over], handOff: null };
}

export interface HearingPlan {
  at: Date;
  place: string;
  chair: Staff;
  announcement: string | null;
}

/**
 * Calls the hearing (听证通知): seven working days ahead, within twenty of the first request. Its chair must not have
 * accepted or reviewed the case. Without a request the organ holds it of its own motion and announces it (Art. 46). A
 * second call moves the hearing, or gives it another chair.
 * @throws {ProblemError} HEARING_NOTICE_SHORT, HEARING_TOO_LATE, HEARING_CHAIR, NOTICE_MISSING, BAD_INPUT
 */
export function callHearing(desk: Desk, file: CaseFile, plan: HearingPlan): Step {
  const actor = mayCallHearing(desk, file);
  const { call, requests } = file.hearing;
  if (plan.place.trim() === '') throw problem('BAD_INPUT', 'Name the place.', { field: 'place' });
  requireTime(desk, file, plan);
  const handled = handlersOf(file);
  if (handled.some((before) => isSamePerson(before, { ...plan.chair, role: null }))) {
    throw problem('HEARING_CHAIR', 'The person who accepted or reviewed the case may not chair its hearing.', {
      article: ARTICLES.hearingRules,
      field: 'chair',
    });
  }
  const ownMotion = call?.ownMotion ?? requests.length === 0;
  if (ownMotion && !plan.announcement) {
    throw problem('NOTICE_MISSING', 'A hearing held without a request must be announced to the public.', {
      article: ARTICLES.hearingHeld,
      field: 'announcement',
    });
  }
  const { at, ...rest } = plan;
  const called: LineDraft = { action: 'HEARING_CALLED', actor, note: null, data: { ...rest, at: at.toISOString() } };
  return { lines: [called, ...begun(desk, file, actor, at)], handOff: null };
}

/** The person who calls the hearing, at any time. @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT */
export function mayCallHearing(desk: Desk, file: CaseFile): LogActor {
  const actor = atOrgan(desk, file, 'HEARING_CALLED');
  requireLicence(file);
  return actor;
}

function requireTime(desk: Desk, { hearing: { call, requests } }: CaseFile, { at, place }: HearingPlan): void {
  // only the chair changes; time and place were already announced
  if (call?.at.getTime() === at.getTime() && call.place === place && at > desk.now) return;
  const earliest = lastDayOf(dayOf(desk.now), HEARING_NOTICE_LIMIT, desk.calendar).day;
  if (dayOf(at) < earliest) {
    throw problem('HEARING_NOTICE_SHORT', `Told today, the hearing is on ${earliest} at the earliest.`, {
      article: ARTICLES.hearingRules,
      field: 'at',
    });
  }
  const [first] = requests.map((r) => r.holdBy).toSorted((a, b) => a.getTime() - b.getTime());
  // if the deadline can't be met any more, the hearing is held as soon as the notice allows
  if (first === undefined || at <= first || dayOf(at) <= earliest) return;
  throw problem('HEARING_TOO_LATE', `The hearing was asked for; it is held by ${dayOf(first)}.`, {
    article: offered,
    field: 'at',
  });
}

/**
 * The chair steps back for a direct interest (回避), as the organ's head decides; another is named.
 * @throws {ProblemError} NOT_FOUND, REASON_MISSING
 */
export function recuseChair(desk: Desk, file: CaseFile, reason: string): Step {
  const actor = mayRecuseChair(desk, file);
  requireReason(reason, ARTICLES.hearingRules);
  requireNoPersonalData(reason, 'reason');
  return oneLine({ action: 'CHAIR_RECUSED', actor, note: reason, data: { reason } });
}

/**
 * The person who lets the chair step back, for any reason. @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT,
 * NOT_FOUND
 */
export function mayRecuseChair(desk: Desk, file: CaseFile): LogActor {
  const actor = atOrgan(desk, file, 'CHAIR_RECUSED');
  if (file.hearing.call?.chair) return actor;
  throw problem('NOT_FOUND', 'No chair is named.', { article: ARTICLES.hearingRules });
}

export type HeldHearing = Omit<HearingRecord, 'at' | 'chair'>;

/**
 * Files the record of a hearing (听证笔录), by its chair. Everyone who came has signed it, or the record says that they
 * refused.
 * @throws {ProblemError} NOT_FOUND, HEARING_CHAIR, BAD_INPUT
 */
export function holdHearing(desk: Desk, file: CaseFile, held: HeldHearing): Step {
  const actor = mayHoldHearing(desk, file);
  const article = ARTICLES.hearingRules;
  if (!isSoundAttendance(file.hearing, held)) {
    throw problem('BAD_INPUT', 'Every person present must sign the record or be recorded as refusing.', {
      article,
      field: 'signed',
    });
  }
  held.unsigned.forEach(({ reason }, i) => requireNoPersonalData(reason, `unsigned.${i}.reason`));
  const line: LineDraft = { action: 'HEARING_HELD', actor, note: null, data: { ...held } };
  return { lines: [line, ...ended(file, actor, '听证笔录已制作')], handOff: null };
}

/**
 * The person who files the record of the hearing, with any content.
 * @throws {ProblemError} ILLEGAL_STEP, NOT_COMPETENT, NOT_FOUND, HEARING_CHAIR, BAD_INPUT before the hearing
 */
export function mayHoldHearing(desk: Desk, file: CaseFile): LogActor {
  // the chair is not from the department that reviews
  const actor = actAs(desk, 'HOLD_HEARING', file);
  requireCustody(desk.node, file);
  requireFollows(file, 'HEARING_HELD');
  if (!isOrgan(desk.node, file)) throw notCompetent(desk.node, file);
  const article = ARTICLES.hearingRules;
  const { call } = file.hearing;
  if (!call) throw problem('NOT_FOUND', 'No hearing is called.', { article });
  if (call.chair?.sub !== actor.sub) {
    throw problem('HEARING_CHAIR', 'The record is filed by the chair that was named.', { article });
  }
  if (desk.now < call.at) throw problem('BAD_INPUT', 'The hearing has not been yet.', { article, field: 'record' });
  return actor;
}

const offered = ARTICLES.hearingOffered;

/** The procedure that stops the clock while a hearing is prepared and held. */
function begun(desk: Desk, file: CaseFile, actor: LogActor, until: Date): LineDraft[] {
  if (openProcedures(file).some((p) => p.kind === 'HEARING')) return [];
  const notice = '本件依法举行听证,所需时间不计入办理期限';
  const expectedDays = Math.max(1, daysBetween(dayOf(desk.now), dayOf(until)));
  const procedure = file.procedures.length + 1;
  const data = { procedure, kind: 'HEARING' as const, stopsClock: true, notice, expectedDays };
  return [{ action: 'PROCEDURE_STARTED', actor, note: notice, data }];
}

function ended(file: CaseFile, actor: LogActor, result: string): LineDraft[] {
  return openProcedures(file)
    .filter((p) => p.kind === 'HEARING')
    .map(({ number }) => ({ action: 'PROCEDURE_ENDED', actor, note: result, data: { procedure: number, result } }));
}

function endOf(desk: Desk, limit: Limit): Date {
  return endOfDay(lastDayOf(dayOf(desk.now), limit, desk.calendar).day);
}

function requireLicence(file: CaseFile): void {
  if (file.itemKind === 'LICENSE') return;
  throw problem('ILLEGAL_STEP', `${file.item} is no licence; its hearing follows its own basis.`, { article: offered });
}

function requireParty(file: CaseFile, party: number): void {
  if (partiesOf(file.hearing).includes(party)) return;
  throw problem('NOT_FOUND', `The case has no party ${party}.`, { field: 'party' });
}

function requireOffered(file: CaseFile, party: number) {
  requireParty(file, party);
  const offer = file.hearing.offers.find((o) => o.party === party);
  if (offer) return offer;
  throw problem('HEARING_NOT_OFFERED', 'This party was not told of its right to a hearing.', {
    article: offered,
    field: 'party',
  });
}
