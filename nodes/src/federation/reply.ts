import type { HostReply, RoleResult } from '@liandong/schema/wire';
import { MAX_PARTS } from '@liandong/schema/wire';
import { extensionsOf } from '@liandong/schema/graph';
import { problem } from '@liandong/schema/kernel';

/** Bytes of one answering message: half of the broker's usual maximum. */
export const PART_BYTES = 512 * 1024;
/** Most bytes of an answer: the capacity of its parts. */
export const MAX_REPLY_BYTES = MAX_PARTS * PART_BYTES;

const HEAD = Buffer.from('{"results":[');
const TAIL = Buffer.from(']}');
const COMMA = Buffer.from(',');

/**
 * An answer as JSON, of at most so many bytes. The results of many callers travel together. If they are too many bytes,
 * the largest is left out, for its caller alone, and so on.
 */
export function encodeReply(reply: HostReply, mostBytes = MAX_REPLY_BYTES): Buffer {
  if ('problem' in reply) return Buffer.from(JSON.stringify(reply));
  const results = reply.results.map(encoded);
  let bytes = results.reduce((sum, result) => sum + result.length + COMMA.length, HEAD.length + TAIL.length);
  const largestFirst = results.map((result, i) => ({ i, size: result.length })).sort((a, b) => b.size - a.size);
  for (const { i, size } of largestFirst) {
    if (bytes <= mostBytes || size <= TOO_LARGE.length) break;
    results[i] = TOO_LARGE;
    bytes += TOO_LARGE.length - size;
  }
  return Buffer.concat([HEAD, ...results.flatMap((result, i) => (i === 0 ? [result] : [COMMA, result])), TAIL]);
}

function encoded(result: RoleResult): Buffer {
  try {
    return Buffer.from(JSON.stringify(result));
  } catch {
    // longer than a string can be
    return TOO_LARGE;
  }
}

const { problem: tooLarge } = problem('PAYLOAD_TOO_LARGE', 'The answer is too large; ask for less at once.');
const TOO_LARGE = encoded({
  data: null,
  errors: [{ message: tooLarge.message, extensions: extensionsOf(tooLarge) }],
});
