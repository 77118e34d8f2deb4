import { problem } from '../kernel/errors.ts';
import type { ProblemError } from '../kernel/errors.ts';
import type { DivisionCode } from '../kernel/divisions.ts';
import type { GrantUses } from './log-line.ts';
import { NODE_ACTOR } from './log-line.ts';
import type { GrantStage } from '../domains/delegation/words.ts';
import { ARTICLES } from '../kernel/articles.ts';
import type { CaseFile } from './case-file.ts';
import type { CaseContext, Desk, Step } from './step-context.ts';
import { route } from './competence.ts';
import { findGrant } from '../domains/delegation/rules.ts';

// How a case depends on its grants: the check before each step, and the new route when a grant ends.

type Way = Pick<CaseFile, 'acceptor' | 'decider' | 'through'>;

const USES = { ACCEPT: 'accept', REVIEW: 'review', DECIDE: 'decide' } as const satisfies Record<
  GrantStage,
  keyof GrantUses
>;

/** Whether a stage needs no grant, or its grant is in effect today and still gives exactly this power. */
export function standsOn(desk: CaseContext, file: CaseFile, stage: GrantStage): boolean {
  const use = file.through[USES[stage]];
  if (!use) return true;
  const grant = desk.grants.find(({ id }) => id === use.id);
  if (grant?.grantee !== use.grantee || grant.mode !== use.mode) return false;
  return findGrant(stage, desk.item, file.place, file.power, [grant], file.facts, desk.divisions) !== null;
}

/**
 * The new route of a case when one of its grants no longer covers it; null if all still do. An acceptance stays valid,
 * also if its grant has ended. If the organ that holds the power decides itself, perhaps because it called the case
 * back, a newer grant does not take the decision away from it.
 */
export function rerouting(desk: Desk, file: CaseFile): Way | null {
  const accepted = file.acceptance !== null;
  const stages: GrantStage[] = accepted ? ['REVIEW', 'DECIDE'] : ['ACCEPT', 'REVIEW', 'DECIDE'];
  if (stages.every((stage) => standsOn(desk, file, stage))) return null;
  const found = route(desk.item, file.place, desk.divisions, desk.grants, file.facts, desk.successionOf);
  const acceptor = accepted ? file.acceptor : found.acceptor;
  const accept = accepted ? file.through.accept : found.through.accept;
  const { review, decide } = found.through;
  if (file.through.decide === null && decide !== null) {
    return { acceptor, decider: file.power, through: { accept, review: null, decide: null } };
  }
  return desk.divisions.isWithin(acceptor, found.decider)
    ? { acceptor, decider: found.decider, through: { accept, review, decide } }
    : { acceptor, decider: file.power, through: { accept, review: null, decide: null } };
}

export function reroutedFirst(change: Way, step: Step): Step {
  return { ...step, lines: [{ action: 'REROUTED', actor: NODE_ACTOR, note: null, data: change }, ...step.lines] };
}

/** The case as a step finds it: unchanged, or on the new route after a grant ended, which the step then logs first. */
interface GrantedCase {
  file: CaseFile;
  change: Way | null;
}
const asItIs = (file: CaseFile): GrantedCase => ({ file, change: null });
const onItsWay = (file: CaseFile, change: Way): GrantedCase => ({ file: { ...file, ...change }, change });

function takenOn({ file, change }: GrantedCase, take: (file: CaseFile) => Step): Step {
  return change ? reroutedFirst(change, take(file)) : take(file);
}

/**
 * Takes a step of these stages, each by the node's own power or under a grant in effect today. If the grant was
 * renewed, the log first names the new grant.
 * @throws {ProblemError} GRANT_NOT_IN_EFFECT
 */
export function underGrants(desk: Desk, file: CaseFile, stages: GrantStage[], take: (file: CaseFile) => Step): Step {
  return takenOn(wayUnderGrants(desk, file, stages), take);
}

function wayUnderGrants(desk: Desk, file: CaseFile, stages: GrantStage[]): GrantedCase {
  const lapsed = stages.filter((stage) => !standsOn(desk, file, stage)).map((stage) => file.through[USES[stage]]);
  const [use] = lapsed;
  if (!use) return asItIs(file);
  const change = rerouting(desk, file);
  // another grant, or the organ's own power by now, may cover the same organs
  const goesOn = (stage: GrantStage) => {
    if (stage === 'ACCEPT') return change?.acceptor === file.acceptor;
    if (stage === 'DECIDE') return change?.decider === file.decider;
    return change?.through.review?.grantee === file.through.review?.grantee;
  };
  if (change && stages.every(goesOn)) return onItsWay(file, change);
  const way = desk.node === file.power ? 'review it here' : `forward it to ${file.power}`;
  throw problem(
    'GRANT_NOT_IN_EFFECT',
    `The grant ${use.id} of ${use.grantor} gives no power over this case today; ${way}.`,
    { article: ARTICLES.delegation },
  );
}

/** Takes a step of the accepting organ, or of the organ that replaced it when a grant ended. */
export function asAcceptor(desk: Desk, file: CaseFile, take: (file: CaseFile) => Step): Step {
  return takenOn(wayOfAcceptor(desk, file), take);
}

/** @throws {ProblemError} NOT_COMPETENT, GRANT_NOT_IN_EFFECT */
export function wayOfAcceptor(desk: Desk, file: CaseFile): GrantedCase {
  if (desk.node === file.acceptor) return wayUnderGrants(desk, file, ['ACCEPT']);
  const change = file.acceptance === null ? rerouting(desk, file) : null;
  if (change?.acceptor !== desk.node) throw notCompetent(desk.node, file);
  return onItsWay(file, change);
}

/** Takes the decision at the deciding organ, or at the organ that replaced it when a grant ended. */
export function asDecider(desk: Desk, file: CaseFile, stages: GrantStage[], take: (file: CaseFile) => Step): Step {
  if (desk.node === file.decider) return underGrants(desk, file, stages, take);
  const change = rerouting(desk, file);
  if (change?.decider !== desk.node) throw notCompetent(desk.node, file);
  return reroutedFirst(change, take({ ...file, ...change }));
}

export function notCompetent(node: DivisionCode, file: CaseFile): ProblemError {
  return problem('NOT_COMPETENT', `${file.acceptor} accepts and ${file.decider} decides ${file.item}, not ${node}.`, {
    article: ARTICLES.organsOnly,
  });
}
