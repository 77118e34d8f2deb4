import { vocabulary } from '../../kernel/vocabulary.ts';

export const PAPER_ORIGINS = ['APPLICATION', 'SUPPLEMENT', 'DOCUMENT'] as const;
export type PaperOrigin = (typeof PAPER_ORIGINS)[number];
export const PAPER_ORIGIN = vocabulary<PaperOrigin>('PaperOrigin', 'How a paper came into the file.', {
  APPLICATION: '申请材料',
  SUPPLEMENT: '补正材料',
  DOCUMENT: '结果文书',
});

/** Media types that a browser shows by itself; every other paper is downloaded. */
const SHOWN_INLINE = ['application/pdf', 'image/jpeg', 'image/png', 'text/plain', 'text/markdown'];

/** Whether a paper of this media type is shown on screen, or only downloaded (办公文档). */
export function isShownInline(mediaType: string): boolean {
  return SHOWN_INLINE.includes(mediaType);
}

/** Papers whose pages are drawn as pictures. */
const DRAWN: readonly string[] = ['application/pdf', 'image/jpeg', 'image/png'];
export function isDrawn(mediaType: string): boolean {
  return DRAWN.includes(mediaType);
}

export const FILE_FORMS = ['PDF', 'ZIP'] as const;
export type FileForm = (typeof FILE_FORMS)[number];
export const FILE_FORM = vocabulary<FileForm>('FileForm', 'How all papers of a case are taken together.', {
  PDF: '打印件:一份编页、带水印的PDF',
  ZIP: '压缩包:材料原件',
});

/** Media type of a whole file. */
export const FILE_TYPES: Readonly<Record<FileForm, string>> = { PDF: 'application/pdf', ZIP: 'application/zip' };
