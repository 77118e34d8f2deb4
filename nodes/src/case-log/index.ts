/** The signed log of a case: its lines, the checks of lines from elsewhere, and lines that wait behind a gap. */
export type { SignedLine } from './case-lines.ts';
export { foldChain, requireChain, signedOf } from './case-lines.ts';
export { checkedLines, checkedLog, requireClosing, requireWords } from './checked-lines.ts';
export type { WaitingLine } from './waiting-lines.ts';
export { dropPassedLines, dropWaiting, keepWaiting, readWaiting } from './waiting-lines.ts';
