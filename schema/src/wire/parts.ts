import type { ProblemError } from '../kernel/errors.ts';
import { problem } from '../kernel/errors.ts';

/** Header that says which part a message is, `2/5`. Absent on a message that is whole. */
export const PART_HEADER = 'Ld-Part';

/** Most parts one text may travel in: 64 of half a mebibyte are enough for a request's 30 MiB of materials. */
export const MAX_PARTS = 128;

export interface Part {
  /** `2/5`; null when the whole fits into one message. */
  header: string | null;
  bytes: Uint8Array;
}

/**
 * Cuts bytes that are too long for one message of the broker into numbered parts.
 * @param most bytes of a part
 * @throws {ProblemError} PAYLOAD_TOO_LARGE
 */
export function splitParts(bytes: Uint8Array, most: number): Part[] {
  if (bytes.length <= most) return [{ header: null, bytes }];
  const count = Math.ceil(bytes.length / most);
  if (count > MAX_PARTS) throw problem('PAYLOAD_TOO_LARGE', `${bytes.length} bytes are too many for one request.`);
  return Array.from({ length: count }, (_, i) => ({
    header: `${i + 1}/${count}`,
    bytes: bytes.subarray(i * most, (i + 1) * most),
  }));
}

/** Puts the parts of one text together, in any order of arrival. */
export class PartsCollector {
  readonly #parts: (Uint8Array | undefined)[] = [];
  #missing = 0;

  /**
   * @returns the whole text after the last missing part, else null
   * @throws {ProblemError} MESSAGE_INVALID for a malformed header, or one that does not fit the parts so far
   */
  add(header: string | null, bytes: Uint8Array): Uint8Array | null {
    if (header === null) {
      if (this.#parts.length > 0) throw notAPart('the whole');
      this.#parts.push(bytes);
      return bytes;
    }
    const [, part = '', count = ''] = /^(\d+)\/(\d+)$/.exec(header) ?? [];
    const [index, total] = [Number(part) - 1, Number(count)];
    const first = this.#parts.length === 0;
    const sound = total >= 1 && total <= MAX_PARTS && index >= 0 && index < total;
    if (!sound || (!first && this.#parts.length !== total)) throw notAPart(header);
    if (first) {
      this.#parts.length = total;
      this.#missing = total;
    }
    // a part that comes again changes nothing
    if (this.#parts[index] !== undefined) return null;
    this.#parts[index] = bytes;
    this.#missing--;
    return this.#missing > 0 ? null : this.#whole();
  }

  #whole(): Uint8Array {
    const whole = new Uint8Array(this.#parts.reduce((sum, p) => sum + (p?.length ?? 0), 0));
    let offset = 0;
    for (const p of this.#parts) {
      if (!p) continue;
      whole.set(p, offset);
      offset += p.length;
    }
    return whole;
  }
}

function notAPart(header: string): ProblemError {
  return problem('MESSAGE_INVALID', `"${header}" is no part of this message.`);
}
