import type { CaseFile, LogLine } from '@liandong/schema/case';
import { foldLog, logLineSchema } from '@liandong/schema/case';
import { problem } from '@liandong/schema/kernel';
import { payloadOf, sha256 } from '../trust/index.ts';

/** A line of the log with its signature. */
export interface SignedLine {
  line: LogLine;
  jws: string;
  /** SHA-256 of the JWS, which the next line's `prev` names. */
  hash: string;
}

/** Reads a stored line without checks: it was checked when it came in. */
export function readLine(jws: string): LogLine {
  return payloadOf(jws) as LogLine;
}

/** Parses a line from another node. @throws {ProblemError} MESSAGE_INVALID */
export function parseLine(payload: unknown): LogLine {
  const parsed = logLineSchema.safeParse(payload);
  if (!parsed.success) throw problem('MESSAGE_INVALID', 'Not a line of a case log.', { cause: parsed.error });
  return parsed.data;
}

/**
 * Folds signed lines, checking the chain.
 * @throws {ProblemError} CHAIN_BROKEN, ILLEGAL_STEP, STALE_EPOCH, NOT_CUSTODIAN
 */
export function foldChain(lines: readonly SignedLine[]): CaseFile {
  requireChain(lines, null);
  return foldLog(lines.map(({ line }) => line));
}

/**
 * Checks that each line names the one before it.
 * @param last hash of the line they go on from; null when they begin the log
 * @throws {ProblemError} CHAIN_BROKEN
 */
export function requireChain(lines: readonly SignedLine[], last: string | null): void {
  let prev = last;
  for (const { line, hash } of lines) {
    if (line.prev !== prev)
      throw problem('CHAIN_BROKEN', `Line ${line.seq} of ${line.case} does not name the line ahead of it.`);
    prev = hash;
  }
}

/** A signed line from a row of this database. */
export function signedOf({ jws, hash }: { jws: string; hash: string }): SignedLine {
  return { line: readLine(jws), jws, hash };
}

/** Makes signed lines of another node's lines; the caller checks the signatures. */
export function signedLine(jws: string, payload: unknown): SignedLine {
  return { line: parseLine(payload), jws, hash: sha256(jws) };
}
