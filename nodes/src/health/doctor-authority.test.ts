import { randomUUID } from 'node:crypto';
import type { DataRecord } from '@liandong/schema/domains/sharing';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Grant, PublishedGrant } from '@liandong/schema/domains/delegation';
import { capOf } from '@liandong/schema/domains/delegation';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, RELIEF, agent, clerk, countyChief } from '../testing/cases.ts';
import { powersOf } from '../testing/powers.ts';
import { DataSharing, ESSENTIAL, withoutHousehold } from '../testing/sharing.ts';
import { publishedGrant, trustOfAll } from '../testing/signing.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually } from '../testing/test-federation.ts';
import type { Trust } from '../trust/index.ts';
import { sha256 } from '../trust/index.ts';
import { examineAuthority } from './doctor-authority.ts';

let federation: TestFederation;
let steps: CaseSteps;
let data: DataSharing;
let trust: Trust;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
  data = await DataSharing.start(federation);
  trust = await trustOfAll(federation);
});
afterAll(async () => {
  await federation.stop();
  await data.stop();
});

const { delegation, power, becomes, inEffect, ended } = powersOf(() => federation);

const found = async (node: DivisionCode, part: string) =>
  (
    await examineAuthority({
      config: federation.config(node),
      db: federation.db(node),
      divisions: Promise.resolve(federation.divisions),
      keys: Promise.resolve({ trust }),
      now: federation.now,
    })
  ).find((finding) => finding.part === part);

function grantOf(change: Partial<Grant> = {}): Grant {
  const { idempotencyKey: _, capFen, ...given } = power({ capFen: null });
  const at = federation.now().toISOString();
  return { kind: 'GRANT', id: randomUUID(), seq: 9_999, grantor: COUNTY, ...given, cap: capOf(capFen), at, ...change };
}

/** Stores a grant as a node did that did not check its signer. */
async function store(node: DivisionCode, grant: Grant, { grant: jws, answer, end }: PublishedGrant): Promise<void> {
  await federation.rows(
    node,
    `INSERT INTO delegations (node, id, grantor, grantee, seq, items, grant_jws, answer_jws, end_jws)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [node, grant.id, grant.grantor, grant.grantee, grant.seq, grant.items, jws, answer, end],
  );
}

describe('the doctor', () => {
  test('finds nothing wrong with grants and shared data that came as they should', async () => {
    const grant = await inEffect();
    await becomes(CITY, grant, 'IN_EFFECT');
    const id = await steps.file(agent, withoutHousehold());
    await data.ended(id, (await data.ask(id)).id);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await data.supplied(id, clerk)).length === 1);
    for (const node of [CITY, COUNTY, TOWNSHIP, VILLAGE]) {
      expect(await found(node, 'grants')).toMatchObject({ state: 'OK' });
      expect(await found(node, 'shared data')).toMatchObject({ state: 'OK' });
      expect(await found(node, 'waiting grants')).toBeUndefined();
    }
    await ended(grant);
  });

  test('names a stored grant that its grantor never signed, and its revocation ends it wherever it is stored', async () => {
    const grant = grantOf();
    const forged = await publishedGrant(trust, grant, { signer: TOWNSHIP });
    for (const node of [CITY, COUNTY, TOWNSHIP, VILLAGE]) await store(node, grant, forged);
    expect(await found(VILLAGE, 'grants')).toMatchObject({
      state: 'BAD',
      text: expect.stringContaining(`${grant.id} of ${COUNTY} to ${TOWNSHIP}, stored at ${VILLAGE}`),
    });
    await delegation(COUNTY).revokeDelegation(countyChief, { id: grant.id, reason: '未曾授权', idempotencyKey: null });
    for (const node of [CITY, TOWNSHIP, VILLAGE]) await becomes(node, grant.id, 'REVOKED');
    expect(await found(VILLAGE, 'grants')).toMatchObject({ state: 'WARN' });
    for (const node of [CITY, COUNTY, TOWNSHIP, VILLAGE]) {
      await federation.rows(node, `DELETE FROM delegations WHERE node = $1 AND id = $2::uuid`, [node, grant.id]);
    }
  });

  test.each<[string, Partial<Grant>, string]>([
    ['over what its grantor does not hold', { items: ['3310-JY-001'] }, 'does not hold the power'],
    ['that was written over', {}, 'was written over it'],
  ])('names a stored grant %s', async (_, change, reason) => {
    const grant = grantOf(change);
    await store(VILLAGE, grant, await publishedGrant(trust, grant));
    if (reason.includes('written over')) {
      await federation.rows(VILLAGE, `UPDATE delegations SET items = $3 WHERE node = $1 AND id = $2::uuid`, [
        VILLAGE,
        grant.id,
        [RELIEF, '3310-GA-001'],
      ]);
    }
    expect(await found(VILLAGE, 'grants')).toMatchObject({ state: 'BAD', text: expect.stringContaining(reason) });
    await federation.rows(VILLAGE, `DELETE FROM delegations WHERE node = $1 AND id = $2::uuid`, [VILLAGE, grant.id]);
  });

  test('names published grants that have waited for long', async () => {
    const insert = `INSERT INTO waiting_grants (node, digest, publisher, documents, code, since)
      VALUES ($1, $2, $3, '{}', 'ITEM_UNKNOWN', now() - $4::interval)`;
    await federation.rows(CITY, insert, [CITY, 'a', COUNTY, '1 hour']);
    expect(await found(CITY, 'waiting grants')).toBeUndefined();
    await federation.rows(CITY, insert, [CITY, 'b', COUNTY, '2 days']);
    expect(await found(CITY, 'waiting grants')).toMatchObject({
      state: 'WARN',
      text: expect.stringContaining(`2 published grants of ${COUNTY}`),
    });
    await federation.rows(CITY, `DELETE FROM waiting_grants WHERE node = $1`, [CITY]);
  });

  test('names a stored record of shared data that its provider may not give, and the material it ticks off', async () => {
    const id = await steps.file(agent, withoutHousehold());
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const at = federation.now().toISOString();
    const values = JSON.stringify({ holder: '李四' });
    const record: DataRecord = {
      request: randomUUID(),
      provider: VILLAGE,
      asker: VILLAGE,
      actor: { sub: 'agent', name: '代办员', role: 'AGENT' },
      case: id,
      item: '3310-MZ-001',
      offer: `${VILLAGE}-household`,
      fields: ESSENTIAL.map((name) => ({ name, label: name })),
      askedAt: at,
      at,
      outcome: 'ANSWERED',
      faults: [],
      replaces: '户口簿',
      values: sha256(values),
    };
    const jws = await trust.sign(VILLAGE, SIGNED_TYPES.data, record);
    const given = federation.db(TOWNSHIP).vault(TOWNSHIP).seal('data_requests.given', record.request, values);
    await federation.rows(
      TOWNSHIP,
      `INSERT INTO data_requests (node, id, case_id, offer, asker, provider, item, asked_by, asked_at, fields, state,
         answered_at, replaces, record, given) VALUES ($1, $2, $3, $4, $5, $5, $6, '代办员', $7, $8, 'ANSWERED', $7, $9, $10, $11)`,
      [TOWNSHIP, record.request, id, record.offer, VILLAGE, record.item, at, ESSENTIAL, record.replaces, jws, given],
    );
    expect(await found(TOWNSHIP, 'shared data')).toMatchObject({
      state: 'BAD',
      text: expect.stringMatching(
        new RegExp(`${record.request} of ${id} at ${TOWNSHIP}, from ${VILLAGE}, in place of 户口簿`),
      ),
    });
  });
});
