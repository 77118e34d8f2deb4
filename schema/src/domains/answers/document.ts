import { ARTICLES } from '../../kernel/articles.ts';
import { dayOf } from '../../kernel/calendar.ts';
import { plain } from '../../kernel/markdown.ts';
import type { Answer, CaseFile } from '../../case/case-file.ts';
import type { DocumentParts } from '../handling/document-parts.ts';
import { listOf, tableOf, verificationText } from '../handling/document-parts.ts';
import { ANSWER_VERDICT_LABELS } from './words.ts';

/** The written answer (答复书), as Markdown: verdict, reasons, basis, what is needed, and remedies a law gives. */
export function answerDocument(file: CaseFile, answer: Answer, number: string, parts: DocumentParts): string {
  const { item, nameOf } = parts;
  const organ = `${nameOf(answer.inNameOf)}${answer.department ?? ''}`;
  const rows: [string, string | null][] = [
    ['文号', number],
    ['办件编号', file.number],
    ['申请人', parts.applicant],
    ['事项', `${item.name}(${item.code})`],
    ['收件日期', `${dayOf(file.filedAt)}(${nameOf(file.filingNode)})`],
    ['答复', `${ANSWER_VERDICT_LABELS[answer.verdict]}(${ARTICLES.clearAnswer})`],
    ['答复日期', dayOf(answer.at)],
    ['答复机关', organ],
    ['依据', answer.basis],
    ['印章', parts.sealName],
  ];
  const sections = [
    `# ${plain(item.name)}答复书`,
    tableOf(rows),
    '## 理由',
    plain(answer.reason),
    ...(answer.needs.length === 0 ? [] : ['## 需要具备的条件', listOf(answer.needs)]),
    ...(answer.remedies === null ? [] : ['## 救济途径', plain(answer.remedies)]),
    '本答复书不是行政许可决定。',
    `${plain(organ)}  \n${dayOf(answer.at)}`,
    '## 核验',
    verificationText(number, parts.verification),
  ];
  return `${sections.join('\n\n')}\n`;
}
