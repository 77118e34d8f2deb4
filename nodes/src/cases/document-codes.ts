import { timingSafeEqual } from 'node:crypto';
import type { LogAction } from '@liandong/schema/case';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { VerifiedDocument } from '@liandong/schema/domains/handling';
import { caseNumberIn, verificationOf } from '@liandong/schema/domains/handling';
import { filingNodeOf, problem } from '@liandong/schema/kernel';
import type { SignedLine } from '../case-log/index.ts';
import type { NodeQueries } from '../db/index.ts';
import { sha256 } from '../trust/index.ts';
import { findCase } from './case-store.ts';

/** Letters and digits that people do not confuse when they read them from a paper: 32, five bits each. */
const SIGNS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
/** Lines that say the result a document is of. */
const CONCLUDING: readonly LogAction[] = ['DECIDED', 'DEEMED_RENEWED', 'ANSWERED', 'REPORT_DECIDED'];

/** 80 bits. */
const LENGTH = 16;

/**
 * 核验码 of a case's document: the node that issues it, and signs made from the decision's signed line. Nobody without the
 * case can guess them, and nothing is stored for them: a node that moved or was restored makes the same code. It proves
 * that its bearer has the document, and no more; what stands is what the node answers.
 * @throws {ProblemError} ILLEGAL_STEP for a case that is not decided
 */
export function verificationCodeOf(node: DivisionCode, lines: readonly SignedLine[]): string {
  const decided = lines.findLast(({ line }) => CONCLUDING.includes(line.action));
  if (!decided) throw problem('ILLEGAL_STEP', 'The case is not decided; its document has no code.', { node });
  const digest = Buffer.from(sha256(`liandong document ${node} ${decided.hash}`), 'hex');
  const signs = [...digest.subarray(0, LENGTH)].map((byte) => SIGNS[byte % SIGNS.length]);
  return `${node}-${signs.join('')}`;
}

/**
 * The document of this number, for who has its code.
 * @throws {ProblemError} NOT_FOUND, the same for a wrong number and a wrong code
 */
export async function verifyDocument(queries: NodeQueries, number: string, code: string): Promise<VerifiedDocument> {
  const { node } = queries;
  const given = code.trim().toUpperCase();
  filingNodeOf(given, 'code');
  const found = await findIssued(queries, number.trim(), given);
  if (found) return found;
  throw problem('NOT_FOUND', 'No document has this number and verification code.', { node });
}

async function findIssued(queries: NodeQueries, number: string, code: string): Promise<VerifiedDocument | null> {
  const { node } = queries;
  const caseNumber = caseNumberIn(number);
  if (caseNumber === null) return null;
  const [row] = await queries.query<{ id: string }>(`SELECT id FROM cases WHERE node = $1 AND number = $2`, [
    caseNumber,
  ]);
  const stored = row && (await findCase(queries, row.id));
  const verified = stored && verificationOf(stored.file, number, node);
  if (!stored || !verified || !isSame(verificationCodeOf(node, stored.lines), code)) return null;
  return { ...verified, staleSince: stored.file.custodian === node ? null : stored.file.lastAt };
}

function isSame(right: string, given: string): boolean {
  const [one, two] = [Buffer.from(right), Buffer.from(given)];
  return one.length === two.length && timingSafeEqual(one, two);
}
