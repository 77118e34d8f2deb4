export * from './claims.ts';
export { ISSUER_KEYS } from './issuer-keys.ts';
export type { RemoteKeys } from './issuer-keys.ts';
export { TokenVerifier, parseIssuers } from './token-verifier.ts';
export type { Issuers } from './token-verifier.ts';
