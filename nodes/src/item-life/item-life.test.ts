import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProblemError } from '@liandong/schema/kernel';
import type { ReviewDesk } from '@liandong/schema/domains/catalogue';
import type { Viewer } from '@liandong/schema/operation';
import { implementation } from '@liandong/schema/domains/implementation';
import { itemLife } from '@liandong/schema/domains/item-life';
import { ARTICLES, dayOf, plusDays } from '@liandong/schema/kernel';
import { CaseSteps, agent, application, clerk } from '../testing/cases.ts';
import { approveDraft, cataloguer, reviewerOf } from '../testing/catalogue.ts';
import { isolate } from '../testing/isolate.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';

const DAY_MS = 86_400_000;
const ITEM = '3310-MZ-001';
const countyCataloguer = personAt(COUNTY, 'CATALOGUER');

/** Without an idempotency key. */
const once = { idempotencyKey: null };

let federation: TestFederation;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
});
afterAll(() => federation.stop());

const life = () => federation.desk(CITY, itemLife);
const historyOf = (viewer: Viewer, code: string) => life().itemHistory(viewer, { code });
const today = () => dayOf(federation.now());
const itemAt = async (node: string, code = ITEM) => {
  const [found] = await federation.services(node).catalogue.getMany([code]);
  return found instanceof Error || !found ? null : found.item;
};
const implementationAt = async (node: string, item = ITEM) => {
  const [found] = await federation.services(node).implementation.getMany([{ item, node: COUNTY }]);
  return found instanceof Error || !found ? null : found.implementation;
};
/** Waits until the copies of nodes hold a version of the item, whether or not it has taken effect. */
const arrives = (version: number, ...nodes: string[]) =>
  eventually(async () => {
    const held = await Promise.all(
      nodes.map((node) =>
        federation.rows(node, `SELECT 1 FROM items WHERE node = $1 AND code = $2 AND version = $3`, [
          node,
          ITEM,
          version,
        ]),
      ),
    );
    return held.every((rows) => rows.length === 1);
  });
const refused = (act: Promise<unknown>) =>
  act.then(
    () => [],
    (error: ProblemError) => error.problems.map((p) => [p.code, p.field]),
  );
const say = (desk: ReviewDesk, opinion: 'APPROVE' | 'REJECT', remarks: string | null = null, code = ITEM) =>
  life().reviewItemDraft(reviewerOf(desk), { code, desk, opinion, remarks, ...once });

describe('a change of an item', () => {
  test('is drafted and reviewed once by its key, and answered as it was', async () => {
    const code = '3310-NY-001';
    const input = { code, reason: '修订', note: '说明一', idempotencyKey: 'draft-0001' };
    const drafted = await life().draftItem(cataloguer, input);
    await life().draftItem(cataloguer, { ...input, note: '说明二', idempotencyKey: 'draft-0002' });
    // under the first key no second draft is made
    expect(await life().draftItem(cataloguer, input)).toEqual(drafted);
    expect((await historyOf(cataloguer, code)).draft?.item.item.note).toBe('说明二');
    expect(await refused(life().draftItem(cataloguer, { ...input, note: '说明三' }))).toEqual([
      ['IDEMPOTENCY_MISMATCH', 'idempotencyKey'],
    ]);
    const review = { code, desk: 'LEGALITY' as const, opinion: 'APPROVE' as const, remarks: null };
    const asked = { ...review, idempotencyKey: 'review-001' };
    const reviewed = await life().reviewItemDraft(reviewerOf('LEGALITY'), asked);
    expect(reviewed.reviews).toMatchObject([{ desk: 'LEGALITY', at: expect.any(Date) }]);
    expect(await life().reviewItemDraft(reviewerOf('LEGALITY'), asked)).toEqual(reviewed);
  });

  test('is drafted and reviewed by the city’s people in their posts, and by nobody else', async () => {
    const input = { code: ITEM, reason: '修订', note: '新说明' };
    expect(await refused(life().draftItem(null, { ...input, ...once }))).toEqual([['UNAUTHENTICATED', null]]);
    expect(await refused(life().draftItem(countyCataloguer, { ...input, ...once }))).toEqual([['FORBIDDEN', null]]);
    expect(await refused(life().draftItem(personAt(CITY, 'CLERK'), { ...input, ...once }))).toEqual([
      ['FORBIDDEN', null],
    ]);
    expect(await refused(federation.desk(COUNTY, itemLife).draftItem(countyCataloguer, { ...input, ...once }))).toEqual(
      [['FORBIDDEN', null]],
    );
    expect(
      await refused(
        life().reviewItemDraft(cataloguer, {
          code: ITEM,
          desk: 'LEGALITY',
          opinion: 'APPROVE',
          remarks: null,
          ...once,
        }),
      ),
    ).toEqual([['FORBIDDEN', null]]);
  });

  test('names every fault of its draft, and changes nothing', async () => {
    const faulty = {
      code: ITEM,
      reason: '修订',
      promised: { days: 30, unit: 'WORKDAY' as const },
      delegableTo: ['VILLAGE' as const],
    };
    expect(await refused(life().draftItem(cataloguer, { ...faulty, ...once }))).toEqual([
      ['CATALOGUE_INVALID', 'promisedDays'],
      ['CATALOGUE_INVALID', 'delegableTo[0]'],
    ]);
    expect(
      await refused(life().draftItem(cataloguer, { code: ITEM, reason: '修订', kind: 'PERMIT' as never, ...once })),
    ).toEqual([['BAD_INPUT', 'kind']]);
    expect(await refused(life().draftItem(cataloguer, { code: ITEM, reason: '修订', ...once }))).toEqual([
      ['ILLEGAL_STEP', null],
    ]);
    expect(await refused(life().draftItem(cataloguer, { code: '3302-MZ-001', reason: '修订', ...once }))).toEqual([
      ['BAD_INPUT', 'code'],
    ]);
    expect((await historyOf(cataloguer, ITEM)).draft).toBeNull();
  });

  test('hands its author the desks’ remarks all at once, and begins anew when it is drafted again', async () => {
    const drafted = await life().draftItem(cataloguer, {
      ...once,
      code: ITEM,
      reason: '压缩时限',
      promised: { days: 12, unit: 'WORKDAY' },
    });
    expect(drafted).toMatchObject({
      state: 'IN_REVIEW',
      reviews: [],
      item: { item: { version: 2, name: '最低生活保障对象认定' } },
    });
    await say('LEGALITY', 'REJECT', '依据须写明条款');
    await say('REASONABLENESS', 'APPROVE');
    expect((await historyOf(cataloguer, ITEM)).draft).toMatchObject({ state: 'IN_REVIEW', reviews: [] });
    expect((await historyOf(reviewerOf('LEGALITY'), ITEM)).draft?.reviews).toHaveLength(1);
    await say('COMPLIANCE', 'APPROVE');
    const back = (await historyOf(cataloguer, ITEM)).draft;
    expect(back).toMatchObject({ state: 'REMARKED' });
    expect(back?.reviews.map((r) => r.remarks)).toContain('依据须写明条款');
    expect(await refused(life().publishItem(cataloguer, { code: ITEM, effectiveFrom: today(), ...once }))).toEqual([
      ['ITEM_NOT_REVIEWED', null],
    ]);
    const again = await life().draftItem(cataloguer, {
      code: ITEM,
      reason: '按意见修改',
      note: '依据第十一条',
      ...once,
    });
    expect(again).toMatchObject({
      state: 'IN_REVIEW',
      reviews: [],
      item: { item: { version: 2, standard: { promised: { days: 12 } } } },
    });
  });

  test('keeps the shorter limits of the green channel and of urgent cases', async () => {
    const limits = {
      greenChannel: { days: 5, unit: 'WORKDAY' as const },
      urgent: { days: 2, unit: 'WORKDAY' as const },
    };
    const code = '3310-MZ-004';
    await life().draftItem(cataloguer, { code, reason: '加快办理', ...limits, ...once });
    expect((await historyOf(cataloguer, code)).draft?.item.item.standard).toMatchObject(limits);
  });

  test('is not reviewed by one person for two desks, nor by its author', async () => {
    await say('LEGALITY', 'APPROVE');
    const same = { ...reviewerOf('LEGALITY') };
    expect(
      await refused(
        life().reviewItemDraft(same, { code: ITEM, desk: 'COMPLIANCE', opinion: 'APPROVE', remarks: null, ...once }),
      ),
    ).toEqual([['SAME_PERSON', null]]);
    const author = { ...cataloguer, roles: ['REVIEWER' as const] };
    expect(
      await refused(
        life().reviewItemDraft(author, { code: ITEM, desk: 'COMPLIANCE', opinion: 'APPROVE', remarks: null, ...once }),
      ),
    ).toEqual([['SAME_PERSON', null]]);
  });

  test('comes down to every node when it is published, and not before its day', async () => {
    await say('REASONABLENESS', 'APPROVE');
    await say('COMPLIANCE', 'APPROVE');
    expect(await refused(life().publishItem(cataloguer, { code: ITEM, effectiveFrom: '2026-01-01', ...once }))).toEqual(
      [['BAD_INPUT', 'effectiveFrom']],
    );
    await life().publishItem(cataloguer, { code: ITEM, effectiveFrom: plusDays(today(), 1), ...once });
    await arrives(2, VILLAGE);
    await eventually(async () => (await implementationAt(VILLAGE))?.promised.days === 12);
    expect(await itemAt(VILLAGE)).toMatchObject({ version: 1 });
    federation.shiftMs = 2 * DAY_MS;
    expect(await itemAt(VILLAGE)).toMatchObject({ version: 2, note: '依据第十一条' });
  });

  test('stands in the history with its author, its reason and what it changed', async () => {
    const { changes, draft } = await historyOf(personAt(CITY, 'SUPERVISOR'), ITEM);
    expect(draft).toBeNull();
    expect(changes.map((c) => [c.kind, c.version, c.author])).toEqual([
      ['DRAFTED', 1, '命令行'],
      ['PUBLISHED', 1, '命令行'],
      ['DRAFTED', 2, cataloguer.name],
      ['DRAFTED', 2, cataloguer.name],
      ['PUBLISHED', 2, cataloguer.name],
    ]);
    expect(changes[2]).toMatchObject({ reason: '压缩时限' });
    expect(changes[2]?.diff).toContainEqual({ path: 'standard.promised.days', before: '18', after: '12' });
    expect(await refused(historyOf(personAt(CITY, 'CLERK'), ITEM))).toEqual([['FORBIDDEN', null]]);
    expect(await refused(historyOf(cataloguer, '3310-XX-999'))).toEqual([['ITEM_UNKNOWN', 'code']]);
  });
});

describe('a new item', () => {
  const NEW = '3310-MZ-900';
  test('is drafted with all it needs, reviewed, published, and can be read in the village', async () => {
    expect(
      (await refused(life().draftItem(cataloguer, { code: NEW, reason: '新增', ...once }))).map(([, field]) => field),
    ).toContain('name');
    await life().draftItem(cataloguer, {
      ...once,
      code: NEW,
      reason: '新增',
      name: '高龄津贴发放',
      kind: 'PAYMENT',
      processingClass: 'ANSWER',
      decidingTier: 'COUNTY',
      acceptingTiers: ['TOWNSHIP', 'VILLAGE'],
      legalBasis: '《浙江省社会养老服务促进条例》',
      department: '民政',
      proxyAllowed: true,
      powerSource: 'DEVOLVED_ABOVE',
      promised: { days: 0.5, unit: 'WORKDAY' },
      materials: [{ name: '身份证明', required: true, providedBy: 'SHARING' }],
      maxVisits: 0,
    });
    await approveDraft(life(), NEW);
    await life().publishItem(cataloguer, { code: NEW, effectiveFrom: today(), ...once });
    await eventually(async () => (await itemAt(VILLAGE, NEW)) !== null);
    expect(await itemAt(VILLAGE, NEW)).toMatchObject({
      powerSource: 'DEVOLVED_ABOVE',
      processingClass: 'ANSWER',
      version: 1,
    });
    await eventually(async () => (await implementationAt(VILLAGE, NEW))?.promised.days === 0.5);
  });
});

describe('the graph', () => {
  const ask = async (
    node: string,
    role: 'catalogue' | 'implementation',
    query: string,
    variables: object,
    viewer: Viewer,
  ) => federation.ask(node, { role, query, variables: { ...variables }, token: await federation.token(viewer) });

  test('drafts and reviews an item, and answers a refusal as data', async () => {
    const draft = `mutation ($input: ItemDraftInput!) { draftItem(input: $input) {
      draft { state item { code version window signOff { level maxLayers } standard { promised { days unit } } }
              reviews { desk } vagueClauses { place fault } }
      errors { code field article } } }`;
    const code = '3310-MZ-002';
    const input = {
      code,
      reason: '完善要素',
      window: '民政窗口',
      signOff: { level: 'CHIEF', maxLayers: 2 },
      promised: { days: 7.5, unit: 'WORKDAY' },
      conditions: ['符合有关规定'],
    };
    const made = await ask(CITY, 'catalogue', draft, { input }, cataloguer);
    expect(made).toEqual({
      data: {
        draftItem: {
          draft: {
            state: 'IN_REVIEW',
            item: {
              code,
              version: 2,
              window: '民政窗口',
              signOff: { level: 'CHIEF', maxLayers: 2 },
              standard: { promised: { days: 7.5, unit: 'WORKDAY' } },
            },
            reviews: [],
            vagueClauses: [{ place: 'conditions[0]', fault: 'VAGUE' }],
          },
          errors: [],
        },
      },
    });
    const review = `mutation ($input: ReviewItemDraftInput!) { reviewItemDraft(input: $input) { errors { code field } } }`;
    const objection = { code, desk: 'LEGALITY', opinion: 'REJECT' };
    expect((await ask(CITY, 'catalogue', review, { input: objection }, reviewerOf('LEGALITY'))).data).toEqual({
      reviewItemDraft: { errors: [{ code: 'REASON_MISSING', field: 'remarks' }] },
    });
    const early = `mutation ($input: PublishItemInput!) { publishItem(input: $input) { item { code } errors { code article } } }`;
    const at = { code, effectiveFrom: today() };
    expect((await ask(CITY, 'catalogue', early, { input: at }, cataloguer)).data).toEqual({
      publishItem: { item: null, errors: [{ code: 'ITEM_NOT_REVIEWED', article: ARTICLES.threeDesks }] },
    });
    const history = `query ($code: ID!) { itemHistory(code: $code) { changes { kind author diff { path } } draft { state } } }`;
    const told = await ask(CITY, 'catalogue', history, { code }, cataloguer);
    expect(told.data).toMatchObject({
      itemHistory: { changes: [{}, {}, { kind: 'DRAFTED' }], draft: { state: 'IN_REVIEW' } },
    });
    const barred = await ask(CITY, 'catalogue', history, { code }, personAt(CITY, 'CLERK'));
    expect(barred.errors?.[0]?.extensions?.code).toBe('FORBIDDEN');
  });

  test('revises an implementation with all its elements, and refuses what is worse', async () => {
    const revise = `mutation ($input: ReviseImplementationInput!) { reviseImplementation(input: $input) {
      implementation { promisedDays hours onlineDepth stages { name person limit { days unit } } contacts { phone }
                       discretion { circumstance } feeSchedule { baseFen } windows materials { name providedBy held } }
      errors { code field article } } }`;
    const input = {
      item: '3310-MZ-003',
      reason: '完善要素',
      hours: '8:30—12:00,14:00—17:30',
      onlineDepth: 'LEVEL_3',
      windows: ['民政窗口'],
      stages: [{ name: '受理', standard: '材料齐全', limit: { days: 0.5, unit: 'WORKDAY' }, post: '窗口人员' }],
      contacts: [{ name: '咨询', phone: '0576-12345' }],
      discretion: [{ circumstance: '低收入家庭', standard: '从宽' }],
      feeSchedule: { unit: '件', baseFen: 0, rates: [{ category: 'general', percent: 100 }] },
    };
    expect((await ask(COUNTY, 'implementation', revise, { input }, countyCataloguer)).data).toMatchObject({
      reviseImplementation: {
        implementation: {
          promisedDays: 15,
          onlineDepth: 'LEVEL_3',
          stages: [{ name: '受理', person: null, limit: { days: 0.5, unit: 'WORKDAY' } }],
          feeSchedule: { baseFen: 0 },
          materials: expect.arrayContaining([{ name: '身份证明', providedBy: 'APPLICANT', held: false }]),
        },
        errors: [],
      },
    });
    const worse = { item: '3310-MZ-003', reason: '延长', promised: { days: 16, unit: 'WORKDAY' } };
    expect((await ask(COUNTY, 'implementation', revise, { input: worse }, countyCataloguer)).data).toEqual({
      reviseImplementation: {
        implementation: null,
        errors: [{ code: 'IMPLEMENTATION_WORSE', field: 'promised', article: ARTICLES.neverWorse }],
      },
    });
  });
});

describe('the deciding node', () => {
  const revise = (change: object, viewer = countyCataloguer) =>
    federation
      .desk(COUNTY, implementation)
      .reviseImplementation(viewer, { item: ITEM, reason: '优化', ...change, ...once });

  test('betters its implementation, and the levels below hear of it', async () => {
    const before = await implementationAt(COUNTY);
    const materials = before?.materials.map((m) => ({
      ...m,
      providedBy: m.name === '户口簿' ? 'SHARING' : m.providedBy,
    }));
    await revise({ promised: { days: 6.5, unit: 'WORKDAY' }, maxVisits: 0, materials, onlineDepth: 'LEVEL_4' });
    await eventually(async () => (await implementationAt(VILLAGE))?.promised.days === 6.5);
    expect(await implementationAt(VILLAGE)).toMatchObject({
      version: (before?.version ?? 0) + 1,
      maxVisits: 0,
      onlineDepth: 'LEVEL_4',
      materials: expect.arrayContaining([expect.objectContaining({ name: '户口簿', providedBy: 'SHARING' })]),
    });
  });

  test('is refused more days, materials and visits, with the article', async () => {
    const materials = [{ name: '无犯罪记录证明', required: true }];
    await expect(revise({ promised: { days: 13, unit: 'WORKDAY' }, maxVisits: 2, materials })).rejects.toMatchObject({
      problems: [
        { code: 'IMPLEMENTATION_WORSE', field: 'promised', article: ARTICLES.neverWorse },
        { code: 'IMPLEMENTATION_WORSE', field: 'materials.0.name', article: ARTICLES.neverWorse },
        { code: 'IMPLEMENTATION_WORSE', field: 'maxVisits', article: ARTICLES.neverWorse },
      ],
    });
    expect((await implementationAt(COUNTY))?.promised.days).toBe(6.5);
  });

  test('lets its own cataloguers do it, of the item’s department or of the centre', async () => {
    expect(await refused(revise({ maxVisits: 0 }, personAt(COUNTY, 'CLERK', '民政')))).toEqual([['FORBIDDEN', null]]);
    expect(await refused(revise({ maxVisits: 0 }, cataloguer))).toEqual([['FORBIDDEN', null]]);
    expect(await refused(revise({ maxVisits: 0 }, personAt(COUNTY, 'CATALOGUER', '自然资源')))).toEqual([
      ['WRONG_DEPARTMENT', null],
    ]);
    expect(await refused(revise({ hours: '8:30—17:30' }, personAt(COUNTY, 'CATALOGUER', '民政')))).toEqual([]);
  });

  test('is told that a revision which says the same changes nothing, and no version is made', async () => {
    const before = await implementationAt(COUNTY);
    expect(await refused(revise({ promised: before?.promised, maxVisits: before?.maxVisits }))).toEqual([
      ['NO_CHANGE', null],
    ]);
    expect((await implementationAt(COUNTY))?.version).toBe(before?.version);
  });

  test('keeps what it has bettered when the item’s next version comes down', async () => {
    await life().draftItem(cataloguer, {
      ...once,
      code: ITEM,
      reason: '减少跑动',
      maxVisits: 0,
      promised: { days: 10, unit: 'WORKDAY' },
    });
    await approveDraft(life(), ITEM);
    await life().publishItem(cataloguer, { code: ITEM, effectiveFrom: today(), ...once });
    await eventually(async () => (await implementationAt(VILLAGE))?.itemVersion === 3);
    expect(await implementationAt(VILLAGE)).toMatchObject({ promised: { days: 6.5 }, onlineDepth: 'LEVEL_4' });
  });
});

describe('an item that is taken out of use', () => {
  const steps = () => new CaseSteps(federation);
  const file = () => steps().file(agent, application());

  test('refuses new cases while it is suspended, and takes them again by itself', async () => {
    const until = plusDays(today(), 3);
    await life().suspendItem(cataloguer, { code: ITEM, reason: '系统升级', from: null, until, ...once });
    await arrives(5, VILLAGE);
    expect(await itemAt(VILLAGE)).toMatchObject({ status: 'SUSPENDED', version: 4 });
    expect(await refused(file())).toEqual([['ITEM_NOT_IN_FORCE', 'item']]);
    federation.shiftMs += 4 * DAY_MS;
    expect(await refused(file())).toEqual([]);
  });

  test('stays so without an end, until a draft that was under way takes it up again', async () => {
    await life().draftItem(cataloguer, { code: ITEM, reason: '修订', note: '恢复办理', ...once });
    await approveDraft(life(), ITEM);
    await life().suspendItem(cataloguer, { code: ITEM, reason: '系统故障', from: null, until: null, ...once });
    await arrives(6, VILLAGE);
    federation.shiftMs += 4 * DAY_MS;
    expect(await refused(file())).toEqual([['ITEM_NOT_IN_FORCE', 'item']]);
    expect(
      await refused(life().suspendItem(cataloguer, { code: ITEM, reason: '再次', from: null, until: null, ...once })),
    ).toEqual([['ILLEGAL_STEP', null]]);
    await life().publishItem(cataloguer, { code: ITEM, effectiveFrom: today(), ...once });
    await arrives(7, VILLAGE, TOWNSHIP);
    expect(await itemAt(VILLAGE)).toMatchObject({ status: 'IN_FORCE', version: 7, note: '恢复办理' });
  });

  test('lets a running case go on under the version it was accepted under, also when it is cancelled', async () => {
    const id = await file();
    await steps().forward(id, agent);
    await steps().arrives(id, clerk);
    await steps().accept(id, clerk);
    await life().cancelItem(cataloguer, { code: ITEM, reason: '法规修订', effectiveTo: plusDays(today(), 5), ...once });
    await arrives(8, VILLAGE, TOWNSHIP);
    federation.shiftMs += 6 * DAY_MS;
    expect(await steps().review(id, clerk)).toMatchObject({ state: 'REVIEWED' });
  });

  test('is refused by a node that was cut off when the day came', async () => {
    federation.shiftMs -= 6 * DAY_MS;
    await isolate(federation, VILLAGE, async () => {
      expect(await refused(file())).toEqual([]);
      federation.shiftMs += 5 * DAY_MS;
      expect(await refused(file())).toEqual([['ITEM_NOT_IN_FORCE', 'item']]);
      expect(await itemAt(VILLAGE)).toMatchObject({ status: 'CANCELLED' });
    });
  });

  test('is not cancelled twice', async () => {
    expect(
      await refused(
        life().cancelItem(cataloguer, { code: ITEM, reason: '再次', effectiveTo: plusDays(today(), 30), ...once }),
      ),
    ).toEqual([['ILLEGAL_STEP', null]]);
  });
});
