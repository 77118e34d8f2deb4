import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { isDivisionCode } from '../../kernel/divisions.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id, word } from '../../operation/fields.ts';
import { dayInput, optionalText, text } from '../../operation/input-parts.ts';
import type { InputOf } from '../../operation/operation.ts';
import { mutation, pageOf, query } from '../../operation/operation.ts';
import { VIEWERS_DESK } from '../../operation/route.ts';
import { Project } from './views.ts';
import { PROJECT_PHASE, PROJECT_PHASES } from './words.ts';

const { projects: article } = ARTICLES;
const division = z.string().refine(isDivisionCode, 'is no division code').meta({ scalar: 'ID' });
/** The rule sees only whole amounts; the schema refuses other numbers. */
const amountFen = z.int().min(0).meta({ scalar: 'Fen' });
/** An empty reason or ground reaches the rule, which cites its source. */
const reason = z.string().trim().max(500);
const phase = word(PROJECT_PHASE, PROJECT_PHASES);
const flag = z
  .boolean()
  .nullish()
  .transform((v) => v ?? null);

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, CHAIN_BROKEN */
const oneProject = query('project', {
  zh: '项目',
  about: 'one of them, for the desks it concerns.',
  by: 'READ_PROJECT',
  article,
  input: { id: z.string().meta({ scalar: 'ID' }) },
  route: { by: 'prefix', argument: 'id', copyAt: 'viewer' },
  answer: Project,
});

/**
 * Projects the node keeps or was told of.
 * @throws {ProblemError} FORBIDDEN; BAD_INPUT for a malformed cursor
 */
const listProjects = query('projects', {
  zh: '项目',
  about: 'those that a node keeps or was told of, the latest initiated first.',
  by: 'READ_PROJECT',
  article,
  input: {
    filter: z
      .object({
        division: askedDivision.meta({ description: "The node; the viewer's own desk when left out." }),
        key: flag.meta({ description: 'Whether it is a key project.' }),
        phase: phase.nullish().transform((v) => v ?? null),
        ended: flag.meta({ description: '项目终止: whether it has ended.' }),
      })
      .nullish()
      .transform((given) => ({ key: given?.key ?? null, phase: given?.phase ?? null, ended: given?.ended ?? null }))
      .meta({ inputType: 'ProjectFilter' }),
  },
  route: { by: 'division', path: ['filter', 'division'], otherwise: 'viewer' },
  answer: pageOf(Project),
});
export type ProjectFilter = InputOf<typeof listProjects>['filter'];

/**
 * Projects whose agent the asker is, or stands in for.
 * @throws {ProblemError} FORBIDDEN; BAD_INPUT for a malformed cursor
 */
const myProjects = query('myProjects', {
  zh: '我代办的项目',
  about:
    'those whose proxy agent is the asker, or an agent for whom the asker stands in, that have not ended; the latest initiated first.',
  by: 'READ_PROJECT',
  article,
  input: {},
  route: VIEWERS_DESK,
  answer: pageOf(Project),
});

/**
 * Registers a project in its first phase.
 * @throws {ProblemError} FORBIDDEN, NODE_CLOSED, UNKNOWN_DIVISION, NOT_COMPETENT, BAD_INPUT
 */
const registerProject = mutation('registerProject', {
  zh: '项目登记',
  about: ', in its first phase 立项.',
  by: 'KEEP_PROJECT',
  judgedBy: 'RULES',
  article,
  input: {
    name: text(200),
    amountFen,
    place: division
      .nullish()
      .transform((v) => v ?? null)
      .meta({ description: "Where it is built; the node's own division when left out." }),
    on: dayInput.meta({ description: '立项' }),
  },
  answer: Project,
});

/**
 * Changes name or amount, for a reason.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, NOT_COMPETENT, PROJECT_ENDED, REASON_MISSING, NO_CHANGE, BAD_INPUT
 */
const amendProject = mutation('amendProject', {
  zh: '变更',
  about: 'of name or amount; what is left out stays as it is.',
  by: 'KEEP_PROJECT',
  judgedBy: 'RULES',
  article,
  input: {
    id: id(),
    name: optionalText(200),
    amountFen: amountFen.nullish().transform((v) => v ?? null),
    reason,
  },
  answer: Project,
});

/**
 * Moves a project on to its next phase.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, NOT_COMPETENT, PHASE_OUT_OF_ORDER, PROJECT_ENDED, BAD_INPUT
 */
const reachProjectPhase = mutation('reachProjectPhase', {
  zh: '阶段推进',
  about: 'to the next phase, one at a time.',
  by: 'KEEP_PROJECT',
  judgedBy: 'RULES',
  article,
  inputType: 'ReachPhaseInput',
  input: { id: id(), phase, on: dayInput.meta({ description: 'The day it began.' }) },
  answer: Project,
});

/**
 * Puts a project on the list of key projects, or takes it off.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, NOT_COMPETENT, PROJECT_ENDED, REASON_MISSING, NO_CHANGE
 */
const flagKeyProject = mutation('flagKeyProject', {
  zh: '列为、移出重点项目',
  about: ', by the head.',
  by: 'FLAG_PROJECT',
  judgedBy: 'RULES',
  article,
  input: { id: id(), key: z.boolean(), ground: reason.meta({ description: 'The list it stands in.' }) },
  answer: Project,
});

/**
 * Names lead, agent and orders; told to every node concerned.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, NOT_COMPETENT, UNKNOWN_DIVISION, PROJECT_ENDED, BAD_INPUT
 */
const dispatchProject = mutation('dispatchProject', {
  zh: '派单',
  about: 'lead, proxy agent and orders, told to the nodes concerned.',
  by: 'DISPATCH_PROJECT',
  judgedBy: 'RULES',
  article,
  input: {
    id: id(),
    lead: z.object({ node: division, department: text(100) }).meta({ inputType: 'ProjectLeadInput' }),
    agent: z
      .object({ node: division, sub: text(200).meta({ scalar: 'ID' }), name: text(100) })
      .nullish()
      .transform((v) => v ?? null)
      .meta({ inputType: 'ProjectAgentInput', description: 'None where it is left out.' }),
    orders: z
      .array(
        z
          .object({
            node: division,
            department: optionalText(100).meta({ description: 'Needed for an order to the own node.' }),
            text: text(1000),
            dueOn: dayInput,
          })
          .meta({ inputType: 'ProjectOrderInput' }),
      )
      .max(50)
      .nullish()
      .transform((v) => v ?? [])
      .meta({ description: 'What is ordered on top of what was before.' }),
  },
  answer: Project,
});

/**
 * Answers an order. The node that keeps the project records it; a lower node sends it there.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, NOT_COMPETENT, WRONG_DEPARTMENT, ORDER_ANSWERED, REASON_MISSING
 */
const answerProjectOrder = mutation('answerProjectOrder', {
  zh: '交办答复',
  about: ', by the node that was ordered; carried to the node that keeps the project.',
  by: 'ANSWER_PROJECT',
  judgedBy: 'RULES',
  article,
  input: {
    id: id(),
    order: z.int().min(1).meta({ description: 'Its number within the project.' }),
    answer: z.string().trim().max(1000),
  },
  answer: Project,
});

/**
 * Ends a project, for a reason.
 * @throws {ProblemError} NOT_FOUND, FORBIDDEN, NOT_COMPETENT, PROJECT_ENDED, REASON_MISSING
 */
const endProject = mutation('endProject', {
  zh: '项目终止',
  by: 'KEEP_PROJECT',
  judgedBy: 'RULES',
  article,
  input: { id: id(), reason },
  answer: Project,
});

export const projects = domain('projects', {
  zh: '项目',
  role: 'projects',
  operations: {
    project: oneProject,
    projects: listProjects,
    myProjects,
    registerProject,
    amendProject,
    reachProjectPhase,
    flagKeyProject,
    dispatchProject,
    answerProjectOrder,
    endProject,
  },
});
