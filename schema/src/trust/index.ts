export { CASE_EXPORT_FORMAT, parseCaseExport, sealDigest, sealSchema, writeCaseExport } from './case-export.ts';
export type { CaseExport, ExportSeal, ExportedMaterial } from './case-export.ts';
export { sha256Hex } from './digest.ts';
export { keyIdOf, portableCheck } from './key-documents.ts';
export type { KeyDocument, SignatureCheck } from './key-documents.ts';
export { KeyRing, parentByCode } from './key-ring.ts';
export type { KnownClosing, KnownKey, Learned, ParentOf } from './key-ring.ts';
export { verifyCaseExport } from './verify-case.ts';
export type { CaseVerdict, ExportFault } from './verify-case.ts';
