import type { CatalogueEntryJson, CatalogueFault } from '@liandong/schema/domains/catalogue';
import type { Day, DivisionCode } from '@liandong/schema/kernel';
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** The form of an element in a cell. */
type Cell =
  /** As it is. */
  | 'text'
  | 'number'
  /** `true` or `false`. */
  | 'boolean'
  /** `2026-06-16`; a spreadsheet makes `2026/6/16` of it. */
  | 'day'
  /** One to a line; JSON if a member is more than plain words. */
  | 'list'
  /** As JSON. */
  | 'object';

/** The columns, in the order an export writes them; an import takes them in any order. */
const COLUMNS = {
  code: 'text',
  name: 'text',
  kind: 'text',
  processingClass: 'text',
  decidingTier: 'text',
  acceptingTiers: 'list',
  statutoryDays: 'number',
  statutoryUnit: 'text',
  promisedDays: 'number',
  promisedUnit: 'text',
  greenChannel: 'object',
  urgent: 'object',
  legalBasis: 'text',
  materials: 'list',
  conditions: 'list',
  fields: 'list',
  department: 'text',
  delegableTo: 'list',
  proxyAllowed: 'boolean',
  audiences: 'list',
  lifeEvents: 'list',
  maxVisits: 'number',
  feeSchedule: 'object',
  bundle: 'object',
  hierarchy: 'object',
  powerSource: 'text',
  handlingWay: 'text',
  window: 'text',
  crossDistrict: 'text',
  crossDistrictWays: 'list',
  excludedTime: 'list',
  supervisionWay: 'text',
  signOff: 'object',
  hearing: 'text',
  substanceCheck: 'boolean',
  renewalDays: 'number',
  collectiveDecision: 'boolean',
  payBeforeDocument: 'boolean',
  deliverBeforePayment: 'boolean',
  note: 'text',
  verified: 'boolean',
  status: 'text',
  effectiveFrom: 'day',
  effectiveTo: 'day',
} as const satisfies Record<keyof CatalogueEntryJson, Cell>;
type Column = keyof typeof COLUMNS;

/** Elements that are null, and not left out, where a cell is empty. */
const NULL_WHEN_EMPTY: ReadonlySet<string> = new Set<Column>(['statutoryDays', 'feeSchedule', 'note']);
const HEAD = ['issuer', ...Object.keys(COLUMNS)];

/** Entries as CSV (RFC 4180), with a byte-order mark so that spreadsheet programs read the Chinese text. */
export function catalogueCsv(issuer: DivisionCode, entries: readonly CatalogueEntryJson[]): string {
  const rows = entries.map((entry) => [
    issuer,
    ...Object.entries(COLUMNS).map(([column, cell]) => cellOf(cell, entry[column as Column])),
  ]);
  // a line break of either kind ends a row for other readers
  return stringify([HEAD, ...rows], { bom: true, record_delimiter: 'windows', quoted_match: /[\r\n]/ });
}

/**
 * A CSV file as the content of a catalogue file, its own faults, and a mapping from places of that content to places in
 * it.
 */
export interface CatalogueCsv {
  content: unknown;
  faults: CatalogueFault[];
  /** `items[3].materials[1]` → `line 5, materials[1]`; the head is line 1. */
  placeOf(place: string): string;
}

/**
 * Reads the form {@link catalogueCsv} writes, also as a spreadsheet saved it: with semicolons or tabs between its
 * cells, TRUE and FALSE, dates of its own, and empty rows and columns. The file's check finds cells that do not fit
 * their column.
 */
export function parseCatalogueCsv(text: string): CatalogueCsv {
  let records: CsvRecord[];
  try {
    records = recordsOf(text);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const place = `line ${String((error as { lines?: number }).lines ?? 1)}`;
    return { content: null, faults: [{ place, message: error.message }], placeOf: () => place };
  }
  const [head = { record: [], line: 1 }, ...rows] = records;
  const columns = withoutEnd(head.record);
  const uneven = unevenRows(rows, columns.length);
  if (uneven.length > 0) return { content: null, faults: uneven, placeOf: (place) => place };
  const faults: CatalogueFault[] = columns.flatMap((column, i) => {
    if (!HEAD.includes(column)) return [{ place: `line 1, ${column}`, message: 'is no column of a catalogue.' }];
    if (columns.indexOf(column) < i) return [{ place: `line 1, ${column}`, message: 'stands there already.' }];
    return [];
  });
  const at = columns.indexOf('issuer');
  const issuer = rows[0]?.record[at];
  rows.forEach(({ record, line }) => {
    if (record[at] !== issuer) {
      faults.push({
        place: `line ${line}, issuer`,
        message: `is ${record[at] ?? 'missing'}, above it is ${issuer ?? 'missing'}.`,
      });
    }
  });
  const items = rows.map(({ record }) =>
    Object.fromEntries(
      columns.flatMap((column, i) => {
        const value = isColumn(column) ? valueOf(column, record[i] ?? '') : undefined;
        return value === undefined ? [] : [[column, value]];
      }),
    ),
  );
  return {
    content: { issuer, items },
    faults,
    placeOf(place) {
      const [, index = '', field = ''] = /^items\[(\d+)\]\.?(.*)$/.exec(place) ?? [];
      if (index === '') return place === 'issuer' ? 'line 2, issuer' : place;
      const line = `line ${rows[Number(index)]?.line ?? 1}`;
      return field === '' ? line : `${line}, ${field}`;
    },
  };
}

interface CsvRecord {
  record: string[];
  /** The line where it begins. */
  line: number;
}

/** Records that are not empty. */
function recordsOf(text: string): CsvRecord[] {
  let next = 1;
  const found = parse(text, {
    bom: true,
    info: true,
    delimiter: delimiterOf(text),
    skip_empty_lines: false,
    relax_column_count: true,
  });
  return (found as unknown as { record: string[]; info: { lines: number } }[])
    .map(({ record, info }) => {
      const line = next;
      next = info.lines + 1;
      return { record, line };
    })
    .filter(({ record }) => record.some((cell) => cell !== ''));
}

/** The separator of the columns' names, none of which contains one. */
function delimiterOf(text: string): string {
  return /^\uFEFF?"?\w+"?([;\t])/.exec(text)?.[1] ?? ',';
}

/** Without the empty cells at its end. */
function withoutEnd(record: readonly string[]): readonly string[] {
  return record.slice(0, record.findLastIndex((cell) => cell !== '') + 1);
}

/** Rows with fewer cells than the head has columns, or with cells beyond the columns. */
function unevenRows(rows: readonly CsvRecord[], columns: number): CatalogueFault[] {
  return rows.flatMap(({ record, line }) => {
    if (record.length >= columns && withoutEnd(record).length <= columns) return [];
    return [{ place: `line ${line}`, message: `has ${record.length} cells, the head has ${columns}.` }];
  });
}

function isColumn(name: string): name is Column {
  return Object.hasOwn(COLUMNS, name);
}

function cellOf(cell: Cell, value: unknown): string {
  if (value === undefined || value === null) return '';
  switch (cell) {
    case 'text':
    case 'number':
    case 'boolean':
    case 'day':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'list': {
      const members = value as unknown[];
      const plain = members.every((m, i) => typeof m === 'string' && isPlain(m) && (i > 0 || !m.startsWith('[')));
      return plain ? members.join('\n') : JSON.stringify(value);
    }
    case 'object':
      return JSON.stringify(value);
    default:
      return cell satisfies never;
  }
}

/** Whether a member can be written on a line of its own and read back. */
function isPlain(member: string): boolean {
  return member === member.trim() && member !== '' && !/[\r\n]/.test(member);
}

function valueOf(column: Column, cell: string): unknown {
  const kind = COLUMNS[column];
  if (cell === '') return kind === 'list' ? [] : NULL_WHEN_EMPTY.has(column) ? null : undefined;
  switch (kind) {
    case 'text':
      return cell;
    case 'number':
      return cell.trim() === '' || Number.isNaN(Number(cell)) ? cell : Number(cell);
    case 'boolean':
      return TRUTHS.get(cell.trim().toLowerCase()) ?? cell;
    case 'day':
      return dayIn(cell.trim()) ?? cell;
    case 'list':
      // a member on a line of its own neither begins nor ends with a blank
      return cell.startsWith('[') ? jsonOr(cell) : cell.split(/\r?\n/).flatMap((line) => line.trim() || []);
    case 'object':
      return jsonOr(cell);
    default:
      return kind satisfies never;
  }
}

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);

/** A day as spreadsheets write it, year first. */
function dayIn(text: string): Day | null {
  const [, year, month = '', day = ''] = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(text) ?? [];
  return year === undefined ? null : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function jsonOr(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}
