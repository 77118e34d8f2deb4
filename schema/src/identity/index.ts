export * from './claims.ts';
export { TokenVerifier, parseIssuers } from './token-verifier.ts';
export type { Issuers } from './token-verifier.ts';
