import type { CaseFile, StepContext } from '@liandong/schema/case';
import type { DocumentDraft } from '@liandong/schema/domains/handling';
import {
  documentNumberOf,
  documentSeal,
  noticeOf,
  resultDocument,
  verificationUrl,
} from '@liandong/schema/domains/handling';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { problem } from '@liandong/schema/kernel';
import { findItem } from '../catalogue/index.ts';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';
import { readApplication } from './application.ts';
import { unknownItem } from './case-elements.ts';
import type { StoredCase } from './case-store.ts';
import { findCase } from './case-store.ts';
import { readPart, storeMaterials } from '../materials/index.ts';
import { verificationCodeOf } from './document-codes.ts';

// The papers of a case: the result's document, whose bytes are kept like a material's, and the notices.

/**
 * Writes and stores the result's document, whose text is made from the log.
 * @param verifyPage address of the page that verifies documents
 * @throws {ProblemError} what the rule refuses
 */
export async function draftDocument(
  tx: SharedTx,
  context: StepContext,
  file: CaseFile,
  verifyPage: string | null,
): Promise<DocumentDraft> {
  const { divisions, item, node, offices } = context;
  // before any write: the rule itself judges again, with the document
  const sealId = documentSeal(context, file);
  const nameOf = (code: DivisionCode) => divisions.get(code).name;
  const sealName = offices?.seals.find((seal) => seal.id === sealId)?.name ?? null;
  const { applicant } = await readApplication(tx, node, file.id);
  const number = documentNumberOf(file, nameOf);
  const stored = await findCase(tx, file.id);
  const code = verificationCodeOf(node, stored?.lines ?? []);
  const verification = { code, url: verificationUrl(verifyPage, number, code) };
  const bytes = Buffer.from(resultDocument(file, { item, applicant: applicant.name, nameOf, sealName, verification }));
  const document = {
    name: file.answer ? '答复书' : '决定书',
    fileName: `${file.number}.md`,
    mediaType: 'text/markdown',
    sha256: sha256(bytes),
    size: bytes.length,
  };
  await storeMaterials(tx, [{ material: document, bytes }]);
  return { number, document };
}

/** The issued document's text. @throws {ProblemError} NOT_FOUND */
export async function readDocument(queries: NodeQueries, node: DivisionCode, { issued }: CaseFile): Promise<string> {
  if (!issued) throw problem('NOT_FOUND', 'No document of this case is issued.', { node });
  if (!issued.document.mediaType.startsWith('text/')) {
    const why = `Document ${issued.number} is no text; open it among the case's papers.`;
    throw problem('NOT_FOUND', why, { node });
  }
  const bytes = await readPart(queries, { ...issued.document, offset: 0, length: issued.document.size });
  if (!bytes) throw problem('NOT_FOUND', `${node} does not hold document ${issued.number}.`, { node });
  return bytes.toString('utf8');
}

/** The notice that goes with a line of the log. @throws {ProblemError} NOT_FOUND */
export async function writeNotice(
  queries: NodeQueries,
  { node, divisions }: { node: DivisionCode; divisions: Divisions },
  { file, lines }: StoredCase,
  seq: number,
): Promise<string> {
  const found = lines.find(({ line }) => line.seq === seq);
  if (!found) throw problem('NOT_FOUND', `The case has no line ${seq}.`, { node, field: 'seq' });
  const item = await findItem(queries, file.item, { version: file.itemVersion });
  if (!item) throw unknownItem(node, file.item);
  const { applicant } = await readApplication(queries, node, file.id);
  return noticeOf(file, found.line, { item, applicant: applicant.name, nameOf: (code) => divisions.get(code).name });
}
