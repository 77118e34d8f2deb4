import type { DivisionCode } from '../../kernel/divisions.ts';
import { problem } from '../../kernel/errors.ts';
import type { LogActor } from '../../case/log-line.ts';
import type { Attendance, LapseEffect, ObjectionEnd, PartyAsk, PartyOpinion, ProjectStage } from './words.ts';
import type { Outcome } from '../../case/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Item } from '../catalogue/catalogue.ts';
import type { Limit } from '../../kernel/limits.ts';

// 联合办理 (并联审批, 联合踏勘, 联合测量, 联合验收): one lead, all parties at once, one deadline each.

export interface Party {
  /** 1, 2, 3 … within the case. */
  number: number;
  node: DivisionCode;
  department: string;
  ask: PartyAsk;
  dueAt: Date;
  /** Working days for another node's party; null for a department of the lead's own node. */
  days: number | null;
  /** SHA-256 of the materials another node's party may see; null for all. */
  materials: string[] | null;
  /**
   * Since when the party has the question. For another node's party its node's signed word says so; null until it
   * arrives.
   */
  asked: { at: Date; answer: string | null } | null;
  excuse: { at: Date; reason: string; dueBefore: Date } | null;
  given: { at: Date; actor: LogActor; opinion: PartyOpinion; reason: string | null; answer: string | null } | null;
  lapse: { at: Date; effect: LapseEffect } | null;
  /** Whether unexcused absence from the visit counts as no objection. */
  absent: boolean;
  resolved: { at: Date; actor: LogActor; end: ObjectionEnd; resolution: string } | null;
  /** 撤回征询: the lead took the question back, with the reason. */
  withdrawn: { at: Date; actor: LogActor; reason: string } | null;
  /** 催办: how often the party was reminded of its answer, and when last; null if never. */
  reminders: { times: number; lastAt: Date } | null;
}

export interface SiteVisit {
  at: Date;
  place: string;
  called: number[];
  /** Parties of other nodes that know of it, by their node's signed word. */
  notified: number[];
  /** Parties that were excused in advance. */
  excused: { party: number; at: Date; reason: string; answer: string | null }[];
  recorded: { at: Date; record: string; attendance: { party: number; as: Attendance; reason: string | null }[] } | null;
}

export interface Correction {
  /** 1, 2, 3 … within the one list. */
  number: number;
  party: number;
  text: string;
  mandatory: boolean;
  made: { at: Date; evidence: string } | null;
}

export interface JointHandling {
  openedAt: Date;
  lead: string;
  stage: ProjectStage | null;
  silentApproval: boolean;
  absenceDefault: boolean;
  parties: Party[];
  visit: SiteVisit | null;
  corrections: Correction[];
}

/** Forty-five working days for joint handling, if the item's basis names no limit (Art. 42). */
export const JOINT_LIMIT: Limit = { days: 45, unit: 'WORKDAY' };

/** Whether an item is handled by several departments together. */
export function isJointHandling({ kind, handlingWay }: Pick<Item, 'kind' | 'handlingWay'>): boolean {
  return kind === 'JOINT' || handlingWay === 'JOINT';
}

/** The statutory limit: the item's, else the law's own for joint handling (Art. 42); null for other items. */
export function statutoryLimitOf(item: Pick<Item, 'kind' | 'handlingWay' | 'statutory'>): Limit | null {
  return item.statutory ?? (isJointHandling(item) ? JOINT_LIMIT : null);
}

/**
 * The effect of silence past the deadline: consent only for an opinion, and only if the item says so; never for a
 * statutory decision.
 */
export function effectOfSilence(joint: Pick<JointHandling, 'silentApproval'>, party: Pick<Party, 'ask'>): LapseEffect {
  return joint.silentApproval && party.ask === 'OPINION' ? 'CONSENT' : 'OVERDUE';
}

/** Whether a party's answer is still missing; an overdue one is. */
export function isOutstanding({ given, lapse, absent, withdrawn }: Party): boolean {
  return given === null && lapse?.effect !== 'CONSENT' && !absent && withdrawn === null;
}

/** Parties whose answer is still missing. */
export function outstandingParties(joint: JointHandling | null): Party[] {
  return joint?.parties.filter(isOutstanding) ?? [];
}

/** Objections not resolved yet. */
export function openObjections(joint: JointHandling | null): Party[] {
  return joint?.parties.filter((p) => p.given?.opinion === 'OBJECT' && p.resolved === null) ?? [];
}

/** Whether an objection was upheld, so that the case can only be refused. */
export function upheldObjection(joint: JointHandling | null): boolean {
  return joint?.parties.some((p) => p.resolved?.end === 'UPHELD') ?? false;
}

/** Mandatory corrections not made yet. */
export function openCorrections(joint: JointHandling | null): Correction[] {
  return joint?.corrections.filter((c) => c.mandatory && c.made === null) ?? [];
}

/** Whether a question, a visit, an objection or a mandatory correction still keeps the lead from going on. */
export function jointOpen(joint: JointHandling | null): boolean {
  if (!joint) return false;
  const visiting = joint.visit !== null && joint.visit.recorded === null;
  return (
    visiting ||
    outstandingParties(joint).length > 0 ||
    openObjections(joint).length > 0 ||
    openCorrections(joint).length > 0
  );
}

/**
 * Checks that nothing is open in joint handling.
 * @throws {ProblemError} JOINT_OPEN, OBJECTION_UNRESOLVED, CORRECTION_OPEN
 */
export function requireJointSettled(joint: JointHandling | null): void {
  const article = ARTICLES.jointHandling;
  const names = (parties: readonly Party[]) => parties.map((p) => p.department).join('、');
  const silent = outstandingParties(joint);
  if (silent.length > 0) throw problem('JOINT_OPEN', `Not answered yet: ${names(silent)}.`, { article });
  if (joint?.visit && joint.visit.recorded === null) {
    throw problem('JOINT_OPEN', 'The joint site visit is not recorded yet.', { article });
  }
  const objections = openObjections(joint);
  if (objections.length > 0) {
    throw problem('OBJECTION_UNRESOLVED', `Objections to resolve: ${names(objections)}.`, { article });
  }
  const corrections = openCorrections(joint);
  if (corrections.length > 0) {
    const numbers = corrections.map((c) => c.number).join(', ');
    throw problem('CORRECTION_OPEN', `Mandatory corrections not made: ${numbers}.`, { article });
  }
}

/**
 * Checks that all departments were heard before a case of several departments is reviewed or decided.
 * @param outcome the intended decision; null for a review
 * @throws {ProblemError} JOINT_MISSING, JOINT_OPEN, OBJECTION_UNRESOLVED, CORRECTION_OPEN
 */
export function requireJointDone(
  item: Pick<Item, 'code' | 'bundle'>,
  joint: JointHandling | null,
  outcome: Outcome | null,
): void {
  const departments = item.bundle?.departments ?? [];
  if (!joint && departments.length > 0) {
    throw problem('JOINT_MISSING', `${item.code} is handled with ${departments.join('、')}; ask them first.`, {
      article: ARTICLES.jointHandling,
    });
  }
  requireJointSettled(joint);
  if (outcome === 'GRANTED' && upheldObjection(joint)) {
    throw problem('OBJECTION_UNRESOLVED', 'An objection was upheld; the case can only be refused.', {
      article: ARTICLES.jointHandling,
    });
  }
}

/** The next instant at which a party's silence counts; null if there is none. */
export function nextLapseAt(joint: JointHandling | null): Date | null {
  const due = lapsable(joint).map((p) => p.dueAt.getTime());
  return due.length === 0 ? null : new Date(Math.min(...due));
}

/**
 * Parties whose silence past their deadline is not in the log yet. A party must have been asked first: for another
 * node's party, its node's signed word that it has the question is required.
 */
export function lapsable(joint: JointHandling | null): Party[] {
  return outstandingParties(joint).filter((p) => p.asked !== null && p.lapse === null);
}

/**
 * Whether a party's answer may still count: it has given no opinion yet, or takes its own objection back. An answer
 * that another node's party signed before its deadline also counts if it arrives after the silence was logged.
 */
export function takesAnswer(party: Party, answeredAt: Date | null): boolean {
  if (party.given) return party.given.opinion === 'OBJECT' && party.resolved === null;
  if (party.withdrawn) return false;
  const late = party.lapse?.effect === 'CONSENT' && (answeredAt === null || answeredAt > party.dueAt);
  return !late && !party.absent;
}

/** Whether a party may excuse itself at an instant: once, before its deadline, and before it answered. */
export function takesExcuse(party: Party, at: Date): boolean {
  const answers = party.given === null && party.withdrawn === null && !party.absent;
  return answers && party.excuse === null && at <= party.dueAt;
}
