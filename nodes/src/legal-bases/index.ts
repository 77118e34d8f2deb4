export { LegalBasisDesk } from './legal-basis-desk.ts';
export { legalBasesService } from './legal-bases-service.ts';
export { basesByTitle, linkItems, linkOlderItems } from './legal-bases-store.ts';
