/**
 * Most bytes of one message of a broker, its headers included, as the topology's configuration sets it. A node uses the
 * limit its own broker reports; every broker of a federation is configured for this one.
 */
export const MAX_PAYLOAD = 1024 * 1024;

/**
 * Of them at most so much frames a signed text: the message's headers, the signature, and the certificates that
 * introduce the key it was made with.
 */
const FRAME_BYTES = 32 * 1024;

/** Most bytes of JSON text that travels under one signature: base64url makes four of three. */
export function textRoom(maxPayload: number): number {
  return Math.max(0, Math.floor(((maxPayload - FRAME_BYTES) * 3) / 4));
}

/** Bytes of JSON text that usually travels together; one larger text goes alone. */
export const TOGETHER_BYTES = 256 * 1024;

/**
 * Most bytes of one entry of a node's catalogue feed, as JSON. The entry is signed, and signed again in its message, so
 * nine bytes become sixteen. If necessary it travels alone.
 */
export const MAX_ENTRY_BYTES = 512 * 1024;

/** Most bytes of one part of a file that is read through the gateway; the pieces in which papers are sealed are as long. */
export const MAX_PART_BYTES = 512 * 1024;

/** Most bytes of a fact, as JSON: on its way each quote in it may become four bytes. */
export const MAX_FACT_BYTES = 64 * 1024;

/**
 * Most bytes of an item, or of a node's implementation of it, as JSON. Half of an entry: an implementation that follows
 * the next version of its item takes from both.
 */
export const MAX_ITEM_BYTES = MAX_ENTRY_BYTES / 2;

/** Bytes of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
