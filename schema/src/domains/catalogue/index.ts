/** 事项目录: items and implementations, their files, search, drift, guide. */
export { itemFaults, readCatalogueFile } from './catalogue-file.ts';
export type { CatalogueFault, CatalogueFile } from './catalogue-file.ts';
export { entryOf } from './catalogue-format.ts';
export type { CatalogueEntryJson } from './catalogue-format.ts';
export {
  implementationSchema,
  isInForce,
  itemSchema,
  requireInForce,
  scheduleOf,
  standardImplementation,
} from './catalogue.ts';
export type { Bundle, FeeSchedule, Implementation, Item } from './catalogue.ts';
export { cpsvOf } from './cpsv.ts';
export type { CpsvCatalogue } from './cpsv.ts';
export { catalogueBasisSchema, driftOf, mustCarryOut, nodeDriftSchema, unifiedElements } from './drift.ts';
export type { CatalogueBasis, Drift, HeldItem, ItemHead, NodeDrift } from './drift.ts';
export { catalogueEntrySchema } from './entry.ts';
export type { CatalogueEntry } from './entry.ts';
export { formEntrySchema } from './forms.ts';
export type { FormEntry } from './forms.ts';
export { flowOf } from './flow/index.ts';
export type { FlowChart } from './flow/index.ts';
export { guideOf } from './guide.ts';
export type { GuideParts } from './guide.ts';
export {
  formsKept,
  ITEM_FORM_KINDS,
  itemFormPath,
  itemFormSchema,
  itemFormType,
  MAX_ITEM_FORM_BYTES,
  withForm,
} from './item-forms.ts';
export type { ItemForm, ItemFormType, OfferedForm } from './item-forms.ts';
export { competenceKeyOf, ownCompetenceKeys } from './item-search.ts';
export { AUDIENCES } from './item-words.ts';
export type { CatalogDriftView, CatalogEntryView, CatalogueLookup, FormPartView } from './views.ts';
export { catalogue } from './operations.ts';
export { REVIEW_DESKS } from './words.ts';
export type { FeeChangeKind, ItemChangeKind, ReviewDesk } from './words.ts';
