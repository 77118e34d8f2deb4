import { hashPassword, programLog } from '@liandong/runtime';
import { TokenVerifier } from '@liandong/schema/identity';
import { expect, test } from 'vitest';
import { Issuer, generateIssuerKey } from './issuer/index.ts';
import { COUNTY } from './testing/memory-federation.ts';
import { TokenOffice, personAt } from './testing/people.ts';
import { TestGateway } from './testing/test-gateway.ts';

const clerk = personAt(COUNTY, 'CLERK');
const PERSONAL = ['王秀英', '331022195203120028', '13800000001'];
const FILE = `mutation ($input: FileCaseInput!) { fileCase(input: $input) { trackingCode errors { message } } }`;

test('the gateway’s log names no person, password or token, whatever goes wrong, and is written all the same', async () => {
  const key = await generateIssuerKey();
  const password = await hashPassword('right-horse', Buffer.from('0123456789abcdef'));
  const wang = { username: 'wang', name: '王芳', division: COUNTY, roles: ['CLERK' as const], department: null };
  const issuer = await Issuer.open('embedded', key, [{ ...wang, password }]);
  const logged: string[] = [];
  // everything at the most detailed level, as the program logs it
  const log = programLog('trace', { program: 'gateway' }, { write: (line) => void logged.push(line) });
  let breaks = false;
  class Quoting extends TokenVerifier {
    override async verify(token: string) {
      if (breaks) throw new Error(`no place for ${PERSONAL.join(' ')} of ${token}`);
      return super.verify(token);
    }
  }
  const office = await TokenOffice.open();
  const tokens = new Quoting(office.issuers(), () => {
    throw new Error('the keys stand there');
  });
  const gateway = await TestGateway.open({ issuer, log, tokens });
  const token = await office.token(clerk);
  const expired = await office.token(clerk, { expiresIn: -600 });
  const login = (word: string) =>
    gateway.request('/issuer/token', {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', username: 'wang', password: word }),
    });
  const given = JSON.parse((await login('right-horse')).text) as { access_token: string };
  await login('wrong-horse');
  const [name, idNumber, phone] = PERSONAL;
  const input = { item: '3310-MZ-001', applicant: { name, idType: 'RESIDENT_ID', idNumber, phone }, materials: [] };
  for (const bearer of [token, expired, given.access_token]) {
    const authorization = `Bearer ${bearer}`;
    await gateway.ask(FILE, { input }, { authorization });
    await gateway.ask(`{ case(id: "${name}") { number`, {}, { authorization });
    await gateway.ask(`{ track(number: "${idNumber}", code: "${phone}") { state } }`, {}, { authorization });
  }
  // a part fails, and its error quotes the input
  breaks = true;
  const broken = await gateway.ask(FILE, { input }, { authorization: `Bearer ${token}` });
  expect(broken.status).toBe(500);
  await gateway.close();
  const text = logged.join('');
  expect(text).toContain('"level":50');
  const secrets = [...PERSONAL, 'right-horse', 'wrong-horse', password, key.d ?? ''];
  for (const bearer of [token, expired, given.access_token]) secrets.push(...bearer.split('.'));
  expect(secrets.filter((secret) => text.includes(secret) || secret === '')).toEqual([]);
  expect(PERSONAL.filter((secret) => broken.text.includes(secret))).toEqual([]);
});
