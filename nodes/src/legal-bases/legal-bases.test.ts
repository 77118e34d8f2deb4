import { randomUUID } from 'node:crypto';
import type { ChangeLegalBasisInput, LegalBasisChangeView } from '@liandong/schema/domains/legal-bases';
import { legalBases } from '@liandong/schema/domains/legal-bases';
import type { Viewer } from '@liandong/schema/operation';
import { dayOf, plusDays } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, LOW_INCOME, agent, clerk } from '../testing/cases.ts';
import {
  CATALOGUE_FILE,
  CITY,
  COUNTY,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';
import { importCatalogue } from '../catalogue/index.ts';
import { basesByTitle, linkOlderItems } from './index.ts';

const DAY_MS = 86_400_000;
const ARTICLE_11 = '《社会救助暂行办法》第十一条';
const cataloguer = (node: string) => personAt(node, 'CATALOGUER');
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const today = () => dayOf(federation.now());
const input = (change: Partial<ChangeLegalBasisInput> = {}): ChangeLegalBasisInput => ({
  change: 'CHANGED',
  title: '社会救助暂行办法',
  article: '第十一条',
  kind: 'REGULATION',
  issuedBy: '国务院',
  effectiveOn: plusDays(today(), 30),
  supersededBy: null,
  textDigest: null,
  reason: '国务院令修改',
  confirmBy: plusDays(today(), 10),
  idempotencyKey: null,
  ...change,
});
const desk = (node: string) => federation.desk(node, legalBases);
const basesOf = (node: string, item: string) => desk(node).legalBases(null, { division: node, item });
const changes = (node: string, viewer: Viewer, first: number) =>
  desk(node).legalBasisChanges(viewer, { division: node, first });
const seen = async (node: string, id: string): Promise<LegalBasisChangeView | undefined> =>
  (await changes(node, cataloguer(node), 200)).find((view) => view.change.id === id);
const reaches = (node: string, id: string) => eventually(async () => (await seen(node, id)) !== undefined);
const task = (view: LegalBasisChangeView | undefined, node: string) => view?.tasks.find((t) => t.node === node);
const announce = async (change: Partial<ChangeLegalBasisInput> = {}) =>
  (await desk(CITY).changeLegalBasis(cataloguer(CITY), input(change))).change.id;

describe('what an item rests on', () => {
  test.each([CITY, COUNTY, VILLAGE])('is read from its citation at %s, and not verified by anybody', async (node) => {
    expect(await basesOf(node, LOW_INCOME)).toMatchObject([
      { id: ARTICLE_11, title: '社会救助暂行办法', article: '第十一条' },
    ]);
    const [first, second] = await basesOf(node, '3310-CZ-001');
    expect(new Set([first?.id, second?.id])).toEqual(new Set(['《代理记账管理办法》第三条', '《会计法》第三十四条']));
    expect(first?.verified).toBe(false);
  });

  test('is nothing for an item that is not there', async () => {
    expect(await basesOf(VILLAGE, '3310-XX-999')).toEqual([]);
  });

  test('is found also for items that came before links were kept, once', async () => {
    const db = federation.db(VILLAGE);
    await db.queryHost('DELETE FROM item_bases WHERE node = $1', [VILLAGE]);
    await linkOlderItems(db, VILLAGE);
    expect(await basesOf(VILLAGE, LOW_INCOME)).toEqual([]);
    await db.queryHost(`DELETE FROM node_settings WHERE node = $1 AND key = 'legal-bases.linked'`, [VILLAGE]);
    await linkOlderItems(db, VILLAGE);
    expect(await basesOf(VILLAGE, LOW_INCOME)).toHaveLength(1);
  });
});

describe('a change of the law', () => {
  test('names the items, counts the running cases of every node and asks those that decide or accept', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await steps.file();
    const change = await announce();
    await eventually(async () => (await seen(CITY, change))?.tasks.filter((t) => t.report).length === 3);
    const view = await seen(CITY, change);
    expect(view?.change).toMatchObject({ basis: ARTICLE_11, items: [LOW_INCOME], tiers: ['COUNTY', 'TOWNSHIP'] });
    expect(view?.tasks.map((t) => [t.node, t.asked, t.report?.runningCases, t.late])).toEqual([
      [COUNTY, true, 0, false],
      [TOWNSHIP, true, 1, false],
      [VILLAGE, false, 1, false],
    ]);
    expect(view?.grants).toEqual([]);
    expect(await basesOf(VILLAGE, LOW_INCOME)).toMatchObject([
      { id: ARTICLE_11, kind: 'REGULATION', issuedBy: '国务院', verified: true },
    ]);
  });

  test('is confirmed by the nodes that were asked, and whoever lags is named', async () => {
    const change = await announce({ article: null });
    await reaches(TOWNSHIP, change);
    const mine = await desk(TOWNSHIP).confirmLegalBasis(cataloguer(TOWNSHIP), {
      change,
      note: '已修改办事指南',
      idempotencyKey: null,
    });
    expect(mine.tasks.map((t) => [t.node, t.report?.confirmation?.note])).toContainEqual([TOWNSHIP, '已修改办事指南']);
    await eventually(async () => Boolean(task(await seen(CITY, change), TOWNSHIP)?.report?.confirmation));
    await eventually(async () => Boolean(task(await seen(COUNTY, change), TOWNSHIP)?.report?.confirmation));
    expect(task(await seen(COUNTY, change), CITY)).toBeUndefined();
    federation.shiftMs = 11 * DAY_MS;
    try {
      expect((await seen(CITY, change))?.tasks.filter((t) => t.late).map((t) => t.node)).toEqual([COUNTY]);
    } finally {
      federation.shiftMs = 0;
    }
  });

  test('is confirmed once: the first word stands', async () => {
    const change = await announce();
    await reaches(COUNTY, change);
    const first = await desk(COUNTY).confirmLegalBasis(cataloguer(COUNTY), {
      change,
      note: '甲',
      idempotencyKey: null,
    });
    const second = await desk(COUNTY).confirmLegalBasis(cataloguer(COUNTY), {
      change,
      note: '乙',
      idempotencyKey: null,
    });
    const word = (view: LegalBasisChangeView) => task(view, COUNTY)?.report?.confirmation;
    expect(word(second)).toEqual(word(first));
    expect(word(first)?.note).toBe('甲');
  });

  test('repeals what it says from its day on, and it cannot be repealed twice', async () => {
    const change = {
      change: 'REPEALED',
      title: '森林法',
      article: '第五十七条',
      supersededBy: '《新森林法》',
    } as const;
    await announce(change);
    expect(await basesOf(CITY, '3310-LY-001')).toMatchObject([
      { repealedOn: plusDays(today(), 30), supersededBy: '《新森林法》' },
    ]);
    await expect(announce(change)).rejects.toMatchObject({ code: 'LEGAL_BASIS_CONFLICT' });
    const tried = await importCatalogue(
      federation.db(CITY),
      CITY,
      federation.divisions,
      CATALOGUE_FILE,
      federation.now(),
      { dryRun: true, basesByTitle },
    );
    expect(tried.warnings).toEqual([
      {
        code: '3310-LY-001',
        field: 'legalBasis',
        citation: '《森林法》第五十七条',
        repealedOn: plusDays(today(), 30),
        supersededBy: '《新森林法》',
      },
    ]);
  });

  test('is announced once for a key', async () => {
    const key = randomUUID();
    const first = await announce({ change: 'NEW', title: '社会救助法', article: null, idempotencyKey: key });
    expect(await announce({ change: 'NEW', title: '社会救助法', article: null, idempotencyKey: key })).toBe(first);
    await expect(announce({ change: 'NEW', title: '社会救助法', article: null })).rejects.toMatchObject({
      code: 'LEGAL_BASIS_CONFLICT',
    });
  });

  test('of what no item cites is refused and leaves nothing behind', async () => {
    const before = await changes(CITY, cataloguer(CITY), 200);
    await expect(announce({ title: '无此法' })).rejects.toMatchObject({ code: 'LEGAL_BASIS_UNKNOWN' });
    expect(await changes(CITY, cataloguer(CITY), 200)).toHaveLength(before.length);
  });
});

describe('a change of the law is not', () => {
  test('announced by a county, by a clerk, or without a login', async () => {
    await expect(desk(COUNTY).changeLegalBasis(cataloguer(COUNTY), input())).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(desk(CITY).changeLegalBasis(personAt(CITY, 'CLERK'), input())).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await expect(desk(CITY).changeLegalBasis(null, input())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('confirmed by a village, by another desk’s people, by a clerk, or unknown', async () => {
    const change = await announce();
    await reaches(TOWNSHIP, change);
    const confirm = (node: string, viewer = cataloguer(node)) =>
      desk(node).confirmLegalBasis(viewer, { change, note: null, idempotencyKey: null });
    await expect(confirm(VILLAGE)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(confirm(TOWNSHIP, cataloguer(COUNTY))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(confirm(TOWNSHIP, clerk)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(confirm(CITY)).rejects.toMatchObject({ code: 'NOT_COMPETENT' });
    await expect(
      desk(COUNTY).confirmLegalBasis(cataloguer(COUNTY), { change: randomUUID(), note: null, idempotencyKey: null }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('read from below', async () => {
    await expect(changes(COUNTY, cataloguer(TOWNSHIP), 10)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(changes(COUNTY, cataloguer(CITY), 0)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect(await changes(COUNTY, cataloguer(CITY), 1)).toHaveLength(1);
  });
});

test('a desk can not speak for another', async () => {
  const { LegalBasisDesk } = await import('./index.ts');
  const { Outbox } = await import('../handoff/index.ts');
  const bases = new LegalBasisDesk({
    divisions: federation.divisions,
    outbox: new Outbox(),
    nodes: () => federation.nodes(),
    now: federation.now,
  });
  const body = {
    change: randomUUID(),
    node: COUNTY,
    runningCases: 0,
    countedAt: new Date().toISOString(),
    confirmation: null,
  };
  const message = { id: randomUUID(), from: TOWNSHIP, to: CITY, kind: 'LEGAL_BASIS' as const, body, bytes: null };
  const verdict = await federation.db(CITY).transact(CITY, (tx) => bases.report(tx, message));
  expect(verdict).toMatchObject({ outcome: 'REFUSED', code: 'FORBIDDEN' });
  await expect(
    federation.db(CITY).transact(CITY, (tx) => bases.report(tx, { ...message, body: {} })),
  ).rejects.toMatchObject({ code: 'MESSAGE_INVALID' });
});
