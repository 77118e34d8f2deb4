import { describe, expect, test } from 'vitest';
import { APPLICANTS, Journey, consentOf, scan } from '../../src/federation/journeys.ts';
import * as documents from '../../src/federation/documents.ts';
import type { Asking } from '../asking.ts';
import { LOW_INCOME, TOWNSHIP } from '../asking.ts';

const MATERIALS = ['最低生活保障申请书', '身份证明', '家庭经济状况核对授权书', '户口簿'];
const PAPERS = `query ($case: ID!) { casePapers(case: $case) { name sha256 size version } }`;
const ADDRESS = `query ($case: ID!, $sha256: String!) { paperAddress(case: $case, sha256: $sha256) { path size } }`;
const FILE = `query ($case: ID!, $form: FileForm!) { caseFileAddress(case: $case, form: $form) { path } }`;

interface Papers {
  casePapers: { name: string; sha256: string; size: number; version: number }[];
}

/** Papers of cases opened through the real gateway, from hosts that carry and draw them. */
export function papers(asking: Asking): void {
  const open = async (path: string, who: string | null, headers: Record<string, string> = {}) =>
    (await asking.federation.as(who)).open(path, headers);

  describe('a scan of two megabytes, filed in the village and sent up', () => {
    let id: string;
    const given = scan('户口簿', 2_000);
    const bytes = Buffer.from(given.content, 'base64');
    let path: string;

    test('is opened by the township’s clerk, whole, by range, and as a picture of its first page', async () => {
      const journey = new Journey(asking.federation, () => undefined);
      const applicant = APPLICANTS.widow;
      const materials = [...MATERIALS.slice(0, 3).map((name) => scan(name)), given];
      const consent = consentOf(applicant, '代办最低生活保障');
      await journey.file('baojia-agent', '', { item: LOW_INCOME, applicant, consent, materials });
      ({ id } = journey);
      await journey.step('baojia-agent', '', documents.FORWARD_CASE);
      await journey.arrives('tingpang-clerk', TOWNSHIP, '');
      const { casePapers } = await asking.asked<Papers>('tingpang-clerk', PAPERS, { case: id });
      expect(casePapers.map(({ name }) => name)).toEqual(MATERIALS);
      const key = { case: id, sha256: casePapers[3]?.sha256 };
      const { paperAddress } = await asking.asked<{ paperAddress: { path: string } }>('tingpang-clerk', ADDRESS, key);
      ({ path } = paperAddress);

      const whole = await open(path, 'tingpang-clerk');
      expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'application/pdf']);
      expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);

      const some = await open(path, 'tingpang-clerk', { range: 'bytes=600000-600099' });
      expect([some.status, some.headers.get('content-range')]).toEqual([206, `bytes 600000-600099/${bytes.length}`]);
      expect(Buffer.from(await some.arrayBuffer()).equals(bytes.subarray(600_000, 600_100))).toBe(true);

      const page = await open(`${path}/1`, 'tingpang-clerk');
      expect([page.status, page.headers.get('content-type'), page.headers.get('paper-pages')]).toEqual([
        200,
        'image/jpeg',
        '1',
      ]);
      expect((await page.arrayBuffer()).byteLength).toBeLessThanOrEqual(1_000_000);
    });

    test('is opened by no other person, with or without a login', async () => {
      for (const who of ['zhuao-clerk', 'baojia-agent', null]) expect((await open(path, who)).status).toBe(403);
    });

    test('is taken with the whole file, as a ZIP and as one PDF', async () => {
      for (const [form, begins] of [
        ['ZIP', 'PK'],
        ['PDF', '%PDF'],
      ] as const) {
        const asked = { case: id, form };
        const { caseFileAddress } = await asking.asked<{ caseFileAddress: { path: string } }>(
          'tingpang-clerk',
          FILE,
          asked,
        );
        const file = await open(caseFileAddress.path, 'tingpang-clerk');
        expect([form, file.status]).toEqual([form, 200]);
        const got = Buffer.from(await file.arrayBuffer());
        expect(got.subarray(0, begins.length).toString()).toBe(begins);
      }
    });
  });
}
