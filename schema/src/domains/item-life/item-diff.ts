/** One element that differs between two versions. */
export interface ElementChange {
  /** Path of the element, `standard.promised.days`; a list is one element. */
  path: string;
  /** As JSON; null if the element did not exist. */
  before: string | null;
  after: string | null;
}

/** Whether plain data is equal; the order of keys does not matter. */
export function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, i) => sameData(v, b[i]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.every((key) => sameData(a[key], b[key]));
}

/**
 * The differences between two versions of an item or implementation, in the order of the elements.
 * @param before null for a first version: then every element is new
 */
export function diffElements(before: object | null, after: object): ElementChange[] {
  return diffAt('', before ?? {}, after);
}

function diffAt(prefix: string, before: object, after: object): ElementChange[] {
  const [was, is] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return [...new Set([...Object.keys(is), ...Object.keys(was)])].flatMap((key) => {
    const path = prefix + key;
    const [old, now] = [was[key], is[key]];
    if (sameData(old, now)) return [];
    if (isRecord(old) && isRecord(now)) return diffAt(`${path}.`, old, now);
    return [{ path, before: jsonOf(old), after: jsonOf(now) }];
  });
}

function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
