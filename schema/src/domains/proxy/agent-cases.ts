import type { DivisionCode } from '../../kernel/divisions.ts';
import type { AgentWaitKind } from './words.ts';
import { isClosed } from '../../case/words.ts';
import type { Day } from '../../kernel/calendar.ts';
import { endOfDay, plusDays } from '../../kernel/calendar.ts';
import type { CaseFile } from '../../case/case-file.ts';
import type { Clock } from '../../case/clock.ts';
import { dueOf } from '../fees/rules.ts';
import { openCorrections } from '../joint/rules.ts';
import type { CaseAgent } from './rules.ts';
import { nextDue, NOTHING_DUE } from '../../case/work-queue.ts';

/** A task that waits for an agent in one case. */
export interface AgentWait {
  kind: AgentWaitKind;
  /** Its deadline; null if it has none. */
  dueAt: Date | null;
}

/** A reported change of agent that may not be in the case's log here yet. */
export interface ToldChange {
  change: string;
  to: CaseAgent;
}

/**
 * Days before a consent ends when it first shows in the agent's list, so that the agent can see the applicant once
 * more.
 */
export const CONSENT_NOTICE_DAYS = 7;

/**
 * The case's agent as this desk knows it: from its log, and from reports of changes that the log does not have yet.
 * @param told reports, in the order they were made
 */
export function agentNow({ proxy }: Pick<CaseFile, 'proxy'>, told: readonly ToldChange[]): CaseAgent | null {
  if (!proxy) return null;
  return told.findLast(({ change }) => !proxy.changes.includes(change))?.to ?? proxy.agent;
}

/**
 * Tasks that wait for the agent of a case, as far as the agent's own desk knows; the earliest end comes first.
 * @param node the agent's desk
 * @param clock null before acceptance
 * @param unreported whether the case grew out of an enquiry at this desk that is not reported back
 */
export function agentWaits(
  node: DivisionCode,
  file: CaseFile,
  { clock, today, unreported }: { clock: Clock | null; today: Day; unreported: boolean },
): AgentWait[] {
  const waits = [
    ...stepWaits(node, file, clock),
    ...consentWaits(file, today),
    ...(unreported && isClosed(file.state) ? [wait('REPORT_RESULT')] : []),
  ];
  const end = ({ dueAt }: AgentWait) => (dueAt ?? NOTHING_DUE).getTime();
  return waits.toSorted((one, other) => end(one) - end(other));
}

const wait = (kind: AgentWaitKind, dueAt: Date | null = null): AgentWait => ({ kind, dueAt });

function stepWaits(node: DivisionCode, file: CaseFile, clock: Clock | null): AgentWait[] {
  const here = file.custodian === node && file.inTransitTo === null;
  const waits: AgentWait[] = [];
  if (!isClosed(file.state) && dueOf(file) > 0) waits.push(wait('PAY_FEE'));
  if (openCorrections(file.joint).length > 0 && !isClosed(file.state))
    waits.push(wait('MAKE_CORRECTION', clock?.dueAt ?? null));
  switch (file.state) {
    case 'AWAITING_SUPPLEMENT':
      return [...waits, wait('BRING_SUPPLEMENT')];
    case 'DRAFT':
    case 'PRECHECKED':
      return here ? [...waits, wait('FILE_DRAFT')] : waits;
    case 'FILED':
      return here && file.acceptor !== node ? [...waits, wait('FORWARD')] : waits;
    case 'GRANTED':
    case 'REFUSED':
    case 'ANSWERED':
    case 'REPORT_DECIDED':
      return here && file.issued ? [...waits, wait('DELIVER', clock?.deliveryDueAt ?? null)] : waits;
    case 'DELIVERED':
      return here ? [...waits, wait('CLOSE')] : waits;
    case 'ACCEPTED':
    case 'REVIEWED':
    case 'REPORTED':
    case 'CLOSED':
    case 'NOT_ACCEPTED':
    case 'WITHDRAWN':
    case 'TERMINATED':
    case 'VOIDED':
      return waits;
    default:
      return file.state satisfies never;
  }
}

function consentWaits({ proxy, state }: CaseFile, today: Day): AgentWait[] {
  const until = proxy?.consent.until ?? null;
  if (isClosed(state) || until === null || until > plusDays(today, CONSENT_NOTICE_DAYS)) return [];
  return [wait('RENEW_CONSENT', endOfDay(until))];
}

/**
 * The next deadline in an agent's case: of a task that waits for the agent, or of the limit that runs at the custodian.
 */
export function agentDueAt(file: CaseFile, clock: Clock | null, waits: readonly AgentWait[]): Date | null {
  const ends = [nextDue(file, clock, null).nextDueAt, ...waits.flatMap(({ dueAt }) => dueAt ?? [])];
  const first = new Date(Math.min(...ends.map((end) => end.getTime())));
  return first.getTime() === NOTHING_DUE.getTime() ? null : first;
}
