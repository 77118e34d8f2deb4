import type { ZodType } from 'zod';

/** Most texts remembered of one kind: a host's catalogue, several versions of it. */
const MOST = 5_000;

/**
 * Parses JSON that was checked before it was stored and is read often. The same text gives the same value, so callers
 * must not change it. The oldest texts are forgotten.
 */
export function parsedOnce<T>(schema: ZodType<T>): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = schema.parse(JSON.parse(text));
      const [oldest] = known.keys();
      if (known.size >= MOST && oldest !== undefined) known.delete(oldest);
      known.set(text, value);
    }
    return value;
  };
}
