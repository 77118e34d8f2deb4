/** 设定依据: what items rest on, and changes of the law. */
export { legalBases } from './operations.ts';
export type { ChangeLegalBasisInput } from './operations.ts';
export {
  changedBases,
  citationOf,
  citationsOf,
  citedBasis,
  isAsked,
  itemsReached,
  legalBasisChangeSchema,
  legalBasisReportSchema,
  legalBasisSchema,
  plainTitle,
  repealedCitations,
  requireAsked,
  tasksOf,
  tiersConcerned,
} from './rules.ts';
export type { LegalBasis, LegalBasisChange, LegalBasisReport, RepealedCitation } from './rules.ts';
export type { AffectedGrant, LegalBasisChangeView } from './views.ts';
