import { z } from 'zod';
import type { OpinionRequestView } from './views.ts';
import type { CaseFile } from '../../case/case-file.ts';
import { divisionCodeSchema } from '../../case/log-line.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { forOneOf, handledAtNode, ruledStep, SOME_REASON } from '../../operation/case-step.ts';
import { domain } from '../../operation/domain.ts';
import { personalAnswer, personalOfCase } from '../../operation/personal-field.ts';
import { askedDivision, id, word } from '../../operation/fields.ts';
import { optionalText, text } from '../../operation/input-parts.ts';
import { mutation, pageOf, query } from '../../operation/operation.ts';
import { ASKED_DIVISION } from '../../operation/route.ts';
import { outstandingParties } from './rules.ts';
import { MOST_COORDINATED, remindParty as remindedParty } from './coordination.ts';
import * as rules from './steps.ts';
import { JointCases, JointHandling, MaterialBytes, OpinionRequest, PartyStep } from './views.ts';
import {
  ATTENDANCE,
  ATTENDANCES,
  OBJECTION_END,
  OBJECTION_ENDS,
  PARTY_ASK,
  PARTY_ASKS,
  PARTY_OPINION,
  PARTY_OPINIONS,
  PROJECT_STAGE,
  PROJECT_STAGES,
} from './words.ts';

const article = ARTICLES.jointHandling;
/** Most parties of one case, and most corrections of one visit. */
const MOST = 50;
const number = z.int().min(1);
/** Working days; the rule limits them. */
const days = z.int();
/** May be empty: the rule refuses that, and cites its source. */
const words = (max: number) => z.string().trim().max(max);
/** Parties whose answer is still missing. */
const waitedFor = ({ joint: handled }: CaseFile) => outstandingParties(handled).map((party) => party.number);
const caseId = z.string().meta({ scalar: 'ID' });
/** A filter that is off when left out. */
const only = (description: string) =>
  z
    .boolean()
    .nullish()
    .transform((v) => v ?? false)
    .meta({ filledIn: false, description });
const oneQuestion = { division: askedDivision, case: caseId, party: z.int() };

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN */
export const jointHandling = query('jointHandling', {
  zh: '联合办理',
  about: 'of a case, as the desk knows it.',
  by: 'READ_CASE',
  oneCase: true,
  article,
  input: { division: askedDivision, case: caseId },
  route: ASKED_DIVISION,
  answer: JointHandling,
});

/**
 * Questions to the viewer's department: the open ones by deadline, or the settled ones.
 * @throws {ProblemError} FORBIDDEN, WRONG_DEPARTMENT
 */
export const opinionRequests = query('opinionRequests', {
  zh: '征求意见',
  about: "what one's department is asked: what is waited for by deadline, or the settled ones, latest first.",
  by: 'READ_OPINIONS',
  article,
  input: {
    division: askedDivision,
    waiting: z
      .boolean()
      .nullish()
      .transform((v) => v ?? true)
      .meta({ filledIn: true }),
  },
  route: ASKED_DIVISION,
  answer: pageOf(OpinionRequest),
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT */
export const opinionRequest = query('opinionRequest', {
  zh: '征求意见',
  about: 'one question, as the department that was asked finds it.',
  by: 'READ_OPINIONS',
  article,
  input: oneQuestion,
  route: ASKED_DIVISION,
  answer: OpinionRequest,
});

/** @throws {ProblemError} NOT_FOUND, FORBIDDEN, WRONG_DEPARTMENT */
export const opinionMaterial = query('opinionMaterial', {
  zh: '征求意见材料',
  about: 'bytes of a material that is shown with a question, in base64.',
  by: 'READ_OPINIONS',
  article,
  input: { ...oneQuestion, sha256: z.string() },
  route: ASKED_DIVISION,
  answer: MaterialBytes,
});

/**
 * Asks all parties at once.
 * @throws {ProblemError} JOINT_REPEATED, JOINT_INCOMPLETE, WRONG_DEPARTMENT, NOT_COMPETENT, BAD_INPUT
 */
export const openJointHandling = ruledStep('openJointHandling', {
  zh: '启动联合办理',
  about: 'asks all parties at once, each with its deadline.',
  by: 'LEAD_JOINT',
  article,
  input: {
    stage: word(PROJECT_STAGE, PROJECT_STAGES)
      .nullish()
      .transform((v) => v ?? null)
      .meta({ description: 'Of a construction project; names who leads.' }),
    parties: z
      .array(
        z
          .object({
            node: divisionCodeSchema
              .nullish()
              .transform((v) => v ?? null)
              .meta({ scalar: 'ID', description: "The lead's own node when left out." }),
            department: text(100),
            ask: word(PARTY_ASK, PARTY_ASKS),
            days: days.meta({
              description:
                "Working days to answer in, from tomorrow on; of another node's party from the day it has the question.",
            }),
            materials: z
              .array(text(200))
              .max(100)
              .nullish()
              .transform((v) => v ?? null)
              .meta({
                description:
                  "Names of the materials another node's party is shown; all that was handed in when left out.",
              }),
          })
          .meta({ inputType: 'JointPartyInput' }),
      )
      .max(MOST),
  },
  // the node refuses parties at nodes it does not know
  needs: handledAtNode,
  answer: JointHandling,
  guard: rules.mayOpenJoint,
  rule: (context, file, { stage, parties }) => rules.openJoint(context, file, { stage, parties }),
});

/**
 * Gives a party's opinion. If this node leads the case, it is written into the case; else it is signed and sent to the
 * lead.
 * @throws {ProblemError} NOT_FOUND, OPINION_SETTLED, WRONG_DEPARTMENT, REASON_MISSING, FORBIDDEN
 */
export const givePartyOpinion = mutation('givePartyOpinion', {
  zh: '部门意见',
  about: 'by a person of the department that was asked, at its own node.',
  by: 'GIVE_OPINION',
  judgedBy: 'RULES',
  article,
  keyedAs: 'giveOpinion',
  input: {
    id: id(),
    party: number,
    opinion: word(PARTY_OPINION, PARTY_OPINIONS),
    reason: optionalText(1000).meta({ description: 'Needed for an objection.' }),
  },
  answer: PartyStep,
});

/**
 * Gives a party a later deadline.
 * @throws {ProblemError} NOT_FOUND, EXCUSE_TOO_LATE, WRONG_DEPARTMENT, REASON_MISSING, BAD_INPUT, FORBIDDEN
 */
export const excusePartyOpinion = mutation('excusePartyOpinion', {
  zh: '说明理由延期答复',
  about: 'once, before the deadline.',
  by: 'GIVE_OPINION',
  judgedBy: 'RULES',
  article,
  keyedAs: 'excuseOpinion',
  input: {
    id: id(),
    party: number,
    reason: words(1000),
    days: days.meta({ description: 'Working days on top of the deadline.' }),
  },
  answer: PartyStep,
});

/**
 * Excuses a party from the visit in advance.
 * @throws {ProblemError} NOT_FOUND, EXCUSE_TOO_LATE, WRONG_DEPARTMENT, REASON_MISSING, FORBIDDEN
 */
export const excuseFromVisit = mutation('excuseFromVisit', {
  zh: '踏勘请假',
  about: 'once, before the visit; the absence then stands for nothing.',
  by: 'GIVE_OPINION',
  judgedBy: 'RULES',
  article,
  input: { id: id(), party: number, reason: words(1000) },
  answer: PartyStep,
});

/**
 * Calls the parties to the one joint visit.
 * @throws {ProblemError} JOINT_MISSING, JOINT_REPEATED, NOT_FOUND, OPINION_SETTLED, BAD_INPUT
 */
export const scheduleSiteVisit = ruledStep('scheduleSiteVisit', {
  zh: '安排联合踏勘',
  about: 'may be moved until it is recorded.',
  by: 'LEAD_JOINT',
  article,
  keyedAs: 'scheduleVisit',
  input: {
    at: z.iso
      .datetime({ offset: true })
      .transform((v) => new Date(v))
      .meta({ scalar: 'DateTime' }),
    place: words(200),
    parties: z.array(number).max(MOST).meta({ description: 'Numbers of the parties that are called.' }),
  },
  answer: JointHandling,
  guard: rules.mayScheduleVisit,
  rule: (context, file, { at, place, parties }) => rules.scheduleVisit(context, file, { at, place, parties }),
});

/**
 * Records the visit: who came, and the one list of corrections.
 * @throws {ProblemError} JOINT_MISSING, JOINT_REPEATED, JOINT_INCOMPLETE, NOT_FOUND, REASON_MISSING, BAD_INPUT
 */
export const recordSiteVisit = ruledStep('recordSiteVisit', {
  zh: '联合踏勘记录',
  about: 'who came, and the one list of corrections.',
  by: 'LEAD_JOINT',
  article,
  keyedAs: 'recordVisit',
  input: {
    record: words(5000),
    attendance: z
      .array(
        z
          .object({
            party: number,
            as: word(ATTENDANCE, ATTENDANCES),
            reason: optionalText(500).meta({ description: 'Needed for an excuse.' }),
          })
          .meta({ inputType: 'VisitAttendanceInput' }),
      )
      .max(MOST)
      .meta({ description: 'Of every party that was called.' }),
    corrections: z
      .array(
        z
          .object({ party: number, text: words(1000), mandatory: z.boolean() })
          .meta({ inputType: 'JointCorrectionInput' }),
      )
      .max(MOST),
  },
  answer: JointHandling,
  guard: rules.mayRecordVisit,
  rule: (context, file, { record, attendance, corrections }) =>
    rules.recordVisit(context, file, { record, attendance, corrections }),
});

/**
 * Confirms that a correction is made, with evidence.
 * @throws {ProblemError} JOINT_MISSING, NOT_FOUND, REASON_MISSING
 */
export const confirmCorrection = ruledStep('confirmCorrection', {
  zh: '整改完成',
  by: 'LEAD_JOINT',
  article,
  input: { correction: number, evidence: words(1000) },
  answer: JointHandling,
  guard: rules.mayConfirmCorrection,
  rule: (context, file, { correction, evidence }) => rules.confirmCorrection(context, file, correction, evidence),
});

/**
 * Resolves an objection: settled with the party, or upheld.
 * @throws {ProblemError} JOINT_MISSING, NOT_FOUND, NOT_COMPETENT, REASON_MISSING
 */
export const resolveObjection = ruledStep('resolveObjection', {
  zh: '异议处理',
  about: "by the lead's chief; a statutory decision is not the lead's to settle.",
  by: 'RESOLVE_OBJECTION',
  article,
  input: { party: number, end: word(OBJECTION_END, OBJECTION_ENDS), resolution: words(1000) },
  answer: JointHandling,
  guard: rules.mayResolveObjection,
  rule: (context, file, { party, end, resolution }) =>
    rules.resolveObjection(context, file, { party, end, resolution }),
});

/**
 * Takes back a question that has no answer yet.
 * @throws {ProblemError} JOINT_MISSING, NOT_FOUND, OPINION_SETTLED, NOT_COMPETENT, JOINT_INCOMPLETE, REASON_MISSING
 */
export const withdrawQuestion = ruledStep('withdrawQuestion', {
  zh: '撤回征询',
  about: "by the lead's chief, of a party that no law requires; a later answer is refused as over.",
  by: 'WITHDRAW_QUESTION',
  article,
  input: { party: number, reason: words(1000).meta({ description: 'Names no numbers of a person.' }) },
  answer: JointHandling,
  guard: forOneOf(waitedFor, 1, (context, file, party) => rules.withdrawQuestion(context, file, party, SOME_REASON)),
  rule: (context, file, { party, reason }) => rules.withdrawQuestion(context, file, party, reason),
});

/**
 * Joint cases that a desk leads or is asked in, by their next deadline.
 * @throws {ProblemError} FORBIDDEN
 */
export const jointCases = query('jointCases', {
  zh: '联合办理协调',
  about: `the open joint cases that a desk leads, and those led outside the asker's division in which one of its departments is asked; the ${MOST_COORDINATED} due first.`,
  by: 'READ_JOINT_CASES',
  article,
  input: {
    division: askedDivision,
    visitToCall: only('Only those whose joint visit is not called yet.'),
    late: only('Only those with a party past its deadline.'),
  },
  route: ASKED_DIVISION,
  within: true,
  answer: JointCases,
});

/**
 * Reminds a party of its answer, by a line of the log and a signal at the party's desk.
 * @throws {ProblemError} JOINT_MISSING, NOT_FOUND, OPINION_SETTLED, REMINDER_TOO_EARLY, WRONG_DEPARTMENT
 */
export const remindParty = ruledStep('remindParty', {
  zh: '催办部门意见',
  about: 'that is late or has until the next working day, at most once a working day; by the lead or its centre.',
  by: 'REMIND_PARTY',
  article,
  input: { party: number },
  answer: JointHandling,
  guard: forOneOf(waitedFor, 1, remindedParty),
  rule: (context, file, { party }) => remindedParty(context, file, party),
});

/** The case a question is about. */
const caseOf = (source: unknown) => (source as OpinionRequestView).case;

export const joint = domain('joint', {
  zh: '联合办理',
  role: 'joint',
  personal: {
    'OpinionRequest.applicant': { ...personalOfCase(), subject: caseOf },
    'OpinionRequest.form': { ...personalOfCase('value'), subject: caseOf },
    'Query.opinionMaterial': personalAnswer,
  },
  operations: {
    jointHandling,
    opinionRequests,
    opinionRequest,
    opinionMaterial,
    openJointHandling,
    givePartyOpinion,
    excusePartyOpinion,
    excuseFromVisit,
    scheduleSiteVisit,
    recordSiteVisit,
    confirmCorrection,
    resolveObjection,
    withdrawQuestion,
    jointCases,
    remindParty,
  },
});
