import { z } from 'zod';
import { ARTICLES } from '../../kernel/articles.ts';
import { EMPLOYMENT, EMPLOYMENTS } from '../../kernel/words.ts';
import { domain } from '../../operation/domain.ts';
import { askedDivision, id, word } from '../../operation/fields.ts';
import { dayInput, optionalDay, optionalText, text } from '../../operation/input-parts.ts';
import { listOf, mutation, pageOf, query } from '../../operation/operation.ts';
import type { Action } from '../../operation/permissions.ts';
import type { Route } from '../../operation/route.ts';
import { ASKED_DIVISION, byKeys } from '../../operation/route.ts';
import { STAND_IN_ROLE, STAND_IN_ROLES } from './stand-ins.ts';
import { AgentAbsence, PostChange, Roster, RosterAgent, StandIn } from './views.ts';

const { agentRoster, standIns: standInRules } = ARTICLES;

const asked = { division: askedDivision.meta({ description: "The desk; the viewer's own when left out." }) };
const since = optionalDay.meta({ description: 'What reaches this day or lies after it; today when left out.' });
const kept = {
  division: askedDivision.meta({
    description:
      "The desk whose register it is: a township's chief keeps its villages'; the viewer's own when left out.",
  }),
};
/** A register is changed at its own desk, by that desk or by the township above a village. */
const atKeptDesk = {
  desk: 'OWN_OR_VILLAGE',
  route: { by: 'division', path: ['input', 'division'], otherwise: 'viewer' } satisfies Route,
} as const;
/** Earlier programs hashed the keys of these registers with the duty instead of the mutation's name. */
const hashedWith =
  (action: Action) =>
  <T extends { division?: unknown }>({ division: _desk, ...input }: T) => ({ action, input });

const sub = id(200);
const person = z.object({ sub, name: text(100) }).meta({ inputType: 'PostHolderInput' });
/** An empty reason reaches the rule. */
const reason = z.string().trim().max(500);
const lastDay = dayInput.meta({ description: 'The last day.' });
/** Most items withheld from one agent. */
const MOST_ITEMS = 200;

/**
 * The agents of a place, past entries included, and the gaps of its roster today.
 * @throws {ProblemError} FORBIDDEN
 */
const rosterOfPlace = query('roster', {
  zh: '代办员名册',
  about: 'of one place, past entries included, and what it lacks today.',
  by: 'READ_ROSTER',
  article: agentRoster,
  input: asked,
  route: ASKED_DIVISION,
  answer: Roster,
});

/**
 * Stand-ins in effect on a day or later.
 * @throws {ProblemError} FORBIDDEN
 */
const listStandIns = query('standIns', {
  zh: 'AB角',
  about: 'who stands in for whom at a desk.',
  by: 'READ_ROSTER',
  article: standInRules,
  input: { ...asked, since },
  route: ASKED_DIVISION,
  answer: listOf(StandIn),
});

/**
 * Absences that include a day or begin after it, and older ones whose cases have not all gone back.
 * @throws {ProblemError} FORBIDDEN
 */
const agentAbsences = query('agentAbsences', {
  zh: '代办员缺岗',
  about: "absences of a desk's agents; older ones too, while their cases are not all back.",
  by: 'READ_ROSTER',
  article: standInRules,
  input: { ...asked, since },
  route: ASKED_DIVISION,
  answer: listOf(AgentAbsence),
});

/**
 * The log of the registers, newest first.
 * @throws {ProblemError} FORBIDDEN; BAD_INPUT for a malformed cursor
 */
const postChanges = query('postChanges', {
  zh: '岗位变动',
  about: 'who changed what in these registers, newest first.',
  by: 'READ_ROSTER',
  article: agentRoster,
  input: asked,
  route: ASKED_DIVISION,
  answer: pageOf(PostChange),
});

/**
 * Adds an agent to the roster, or changes the entry.
 * @throws {ProblemError} BAD_INPUT for a term that ends before it begins, and for agents named as their own stand-in
 */
const keepRosterAgent = mutation('keepRosterAgent', {
  zh: '代办员登记',
  about: 'writes an agent into the roster, or changes the entry.',
  by: 'KEEP_ROSTER',
  article: agentRoster,
  ...atKeptDesk,
  input: {
    ...kept,
    sub: sub.meta({ description: "Subject of the agent's token." }),
    name: text(100),
    employment: word(EMPLOYMENT, EMPLOYMENTS),
    withheld: z
      .array(text(50))
      .max(MOST_ITEMS)
      .nullish()
      .transform((v) => [...new Set(v ?? [])])
      .meta({ description: 'Codes of items this agent does not handle.' }),
    from: dayInput,
    until: optionalDay.meta({ description: 'The last day.' }),
    standIn: person
      .nullish()
      .transform((v) => v ?? null)
      .meta({ description: 'The B of this post (B角).' }),
  },
  hashedAs: hashedWith('KEEP_ROSTER'),
  answer: RosterAgent,
});

/**
 * Sets an agent's last day in the roster.
 * @throws {ProblemError} NOT_FOUND, REASON_MISSING; BAD_INPUT for a day before their first
 */
const endRosterAgent = mutation('endRosterAgent', {
  zh: '代办员退出',
  about: 'the last day of an agent in the roster.',
  by: 'KEEP_ROSTER',
  article: agentRoster,
  ...atKeptDesk,
  input: { ...kept, sub, until: lastDay, reason },
  hashedAs: hashedWith('KEEP_ROSTER'),
  answer: RosterAgent,
});

/**
 * Records a training of an agent in the roster.
 * @throws {ProblemError} NOT_FOUND; BAD_INPUT for a training that expired before it was held
 */
const recordTraining = mutation('recordTraining', {
  zh: '培训登记',
  about: 'what an agent was trained in, and until when that holds.',
  by: 'KEEP_ROSTER',
  article: agentRoster,
  ...atKeptDesk,
  input: {
    ...kept,
    sub,
    what: text(200),
    on: dayInput,
    validUntil: optionalDay.meta({ description: 'Its last day; left out where it does not end.' }),
  },
  hashedAs: hashedWith('KEEP_ROSTER'),
  answer: RosterAgent,
});

/**
 * Names a B for a post and a term, beside the existing stand-ins.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT, STAND_IN_CONFLICT, BAD_INPUT
 */
const nameStandIn = mutation('nameStandIn', {
  zh: '指定B角',
  about: 'who stands in for whom; by a chief, a deputy head or the head, never for themselves.',
  by: 'KEEP_STAND_INS',
  article: standInRules,
  ...atKeptDesk,
  input: {
    ...kept,
    role: word(STAND_IN_ROLE, STAND_IN_ROLES),
    absent: person.meta({ description: 'A角: whose post it is.' }),
    standIn: person.meta({ description: 'B角: who stands in.' }),
    department: optionalText(100).meta({ description: "The post's; the keeper's own when left out." }),
    from: dayInput,
    until: lastDay,
  },
  hashedAs: hashedWith('KEEP_STAND_INS'),
  answer: StandIn,
});

/**
 * Ends a stand-in from a day on.
 * @throws {ProblemError} NOT_FOUND, WRONG_DEPARTMENT, REASON_MISSING; BAD_INPUT for a day that has passed
 */
const endStandIn = mutation('endStandIn', {
  zh: 'B角终止',
  about: 'ends a stand-in before its term is over.',
  by: 'KEEP_STAND_INS',
  article: standInRules,
  ...atKeptDesk,
  input: {
    ...kept,
    id: id(),
    on: dayInput.meta({ description: 'From this day on it gives nothing; today or later.' }),
    reason,
  },
  hashedAs: hashedWith('KEEP_STAND_INS'),
  answer: StandIn,
});

/**
 * Records an absence and passes the agent's open cases on. Agents report their own absences, the desk's chief those of
 * others.
 * @throws {ProblemError} FORBIDDEN, NOT_FOUND, NOT_IN_ROSTER, ABSENCE_CONFLICT, REASON_MISSING, BAD_INPUT
 */
const reportAbsence = mutation('reportAbsence', {
  zh: '请假离岗',
  about: "passes the agent's open cases on to the stand-in, or to the township's team where there is none.",
  by: 'REPORT_ABSENCE',
  judgedBy: 'RULES',
  article: standInRules,
  ...atKeptDesk,
  input: {
    ...kept,
    sub: optionalText(200).meta({
      scalar: 'ID',
      description: 'The agent; the person who asks, when left out.',
    }),
    from: dayInput,
    until: lastDay,
    reason,
  },
  answer: AgentAbsence,
});

/**
 * Ends an absence early; the cases passed on go back.
 * @throws {ProblemError} FORBIDDEN, NOT_FOUND, NOT_IN_ROSTER, ABSENCE_CONFLICT; BAD_INPUT for a day that has passed
 */
const endAbsence = mutation('endAbsence', {
  zh: '销假返岗',
  about: 'the agent is back before the term is over.',
  by: 'REPORT_ABSENCE',
  judgedBy: 'RULES',
  article: standInRules,
  ...atKeptDesk,
  input: { ...kept, id: id(), on: dayInput.meta({ description: 'The first day back.' }) },
  answer: AgentAbsence,
});

export const roster = domain('roster', {
  zh: '岗位',
  role: 'roster',
  lookups: {
    _placeRosters: byKeys(),
    rosterCoverage: { by: 'subtree', path: ['division'], gather: 'rosterCoverage' },
  },
  operations: {
    roster: rosterOfPlace,
    standIns: listStandIns,
    agentAbsences,
    postChanges,
    keepRosterAgent,
    endRosterAgent,
    recordTraining,
    nameStandIn,
    endStandIn,
    reportAbsence,
    endAbsence,
  },
});
