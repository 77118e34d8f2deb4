import type { DocumentNode } from 'graphql';
import { BoundedCache } from '../kernel/bounded-cache.ts';

/** Measured bytes of a token with its nodes, and of a character in a text of many comments. */
const TOKEN_BYTES = 500;
const CHARACTER_BYTES = 50;

/**
 * Sound documents by the text they were parsed from. The cache is limited by bytes, not by the number of documents,
 * because callers write the texts.
 */
export class DocumentCache {
  readonly #known: BoundedCache<DocumentNode>;

  constructor(mostBytes: number) {
    this.#known = new BoundedCache(mostBytes);
  }

  /** Estimated bytes of all stored documents. */
  get bytes(): number {
    return this.#known.weight;
  }

  find(text: string): DocumentNode | undefined {
    return this.#known.find(text);
  }

  keep(text: string, document: DocumentNode): void {
    const tokens = document.tokenCount ?? text.length;
    this.#known.keep(text, document, text.length * CHARACTER_BYTES + tokens * TOKEN_BYTES);
  }
}
