import type { CaseFile } from '../../case/case-file.ts';
import { conclusionOf, openProcedures } from '../../case/case-file.ts';
import type { Clock } from '../../case/clock.ts';
import { deliveryDueAt, noticeDueAt } from '../../case/clock.ts';
import type { OfficialCalendar } from '../../kernel/calendar.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import { memberForm, memberStatuses, predecessorsOf } from '../bundles/rules.ts';
import type { MemberCase } from '../bundles/rules.ts';
import type { Bundle, FormField } from '../catalogue/catalogue.ts';
import type { FormEntry } from '../catalogue/forms.ts';
import { jointOpen } from '../joint/rules.ts';
import { reportDueAt } from '../reports/rules.ts';
import type { ApprovalWaitKind } from './words.ts';

// 全程代办: what each approval of a project waits for, and which item can be applied for next.

/** What a case waits for, of whom, and since when. */
export interface ApprovalWait {
  kind: ApprovalWaitKind;
  /** The desk it waits for; null where it waits for the applicant. */
  node: DivisionCode | null;
  since: Date;
  /** When it must be done; null where no limit runs. */
  dueAt: Date | null;
}

/**
 * What a case waits for, as its log says; null once it has ended.
 * @param clock null before acceptance
 */
export function approvalWait(file: CaseFile, clock: Clock | null, calendar: OfficialCalendar): ApprovalWait | null {
  const { custodian: node, inTransitTo, lastAt } = file;
  const dueAt = clock?.dueAt ?? null;
  if (inTransitTo !== null) return { kind: 'ARRIVAL', node: inTransitTo, since: lastAt, dueAt };
  switch (file.state) {
    case 'DRAFT':
    case 'PRECHECKED':
      return { kind: 'FILING', node, since: lastAt, dueAt: null };
    case 'FILED': {
      if (node !== file.acceptor) return { kind: 'FORWARDING', node, since: file.materialsInAt, dueAt: null };
      if (file.answerLimit !== null) return { kind: 'DECISION', node, since: file.materialsInAt, dueAt };
      const due = noticeDueAt(file.materialsInAt, calendar).at;
      return { kind: 'ACCEPTANCE', node, since: file.materialsInAt, dueAt: due };
    }
    case 'AWAITING_SUPPLEMENT':
      return { kind: 'SUPPLEMENT', node: null, since: file.supplement?.at ?? lastAt, dueAt: null };
    case 'ACCEPTED':
      return acceptedWait(file, dueAt);
    case 'REVIEWED':
      return { kind: 'DECISION', node: file.decider, since: file.reviews.at(-1)?.at ?? lastAt, dueAt };
    case 'REPORTED':
      // an organ outside decides
      return { kind: 'DECISION', node, since: file.report?.at ?? lastAt, dueAt: reportDueAt(file) };
    case 'GRANTED':
    case 'REFUSED':
    case 'ANSWERED':
    case 'REPORT_DECIDED':
      return {
        kind: file.issued ? 'DELIVERY' : 'DOCUMENT',
        node,
        since: file.issued?.at ?? conclusionOf(file)?.at ?? lastAt,
        dueAt: deliveryDueAt(file, calendar),
      };
    case 'DELIVERED':
      return { kind: 'CLOSING', node, since: file.delivery?.at ?? lastAt, dueAt: null };
    case 'CLOSED':
    case 'NOT_ACCEPTED':
    case 'WITHDRAWN':
    case 'TERMINATED':
    case 'VOIDED':
      return null;
    default:
      return file.state satisfies never;
  }
}

function acceptedWait(file: CaseFile, dueAt: Date | null): ApprovalWait {
  const { custodian: node } = file;
  const [procedure] = openProcedures(file);
  if (procedure) return { kind: 'PROCEDURE', node: procedure.node, since: procedure.startedAt, dueAt };
  if (file.joint && jointOpen(file.joint)) return { kind: 'OPINIONS', node, since: file.lastAt, dueAt };
  return { kind: 'REVIEW', node, since: file.acceptance?.at ?? file.lastAt, dueAt };
}

/** A case that may lead to another. */
export interface LeadingCase extends MemberCase {
  id: string;
  number: string;
  item: string;
}

/** An item that can be applied for next, since the results before it are there. */
export interface NextItem {
  item: string;
  /** The cases whose results lead to it. */
  after: LeadingCase[];
  /** Materials that the result of one of them serves as. */
  given: { material: string; case: string }[];
}

/**
 * The items that follow the granted cases, by the bundles (一件事) of the catalogue: every item that a bundle puts ahead
 * of it was granted, its document was issued, and no case of it was filed.
 * @param bundles in force
 * @param cases each of one matter: a project, or one applicant's form
 */
export function nextItems(bundles: readonly Bundle[], cases: readonly LeadingCase[]): NextItem[] {
  const found = new Map<string, NextItem>();
  for (const bundle of bundles) {
    const members = bundle.members.flatMap((item) => {
      const made = cases.filter((c) => c.item === item);
      const best = made.find(isSucceeded) ?? made.at(-1);
      return best ? [{ item, case: best }] : [];
    });
    for (const [item, status] of memberStatuses(bundle, members)) {
      const ahead = predecessorsOf(bundle, item);
      if (status !== 'DUE' || ahead.length === 0) continue;
      const after = members.filter((m) => ahead.includes(m.item)).map((m) => m.case);
      const given = bundle.provides.flatMap((p) => {
        const from = after.find((c) => c.item === p.item);
        return from ? [{ material: p.material, case: from.id }] : [];
      });
      const known = found.get(item) ?? { item, after: [], given: [] };
      found.set(item, {
        item,
        after: [...known.after, ...after.filter((c) => !known.after.includes(c))],
        given: [...known.given, ...given.filter((g) => !known.given.some((k) => k.material === g.material))],
      });
    }
  }
  return [...found.values()];
}

const isSucceeded = ({ decision, issued }: MemberCase) => decision?.outcome === 'GRANTED' && issued !== null;

/**
 * What an application's form carries over to another item's: through the fields of bundles that fill both, and between
 * fields of the same name.
 */
export function carriedForm(
  bundles: readonly Bundle[],
  from: { item: string; form: readonly FormEntry[] },
  to: { item: string; fields: readonly Pick<FormField, 'name'>[] },
): FormEntry[] {
  const through = bundles.flatMap(({ form }) => {
    const one = form.flatMap(({ name, fills }) => {
      const filled = fills.find((fill) => fill.item === from.item);
      const value = from.form.find((entry) => entry.field === filled?.field)?.value;
      return value === undefined ? [] : [{ field: name, value }];
    });
    return memberForm(form, one, to.item);
  });
  return to.fields.flatMap(({ name }) => {
    const entry = through.find(({ field }) => field === name) ?? from.form.find(({ field }) => field === name);
    return entry ? [{ field: name, value: entry.value }] : [];
  });
}
