import { problem } from '../../errors.ts';
import { ARTICLES } from '../articles.ts';
import type { CaseFile } from '../case-file.ts';
import { isOrgan } from '../case-file.ts';
import { notCompetent } from '../case-grants.ts';
import type { Desk, Step } from '../desk.ts';
import type { ProjectStanding } from '../projects.ts';
import { requireOpenProject } from '../projects.ts';
import { requireNoPersonalData } from '../proxy.ts';
import { atOwnCase, isSamePerson, oneLine, requireFollows, requireReason } from './shared.ts';

/**
 * Puts a case that was filed without it into a project (纳入项目).
 * @param project as this node was told of it; null where it knows none under that id
 * @throws {ProblemError} NOT_FOUND, PROJECT_CONFLICT, PROJECT_ENDED
 */
export function linkToProject(desk: Desk, file: CaseFile, id: string, project: ProjectStanding | null): Step {
  const actor = atOwnCase(desk, file, 'LINK_PROJECT');
  requireFollows(file, 'PROJECT_LINKED');
  const known = requireOpenProject(project, id);
  if (file.project !== null) {
    throw problem('PROJECT_CONFLICT', `The case belongs to the project ${file.project} already.`, {
      article: ARTICLES.projects,
      field: 'project',
    });
  }
  return oneLine({ action: 'PROJECT_LINKED', actor, note: null, data: { project: known.id } });
}

/**
 * Takes a case out of its project (移出项目), say one that was put into the wrong one: it may be put into another then. A
 * case on the green channel keeps its limit. A project that has ended lets its cases go as well.
 * @throws {ProblemError} PROJECT_CONFLICT, REASON_MISSING, BAD_INPUT
 */
export function leaveProject(desk: Desk, file: CaseFile, reason: string): Step {
  const actor = atOwnCase(desk, file, 'LINK_PROJECT');
  requireFollows(file, 'PROJECT_LEFT');
  const article = ARTICLES.projects;
  requireReason(reason, article);
  requireNoPersonalData(reason, 'reason');
  const { project } = file;
  if (project === null) throw problem('PROJECT_CONFLICT', 'The case belongs to no project.', { article, field: 'id' });
  return oneLine({ action: 'PROJECT_LEFT', actor, note: reason, data: { project, reason } });
}

/**
 * Puts a case of a key project on the green channel (绿色通道). Its limit is what the implementation says now; it counts
 * from acceptance, or from now on where the case is accepted already.
 * @throws {ProblemError} NOT_COMPETENT, NOT_KEY_PROJECT, PROJECT_ENDED, NO_SHORTER_LIMIT, EXPEDITED_ALREADY, REASON_MISSING
 */
export function openGreenChannel(desk: Desk, file: CaseFile, ground: string): Step {
  const actor = atOwnCase(desk, file, 'OPEN_GREEN_CHANNEL');
  requireFollows(file, 'GREEN_CHANNEL_OPENED');
  if (!isOrgan(desk.node, file)) throw notCompetent(desk.node, file);
  const article = ARTICLES.greenChannel;
  requireReason(ground, article);
  requireNoPersonalData(ground, 'ground');
  if (file.project === null) {
    throw problem('NOT_KEY_PROJECT', 'The case belongs to no project.', { article, field: 'id' });
  }
  const project = requireOpenProject(desk.project ?? null, file.project);
  if (!project.key) {
    throw problem('NOT_KEY_PROJECT', `${project.id} is no key project.`, { article, field: 'id' });
  }
  if (file.greenChannel) throw already('The case is on the green channel.', article);
  const { greenChannel: limit } = desk.implementation;
  if (!limit) throw noLimit(desk, 'green channel', article);
  return oneLine({ action: 'GREEN_CHANNEL_OPENED', actor, note: ground, data: { project: project.id, ground, limit } });
}

/**
 * Writes down that the applicant asks for urgent handling (特急), and why. After a refusal it may be asked for again.
 * @throws {ProblemError} EXPEDITED_ALREADY, REASON_MISSING
 */
export function askUrgency(desk: Desk, file: CaseFile, ground: string): Step {
  const actor = atOwnCase(desk, file, 'ASK_URGENCY');
  requireFollows(file, 'URGENCY_ASKED');
  requireReason(ground, ARTICLES.urgency);
  requireNoPersonalData(ground, 'ground');
  if (file.urgency && file.urgency.approved !== false) {
    throw already(
      file.urgency.approved ? 'The case is urgent.' : 'It was asked for and is not decided yet.',
      ARTICLES.urgency,
    );
  }
  return oneLine({ action: 'URGENCY_ASKED', actor, note: ground, data: { ground } });
}

/**
 * Approves urgent handling or does not (特急审批): never the person who wrote the applicant's ground down. The limit is
 * what the implementation says now.
 * @throws {ProblemError} URGENCY_NOT_ASKED, SAME_PERSON, NOT_COMPETENT, NO_SHORTER_LIMIT, REASON_MISSING
 */
export function decideUrgency(desk: Desk, file: CaseFile, approved: boolean, reason: string | null): Step {
  const actor = atOwnCase(desk, file, 'DECIDE_URGENCY');
  requireFollows(file, 'URGENCY_DECIDED');
  if (!isOrgan(desk.node, file)) throw notCompetent(desk.node, file);
  const article = ARTICLES.urgency;
  if (file.urgency?.approved !== null) {
    throw problem('URGENCY_NOT_ASKED', 'Nobody waits for an answer: urgent handling is not asked for.', { article });
  }
  if (isSamePerson(file.urgency.askedBy, actor)) {
    throw problem('SAME_PERSON', "Whoever wrote the applicant's ground down does not approve it.", {
      article: ARTICLES.twoPersons,
    });
  }
  requireNoPersonalData(reason ?? '', 'reason');
  if (!approved) {
    requireReason(reason ?? '', article);
    return oneLine({ action: 'URGENCY_DECIDED', actor, note: reason, data: { approved, reason, limit: null } });
  }
  const { urgent: limit } = desk.implementation;
  if (!limit) throw noLimit(desk, 'urgent case', article);
  return oneLine({ action: 'URGENCY_DECIDED', actor, note: reason, data: { approved, reason, limit } });
}

const already = (why: string, article: string) => problem('EXPEDITED_ALREADY', why, { article, field: 'id' });

function noLimit({ implementation }: Desk, of: string, article: string) {
  const { item, node } = implementation;
  return problem('NO_SHORTER_LIMIT', `${node}'s implementation of ${item} names no limit of a ${of}.`, { article });
}
