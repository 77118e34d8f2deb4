import type { CaseFile } from '../../case/case-file.ts';
import type { Outcome } from '../../case/words.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import { vocabulary } from '../../kernel/vocabulary.ts';

/** 文书效力: how a document stands that was issued. */
export const DOCUMENT_STANDINGS = ['STANDS', 'VOIDED'] as const;
export type DocumentStanding = (typeof DOCUMENT_STANDINGS)[number];
export const DOCUMENT_STANDING_LABELS: Record<DocumentStanding, string> = { STANDS: '有效', VOIDED: '已作废' };
export const DOCUMENT_STANDING = vocabulary('DocumentStanding', '文书效力', DOCUMENT_STANDING_LABELS);

/** 文书核验: what the public is told of an issued document. It holds no personal data. */
export interface DocumentVerification {
  number: string;
  /** The node that issued it. */
  issuedBy: DivisionCode;
  /** The node in whose name it went out. */
  inNameOf: DivisionCode;
  department: string | null;
  issuedAt: Date;
  item: string;
  /** Null for a written answer, which decides nothing. */
  outcome: Outcome | null;
  /** Of the document's bytes, so that a file can be compared with what was issued. */
  sha256: string;
  standing: DocumentStanding;
  /** When it stopped standing; null while it stands. */
  endedAt: Date | null;
}

/**
 * What the public is told of a document, by the case as this node knows it.
 * @returns null unless this node issued the case's document under this number
 */
export function verificationOf(file: CaseFile, number: string, node: DivisionCode): DocumentVerification | null {
  const { issued, decision, answer } = file;
  const concluded = decision ?? answer;
  if (!issued || !concluded || issued.number !== number || issued.node !== node) return null;
  const isVoid = file.state === 'VOIDED';
  return {
    number,
    issuedBy: node,
    inNameOf: concluded.inNameOf,
    department: concluded.department,
    issuedAt: issued.at,
    item: file.item,
    outcome: decision?.outcome ?? null,
    sha256: issued.document.sha256,
    standing: isVoid ? 'VOIDED' : 'STANDS',
    endedAt: isVoid ? file.closedAt : null,
  };
}

/** The case's own number at the end of a document's (文号); null where it has none. */
export function caseNumberIn(documentNumber: string): string | null {
  return /(?:\d{6}(?:(?:\d{3}){0,2}|Z\d{2}))-\d{8}-\d{5,}$/.exec(documentNumber)?.[0] ?? null;
}

/**
 * The text of a document's QR code (GB/T 18284): the address of a page that verifies it.
 * @param page address of the page, or null if the node names none
 */
export function verificationUrl(page: string | null, number: string, code: string): string | null {
  if (page === null) return null;
  const url = new URL(page);
  url.searchParams.set('number', number);
  url.searchParams.set('code', code);
  return url.href;
}
