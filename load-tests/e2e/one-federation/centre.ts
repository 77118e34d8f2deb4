import { plusDays } from '@liandong/schema/kernel';
import { beforeAll, describe, expect, test } from 'vitest';
import { REGISTERS_FILE } from '../../src/federation/plan.ts';
import { Journey, fileHomestead, fileLowIncome } from '../../src/federation/journeys.ts';
import type { Asking } from '../asking.ts';
import { CITY, COUNTY, HOMESTEAD, LOW_INCOME, RELIEF, TITLE, VILLAGE, mutation, today } from '../asking.ts';

/** 珠岙镇, which no node lends a power. */
const UNLENT = '331022102';
const HOUSEHOLD = `${COUNTY}-household`;

/** Tests of data sharing between desks, and of the centre: admission, published lists, windows' authority and seals. */
export function centre(asking: Asking): void {
  const { asked, until, done, refused } = asking;
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
      const { code, output } = await asking.federation.command('county', [
        'data',
        'import',
        REGISTERS_FILE,
        '--node',
        COUNTY,
      ]);
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
      const journey = new Journey(asking.federation, () => undefined);
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
        // two fields of one query are read at different moments
        (answer) => answer.dataRequests[0]?.state === 'ANSWERED' && answer.suppliedMaterials.length > 0,
      );
      expect(found).toMatchObject({
        dataRequests: [
          { replaces: '户口簿', asker: { name: '包家村委会' }, provider: { name: '三门县' }, refusals: [] },
        ],
        suppliedMaterials: ['户口簿'],
      });
      expect(JSON.stringify(found)).toContain('3310220001234');
      const use = (code: string) =>
        asking.federation
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
      expect(await use('AAAAAAAA')).toMatchObject({
        errors: [{ path: ['dataUse'], extensions: { code: 'NOT_FOUND' } }],
      });
    });

    test('is refused outside its grant, and lights up for the supervisor', async () => {
      const journey = new Journey(asking.federation, () => undefined);
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
      const { errors } = await (await asking.federation.as('renjia-agent')).ask(lights);
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', article: expect.any(String) } }]);
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
        `{ publishedList(division: "${UNLENT}", kind: POWERS) { item { code name } name department stages } }`,
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
        fullAuthority: {
          places: { window: string | null; node: { name: string } }[];
          unauthorized: { code: string }[];
        };
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

    // at the city: once a desk has seals, no document is issued there without one
    test('keeps seals and moves powers to a bureau', async () => {
      const { seal } = await done<{ seal: { id: string } }>(
        'city-education-chief',
        mutation('registerSeal', 'RegisterSealInput', 'seal { id name department keeper }'),
        { name: '台州市教育局行政审批专用章', department: '教育', keeper: '阮思齐', from: today() },
      );
      await done('city-cataloguer', mutation('transferPowers', 'TransferPowersInput', 'transfers { department }'), {
        bureau: '行政审批局',
        departments: ['教育'],
        basis: '《行政许可法》第二十五条',
        from: plusDays(today(), 1),
      });
      expect(await asked(null, `{ powerTransfers(division: "${CITY}") { bureau department } }`)).toEqual({
        powerTransfers: [{ bureau: '行政审批局', department: '教育' }],
      });
      expect(await asked('city-supervisor', `{ seals(division: "${CITY}") { id revokedOn } }`)).toEqual({
        seals: [{ id: seal.id, revokedOn: plusDays(today(), 1) }],
      });
    });

    test('revokes a seal for a reason, by the department it is set for and by nobody else', async () => {
      const REVOKE = mutation('revokeSeal', 'RevokeInput', 'seal { id name revokedOn }');
      const { seals } = await asked<{ seals: { id: string; name: string }[] }>(
        'city-supervisor',
        `{ seals(division: "${CITY}") { id name } }`,
      );
      const input = { id: seals[0]?.id, on: today(), reason: '印章损坏' };
      const refusals = [
        ['city-education-chief', { ...input, reason: ' ' }, 'REASON_MISSING'],
        ['city-education-chief', { ...input, on: plusDays(today(), -1) }, 'BAD_INPUT'],
        ['city-education-chief', { ...input, id: '0198c0de-0000-4000-8000-000000000001' }, 'NOT_FOUND'],
        ['city-education-clerk', input, 'FORBIDDEN'],
        ['city-supervisor', input, 'FORBIDDEN'],
      ] as const;
      for (const [who, given, code] of refusals) {
        expect(await refused(who, REVOKE, given), `${who} ${code}`).toMatchObject([{ code, node: { code: CITY } }]);
      }
      expect(await done<object>('city-education-chief', REVOKE, input)).toMatchObject({
        seal: { id: seals[0]?.id, revokedOn: today() },
      });
    });
  });
}
