/** 设定依据: the legal bases of items, and the reports of desks on changes of the law. */
export { LegalBasisDesk } from './legal-basis-desk.ts';
export { legalBasisHandlers } from './handlers.ts';
export { basesByTitle, linkItems, linkOlderItems } from './legal-bases-store.ts';
