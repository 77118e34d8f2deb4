import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { HandlerStanding } from '@liandong/schema/domains/caseload';
import type { HandlingView } from '@liandong/schema/domains/handling';
import { clockOf, custodyAt, noticeDueAt, outstanding, resultOf } from '@liandong/schema/case';
import { urgentDueAt } from '@liandong/schema/domains/expedited';
import { reportView } from '@liandong/schema/domains/reports';
import type { StoredCase } from './case-store.ts';
import { verificationCodeOf } from './document-codes.ts';

/** The presence of handlers today, by their subject; a handler who is missing here is present. */
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
  const awaitsAcceptance = file.state === 'FILED' && file.custodian === file.acceptor && file.answerLimit === null;
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
      entry: line,
    })),
    clock: clockOf(file, calendar, divisions, now),
    precheck: file.precheck,
    procedures: file.procedures,
    renewal: file.renewal,
    extension: file.extension,
    appliedFen: file.appliedFen,
    reviews: file.reviews,
    decision: file.decision,
    answer: file.answer,
    report: reportView(file, now),
    issued: file.issued && { ...file.issued, verificationCode: verificationCodeOf(file.issued.node, stored.lines) },
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
