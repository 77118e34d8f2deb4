import type { Divisions, DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { custodyAt } from '../../case/case-file.ts';
import type { LogLine } from '../../case/log-line.ts';
import { HAND_OFF_ACTIONS } from '../../case/log-words.ts';
import type { Viewer } from '../../operation/permissions.ts';
import { requireOwnCase, requireOwnDesk, requirePermission } from '../../operation/permissions.ts';
import type { Handler } from '../caseload/rules.ts';
import type { Note } from '../notes/messages.ts';
import type { SignalKind } from './words.ts';

/**
 * Who a signal is for: one person of the desk, or everyone at it. The issuer is null if only the person's subject is
 * known, as from a line of the log.
 */
export type Recipient =
  | { sub: string; issuer: string | null }
  /** The people of one department, and those who sit for all; null: of the department in charge of the item. */
  | { sub: null; department: string | null };

/** A signal that follows from what happened, before it is stored. */
export interface SignalDraft {
  kind: SignalKind;
  at: Date;
  /** Null, as number and item are, where it tells of a meeting. */
  caseId: string | null;
  number: string | null;
  item: string | null;
  /** The meeting it tells of, or whose task; null where it tells of a case. */
  meeting: string | null;
  to: Recipient;
  /** Subject of the person at this desk whose act it tells of: they need no word of it. */
  by: string | null;
  /** The limit, for DUE_TOMORROW, REPORT_LATE and TASK_DUE. */
  dueAt: Date | null;
}

/** A case at a desk: what decides who there should know of it. */
export interface CaseAt {
  node: DivisionCode;
  /** The case after what happened. */
  file: CaseFile;
  /** Its handler at this desk; null if it has none. */
  handler: Pick<Handler, 'issuer' | 'sub'> | null;
}

const WHOLE_DESK: Recipient = { sub: null, department: null };

/**
 * The signals at one desk that follow from one more line of a case's log. They depend on nothing else, so that the same
 * line tells the same wherever it is written or received.
 * @param at the case with the line
 * @param before the case without it; null for the first line
 * @param previous the line before it
 */
export function signalsOf(at: CaseAt, line: LogLine, before: CaseFile | null, previous: LogLine | null): SignalDraft[] {
  if (!before) return [];
  const by = line.node === at.node && line.actor.role !== null ? line.actor.sub : null;
  const tell = (kind: SignalKind, to: Recipient | null) => draft(at.file, kind, new Date(line.at), to, by);
  const held = { ...at, file: before };
  switch (line.action) {
    case 'RECEIVED':
      return line.node === at.node ? tell(kindOfArrival(at, previous), concernedAt(at)) : [];
    case 'HANDOFF_REFUSED':
      return line.node === at.node ? tell('RETURNED', senderOf(at, previous)) : [];
    case 'SUPPLEMENT_REQUESTED':
      return tell('SUPPLEMENT_ASKED', caretakerAt(at));
    case 'SUPPLEMENTED':
      return custodyAt(at.file, at.node) === 'HELD' ? tell('SUPPLEMENT_CAME', concernedAt(at)) : [];
    case 'DECIDED':
    case 'ANSWERED':
    case 'REPORT_DECIDED':
    case 'DEEMED_RENEWED':
    case 'NOT_ACCEPTED':
    case 'TERMINATED':
    case 'VOIDED':
      return tell('DECIDED', concernedAt(at));
    case 'REPORTED':
    case 'REPORT_PROGRESSED':
      return tell('REPORT_MOVED', caretakerAt(at));
    case 'DOCUMENT_ISSUED':
      return tell('DOCUMENT_CAME', caretakerAt(at));
    case 'WITHDRAWN':
      return tell('RECALLED', concernedAt(at));
    case 'REROUTED':
      // a grantor calls the case back; the node's own clockwork only follows a grant that ended
      return line.actor.role !== null && line.node === at.node ? tell('RECALLED', concernedAt(held)) : [];
    case 'AGENT_CHANGED': {
      const { node, sub } = line.data.to;
      if (node !== at.node) return [];
      return tell('ASSIGNED', sub === null ? WHOLE_DESK : { sub, issuer: null });
    }
    case 'JOINT_OPENED':
      // another node's party hears of the question when it comes there
      return line.data.parties.flatMap(({ node, department }) =>
        node === at.node && line.node === node ? tell('OPINION_ASKED', { sub: null, department }) : [],
      );
    case 'PARTY_REMINDED': {
      // another node's party hears of it with the notice
      const party = at.file.joint?.parties.find(({ number }) => number === line.data.party);
      return party?.node === at.node ? tell('OPINION_REMINDED', { sub: null, department: party.department }) : [];
    }
    case 'OPINION_GIVEN':
      return custodyAt(at.file, at.node) === 'HELD' ? tell('OPINION_CAME', concernedAt(at)) : [];
    case 'DRAFTED':
    case 'PRECHECKED':
    case 'FILED':
    case 'MATERIALS_ARRANGED':
    case 'APPLICATION_CORRECTED':
    case 'FORWARDED':
    case 'RETURNED':
    case 'ASSIGNED':
    case 'TRANSFERRED':
    case 'ACCEPTED':
    case 'PROCEDURE_STARTED':
    case 'PROCEDURE_ENDED':
    case 'EXTENDED':
    case 'REVIEWED':
    case 'DELIVERED':
    case 'CLOSED':
    case 'RATED':
    case 'SUCCEEDED':
    case 'HANDED_OVER':
    case 'PARTY_ASKED':
    case 'OPINION_EXCUSED':
    case 'OPINION_LAPSED':
    case 'VISIT_SCHEDULED':
    case 'PARTY_CALLED':
    case 'VISIT_EXCUSED':
    case 'VISIT_RECORDED':
    case 'CORRECTION_MADE':
    case 'OBJECTION_RESOLVED':
    case 'QUESTION_WITHDRAWN':
    case 'BILLED':
    case 'PAID':
    case 'FEE_WAIVER_PROPOSED':
    case 'FEE_WAIVED':
    case 'REFUNDED':
    case 'CONTACTED':
    case 'CONSENT_REVOKED':
    case 'PROJECT_LINKED':
    case 'PROJECT_LEFT':
    case 'GREEN_CHANNEL_OPENED':
    case 'URGENCY_ASKED':
    case 'URGENCY_DECIDED':
    case 'INTERESTED_TOLD':
    case 'PARTY_HEARD':
    case 'HEARING_OFFERED':
    case 'HEARING_REQUESTED':
    case 'HEARING_WAIVED':
    case 'HEARING_CALLED':
    case 'CHAIR_RECUSED':
    case 'HEARING_HELD':
      return [];
    default:
      return line satisfies never;
  }
}

/** What a steward (管家) hears of the enterprise's cases, wherever they are: what the enterprise is to know. */
const TOLD_TO_STEWARDS: Partial<Record<LogLine['action'], SignalKind>> = {
  SUPPLEMENT_REQUESTED: 'SUPPLEMENT_ASKED',
  DECIDED: 'DECIDED',
  ANSWERED: 'DECIDED',
  REPORT_DECIDED: 'DECIDED',
  DEEMED_RENEWED: 'DECIDED',
  NOT_ACCEPTED: 'DECIDED',
  TERMINATED: 'DECIDED',
  VOIDED: 'DECIDED',
  REPORTED: 'REPORT_MOVED',
  REPORT_PROGRESSED: 'REPORT_MOVED',
  DOCUMENT_ISSUED: 'DOCUMENT_CAME',
  WITHDRAWN: 'RECALLED',
};

/** A signal to the steward of the enterprise a case is for; who that is, the desk's list says when it is stored. */
export interface StewardDraft extends Omit<SignalDraft, 'to' | 'meeting'> {
  /** Subjects who hear the same already. */
  told: string[];
}

/**
 * The signal of a line to the steward of the enterprise, at the steward's desk; none of what all there are told.
 * @param drafts from {@link signalsOf} for the same line
 */
export function stewardSignals(
  { node, file }: Pick<CaseAt, 'node' | 'file'>,
  line: LogLine,
  drafts: readonly SignalDraft[],
): StewardDraft[] {
  const kind = TOLD_TO_STEWARDS[line.action];
  if (kind === undefined) return [];
  const { id: caseId, number, item } = file;
  const by = line.node === node && line.actor.role !== null ? line.actor.sub : null;
  const told = drafts.flatMap(({ to }) => to.sub ?? []);
  return [{ kind, at: new Date(line.at), caseId, number, item, by, told, dueAt: null }];
}

/**
 * The signal of a note on a case. The notes that come along with a case tell nothing: the case itself does.
 * @param note as its desk signed it
 */
export function noteSignals(at: CaseAt, note: Pick<Note, 'at' | 'node' | 'author'>): SignalDraft[] {
  const written = new Date(note.at);
  const arrived = at.file.spans.findLast(({ node }) => node === at.node)?.from;
  if (note.node !== at.node && arrived && written < arrived) return [];
  const by = note.node === at.node ? note.author.sub : null;
  return draft(at.file, 'NOTE_ADDED', written, concernedAt(at), by);
}

/** The signal to the handler a case was given to; none to those who claimed it. @param by subject of who gave it */
export function handlerSignal(at: CaseAt, by: string, now: Date): SignalDraft[] {
  return draft(at.file, 'ASSIGNED', now, at.handler, by);
}

/** The signal to a department whose opinion another node asks. */
export function opinionSignal(file: CaseFile, department: string, at: Date): SignalDraft[] {
  return draft(file, 'OPINION_ASKED', at, { sub: null, department }, null);
}

/** The signal to a department that another node reminds of its answer. */
export function reminderSignal(to: Pick<SignalDraft, 'caseId' | 'number' | 'item' | 'at'>, department: string) {
  return [
    {
      ...to,
      kind: 'OPINION_REMINDED',
      to: { sub: null, department },
      by: null,
      dueAt: null,
      meeting: null,
    } satisfies SignalDraft,
  ];
}

/** The signal that a limit of a case held here ends tomorrow. */
export function dueSignal(at: CaseAt, dueAt: Date, now: Date): SignalDraft[] {
  return draft(at.file, 'DUE_TOMORROW', now, concernedAt(at), null).map((signal) => ({ ...signal, dueAt }));
}

/** The signal to a department that an answer it owes is due tomorrow. @param asked about this case */
export function questionDueSignal(
  asked: Pick<SignalDraft, 'caseId' | 'number' | 'item'>,
  department: string,
  dueAt: Date,
  now: Date,
): SignalDraft {
  return { ...asked, kind: 'DUE_TOMORROW', at: now, to: { sub: null, department }, by: null, dueAt, meeting: null };
}

/** The signal that an organ outside is past the day it was expected to answer a case by. */
export function reportLateSignal(at: CaseAt, dueAt: Date, now: Date): SignalDraft[] {
  return draft(at.file, 'REPORT_LATE', now, concernedAt(at), null).map((signal) => ({ ...signal, dueAt }));
}

/**
 * Signals are for the desk's own people: a token for one case, or one that acts for an applicant, does not open them.
 * @throws {ProblemError} FORBIDDEN
 */
export function requireSignalReader(viewer: Viewer, node: DivisionCode, divisions: Divisions): void {
  requireOwnCase(viewer, null);
  requireOwnDesk(viewer, node);
  if (viewer.actsFor !== undefined) {
    throw problem('FORBIDDEN', 'Signals are the desk’s own: a token that acts for an applicant does not open them.', {
      article: ARTICLES.postDuties,
    });
  }
  requirePermission(viewer, 'READ_SIGNALS', divisions.get(node).tier);
}

function draft(
  { id: caseId, number, item }: CaseFile,
  kind: SignalKind,
  at: Date,
  to: Recipient | null,
  by: string | null,
): SignalDraft[] {
  if (!to || (to.sub !== null && to.sub === by)) return [];
  return [{ kind, at, caseId, number, item, meeting: null, to, by, dueAt: null }];
}

/** Who at a desk should know what becomes of a case; null if the desk neither holds it nor serves its applicant. */
function concernedAt(at: CaseAt): Recipient | null {
  if (at.file.custodian !== at.node) return caretakerAt(at);
  return at.handler ?? caretakerAt(at) ?? WHOLE_DESK;
}

/** Who serves the applicant at the desk that took the case in: its agent, else who took it in; null at other desks. */
function caretakerAt({ node, file }: CaseAt): Recipient | null {
  const { home, proxy, filedBy, filingNode } = file;
  if (node !== home) return null;
  if (proxy?.agent.node === node) return proxy.agent.sub === null ? WHOLE_DESK : person(proxy.agent.sub);
  return filingNode === node && filedBy.role !== null ? person(filedBy.sub) : WHOLE_DESK;
}

/** Who handed the case off in vain. */
function senderOf(at: CaseAt, previous: LogLine | null): Recipient | null {
  const handedOff = previous && isHandOff(previous) && previous.node === at.node && previous.actor.role !== null;
  return handedOff ? person(previous.actor.sub) : concernedAt(at);
}

function kindOfArrival({ node, file }: CaseAt, previous: LogLine | null): SignalKind {
  if (previous?.action === 'RETURNED') return 'RETURNED';
  const { supplement, spans } = file;
  const left = spans.findLast((span) => span.node === node && span.to !== null)?.to;
  const supplied = supplement?.node === node && supplement.suppliedAt;
  return supplied && left && left <= supplied ? 'SUPPLEMENT_CAME' : 'CASE_CAME';
}

const person = (sub: string): Recipient => ({ sub, issuer: null });

const isHandOff = ({ action }: LogLine) => (HAND_OFF_ACTIONS as readonly string[]).includes(action);
