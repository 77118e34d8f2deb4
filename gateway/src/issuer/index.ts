export { Issuer, generateIssuerKey } from './issuer.ts';
export type { TokenAnswer } from './issuer.ts';
export { hashPassword, parsePeople } from './people.ts';
export type { Person } from './people.ts';
export { issuerAnswer } from './routes.ts';
