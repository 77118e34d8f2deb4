import { describe, expect, test } from 'vitest';
import { missingEntries, readLock } from '../scripts/lock.mjs';

interface Lock {
  packages: Record<
    string,
    { version?: string; resolved?: string; link?: boolean; optionalDependencies?: Record<string, string> }
  >;
}

describe('package-lock.json', () => {
  const lock = readLock() as Lock;

  test('holds every optional package it names, so that npm ci takes it on every platform', () => {
    expect(Object.keys(missingEntries(lock))).toEqual([]);
  });

  test('the check does see one that is missing', () => {
    const [name] = Object.keys(lock.packages).filter((n) => n.includes('@esbuild/'));
    const { [name ?? '']: _, ...packages } = lock.packages;
    expect(Object.keys(missingEntries({ ...lock, packages }))).toEqual([name]);
  });

  test('names exact versions and no registry', () => {
    const entries = Object.entries(lock.packages).filter(([name]) => name.includes('node_modules/'));
    const faulty = entries.filter(([, entry]) => {
      const ranged = !entry.link && !/^\d+\.\d+\.\d+/.test(entry.version ?? '');
      return ranged || entry.resolved?.startsWith('http');
    });
    expect(faulty).toEqual([]);
  });
});
