/** 听证: hearings and interested parties. */
export type { InterestedPartyInput } from './inputs.ts';
export { hearingOpen, hearingPapers, openOffers, owedOffers } from './rules.ts';
export type { HearingService, HearingView, InterestedPartyView } from './services.ts';
export {
  callHearing,
  hearParty,
  holdHearing,
  offerHearing,
  recuseChair,
  requestHearing,
  tellInterested,
  waiveHearing,
} from './steps.ts';
