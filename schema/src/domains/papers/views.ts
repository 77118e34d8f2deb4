import { view } from '../../operation/operation.ts';
import type { Paper as PaperOfCase } from './rules.ts';

/** Longest validity of an address, ms. A page asks for another when it needs one. */
export const ADDRESS_MS = 10 * 60_000;
/** Most bytes of a page's picture, so that it is there in a second over a village's line (10 Mbit/s). */
export const MAX_PAGE_BYTES = 1_000_000;

/** The short-lived address of one paper, for one reader. */
export interface PaperAddressView {
  /** Path at the gateway, from the root: `/papers/<node>/<ticket>`. */
  path: string;
  expiresAt: Date;
  fileName: string;
  mediaType: string;
  /** Bytes; null for a whole file, which is made when it is opened. */
  size: number | null;
  /** Whether it is shown on screen; other papers are downloaded. */
  inline: boolean;
}

/** Some bytes of a paper, and what a browser must know of the whole. */
export interface PaperPartView {
  /** Base64. */
  bytes: string;
  /** Bytes of the whole paper. */
  size: number;
  sha256: string;
  fileName: string;
  /** For text with its charset: `text/plain; charset=utf-8`. */
  contentType: string;
  inline: boolean;
  /** Papers of a ZIP; they are asked for one by one, and the gateway puts them together. 0 for all else. */
  entries: number;
}

/** A page of a paper as a picture. */
export interface PaperPageView {
  /** JPEG in base64; at most {@link MAX_PAGE_BYTES} bytes. */
  bytes: string;
  /** Pages of the paper. */
  pages: number;
}

export const Paper = view<PaperOfCase>('Paper');
export const PaperAddress = view<PaperAddressView>('PaperAddress');
export const PaperPart = view<PaperPartView>('PaperPart');
export const PaperPage = view<PaperPageView>('PaperPage');
