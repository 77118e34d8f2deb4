/** 听证: hearings and interested parties. */
export { hearings } from './operations.ts';
export type { InterestedPartyInput } from './operations.ts';
export { hearingOpen, hearingPapers, openOffers, owedOffers } from './rules.ts';
export type { HearingView, InterestedPartyView } from './views.ts';
