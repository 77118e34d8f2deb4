/** A key of a batched lookup. `at` is the node that owns the answer, `via` a node that surely holds a copy. */
export interface LookupKey {
  at: string;
  via: string | null;
  [identity: string]: unknown;
}

/** How the gateway asks a role for its part of a type that several roles share. */
export interface MergedType {
  /** Fields of an object that the gateway must know before it can ask. */
  selectionSet: string;
  /** The batched lookup, one of the domain's `lookups`. */
  lookup: string;
  key: (known: Record<string, unknown>) => LookupKey;
}

/** A field of an object that the gateway knows, as text; empty if it is not there. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
