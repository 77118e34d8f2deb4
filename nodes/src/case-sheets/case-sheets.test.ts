import { strFromU8, unzipSync } from 'fflate';
import fc from 'fast-check';
import { caseSheets } from '@liandong/schema/domains/case-sheets';
import { reads } from '@liandong/schema/domains/reads';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { InputOf, Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, clerk, codesOf } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';
import { XLSX, workbookOf } from './workbook.ts';

/** The cells of a workbook's sheet, row by row, as they stand in the XML. */
function cellsOf(bytes: Uint8Array): string[][] {
  const xml = strFromU8(unzipSync(bytes)['xl/worksheets/sheet1.xml'] ?? new Uint8Array());
  return [...xml.matchAll(/<row r="\d+">(.*?)<\/row>/gsu)].map(([, row = '']) =>
    [...row.matchAll(/<c\/>|<c [^>]*>(?:<is><t xml:space="preserve">(.*?)<\/t><\/is>|<v>(.*?)<\/v>)<\/c>/gsu)].map(
      ([, text, value]) => text ?? value ?? '',
    ),
  );
}

describe('a workbook', () => {
  const one = (cell: string) => workbookOf({ name: '办件', header: ['栏'], rows: [[cell]] });

  test('has the parts of the format, each well-formed by its declaration', () => {
    const files = unzipSync(one('甲'));
    expect(Object.keys(files).sort()).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ]);
    for (const bytes of Object.values(files))
      expect(strFromU8(bytes)).toMatch(/^<\?xml version="1.0" encoding="UTF-8"/);
  });

  test('has text as text, never as a formula, and instants as dates of China’s clock', () => {
    const at = new Date('2026-01-01T16:00:00.000Z');
    const bytes = workbookOf({
      name: '办件',
      header: ['甲', '乙'],
      rows: [
        ['=HYPERLINK("http://x")', at],
        ['+1', null],
      ],
    });
    // 46024 is 2026-01-02
    expect(cellsOf(bytes)).toEqual([
      ['甲', '乙'],
      ['=HYPERLINK(&quot;http://x&quot;)', '46024'],
      ['+1', ''],
    ]);
    expect(strFromU8(unzipSync(bytes)['xl/worksheets/sheet1.xml'] ?? new Uint8Array())).not.toMatch(/<f[ >]/);
  });

  test('holds any text without a sign that XML does not allow', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const [, [cell = ''] = []] = cellsOf(one(text));
        expect(cell).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot);)|[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/u);
      }),
    );
  });
});

describe('a list of cases', () => {
  let federation: TestFederation;
  let first: string;
  beforeAll(async () => {
    federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
    const steps = new CaseSteps(federation);
    const risky = { ...application().applicant, name: '=王秀英&<家>' };
    first = await steps.file(agent, application({ applicant: risky }));
    await steps.file();
    await steps.file(clerk, application({ place: VILLAGE }));
  });
  afterAll(() => federation.stop());

  type Asked = InputOf<typeof caseSheets.operations.casesSheet>;
  const sheet = (asked: Partial<Asked> = {}, viewer: Viewer = agent, node: DivisionCode = viewer.division) =>
    federation.desk(node, caseSheets).casesSheet(viewer, { columns: ['NUMBER', 'STATE', 'FILED_AT'], ...asked });
  const rowsOf = async (...asked: Parameters<typeof sheet>) => {
    const [, ...rows] = cellsOf(Buffer.from((await sheet(...asked)).bytes, 'base64'));
    return rows;
  };

  test('comes as a workbook with its columns in the order that was asked for, and with its filter', async () => {
    const made = await sheet({ columns: ['STATE', 'NUMBER', 'ITEM', 'CUSTODIAN'] });
    expect(made).toMatchObject({ mediaType: XLSX, rows: 2, complete: true });
    expect(made.fileName).toMatch(/^办件列表-\d{4}-\d\d-\d\d\.xlsx$/u);
    const cells = cellsOf(Buffer.from(made.bytes, 'base64'));
    expect(cells[0]).toEqual(['办理状态', '办件编号', '事项', '承办单位']);
    expect(cells[1]).toEqual([
      '已收件',
      expect.stringContaining(VILLAGE),
      '最低生活保障对象认定',
      expect.stringContaining('包家村'),
    ]);
    expect(await rowsOf({ filter: { states: ['ACCEPTED'] } })).toEqual([]);
    expect(await codesOf(sheet({ filter: { handler: 'ME', handledBy: { issuer: 'i', sub: 's' } } }))).toEqual([
      'BAD_INPUT',
    ]);
  });

  test('has the applicants’ names for a purpose alone, which is noted for each case', async () => {
    const columns: Asked['columns'] = ['NUMBER', 'APPLICANT'];
    expect(await codesOf(sheet({ columns }))).toEqual(['REASON_MISSING']);
    expect(await codesOf(sheet({ columns, purpose: '查 13800000001' }))).toEqual(['BAD_INPUT']);
    const names = (await rowsOf({ columns, purpose: '走访名单' })).map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(['=王秀英&amp;&lt;家&gt;', '王秀英']));
    const supervisor = personAt(COUNTY, 'SUPERVISOR');
    const asked = { division: VILLAGE, subject: first };
    const [noted] = await federation.desk(VILLAGE, reads).personalDataReadsAt(supervisor, asked);
    expect(noted).toMatchObject({ question: 'casesSheet', purpose: '走访名单', fields: ['Case.applicant.name'] });
  });

  test('is open to whom the list is: to people of the desk and supervisors above it', async () => {
    expect(await rowsOf({ filter: { division: VILLAGE } }, personAt(COUNTY, 'SUPERVISOR'), VILLAGE)).toHaveLength(2);
    for (const viewer of [clerk, personAt(COUNTY, 'CHIEF'), personAt(VILLAGE, 'CASHIER')]) {
      expect(await codesOf(sheet({}, viewer, VILLAGE))).toEqual(['FORBIDDEN']);
    }
    expect(await codesOf(federation.desk(VILLAGE, caseSheets).casesSheet(null, { columns: ['NUMBER'] }))).toEqual([
      'UNAUTHENTICATED',
    ]);
  });
});
