/** 名册: agents, training, stand-ins, absences. */
export { comesBack, isAway, isBack, passOn, requireAbsence } from './absences.ts';
export type { Absence } from './absences.ts';
export { roster } from './operations.ts';
export { NO_ROSTER, inRoster, isTrained, requireRosterEntry, requireRosterKeeper, rosterGaps } from './rules.ts';
export type { PersonRef, RosterAgent, Training } from './rules.ts';
export { requireStandIn, standsOn } from './stand-ins.ts';
export type { KeptStandIn } from './stand-ins.ts';
export type {
  AbsenceView,
  PlaceRoster,
  PostChangeView,
  RosterAgentView,
  RosterCoverageView,
  RosterLookup,
  RosterView,
  StandInView,
} from './views.ts';
