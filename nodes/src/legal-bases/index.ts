/** 设定依据: what items rest on, and who has acted on a change of the law. */
export { LegalBasisDesk } from './legal-basis-desk.ts';
export { legalBasisHandlers } from './handlers.ts';
export { basesByTitle, linkItems, linkOlderItems } from './legal-bases-store.ts';
