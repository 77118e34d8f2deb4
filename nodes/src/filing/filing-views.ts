import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type {
  ApplicationNumber,
  EarlierApplicationView,
  FilingView,
  TrackedCaseView,
  TrackedStepView,
} from '@liandong/schema/domains/filing';
import type { CaseFile, LogLine } from '@liandong/schema/case';
import type { Viewer } from '@liandong/schema/operation';
import { clockOf, outstanding } from '@liandong/schema/case';
import { maskNumber, maskNumbersIn, problem } from '@liandong/schema/kernel';
import { isOfHandlingDesk } from '@liandong/schema/operation';
import type { Application, StoredCase } from '../cases/index.ts';
import { applicationOf } from '../cases/index.ts';

/** An application for display: numbers masked for everybody, the form for those who handle the case. */
export function applicationView({ applicant, consent, form = [] }: Application, { holders }: CaseFile, viewer: Viewer) {
  // a form says more of a person than the numbers in it
  const entries = isOfHandlingDesk(viewer, holders) ? form : [];
  return {
    applicant: { ...applicant, idNumber: maskNumber(applicant.idNumber), phone: maskNumber(applicant.phone) },
    consent: consent && { ...consent, givenAt: new Date(consent.givenAt) },
    form: entries.map(({ field, value }) => ({ field, value: maskNumbersIn(value) })),
  };
}

/** An application as it was until it was corrected. */
export function earlierView(
  { correctedAt, application }: { correctedAt: Date; application: Application },
  file: CaseFile,
  viewer: Viewer,
): EarlierApplicationView {
  return { correctedAt, ...applicationView(application, file, viewer) };
}

/** The application part of a case. */
export function filingView(stored: StoredCase, node: DivisionCode, viewer: Viewer): FilingView {
  const { file } = stored;
  return {
    id: file.id,
    number: file.number,
    item: file.item,
    filedAt: file.filedAt,
    late: file.late,
    filedBy: file.filedBy.name,
    filingNode: file.filingNode,
    place: file.place,
    acceptor: file.acceptor,
    decider: file.decider,
    power: file.power,
    custodian: file.custodian,
    ...applicationView(applicationOf(stored, node), file, viewer),
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
    remedies: file.decision?.remedies ?? file.answer?.remedies ?? null,
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

/** The number in the clear. @throws {ProblemError} NOT_FOUND, BAD_INPUT */
export function clearNumber(
  { applicant, form = [] }: Application,
  field: ApplicationNumber,
  entry: string | null,
): string {
  if ((field === 'FORM_ENTRY') !== (entry !== null)) {
    throw problem('BAD_INPUT', 'Name the entry of the form for FORM_ENTRY, and for nothing else.', { field: 'entry' });
  }
  switch (field) {
    case 'ID_NUMBER':
      return applicant.idNumber;
    case 'PHONE':
      return applicant.phone;
    case 'FORM_ENTRY': {
      const found = form.find((filled) => filled.field === entry);
      if (!found) throw problem('NOT_FOUND', 'The form of this application has no such entry.', { field: 'entry' });
      return found.value;
    }
    default:
      return field satisfies never;
  }
}
