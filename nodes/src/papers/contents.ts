import type { Material } from '@liandong/schema/case';
import type { Paper, PaperPartView } from '@liandong/schema/domains/papers';
import { verificationUrlIn } from '@liandong/schema/domains/handling';
import { isShownInline, papersOf } from '@liandong/schema/domains/papers';
import type { DivisionCode, Divisions } from '@liandong/schema/kernel';
import { problem, ZONE } from '@liandong/schema/kernel';
import type { StoredCase } from '../cases/index.ts';
import { findCase, unknownCase } from '../cases/index.ts';
import type { NodeQueries } from '../db/index.ts';
import { absentMaterials, charsetOf, readMaterial, readPart } from '../materials/index.ts';
import { sha256 } from '../trust/index.ts';
import type { Drawing, Renderer, SheetPaper, SheetTask } from './rendering/index.ts';
import { MAX_SHEET_INPUT } from './rendering/index.ts';
import type { Ticket } from './ticket.ts';
import { fileOf } from './ticket.ts';

export interface ContentsParts {
  node: DivisionCode;
  divisions: Divisions;
  renderer: Renderer;
  now: () => Date;
}

type File = Exclude<Ticket['opens'], { paper: Material }>;
interface Stretch {
  offset: number;
  length: number;
}

/** Bytes of a text by which its charset is told. */
const CHARSET_BYTES = 64 * 1024;

/** A time as papers state it: day and minute in China. */
const MINUTE = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short', timeStyle: 'short' });

export const papersIn = ({ lines }: StoredCase): Paper[] => papersOf(lines.map(({ line }) => line));

/** Some bytes of one paper. @throws {ProblemError} BAD_INPUT, NOT_FOUND */
export async function paperPart(
  queries: NodeQueries,
  paper: Material,
  { offset, length }: Stretch,
): Promise<PaperPartView> {
  const { sha256: digest, size, fileName, mediaType } = paper;
  requireWithin(offset, size);
  const some = { sha256: digest, offset, length: Math.min(length, size - offset) };
  const bytes = some.length === 0 ? Buffer.alloc(0) : await readPart(queries, some);
  if (!bytes) throw gone(queries.node);
  const charset = await charsetIn(queries, paper);
  // text is shown as text whatever its markup
  const contentType = charset === null ? mediaType : `text/plain; charset=${charset}`;
  const about = { size, sha256: digest, fileName, contentType, inline: isShownInline(mediaType), entries: 0 };
  return { bytes: bytes.toString('base64'), ...about };
}

/** A page of one paper as a picture. @throws {ProblemError} what the renderer refuses; NOT_FOUND */
export async function paperPage(
  { renderer }: ContentsParts,
  queries: NodeQueries,
  { sha256: digest, mediaType }: Material,
  page: number,
): Promise<Drawing> {
  return renderer.draw('PAGE', `${queries.node} ${digest} ${page}`, async () => {
    const bytes = await readMaterial(queries, digest);
    if (!bytes) throw gone(queries.node);
    return { kind: 'PAGE', mediaType, bytes, page };
  });
}

/**
 * A part of a whole file: of its print sheet, or of the papers in its ZIP, which are asked for one by one.
 * @param entry 0 for the file itself, 1 for the first paper of a ZIP
 * @throws {ProblemError} BAD_INPUT, NOT_FOUND, PAPER_PREPARING, MATERIAL_OVERSIZED
 */
export async function filePart(
  parts: ContentsParts,
  queries: NodeQueries,
  { opens, reader, until }: Ticket & { opens: File },
  entry: number,
  stretch: Stretch,
): Promise<PaperPartView> {
  const about = fileOf(opens);
  if (opens.form === 'PDF') {
    const key = `${queries.node} ${opens.case} ${reader?.issuer} ${reader?.sub} ${until}`;
    const sheet = await parts.renderer.draw('SHEET', key, async () =>
      sheetTask(parts, queries, opens, reader?.name ?? null),
    );
    requireWithin(stretch.offset, sheet.bytes.length);
    const bytes = Buffer.from(sheet.bytes).subarray(stretch.offset, stretch.offset + stretch.length);
    const { fileName, mediaType: contentType, inline } = about;
    const size = sheet.bytes.length;
    return { bytes: bytes.toString('base64'), size, sha256: sha256(key), fileName, contentType, inline, entries: 0 };
  }
  const papers = await heldPapers(queries, opens.case);
  if (entry === 0) {
    const { fileName, mediaType: contentType, inline } = about;
    return { bytes: '', size: 0, sha256: sha256(opens.case), fileName, contentType, inline, entries: papers.length };
  }
  const paper = papers[entry - 1];
  if (!paper) throw problem('NOT_FOUND', `The file has ${papers.length} papers.`, { field: 'entry' });
  return { ...(await paperPart(queries, paper.material, stretch)), fileName: entryName(paper, entry) };
}

/** The papers of a case whose bytes are here. @throws {ProblemError} NOT_FOUND */
export async function heldPapers(queries: NodeQueries, id: string): Promise<Paper[]> {
  const stored = await findCase(queries, id);
  if (!stored) throw unknownCase(queries.node, id);
  const papers = papersIn(stored);
  const absent = await absentMaterials(
    queries,
    papers.map(({ material }) => material),
  );
  return papers.filter(({ material }) => !absent.some((m) => m.sha256 === material.sha256));
}

/** `02-户口簿-第2版-扫描件.pdf`: in order, and no name twice. */
function entryName({ material, version }: Paper, entry: number): string {
  const plain = (text: string) => text.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_');
  const versioned = version === 1 ? '' : `-第${version}版`;
  return `${String(entry).padStart(2, '0')}-${plain(material.name)}${versioned}-${plain(material.fileName)}`;
}

async function sheetTask(
  { node, divisions, now }: ContentsParts,
  queries: NodeQueries,
  file: File,
  reader: string | null,
): Promise<SheetTask> {
  const papers: SheetPaper[] = [];
  const held = await heldPapers(queries, file.case);
  if (held.reduce((sum, { material }) => sum + material.size, 0) > MAX_SHEET_INPUT) {
    throw problem('MATERIAL_OVERSIZED', 'The papers are too large for one print sheet; download them as a ZIP.');
  }
  for (const { material, origin, version, replacedBy } of held) {
    const bytes = await readMaterial(queries, material.sha256);
    if (!bytes) throw gone(queries.node);
    const { name, fileName, mediaType } = material;
    const which = replacedBy === null ? (version === 1 ? '' : `(第${version}版)`) : `(第${version}版,已被替换)`;
    const charset = await charsetIn(queries, material);
    // a document of ours names the page that verifies it
    const qr = origin === 'DOCUMENT' && charset !== null ? verificationUrlIn(bytes.toString('utf8')) : null;
    papers.push({ title: `${papers.length + 1}. ${name}${which} ${fileName}`, mediaType, charset, bytes, qr });
  }
  const at = MINUTE.format(now());
  const who = reader ?? '申请人';
  const place = reader === null ? '' : `(${divisions.get(node).name})`;
  return {
    kind: 'SHEET',
    papers,
    cover: ['案卷材料', `办件编号 ${file.number}`, `阅卷人 ${who}${place}`, `生成时间 ${at}`],
    watermark: `${who} ${at} 仅供办件查阅`,
    foot: file.number,
  };
}

/** The charset of a text: desks hand in UTF-8 and GB 18030; null for all else. */
async function charsetIn(queries: NodeQueries, { sha256: digest, size, mediaType }: Material): Promise<string | null> {
  if (!mediaType.startsWith('text/')) return null;
  const length = Math.min(size, CHARSET_BYTES);
  const begin = await readPart(queries, { sha256: digest, offset: 0, length });
  return (begin && charsetOf(begin, length === size)) ?? 'utf-8';
}

function requireWithin(offset: number, size: number): void {
  if (offset > size) throw problem('BAD_INPUT', `offset: the paper has ${size} bytes.`, { field: 'offset' });
}

function gone(node: DivisionCode) {
  return problem('NOT_FOUND', `${node} does not hold this paper any more.`, { node });
}
