import type { DivisionCode } from './divisions.ts';
import { isDivisionCode } from './divisions.ts';
import { problem } from './errors.ts';
import type { Day } from './calendar.ts';
import { isDay } from './calendar.ts';

/**
 * Case ids and numbers begin with the code of the node that took the case in, so that every reader of one knows which
 * node to ask: `331022103201-0198c0de-…` and `331022103201-20261122-00017`.
 */
export function caseIdOf(filingNode: DivisionCode, uuid: string): string {
  return `${filingNode}-${uuid}`;
}

/** 办件编号: node, day and a serial of at least five digits; serials may have gaps, never doubles. */
export function caseNumberOf(filingNode: DivisionCode, day: Day, serial: number): string {
  return `${filingNode}-${day.replaceAll('-', '')}-${String(serial).padStart(5, '0')}`;
}

/** The parts of a case number; null for text that is none. */
export function parseCaseNumber(number: string): { node: DivisionCode; day: Day; serial: number } | null {
  const [, node = '', date = '', digits = ''] = /^([^-]+)-(\d{8})-(\d{5,9})$/.exec(number) ?? [];
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  const serial = Number(digits);
  if (!isDivisionCode(node) || !isDay(day) || caseNumberOf(node, day, serial) !== number) return null;
  return { node, day, serial };
}

/**
 * The node a case id or number names.
 * @throws {ProblemError} BAD_INPUT
 */
export function filingNodeOf(idOrNumber: string, field = 'id'): DivisionCode {
  const [code = ''] = idOrNumber.split('-', 1);
  if (!isDivisionCode(code) || idOrNumber.length < code.length + 2) {
    throw problem(
      'BAD_INPUT',
      `"${idOrNumber.slice(0, 60)}" is no case ${field}: it must begin with a division code.`,
      { field },
    );
  }
  return code;
}

/** The city a basic catalogue belongs to; it begins each item's code: `3310-MZ-001` belongs to 331000. */
export const cityOf = (item: string): DivisionCode => `${item.slice(0, 4)}00`;
