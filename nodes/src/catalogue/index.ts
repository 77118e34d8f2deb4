export { importCatalogue, publishCatalogue } from './catalogue-import.ts';
export type { ImportReport } from './catalogue-import.ts';
export { catalogueReader } from './catalogue-reader.ts';
export type { CatalogueReaders } from './catalogue-reader.ts';
export { catalogueService, implementationService } from './catalogue-service.ts';
export { findAllItems, findImplementations, findItem, findItems, insertItems } from './catalogue-store.ts';
export { fillItemIndex } from './item-index.ts';
export { SEARCH_SQL, searchParameters } from './catalogue-search.ts';
export { exportCpsv, findGuide } from './catalogue-guide.ts';
