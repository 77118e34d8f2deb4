/** One operation of the NATS client protocol, whole. */
export interface Frame {
  bytes: Buffer;
  /** Words of its control line. */
  words: string[];
  /** Length of the control line with its end. */
  control: number;
}

const END = Buffer.from('\r\n');

/** Splits a client's bytes into operations: `PUB <subject> [reply] <size>`, `HPUB <subject> [reply] <head> <size>`. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The operations that this chunk completes. */
  read(chunk: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const end = this.#rest.indexOf(END);
      if (end === -1) return frames;
      const control = end + END.length;
      const words = this.#rest.toString('latin1', 0, end).split(/\s+/);
      const [operation = ''] = words;
      const publishes = /^h?pub$/i.test(operation);
      const length = control + (publishes ? Number(words.at(-1)) + END.length : 0);
      if (this.#rest.length < length) return frames;
      frames.push({ bytes: this.#rest.subarray(0, length), words, control });
      this.#rest = this.#rest.subarray(length);
    }
  }
}

/** Whether the frame is a message or receipt between nodes. */
export function isRoad({ words: [operation = '', subject = ''] }: Frame): boolean {
  return /^h?pub$/i.test(operation) && /^ld\.[mr]\./.test(subject);
}

let copies = 0;

/**
 * A copy of the message: under an id of its own, so that the broker's window does not swallow it, and without a request
 * for an acknowledgement.
 */
export function again({ bytes, words, control }: Frame): Buffer {
  const [operation = '', subject = ''] = words;
  const body = bytes.subarray(control);
  if (operation.toUpperCase() === 'PUB') {
    return Buffer.concat([Buffer.from(`PUB ${subject} ${words.at(-1)}\r\n`), body]);
  }
  const headLength = Number(words.at(-2));
  const head = body.toString('latin1', 0, headLength).replace(/^(Nats-Msg-Id: .*)$/im, `$1~${++copies}`);
  const rest = body.subarray(headLength);
  const newHead = Buffer.from(head, 'latin1');
  const size = newHead.length + rest.length - END.length;
  return Buffer.concat([Buffer.from(`HPUB ${subject} ${newHead.length} ${size}\r\n`), newHead, rest]);
}
