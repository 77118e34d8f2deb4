/** 事项目录: import, publication, copies, search by pinyin, drift, guides, CPSV-AP. */
export { importCatalogue, publishCatalogue } from './catalogue-import.ts';
export { describeImport, describeWarning, exportCatalogue } from './catalogue-export.ts';
export type { ImportOptions, ImportReport, ImportWarning, PublicationReport } from './catalogue-import.ts';
export { catalogueReader } from './catalogue-reader.ts';
export type { CatalogueReaderParts, CatalogueReaders } from './catalogue-reader.ts';
export {
  findAllItems,
  findBundles,
  findImplementation,
  findImplementations,
  findItem,
  findItems,
  insertImplementations,
  insertItems,
} from './catalogue-store.ts';
export { fillItemIndex } from './item-index.ts';
export { SEARCH_SQL, searchParameters } from './catalogue-search.ts';
export { DIFFERING_SQL, HostDrift, differingParameters, findBasis, findDrifts } from './catalogue-drift.ts';
export type { ComparedNode } from './catalogue-drift.ts';
export { exportCpsv, findGuide, findRoute } from './catalogue-guide.ts';
export type { GuideReading } from './catalogue-guide.ts';
export { catalogueHandlers } from './handlers.ts';
export { catalogueLookup, heardOf } from './catalogue-lookup.ts';
export {
  deleteDraft,
  findHistory,
  findItemCodes,
  lockCode,
  lockItem,
  readItemFile,
  recordChanges,
  sameContent,
} from './item-file.ts';
export type { Authorship, ItemFile, StoredDraft } from './item-file.ts';
