import { randomBytes } from 'node:crypto';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type {
  ApplicantView,
  ConsentView,
  Filing,
  FilingView,
  TrackedCaseView,
  TrackedStepView,
} from '@liandong/schema/domains/filing';
import type { HandlerStanding } from '@liandong/schema/domains/caseload';
import type { HandlingView } from '@liandong/schema/domains/handling';
import type { FormEntry } from '@liandong/schema/domains/catalogue';
import type { LogLine } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { clockOf, custodyAt, noticeDueAt, outstanding, resultOf } from '@liandong/schema/case';
import { maskNumber, problem } from '@liandong/schema/kernel';
import { seesPersonalData } from '@liandong/schema/operation';
import { urgentDueAt } from '@liandong/schema/domains/expedited';
import type { StoredCase } from './case-store.ts';

/** An application as it is stored: exact text, digested into the log. */
export interface Application {
  /** Random, so that nobody finds the applicant's number by trying numbers against the digest in the log. */
  salt?: string;
  applicant: ApplicantView;
  consent: (Omit<ConsentView, 'givenAt'> & { givenAt: string }) | null;
  /** Left out where the item has no form. */
  form?: FormEntry[];
}

export function saltOf(): string {
  return randomBytes(16).toString('base64url');
}

/** What the log says of the applicant's consent: never who gave it, always its scope and dates. */
export function loggedConsent(consent: Application['consent']): Filing['consent'] {
  if (!consent) return null;
  const { way, givenAt, scope, from, until } = consent;
  return { way, givenAt, scope, ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
}

/** The application part of a case, masked for whoever does not handle it. */
export function filingView(stored: StoredCase, node: DivisionCode, viewer: Viewer): FilingView {
  const { file } = stored;
  if (stored.application === null) throw problem('NOT_FOUND', `${node} holds no application of ${file.id}.`, { node });
  const { applicant, consent, form = [] } = JSON.parse(stored.application) as Application;
  const open = seesPersonalData(viewer, file.holders);
  return {
    id: file.id,
    number: file.number,
    item: file.item,
    filedAt: file.filedAt,
    filedBy: file.filedBy.name,
    filingNode: file.filingNode,
    place: file.place,
    acceptor: file.acceptor,
    decider: file.decider,
    power: file.power,
    custodian: file.custodian,
    applicant: open
      ? applicant
      : { ...applicant, idNumber: maskNumber(applicant.idNumber), phone: maskNumber(applicant.phone) },
    consent: consent && { ...consent, givenAt: new Date(consent.givenAt) },
    form: open ? form : [],
    bundle: file.bundle && { id: file.bundle.id, item: file.bundle.item },
    materials: file.materials,
    answeredBy: node,
    staleSince: node === file.filingNode ? null : file.lastAt,
  };
}

/** How handlers stand today, by their subject; one that is not there is present. */
export type Standings = ReadonlyMap<string, HandlerStanding>;

/** The handling part of a case, as this node knows it. */
export function handlingView(
  stored: StoredCase,
  node: DivisionCode,
  calendar: OfficialCalendar,
  divisions: Divisions,
  now: Date,
  standings: Standings,
): HandlingView {
  const { file, handler } = stored;
  const custody = custodyAt(file, node);
  const awaitsAcceptance = file.state === 'FILED' && file.custodian === file.acceptor;
  return {
    id: file.id,
    custodian: file.custodian,
    state: file.state,
    custody,
    inTransitTo: file.inTransitTo,
    log: stored.lines.map(({ line }) => ({
      seq: line.seq,
      at: new Date(line.at),
      node: line.node,
      actor: line.actor.name,
      actorRole: line.actor.role,
      action: line.action,
      note: line.note,
    })),
    clock: clockOf(file, calendar, divisions, now),
    precheck: file.precheck,
    procedures: file.procedures,
    renewal: file.renewal,
    extension: file.extension,
    decision: file.decision,
    issued: file.issued,
    delivery: file.delivery,
    rating: file.rating,
    result: resultOf(file),
    missing: file.state === 'AWAITING_SUPPLEMENT' ? outstanding(file) : [],
    acceptanceDueAt: awaitsAcceptance ? noticeDueAt(file.materialsInAt, calendar).at : null,
    project: file.project,
    greenChannel: file.greenChannel,
    urgency: file.urgency && { ...file.urgency, dueAt: urgentDueAt(file, calendar) },
    withdrawalRequestedAt: file.closedAt ? null : stored.withdrawalRequestedAt,
    handler:
      custody === 'ELSEWHERE' || !handler ? null : { ...handler, standing: standings.get(handler.sub) ?? 'PRESENT' },
    answeredBy: node,
    staleSince: custody === 'ELSEWHERE' ? file.lastAt : null,
  };
}

/** What the applicant sees: no numbers but the case's own, and of names those of who acted. */
export function trackedView(
  stored: StoredCase,
  node: DivisionCode,
  calendar: OfficialCalendar,
  divisions: Divisions,
  now: Date,
): TrackedCaseView {
  const { file } = stored;
  return {
    number: file.number,
    item: file.item,
    state: file.state,
    filedAt: file.filedAt,
    custodian: file.custodian,
    dueAt: clockOf(file, calendar, divisions, now)?.dueAt ?? null,
    missing: file.state === 'AWAITING_SUPPLEMENT' ? outstanding(file) : [],
    reason: publicReason(stored.lines.map(({ line }) => line)),
    remedies: file.decision?.remedies ?? null,
    steps: stored.lines.map(({ line }) => trackedStep(line)),
    proxy: file.proxy,
    answeredBy: node,
  };
}

/** A step with who took it; a token that acts for somebody, and an agent, act for the applicant. */
function trackedStep({ at, node, action, actor }: LogLine): TrackedStepView {
  return {
    at: new Date(at),
    node,
    action,
    actor: actor.name,
    post: actor.role,
    insteadOf: actor.for?.name ?? null,
    byProxy: actor.role === 'AGENT' || actor.for?.name === null,
  };
}

/** Why it ended as it did: the last line that decides or ends it. */
function publicReason(lines: readonly LogLine[]): string | null {
  for (const line of lines.toReversed()) {
    if (line.action === 'DECIDED' || line.action === 'NOT_ACCEPTED') return line.data.reason;
    if (line.action === 'TERMINATED' || line.action === 'VOIDED') return line.data.reason;
  }
  return null;
}
