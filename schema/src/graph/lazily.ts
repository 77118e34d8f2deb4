/** Makes each member once, when it is first used. */
export function lazily<T extends Record<string, () => unknown>>(makers: T): { [K in keyof T]: ReturnType<T[K]> } {
  const made = {} as { [K in keyof T]: ReturnType<T[K]> };
  for (const key of Object.keys(makers) as (keyof T)[]) {
    let value: ReturnType<T[typeof key]> | undefined;
    Object.defineProperty(made, key, { get: () => (value ??= makers[key]?.() as ReturnType<T[typeof key]>) });
  }
  return made;
}
