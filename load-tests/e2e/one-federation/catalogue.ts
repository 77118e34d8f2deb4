import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plusDays } from '@liandong/schema/kernel';
import { describe, expect, test } from 'vitest';
import * as documents from '../../src/federation/documents.ts';
import { CATALOGUE_FILE } from '../../src/federation/plan.ts';
import { APPLICANTS, consentOf } from '../../src/federation/journeys.ts';
import type { Asking } from '../asking.ts';
import { CITY, COUNTY, HOMESTEAD, LOW_INCOME, TOWNSHIP, VILLAGE, mutation, today } from '../asking.ts';

interface Entries {
  catalog: { nodes: { item: { code: string; name: string }; takenInHere: boolean }[] };
}
/** Items that no other test works with: each is changed for good. */
const BETTERED = '3310-MZ-004';
const CHANGED = '3310-LY-001';
const SUSPENDED = '3310-MZ-005';
const CANCELLED = '3310-DA-001';
/** An item that a desk lacks from here on. */
const MISSED = '3310-SL-001';

export interface Drifts {
  catalogDrift: {
    division: { name: string };
    basis: { name: string } | null;
    basisStale: boolean;
    drift: { node: { name: string }; itemCode: string; element: string; kind: string }[];
    coverage: { expected: number; answered: number; silent: { node: { name: string }; code: string }[] };
  };
}
export const DRIFT = `{ catalogDrift(division: "${CITY}") {
  division { name } basis { name } basisStale
  drift { node { name } itemCode element own basic kind }
  coverage { expected answered silent { node { name } code } }
} }`;
const REVISE = mutation(
  'reviseImplementation',
  'ReviseImplementationInput',
  'implementation { itemCode promisedDays promisedUnit version node { name } }',
);
const DRAFT = mutation(
  'draftItem',
  'ItemDraftInput',
  'draft { state item { name version standard { promised { days } } } reviews { desk } }',
);
const REVIEW = mutation('reviewItemDraft', 'ReviewItemDraftInput', 'draft { state reviews { desk opinion reviewer } }');
const PUBLISH = mutation('publishItem', 'PublishItemInput', 'item { code name version effectiveFrom }');
const SUSPEND = mutation('suspendItem', 'SuspendItemInput', 'item { code status }');
const CANCEL = mutation('cancelItem', 'CancelItemInput', 'item { code status effectiveTo }');
const REVIEWERS = [
  ['LEGALITY', 'city-legality-reviewer'],
  ['REASONABLENESS', 'city-reasonableness-reviewer'],
  ['COMPLIANCE', 'city-compliance-reviewer'],
] as const;

/**
 * Tests of the catalogue: its command, search and guides, its betterment and drift at desks, and the life of an item.
 */
export function catalogue(asking: Asking): void {
  const { asked, until, done, refused } = asking;
  describe('the catalogue command', () => {
    const command = (...args: string[]) => asking.federation.command('city', ['catalogue', ...args]);

    test('refuses a broken file with every fault, another node and an unknown division', async () => {
      const broken = join(asking.federation.dir, 'broken.json');
      const file = JSON.parse(await readFile(CATALOGUE_FILE, 'utf8')) as { items: object[] };
      Object.assign(file.items[0] ?? {}, { decidingTier: 'province' });
      Object.assign(file.items[2] ?? {}, { promisedDays: 1000 });
      await writeFile(broken, JSON.stringify(file));
      const faults = await command('import', broken, '--node', CITY);
      expect(faults.code).toBe(1);
      expect(faults.output).toContain('items[0].decidingTier');
      expect(faults.output).toContain('items[2].promisedDays');
      expect(faults.output).not.toMatch(/\n\s+at /);
      const unknown = await command('publish', '--node', '999999');
      expect(unknown).toMatchObject({ code: 1, output: expect.stringMatching(/^UNKNOWN_DIVISION: /) });
      const elsewhere = await command('publish', '--node', COUNTY);
      expect(elsewhere).toMatchObject({ code: 1, output: expect.stringMatching(/^MISROUTED: /) });
    });

    test('takes the same file again without a change, prints a guide and exports every service', async () => {
      const again = await command('import', CATALOGUE_FILE, '--node', CITY);
      expect(again).toMatchObject({ code: 0, output: expect.stringContaining('42 were unchanged') });
      const guide = await command('guide', LOW_INCOME, '--node', CITY, '--division', VILLAGE);
      expect(guide).toMatchObject({ code: 0, output: expect.stringContaining('# 最低生活保障对象认定办事指南') });
      const services = await command('export-cpsv', '--node', CITY);
      expect(services.output.match(/"@type": "cpsv:PublicService"/g)).toHaveLength(42);
    });
  });

  describe('who looks for a word', () => {
    test('finds 宅基地 by the initials of its pinyin, at the township and at the village', async () => {
      for (const division of [TOWNSHIP, VILLAGE]) {
        const { catalog } = await asked<Entries>(null, documents.CATALOG, { division, search: 'zjd', first: 5 });
        expect(catalog.nodes.map(({ item }) => item.name)).toContain('农村村民宅基地审批');
      }
    });

    test('is given first what the desk itself takes in', async () => {
      const { catalog } = await asked<Entries>(null, documents.CATALOG, {
        division: VILLAGE,
        search: '登记',
        first: 50,
      });
      const own = catalog.nodes.map((entry) => entry.takenInHere);
      expect(own[0]).toBe(true);
      expect(own).toEqual(own.toSorted((a, b) => Number(b) - Number(a)));
    });

    test('prints the guide of what was found', async () => {
      const { guide } = await asked<{ guide: { item: { name: string; legalBasis: string }; markdown: string } }>(
        null,
        `{ guide(item: "${HOMESTEAD}", division: "${VILLAGE}") { item { name legalBasis } markdown staleSince } }`,
      );
      expect(guide.item.name).toBe('农村村民宅基地审批');
      expect(guide.markdown).toContain('亭旁镇');
      expect(guide.markdown).toContain('农村宅基地使用承诺书');
    });

    test('is told by code that there is no such item', async () => {
      const { errors } = await (
        await asking.federation.as(null)
      ).ask(`{ guide(item: "3310-XX-999", division: "${VILLAGE}") { markdown } }`);
      expect(errors).toMatchObject([{ path: ['guide'], extensions: { code: 'ITEM_UNKNOWN', node: VILLAGE } }]);
    });
  });

  describe('the catalogue over all nodes', () => {
    const standardization = async () =>
      (
        await asked<{ standardization: { division: { name: string }; present: Record<string, number> } }>(
          null,
          `{ standardization(division: "${COUNTY}") {
          division { name } present { items daysCut daysCutItems materialsDropped byClass { processingClass items } }
        } }`,
        )
      ).standardization;
    const drifts = async () => (await asked<Drifts>('city-supervisor', DRIFT)).catalogDrift;

    test('does not drift once it arrived', async () => {
      expect(await drifts()).toEqual({
        division: { name: '台州市' },
        basis: { name: '台州市' },
        basisStale: false,
        drift: [],
        coverage: { expected: 8, answered: 8, silent: [] },
      });
    });

    test('is bettered by the county: the village sees fewer days, the figures count them, nothing drifts', async () => {
      const before = await standardization();
      const { implementation } = await done<{ implementation: object }>('county-cataloguer', REVISE, {
        item: BETTERED,
        promised: { days: 9, unit: 'WORKDAY' },
        reason: '压缩时限',
      });
      expect(implementation).toMatchObject({ itemCode: BETTERED, promisedDays: 9, node: { name: '三门县' } });
      await until<{ catalog: { nodes: { implementation: { promisedDays: number } }[] } }>(
        null,
        `{ catalog(division: "${VILLAGE}", search: "${BETTERED}") { nodes { implementation { promisedDays } } } }`,
        ({ catalog }) => catalog.nodes[0]?.implementation.promisedDays === 9,
      );
      const held = await asking.federation.rows<{ body: unknown }>(
        'baojia',
        `SELECT 1 FROM implementations WHERE node = $1 AND item = $2`,
        [VILLAGE, BETTERED],
      );
      expect(held.length).toBeGreaterThan(0);
      const after = await standardization();
      expect(after.division.name).toBe('三门县');
      expect(after.present['daysCut']).toBe((before.present['daysCut'] ?? 0) + 6);
      expect((await drifts()).drift).toEqual([]);
    });

    test('is not worsened: more days are refused with the article, at the county', async () => {
      expect(
        await refused('county-cataloguer', REVISE, {
          item: BETTERED,
          promised: { days: 16, unit: 'WORKDAY' },
          reason: '人手不足',
        }),
      ).toMatchObject([
        {
          code: 'IMPLEMENTATION_WORSE',
          article: expect.any(String),
          field: 'promised',
          node: { code: COUNTY, name: '三门县' },
        },
      ]);
    });

    test('drifts by name where a node misses a version', async () => {
      await asking.federation.host('renjia').stop();
      await asking.federation.rows('renjia', `DELETE FROM items WHERE code = $1`, [MISSED]);
      await asking.federation.host('renjia').start();
      const { catalogDrift } = await until<Drifts>(
        'city-supervisor',
        DRIFT,
        (answer) => answer.catalogDrift.drift.length > 0,
      );
      expect(catalogDrift.drift).toMatchObject([
        { node: { name: '任家村委会' }, itemCode: MISSED, element: 'item', kind: 'MISSING' },
      ]);
    });
  });

  describe('the life of an item', () => {
    test('a change is drafted by the city’s cataloguer and not by the county’s', async () => {
      const input = { code: CHANGED, reason: '压缩时限', promised: { days: 3, unit: 'WORKDAY' } };
      expect(await refused('county-cataloguer', DRAFT, input)).toMatchObject([
        { code: 'FORBIDDEN', article: expect.any(String), node: { code: COUNTY } },
      ]);
      const { draft } = await done<{ draft: object }>('city-cataloguer', DRAFT, input);
      expect(draft).toMatchObject({
        state: 'IN_REVIEW',
        item: { name: '林木采伐许可证核发', version: 2, standard: { promised: { days: 3 } } },
        reviews: [],
      });
    });

    test('is not published before three desks have approved it', async () => {
      const input = { code: CHANGED, effectiveFrom: today() };
      expect(await refused('city-cataloguer', PUBLISH, input)).toMatchObject([
        { code: 'ITEM_NOT_REVIEWED', article: expect.any(String), node: { name: '台州市' } },
      ]);
      for (const [desk, who] of REVIEWERS) await done(who, REVIEW, { code: CHANGED, desk, opinion: 'APPROVE' });
      expect(await done<object>('city-cataloguer', PUBLISH, input)).toMatchObject({
        item: { name: '林木采伐许可证核发', version: 2, effectiveFrom: today() },
      });
    });

    test('is seen at the village in its new version', async () => {
      await until<{ catalog: { nodes: { implementation: { itemVersion: number; promisedDays: number } }[] } }>(
        null,
        `{ catalog(division: "${VILLAGE}", search: "${CHANGED}") {
        nodes { item { version } implementation { itemVersion promisedDays } }
      } }`,
        ({ catalog }) =>
          catalog.nodes[0]?.implementation.itemVersion === 2 && catalog.nodes[0].implementation.promisedDays === 3,
      );
      const { guide } = await until<{ guide: { item: { version: number }; markdown: string } }>(
        null,
        `{ guide(item: "${CHANGED}", division: "${VILLAGE}") { item { version } markdown } }`,
        // item and implementation arrive separately
        ({ guide }) => guide.item.version === 2 && guide.markdown.includes('| 承诺办结时限 | 3 个工作日 |'),
      );
      expect(guide.markdown).toContain('# 林木采伐许可证核发办事指南');
    });

    test('stands in its history with who did what', async () => {
      const query = `{ itemHistory(code: "${CHANGED}") {
      changes { seq kind version author reason diff { path before after } } draft { state }
    } }`;
      const { itemHistory } = await asked<{
        itemHistory: { changes: { kind: string; author: string }[]; draft: null };
      }>('city-supervisor', query);
      expect(itemHistory.draft).toBeNull();
      expect(itemHistory.changes.map(({ kind, author }) => [kind, author])).toEqual(
        expect.arrayContaining([
          ['DRAFTED', '徐文理'],
          ['PUBLISHED', '徐文理'],
        ]),
      );
      const { errors } = await (await asking.federation.as('county-supervisor')).ask(query);
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', node: COUNTY, article: expect.any(String) } }]);
    });

    test('begins with a draft of its own, and ends up in the lists of those it is for', async () => {
      const code = '3310-MZ-090';
      await done('city-cataloguer', DRAFT, {
        code,
        reason: '新增事项',
        name: '社会组织法人登记',
        kind: 'LICENSE',
        processingClass: 'COMMITTED',
        decidingTier: 'COUNTY',
        acceptingTiers: ['COUNTY'],
        statutory: { days: 20, unit: 'WORKDAY' },
        promised: { days: 10, unit: 'WORKDAY' },
        legalBasis: '《社会团体登记管理条例》第十二条',
        department: '民政',
        audiences: ['ORGANIZATION'],
        proxyAllowed: true,
        materials: [{ name: '登记申请书', required: true }],
        maxVisits: 1,
      });
      for (const [desk, who] of REVIEWERS) await done(who, REVIEW, { code, desk, opinion: 'APPROVE' });
      await done('city-cataloguer', PUBLISH, { code, effectiveFrom: today() });
      const powers = (audience: string) =>
        `{ publishedList(division: "${COUNTY}", kind: POWERS, audience: ${audience}) { item { code audiences } name } }`;
      interface Powers {
        publishedList: { item: { code: string } }[];
      }
      const has = ({ publishedList }: Powers) => publishedList.some(({ item }) => item.code === code);
      await until<Powers>(null, powers('ORGANIZATION'), has);
      expect(has(await asked<Powers>(null, powers('PERSON')))).toBe(false);
    });

    test('is cancelled by a day, and the public is told which', async () => {
      const effectiveTo = plusDays(today(), 30);
      const input = { code: CANCELLED, reason: '法规修订', effectiveTo };
      expect(await done<object>('city-cataloguer', CANCEL, input)).toMatchObject({ item: { effectiveTo } });
      await until<{ catalog: { nodes: { item: { effectiveTo: string | null } }[] } }>(
        null,
        `{ catalog(division: "${COUNTY}", search: "${CANCELLED}") { nodes { item { status effectiveTo } } } }`,
        ({ catalog }) => catalog.nodes[0]?.item.effectiveTo === effectiveTo,
      );
    });
  });

  describe('an item that is suspended', () => {
    test('is so for a reason, and is not taken in at the village any more', async () => {
      expect(await refused('city-cataloguer', SUSPEND, { code: SUSPENDED, reason: ' ' })).toMatchObject([
        { code: 'REASON_MISSING', field: 'reason', article: expect.any(String), node: { code: CITY } },
      ]);
      expect(
        await done<object>('city-cataloguer', SUSPEND, {
          code: SUSPENDED,
          reason: '系统升级',
          until: plusDays(today(), 3),
        }),
      ).toMatchObject({ item: { status: 'SUSPENDED' } });
      await until<{ catalog: { nodes: { available: boolean }[] } }>(
        null,
        `{ catalog(division: "${VILLAGE}", search: "${SUSPENDED}") { nodes { available item { status } } } }`,
        ({ catalog }) => catalog.nodes[0]?.available === false,
      );
      expect(
        await refused('baojia-agent', documents.FILE_CASE, {
          item: SUSPENDED,
          applicant: APPLICANTS.elder,
          consent: consentOf(APPLICANTS.elder, '老年人优待证办理'),
          materials: [],
        }),
      ).toMatchObject([
        { code: 'ITEM_NOT_IN_FORCE', field: 'item', article: expect.any(String), node: { code: VILLAGE } },
      ]);
    });
  });
}
