export { importCatalogue, publishCatalogue } from './catalogue-import.ts';
export { describeImport, exportCatalogue } from './catalogue-export.ts';
export type { ImportOptions, ImportReport, PublicationReport } from './catalogue-import.ts';
export { catalogueReader } from './catalogue-reader.ts';
export { catalogueService } from './catalogue-service.ts';
export { implementationService } from './implementation-service.ts';
export { itemLifeService } from './item-life-service.ts';
export { findImplementations, findItem } from './catalogue-store.ts';
