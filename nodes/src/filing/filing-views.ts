import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { FilingView, TrackedCaseView, TrackedStepView } from '@liandong/schema/domains/filing';
import type { LogLine } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { clockOf, outstanding } from '@liandong/schema/case';
import { maskNumber } from '@liandong/schema/kernel';
import { seesPersonalData } from '@liandong/schema/operation';
import type { StoredCase } from '../cases/index.ts';
import { applicationOf } from '../cases/index.ts';

/** The application part of a case, masked for a viewer who does not handle it. */
export function filingView(stored: StoredCase, node: DivisionCode, viewer: Viewer): FilingView {
  const { file } = stored;
  const { applicant, consent, form = [] } = applicationOf(stored, node);
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

/** The applicant's view: no numbers but the case's own, and no names but those of the people who acted. */
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

/** A step and who took it. A token that acts for another person, and an agent, are shown as the applicant. */
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

/** The reason of the result: that of the last line that decides or ends the case. */
function publicReason(lines: readonly LogLine[]): string | null {
  for (const line of lines.toReversed()) {
    if (line.action === 'DECIDED' || line.action === 'NOT_ACCEPTED') return line.data.reason;
    if (line.action === 'TERMINATED' || line.action === 'VOIDED') return line.data.reason;
  }
  return null;
}
