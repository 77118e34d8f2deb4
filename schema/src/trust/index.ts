/** Certificates, key documents, and offline verification of an exported case. */
export { CASE_EXPORT_FORMAT, parseCaseExport, readableSteps, sealDigest, writeCaseExport } from './case-export.ts';
export type { CaseExport, ExportedMaterial, ReadableStep } from './case-export.ts';
export { keyIdOf, portableCheck } from './key-documents.ts';
export type { KeyDocument, SignatureCheck } from './key-documents.ts';
export { REVOCATION_REASONS, certificateSchema, keyMessageSchema, keyRequestSchema } from './key-messages.ts';
export type { Certificate, KeyRequest, PublicKey, Revocation, RevocationReason } from './key-messages.ts';
export { KeyRing, parentByCode } from './key-ring.ts';
export type { KnownKey, Learned, ParentOf } from './key-ring.ts';
export { verifyCaseExport } from './verify-case.ts';
export type { CaseVerdict } from './verify-case.ts';
