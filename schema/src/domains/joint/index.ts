/** 联办: joint handling and joint acceptance. */
export { joint } from './operations.ts';
export { opinionAnswerSchema, opinionNoticeSchema, opinionRequestSchema, partyWordSchema } from './messages.ts';
export type { OpinionNotice, OpinionRequest, PartySays, PartyWord } from './messages.ts';
export {
  SHOWN_DAYS,
  isAsNew,
  partyStandingOf,
  readableDepartment,
  requestStateOf,
  requireRequestReader,
  sameStanding,
  saysTheSame,
  shownMaterials,
  shownUntil,
  withOwnWords,
  wordBehind,
} from './parties.ts';
export { MOST_COORDINATED, coordinationDueAt, lateParties, requireCoordinator, visitToCall } from './coordination.ts';
export type { AskedOpinion } from './parties.ts';
export { answerRequest, dueFrom, enterWord, excuseAttendance, excuseRequest } from './party-steps.ts';
export type { PartyDesk, SignedWord } from './party-steps.ts';
export { jointOpen, nextLapseAt } from './rules.ts';
export type { Party } from './rules.ts';
export { excuseFromVisit, excuseOpinion, giveOpinion, lapseOpinions } from './steps.ts';
export type { JointCaseView, JointHandlingView, OpinionRequestView, PartyStepView } from './views.ts';
export type { AnswerState } from './words.ts';
