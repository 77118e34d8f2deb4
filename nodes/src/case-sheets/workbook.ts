import { strToU8, zipSync } from 'fflate';
import type { Cell } from '@liandong/schema/domains/case-sheets';

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
/** Most characters of a cell, by the format. */
const MOST_CHARACTERS = 32_767;
/** Days from 1899-12-30, where the format counts from, to 1970-01-01. */
const EPOCH_DAYS = 25_569;
const DAY_MS = 86_400_000;
/** The format has no zones: instants stand as the clock in China shows them. */
const CHINA_MS = 8 * 3_600_000;
/** Styles of the sheet, by their place in `cellXfs`. */
const STYLE = { header: 1, text: 2, instant: 3 } as const;
/** Characters that XML 1.0 does not allow: control characters but tabs and line ends, halves of pairs, and two others. */
const NOT_XML = /[^\P{Cc}\t\n\r]|\p{Cs}|[\uFFFE\uFFFF]/gu;

/** One sheet: its columns' names, and the rows below them. */
export interface Sheet {
  name: string;
  header: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/**
 * A workbook of one sheet in Office Open XML (ECMA-376). Text stands in the cells as text and never as a formula, also
 * where it begins with `=`; it is marked as quoted, so that it stays text when a person edits the cell. Instants are
 * dates in China's time.
 * @throws {RangeError} for a cell that is longer than the format allows
 */
export function workbookOf(sheet: Sheet): Uint8Array {
  const files = {
    '[Content_Types].xml': CONTENT_TYPES,
    '_rels/.rels': relations([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${escaped(sheet.name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ['worksheet', 'worksheets/sheet1.xml'],
      ['styles', 'styles.xml'],
    ]),
    'xl/styles.xml': STYLES,
    'xl/worksheets/sheet1.xml': sheetXml(sheet),
  };
  return zipSync(
    Object.fromEntries(Object.entries(files).map(([name, xml]) => [name, strToU8(`${DECLARATION}${xml}`)])),
  );
}

const CONTENT_TYPES = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${XLSX}.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`;

const STYLES = `<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd hh:mm"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="49" quotePrefix="1" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`;

function relations(targets: readonly (readonly [type: string, target: string])[]): string {
  const each = targets.map(
    ([type, target], n) => `<Relationship Id="rId${n + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `<Relationships xmlns="${RELATIONS}">${each.join('')}</Relationships>`;
}

function sheetXml({ header, rows }: Sheet): string {
  const width = `<cols><col min="1" max="${header.length}" width="22" customWidth="1"/></cols>`;
  const frozen = `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`;
  const first = `<row r="1">${header.map((name) => textCell(name, STYLE.header)).join('')}</row>`;
  const others = rows.map((row, n) => `<row r="${n + 2}">${row.map(cellXml).join('')}</row>`);
  return `<worksheet xmlns="${MAIN}">${frozen}${width}<sheetData>${first}${others.join('')}</sheetData></worksheet>`;
}

function cellXml(cell: Cell): string {
  if (cell === null) return '<c/>';
  if (typeof cell === 'string') return textCell(cell, STYLE.text);
  return `<c s="${STYLE.instant}"><v>${(cell.getTime() + CHINA_MS) / DAY_MS + EPOCH_DAYS}</v></c>`;
}

function textCell(text: string, style: number): string {
  if (text.length > MOST_CHARACTERS) throw new RangeError(`a cell has at most ${MOST_CHARACTERS} characters`);
  return `<c s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
}

function escaped(text: string): string {
  return text
    .replace(NOT_XML, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
