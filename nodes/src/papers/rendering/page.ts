import type { PDFiumPage, PDFiumLibrary as Library } from '@hyzyla/pdfium';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { MAX_PICTURE_PIXELS } from '@liandong/schema/domains/filing';
import { MAX_PAGE_BYTES } from '@liandong/schema/domains/papers';
import { problem, ProblemError } from '@liandong/schema/kernel';
import sharp from 'sharp';
import type { Drawing, PageTask } from './tasks.ts';

/** Longest sides of a page's picture, pixels: an A4 page at 190 dpi. */
const WIDTH = 1_600;
const HEIGHT = 2_300;
/**
 * JPEG qualities that are tried, and the most bytes at each: a page that is still legible at half a second of a line of
 * 10 Mbit/s comes before a finer one.
 */
const QUALITIES = [
  [80, 600_000],
  [60, 600_000],
  [40, MAX_PAGE_BYTES],
  [20, MAX_PAGE_BYTES],
] as const;

let library: Promise<Library> | null = null;

/**
 * A page of a paper as a picture. Runs in the rendering process only, since papers come from outside.
 * @throws {ProblemError} MATERIAL_TORN, MATERIAL_ENCRYPTED, MATERIAL_OVERSIZED; NOT_FOUND for a page that it has not;
 *   BAD_INPUT for a paper without pages, such as an office document
 */
export async function pageOf({ mediaType, bytes, page }: PageTask): Promise<Drawing> {
  switch (mediaType) {
    case 'image/jpeg':
    case 'image/png':
      if (page !== 1) throw noPage(page, 1);
      return { bytes: await pictureOf(bytes), pages: 1 };
    case 'application/pdf':
      return pageOfPdf(bytes, page);
    default:
      throw problem('BAD_INPUT', `A paper of the kind ${mediaType} has no pages to show; open or download it.`);
  }
}

/** A photograph or scan, upright and small enough. @throws {ProblemError} MATERIAL_TORN, MATERIAL_OVERSIZED */
async function pictureOf(bytes: Uint8Array): Promise<Buffer> {
  try {
    const upright = await sharp(bytes, { limitInputPixels: MAX_PICTURE_PIXELS, failOn: 'truncated' })
      .rotate()
      .resize({ width: WIDTH, height: HEIGHT, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#fff' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    return await asJpeg(upright.data, upright.info);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const why = error instanceof Error ? error.message : '';
    if (why.includes('pixel limit')) throw oversized(`The picture has more than ${MAX_PICTURE_PIXELS} pixels.`);
    throw problem('MATERIAL_TORN', 'The picture is damaged or incomplete.', { cause: error });
  }
}

async function pageOfPdf(bytes: Uint8Array, number: number): Promise<Drawing> {
  library ??= PDFiumLibrary.init();
  const document = await (await library).loadDocument(bytes).catch((error: unknown) => {
    const encrypted = error instanceof Error && /password|security/i.test(error.message);
    throw encrypted
      ? problem('MATERIAL_ENCRYPTED', 'The PDF asks for a password.')
      : problem('MATERIAL_TORN', 'The PDF is damaged or incomplete.', { cause: error });
  });
  try {
    const pages = document.getPageCount();
    if (pages === 0) throw problem('MATERIAL_TORN', 'The PDF has no page.');
    if (number > pages) throw noPage(number, pages);
    return { bytes: await drawn(document.getPage(number - 1)), pages };
  } finally {
    document.destroy();
  }
}

/** @throws {ProblemError} MATERIAL_TORN, MATERIAL_OVERSIZED */
async function drawn(page: PDFiumPage): Promise<Buffer> {
  let bitmap: Awaited<ReturnType<PDFiumPage['render']>>;
  try {
    const { originalWidth, originalHeight } = page.getOriginalSize();
    const scale = Math.min(WIDTH / Math.max(1, originalWidth), HEIGHT / Math.max(1, originalHeight));
    bitmap = await page.render({ scale, render: 'bitmap', renderFormFields: true });
  } catch (cause) {
    throw problem('MATERIAL_TORN', 'The page of the PDF is damaged.', { cause });
  }
  const { width, height } = bitmap;
  return asJpeg(Buffer.from(bitmap.data), { width, height, channels: 4 });
}

/** @throws {ProblemError} MATERIAL_OVERSIZED if it stays above {@link MAX_PAGE_BYTES} */
async function asJpeg(
  raw: Buffer,
  { width, height, channels }: { width: number; height: number; channels: 1 | 2 | 3 | 4 },
) {
  for (const [quality, most] of QUALITIES) {
    const jpeg = await sharp(raw, { raw: { width, height, channels } })
      .flatten({ background: '#fff' })
      .jpeg({ quality })
      .toBuffer();
    if (jpeg.length <= most) return jpeg;
  }
  throw oversized('The page is too detailed to be shown; download it.');
}

function noPage(page: number, pages: number): ProblemError {
  return problem('NOT_FOUND', `The paper has no page ${page}; it has ${pages}.`, { field: 'page' });
}

export function oversized(message: string): ProblemError {
  return problem('MATERIAL_OVERSIZED', message);
}
