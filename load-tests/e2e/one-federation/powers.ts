import { plusDays } from '@liandong/schema/kernel';
import { describe, expect, test } from 'vitest';
import * as documents from '../../src/federation/documents.ts';
import type { Asking } from '../asking.ts';
import { CITY, COUNTY, HOMESTEAD, LOW_INCOME, RELIEF, TOWNSHIP, VILLAGE, mutation, today } from '../asking.ts';

const ARTICLE = '《社会救助暂行办法》第十一条';

/** Tests of powers that are lent, and of the law they rest on. */
export function powers(asking: Asking): void {
  const { asked, until, done, refused } = asking;
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
        await asking.federation.as('county-civil-chief')
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

    test('are asked for and declined with a reason, by the chief of whom they were asked of alone', async () => {
      const DECLINE = mutation('declinePowerRequest', 'EndDelegationInput', 'request { id declined grantee { name } }');
      const { request } = await done<{ request: { id: string } }>(
        'tingpang-chief',
        mutation('requestPower', 'RequestPowerInput', 'request { id }'),
        { grantor: COUNTY, items: [RELIEF], stages: ['DECIDE'], reason: '就近办理', staff: 1 },
      );
      const { id } = request;
      const REQUESTS = '{ delegationRequests { id declined } }';
      interface Requests {
        delegationRequests: { id: string; declined: string | null }[];
      }
      await until<Requests>('county-civil-chief', REQUESTS, (answer) =>
        answer.delegationRequests.some((one) => one.id === id),
      );
      const reason = '先培训再下放';
      expect(await refused('county-civil-chief', DECLINE, { id, reason: ' ' })).toMatchObject([
        { code: 'REASON_MISSING', field: 'reason', node: { code: COUNTY } },
      ]);
      expect(await refused('county-civil-clerk', DECLINE, { id, reason })).toMatchObject([
        { code: 'FORBIDDEN', node: { code: COUNTY } },
      ]);
      expect(await refused('tingpang-chief', DECLINE, { id, reason })).toMatchObject([
        { code: 'FORBIDDEN', node: { code: TOWNSHIP } },
      ]);
      expect(
        await refused('county-civil-chief', DECLINE, { id: '0198c0de-0000-4000-8000-000000000001', reason }),
      ).toMatchObject([{ code: 'NOT_FOUND', field: 'id', node: { name: '三门县' } }]);
      expect(await done<object>('county-civil-chief', DECLINE, { id, reason })).toMatchObject({
        request: { id, declined: reason, grantee: { name: '亭旁镇' } },
      });
      await until<Requests>('tingpang-chief', REQUESTS, (answer) =>
        answer.delegationRequests.some((one) => one.id === id && one.declined === reason),
      );
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
      const { errors } = await (await asking.federation.as(null)).ask(CHANGES);
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED', node: CITY } }]);
    });

    test('that was not confirmed by its day names who lags, to the city and to the county', async () => {
      const LATE = (division: string) => `{ legalBasisChanges(division: "${division}", first: 5) {
      id late { name } tasks { node { name } late confirmedAt } } }`;
      interface Late {
        legalBasisChanges: {
          id: string;
          late: { name: string }[];
          tasks: { node: { name: string }; late: boolean; confirmedAt: string | null }[];
        }[];
      }
      const changeOf = ({ legalBasisChanges }: Late) => legalBasisChanges.find((change) => change.id === id);
      expect(changeOf(await asked<Late>('city-supervisor', LATE(CITY)))?.late).toEqual([]);
      // the day of the change has passed
      for (const host of ['city', 'county']) {
        await asking.federation.rows(
          host,
          `UPDATE legal_basis_changes SET body = jsonb_set(body, '{confirmBy}', to_jsonb($2::text)) WHERE id = $1`,
          [id, plusDays(today(), -1)],
        );
      }
      for (const [who, division] of [
        ['city-supervisor', CITY],
        ['county-supervisor', COUNTY],
      ] as const) {
        const change = changeOf(await asked<Late>(who, LATE(division)));
        expect(change?.late.map(({ name }) => name)).toEqual(expect.arrayContaining(['亭旁镇', '珠岙镇']));
        expect(change?.late.map(({ name }) => name)).not.toContain('三门县');
        const late = change?.tasks.filter((task) => task.late).map(({ node }) => node.name);
        expect(late).toEqual(change?.late.map(({ name }) => name));
      }
      // a desk that confirms after the day has still confirmed, and no longer lags
      await done('tingpang-cataloguer', mutation('confirmLegalBasis', 'ConfirmLegalBasisInput', 'change { id }'), {
        change: id,
        note: '补确认',
      });
      await until<Late>('city-supervisor', LATE(CITY), (answer) => {
        const names = changeOf(answer)?.late.map(({ name }) => name);
        return names?.includes('珠岙镇') === true && !names.includes('亭旁镇');
      });
    });
  });

  describe('a power that rests on a law', () => {
    test('is named to the county and to the city when the law changes, and counts where it is lent', async () => {
      const { delegation } = await done<{ delegation: { id: string } }>('county-civil-chief', documents.GRANT_POWER, {
        grantee: TOWNSHIP,
        items: [RELIEF],
        stages: ['REVIEW', 'DECIDE'],
        mode: 'ENTRUSTED',
        from: today(),
        basis: '《社会救助暂行办法》第四十八条',
        announcement: '委托亭旁镇人民政府审核确认临时救助',
      });
      await until<{ delegations: { id: string }[] }>(
        null,
        `{ delegations(division: "${TOWNSHIP}") { id } }`,
        (answer) => answer.delegations.some(({ id }) => id === delegation.id),
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
      const grants = [{ id: delegation.id, grantor: { name: '三门县' }, grantee: { name: '亭旁镇' } }];
      expect(legalBasisChanges[0]?.grants).toEqual(grants);
      // grants go up too: the city, which asks, knows the grants below it that rest on the law
      await until<{ legalBasisChanges: { basis: string; grants: object[] }[] }>(
        'city-supervisor',
        `{ legalBasisChanges(division: "${CITY}", first: 1) { basis grants { id grantor { name } grantee { name } } } }`,
        (answer) => JSON.stringify(answer.legalBasisChanges[0]?.grants) === JSON.stringify(grants),
      );
    });

    test('is on the published list of the township that decides by it, beside its own', async () => {
      const { publishedList } = await asked<{ publishedList: object[] }>(
        null,
        `{ publishedList(division: "${TOWNSHIP}", kind: POWERS) {
        item { code name } capFen decidedUnder { grantor { name } mode } } }`,
      );
      expect(publishedList).toEqual([
        {
          item: { code: RELIEF, name: '临时救助对象认定' },
          capFen: null,
          decidedUnder: { grantor: { name: '三门县' }, mode: 'ENTRUSTED' },
        },
        { item: { code: HOMESTEAD, name: '农村村民宅基地审批' }, capFen: null, decidedUnder: null },
      ]);
    });
  });
}
