export { importCatalogue, publishCatalogue } from './catalogue-import.ts';
export type { ImportReport } from './catalogue-import.ts';
export { catalogueReader } from './catalogue-reader.ts';
export type { CatalogueReaders } from './catalogue-reader.ts';
export { catalogueService, implementationService } from './catalogue-service.ts';
export { findAllItems, findImplementations, findItem, findItems } from './catalogue-store.ts';
