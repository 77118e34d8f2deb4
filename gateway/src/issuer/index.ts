/** The embedded token issuer for small sites and development. */
export { generateIssuerKey, parseIssuerKeys } from './issuer-keys.ts';
export { Issuer } from './issuer.ts';
export type { FindConsent, TokenAnswer, TrackedConsent } from './issuer.ts';
export { LoginGuard } from './login-guard.ts';
export { hashPassword, parsePeople } from './people.ts';
export type { Person } from './people.ts';
export { issuerAnswer } from './routes.ts';
export { trackedConsent } from './tracked-consent.ts';
