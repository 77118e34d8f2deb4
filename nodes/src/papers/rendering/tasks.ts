import type { ErrorCode } from '@liandong/schema/kernel';

/** Draws one page of a paper as a picture. */
export interface PageTask {
  kind: 'PAGE';
  mediaType: string;
  bytes: Uint8Array;
  /** 1 is the first. */
  page: number;
}

/** Draws the papers of a file as one PDF for printing. */
export interface SheetTask {
  kind: 'SHEET';
  papers: readonly SheetPaper[];
  /** Lines of the cover, in order. */
  cover: readonly string[];
  /** Stands across every page: who reads it, when. */
  watermark: string;
  /** Begins the foot of every page; the page's number follows. */
  foot: string;
}

/** A paper of a file, as the print sheet lists it. */
export interface SheetPaper {
  /** Title in the list of the cover. */
  title: string;
  mediaType: string;
  /** Charset of a text; null for all else. */
  charset: string | null;
  bytes: Uint8Array;
  /** The text of the QR code at the end of a text; null for none. */
  qr: string | null;
}

export type Task = PageTask | SheetTask;

/** A page as JPEG, or a print sheet as PDF. */
export interface Drawing {
  bytes: Uint8Array;
  /** Pages of the paper, or of the sheet. */
  pages: number;
}

/** What a paper that can't be drawn is refused with. */
export interface RenderFault {
  code: ErrorCode;
  message: string;
}

/** What the rendering process answers. */
export type Rendered = { done: Drawing } | { fault: RenderFault };
