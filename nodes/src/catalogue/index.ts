export { importCatalogue, publishCatalogue } from './catalogue-import.ts';
export { describeImport, exportCatalogue } from './catalogue-export.ts';
export type { ImportOptions, ImportReport, PublicationReport } from './catalogue-import.ts';
export { catalogueReader } from './catalogue-reader.ts';
export type { CatalogueReaders } from './catalogue-reader.ts';
export {
  findAllItems,
  findImplementation,
  findImplementations,
  findItem,
  findItems,
  insertItems,
} from './catalogue-store.ts';
export { fillItemIndex } from './item-index.ts';
export { SEARCH_SQL, searchParameters } from './catalogue-search.ts';
export { exportCpsv, findGuide } from './catalogue-guide.ts';
export { catalogueService } from './catalogue-service.ts';
export { implementationService } from './implementation-service.ts';
export { itemLifeService } from './item-life-service.ts';
