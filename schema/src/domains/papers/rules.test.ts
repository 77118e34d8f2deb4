import { describe, expect, test } from 'vitest';
import type { LogLine, Material } from '../../case/log-line.ts';
import { papersOf } from './rules.ts';
import { isShownInline } from './words.ts';

const paper = (name: string, digit: string): Material => ({
  name,
  fileName: `${name}.pdf`,
  mediaType: 'application/pdf',
  sha256: digit.repeat(64),
  size: 9,
});
let seq = 0;
const line = (action: string, data: object) =>
  ({
    action,
    data,
    seq: ++seq,
    at: new Date(Date.UTC(2026, 0, 5, 1, seq)).toISOString(),
    node: '331022103201',
  }) as LogLine;
const shown = (lines: LogLine[]) =>
  papersOf(lines).map(({ material, origin, version, replacedBy }) => [
    material.name,
    origin,
    version,
    replacedBy?.[0] ?? null,
  ]);

describe('the papers of a case', () => {
  test('are what was filed, each the version that counts', () => {
    expect(shown([line('FILED', { materials: [paper('身份证明', '1'), paper('户口簿', '2')] })])).toEqual([
      ['身份证明', 'APPLICATION', 1, null],
      ['户口簿', 'APPLICATION', 1, null],
    ]);
  });

  test('keep what a supplement replaces beside it, with the paper that replaces it', () => {
    const lines = [
      line('FILED', { materials: [paper('身份证明', '1'), paper('户口簿', '2')] }),
      line('ACCEPTED', {}),
      line('SUPPLEMENTED', { materials: [paper('户口簿', '3'), paper('户口簿', '4')] }),
      line('SUPPLEMENTED', { materials: [paper('户口簿', '5')] }),
    ];
    expect(shown(lines)).toEqual([
      ['身份证明', 'APPLICATION', 1, null],
      ['户口簿', 'APPLICATION', 1, '3'],
      ['户口簿', 'SUPPLEMENT', 2, '5'],
      ['户口簿', 'SUPPLEMENT', 2, '5'],
      ['户口簿', 'SUPPLEMENT', 3, null],
    ]);
  });

  test('of one name that were handed in together are one version', () => {
    expect(shown([line('FILED', { materials: [paper('照片', '1'), paper('照片', '2')] })]).map((p) => p[2])).toEqual([
      1, 1,
    ]);
  });

  test('include the document that was issued, which replaces no paper', () => {
    const lines = [
      line('FILED', { materials: [paper('决定书', '1')] }),
      line('DOCUMENT_ISSUED', { number: '1', document: paper('决定书', '2') }),
    ];
    expect(shown(lines)).toEqual([
      ['决定书', 'APPLICATION', 1, null],
      ['决定书', 'DOCUMENT', 1, null],
    ]);
  });
});

test('scans, PDF and text are shown on screen; office documents and all else are downloaded', () => {
  for (const shownType of ['application/pdf', 'image/png', 'image/jpeg', 'text/plain', 'text/markdown']) {
    expect(isShownInline(shownType)).toBe(true);
  }
  for (const other of [
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'image/svg+xml',
    'text/html',
  ]) {
    expect(isShownInline(other)).toBe(false);
  }
});
