import type { CaseFile, LogLine } from '@liandong/schema/case';
import type { DivisionCode, Divisions, OfficialCalendar } from '@liandong/schema/kernel';
import type { Fact } from '@liandong/schema/domains/figures';
import type { ParentOf, PublicKey } from '@liandong/schema/trust';
import { factsOf } from '@liandong/schema/domains/figures';
import { foldLine, openFile } from '@liandong/schema/case';
import { parseCaseExport, verifyCaseExport } from '@liandong/schema/trust';
import { decodeJwt } from 'jose';

/** The traces of one case in all databases. */
export interface CaseTraces {
  id: string;
  /** Nodes that hold the case by their own rows. */
  custodians: readonly DivisionCode[];
  /** The custodian's export of the case; null if no node or several nodes hold it. */
  exported: string | null;
  /** Why the custodian could not export it; null if it could, or was not asked. */
  refused: string | null;
  /** Hash and signed text of each line, by the node that holds this copy of the log, in their order. */
  copies: ReadonlyMap<DivisionCode, readonly { hash: string; jws: string }[]>;
}

/** The faults of one case; zero and empty if it is sound. */
export interface CaseVerdict {
  handOffs: number;
  orphaned: boolean;
  doubleCustody: boolean;
  /** Rounds of custody that began more than once. */
  begunTwice: number;
  /** Copies of the log that lack lines the custodian has. */
  shortCopies: number;
  epochGaps: number;
  /** Faults the offline verification found. */
  faults: string[];
  /** The facts the log proves, counted again from the log. */
  facts: Fact[];
}

/** Judges a case by its traces in the databases: custody, rounds, signatures and chain, copies, and its figures. */
export async function judgeCase(
  traces: CaseTraces,
  trust: { root: PublicKey; parentOf: ParentOf },
  ground: { calendar: OfficialCalendar; divisions: Divisions },
): Promise<CaseVerdict> {
  const { custodians, exported, refused, copies } = traces;
  const known = [...copies.values()].flat();
  const lines = exported === null ? longest(copies) : exportedLines(exported);
  const verdict: CaseVerdict = {
    handOffs: lines.filter((line) => line.action === 'RECEIVED').length,
    orphaned: custodians.length === 0,
    doubleCustody: custodians.length > 1,
    begunTwice: begunTwice(known),
    shortCopies: 0,
    epochGaps: epochGaps(lines),
    faults: refused === null ? [] : [refused],
    facts: recount(lines, ground),
  };
  if (exported === null) return verdict;
  const checked = await verifyCaseExport(new TextEncoder().encode(exported), trust.root, trust.parentOf);
  verdict.faults = checked.faults.map(({ place, message }) => `${place}: ${message}`);
  verdict.shortCopies = [...copies.values()].filter((copy) => copy.length < lines.length).length;
  return verdict;
}

function exportedLines(exported: string): LogLine[] {
  const parsed = parseCaseExport(exported);
  return 'content' in parsed ? parsed.content.lines.map(readLine) : [];
}

function longest(copies: CaseTraces['copies']): LogLine[] {
  const [most = []] = [...copies.values()].sort((a, b) => b.length - a.length);
  return most.map(({ jws }) => readLine(jws));
}

/** Reads a line without checks: the result counts only after the verification. */
function readLine(jws: string): LogLine {
  return decodeJwt(jws) as unknown as LogLine;
}

function begunTwice(lines: readonly { hash: string; jws: string }[]): number {
  const rounds = new Map<number, Set<string>>();
  for (const [hash, jws] of new Map(lines.map((line) => [line.hash, line.jws]))) {
    const line = readLine(jws);
    if (line.action !== 'RECEIVED') continue;
    rounds.set(line.data.epoch, (rounds.get(line.data.epoch) ?? new Set()).add(hash));
  }
  return [...rounds.values()].reduce((sum, begun) => sum + begun.size - 1, 0);
}

/** Rounds must follow each other by one; a refused round is spent. */
function epochGaps(lines: readonly LogLine[]): number {
  let epoch = 1;
  let gaps = 0;
  for (const line of lines) {
    if (line.action !== 'RECEIVED' && line.action !== 'HANDOFF_REFUSED') continue;
    if (line.data.epoch !== epoch + 1) gaps++;
    epoch = line.data.epoch;
  }
  return gaps;
}

/** The facts of a case from its log alone, as far as the log can be followed. */
function recount(lines: readonly LogLine[], { calendar, divisions }: Ground): Fact[] {
  const facts: Fact[] = [];
  let file: CaseFile | null = null;
  for (const line of lines) {
    try {
      file = file ? foldLine(file, line) : openFile(line);
    } catch {
      // the verification reports its fault
      return facts;
    }
    for (const node of new Set([line.node, file.filingNode]))
      facts.push(...factsOf(line, file, node, calendar, divisions));
  }
  return facts;
}

type Ground = { calendar: OfficialCalendar; divisions: Divisions };
