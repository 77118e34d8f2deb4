import type { DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { LogLine, Material, Staff } from '../../case/log-line.ts';
import type { HearingNeed, ItemKind } from '../catalogue/item-words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf } from '../../kernel/calendar.ts';
import type { Limit } from '../../kernel/limits.ts';

// 利害关系人与听证 (行政许可法 Art. 36, 46–48). Parties have numbers: 0 is the applicant, 1, 2, 3 … are the interested parties in
// the order they were told. Their identities, their statements and the record are papers kept apart from the log.

/** The applicant among the parties of a hearing. */
export const APPLICANT_PARTY = 0;

/** Interested parties told together. */
export interface InterestedGroup {
  at: Date;
  node: DivisionCode;
  first: number;
  count: number;
  /** The parties' identities, as JSON. */
  register: Material;
  matter: string;
  /** Whether the case directly affects a great interest of theirs. */
  grave: boolean;
}

export interface HearingOffer {
  party: number;
  at: Date;
  /** Last moment to ask for a hearing. */
  until: Date;
}

export interface HearingRequest {
  party: number;
  at: Date;
  holdBy: Date;
}

/** 听证通知. */
export interface HearingCall {
  calledAt: Date;
  at: Date;
  place: string;
  /** Null once the named chair stepped back. */
  chair: Staff | null;
  announcement: string | null;
  /** Whether the organ holds it of its own motion (Art. 46), and not because a party asked. */
  ownMotion: boolean;
}

/** 听证笔录. */
export interface HearingRecord {
  at: Date;
  chair: Staff;
  attended: number[];
  signed: number[];
  unsigned: { party: number; reason: string }[];
  record: Material;
}

/** The hearing of a case and its parties, from the log. */
export interface HearingFile {
  groups: InterestedGroup[];
  statements: { at: Date; party: number; statement: Material }[];
  offers: HearingOffer[];
  /** Requests that wait for their hearing. */
  requests: HearingRequest[];
  waived: number[];
  call: HearingCall | null;
  records: HearingRecord[];
  /** Everyone who was named as chair; none of them may review. */
  chairs: string[];
}

export const NO_HEARING: HearingFile = {
  groups: [],
  statements: [],
  offers: [],
  requests: [],
  waived: [],
  call: null,
  records: [],
  chairs: [],
};

export const HEARING_ACTIONS = [
  'INTERESTED_TOLD',
  'PARTY_HEARD',
  'HEARING_OFFERED',
  'HEARING_REQUESTED',
  'HEARING_WAIVED',
  'HEARING_CALLED',
  'CHAIR_RECUSED',
  'HEARING_HELD',
] as const;
type HearingLine = Extract<LogLine, { action: (typeof HEARING_ACTIONS)[number] }>;

/** Time to ask for a hearing, after the parties were told of their right (Art. 47). Working days: Art. 82. */
export const HEARING_REQUEST_LIMIT: Limit = { days: 5, unit: 'WORKDAY' };
/** Time to hold it, after the request (Art. 47). */
export const HEARING_HOLD_LIMIT: Limit = { days: 20, unit: 'WORKDAY' };
/** Time between the notice of its time and place, and the hearing (Art. 48). */
export const HEARING_NOTICE_LIMIT: Limit = { days: 7, unit: 'WORKDAY' };

/** Number of interested parties that were told. */
export function interestedCount({ groups }: HearingFile): number {
  return groups.reduce((sum, group) => sum + group.count, 0);
}

/** Numbers of all who may speak: the applicant first. */
export function partiesOf(hearing: HearingFile): number[] {
  return Array.from({ length: interestedCount(hearing) + 1 }, (_, i) => i);
}

/** Whether a hearing was asked for or called, and has not been held yet. */
export function hearingOpen({ requests, call }: HearingFile): boolean {
  return requests.length > 0 || call !== null;
}

/**
 * Parties who must be told of their right to a hearing and were not. These are all parties if the item says so; else
 * those with a great interest that the case affects, and with them the applicant.
 */
export function owedOffers(hearing: HearingFile, need: HearingNeed): number[] {
  const grave = hearing.groups
    .filter((group) => group.grave)
    .flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
  const due = need === 'OFFERED' ? partiesOf(hearing) : grave.length > 0 ? [APPLICANT_PARTY, ...grave] : [];
  return due.filter((party) => !hearing.offers.some((offer) => offer.party === party));
}

/** Offers that a party may still take up at an instant. */
export function openOffers(hearing: HearingFile, at: Date): HearingOffer[] {
  return hearing.offers.filter((offer) => takesRequest(hearing, offer.party, at));
}

/**
 * Whether a party may ask for a hearing: it was offered, the time has not passed, and the party has not asked or
 * waived.
 */
export function takesRequest(hearing: HearingFile, party: number, at: Date): boolean {
  const offer = hearing.offers.find((o) => o.party === party);
  const heard = hearing.records.at(-1);
  return (
    offer !== undefined &&
    at <= offer.until &&
    (heard === undefined || heard.at < offer.at) &&
    !hearing.waived.includes(party) &&
    !hearing.requests.some((r) => r.party === party)
  );
}

/** Digests of the hearing records a decision is based on (Art. 48). */
export function recordsOf({ records }: HearingFile): string[] {
  return records.map(({ record }) => record.sha256);
}

/** All papers of the hearing, for the organs that handle the case. */
export function hearingPapers({ groups, statements, records }: HearingFile): Material[] {
  return [...groups.map((g) => g.register), ...statements.map((s) => s.statement), ...records.map((r) => r.record)];
}

/**
 * Checks the hearing before a licence is decided: those it affects were told of the right to a hearing, had time to
 * ask, and were heard. Other acts follow their own basis.
 * @throws {ProblemError} HEARING_NOT_OFFERED, HEARING_MISSING, HEARING_OPEN
 */
export function requireHearingDone(kind: ItemKind, need: HearingNeed, hearing: HearingFile, at: Date): void {
  if (kind !== 'LICENSE') return;
  const owed = owedOffers(hearing, need);
  if (owed.length > 0) {
    throw problem('HEARING_NOT_OFFERED', `Not told of the right to a hearing: ${namesOf(owed)}.`, {
      article: ARTICLES.hearingOffered,
    });
  }
  if (hearingOpen(hearing)) {
    throw problem('HEARING_OPEN', 'The hearing is not held yet; it is decided by its record.', {
      article: ARTICLES.hearingRules,
    });
  }
  const [open] = openOffers(hearing, at);
  if (open) {
    throw problem('HEARING_OPEN', `A hearing may be asked for until ${dayOf(open.until)}.`, {
      article: ARTICLES.hearingOffered,
    });
  }
  if (need === 'HELD' && hearing.records.length === 0) {
    throw problem('HEARING_MISSING', 'This licence is decided after a hearing announced to the public.', {
      article: ARTICLES.hearingHeld,
    });
  }
}

function namesOf(parties: readonly number[]): string {
  return parties.map((p) => (p === APPLICANT_PARTY ? 'the applicant' : `interested party ${p}`)).join(', ');
}

/**
 * The hearing's state after one more of these lines; null if the line can't stand.
 * @param reviewers those who accepted or reviewed the case; none of them may chair
 */
export function afterHearingLine(
  hearing: HearingFile,
  line: HearingLine,
  at: Date,
  reviewers: readonly string[],
): HearingFile | null {
  const known = (party: number) => party <= interestedCount(hearing);
  switch (line.action) {
    case 'INTERESTED_TOLD': {
      if (line.data.first !== interestedCount(hearing) + 1) return null;
      return { ...hearing, groups: [...hearing.groups, { at, node: line.node, ...line.data }] };
    }
    case 'PARTY_HEARD': {
      if (!known(line.data.party)) return null;
      return { ...hearing, statements: [...hearing.statements, { at, ...line.data }] };
    }
    case 'HEARING_OFFERED': {
      const { parties } = line.data;
      const until = new Date(line.data.until);
      const twice = parties.some((p, i) => parties.indexOf(p) < i || hearing.offers.some((o) => o.party === p));
      if (twice || !parties.every(known) || until <= at) return null;
      return { ...hearing, offers: [...hearing.offers, ...parties.map((party) => ({ party, at, until }))] };
    }
    case 'HEARING_REQUESTED': {
      const { party } = line.data;
      const holdBy = new Date(line.data.holdBy);
      if (!takesRequest(hearing, party, at) || holdBy <= at) return null;
      return { ...hearing, requests: [...hearing.requests, { party, at, holdBy }] };
    }
    case 'HEARING_WAIVED':
      return waived(hearing, line.data.party);
    case 'HEARING_CALLED': {
      const { place, chair, announcement } = line.data;
      const on = new Date(line.data.at);
      if (on <= at || reviewers.includes(chair.sub)) return null;
      const ownMotion = hearing.call?.ownMotion ?? hearing.requests.length === 0;
      if (ownMotion && announcement === null) return null;
      const call = { calledAt: at, at: on, place, chair, announcement, ownMotion };
      return { ...hearing, call, chairs: [...new Set([...hearing.chairs, chair.sub])] };
    }
    case 'CHAIR_RECUSED': {
      if (!hearing.call?.chair) return null;
      return { ...hearing, call: { ...hearing.call, chair: null } };
    }
    case 'HEARING_HELD':
      return held(hearing, line, at);
    default:
      return line satisfies never;
  }
}

/**
 * A party waives its hearing. If no party wants a hearing any more, and the organ need not hold one, it is cancelled.
 */
function waived(hearing: HearingFile, party: number): HearingFile | null {
  if (!hearing.offers.some((o) => o.party === party) || hearing.waived.includes(party)) return null;
  const requests = hearing.requests.filter((r) => r.party !== party);
  const call = requests.length === 0 && hearing.call?.ownMotion === false ? null : hearing.call;
  return { ...hearing, requests, call, waived: [...hearing.waived, party] };
}

function held(
  hearing: HearingFile,
  { data, actor }: Extract<HearingLine, { action: 'HEARING_HELD' }>,
  at: Date,
): HearingFile | null {
  const chair = hearing.call?.chair;
  if (!hearing.call || !chair || at < hearing.call.at) return null;
  const byChair = actor.sub === chair.sub;
  if (!byChair || !isSoundAttendance(hearing, data)) return null;
  return { ...hearing, requests: [], call: null, records: [...hearing.records, { at, chair, ...data }] };
}

/** Whether everyone who came is a known party, and signed the record or refused according to it. */
export function isSoundAttendance(
  hearing: HearingFile,
  { attended, signed, unsigned }: Pick<HearingRecord, 'attended' | 'signed' | 'unsigned'>,
): boolean {
  const answered = [...signed, ...unsigned.map((u) => u.party)];
  return (
    new Set(attended).size === attended.length &&
    attended.every((p) => p >= 0 && p <= interestedCount(hearing)) &&
    answered.length === attended.length &&
    attended.every((p) => answered.includes(p))
  );
}
