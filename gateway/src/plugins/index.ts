/** Plugins of the server: who asks, from where, how much and how often; what errors say. */
export type { Body } from './bodies.ts';
export { Bodies, readAtMost, readBodies } from './bodies.ts';
export { isForeign, preflight, secured, shareWith } from './browsers.ts';
export { shownError } from './errors.ts';
export type { Identity } from './identity.ts';
export { identify } from './identity.ts';
export { limitQueries, limitTexts, limitTokens, rememberQuestions } from './limits.ts';
export { networkOf } from './networks.ts';
export type { RateLimits } from './rates.ts';
export { Rates, rateLimited, waitOf } from './rates.ts';
