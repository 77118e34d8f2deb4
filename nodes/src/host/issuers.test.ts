import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTokens } from './issuers.ts';

const VILLAGE = '331022103201';

let dir: string;
let file: string;
const stops: (() => Promise<void>)[] = [];
const lines: { msg: string }[] = [];
const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as { msg: string }) });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liandong-issuers-'));
  file = join(dir, 'issuers.json');
  lines.length = 0;
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rm(dir, { recursive: true, force: true });
});

async function issuerKey() {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const claims = { name: '包大姐', division: VILLAGE, roles: ['AGENT'] };
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer('desk')
    .setAudience('liandong')
    .setSubject('bao')
    .setExpirationTime('1h')
    .sign(privateKey);
  return { token, entry: { issuer: 'desk', jwks: { keys: [await exportJWK(publicKey)] } } };
}

const open = () => openTokens(file, log, (stop) => stops.push(stop));
const told = (text: string) => expect.poll(() => lines.map(({ msg }) => msg), { timeout: 30_000 }).toContain(text);

test('a host takes the keys of an issuer as its file names them now, without being started anew', async () => {
  const [before, after] = await Promise.all([issuerKey(), issuerKey()]);
  await writeFile(file, JSON.stringify([before.entry]));
  const tokens = await open();
  expect(await tokens.verify(before.token)).toMatchObject({ sub: 'bao' });
  await writeFile(file, JSON.stringify([after.entry]));
  await told('token issuers reloaded');
  expect(await tokens.verify(after.token)).toMatchObject({ sub: 'bao' });
  await expect(tokens.verify(before.token)).rejects.toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
});

test.each([
  ['faulty', 'no JSON'],
  ['empty', '[]'],
])('a file that became %s leaves all as it was, and is told of', async (_, content) => {
  const { token, entry } = await issuerKey();
  await writeFile(file, JSON.stringify([entry]));
  const tokens = await open();
  await writeFile(file, content);
  await told('changed file not applied: the settings before it stay in force');
  expect(await tokens.verify(token)).toMatchObject({ sub: 'bao' });
});

test('a host whose file is away or faulty at its start does not start: BAD_CONFIG', async () => {
  const refused = expect.objectContaining({ code: 'BAD_CONFIG' });
  await expect(open()).rejects.toThrow(refused);
  await writeFile(file, '{}');
  await expect(open()).rejects.toThrow(refused);
});
