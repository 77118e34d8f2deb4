/** Tokens and claims of people, and the issuers that are trusted for them. */
export { TOKEN_AUDIENCE } from './claims.ts';
export { ISSUER_KEYS } from './issuer-keys.ts';
export { TokenVerifier, parseIssuers } from './token-verifier.ts';
export type { Issuers } from './token-verifier.ts';
