import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SignJWT, generateKeyPair } from 'jose';
import { describe, expect, test } from 'vitest';
import { Client } from '../../src/federation/client.ts';
import * as documents from '../../src/federation/documents.ts';
import { JOURNEYS, Journey, fileLowIncome, rollupWhen, scan } from '../../src/federation/journeys.ts';
import { oneFormJourney } from '../../src/federation/one-form-journey.ts';
import type { Asking } from '../asking.ts';
import { custodians } from '../federation.ts';

/** Tests of cases on their way through the levels, and of the people who may and may not see them. */
export function journeys(asking: Asking): void {
  const ids: string[] = [];

  describe('the journeys', () => {
    test.each(JOURNEYS)('$title', async ({ run, expect: expected }) => {
      const report = await run(asking.federation, () => undefined);
      ids.push(report.id);
      expect(report).toMatchObject(expected);
      expect(await custodians(asking.federation, report.id)).toEqual([expected.custodian]);
    });

    test('are counted by the county and the city, with a watermark for each of their nodes', async () => {
      const county = await rollupWhen(await asking.federation.as('county-supervisor'), '331022', 4);
      expect(county.figures).toMatchObject({
        filed: 4,
        accepted: 4,
        closed: 4,
        closedInTime: 4,
        supplementRequested: 1,
        granted: 3,
      });
      expect(county.coverage).toMatchObject({ expected: 7, covered: 7, complete: true });
      const city = await rollupWhen(await asking.federation.as('city-supervisor'), '331000', 4);
      expect(city.figures).toMatchObject({ filed: 4, granted: 4, closed: 4 });
      expect(city.coverage).toMatchObject({ expected: 8, covered: 8, complete: true });
      expect(city.coverage.watermarks.every((w) => w.asOf !== null && w.behind === 0)).toBe(true);
    });
  });

  describe('one form for a new enterprise', () => {
    test('goes through five departments and is delivered at once', async () => {
      const report = await oneFormJourney(asking.federation, () => undefined);
      expect(report).toMatchObject({ ok: true, state: 'DELIVERED', total: 5, succeeded: 5, failed: 0, delivered: 5 });
    });

    test('goes on where one department does not accept its part, which the one progress shows', async () => {
      const report = await oneFormJourney(asking.federation, () => undefined, '3310-GA-001');
      expect(report).toMatchObject({ ok: true, state: 'DELIVERED', total: 5, succeeded: 4, failed: 1, delivered: 4 });
    });
  });

  describe('a case that went through', () => {
    const verify = async (file: string, ...args: string[]) => {
      const script = fileURLToPath(new URL('../../../scripts/verify.mjs', import.meta.url));
      const child = spawn(process.execPath, [script, file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
      let out = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
      const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? 255)));
      return { code, out };
    };

    test('is exported by the county, and proved by npm run verify with the root’s public key, until a byte is changed', async () => {
      const file = join(asking.federation.dir, 'case.json');
      const command = ['case', 'export', ids[0] ?? '', '--node', '331022', '--out', file];
      command.push('--with-materials', '--why', '核对');
      expect(await asking.federation.command('county', command)).toEqual({ code: 0, output: '' });
      const trustFile = asking.federation.environment('county')['LIANDONG_TRUST_FILE'] ?? '';
      const sound = await verify(file, '--root', trustFile, '--json');
      expect(sound.code).toBe(0);
      expect(JSON.parse(sound.out)).toMatchObject({ ok: true, state: 'CLOSED', exportedBy: '331022', faults: [] });
      await writeFile(file, (await readFile(file, 'utf8')).replace('"application/pdf"', '"application/pdg"'));
      const changed = await verify(file, '--root', trustFile);
      expect(changed.code).toBe(1);
      expect(changed.out).toContain('material 1 (digest)');
    });

    test('is proved also after the county’s key was rotated by the command line', async () => {
      const rotate = ['keys', 'rotate', '--node', '331022', '--why', '年度换钥', '--by', '王主任'];
      expect(await asking.federation.command('county', rotate)).toMatchObject({ code: 0 });
      const log = (action: string) =>
        asking.federation.rows('county', `SELECT 1 FROM key_log WHERE node = '331022' AND action = $1`, [action]);
      for (let tries = 0; tries < 300 && (await log('TAKEN_UP')).length === 0; tries++) await pause(100);
      const file = join(asking.federation.dir, 'later.json');
      await asking.federation.command('county', ['case', 'export', ids[0] ?? '', '--node', '331022', '--out', file]);
      const { code } = await verify(
        file,
        '--root',
        asking.federation.environment('county')['LIANDONG_TRUST_FILE'] ?? '',
      );
      expect(code).toBe(0);
    });
  });

  describe('one question over four nodes', () => {
    const journey = async (who: string) => (await asking.federation.as(who)).ask(documents.JOURNEY, { id: ids[0] });

    test('is answered by the village, the county and the city, each part by its owner', async () => {
      const { data, errors } = await journey('county-civil-clerk');
      expect(errors).toEqual([]);
      expect(data).toMatchObject({
        case: {
          state: 'CLOSED',
          item: { code: '3310-MZ-001', name: '最低生活保障对象认定', statutoryDays: 20 },
          implementation: { promisedDays: 18, materials: expect.arrayContaining([{ name: '户口簿', required: true }]) },
          applicant: { name: '王秀英' },
          custodian: { code: '331022103201', name: '包家村委会', tier: 'VILLAGE' },
        },
      });
      const { log, clock } = (data?.['case'] ?? {}) as {
        log: { action: string; node: { name: string } }[];
        clock: { remainingDays: number };
      };
      expect(log.map((l) => l.action)).toEqual([
        'FILED',
        'FORWARDED',
        'RECEIVED',
        'ACCEPTED',
        'REVIEWED',
        'FORWARDED',
        'RECEIVED',
        'REVIEWED',
        'DECIDED',
        'DOCUMENT_ISSUED',
        'ASSIGNED',
        'RECEIVED',
        'DELIVERED',
        'CLOSED',
      ]);
      expect(log[3]?.node.name).toBe('亭旁镇');
      expect(clock.remainingDays).toBe(18);
    });
  });

  describe('the result', () => {
    test('is a document that says in whose name it was decided, read where it was delivered', async () => {
      const { data, errors } = await (
        await asking.federation.as('baojia-agent')
      ).ask(documents.RESULT_DOCUMENT, { id: ids[0] });
      expect(errors).toEqual([]);
      const text = String(data?.['resultDocument']);
      expect(text).toContain('# 最低生活保障对象认定决定书');
      expect(text).toContain('| 决定机关 | 三门县');
      expect(text).toContain('三门县(本级行使)');
    });

    test('is rated by the applicant once, without a login, and not read by strangers', async () => {
      const journey = new Journey(asking.federation, () => undefined);
      await fileLowIncome(journey);
      await journey.step('baojia-agent', '撤回', documents.WITHDRAW_CASE, { reason: '申请人撤回' });
      const nobody = await asking.federation.as(null);
      const rate = { number: journey.number, code: journey.trackingCode, grade: 4 };
      expect(await nobody.ask(documents.RATE_SERVICE, rate)).toMatchObject({
        data: { rateService: { case: { state: 'WITHDRAWN' }, errors: [] } },
      });
      expect(await nobody.ask(documents.RATE_SERVICE, rate)).toMatchObject({
        data: { rateService: { case: null, errors: [{ code: 'RATED_ALREADY' }] } },
      });
      const strangers = await (
        await asking.federation.as('renjia-agent')
      ).ask(documents.RESULT_DOCUMENT, { id: ids[0] });
      expect(strangers).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    });
  });

  describe('the public', () => {
    test('tracks a case by number and code, without a login and without personal data', async () => {
      const journey = new Journey(asking.federation, () => undefined);
      await fileLowIncome(journey);
      const nobody = await asking.federation.as(null);
      const { data, errors } = await nobody.ask(documents.TRACK, {
        number: journey.number,
        code: journey.trackingCode,
      });
      expect(errors).toEqual([]);
      expect(data).toMatchObject({
        track: {
          number: journey.number,
          state: 'FILED',
          item: { name: '最低生活保障对象认定' },
          custodian: { name: '包家村委会' },
        },
      });
      expect(JSON.stringify(data)).not.toMatch(/王秀英|包小芳/);
      const wrong = await nobody.ask(documents.TRACK, { number: journey.number, code: 'AAAAAAAA' });
      expect(wrong).toMatchObject({ data: { track: null }, errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    });

    test('reads catalogue and divisions and nothing else', async () => {
      const nobody = await asking.federation.as(null);
      const { data } = await nobody.ask(documents.CATALOG, { division: '331022103', search: '宅基地', first: 5 });
      expect(data).toMatchObject({
        catalog: { nodes: [{ item: { code: '3310-NY-001' }, acceptor: { code: '331022103' }, takenInHere: true }] },
      });
      const closed = await nobody.ask(documents.CASE_NOW, { id: ids[0] });
      expect(closed).toMatchObject({ data: { case: null }, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      const list = await nobody.ask('{ cases(first: 1) { nodes { id } } }');
      expect(list.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    });
  });

  describe('refusals', () => {
    test('an agent of one village can’t read another village’s case', async () => {
      const { data, errors } = await (
        await asking.federation.as('renjia-agent')
      ).ask(documents.CASE_NOW, { id: ids[0] });
      expect(data).toEqual({ case: null });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN', node: '331022103201' } }]);
    });

    test('another township’s clerk can’t handle the case, and a supervisor handles nothing', async () => {
      const journey = new Journey(asking.federation, () => undefined);
      await fileLowIncome(journey);
      await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
      await journey.arrives('tingpang-clerk', '331022103', '收到');
      const accept = async (who: string) =>
        (await (await asking.federation.as(who)).refusals(documents.ACCEPT_CASE, { id: journey.id }))[0];
      expect(await accept('zhuao-clerk')).toMatchObject({ code: 'NOT_FOUND', node: { code: '331022102' } });
      expect(await accept('county-supervisor')).toMatchObject({ code: 'NOT_FOUND', node: { code: '331022' } });
      expect(await accept('tingpang-chief')).toMatchObject({ code: 'FORBIDDEN', article: '政务服务中心岗位职责制度' });
      expect(await accept('baojia-agent')).toMatchObject({ code: 'FORBIDDEN' });
    });

    test('a broken rule names its article and the node, and every fault of an input its field', async () => {
      const client = await asking.federation.as('baojia-agent');
      const errors = await client.refusals(documents.FILE_CASE, {
        item: '3310-MZ-001',
        applicant: { name: ' ', idType: 'RESIDENT_ID', idNumber: '331022195203120029', phone: '12' },
        materials: [],
      });
      expect(new Set(errors.map((e) => e.field))).toEqual(
        new Set(['applicant.name', 'applicant.idNumber', 'applicant.phone']),
      );
      expect(errors.find((e) => e.field === 'applicant.idNumber')).toMatchObject({
        code: 'BAD_INPUT',
        article: 'GB 11643-1999',
        node: { code: '331022103201' },
      });
    });

    test('a token of another issuer, or none that can be read, is refused with 401', async () => {
      const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
      const foreign = await new SignJWT({ name: 'x', division: '331022', roles: ['CHIEF'] })
        .setProtectedHeader({ alg: 'EdDSA' })
        .setIssuer('another-issuer')
        .setAudience('liandong')
        .setSubject('x')
        .setExpirationTime('1h')
        .sign(privateKey);
      const { errors } = await new Client(asking.federation.gatewayUrl, foreign).ask('{ cases { nodes { id } } }');
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
      const response = await fetch(`${asking.federation.gatewayUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer nonsense' },
        body: JSON.stringify({ query: '{ division(code: "331000") { name } }' }),
      });
      expect(response.status).toBe(401);
    });
  });

  describe('materials', () => {
    test('of several megabytes go through the gateway, NATS and the hand-off, byte for byte', async () => {
      const journey = new Journey(asking.federation, () => undefined);
      const bytes = Buffer.concat([Buffer.from(scan('户口簿').content, 'base64'), Buffer.alloc(4_000_000, '材料')]);
      bytes.write('%%EOF', bytes.length - 6);
      await journey.file('baojia-agent', '收件', {
        item: '3310-MZ-001',
        applicant: { name: '王秀英', idType: 'RESIDENT_ID', idNumber: '331022195203120028', phone: '13800000001' },
        consent: { givenBy: '王秀英', way: 'SIGNATURE', scope: '代办', givenAt: '2026-01-05T01:00:00.000Z' },
        materials: [
          { name: '户口簿', fileName: '户口簿.pdf', mediaType: 'application/pdf', content: bytes.toString('base64') },
        ],
      });
      await journey.step('baojia-agent', '上报', documents.FORWARD_CASE);
      await journey.arrives('tingpang-clerk', '331022103', '收到');
      const id = journey.id;
      const words = ['case', 'export', id, '--node', '331022103', '--with-materials', '--why', '核对'];
      const { code, output } = await asking.federation.command('tingpang', words);
      expect(code).toBe(0);
      const { materials } = JSON.parse(output) as { materials: { content: string }[] };
      expect(materials.some(({ content }) => Buffer.from(content, 'base64').equals(bytes))).toBe(true);
    });
  });
}
