import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CITY, COUNTY, divisions, itemOf, items, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { refusal, refusalCode } from '../../testing/refusals.ts';
import type { LegalBasis, LegalBasisChange, LegalBasisReport, StatedChange } from './rules.ts';
import {
  changedBases,
  citationOf,
  citationsOf,
  citedBasis,
  isAsked,
  itemsReached,
  kindByTitle,
  legalBasisSchema,
  plainTitle,
  reaches,
  repealedCitations,
  requireAsked,
  tasksOf,
  tiersConcerned,
} from './rules.ts';

const cites = (text: string) => citationsOf(text).map(citationOf);
const basis = (title: string, article: string | null = null, change: Partial<LegalBasis> = {}): LegalBasis => ({
  ...citedBasis({ title, article }),
  ...change,
});
const TODAY = '2026-03-02';
const stated = (change: Partial<StatedChange> = {}): StatedChange => ({
  kind: 'CHANGED',
  title: '社会救助暂行办法',
  article: '第十一条',
  basisKind: null,
  issuedBy: null,
  effectiveOn: '2026-05-01',
  supersededBy: null,
  textDigest: null,
  reason: '国务院令修改',
  confirmBy: '2026-04-01',
  ...change,
});

describe('citations', () => {
  test.each([
    ['《社会救助暂行办法》第十六条', ['《社会救助暂行办法》第十六条']],
    ['《社会救助暂行办法》第十一条:乡镇受理、调查;申请有困难的可委托', ['《社会救助暂行办法》第十一条']],
    ['《城乡规划法》第三十七条、第三十八条', ['《城乡规划法》第三十七条', '《城乡规划法》第三十八条']],
    ['《食品安全法》第三十六条及省实施规定', ['《食品安全法》第三十六条']],
    ['《老年人权益保障法》第五十三条;省实施办法第二十六条', ['《老年人权益保障法》第五十三条']],
    ['《会计法》第三十四条;《代理记账管理办法》第三条', ['《会计法》第三十四条', '《代理记账管理办法》第三条']],
    [
      '《社会保险法》第二十条、第二十二条;国发〔2014〕8号',
      ['《社会保险法》第二十条', '《社会保险法》第二十二条', '《国发〔2014〕8号》'],
    ],
    ['《教师资格条例》第十三条:由县级审查;第十五条:30日内', ['《教师资格条例》第十三条', '《教师资格条例》第十五条']],
    ['《就业服务与就业管理规定》', ['《就业服务与就业管理规定》']],
    ['《中华人民共和国行政许可法》(2019年修正)第三十条', ['《行政许可法》第三十条']],
    [
      '《中华人民共和国行政许可法(2019年修正)》第三十条第二款、第三十一条',
      ['《行政许可法》第三十条', '《行政许可法》第三十一条'],
    ],
    ['联合测量,原三家分别测量;《保障“最多跑一次”改革规定》第二十九条', ['《保障“最多跑一次”改革规定》第二十九条']],
    ['《建筑法》第八条、《建筑法》第八条', ['《建筑法》第八条']],
    ['《刑法》第一百二十条之一', ['《刑法》第一百二十条之一']],
    ['第八条,不知何法', []],
    ['建设、房管统一受理', []],
    ['', []],
  ])('in %s are %j', (text, expected) => {
    expect(cites(text)).toEqual(expected);
  });

  test('are found in every item of the sample catalogue', () => {
    for (const item of items) expect([item.code, cites(item.legalBasis).length > 0]).toEqual([item.code, true]);
  });

  test('are found again in what they print, whatever text they came from', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...items.map((i) => i.legalBasis)), { maxLength: 4 }), (texts) => {
        const found = cites(texts.join(';'));
        expect(cites(found.join(';'))).toEqual(found);
      }),
    );
  });

  test('never break on any text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[《》第一十条款、;;和及〔〕8号法()]{0,30}$/), (text) => {
        for (const citation of citationsOf(text)) expect(citation.title).toBe(plainTitle(citation.title));
      }),
    );
  });
});

describe('a basis known from a citation', () => {
  test.each([
    ['行政许可法', 'LAW'],
    ['社会救助暂行办法', 'RULE'],
    ['教师资格条例', 'REGULATION'],
    ['就业服务与就业管理规定', 'RULE'],
    ['国务院关于全面建立困难残疾人生活补贴制度的意见', 'NOTICE'],
    ['国发〔2014〕8号', 'NOTICE'],
  ])('of the title %s is taken for a %s', (title, kind) => {
    expect(kindByTitle(title)).toBe(kind);
  });

  test('is sound and unverified', () => {
    expect(legalBasisSchema.parse(basis('森林法', '第五十七条'))).toMatchObject({
      id: '《森林法》第五十七条',
      kind: 'LAW',
      verified: false,
      repealedOn: null,
    });
  });
});

describe('a change reaches', () => {
  test.each([
    ['the same article', '第八条', '第八条', true],
    ['another article', '第八条', '第九条', false],
    ['every article, of the whole text', null, '第九条', true],
    ['the whole text, of an article', '第八条', null, true],
  ])('%s', (_, changed, cited, expected) => {
    expect(reaches({ title: '建筑法', article: changed }, { title: '建筑法', article: cited })).toBe(expected);
    expect(reaches({ title: '建筑法', article: changed }, { title: '森林法', article: cited })).toBe(false);
  });

  test('the items that cite it, each once', () => {
    const cited = items.flatMap((item) => citationsOf(item.legalBasis).map((c) => ({ ...c, item: item.code })));
    expect(itemsReached({ title: '社会救助暂行办法', article: '第十一条' }, cited)).toEqual(['3310-MZ-001']);
    expect(itemsReached({ title: '社会救助暂行办法', article: null }, cited)).toEqual([
      '3310-MZ-001',
      '3310-MZ-002',
      '3310-MZ-003',
    ]);
    expect(itemsReached({ title: '无此法', article: null }, cited)).toEqual([]);
  });
});

describe('stating a change', () => {
  const known = [basis('社会救助暂行办法', '第十一条'), basis('社会救助暂行办法', '第十六条')];

  test('of an article changes that article alone, and makes it verified', () => {
    expect(changedBases(known, stated({ basisKind: 'REGULATION', issuedBy: '国务院' }), TODAY)).toEqual([
      basis('社会救助暂行办法', '第十一条', {
        kind: 'REGULATION',
        issuedBy: '国务院',
        effectiveFrom: '2026-05-01',
        verified: true,
      }),
    ]);
  });

  test('of a whole text repeals every article of it that is cited', () => {
    const repealed = changedBases(
      known,
      stated({ kind: 'REPEALED', article: null, supersededBy: '《社会救助法》' }),
      TODAY,
    );
    expect(repealed.map((b) => [b.id, b.repealedOn, b.supersededBy])).toEqual([
      ['《社会救助暂行办法》', '2026-05-01', '《社会救助法》'],
      ['《社会救助暂行办法》第十一条', '2026-05-01', '《社会救助法》'],
      ['《社会救助暂行办法》第十六条', '2026-05-01', '《社会救助法》'],
    ]);
  });

  test('takes a new basis in, also where items cite it already', () => {
    expect(changedBases([], stated({ kind: 'NEW', title: '《社会救助法》', article: null }), TODAY)).toMatchObject([
      { id: '《社会救助法》', kind: 'LAW', verified: true, effectiveFrom: '2026-05-01' },
    ]);
    expect(changedBases(known, stated({ kind: 'NEW' }), TODAY)).toMatchObject([{ verified: true }]);
  });

  test.each<[string, string, string, Partial<StatedChange>, LegalBasis[]]>([
    ['without a reason', 'REASON_MISSING', 'reason', { reason: ' ' }, known],
    ['to be confirmed by a day that has passed', 'BAD_INPUT', 'confirmBy', { confirmBy: '2026-03-01' }, known],
    ['that takes its own place', 'BAD_INPUT', 'supersededBy', { supersededBy: '《社会救助暂行办法》第十一条' }, known],
    ['of what nobody cites', 'LEGAL_BASIS_UNKNOWN', 'title', {}, []],
    ['of an article nobody cites', 'LEGAL_BASIS_UNKNOWN', 'title', { article: '第九十条' }, known],
    [
      'of what is repealed already',
      'LEGAL_BASIS_CONFLICT',
      'title',
      { kind: 'REPEALED' },
      [basis('社会救助暂行办法', '第十一条', { repealedOn: '2025-01-01' })],
    ],
    [
      'as new of what was stated already',
      'LEGAL_BASIS_CONFLICT',
      'title',
      { kind: 'NEW' },
      [basis('社会救助暂行办法', '第十一条', { verified: true })],
    ],
  ])('%s is refused as %s', (_, code, field, change, bases) => {
    expect(refusal(() => changedBases(bases, stated(change), TODAY))).toMatchObject({ code, field });
  });

  test('may be confirmed by today', () => {
    expect(() => changedBases(known, stated({ confirmBy: TODAY }), TODAY)).not.toThrow();
  });
});

describe('confirming a change', () => {
  const change: LegalBasisChange = {
    id: '5b0a0f0e-5f43-4a52-9d4e-0d8a2c9f0001',
    kind: 'CHANGED',
    basis: '《社会救助暂行办法》第十一条',
    bases: [basis('社会救助暂行办法', '第十一条')],
    effectiveOn: '2026-05-01',
    reason: '修改',
    announcedOn: TODAY,
    confirmBy: '2026-04-01',
    items: ['3310-MZ-001'],
    tiers: tiersConcerned([itemOf('3310-MZ-001')]),
  };
  const report = (node: string, confirmed: boolean): LegalBasisReport => ({
    change: change.id,
    node,
    runningCases: 2,
    countedAt: '2026-03-02T01:00:00.000Z',
    confirmation: confirmed ? { at: '2026-03-03T01:00:00.000Z', by: '张三', note: null } : null,
  });

  test('is asked of the tiers that decide or accept an item, never of a village', () => {
    expect(change.tiers).toEqual(['COUNTY', 'TOWNSHIP']);
    expect([CITY, COUNTY, TOWNSHIP, VILLAGE].map((node) => isAsked(change, node, divisions))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    for (const item of items) expect(tiersConcerned([item])).not.toContain('VILLAGE');
  });

  test('is done by a node that was asked, and refused elsewhere', () => {
    expect(() => requireAsked(change, TOWNSHIP, divisions)).not.toThrow();
    expect(refusalCode(() => requireAsked(change, VILLAGE, divisions))).toBe('NOT_COMPETENT');
    expect(refusalCode(() => requireAsked(change, CITY, divisions))).toBe('NOT_COMPETENT');
  });

  test('late is whoever was asked, has not confirmed, and is past the day', () => {
    const nodes = [VILLAGE, OTHER_TOWNSHIP, TOWNSHIP, COUNTY, CITY];
    const reports = [report(COUNTY, true), report(TOWNSHIP, false), report(VILLAGE, false)];
    const shown = (today: string) =>
      tasksOf(change, nodes, reports, divisions, today).map((t) => [t.node, t.asked, t.report !== null, t.late]);
    expect(shown('2026-04-01')).toEqual([
      [COUNTY, true, true, false],
      [OTHER_TOWNSHIP, true, false, false],
      [TOWNSHIP, true, true, false],
      [VILLAGE, false, true, false],
    ]);
    expect(shown('2026-04-02').filter(([, , , late]) => late)).toEqual([
      [OTHER_TOWNSHIP, true, false, true],
      [TOWNSHIP, true, true, true],
    ]);
  });
});

describe('a citation of a repealed basis', () => {
  const whole = citedBasis({ title: '森林法', article: null });
  const article = citedBasis({ title: '森林法', article: '第五十七条' });

  test('is found by its article or by the whole text, whichever ends first', () => {
    const gone = { ...article, repealedOn: '2026-05-01', supersededBy: '《新森林法》' };
    const found = { citation: '《森林法》第五十七条', repealedOn: '2026-05-01', supersededBy: '《新森林法》' };
    expect(repealedCitations('《森林法》第五十七条', [gone])).toEqual([found]);
    expect(repealedCitations('《森林法》第五十七条', [gone, { ...whole, repealedOn: '2026-03-01' }])).toEqual([
      { ...found, repealedOn: '2026-03-01', supersededBy: null },
    ]);
  });

  test('is not one of what still holds, of another article, of another text, or of the whole whose article is gone', () => {
    const gone = { ...article, repealedOn: '2026-05-01' };
    expect(repealedCitations('《森林法》第五十七条', [article, whole])).toEqual([]);
    expect(repealedCitations('《森林法》第五十八条', [gone])).toEqual([]);
    expect(repealedCitations('《草原法》第五十七条', [gone])).toEqual([]);
    expect(repealedCitations('《森林法》', [gone])).toEqual([]);
  });
});
