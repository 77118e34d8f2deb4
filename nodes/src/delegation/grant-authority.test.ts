import { randomUUID } from 'node:crypto';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Grant, PublishedGrant } from '@liandong/schema/domains/delegation';
import { capOf } from '@liandong/schema/domains/delegation';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { plusDays } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findItem } from '../catalogue/index.ts';
import { FeedAppender } from '../feeds/index.ts';
import { RELIEF } from '../testing/cases.ts';
import { putOutbox } from '../testing/outbox.ts';
import { powersOf } from '../testing/powers.ts';
import type { GrantSigners } from '../testing/signing.ts';
import { publishedGrant, trustOfAll } from '../testing/signing.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
} from '../testing/test-federation.ts';
import type { Trust } from '../trust/index.ts';
import { generateNodeKey, importNodeKey, sha256, signWith } from '../trust/index.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE];
/** 教师资格认定: the city decides it. */
const TEACHER = '3310-JY-001';

let federation: TestFederation;
let trust: Trust;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES, keepLog: true });
  trust = await trustOfAll(federation);
});
afterAll(() => federation.stop());

const { competent, grantsAt, today, power, known, becomes } = powersOf(() => federation);

let seq = 9_000;
/** A grant of the county's to the township without a cap, as it would be signed now. */
function grantOf(change: Partial<Grant> = {}): Grant {
  const { idempotencyKey: _, capFen, ...given } = power({ capFen: null, stages: ['ACCEPT', 'REVIEW', 'DECIDE'] });
  seq += 1;
  return {
    kind: 'GRANT',
    id: randomUUID(),
    seq,
    grantor: COUNTY,
    ...given,
    cap: capOf(capFen),
    at: federation.now().toISOString(),
    ...change,
  };
}

const sign = (node: DivisionCode, document: unknown) => trust.sign(node, SIGNED_TYPES.delegation, document);

const published = (grant: Grant, signers: GrantSigners = {}) => publishedGrant(trust, grant, signers);

/** Sends a document as a message. @returns how the receiver answers */
async function told(from: DivisionCode, receiver: DivisionCode, body: unknown): Promise<string> {
  const id = await putOutbox(federation, from, { receiver, kind: 'DELEGATION', body: JSON.stringify(body) });
  let answer = '';
  await eventually(async () => {
    const [row] = await federation.rows<{ outcome: string | null; code: string | null }>(
      from,
      `SELECT outcome, code FROM outbox WHERE node = $1 AND id = $2`,
      [from, id],
    );
    answer = row?.code ?? row?.outcome ?? '';
    return answer !== '';
  });
  return answer;
}

/** States entries in a node's own catalogue feed, past its services, as an attacker who controls the host could. */
const state = (node: DivisionCode, ...entries: unknown[]) =>
  federation.db(node).transact(node, (tx) => new FeedAppender().append(tx, 'CATALOGUE', entries));
const inFeed = (node: DivisionCode, delegation: PublishedGrant) => state(node, { kind: 'DELEGATION', delegation });

/** Waits until a node has read everything of a publisher's catalogue feed. */
async function read(node: DivisionCode, publisher: DivisionCode): Promise<void> {
  const head = async (at: DivisionCode) =>
    (
      await federation.rows<{ head: number }>(
        at,
        `SELECT head FROM feeds WHERE node = $1 AND feed = 'CATALOGUE' AND publisher = $2`,
        [at, publisher],
      )
    )[0]?.head ?? 0;
  const waiting = () =>
    federation.rows(publisher, `SELECT 1 FROM feed_pending WHERE node = $1 AND feed = 'CATALOGUE'`, [publisher]);
  await eventually(async () => (await waiting()).length === 0 && (await head(node)) >= (await head(publisher)));
}

const decider = async (node: DivisionCode, item = RELIEF) => (await competent(node, 1, item)).decider;
const warnings = (id: string) => federation.logged.filter((line) => line.includes(id) && line.includes('"level":40'));

describe('a grant that its grantor never signed', () => {
  test('is in effect nowhere when the grantee signs it itself, tells it upward and states it in its own feed', async () => {
    const forged = await published(grantOf(), { signer: TOWNSHIP });
    expect(await told(TOWNSHIP, COUNTY, { published: forged })).toBe('GRANT_INVALID');
    expect(await told(TOWNSHIP, CITY, { published: forged })).toBe('GRANT_INVALID');
    await inFeed(TOWNSHIP, forged);
    await read(VILLAGE, TOWNSHIP);
    for (const node of [CITY, COUNTY, TOWNSHIP, VILLAGE]) expect([node, await decider(node)]).toEqual([node, COUNTY]);
  });

  test('is in effect nowhere when a county takes a power of the city', async () => {
    const forged = await published(grantOf({ grantor: CITY, grantee: COUNTY, items: [TEACHER] }), { signer: COUNTY });
    expect(await told(COUNTY, CITY, { published: forged })).toBe('GRANT_INVALID');
    await inFeed(COUNTY, forged);
    await read(TOWNSHIP, COUNTY);
    await read(VILLAGE, COUNTY);
    for (const node of [CITY, COUNTY, TOWNSHIP, VILLAGE]) {
      expect([node, await decider(node, TEACHER)]).toEqual([node, CITY]);
    }
  });

  test('costs its entry of the feed only: it is skipped with a warning, and what stands behind it is read', async () => {
    const forged = grantOf({ grantee: OTHER_TOWNSHIP });
    const sound = grantOf();
    await state(
      COUNTY,
      { kind: 'DELEGATION', delegation: await published(forged, { signer: OTHER_TOWNSHIP }) },
      { kind: 'DELEGATION', delegation: { grant: 'a.b.c', answer: 'a.b.c', end: null } },
      { kind: 'DELEGATION', delegation: await published(sound) },
    );
    await becomes(VILLAGE, sound.id, 'IN_EFFECT');
    expect(await known(VILLAGE, forged.id)).toBeNull();
    expect(warnings('published grant skipped').length).toBeGreaterThanOrEqual(2);
    await inFeed(COUNTY, await published(sound, { end: { signer: COUNTY, way: 'REVOKED' } }));
    await becomes(VILLAGE, sound.id, 'REVOKED');
  });

  test('is not taken on its direct way from a node that only brings it', async () => {
    const grant = await sign(COUNTY, grantOf());
    expect(await told(CITY, TOWNSHIP, { jws: grant })).toBe('GRANT_INVALID');
    expect(await told(COUNTY, TOWNSHIP, { jws: grant })).toBe('DONE');
  });
});

describe('a grant that its grantor publishes', () => {
  test('with the grantee’s acceptance is in effect above and below, and ends by its end', async () => {
    const grant = grantOf();
    const sound = await published(grant);
    expect(await told(COUNTY, CITY, { published: sound })).toBe('DONE');
    await inFeed(COUNTY, sound);
    await becomes(VILLAGE, grant.id, 'IN_EFFECT');
    for (const node of [CITY, VILLAGE]) expect([node, await decider(node)]).toEqual([node, TOWNSHIP]);
    const over = { ...sound, end: (await published(grant, { end: { signer: TOWNSHIP, way: 'HANDED_BACK' } })).end };
    expect(await told(COUNTY, CITY, { published: over })).toBe('DONE');
    await inFeed(COUNTY, over);
    for (const node of [CITY, VILLAGE]) await becomes(node, grant.id, 'HANDED_BACK');
  });

  test.each<[string, GrantSigners]>([
    ['that another node accepted', { answerer: OTHER_TOWNSHIP }],
    ['whose answer is to another grant', { answer: { to: randomUUID() } }],
    ['whose answer is to another text', { answer: { digest: sha256('another') } }],
    ['that was declined', { answer: { accepted: false, reason: '人手不足' } }],
    ['that another node ended', { end: { signer: OTHER_TOWNSHIP, way: 'REVOKED' } }],
    ['that the grantee revoked', { end: { signer: TOWNSHIP, way: 'REVOKED' } }],
    ['that the grantor handed back', { end: { signer: COUNTY, way: 'HANDED_BACK' } }],
    ['whose end is of another grant', { end: { signer: COUNTY, way: 'REVOKED', grant: randomUUID() } }],
  ])('and %s is taken on no road', async (_, signers) => {
    const grant = grantOf();
    const wrong = await published(grant, signers);
    expect(await told(COUNTY, CITY, { published: wrong })).toBe('GRANT_INVALID');
    await inFeed(COUNTY, wrong);
    await read(VILLAGE, COUNTY);
    for (const node of [CITY, VILLAGE]) expect([node, await known(node, grant.id)]).toEqual([node, null]);
  });

  test.each<[string, Partial<Grant>, string]>([
    ['over a power of the city', { items: [TEACHER] }, 'GRANT_OUT_OF_COMPETENCE'],
    ['over what can’t be delegated', { items: ['3310-MZ-001'] }, 'GRANT_OUT_OF_COMPETENCE'],
    ['to a village', { grantee: VILLAGE }, 'GRANT_INVALID'],
    ['to the node above', { grantee: CITY }, 'GRANT_INVALID'],
  ])('%s is taken on no road', async (_, change, code) => {
    const grant = grantOf(change);
    const wrong = await published(grant);
    expect(await told(COUNTY, CITY, { published: wrong })).toBe(code);
    await inFeed(COUNTY, wrong);
    await read(VILLAGE, COUNTY);
    for (const node of [CITY, VILLAGE]) expect([node, await known(node, grant.id)]).toEqual([node, null]);
  });

  test('is judged by its own dates: one that is over by now is kept as expired, one that was over at first is not', async () => {
    const past = { from: plusDays(today(), -400), to: plusDays(today(), -300) };
    const lastYear = new Date(federation.now().getTime() - 400 * 86_400_000).toISOString();
    const [history, stillborn] = [grantOf({ ...past, at: lastYear }), grantOf(past)];
    expect(await told(COUNTY, CITY, { published: await published(history) })).toBe('DONE');
    expect(await told(COUNTY, CITY, { published: await published(stillborn) })).toBe('GRANT_EXPIRED');
    await inFeed(COUNTY, await published(history));
    for (const node of [CITY, VILLAGE]) await becomes(node, history.id, 'EXPIRED');
    expect(await known(CITY, stillborn.id)).toBeNull();
  });
});

describe('a grant in the feed that cannot be judged yet', () => {
  const waiting = () => federation.rows(VILLAGE, `SELECT 1 FROM waiting_grants WHERE node = $1`, [VILLAGE]);

  test('since its item is not known waits apart while the feed goes on, and gives its power when the item comes', async () => {
    const item = await findItem(federation.db(VILLAGE).queries(VILLAGE), RELIEF, { today: today() });
    await federation.rows(VILLAGE, `DELETE FROM items WHERE node = $1 AND code = $2`, [VILLAGE, RELIEF]);
    const grant = grantOf();
    await inFeed(COUNTY, await published(grant));
    await read(VILLAGE, COUNTY);
    expect(await known(VILLAGE, grant.id)).toBeNull();
    expect(await waiting()).toHaveLength(1);
    await state(CITY, { kind: 'ITEM', item: { ...item, version: (item?.version ?? 0) + 1 } });
    await becomes(VILLAGE, grant.id, 'IN_EFFECT');
    expect(await waiting()).toEqual([]);
    await inFeed(COUNTY, await published(grant, { end: { signer: COUNTY, way: 'REVOKED' } }));
    await becomes(VILLAGE, grant.id, 'REVOKED');
  });

  test('since the key of its answer is not known waits apart while the feed goes on, and is in effect when it is', async () => {
    const key = await importNodeKey(await generateNodeKey(TOWNSHIP));
    const certificate = await trust.sign(COUNTY, SIGNED_TYPES.certificate, {
      node: TOWNSHIP,
      issuer: COUNTY,
      jwk: key.publicJwk,
      kid: key.kid,
      issuedAt: federation.now().toISOString(),
    });
    const grant = grantOf();
    const jws = await sign(COUNTY, grant);
    const at = new Date(federation.now().getTime() + 1_000).toISOString();
    const answer = { kind: 'ANSWER', to: grant.id, digest: sha256(jws), accepted: true, reason: null, at };
    await inFeed(COUNTY, { grant: jws, answer: await signWith(key, SIGNED_TYPES.delegation, answer), end: null });
    await read(VILLAGE, COUNTY);
    expect(await known(VILLAGE, grant.id)).toBeNull();
    expect(await waiting()).toHaveLength(1);
    // the city publishes documents about keys that it is told of, in a feed of its own
    await state(CITY, { kind: 'KEY', document: certificate });
    await becomes(VILLAGE, grant.id, 'IN_EFFECT');
    expect(await waiting()).toEqual([]);
    await inFeed(COUNTY, await published(grant, { end: { signer: COUNTY, way: 'REVOKED' } }));
  });
});

describe('a grant that is stored', () => {
  /** A grant as a node's rows have it. */
  const row = async (node: DivisionCode, id: string) =>
    (
      await federation.rows<{ items: string[]; seq: number; grantee: string; grant_jws: string }>(
        node,
        `SELECT items, seq, grantee, grant_jws FROM delegations WHERE node = $1 AND id = $2::uuid`,
        [node, id],
      )
    )[0];

  test('is not overwritten by another one under its id, whoever signs it and on whatever road it comes', async () => {
    const real = grantOf();
    const { id } = real;
    const sound = await published(real);
    await told(COUNTY, CITY, { published: sound });
    await inFeed(COUNTY, sound);
    const nodes = [CITY, COUNTY, TOWNSHIP, VILLAGE];
    for (const node of nodes) await becomes(node, id, 'IN_EFFECT');
    const before = await Promise.all(nodes.map((node) => row(node, id)));
    const byGrantee = await published(grantOf({ id, grantee: VILLAGE }), { signer: TOWNSHIP, answerer: VILLAGE });
    const byGrantor = await published(grantOf({ id, grantee: OTHER_TOWNSHIP, items: [RELIEF, '3310-GA-001'] }));
    expect(await told(TOWNSHIP, CITY, { published: byGrantee })).toBe('GRANT_INVALID');
    expect(await told(TOWNSHIP, COUNTY, { published: byGrantee })).toBe('GRANT_INVALID');
    expect(await told(COUNTY, CITY, { published: byGrantor })).toBe('GRANT_INVALID');
    expect(await told(COUNTY, TOWNSHIP, { jws: await sign(COUNTY, grantOf({ id, seq: 90_000 })) })).toBe(
      'GRANT_INVALID',
    );
    await inFeed(TOWNSHIP, byGrantee);
    await inFeed(COUNTY, byGrantor);
    await Promise.all([read(VILLAGE, TOWNSHIP), read(VILLAGE, COUNTY)]);
    expect(await Promise.all(nodes.map((node) => row(node, id)))).toEqual(before);
    await inFeed(COUNTY, await published(real, { end: { signer: COUNTY, way: 'REVOKED' } }));
    await becomes(VILLAGE, id, 'REVOKED');
  });

  test('takes the same document again and changes nothing', async () => {
    const grant = grantOf();
    const sound = await published(grant);
    expect(await told(COUNTY, CITY, { published: sound })).toBe('DONE');
    const before = await row(CITY, grant.id);
    expect(await told(COUNTY, CITY, { published: sound })).toBe('DONE');
    expect(await row(CITY, grant.id)).toEqual(before);
    const direct = await sign(COUNTY, grantOf({ seq: 80_000 }));
    expect(await told(COUNTY, TOWNSHIP, { jws: direct })).toBe('DONE');
    expect(await told(COUNTY, TOWNSHIP, { jws: direct })).toBe('DONE');
  });

  test('is not kept out by an end of another node that stands above the grantee', async () => {
    const grant = grantOf({ seq: 81_000 });
    const end = { kind: 'END', grant: grant.id, way: 'REVOKED', reason: '越权', at: federation.now().toISOString() };
    await told(CITY, TOWNSHIP, { jws: await sign(CITY, end) });
    expect(await told(COUNTY, TOWNSHIP, { jws: await sign(COUNTY, grant) })).toBe('DONE');
    await becomes(TOWNSHIP, grant.id, 'OFFERED');
  });
});

describe('a node that comes back', () => {
  const healed = async (node: DivisionCode) => {
    const [life] = await federation.rows<{ healed_at: Date | null }>(
      node,
      `SELECT healed_at FROM lives WHERE node = $1 ORDER BY life DESC LIMIT 1`,
      [node],
    );
    return life?.healed_at instanceof Date;
  };

  test('from a restored backup takes its own grants back, and none it stated in another’s name', async () => {
    const backup = await federation.backup(COUNTY);
    const sound = grantOf();
    const forged = grantOf({ grantor: CITY, grantee: COUNTY, items: [TEACHER] });
    await inFeed(COUNTY, await published(forged, { signer: COUNTY }));
    await inFeed(COUNTY, await published(sound));
    await becomes(VILLAGE, sound.id, 'IN_EFFECT');
    await federation.restore(COUNTY, backup);
    await federation.startHost(COUNTY);
    await eventually(() => healed(COUNTY));
    await becomes(COUNTY, sound.id, 'IN_EFFECT');
    expect(await known(COUNTY, forged.id)).toBeNull();
    expect(await decider(COUNTY, TEACHER)).toBe(CITY);
    await inFeed(COUNTY, await published(sound, { end: { signer: COUNTY, way: 'REVOKED' } }));
    await becomes(VILLAGE, sound.id, 'REVOKED');
  });

  test('sets aside what it stored before anybody asked who signed it, and mends what was written over', async () => {
    const [forged, real] = [grantOf(), grantOf()];
    await inFeed(COUNTY, await published(real));
    await becomes(VILLAGE, real.id, 'IN_EFFECT');
    const { grant, answer } = await published(forged, { signer: TOWNSHIP });
    await federation.rows(
      VILLAGE,
      `INSERT INTO delegations (node, id, grantor, grantee, seq, items, grant_jws, answer_jws)
       VALUES ($1, $2, $3, $4, 9999999, $5, $6, $7)`,
      [VILLAGE, forged.id, COUNTY, TOWNSHIP, forged.items, grant, answer],
    );
    await federation.rows(VILLAGE, `UPDATE delegations SET items = '{}' WHERE node = $1 AND id = $2::uuid`, [
      VILLAGE,
      real.id,
    ]);
    expect((await known(VILLAGE, forged.id))?.state).toBe('IN_EFFECT');
    await federation.stopHost(VILLAGE);
    await federation.startHost(VILLAGE);
    expect(await known(VILLAGE, forged.id)).toMatchObject({ state: 'INVALID', refusal: { code: 'GRANT_INVALID' } });
    expect((await grantsAt(VILLAGE, RELIEF)).map((g) => g.grant.id)).toContain(real.id);
    expect((await competent(VILLAGE, 1)).through.decide?.id).toBe(real.id);
    await inFeed(COUNTY, await published(real, { end: { signer: COUNTY, way: 'REVOKED' } }));
    await becomes(VILLAGE, real.id, 'REVOKED');
    expect(await decider(VILLAGE)).toBe(COUNTY);
  });
});
