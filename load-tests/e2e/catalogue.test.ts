import { setTimeout as pause } from 'node:timers/promises';
import { dayOf, plusDays } from '@liandong/schema';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GraphQLAnswer } from '../src/federation/client.ts';
import * as documents from '../src/federation/documents.ts';
import type { Federation } from '../src/federation/federation.ts';
import { REGISTERS_FILE } from '../src/federation/federation.ts';
import { APPLICANTS, Journey, consentOf, fileHomestead, fileLowIncome } from '../src/federation/journeys.ts';
import { settled, startFederation } from './federation.ts';

const CITY = '331000';
const COUNTY = '331022';
const TOWNSHIP = '331022103';
const VILLAGE = '331022103201';
const LOW_INCOME = '3310-MZ-001';
const RELIEF = '3310-MZ-002';
const HOMESTEAD = '3310-NY-001';
const TITLE = '3310-JS-002';
const HOUSEHOLD = `${COUNTY}-household`;
const ARTICLE = '《社会救助暂行办法》第十一条';

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation();
});
afterAll(() => federation.stop());

const today = () => dayOf(new Date());
const FAULTS = 'errors { code message article field node { code name } }';

/** What somebody is told, without any error; null asks as the public. */
async function asked<T>(who: string | null, query: string, variables: Record<string, unknown> = {}): Promise<T> {
  return (await federation.as(who)).get<T>(query, variables);
}

/** Asks until the answer is as described. */
async function until<T>(who: string | null, query: string, seen: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const answer: GraphQLAnswer = await (await federation.as(who)).ask(query);
    if (answer.errors.length === 0 && seen(answer.data as T)) return answer.data as T;
    if (performance.now() > deadline) throw new Error(`waited in vain; the answer is ${JSON.stringify(answer)}`);
    await pause(50);
  }
}

const mutation = (field: string, input: string, result: string) =>
  `mutation ($input: ${input}!) { ${field}(input: $input) { ${result} ${FAULTS} } }`;

/** Does something and insists on its being done. */
async function done<T>(who: string, document: string, input: Record<string, unknown>): Promise<T> {
  return (await federation.as(who)).do<T>(document, input);
}

async function refused(who: string, document: string, input: Record<string, unknown>) {
  return (await federation.as(who)).refusals(document, input);
}

interface Entries {
  catalog: { nodes: { item: { code: string; name: string }; takenInHere: boolean }[] };
}
interface Drifts {
  catalogDrift: {
    division: { name: string };
    basis: { name: string } | null;
    basisStale: boolean;
    drift: { node: { name: string }; itemCode: string; element: string; kind: string }[];
    coverage: { expected: number; answered: number; silent: { node: { name: string }; code: string }[] };
  };
}
const DRIFT = `{ catalogDrift(division: "${CITY}") {
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

describe('who looks for a word', () => {
  test('finds 宅基地 by the initials of its pinyin, at the township and at the village', async () => {
    for (const division of [TOWNSHIP, VILLAGE]) {
      const { catalog } = await asked<Entries>(null, documents.CATALOG, { division, search: 'zjd', first: 5 });
      expect(catalog.nodes.map(({ item }) => item.name)).toContain('农村村民宅基地审批');
    }
  });

  test('is given first what the desk itself takes in', async () => {
    const { catalog } = await asked<Entries>(null, documents.CATALOG, { division: VILLAGE, search: '登记', first: 50 });
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
      await federation.as(null)
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
  const drifts = async () => (await asked<Drifts>(null, DRIFT)).catalogDrift;

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
      item: LOW_INCOME,
      promised: { days: 12, unit: 'WORKDAY' },
      reason: '压缩时限',
    });
    expect(implementation).toMatchObject({ itemCode: LOW_INCOME, promisedDays: 12, node: { name: '三门县' } });
    await until<{ catalog: { nodes: { implementation: { promisedDays: number } }[] } }>(
      null,
      `{ catalog(division: "${VILLAGE}", search: "${LOW_INCOME}") { nodes { implementation { promisedDays } } } }`,
      ({ catalog }) => catalog.nodes[0]?.implementation.promisedDays === 12,
    );
    const held = await federation.rows<{ body: unknown }>(
      'baojia',
      `SELECT 1 FROM implementations WHERE node = $1 AND item = $2`,
      [VILLAGE, LOW_INCOME],
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
        item: LOW_INCOME,
        promised: { days: 19, unit: 'WORKDAY' },
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

  test('is compared without the county while its host is down, and names it', async () => {
    await settled(federation);
    await federation.host('county').stop();
    try {
      expect(await drifts()).toMatchObject({
        basisStale: false,
        drift: [],
        coverage: { expected: 8, answered: 7, silent: [{ node: { name: '三门县' }, code: 'NODE_UNREACHABLE' }] },
      });
    } finally {
      await federation.host('county').start();
    }
  });

  test('drifts by name where a node misses a version', async () => {
    await federation.host('renjia').stop();
    await federation.rows('renjia', `DELETE FROM items WHERE code = $1`, [TITLE]);
    await federation.host('renjia').start();
    const { catalogDrift } = await until<Drifts>(null, DRIFT, (answer) => answer.catalogDrift.drift.length > 0);
    expect(catalogDrift.drift).toMatchObject([
      { node: { name: '任家村委会' }, itemCode: TITLE, element: 'item', kind: 'MISSING' },
    ]);
  });
});

describe('the life of an item', () => {
  test('a change is drafted by the city’s cataloguer and not by the county’s', async () => {
    const input = { code: RELIEF, reason: '压缩时限', promised: { days: 6, unit: 'WORKDAY' } };
    expect(await refused('county-cataloguer', DRAFT, input)).toMatchObject([
      { code: 'FORBIDDEN', article: expect.any(String), node: { code: COUNTY } },
    ]);
    const { draft } = await done<{ draft: object }>('city-cataloguer', DRAFT, input);
    expect(draft).toMatchObject({
      state: 'IN_REVIEW',
      item: { name: '临时救助对象认定', version: 2, standard: { promised: { days: 6 } } },
      reviews: [],
    });
  });

  test('is not published before three desks have approved it', async () => {
    const input = { code: RELIEF, effectiveFrom: today() };
    expect(await refused('city-cataloguer', PUBLISH, input)).toMatchObject([
      { code: 'ITEM_NOT_REVIEWED', article: expect.any(String), node: { name: '台州市' } },
    ]);
    for (const [desk, who] of REVIEWERS) await done(who, REVIEW, { code: RELIEF, desk, opinion: 'APPROVE' });
    expect(await done<object>('city-cataloguer', PUBLISH, input)).toMatchObject({
      item: { name: '临时救助对象认定', version: 2, effectiveFrom: today() },
    });
  });

  test('is seen at the village in its new version', async () => {
    await until<{ catalog: { nodes: { implementation: { itemVersion: number; promisedDays: number } }[] } }>(
      null,
      `{ catalog(division: "${VILLAGE}", search: "${RELIEF}") {
        nodes { item { version } implementation { itemVersion promisedDays } }
      } }`,
      ({ catalog }) =>
        catalog.nodes[0]?.implementation.itemVersion === 2 && catalog.nodes[0].implementation.promisedDays === 6,
    );
    const { guide } = await until<{ guide: { item: { version: number }; markdown: string } }>(
      null,
      `{ guide(item: "${RELIEF}", division: "${VILLAGE}") { item { version } markdown } }`,
      ({ guide }) => guide.item.version === 2,
    );
    expect(guide.markdown).toContain('6');
  });

  test('stands in its history with who did what', async () => {
    const query = `{ itemHistory(code: "${RELIEF}") {
      changes { seq kind version author reason diff { path before after } } draft { state }
    } }`;
    const { itemHistory } = await asked<{ itemHistory: { changes: { kind: string; author: string }[]; draft: null } }>(
      'city-supervisor',
      query,
    );
    expect(itemHistory.draft).toBeNull();
    expect(itemHistory.changes.map(({ kind, author }) => [kind, author])).toEqual(
      expect.arrayContaining([
        ['DRAFTED', '徐文理'],
        ['PUBLISHED', '徐文理'],
      ]),
    );
    const { errors } = await (await federation.as('county-supervisor')).ask(query);
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
    const input = { code: '3310-DA-001', reason: '法规修订', effectiveTo };
    expect(await done<object>('city-cataloguer', CANCEL, input)).toMatchObject({ item: { effectiveTo } });
    await until<{ catalog: { nodes: { item: { effectiveTo: string | null } }[] } }>(
      null,
      `{ catalog(division: "${COUNTY}", search: "3310-DA-001") { nodes { item { status effectiveTo } } } }`,
      ({ catalog }) => catalog.nodes[0]?.item.effectiveTo === effectiveTo,
    );
  });
});

describe('powers', () => {
  const competence = async (amountFen?: number) =>
    (
      await asked<{ competence: { decider: { code: string; name: string }; reasons: string[] } }>(
        null,
        documents.COMPETENCE,
        { item: RELIEF, division: VILLAGE, ...(amountFen === undefined ? {} : { amountFen }) },
      )
    ).competence;
  const DELEGATIONS = `{ delegations(division: "${VILLAGE}") {
    id grantor { name } grantee { name } items { code name } stages mode capFen state reason
  } }`;

  test('are the county’s while nothing is lent, with and without an amount', async () => {
    expect(await competence()).toMatchObject({ decider: { code: COUNTY, name: '三门县' } });
    expect(await competence(50_000)).toMatchObject({ decider: { code: COUNTY } });
    expect(await asked(null, DELEGATIONS)).toEqual({ delegations: [] });
  });

  test('are asked for by the township, lent, listed to everybody, and handed back', async () => {
    const { request } = await done<{ request: { id: string } }>(
      'tingpang-chief',
      mutation('requestPower', 'RequestPowerInput', 'request { id items { name } grantor { name } openCases }'),
      { grantor: COUNTY, items: [RELIEF], stages: ['DECIDE'], capFen: 100_000, reason: '就近办理', staff: 2 },
    );
    expect(request).toMatchObject({ items: [{ name: '临时救助对象认定' }], grantor: { name: '三门县' } });
    await until<{ delegationRequests: { id: string }[] }>(
      'county-civil-chief',
      `{ delegationRequests { id grantee { name } items { name } } }`,
      (answer) => answer.delegationRequests.some(({ id }) => id === request.id),
    );
    const { delegation } = await done<{ delegation: { id: string } }>('county-civil-chief', documents.GRANT_POWER, {
      grantee: TOWNSHIP,
      items: [RELIEF],
      stages: ['REVIEW', 'DECIDE'],
      mode: 'ENTRUSTED',
      capFen: 100_000,
      from: today(),
      basis: '《社会救助暂行办法》第四十八条',
      announcement: '委托亭旁镇人民政府审核确认一千元以内的临时救助',
      request: request.id,
    });
    await until<{ delegations: { id: string }[] }>(
      null,
      `{ delegations(division: "${TOWNSHIP}", item: "${RELIEF}") { id state } }`,
      (answer) => answer.delegations.some(({ id }) => id === delegation.id),
    );
    await done('tingpang-chief', documents.ANSWER_DELEGATION, { id: delegation.id, accepted: true });
    const { delegations } = await until<{ delegations: { state: string }[] }>(
      null,
      DELEGATIONS,
      (answer) => answer.delegations[0]?.state === 'IN_EFFECT',
    );
    expect(delegations).toMatchObject([
      {
        grantor: { name: '三门县' },
        grantee: { name: '亭旁镇' },
        items: [{ code: RELIEF, name: '临时救助对象认定' }],
        capFen: 100_000,
      },
    ]);
    expect(await competence(100_000)).toMatchObject({ decider: { name: '亭旁镇' } });
    expect(await competence(100_001)).toMatchObject({ decider: { name: '三门县' } });
    expect(await competence()).toMatchObject({ decider: { name: '三门县' } });
    await done('tingpang-chief', mutation('handBackDelegation', 'EndDelegationInput', 'delegation { id state }'), {
      id: delegation.id,
      reason: '人员不足',
    });
    await until<{ delegations: { state: string; reason: string }[] }>(
      null,
      DELEGATIONS,
      (answer) => answer.delegations[0]?.state === 'HANDED_BACK',
    );
    expect(await competence(100_000)).toMatchObject({ decider: { name: '三门县' } });
  });

  test('that the county does not have are not lent, with the article', async () => {
    expect(
      await refused('county-civil-chief', documents.GRANT_POWER, {
        grantee: TOWNSHIP,
        items: [LOW_INCOME],
        stages: ['DECIDE'],
        mode: 'CONFERRED',
        from: today(),
        basis: '无',
        announcement: '无',
      }),
    ).toMatchObject([{ code: 'GRANT_OUT_OF_COMPETENCE', article: expect.any(String), node: { code: COUNTY } }]);
  });

  test('of another department are not lent', async () => {
    expect(
      await refused('county-civil-chief', documents.GRANT_POWER, {
        grantee: TOWNSHIP,
        items: ['3310-SJ-001'],
        stages: ['DECIDE'],
        mode: 'ENTRUSTED',
        from: today(),
        basis: '《行政许可法》第二十四条',
        announcement: '委托食品经营许可',
      }),
    ).toMatchObject([{ code: 'WRONG_DEPARTMENT', article: expect.any(String), node: { code: COUNTY } }]);
  });

  test('are not lent from a day that is none', async () => {
    const { errors } = await (
      await federation.as('county-civil-chief')
    ).ask(documents.GRANT_POWER, {
      input: {
        grantee: TOWNSHIP,
        items: [RELIEF],
        stages: ['DECIDE'],
        mode: 'ENTRUSTED',
        from: '明天',
        basis: '无',
        announcement: '无',
      },
    });
    expect(errors).toMatchObject([
      { message: expect.stringContaining('A Date is a day'), extensions: { code: 'BAD_INPUT' } },
    ]);
  });
});

describe('data that one desk holds and another needs', () => {
  const REQUEST = mutation('requestData', 'RequestDataInput', 'request { id state item { name } provider { name } }');
  const requests = (id: string) => `{ dataRequests(case: "${id}") {
    id state replaces askedBy asker { name } provider { name } item { name } fields { name label value }
    refusals { code article message node { name } }
  } suppliedMaterials(case: "${id}") }`;
  interface Requests {
    dataRequests: { id: string; state: string; refusals: unknown[] }[];
    suppliedMaterials: string[];
  }
  const ESSENTIAL = ['householdNumber', 'holder', 'relation'];

  beforeAll(async () => {
    const { code, output } = await federation.command('county', ['data', 'import', REGISTERS_FILE, '--node', COUNTY]);
    if (code !== 0) throw new Error(output);
  });

  test('is offered by name at the village, for the items it may be asked for', async () => {
    const { dataOffers } = await until<{ dataOffers: { id: string }[] }>(
      'baojia-agent',
      `{ dataOffers(division: "${VILLAGE}") {
        id name kind node { name } purposes { code name } askers { tiers divisions { name } } askableHere staleSince
        fields { name label essential }
      } }`,
      (answer) => answer.dataOffers.length === 2,
    );
    expect(dataOffers.find(({ id }) => id === HOUSEHOLD)).toMatchObject({
      name: '户口簿',
      node: { name: '三门县' },
      purposes: [
        { code: LOW_INCOME, name: '最低生活保障对象认定' },
        { code: '3310-RS-001', name: '城乡居民基本养老保险参保登记' },
      ],
      askers: { divisions: [{ name: '三门县' }] },
      askableHere: true,
    });
  });

  test('is given for a case, and the person it is about sees who asked', async () => {
    const journey = new Journey(federation, () => undefined);
    await fileLowIncome(journey);
    const { request } = await done<{ request: { id: string } }>('baojia-agent', REQUEST, {
      case: journey.id,
      offer: HOUSEHOLD,
      fields: ESSENTIAL,
    });
    expect(request).toMatchObject({ item: { name: '最低生活保障对象认定' }, provider: { name: '三门县' } });
    const found = await until<Requests>(
      'baojia-agent',
      requests(journey.id),
      (answer) => answer.dataRequests[0]?.state === 'ANSWERED',
    );
    expect(found).toMatchObject({
      dataRequests: [{ replaces: '户口簿', asker: { name: '包家村委会' }, provider: { name: '三门县' }, refusals: [] }],
      suppliedMaterials: ['户口簿'],
    });
    expect(JSON.stringify(found)).toContain('3310220001234');
    const use = (code: string) =>
      federation
        .as(null)
        .then((nobody) =>
          nobody.ask(
            `query ($n: String!, $c: String!) { dataUse(number: $n, code: $c) { asker { name } provider { name } item { name } fields state } }`,
            { n: journey.number, c: code },
          ),
        );
    expect(await use(journey.trackingCode)).toEqual({
      data: {
        dataUse: [
          {
            asker: { name: '包家村委会' },
            provider: { name: '三门县' },
            item: { name: '最低生活保障对象认定' },
            fields: ['户号', '户主姓名', '与户主关系'],
            state: 'ANSWERED',
          },
        ],
      },
      errors: [],
    });
    expect(await use('AAAAAAAA')).toMatchObject({ errors: [{ path: ['dataUse'], extensions: { code: 'NOT_FOUND' } }] });
  });

  test('is refused outside its grant, and lights up for the supervisor', async () => {
    const journey = new Journey(federation, () => undefined);
    await fileHomestead(journey);
    await done('renjia-agent', REQUEST, { case: journey.id, offer: HOUSEHOLD, fields: ESSENTIAL });
    const found = await until<Requests>(
      'renjia-agent',
      requests(journey.id),
      (answer) => answer.dataRequests[0]?.state === 'REFUSED',
    );
    expect(found.dataRequests[0]?.refusals).toMatchObject([
      { code: 'DATA_OUT_OF_GRANT', article: expect.any(String), node: { name: '三门县' } },
    ]);
    const lights = `{ dataLights(division: "${COUNTY}") { kind level about { name } raisedAt { name } caseId detail } }`;
    const { dataLights } = await asked<{ dataLights: object[] }>('county-supervisor', lights);
    expect(dataLights).toMatchObject([
      { kind: 'DATA_OUT_OF_GRANT', level: 'RED', about: { name: '任家村委会' }, caseId: journey.id },
    ]);
    const { errors } = await (await federation.as('renjia-agent')).ask(lights);
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', article: expect.any(String) } }]);
  });
});

describe('a change of the law', () => {
  const CHANGE = `id basis items { code name } runningCases asked confirmed untold late { name }
    tasks { node { name } asked confirmedAt confirmedBy note late runningCases } grants { id }`;
  const CHANGES = `{ legalBasisChanges(division: "${CITY}", first: 5) { ${CHANGE} } }`;
  const ANNOUNCE = mutation('changeLegalBasis', 'ChangeLegalBasisInput', `change { ${CHANGE} }`);
  const input = () => ({
    change: 'CHANGED',
    title: '社会救助暂行办法',
    article: '第十一条',
    kind: 'REGULATION',
    issuedBy: '国务院',
    effectiveOn: plusDays(today(), 30),
    reason: '国务院令修改',
    confirmBy: plusDays(today(), 10),
  });
  interface Changes {
    legalBasisChanges: {
      id: string;
      confirmed: number;
      untold: number;
      tasks: { node: { name: string }; confirmedAt: string | null; asked: boolean }[];
    }[];
  }
  let id = '';

  test('is announced by the city’s cataloguer, with the items that rest on it and who must act', async () => {
    expect(await asked(null, `{ legalBases(division: "${VILLAGE}", item: "${LOW_INCOME}") { id title } }`)).toEqual({
      legalBases: [{ id: ARTICLE, title: '社会救助暂行办法' }],
    });
    expect(await refused('county-cataloguer', ANNOUNCE, input())).toMatchObject([
      { code: 'FORBIDDEN', article: expect.any(String), node: { code: COUNTY } },
    ]);
    const { change } = await done<{ change: { id: string; tasks: { node: { name: string } }[] } }>(
      'city-cataloguer',
      ANNOUNCE,
      input(),
    );
    expect(change).toMatchObject({
      basis: ARTICLE,
      items: [{ code: LOW_INCOME, name: '最低生活保障对象认定' }],
      confirmed: 0,
      late: [],
    });
    expect(change.tasks.map(({ node }) => node.name)).toEqual(expect.arrayContaining(['三门县', '亭旁镇']));
    id = change.id;
  });

  test('is confirmed by the county; the city sees who has and who has not', async () => {
    await until<Changes>(
      'county-cataloguer',
      `{ legalBasisChanges(division: "${COUNTY}") { id } }`,
      (answer) => answer.legalBasisChanges[0]?.id === id,
    );
    await done(
      'county-cataloguer',
      mutation('confirmLegalBasis', 'ConfirmLegalBasisInput', 'change { id tasks { node { name } confirmedBy } }'),
      { change: id, note: '已修改办事指南' },
    );
    const { legalBasisChanges } = await until<Changes>(
      'city-supervisor',
      CHANGES,
      (answer) => answer.legalBasisChanges[0]?.confirmed === 1 && answer.legalBasisChanges[0].untold === 0,
    );
    const open = legalBasisChanges[0]?.tasks.filter((task) => task.asked && task.confirmedAt === null);
    expect(open?.map(({ node }) => node.name)).toEqual(expect.arrayContaining(['亭旁镇', '珠岙镇']));
    expect(open?.map(({ node }) => node.name)).not.toContain('三门县');
    const { errors } = await (await federation.as(null)).ask(CHANGES);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', node: CITY } }]);
  });
});

describe('a power that rests on a law', () => {
  test('is named to the county when the law changes, and counts where it is lent', async () => {
    const { delegation } = await done<{ delegation: { id: string } }>('county-civil-chief', documents.GRANT_POWER, {
      grantee: TOWNSHIP,
      items: [RELIEF],
      stages: ['REVIEW', 'DECIDE'],
      mode: 'ENTRUSTED',
      from: today(),
      basis: '《社会救助暂行办法》第四十八条',
      announcement: '委托亭旁镇人民政府审核确认临时救助',
    });
    await until<{ delegations: { id: string }[] }>(null, `{ delegations(division: "${TOWNSHIP}") { id } }`, (answer) =>
      answer.delegations.some(({ id }) => id === delegation.id),
    );
    await done('tingpang-chief', documents.ANSWER_DELEGATION, { id: delegation.id, accepted: true });
    interface Authority {
      fullAuthority: { places: { node: { code: string } | null; belowFull: { item: { code: string } }[] }[] };
    }
    const { fullAuthority } = await until<Authority>(
      'county-supervisor',
      `{ fullAuthority(division: "${COUNTY}") { places { node { code } belowFull { item { code } done } } } }`,
      (answer) =>
        answer.fullAuthority.places
          .find((place) => place.node?.code === TOWNSHIP)
          ?.belowFull.every(({ item }) => item.code !== RELIEF) === true,
    );
    const other = fullAuthority.places.find((place) => place.node?.code === '331022102');
    expect(other?.belowFull.map(({ item }) => item.code)).toContain(RELIEF);
    await done('city-cataloguer', mutation('changeLegalBasis', 'ChangeLegalBasisInput', 'change { id }'), {
      change: 'CHANGED',
      title: '社会救助暂行办法',
      article: '第四十八条',
      effectiveOn: today(),
      reason: '国务院令修改',
      confirmBy: today(),
    });
    const { legalBasisChanges } = await until<{ legalBasisChanges: { basis: string; grants: object[] }[] }>(
      'county-civil-chief',
      `{ legalBasisChanges(division: "${COUNTY}", first: 1) { basis grants { id grantor { name } grantee { name } } } }`,
      (answer) => answer.legalBasisChanges[0]?.basis === '《社会救助暂行办法》第四十八条',
    );
    expect(legalBasisChanges[0]?.grants).toEqual([
      { id: delegation.id, grantor: { name: '三门县' }, grantee: { name: '亭旁镇' } },
    ]);
  });
});

describe('the centre', () => {
  test('admits what it handles, and shows what is still outside', async () => {
    const ADMISSION = `day due admitted exempt outside division { name }
      items { item { code name } state admittedFrom exemption { approver until } } fees { item { name } name amountFen }`;
    await done('county-cataloguer', mutation('admitItem', 'AdmitItemInput', `admission { ${ADMISSION} }`), {
      item: LOW_INCOME,
      from: today(),
    });
    await done('county-cataloguer', mutation('exemptItem', 'ExemptItemInput', `admission { ${ADMISSION} }`), {
      item: RELIEF,
      reason: '入户调查在现场',
      approver: '三门县人民政府',
      until: plusDays(today(), 30),
    });
    const FEE = mutation('changeFee', 'ChangeFeeInput', 'admission { fees { item { name } amountFen } }');
    const fee = {
      item: TITLE,
      name: '不动产登记费',
      change: 'ADDED',
      amountFen: 55_000,
      basis: '《不动产登记暂行条例》第二十条',
      effectiveFrom: today(),
    };
    expect(
      await refused('county-cataloguer', FEE, { ...fee, name: '工本费', basis: '《收费管理办法》' }),
    ).toMatchObject([{ code: 'FEE_WITHOUT_BASIS', article: expect.any(String), node: { code: COUNTY } }]);
    await done('county-cataloguer', FEE, fee);
    const { admission } = await asked<{ admission: { items: { item: { code: string } }[] } }>(
      null,
      `{ admission(division: "${COUNTY}") { ${ADMISSION} feeChanges { item { name } change } } }`,
    );
    expect(admission).toMatchObject({
      admitted: 1,
      exempt: 1,
      division: { name: '三门县' },
      fees: [{ item: { name: '不动产首次登记' }, amountFen: 55_000 }],
      feeChanges: [{ item: { name: '不动产首次登记' }, change: 'ADDED' }],
    });
    expect(admission.items.find(({ item }) => item.code === LOW_INCOME)).toMatchObject({
      item: { name: '最低生活保障对象认定' },
      state: 'ADMITTED',
      admittedFrom: today(),
    });
  });

  test('publishes its powers from the catalogue', async () => {
    const { publishedList } = await asked<{ publishedList: object[] }>(
      null,
      `{ publishedList(division: "${TOWNSHIP}", kind: POWERS) { item { code name } name department stages } }`,
    );
    expect(publishedList).toMatchObject([{ item: { code: HOMESTEAD, name: '农村村民宅基地审批' } }]);
  });

  test('opens a window that a department lets act, and shows how far it reaches', async () => {
    const WINDOW = 'window { code name department authorities { id item { name } department stages } }';
    const AUTHORIZE = mutation('authorizeWindow', 'AuthorizeWindowInput', WINDOW);
    await done('county-cataloguer', mutation('openWindow', 'OpenWindowInput', WINDOW), {
      code: 'A01',
      name: '社会事务综合窗口',
      from: today(),
    });
    const authority = {
      window: 'A01',
      item: LOW_INCOME,
      department: '民政',
      stages: ['REVIEW', 'DECIDE', 'DELIVER'],
      from: today(),
    };
    expect(
      await refused('county-civil-chief', AUTHORIZE, { ...authority, item: '3310-SJ-001', department: '市场监管' }),
    ).toMatchObject([{ code: 'WRONG_DEPARTMENT', article: expect.any(String), node: { name: '三门县' } }]);
    await done('county-civil-chief', AUTHORIZE, authority);
    const { windows } = await asked<{ windows: { authorities: { id: string }[] }[] }>(
      null,
      `{ windows(division: "${COUNTY}") { code name authorities { id item { name } stages } } }`,
    );
    expect(windows).toMatchObject([{ code: 'A01', authorities: [{ item: { name: '最低生活保障对象认定' } }] }]);
    const { fullAuthority } = await asked<{
      fullAuthority: { places: { window: string | null; node: { name: string } }[]; unauthorized: { code: string }[] };
    }>(
      'county-supervisor',
      `{ fullAuthority(division: "${COUNTY}") {
        division { name } day unauthorized { code name }
        places { window node { name } items percent belowFull { item { name } done needed } }
      } }`,
    );
    expect(fullAuthority.unauthorized).toContainEqual({ code: '3310-GA-001', name: '公章刻制备案' });
    expect(fullAuthority.unauthorized.map(({ code }) => code)).not.toContain(LOW_INCOME);
    expect(fullAuthority.places.map(({ window, node }) => window ?? node.name)).toEqual(
      expect.arrayContaining(['A01', '亭旁镇']),
    );
    await done(
      'county-civil-chief',
      mutation('revokeWindowAuthority', 'RevokeInput', 'window { authorities { id } }'),
      { id: windows[0]?.authorities[0]?.id, on: today(), reason: '人员调整' },
    );
    await done('county-cataloguer', mutation('closeWindow', 'CloseWindowInput', 'window { code until }'), {
      code: 'A01',
      until: today(),
    });
  });

  test('keeps seals and moves powers to a bureau', async () => {
    const { seal } = await done<{ seal: { id: string } }>(
      'county-civil-chief',
      mutation('registerSeal', 'RegisterSealInput', 'seal { id name department keeper }'),
      { name: '三门县民政局行政审批专用章', department: '民政', keeper: '吴慧敏', from: today() },
    );
    await done('county-cataloguer', mutation('transferPowers', 'TransferPowersInput', 'transfers { department }'), {
      bureau: '行政审批局',
      departments: ['民政'],
      basis: '《行政许可法》第二十五条',
      from: plusDays(today(), 1),
    });
    expect(await asked(null, `{ powerTransfers(division: "${COUNTY}") { bureau department } }`)).toEqual({
      powerTransfers: [{ bureau: '行政审批局', department: '民政' }],
    });
    expect(await asked('city-supervisor', `{ seals(division: "${COUNTY}") { id revokedOn } }`)).toEqual({
      seals: [{ id: seal.id, revokedOn: plusDays(today(), 1) }],
    });
  });
});

describe('an item that is suspended', () => {
  test('is so for a reason, and is not taken in at the village any more', async () => {
    expect(await refused('city-cataloguer', SUSPEND, { code: '3310-MZ-003', reason: ' ' })).toMatchObject([
      { code: 'REASON_MISSING', field: 'reason', article: expect.any(String), node: { code: CITY } },
    ]);
    expect(
      await done<object>('city-cataloguer', SUSPEND, {
        code: '3310-MZ-003',
        reason: '系统升级',
        until: plusDays(today(), 3),
      }),
    ).toMatchObject({ item: { status: 'SUSPENDED' } });
    await until<{ catalog: { nodes: { available: boolean }[] } }>(
      null,
      `{ catalog(division: "${VILLAGE}", search: "3310-MZ-003") { nodes { available item { status } } } }`,
      ({ catalog }) => catalog.nodes[0]?.available === false,
    );
    expect(
      await refused('baojia-agent', documents.FILE_CASE, {
        item: '3310-MZ-003',
        applicant: APPLICANTS.elder,
        consent: consentOf(APPLICANTS.elder, '特困人员认定'),
        materials: [],
      }),
    ).toMatchObject([
      { code: 'ITEM_NOT_IN_FORCE', field: 'item', article: expect.any(String), node: { code: VILLAGE } },
    ]);
  });
});
