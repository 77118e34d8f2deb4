import type { DivisionCode } from '../../kernel/divisions.ts';
import { plain } from '../../kernel/markdown.ts';
import type { Item } from '../catalogue/catalogue.ts';

/** Content of a document that the case's log does not have. */
export interface DocumentParts {
  item: Item;
  /** The applicant's name; the log holds no personal data. */
  applicant: string;
  nameOf: (division: DivisionCode) => string;
  /** The seal set on it; null where the organ keeps no seal register. */
  sealName: string | null;
  /** What the public verifies it by. */
  verification: { code: string; url: string | null };
}

/** What the paper says of its verification; the address is the text of its QR code. */
export function verificationText(number: string, { code, url }: DocumentParts['verification']): string {
  const how = `凭文号 ${plain(number)} 和核验码 ${code} 可以核验本文书。`;
  return url === null ? how : `${how}\n\n<${url}>`;
}

/** The address that {@link verificationText} wrote into a document, for its QR code; null where it names none. */
export function verificationUrlIn(document: string): string | null {
  return /可以核验本文书。\n\n<(https?:\/\/[^>\s]+)>/u.exec(document)?.[1] ?? null;
}

export function tableOf(rows: readonly [string, string | null][]): string {
  const told = rows.filter((row): row is [string, string] => row[1] !== null);
  return ['| 要素 | 内容 |', '| --- | --- |', ...told.map(([term, text]) => `| ${term} | ${plain(text)} |`)].join('\n');
}

export const listOf = (texts: readonly string[]) => texts.map((text, i) => `${i + 1}. ${plain(text)}`).join('\n');
