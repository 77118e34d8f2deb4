import { randomUUID } from 'node:crypto';
import type { Grant } from '@liandong/schema/domains/delegation';
import { capOf } from '@liandong/schema/domains/delegation';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { plusDays } from '@liandong/schema/kernel';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Outbox } from '../handoff/index.ts';
import { countyChief } from '../testing/cases.ts';
import { readOutbox } from '../testing/outbox.ts';
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
import { CAP, powersOf } from '../testing/powers.ts';
import type { TrustFile } from '../trust/index.ts';
import { Trust } from '../trust/index.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE];

let federation: TestFederation;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES });
});
afterAll(() => federation.stop());

const { delegation, today, power, known, becomes } = powersOf(() => federation);

describe('a grant between nodes', () => {
  let trust: Trust;
  beforeAll(async () => {
    const file = JSON.parse(await readFile(federation.config(COUNTY).trustFile, 'utf8')) as TrustFile;
    const keys = await Promise.all(NODES.map((node) => readKeysOf(federation.config(node))));
    trust = await Trust.load(file, keys.flat(), federation.divisions);
  });

  const grantOf = (change: Partial<Grant> = {}): Grant => {
    const { capFen, ...given } = power();
    const at = federation.now().toISOString();
    return {
      kind: 'GRANT',
      id: randomUUID(),
      seq: 1_000,
      grantor: COUNTY,
      ...given,
      cap: capOf(capFen),
      at,
      ...change,
    };
  };

  /** Makes the county send a document unchanged; returns the grantee's code when it refuses. */
  async function carried(jws: string, from = COUNTY): Promise<string | null> {
    const outbox = new Outbox();
    await federation
      .db(from)
      .transact(from, (tx) =>
        outbox.enqueue(tx, [{ receiver: TOWNSHIP, kind: 'DELEGATION', caseId: null, body: { jws } }]),
      );
    const row = async () => {
      const rows = await readOutbox(federation, from, null, 'DELEGATION');
      return rows.findLast(({ body }) => body === JSON.stringify({ jws }));
    };
    await eventually(async () => ((await row())?.outcome ?? null) !== null);
    return (await row())?.code ?? null;
  }
  const sign = (document: unknown, node = COUNTY) => trust.sign(node, SIGNED_TYPES.delegation, document);

  test('that is sound is taken, and of the same number no second one', async () => {
    const first = grantOf({ seq: 2_000 });
    expect(await carried(await sign(first))).toBeNull();
    await becomes(TOWNSHIP, first.id, 'OFFERED');
    // sent twice, and then an older one that comes late
    expect(await carried(await sign({ ...first, announcement: '第二次' }))).toBe('GRANT_STALE');
    expect(await carried(await sign(grantOf({ seq: 1_999 })))).toBe('GRANT_STALE');
  });

  test('that has expired on the way is refused', async () => {
    const yesterday = plusDays(today(), -1);
    expect(await carried(await sign(grantOf({ seq: 3_000, from: yesterday, to: yesterday })))).toBe('GRANT_EXPIRED');
  });

  test('whose revocation overtook it is refused', async () => {
    const grant = grantOf({ seq: 4_000 });
    const end = { kind: 'END', grant: grant.id, way: 'REVOKED', reason: '误发', at: federation.now().toISOString() };
    expect(await carried(await sign(end))).toBeNull();
    expect(await carried(await sign(grant))).toBe('GRANT_ENDED');
  });

  test('that another node signed is refused', async () => {
    expect(await carried(await sign(grantOf({ seq: 5_000 }), OTHER_TOWNSHIP))).toBe('GRANT_INVALID');
    expect(await carried(await sign(grantOf({ seq: 5_000, grantor: CITY }), CITY), CITY)).toBe(
      'GRANT_OUT_OF_COMPETENCE',
    );
  });

  test("out of the grantor's competence is refused", async () => {
    const code = await carried(await sign(grantOf({ seq: 6_000, items: ['3310-JY-001'] })));
    expect(code).toBe('GRANT_OUT_OF_COMPETENCE');
  });

  test('with a changed byte is refused', async () => {
    const jws = await sign(grantOf({ seq: 7_000 }));
    const [head = '', payload = '', signature = ''] = jws.split('.');
    const text = Buffer.from(payload, 'base64url').toString().replace(String(CAP), '900000');
    const changed = `${head}.${Buffer.from(text).toString('base64url')}.${signature}`;
    expect(await carried(changed)).toBe('SIGNATURE_INVALID');
  });

  test('that the grantee refuses is listed for the grantor with the code', async () => {
    const { grant } = await delegation(COUNTY).grantPower(countyChief, power());
    await federation.db(COUNTY).transact(COUNTY, async (tx) => {
      await tx.query(`UPDATE delegations SET answer_jws = NULL WHERE node = $1 AND id = $2::uuid`, [grant.id]);
    });
    // its number is below the one the township took in above
    await becomes(COUNTY, grant.id, 'INVALID');
    expect((await known(COUNTY, grant.id))?.refusal?.code).toBe('GRANT_STALE');
  });
});
