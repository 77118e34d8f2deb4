import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jetstream } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import type { CaseVerdict } from '@liandong/schema/trust';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { MessageKind } from '@liandong/schema/wire';
import { messageSubject, SIGNED_TYPES } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, clerk, countyChief, countyClerk, custodians } from '../testing/cases.ts';
import { runGroup } from '../commands/index.ts';
import { runAt } from '../testing/commands.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  readKeysOf,
} from '../testing/test-federation.ts';
import type { StoredKey, TrustFile } from '../trust/index.ts';
import { importNodeKey, kidOf, signWith, writeKeys, readPassphrase } from '../trust/index.ts';
import { readDataKeys, writeDataKeys } from '../vault/index.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE];
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES, encryptedKeys: true });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const command = (node: DivisionCode, ...argv: string[]) => runAt(federation, node, ...argv);

const WHY = ['--why', '年度换钥', '--by', '王主任'];

interface Listed {
  kid: string;
  node: string;
  state: string;
}
async function keysOf(node: DivisionCode, at = node): Promise<Listed[]> {
  const { out } = await command(at, 'keys', 'list', '--node', at, '--json');
  return (JSON.parse(out) as Listed[]).filter((key) => key.node === node);
}

/** Waits until a node has a document about a key. */
const told = (node: DivisionCode, kid: string, kind: 'CERTIFICATE' | 'REVOCATION') =>
  eventually(
    async () =>
      (
        await federation.rows(node, `SELECT 1 FROM key_documents WHERE node = $1 AND kid = $2 AND kind = $3`, [
          node,
          kid,
          kind,
        ])
      ).length > 0,
  );

const actions = async (node: DivisionCode, kid: string) =>
  (
    await federation.rows<{ actor: string; action: string; why: string }>(
      node,
      `SELECT actor, action, why FROM key_log WHERE node = $1 AND kid = $2 ORDER BY id`,
      [node, kid],
    )
  ).map((line) => `${line.actor} ${line.action}`);

/** The newest key of a node, once its host signs with it. */
async function rotated(node: DivisionCode): Promise<string> {
  const before = new Set((await keysOf(node)).map((key) => key.kid));
  await command(node, 'keys', 'rotate', '--node', node, ...WHY);
  let kid = '';
  await eventually(async () => {
    kid = (await keysOf(node)).find((key) => !before.has(key.kid))?.kid ?? '';
    return kid !== '' && (await actions(node, kid)).includes('node TAKEN_UP');
  });
  return kid;
}

const signers = async (node: DivisionCode, id: string) =>
  (
    await federation.rows<{ jws: string }>(
      node,
      `SELECT jws FROM case_log WHERE node = $1 AND case_id = $2 ORDER BY seq`,
      [node, id],
    )
  ).map((line) => kidOf(line.jws));

interface ParkedRow {
  code: string;
  reason: string;
  kid: string | null;
  resolved_at: Date | null;
}
const parked = async (node: DivisionCode, id: string) =>
  (
    await federation.rows<ParkedRow>(
      node,
      `SELECT code, reason, kid, resolved_at FROM parked WHERE node = $1 AND id = $2`,
      [node, id],
    )
  )[0];

/** Puts a message on the road from the village to the township, signed with the given key. */
async function sendSigned(
  key: StoredKey,
  kind: MessageKind,
  body: unknown,
  id: string = randomUUID(),
): Promise<string> {
  const jws = await signWith(await importNodeKey(key), SIGNED_TYPES.envelope, {
    v: 1,
    from: VILLAGE,
    to: TOWNSHIP,
    at: new Date().toISOString(),
    messages: [{ id, kind, body: JSON.stringify(body) }],
  });
  const seed = await readFile(federation.config(VILLAGE).natsSeedFile ?? '');
  const connection = await connect({
    servers: federation.brokerUrl,
    authenticator: nkeyAuthenticator(new Uint8Array(seed)),
    inboxPrefix: `_INBOX_host-${VILLAGE}`,
  });
  await jetstream(connection).publish(messageSubject(VILLAGE, TOWNSHIP, federation.divisions), jws);
  await connection.close();
  return id;
}

const withdrawal = {
  case: `${VILLAGE}-unknown`,
  reason: '不办了',
  actor: { sub: 'a', name: 'a', role: 'AGENT' },
  requestedAt: VILLAGE,
};

describe('a rotation', () => {
  test('under running hand-offs loses none and does none twice', async () => {
    const [before] = await keysOf(TOWNSHIP);
    const ids: string[] = [];
    for (let i = 0; i < 2; i++) ids.push(await steps.file());
    const forwarded = (async () => {
      for (const id of ids) await steps.forward(id, agent);
    })();
    const kids = await Promise.all([rotated(VILLAGE), rotated(TOWNSHIP), rotated(COUNTY)]);
    await forwarded;
    for (const id of ids) {
      await steps.arrives(id, clerk);
      await steps.accept(id, clerk);
      await steps.review(id, clerk);
      await steps.forward(id, clerk);
      await steps.arrives(id, countyClerk);
      await steps.review(id, countyClerk);
      await steps.decide(id, countyChief);
      await steps.known(id, agent, 'GRANTED');
      expect(await custodians(federation, NODES, id)).toEqual([COUNTY]);
    }
    const later = await signers(COUNTY, ids[0] ?? '');
    expect(later).toContain(kids[1]);
    expect(later).toContain(kids[2]);
    expect((await keysOf(TOWNSHIP)).find((key) => key.kid === before?.kid)?.state).toBe('ENDING');
    for (const kid of kids) for (const node of NODES) await told(node, kid, 'CERTIFICATE');
  });

  test('is logged: who asked, who vouched, who was told', async () => {
    const kid = await rotated(VILLAGE);
    await told(OTHER_TOWNSHIP, kid, 'CERTIFICATE');
    expect(await actions(VILLAGE, kid)).toEqual(['王主任 MADE', '王主任 REQUESTED', 'node LEARNED', 'node TAKEN_UP']);
    expect(await actions(TOWNSHIP, kid)).toEqual(['node CERTIFIED']);
    expect(await actions(OTHER_TOWNSHIP, kid)).toEqual(['node LEARNED']);
    await expect(federation.rows(VILLAGE, `DELETE FROM key_log WHERE node = $1`, [VILLAGE])).rejects.toThrow(
      'append-only',
    );
  });

  test('of the city’s own key is believed under the same root, and its feed goes on', async () => {
    const kid = await rotated(CITY);
    for (const node of NODES) await told(node, kid, 'CERTIFICATE');
    // the city signs its later statements with the new key, and all nodes pass them on
    const next = await rotated(COUNTY);
    await told(VILLAGE, next, 'CERTIFICATE');
    await told(OTHER_TOWNSHIP, next, 'CERTIFICATE');
    await federation.stopHost(VILLAGE);
    await federation.startHost(VILLAGE);
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
  });

  test('keeps the new key encrypted on its host', async () => {
    const { keysDir } = federation.config(VILLAGE);
    const files = await readdir(keysDir);
    expect(files.length).toBeGreaterThan(1);
    const secrets = (await readKeysOf(federation.config(VILLAGE))).map((key) => key.jwk.d ?? '');
    for (const file of files) {
      const text = await readFile(join(keysDir, file), 'utf8');
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    }
  });
});

describe('a message of an unknown key', () => {
  test('is parked with its reason, and done by itself once the key is certified', async () => {
    await command(VILLAGE, 'keys', 'make', '--node', VILLAGE, ...WHY);
    const file =
      (await readdir(federation.config(VILLAGE).keysDir)).find((name) => name.endsWith('.request.jws')) ?? '';
    const kid = file.replace('.request.jws', '');
    const key = (await readKeysOf(federation.config(VILLAGE))).find((k) => k.kid === kid);
    if (!key) throw new Error(`no key ${kid}`);
    const id = await sendSigned(key, 'WITHDRAWAL', withdrawal);
    await eventually(async () => (await parked(TOWNSHIP, id)) !== undefined);
    expect(await parked(TOWNSHIP, id)).toMatchObject({ code: 'KEY_UNKNOWN', kid, resolved_at: null });
    expect((await parked(TOWNSHIP, id))?.reason).toContain(kid);
    const request = join(federation.config(VILLAGE).keysDir, file);
    await expect(command(COUNTY, 'keys', 'certify', request, '--node', COUNTY, ...WHY)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await command(TOWNSHIP, 'keys', 'certify', request, '--node', TOWNSHIP, '--overlap-hours', '24', ...WHY);
    await eventually(async () => (await parked(TOWNSHIP, id))?.resolved_at instanceof Date);
    const [done] = await federation.rows<{ answer: { outcome: string; code: string } }>(
      TOWNSHIP,
      `SELECT answer FROM inbox WHERE node = $1 AND id = $2`,
      [TOWNSHIP, id],
    );
    expect(done?.answer).toMatchObject({ outcome: 'REFUSED', code: 'NOT_FOUND' });
  });

  test('that claims another sender than its road leads to nothing', async () => {
    const stranger = { ...(await importNodeKey((await readKeysOf(federation.config(COUNTY)))[0] as StoredKey)) };
    const id = randomUUID();
    const jws = await signWith({ ...stranger, kid: `${COUNTY}.unknown` }, SIGNED_TYPES.envelope, {
      v: 1,
      from: COUNTY,
      to: TOWNSHIP,
      at: new Date().toISOString(),
      messages: [{ id, kind: 'WITHDRAWAL', body: JSON.stringify(withdrawal) }],
    });
    const seed = await readFile(federation.config(VILLAGE).natsSeedFile ?? '');
    const connection = await connect({
      servers: federation.brokerUrl,
      authenticator: nkeyAuthenticator(new Uint8Array(seed)),
      inboxPrefix: `_INBOX_host-${VILLAGE}`,
    });
    await jetstream(connection).publish(messageSubject(VILLAGE, TOWNSHIP, federation.divisions), jws);
    await connection.close();
    const other = await steps.file();
    await steps.forward(other, agent);
    await steps.arrives(other, clerk);
    expect(await parked(TOWNSHIP, id)).toBeUndefined();
  });
});

describe('a revocation', () => {
  test('is not for a neighbour or a child to give', async () => {
    const [key] = await keysOf(TOWNSHIP);
    for (const node of [OTHER_TOWNSHIP, VILLAGE]) {
      await expect(
        command(node, 'keys', 'revoke', key?.kid ?? '', '--node', node, '--reason', 'COMPROMISED', ...WHY),
      ).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  test('spreads to all nodes; what the key signs is parked from then on, and what waited goes with the next key', async () => {
    const owned = await readKeysOf(federation.config(VILLAGE));
    const signed = await steps.file();
    const held = (await signers(VILLAGE, signed))[0] ?? '';
    // the village owes it, and the township does not have it yet
    await federation.stopHost(TOWNSHIP);
    await steps.forward(signed, agent);
    await federation.stopHost(VILLAGE);
    await federation.wipeBroker();
    for (const { kid } of await keysOf(VILLAGE, COUNTY)) {
      await command(COUNTY, 'keys', 'revoke', kid, '--node', COUNTY, '--reason', 'COMPROMISED', ...WHY);
    }
    await federation.startHost(TOWNSHIP);
    for (const node of [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP]) await told(node, held, 'REVOCATION');
    expect(await actions(COUNTY, held)).toContain('王主任 REVOKED');

    const old = owned.find((key) => key.kid === held);
    if (!old) throw new Error(`no key ${held}`);
    const id = await sendSigned(old, 'WITHDRAWAL', withdrawal);
    await eventually(async () => (await parked(TOWNSHIP, id)) !== undefined);
    expect(await parked(TOWNSHIP, id)).toMatchObject({ code: 'KEY_NOT_IN_EFFECT', kid: held });
    expect((await parked(TOWNSHIP, id))?.reason).toContain('COMPROMISED');

    await federation.startHost(VILLAGE);
    await told(VILLAGE, held, 'REVOCATION');
    await expect(steps.file()).rejects.toMatchObject({ code: 'KEY_NOT_IN_EFFECT' });
    expect(await custodians(federation, NODES, signed)).toEqual([]);

    const { out } = await command(VILLAGE, 'keys', 'make', '--node', VILLAGE, ...WHY);
    const request = /certify (\S+) /.exec(out)?.[1] ?? '';
    await command(TOWNSHIP, 'keys', 'certify', request, '--node', TOWNSHIP, ...WHY);
    await steps.arrives(signed, clerk);
    const id2 = await steps.file();
    await steps.forward(id2, agent);
    await steps.arrives(id2, clerk);
  });
});

describe('an exported case', () => {
  async function exported(): Promise<{ file: string; root: string }> {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    const file = join(federation.dir, `${randomUUID()}.json`);
    const { status } = await command(
      TOWNSHIP,
      'case',
      'export',
      id,
      '--node',
      TOWNSHIP,
      '--out',
      file,
      '--with-application',
      '--with-materials',
      ...WHY,
    );
    expect(status).toBe(0);
    const { root } = JSON.parse(await readFile(federation.config(CITY).trustFile, 'utf8')) as TrustFile;
    return { file, root: root.x };
  }

  test('after rotations and revocations is verified offline with the root’s public key alone', async () => {
    const { file, root } = await exported();
    let out = '';
    const terminal = { environment: {}, print: (text: string) => void (out += text) };
    expect(await runGroup(['verify', file, '--root', root, '--json'], terminal)).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, state: 'REVIEWED', exportedBy: TOWNSHIP, faults: [] });
  });

  test('with a changed byte ends with status 1 and names the line', async () => {
    const { file, root } = await exported();
    const content = JSON.parse(await readFile(file, 'utf8')) as { lines: string[] };
    const [, , third = ''] = content.lines;
    const text = (await readFile(file, 'utf8')).replace(
      third,
      `${third.slice(0, 150)}${third[150] === 'A' ? 'B' : 'A'}${third.slice(151)}`,
    );
    await writeFile(file, text);
    let out = '';
    const terminal = { environment: {}, print: (printed: string) => void (out += printed) };
    expect(await runGroup(['verify', file, '--root', root, '--json'], terminal)).toBe(1);
    const { faults } = JSON.parse(out) as CaseVerdict;
    expect(faults.map((fault) => fault.place)).toContain('line 3');
  });

  test('is refused for a case that is not here', async () => {
    await expect(command(OTHER_TOWNSHIP, 'case', 'export', 'none', '--node', OTHER_TOWNSHIP)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('a host of an earlier federation', () => {
  test('goes on with keys that are plain files, and with the same ones encrypted', async () => {
    const config = federation.config(OTHER_TOWNSHIP);
    const keysDir = await mkdtemp(join(federation.dir, 'plain-'));
    await writeKeys(keysDir, await readKeysOf(config), null);
    const passphrase = await readPassphrase(config.keysPassphraseFile);
    await writeDataKeys(keysDir, await readDataKeys(config.keysDir, [OTHER_TOWNSHIP], passphrase), null);
    await federation.stopHost(OTHER_TOWNSHIP);
    federation.reconfigure(OTHER_TOWNSHIP, { keysDir, keysPassphraseFile: null });
    await federation.startHost(OTHER_TOWNSHIP);
    await federation.stopHost(OTHER_TOWNSHIP);
    federation.reconfigure(OTHER_TOWNSHIP, { keysPassphraseFile: config.keysPassphraseFile });
    const { out } = await command(OTHER_TOWNSHIP, 'keys', 'protect', '--node', OTHER_TOWNSHIP);
    expect(out).toContain('1 keys');
    await federation.startHost(OTHER_TOWNSHIP);
    expect((await readdir(keysDir)).filter((file) => file.endsWith('.json'))).toEqual([]);
    expect((await keysOf(OTHER_TOWNSHIP)).map((key) => key.state)).toEqual(['IN_EFFECT']);
  });
});

describe('the commands', () => {
  test('write a trust file of now, show a key with its chain and log, and refuse what they do not know', async () => {
    const out = join(federation.dir, 'trust-now.json');
    await command(CITY, 'keys', 'trust', '--node', CITY, '--out', out);
    const file = JSON.parse(await readFile(out, 'utf8')) as TrustFile;
    expect(file.revocations?.length).toBeGreaterThan(0);
    const [key] = await keysOf(VILLAGE, CITY);
    const shown = JSON.parse((await command(CITY, 'keys', 'show', key?.kid ?? '', '--node', CITY)).out) as {
      chain: { node: string }[];
    };
    expect(new Set(shown.chain.map((document) => document.node))).toContain(CITY);
    expect((await command(CITY, 'keys', '--help')).out).toContain('keys rotate');
    for (const argv of [
      ['keys', 'burn', '--node', CITY],
      ['keys', 'make', '--node', CITY],
      ['keys', 'revoke', key?.kid ?? '', '--node', CITY, '--reason', 'BORED', ...WHY],
      ['keys', 'rotate', '--node', CITY, '--overlap-hours', '-1', ...WHY],
      ['verify'],
      ['verify', out, '--root', 'nothing'],
    ]) {
      await expect(command(CITY, ...argv)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    }
    await expect(command(CITY, 'keys', 'list', '--node', COUNTY)).rejects.toMatchObject({ code: 'MISROUTED' });
    expect(await runGroup(['catalogue'], { environment: {}, print: () => undefined })).toBeNull();
  });
});
