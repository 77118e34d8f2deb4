/** 委托、授权、下放: grants of power between nodes. */
export { requireAnswerTo, requireEndOf, requireOwnGrant } from './grant-documents.ts';
export type { SignedDocument } from './grant-documents.ts';
export {
  delegationDocumentSchema,
  delegationMessageSchema,
  grantSchema,
  publishedGrantSchema,
  recallSchema,
} from './messages.ts';
export type { DelegationDocument, Grant, GrantAnswer, GrantEnd, GrantRequest, PublishedGrant } from './messages.ts';
export { capOf, delegation } from './operations.ts';
export type { GrantPowerInput } from './operations.ts';
export { NO_FACTS, grantStateOf, grantsInEffect, requireSoundGrant } from './rules.ts';
export type { GrantRecord } from './rules.ts';
export type { CompetenceView, GrantView } from './views.ts';
