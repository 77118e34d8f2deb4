/** The embedded token issuer for small sites and development. */
export { DeskAccounts } from './desk-accounts.ts';
export { generateIssuerKey, parseIssuerKeys } from './issuer-keys.ts';
export { Issuer } from './issuer.ts';
export type { FindConsent, TokenAnswer, TrackedConsent } from './issuer.ts';
export { LoginGuard } from './login-guard.ts';
export { parsePeople } from './people.ts';
export type { Person } from './people.ts';
export type { IssuerAsks } from './routes.ts';
export { issuerAnswer } from './routes.ts';
export { trackedConsent } from './tracked-consent.ts';
