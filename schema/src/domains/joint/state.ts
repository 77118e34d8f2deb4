import type { LogLine } from '../../case/log-line.ts';
import type { JOINT_ACTIONS } from '../../case/log-words.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import type { JointHandling, Party, SiteVisit } from './rules.ts';
import { effectOfSilence, isOutstanding, takesAnswer, takesExcuse } from './rules.ts';

type JointLine = Extract<LogLine, { action: (typeof JOINT_ACTIONS)[number] }>;
type LineOf<A extends JointLine['action']> = Extract<JointLine, { action: A }>;
type PartyLine = LineOf<'PARTY_ASKED' | 'OPINION_GIVEN' | 'OPINION_EXCUSED' | 'OPINION_LAPSED'>;
type VisitLine = LineOf<'VISIT_SCHEDULED' | 'PARTY_CALLED' | 'VISIT_EXCUSED' | 'VISIT_RECORDED'>;
type SettlingLine = LineOf<'CORRECTION_MADE' | 'OBJECTION_RESOLVED' | 'QUESTION_WITHDRAWN' | 'PARTY_REMINDED'>;

/** Joint handling after one more of its lines; null if the line is not allowed. */
export function afterJointLine(joint: JointHandling | null, line: JointLine, at: Date): JointHandling | null {
  if (line.action === 'JOINT_OPENED') return joint ? null : opened(line.data, line.node, at);
  if (!joint) return null;
  switch (line.action) {
    case 'PARTY_ASKED':
    case 'OPINION_GIVEN':
    case 'OPINION_EXCUSED':
    case 'OPINION_LAPSED':
      return afterPartyLine(joint, line, at);
    case 'VISIT_SCHEDULED':
    case 'PARTY_CALLED':
    case 'VISIT_EXCUSED':
    case 'VISIT_RECORDED':
      return afterVisitLine(joint, line, at);
    case 'CORRECTION_MADE':
    case 'OBJECTION_RESOLVED':
    case 'QUESTION_WITHDRAWN':
    case 'PARTY_REMINDED':
      return afterSettlingLine(joint, line, at);
    default:
      return line satisfies never;
  }
}

/** The change a party's line makes: it is asked, answers, or stays silent. */
function afterPartyLine(joint: JointHandling, line: PartyLine, at: Date): JointHandling | null {
  const { actor } = line;
  switch (line.action) {
    case 'PARTY_ASKED': {
      const { party, answer } = line.data;
      const dueAt = new Date(line.data.dueAt);
      return withParty(joint, party, (p) => {
        const fresh = p.node !== line.node && p.asked === null && p.withdrawn === null && actor.role === null;
        return fresh && dueAt >= p.dueAt ? { ...p, dueAt, asked: { at: new Date(line.data.askedAt), answer } } : null;
      });
    }
    case 'OPINION_GIVEN': {
      const { party, opinion, reason, answeredAt, answer = null } = line.data;
      if (opinion === 'OBJECT' && reason === null) return null;
      return withParty(joint, party, (p) => {
        const said = saidAt(p, line.node, at, answeredAt, answer);
        if (!said || !takesAnswer(p, answer === null ? null : said)) return null;
        return { ...p, lapse: null, given: { at: said, actor, opinion, reason, answer } };
      });
    }
    case 'OPINION_EXCUSED': {
      const { party, reason, answeredAt, answer = null } = line.data;
      const dueAt = new Date(line.data.dueAt);
      return withParty(joint, party, (p) => {
        const said = saidAt(p, line.node, at, answeredAt, answer);
        if (!said || !takesExcuse(p, said) || dueAt <= p.dueAt) return null;
        return { ...p, dueAt, lapse: null, excuse: { at: said, reason, dueBefore: p.dueAt } };
      });
    }
    case 'OPINION_LAPSED': {
      const { party, effect } = line.data;
      return withParty(joint, party, (p) => {
        const due = isOutstanding(p) && p.asked !== null && p.lapse === null && at > p.dueAt && actor.role === null;
        return due && effect === effectOfSilence(joint, p) ? { ...p, lapse: { at, effect } } : null;
      });
    }
    default:
      return line satisfies never;
  }
}

/** The site visit: its parties, their excuses, and its findings. */
function afterVisitLine(joint: JointHandling, line: VisitLine, at: Date): JointHandling | null {
  const { actor } = line;
  switch (line.action) {
    case 'VISIT_SCHEDULED': {
      const { place, parties } = line.data;
      const known = parties.every((n) => joint.parties.some((p) => p.number === n && p.withdrawn === null));
      if (joint.visit?.recorded || !known || new Set(parties).size < parties.length) return null;
      const visit = { at: new Date(line.data.at), place, called: parties, notified: [], excused: [], recorded: null };
      return { ...joint, visit };
    }
    case 'PARTY_CALLED': {
      const { party, visitAt } = line.data;
      const visit = calledTo(joint, party, new Date(visitAt));
      const far = joint.parties.some((p) => p.number === party && p.node !== line.node);
      if (!visit || !far || visit.notified.includes(party) || actor.role !== null) return null;
      return { ...joint, visit: { ...visit, notified: [...visit.notified, party] } };
    }
    case 'VISIT_EXCUSED': {
      const { party, visitAt, reason, answeredAt, answer = null } = line.data;
      const visit = calledTo(joint, party, new Date(visitAt));
      const of = joint.parties.find((p) => p.number === party);
      const said = of ? saidAt(of, line.node, at, answeredAt, answer) : null;
      if (!visit || !said || said > visit.at || visit.excused.some((e) => e.party === party)) return null;
      return { ...joint, visit: { ...visit, excused: [...visit.excused, { party, at: said, reason, answer }] } };
    }
    case 'VISIT_RECORDED':
      return visited(joint, line.data, line.node, at);
    default:
      return line satisfies never;
  }
}

/** The change a line of the lead's makes: on corrections, objections, questions taken back, and reminders. */
function afterSettlingLine(joint: JointHandling, line: SettlingLine, at: Date): JointHandling | null {
  const { actor } = line;
  switch (line.action) {
    case 'CORRECTION_MADE': {
      const { correction, evidence } = line.data;
      if (!joint.corrections.some((c) => c.number === correction && c.made === null)) return null;
      const made = { at, evidence };
      return { ...joint, corrections: joint.corrections.map((c) => (c.number === correction ? { ...c, made } : c)) };
    }
    case 'OBJECTION_RESOLVED': {
      const { party, end, resolution } = line.data;
      return withParty(joint, party, (p) => {
        if (p.given?.opinion !== 'OBJECT' || p.resolved !== null) return null;
        // a statutory decision belongs to its party, so the lead can't settle an objection in it
        if (p.ask === 'STATUTORY' && end === 'SETTLED') return null;
        return { ...p, resolved: { at, actor, end, resolution } };
      });
    }
    case 'QUESTION_WITHDRAWN': {
      const { party, reason } = line.data;
      const without = withParty(joint, party, (p) => {
        if (!isOutstanding(p) || p.ask === 'STATUTORY') return null;
        return { ...p, withdrawn: { at, actor, reason } };
      });
      return without && { ...without, visit: visitWithout(joint.visit, party) };
    }
    case 'PARTY_REMINDED':
      return withParty(joint, line.data.party, (p) => {
        const times = (p.reminders?.times ?? 0) + 1;
        return isOutstanding(p) && p.asked !== null ? { ...p, reminders: { times, lastAt: at } } : null;
      });
    default:
      return line satisfies never;
  }
}

/** Joint handling with one party changed; null if there is no such party, or the change is not allowed. */
function withParty(joint: JointHandling, number: number, change: (party: Party) => Party | null): JointHandling | null {
  const party = joint.parties.find((p) => p.number === number);
  const changed = party && change(party);
  return changed ? { ...joint, parties: joint.parties.map((p) => (p === party ? changed : p)) } : null;
}

/** Removes a party whose question was taken back from a visit that is not recorded yet; null if no party is left. */
function visitWithout(visit: SiteVisit | null, party: number): SiteVisit | null {
  if (!visit || visit.recorded) return visit;
  const others = (numbers: readonly number[]) => numbers.filter((n) => n !== party);
  const called = others(visit.called);
  const excused = visit.excused.filter((e) => e.party !== party);
  return called.length === 0 ? null : { ...visit, called, notified: others(visit.notified), excused };
}

/** The visit a party is called to at that time, if it is still ahead or not recorded yet; else null. */
function calledTo({ visit }: JointHandling, party: number, at: Date): SiteVisit | null {
  const current = visit !== null && visit.recorded === null && visit.at.getTime() === at.getTime();
  return current && visit.called.includes(party) ? visit : null;
}

/**
 * When a party spoke: at the lead's own node, when the line was written; elsewhere, when its node signed, and a
 * signature is required.
 */
function saidAt(
  party: Party,
  writer: DivisionCode,
  at: Date,
  answeredAt: string | undefined,
  answer: string | null,
): Date | null {
  if (party.node === writer) return answer === null && answeredAt === undefined ? at : null;
  return answer === null || answeredAt === undefined ? null : new Date(answeredAt);
}

function opened(data: LineOf<'JOINT_OPENED'>['data'], lead: DivisionCode, at: Date): JointHandling | null {
  const keys = new Set(data.parties.map((p) => `${p.node} ${p.department}`));
  const sound = data.parties.every((p, i) => p.party === i + 1 && new Date(p.dueAt) > at);
  if (!sound || keys.size < data.parties.length) return null;
  return {
    ...data,
    openedAt: at,
    parties: data.parties.map(({ party, dueAt, days = null, materials = null, ...p }) => ({
      ...p,
      number: party,
      dueAt: new Date(dueAt),
      days,
      materials,
      asked: p.node === lead ? { at, answer: null } : null,
      excuse: null,
      given: null,
      lapse: null,
      absent: false,
      resolved: null,
      withdrawn: null,
      reminders: null,
    })),
    visit: null,
    corrections: [],
  };
}

function visited(
  joint: JointHandling,
  data: LineOf<'VISIT_RECORDED'>['data'],
  lead: DivisionCode,
  at: Date,
): JointHandling | null {
  const { visit } = joint;
  if (!visit || visit.recorded || at < visit.at) return null;
  const named = data.attendance.map((a) => a.party);
  const complete = named.length === visit.called.length && visit.called.every((n) => named.includes(n));
  const excused = data.attendance.every((a) => a.as !== 'EXCUSED' || a.reason !== null);
  const present = new Set(data.attendance.filter((a) => a.as === 'PRESENT').map((a) => a.party));
  if (!complete || !excused || !data.corrections.every((c) => present.has(c.party))) return null;
  const absent = new Set(data.attendance.filter((a) => a.as === 'ABSENT').map((a) => a.party));
  if (visit.excused.some((e) => absent.has(e.party))) return null;
  // a party that did not know of the visit does not count as absent
  const knew = (p: Party) => p.node === lead || visit.notified.includes(p.number);
  const waived = (p: Party) =>
    joint.absenceDefault && p.ask === 'OPINION' && absent.has(p.number) && knew(p) && isOutstanding(p);
  return {
    ...joint,
    parties: joint.parties.map((p) => (waived(p) ? { ...p, absent: true } : p)),
    visit: { ...visit, recorded: { at, record: data.record, attendance: data.attendance } },
    corrections: data.corrections.map((c, i) => ({ ...c, number: i + 1, made: null })),
  };
}
