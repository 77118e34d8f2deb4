export { LegalBasisDesk } from './legal-basis-desk.ts';
export { legalBasesService } from './legal-bases-service.ts';
export { linkItems, linkOlderItems } from './legal-bases-store.ts';
