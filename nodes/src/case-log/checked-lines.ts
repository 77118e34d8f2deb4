import type { CaseFile, LogLine } from '@liandong/schema/case';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { partyWordSchema, saysTheSame, wordBehind } from '@liandong/schema/domains/joint';
import { problem } from '@liandong/schema/kernel';
import type { Trust } from '../trust/index.ts';
import { sha256 } from '../trust/index.ts';
import type { SignedLine } from './case-lines.ts';
import { foldChain, signedLine } from './case-lines.ts';

/**
 * Lines of a case from another node, with their signatures checked.
 * @param held lines that were checked when they came
 * @throws {ProblemError} MESSAGE_INVALID, SIGNATURE_INVALID, KEY_UNKNOWN, KEY_NOT_IN_EFFECT, CHAIN_BROKEN
 */
export async function checkedLines(
  trust: Trust,
  id: string,
  jwses: readonly string[],
  held: readonly SignedLine[] = [],
): Promise<SignedLine[]> {
  const known = new Map(held.map((l) => [l.hash, l]));
  return Promise.all(
    jwses.map(async (jws) => {
      const found = known.get(sha256(jws));
      if (found) return found;
      const { node, payload } = await trust.verify(jws, SIGNED_TYPES.line);
      const made = signedLine(jws, payload);
      if (made.line.node !== node) throw problem('SIGNATURE_INVALID', `${node} signed a line of ${made.line.node}.`);
      if (made.line.case !== id) throw problem('CHAIN_BROKEN', `A line of ${made.line.case} came as one of ${id}.`);
      return made;
    }),
  );
}

/**
 * A whole log from another node: checks signatures, chain, fold, and what other nodes' parties signed.
 * @throws {ProblemError} as {@link checkedLines}, and ILLEGAL_STEP, STALE_EPOCH, NOT_CUSTODIAN
 */
export async function checkedLog(
  trust: Trust,
  id: string,
  jwses: readonly string[],
): Promise<{ lines: SignedLine[]; file: CaseFile }> {
  const lines = await checkedLines(trust, id, jwses);
  const file = foldChain(lines);
  await requireWords(trust, file, lines);
  return { lines, file };
}

/**
 * If a line rests on the word of another node's party, that node must have signed exactly that word; if it rests on the
 * closing of a node, that node's parent must have signed the closing.
 * @param file folded from all lines
 * @param fresh the lines that are new here; the others were checked when they came
 * @throws {ProblemError} SIGNATURE_INVALID, KEY_UNKNOWN, KEY_NOT_IN_EFFECT, MESSAGE_INVALID
 */
export async function requireWords(
  trust: Trust,
  { joint }: CaseFile,
  lines: readonly SignedLine[],
  fresh: readonly SignedLine[] = lines,
): Promise<void> {
  const opened = lines.find(({ line }) => line.action === 'JOINT_OPENED')?.hash;
  for (const { line } of fresh) {
    if (line.action === 'SUCCEEDED') await requireClosing(trust, line.data, `Line ${line.seq} of ${line.case}`);
    const jws = wordBehind(line);
    if (jws === null) continue;
    const { node, payload } = await trust.verify(jws, SIGNED_TYPES.partyWord);
    const word = partyWordSchema.safeParse(payload);
    const party = joint?.parties.find((p) => p.number === word.data?.party);
    const said = word.success && party && opened !== undefined && node === word.data.node;
    if (said && saysTheSame(line, word.data, party, opened)) continue;
    throw problem('SIGNATURE_INVALID', `Line ${line.seq} of ${line.case} says something else than ${node} signed.`);
  }
}

/**
 * If a line rests on the closing of a node, that node's parent must have signed it.
 * @param line the line that rests on it, for the error's text
 * @throws {ProblemError} SIGNATURE_INVALID, or KEY_UNKNOWN while the key of the closing is
 */
export async function requireClosing(
  trust: Trust,
  { node, successor, closing }: Extract<LogLine, { action: 'SUCCEEDED' }>['data'],
  line: string,
): Promise<void> {
  const [learned] = await trust.learn([closing], false);
  const { state, document, reason } = learned ?? { state: 'REFUSED', document: null, reason: null };
  if (state === 'WAITING') throw problem('KEY_UNKNOWN', reason ?? 'The signer of a closing is not known.');
  const said = document?.kind === 'CLOSING' ? document.content : null;
  if (state === 'BELIEVED' && said?.node === node && said.successor === successor) return;
  throw problem('SIGNATURE_INVALID', `${line} says ${node} was closed, and its parent did not.`);
}
