import type { PDFFont, PDFPage } from '@cantoo/pdf-lib';
import { PDFDocument, degrees, rgb } from '@cantoo/pdf-lib';
import { ProblemError } from '@liandong/schema/kernel';
import fontkit from '@cantoo/fontkit';
import { encodeQR } from 'qr';
import { sheetFont } from './font.ts';
import { MAX_PAGES, MAX_SHEET_BYTES } from './limits.ts';
import { oversized, pageOf } from './page.ts';
import type { Drawing, SheetPaper, SheetTask } from './tasks.ts';

/** A4, in points of 1/72 inch (ISO 216). */
const A4 = { width: 595, height: 842 };
const MARGIN = 42;
/** Room below the content for the foot, points. */
const FOOT = 24;
const TEXT_SIZE = 10.5;
const LINE = 16;
/** A side of the QR code with its white border, points: 39 mm. */
const QR_SIZE = 110;
const BLACK = rgb(0, 0, 0);

/**
 * The papers of a file as one PDF (打印件): a cover that lists them, then every page as it looks, numbered, with who
 * reads it across each. Papers without pages are named on the cover and left to be downloaded.
 * @throws {ProblemError} MATERIAL_OVERSIZED above {@link MAX_PAGES} pages or {@link MAX_SHEET_BYTES}
 */
export async function sheetOf({ papers, cover, watermark, foot }: SheetTask): Promise<Drawing> {
  const document = await PDFDocument.create();
  document.registerFontkit(fontkit);
  const font = await document.embedFont(sheetFont(), { subset: true });
  const front = addPage(document);
  const room = { bytes: MAX_SHEET_BYTES };
  const list: string[] = [...cover, ''];
  for (const paper of papers) {
    const first = document.getPageCount() + 1;
    const fault = await addPaper(document, font, paper, room);
    const last = document.getPageCount();
    list.push(`${paper.title}  ${fault ?? (first === last ? `第 ${first} 页` : `第 ${first}—${last} 页`)}`);
  }
  writeCover(document, front, font, list);
  const pages = document.getPages();
  for (const [index, page] of pages.entries())
    mark(page, font, watermark, `${foot}  第 ${index + 1} / ${pages.length} 页`);
  return { bytes: await document.save(), pages: pages.length };
}

/** Adds a paper's pages. @returns why it is not among them; null if it is */
async function addPaper(
  document: PDFDocument,
  font: PDFFont,
  { mediaType, charset, bytes, qr }: SheetPaper,
  room: { bytes: number },
): Promise<string | null> {
  if (mediaType.startsWith('text/')) {
    writeText(document, font, new TextDecoder(charset ?? 'utf-8').decode(bytes), qr);
    return null;
  }
  try {
    for (let page = 1, pages = 1; page <= pages; page++) {
      const drawn = await pageOf({ kind: 'PAGE', mediaType, bytes, page });
      pages = drawn.pages;
      if (document.getPageCount() + pages - page > MAX_PAGES) throw tooLong();
      room.bytes -= drawn.bytes.length;
      if (room.bytes < 0) throw tooLong();
      await addPicture(document, drawn.bytes);
    }
    return null;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code === 'MATERIAL_OVERSIZED') throw error;
    return REASONS[error.code] ?? '未收入:请下载查看';
  }
}

const REASONS: Partial<Record<string, string>> = {
  MATERIAL_ENCRYPTED: '未收入:文件加密',
  MATERIAL_TORN: '未收入:文件残缺',
};

const tooLong = () => oversized('The papers are too many for one print sheet; download them as a ZIP.');

function addPage(document: PDFDocument): PDFPage {
  if (document.getPageCount() >= MAX_PAGES) throw tooLong();
  return document.addPage([A4.width, A4.height]);
}

/** A picture on a page of its own, as large as fits; a wide one lies on its side. */
async function addPicture(document: PDFDocument, jpeg: Uint8Array): Promise<void> {
  const picture = await document.embedJpg(jpeg);
  const page = addPage(document);
  if (picture.width > picture.height) page.setSize(A4.height, A4.width);
  const { width, height } = page.getSize();
  const scale = Math.min((width - 2 * MARGIN) / picture.width, (height - 2 * MARGIN - FOOT) / picture.height, 1);
  const [w, h] = [picture.width * scale, picture.height * scale];
  page.drawImage(picture, { x: (width - w) / 2, y: height - MARGIN - h, width: w, height: h });
}

/** A text over as many pages as it takes. @param qr text of the QR code behind it; null for none */
function writeText(document: PDFDocument, font: PDFFont, text: string, qr: string | null = null): void {
  const lines = text.split(/\r?\n/).flatMap((line) => wrapped(line, font));
  const perPage = Math.floor((A4.height - 2 * MARGIN - FOOT) / LINE);
  for (let start = 0; start < Math.max(1, lines.length); start += perPage) {
    writeLines(addPage(document), font, lines.slice(start, start + perPage));
  }
  if (qr === null) return;
  const left = perPage - (lines.length % perPage || perPage);
  const page = left * LINE >= QR_SIZE + LINE ? document.getPage(document.getPageCount() - 1) : addPage(document);
  drawQr(page, qr);
}

/** A QR code (ISO/IEC 18004, GB/T 18284) at the lower right of a page. */
function drawQr(page: PDFPage, text: string): void {
  const modules = encodeQR(text, 'raw', { ecc: 'medium', border: 4 });
  const size = QR_SIZE / modules.length;
  const [left, top] = [A4.width - MARGIN - QR_SIZE, MARGIN + FOOT + QR_SIZE];
  for (const [row, cells] of modules.entries()) {
    for (const [column, isDark] of cells.entries()) {
      if (!isDark) continue;
      page.drawRectangle({
        x: left + column * size,
        y: top - (row + 1) * size,
        width: size,
        height: size,
        color: BLACK,
      });
    }
  }
}

/** The list may be longer than the first page; the rest follows behind the papers. */
function writeCover(document: PDFDocument, front: PDFPage, font: PDFFont, list: readonly string[]): void {
  const lines = list.flatMap((line) => wrapped(line, font));
  const fitting = Math.floor((A4.height - 2 * MARGIN - FOOT) / LINE);
  writeLines(front, font, lines.slice(0, fitting));
  if (lines.length > fitting) writeText(document, font, ['(目录续页)', ...lines.slice(fitting)].join('\n'));
  document.setTitle(list[0] ?? '');
}

function writeLines(page: PDFPage, font: PDFFont, lines: readonly string[]): void {
  for (const [i, line] of lines.entries()) {
    page.drawText(line, { x: MARGIN, y: A4.height - MARGIN - LINE * (i + 1), size: TEXT_SIZE, font });
  }
}

/** Breaks a line where the page ends; Chinese may be broken behind every sign. */
function wrapped(line: string, font: PDFFont): string[] {
  const lines: string[] = [];
  let current = '';
  for (const sign of line.replace(/[\t\f\v]/g, '    ').replace(/\p{Cc}/gu, '')) {
    if (font.widthOfTextAtSize(current + sign, TEXT_SIZE) > A4.width - 2 * MARGIN) {
      lines.push(current);
      current = '';
    }
    current += sign;
  }
  return [...lines, current];
}

function mark(page: PDFPage, font: PDFFont, watermark: string, foot: string): void {
  const { width, height } = page.getSize();
  const grey = rgb(0.4, 0.4, 0.4);
  page.drawText(foot, { x: MARGIN, y: FOOT, size: 8.5, font, color: grey });
  const size = Math.min(34, (0.9 * Math.hypot(width, height)) / Math.max(1, font.widthOfTextAtSize(watermark, 1)));
  const length = font.widthOfTextAtSize(watermark, size);
  const angle = Math.atan2(height, width);
  page.drawText(watermark, {
    x: width / 2 - (Math.cos(angle) * length) / 2,
    y: height / 2 - (Math.sin(angle) * length) / 2,
    size,
    font,
    rotate: degrees((angle * 180) / Math.PI),
    opacity: 0.16,
  });
}
