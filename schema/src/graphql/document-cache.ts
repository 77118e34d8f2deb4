import type { DocumentNode } from 'graphql';

/** Bytes that a token takes with the nodes made of it, and a character where all of them begin comments (measured). */
const TOKEN_BYTES = 500;
const CHARACTER_BYTES = 50;

/**
 * Documents by the text they were parsed from. Bounded by the bytes they take and not by their number: whoever asks
 * writes the texts. What was not asked for longest goes first.
 */
export class DocumentCache {
  readonly #mostBytes: number;
  readonly #known = new Map<string, { document: DocumentNode; bytes: number }>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Estimated bytes of all that is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  find(text: string): DocumentNode | undefined {
    const found = this.#known.get(text);
    if (!found) return undefined;
    this.#known.delete(text);
    this.#known.set(text, found);
    return found.document;
  }

  /** Keeps a document that is sound; one that alone takes an eighth of the room is not worth it. */
  keep(text: string, document: DocumentNode): void {
    const bytes = text.length * CHARACTER_BYTES + (document.tokenCount ?? text.length) * TOKEN_BYTES;
    if (bytes > this.#mostBytes / 8) return;
    this.#forget(text);
    this.#known.set(text, { document, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#known.keys()) {
      if (this.#bytes <= this.#mostBytes) break;
      this.#forget(oldest);
    }
  }

  #forget(text: string): void {
    const found = this.#known.get(text);
    if (!found) return;
    this.#known.delete(text);
    this.#bytes -= found.bytes;
  }
}
