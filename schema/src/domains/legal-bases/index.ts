/** 设定依据: what items rest on, and changes of the law. */
export type { ChangeLegalBasisInput, ConfirmLegalBasisInput } from './inputs.ts';
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
