/** What other programs of the project may use of the gateway: to set one up, not to reach into it. */
export { generateIssuerKey } from './issuer/index.ts';
export type { Person } from './issuer/index.ts';
