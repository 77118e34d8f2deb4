import { hashPassword } from '@liandong/runtime';
import { get } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { Issuer, LoginGuard, generateIssuerKey } from './issuer/index.ts';
import { COUNTY } from './testing/memory-federation.ts';
import { freePort } from '@liandong/runtime/local';
import { personAt } from './testing/people.ts';
import type { TestGatewayOptions } from './testing/test-gateway.ts';
import { TestGateway, codesOf } from './testing/test-gateway.ts';

const PLACE = `{ division(code: "${COUNTY}") { name } }`;
const clerk = personAt(COUNTY, 'CLERK');
const chief = personAt(COUNTY, 'CHIEF');
const opened: TestGateway[] = [];
const open = async (options: TestGatewayOptions = {}) => {
  const gateway = await TestGateway.open(options);
  opened.push(gateway);
  return gateway;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((gateway) => gateway.close()));
});

const post = (headers: Record<string, string> = {}, body: string = JSON.stringify({ query: PLACE })): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body,
});

describe('rates', () => {
  const rates = (change: Partial<Record<'perPerson' | 'perAddress' | 'perStranger', number>>) => ({
    edgeGuard: { rates: { perPerson: 0, perAddress: 0, perStranger: 0, ...change } },
  });

  test('of a person are counted wherever the person asks from, and nobody else pays for them', async () => {
    const gateway = await open(rates({ perPerson: 2 }));
    const authorization = `Bearer ${await gateway.tokens.token(clerk)}`;
    for (const address of ['192.0.2.1', '192.0.2.2']) {
      expect((await gateway.request('/graphql', post({ authorization }), { address })).status).toBe(200);
    }
    const refused = await gateway.request('/graphql', post({ authorization }), { address: '192.0.2.3' });
    expect([refused.status, codesOf(refused)]).toEqual([429, ['RATE_LIMITED']]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await gateway.askAs(chief, PLACE)).status).toBe(200);
  });

  test('of an address are counted before anything is looked at, also for tokens that are none', async () => {
    const gateway = await open(rates({ perAddress: 2 }));
    const asked = async (address: string) =>
      (await gateway.request('/graphql', post({ authorization: 'Bearer nonsense' }), { address })).status;
    expect([await asked('192.0.2.1'), await asked('192.0.2.1'), await asked('192.0.2.1')]).toEqual([401, 401, 429]);
    expect(await asked('192.0.2.9')).toBe(401);
    // a health probe from this machine does not count as a stranger
    expect((await gateway.request('/health')).status).toBe(200);
  });

  test('of strangers keep whoever tries out tracking codes from going on', async () => {
    const gateway = await open(rates({ perStranger: 3 }));
    const guess = '{ track(number: "331022103201-20260105-00001", code: "AAAA2222") { state } }';
    const codes: unknown[] = [];
    for (let i = 0; i < 5; i++) codes.push(...codesOf(await gateway.ask(guess)));
    expect(codes.slice(-2)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
    expect((await gateway.askAs(clerk, PLACE)).status).toBe(200);
  });
});

describe('logins', () => {
  const PASSWORD = 'right horse';
  const people = async () => [
    {
      username: 'wang',
      name: '王芳',
      division: COUNTY,
      roles: ['CLERK' as const],
      department: null,
      password: await hashPassword(PASSWORD, Buffer.from('0123456789abcdef'), { N: 16, r: 1, p: 1 }),
    },
  ];
  let now = 1_000_000;
  const login = async (gateway: TestGateway, password: string, address = '192.0.2.1', username = 'wang') => {
    const body = new URLSearchParams({ grant_type: 'password', username, password });
    return gateway.request('/issuer/token', { method: 'POST', body }, { address });
  };
  const start = async () => {
    const issuer = await Issuer.open('embedded', await generateIssuerKey(), await people(), new LoginGuard(() => now));
    return open({ issuer });
  };

  test('that fail wait longer each time; a right password in between is not even looked at', async () => {
    const gateway = await start();
    for (let i = 0; i < 4; i++) expect((await login(gateway, 'wrong')).status).toBe(401);
    expect((await login(gateway, PASSWORD)).status).toBe(200);
    for (let i = 0; i < 5; i++) expect((await login(gateway, 'wrong')).status).toBe(401);
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      const refused = await login(gateway, PASSWORD);
      expect([refused.status, refused.text.includes('RATE_LIMITED')]).toEqual([429, true]);
      const wait = Number(refused.headers.get('retry-after'));
      waits.push(wait);
      now += wait * 1000;
      expect((await login(gateway, 'wrong')).status).toBe(401);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    now += 900_000;
    expect((await login(gateway, PASSWORD)).status).toBe(200);
  });

  test('that fail at one place lock nobody out at another', async () => {
    const gateway = await start();
    for (let i = 0; i < 6; i++) await login(gateway, 'wrong', '203.0.113.7');
    expect((await login(gateway, PASSWORD, '203.0.113.7')).status).toBe(429);
    expect((await login(gateway, PASSWORD, '192.0.2.1')).status).toBe(200);
  });

  test('that try many names from one address wait as well', async () => {
    const gateway = await start();
    for (let i = 0; i < 41; i++) await login(gateway, 'wrong', '203.0.113.8', `name-${i}`);
    expect((await login(gateway, PASSWORD, '203.0.113.8')).status).toBe(429);
  });
});

describe('pages of other places', () => {
  const FOREIGN = { origin: 'https://evil.example' };

  test.each([
    ['a question with JSON', '/graphql', post(FOREIGN)],
    [
      'a login',
      '/issuer/token',
      { method: 'POST', headers: FOREIGN, body: new URLSearchParams({ grant_type: 'password' }) },
    ],
    ['a question by its address', `/graphql?query=${encodeURIComponent(PLACE)}`, { headers: FOREIGN }],
    [
      'what a browser says is cross-site',
      '/graphql',
      post({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }),
    ],
  ])('may not send %s', async (_, path, init) => {
    const gateway = await open();
    const answer = await gateway.request(path, init);
    expect([answer.status, codesOf(answer)]).toEqual([403, ['FORBIDDEN']]);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    '',
  ])('can not send a question as a form or a text would (%s)', async (type) => {
    const gateway = await open();
    const answer = await gateway.request('/graphql', post({ 'content-type': type }));
    expect([answer.status, codesOf(answer)]).toEqual([415, ['BAD_INPUT']]);
  });

  test('are told nothing by default when a browser asks for them', async () => {
    const gateway = await open();
    const { status, headers } = await gateway.request('/graphql', { method: 'OPTIONS', headers: FOREIGN });
    expect(status).toBe(204);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('that the settings name may ask, with a token and without cookies', async () => {
    const gateway = await open({ edgeGuard: { origins: ['https://desk.example.cn'] } });
    const origin = 'https://desk.example.cn';
    const allowed = await gateway.request('/graphql', { method: 'OPTIONS', headers: { origin } });
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await gateway.request('/graphql', post({ origin }));
    expect([answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')]).toEqual([
      200,
      origin,
      expect.stringContaining('origin'),
    ]);
    expect((await gateway.request('/graphql', post(FOREIGN))).status).toBe(403);
  });

  test('of the gateway itself may ask, also behind a proxy that ends TLS', async () => {
    const gateway = await open();
    expect((await gateway.request('/graphql', post({ origin: 'http://gateway.test' }))).status).toBe(200);
    const behind = post({
      origin: 'https://desk.example.cn',
      host: 'desk.example.cn',
      'sec-fetch-site': 'same-origin',
    });
    expect((await gateway.request('/graphql', behind)).status).toBe(200);
  });
});

describe('questions', () => {
  test('of several at once are not taken', async () => {
    const gateway = await open();
    const answer = await gateway.request('/graphql', post({}, JSON.stringify([{ query: PLACE }, { query: PLACE }])));
    expect(answer.status).toBe(400);
  });

  test.each([
    ['too deep', `{ division(code: "331022") { ${'parent { '.repeat(12)}code${' }'.repeat(14)}`],
    [
      'full of aliases',
      `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: division(code: "1") { b: code c: name d: tier }`).join(' ')} }`,
    ],
    [
      'of too many root fields',
      `{ ${Array.from({ length: 21 }, () => `division(code: "331022") { code }`).join(' ')} }`,
    ],
  ])('%s are refused before they are answered', async (_, query) => {
    const gateway = await open();
    const answer = await gateway.askAs(clerk, query);
    expect(answer.data ?? null).toBeNull();
    expect(codesOf(answer)).toContain('QUERY_TOO_LARGE');
    expect(gateway.hosts.requests).toEqual([]);
  });
});

describe('every answer', () => {
  test.each(['/health', '/ready', '/graphql', '/nothing', '/issuer/jwks'])(
    'of %s tells browsers to do nothing with it',
    async (path) => {
      const issuer = await Issuer.open('embedded', await generateIssuerKey(), []);
      const gateway = await open({ issuer });
      const { headers } = await gateway.request(path, path === '/graphql' ? post() : {});
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('strict-transport-security')).toBeNull();
    },
  );

  test('over TLS asks to stay there', async () => {
    const gateway = await open();
    const { headers } = await gateway.request('/health', {}, { secure: true });
    expect(headers.get('strict-transport-security')).toContain('max-age=');
  });

  test('that is the page for asking runs the scripts it came with, and no others', async () => {
    const gateway = await open();
    const { headers } = await gateway.request('/graphql', { headers: { accept: 'text/html' } });
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'sha256-[\w+/]+={0,2}';/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(policy).toContain("frame-ancestors 'none'");
  });
});

describe('the address of a caller', () => {
  const ask = (port: number, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/issuer/jwks', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      }).on('error', reject);
    });
  const statuses = async (trustedProxies: string[]) => {
    const issuer = await Issuer.open('embedded', await generateIssuerKey(), []);
    const gateway = await open({
      issuer,
      edgeGuard: { trustedProxies, rates: { perPerson: 0, perAddress: 1, perStranger: 0 } },
    });
    const port = await freePort();
    await gateway.gateway.listen(port, '127.0.0.1');
    const asked: number[] = [];
    for (const address of ['198.51.100.1', '198.51.100.2', '198.51.100.1, 198.51.100.2']) {
      asked.push(await ask(port, { 'x-forwarded-for': address }));
    }
    return asked;
  };

  test('is what a trusted proxy says, the last one it can vouch for', async () => {
    expect(await statuses(['127.0.0.1'])).toEqual([200, 200, 429]);
  });

  test('is not what anybody else says', async () => {
    expect(await statuses([])).toEqual([200, 429, 429]);
  });
});
