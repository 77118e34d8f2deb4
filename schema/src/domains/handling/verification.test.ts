import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { CITY, COUNTY, divisions, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { documentNumberOf } from './documents.ts';
import { caseNumberIn, verificationOf, verificationUrl } from './verification.ts';

const nameOf = (code: string) => divisions.get(code).name;
const decided = () => CaseLog.filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY).reviewed().decided();
const issued = () => decided().issued();

describe('what the public is told of a document', () => {
  test('is when it was issued, for which item and how it stands, and no person', () => {
    const { file } = issued();
    const number = file.issued?.number ?? '';
    const told = verificationOf(file, number, COUNTY);
    expect(told).toEqual({
      number,
      issuedBy: COUNTY,
      inNameOf: COUNTY,
      department: null,
      issuedAt: file.issued?.at,
      item: '3310-MZ-001',
      outcome: 'GRANTED',
      sha256: file.issued?.document.sha256,
      standing: 'STANDS',
      endedAt: null,
    });
  });

  test('is that it does not stand any more once the case is voided', () => {
    const { file } = issued().add({ action: 'VOIDED', data: { reason: '材料虚假' } });
    const told = verificationOf(file, file.issued?.number ?? '', COUNTY);
    expect(told).toMatchObject({ standing: 'VOIDED', endedAt: file.closedAt });
    expect(file.closedAt).not.toBeNull();
    expect(JSON.stringify(told)).not.toContain('材料虚假');
  });

  test('is nothing of another number, of another node, and before it is issued', () => {
    const { file } = issued();
    const number = file.issued?.number ?? '';
    expect(verificationOf(file, `${number}0`, COUNTY)).toBeNull();
    for (const node of [CITY, TOWNSHIP, VILLAGE]) expect(verificationOf(file, number, node)).toBeNull();
    expect(verificationOf(decided().file, number, COUNTY)).toBeNull();
  });
});

test('the case’s number stands at the end of its document’s', () => {
  const { file } = decided();
  expect(caseNumberIn(documentNumberOf(file, nameOf))).toBe(file.number);
  expect(caseNumberIn('三门县民政准字〔2026〕331022Z01-20260302-00017')).toBe('331022Z01-20260302-00017');
  for (const none of ['', '三门县准字〔2026〕1号', `${file.number} `, '33102-20260302-00017'.slice(1)]) {
    expect(caseNumberIn(none)).toBeNull();
  }
});

test('the text of the QR code is the page’s address with number and code, and none without a page', () => {
  const url = verificationUrl('https://fw.example.cn/verify?lang=zh', '三门县准字〔2026〕1', '331022-ABC');
  const { searchParams, origin } = new URL(url ?? '');
  expect(origin).toBe('https://fw.example.cn');
  expect(Object.fromEntries(searchParams)).toEqual({ lang: 'zh', number: '三门县准字〔2026〕1', code: '331022-ABC' });
  expect(verificationUrl(null, '1', '331022-ABC')).toBeNull();
});
