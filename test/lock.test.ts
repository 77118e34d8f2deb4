import { describe, expect, test } from 'vitest';
import { missingEntries, readLock } from '../scripts/lock.mjs';

interface Lock {
  packages: Record<string, { version?: string; resolved?: string; optionalDependencies?: Record<string, string> }>;
}

describe('package-lock.json', () => {
  const lock = readLock() as Lock;

  test('holds every optional package it names, so that npm ci takes it on every platform', () => {
    expect(Object.keys(missingEntries(lock) as object)).toEqual([]);
  });

  test('the check does see one that is missing', () => {
    const [name] = Object.keys(lock.packages).filter((n) => n.includes('@esbuild/'));
    const { [name ?? '']: _, ...packages } = lock.packages;
    expect(Object.keys(missingEntries({ ...lock, packages }) as object)).toEqual([name]);
  });

  test('names exact versions and no registry', () => {
    for (const [name, entry] of Object.entries(lock.packages)) {
      expect(entry.resolved?.startsWith('http') ?? false, name).toBe(false);
    }
  });
});
