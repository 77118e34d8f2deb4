import { MAX_REQUEST_BYTES } from '@liandong/schema/domains/filing';
import { TokenVerifier } from '@liandong/schema/identity';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Issuer, generateIssuerKey } from './issuer/index.ts';
import { CITY, COUNTY, ITEM, JOURNEY, VILLAGE, asked, topologyOf } from './testing/memory-federation.ts';
import type { TokenChange } from './testing/people.ts';
import { personAt } from './testing/people.ts';
import { TestGateway, codesOf } from './testing/test-gateway.ts';

const clerk = personAt(COUNTY, 'CLERK');
const CASE = 'query($id: ID!) { case(id: $id) { id number state } }';
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.open();
});
beforeEach(() => {
  gateway.hosts.requests.length = 0;
  gateway.hosts.faults.clear();
  gateway.logged.length = 0;
});
afterAll(() => gateway.close());

describe('the paths', () => {
  test('/health says that the process lives', async () => {
    expect(await gateway.request('/health')).toMatchObject({ status: 200, text: '{"live":true}' });
  });

  test('/ready says which topology is in force', async () => {
    const { status, text } = await gateway.request('/ready');
    expect([status, JSON.parse(text)]).toEqual([200, { broker: true, hosts: 4, sequence: 7 }]);
  });

  test.each([
    ['/', 'GET'],
    ['/nothing', 'GET'],
    ['/graphql/', 'POST'],
    ['/health', 'POST'],
    ['/issuer/token', 'POST'],
    ['/.well-known/openid-configuration', 'GET'],
  ])('%s by %s leads nowhere: 404 with NOT_FOUND', async (path, method) => {
    const answer = await gateway.request(path, { method });
    expect([answer.status, codesOf(answer)]).toEqual([404, ['NOT_FOUND']]);
  });

  test('lead to the embedded issuer where there is one', async () => {
    const issuer = await Issuer.open('embedded', await generateIssuerKey(), []);
    const own = await TestGateway.open({ issuer });
    const { status, text } = await own.request('/issuer/jwks');
    expect([status, JSON.parse(text)]).toEqual([200, issuer.jwks()]);
    expect((await own.request('/nothing')).status).toBe(404);
    await own.close();
  });

  test('/graphql shows a browser a page to ask from', async () => {
    const { status, headers, text } = await gateway.request('/graphql', { headers: { accept: 'text/html' } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/html');
    expect(text).toContain('三级联动');
    // the page is open to all, so its first question must need no login
    const [question = ''] =
      /query Catalogue \{[^]*?\n\}\n/.exec(text.replaceAll('\\n', '\n').replaceAll('\\"', '"')) ?? [];
    const answer = await gateway.ask(question);
    expect([answer.status, answer.errors]).toEqual([200, []]);
  });
});

describe('a question', () => {
  test('with a token is answered over all nodes', async () => {
    const id = gateway.file();
    const answer = await gateway.askAs(clerk, JOURNEY, { id });
    expect(answer).toMatchObject({ status: 200, errors: [] });
    expect(answer.data).toMatchObject({
      case: {
        id,
        state: 'REVIEWED',
        filedBy: `told by ${VILLAGE}`,
        item: { note: `told by ${CITY}` },
        custodian: { code: COUNTY, name: '三门县', tier: 'COUNTY' },
        log: [{ note: `told by ${COUNTY}` }, { note: `told by ${COUNTY}` }],
      },
    });
  });

  test('without a token is the public’s: catalogue, places and tracking are open', async () => {
    const id = gateway.file();
    const number = gateway.hosts.node(VILLAGE).cases.get(id)?.number;
    const query = `query($number: String!) {
      catalog(division: "${VILLAGE}") { nodes { item { code } implementation { promisedDays } } }
      division(code: "${COUNTY}") { name }
      track(number: $number, code: "CODE") { state }
    }`;
    expect(await gateway.ask(query, { number })).toMatchObject({
      status: 200,
      errors: [],
      data: {
        catalog: { nodes: [{ item: { code: ITEM }, implementation: { promisedDays: 18 } }] },
        division: { name: '三门县' },
        track: { state: 'REVIEWED' },
      },
    });
  });

  test('without a token about a case is null with UNAUTHENTICATED at its place, and the rest is answered', async () => {
    const id = gateway.file();
    const query = `query($id: ID!) { case(id: $id) { id } division(code: "${COUNTY}") { name } }`;
    const answer = await gateway.ask(query, { id });
    expect(answer.data).toEqual({ case: null, division: { name: '三门县' } });
    expect(answer.errors).toMatchObject([{ path: ['case'], extensions: { code: 'UNAUTHENTICATED', node: VILLAGE } }]);
  });

  test('may come by GET', async () => {
    const query = encodeURIComponent(`{ division(code: "${COUNTY}") { name } }`);
    const answer = await gateway.request(`/graphql?query=${query}`);
    expect(answer).toMatchObject({ status: 200, data: { division: { name: '三门县' } } });
  });

  test('that changes something may not come by GET', async () => {
    const query = encodeURIComponent('mutation { acceptCase(input: { id: "1" }) { case { id } } }');
    const authorization = `Bearer ${await gateway.tokens.token(clerk)}`;
    const answer = await gateway.request(`/graphql?query=${query}`, { headers: { authorization } });
    expect(answer.status).toBe(405);
    expect(asked(gateway.hosts)).toEqual([]);
  });

  test.each(['{ nothing }', '{ case { id } }', '{ _filing(keys: []) { id } }', '{ cases { nodes { id(x: 1) } } }'])(
    'that does not fit the graph is GRAPHQL_VALIDATION_FAILED: %s',
    async (query) => {
      const answer = await gateway.askAs(clerk, query);
      expect(new Set(codesOf(answer))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
      expect(asked(gateway.hosts)).toEqual([]);
    },
  );

  test('that cannot be read is GRAPHQL_PARSE_FAILED', async () => {
    expect(codesOf(await gateway.ask('{ case('))).toEqual(['GRAPHQL_PARSE_FAILED']);
  });

  test('that is no JSON is refused with 400', async () => {
    const answer = await gateway.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect([answer.status, codesOf(answer)]).toEqual([400, ['BAD_REQUEST']]);
  });

  test('with more bytes than all materials together is refused with 413 before it is read', async () => {
    const answer = await gateway.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': String(MAX_REQUEST_BYTES * 2) },
      body: '{}',
    });
    expect([answer.status, codesOf(answer)]).toEqual([413, ['PAYLOAD_TOO_LARGE']]);
  });

  test.each([
    ['that goes deeper than any page', `{ division(code: "331022") { ${'parent { '.repeat(12)}code${' }'.repeat(14)}`],
    [
      'with more aliases than any page',
      `{ ${Array.from({ length: 61 }, (_, i) => `a${i}: division(code: "331022") { code }`).join(' ')} }`,
    ],
    ['with more words than any page', `{ ${'__typename '.repeat(2_000)} }`],
  ])('%s is refused before it is answered', async (_, query) => {
    const answer = await gateway.askAs(clerk, query);
    expect(answer.data ?? null).toBeNull();
    expect(codesOf(answer)).not.toEqual([]);
    for (const code of codesOf(answer)) {
      expect(['QUERY_TOO_LARGE', 'GRAPHQL_PARSE_FAILED']).toContain(code);
    }
  });

  test('with a variable of the wrong kind is BAD_INPUT', async () => {
    const answer = await gateway.askAs(clerk, CASE, { id: { not: 'an id' } });
    expect(codesOf(answer)).toEqual(['BAD_INPUT']);
    expect(codesOf(await gateway.askAs(clerk, CASE, {}))).toEqual(['BAD_INPUT']);
    expect(asked(gateway.hosts)).toEqual([]);
  });

  test('of a size that only its bytes tell is refused with 413', async () => {
    const chunk = new Uint8Array(1024 * 1024).fill(32);
    let left = (MAX_REQUEST_BYTES / chunk.byteLength) * 2;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
    });
    const answer = await gateway.request('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      duplex: 'half',
    } as RequestInit);
    expect([answer.status, codesOf(answer)]).toEqual([413, ['PAYLOAD_TOO_LARGE']]);
  });

  test('of several MiB is answered', async () => {
    const applicant = { name: '张三', idType: 'RESIDENT_ID', idNumber: '11010519491231002X', phone: '13800000000' };
    const content = 'QUJD'.repeat(2 * 1024 * 1024);
    const material = { name: '申请表', fileName: 'a.pdf', mediaType: 'application/pdf', content };
    const query = 'mutation($input: FileCaseInput!) { fileCase(input: $input) { trackingCode errors { code field } } }';
    const input = { item: ITEM, applicant, materials: [material] };
    const answer = await gateway.askAs(personAt(VILLAGE, 'AGENT'), query, { input });
    expect(answer.data).toEqual({ fileCase: { trackingCode: 'CODE', errors: [] } });
  });
});

describe('a token', () => {
  const REFUSED = { status: 401, codes: ['UNAUTHENTICATED'], data: undefined, sent: [] };
  const outcomeWith = async (authorization: string) => {
    const answer = await gateway.ask('{ __typename }', {}, { authorization });
    return { status: answer.status, codes: codesOf(answer), data: answer.data, sent: asked(gateway.hosts) };
  };
  const outcomeOf = async (change: TokenChange) => outcomeWith(`Bearer ${await gateway.tokens.token(clerk, change)}`);

  test('that is sound is taken', async () => {
    expect(await outcomeOf({})).toMatchObject({ status: 200, codes: [], data: { __typename: 'Query' } });
  });

  test('is taken whatever the letters of the word before it (RFC 9110)', async () => {
    const token = await gateway.tokens.token(clerk);
    expect(await outcomeWith(`bearer ${token}`)).toMatchObject({ status: 200, codes: [] });
  });

  test.each(['Bearer', 'Bearer ', 'Bearer a.b.c', 'Bearer nothing', 'Basic Y2xlcms6cHc=', 'a.b.c'])(
    'that is none is refused with 401: %s',
    async (authorization) => {
      expect(await outcomeWith(authorization)).toEqual(REFUSED);
    },
  );

  test('that has expired is refused with 401', async () => {
    expect(await outcomeOf({ expiresIn: -60 })).toEqual(REFUSED);
  });

  test('of an issuer nobody here knows is refused with 401', async () => {
    expect(await outcomeOf({ issuer: 'https://elsewhere.example' })).toEqual(REFUSED);
  });

  test('for another audience is refused with 401', async () => {
    expect(await outcomeOf({ audience: 'tax-office' })).toEqual(REFUSED);
  });

  test('in our issuer’s name by a key that is not its own is refused with 401', async () => {
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    expect(await outcomeOf({ key: privateKey })).toEqual(REFUSED);
  });

  test.each<[string, Record<string, unknown>]>([
    ['division', { name: 'a', division: 'nowhere', roles: ['CLERK'] }],
    ['role', { name: 'a', division: COUNTY, roles: ['KING'] }],
    ['name', { division: COUNTY, roles: ['CLERK'] }],
  ])('without a sound %s is refused with 401', async (_, claims) => {
    expect(await outcomeOf({ claims })).toEqual(REFUSED);
  });

  test('whose last letters were changed is refused with 401', async () => {
    const token = await gateway.tokens.token(clerk);
    const changed = token.endsWith('AAAA') ? 'BBBB' : 'AAAA';
    expect(await outcomeWith(`Bearer ${token.slice(0, -4)}${changed}`)).toEqual(REFUSED);
  });

  test('is shown to nobody in an error or in the log', async () => {
    const token = await gateway.tokens.token(clerk, { expiresIn: -60 });
    const { text } = await gateway.ask('{ __typename }', {}, { authorization: `Bearer ${token}` });
    expect(text + gateway.logged.join('')).not.toContain(token.slice(20, 60));
  });
});

describe('a fault', () => {
  test('of a node keeps code, node and place on its way out', async () => {
    const id = gateway.file();
    gateway.hosts.node(VILLAGE).forbidden.add(id);
    const answer = await gateway.askAs(clerk, CASE, { id });
    expect(answer.status).toBe(200);
    expect(answer.errors).toMatchObject([{ path: ['case'], extensions: { code: 'FORBIDDEN', node: VILLAGE } }]);
  });

  test('of a dead host keeps them too', async () => {
    const id = gateway.file();
    gateway.hosts.faults.set('villages', 'broken');
    const answer = await gateway.askAs(personAt(VILLAGE, 'AGENT'), CASE, { id });
    expect(answer.data).toEqual({ case: null });
    expect(answer.errors).toMatchObject([{ path: ['case'], extensions: { code: 'NODE_UNREACHABLE', node: VILLAGE } }]);
    expect(answer.text).not.toContain('the plug');
  });

  test('of a node’s program is INTERNAL, without text or stack', async () => {
    const id = gateway.file();
    gateway.hosts.node(COUNTY).fault = new Error('column applicant_name of 张三');
    const answer = await gateway.askAs(clerk, CASE, { id });
    gateway.hosts.node(COUNTY).fault = null;
    expect(answer.data).toMatchObject({ case: { id, state: null } });
    expect(answer.errors).toMatchObject([{ path: ['case', 'state'], extensions: { code: 'INTERNAL', node: COUNTY } }]);
    expect(answer.text).not.toMatch(/applicant_name|\.ts/);
  });

  test('of the gateway’s own program is INTERNAL with 500, without text or stack; the log has it', async () => {
    class Faulty extends TokenVerifier {
      override verify(): never {
        throw new Error('the keys of 10.1.2.3 were not there');
      }
    }
    const faulty = await TestGateway.open({
      tokens: new Faulty([], () => {
        throw new Error('nobody is asked');
      }),
    });
    const answer = await faulty.askAs(clerk, '{ __typename }');
    await faulty.close();
    expect([answer.status, codesOf(answer)]).toEqual([500, ['INTERNAL']]);
    expect(answer.text).not.toMatch(/10\.1\.2\.3|\.ts|stack/);
    expect(faulty.logged.join('')).toContain('10.1.2.3');
  });

  test('of one item of a list stands at that item', async () => {
    const ids = [gateway.file(), gateway.file()];
    gateway.hosts.node(VILLAGE).forbidden.add(ids[1] ?? '');
    const query = `query { cases(filter: { division: "${COUNTY}" }) { nodes { id filedBy } } }`;
    const answer = await gateway.askAs(clerk, query);
    const list = answer.data?.['cases'] as { nodes: { id: string }[] } | undefined;
    const place = list?.nodes.findIndex(({ id }) => id === ids[1]);
    expect(answer.errors.map(({ path }) => path)).toContainEqual(['cases', 'nodes', place, 'filedBy']);
    for (const { path } of answer.errors) expect(path).toEqual(['cases', 'nodes', expect.any(Number), 'filedBy']);
  });

  test('of the gateway outside the graph is INTERNAL with 500 too', async () => {
    const issuer = await Issuer.open('embedded', await generateIssuerKey(), []);
    issuer.jwks = () => {
      throw new Error('secret of the issuer');
    };
    const faulty = await TestGateway.open({ issuer });
    const answer = await faulty.request('/issuer/jwks');
    await faulty.close();
    expect([answer.status, codesOf(answer)]).toEqual([500, ['INTERNAL']]);
    expect(answer.text).not.toContain('secret');
    expect(faulty.logged.join('')).toContain('secret of the issuer');
  });

  test('of a code that is no place is UNKNOWN_DIVISION, for places as for nodes', async () => {
    const places = await gateway.ask('{ division(code: "999999") { name } }');
    expect([places.data, codesOf(places)]).toEqual([{ division: null }, ['UNKNOWN_DIVISION']]);
    const nodes = await gateway.ask('{ rollup(division: "999999", from: "2026-01-01", to: "2026-01-02") { from } }');
    expect([nodes.data, codesOf(nodes)]).toEqual([{ rollup: null }, ['UNKNOWN_DIVISION']]);
  });
});

describe('a topology read anew', () => {
  test('is in force for the next question', async () => {
    const moving = await TestGateway.open();
    const id = moving.file();
    expect((await moving.askAs(clerk, CASE, { id })).errors).toEqual([]);
    expect(moving.gateway.registry.replace(topologyOf({ city: [CITY], county: [COUNTY] }, 8))).toBe(true);
    const answer = await moving.askAs(personAt(CITY, 'CLERK'), CASE, { id });
    expect(answer.errors).toMatchObject([{ path: ['case'], extensions: { code: 'NODE_UNREACHABLE', node: VILLAGE } }]);
    expect(JSON.parse((await moving.request('/ready')).text)).toEqual({ broker: true, hosts: 2, sequence: 8 });
    await moving.close();
  });
});
