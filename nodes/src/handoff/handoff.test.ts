import { handling } from '@liandong/schema/domains/handling';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { jetstream } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import type { Receipt } from '@liandong/schema/wire';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, clerk, countyClerk, custodians, material } from '../testing/cases.ts';
import { putOutbox, readOutbox } from '../testing/outbox.ts';
import { COUNTY, TOWNSHIP, TestFederation, VILLAGE, CITY, eventually } from '../testing/test-federation.ts';
import { readMaterial } from '../materials/index.ts';
import { generateNodeKey, importNodeKey, payloadOf, sha256, signWith } from '../trust/index.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, VILLAGE];
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const outbox = (node: string, id: string) => readOutbox(federation, node, id);

describe('a hand-off', () => {
  test('moves custody from the village to the township and leaves exactly one custodian', async () => {
    const id = await steps.file();
    expect(await custodians(federation, NODES, id)).toEqual([VILLAGE]);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await steps.seen(id, agent))?.custodian === TOWNSHIP);
    expect(await custodians(federation, NODES, id)).toEqual([TOWNSHIP]);
  });

  test('leaves the outbox only by a signed receipt over the exact message, which is kept', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await eventually(async () => (await outbox(VILLAGE, id)).every((row) => row.settled_at !== null));
    const dossier = (await outbox(VILLAGE, id)).find((row) => row.kind === 'DOSSIER');
    expect(dossier?.outcome).toBe('DONE');
    const [kept] = await federation.rows<{ jws: string; sender: string }>(
      VILLAGE,
      `SELECT jws, sender FROM receipts WHERE node = $1 AND id = $2`,
      [VILLAGE, dossier?.receipt_id],
    );
    expect(kept?.sender).toBe(TOWNSHIP);
    const receipt = payloadOf(kept?.jws ?? '') as Receipt;
    const answer = receipt.answers.find((a) => a.id === dossier?.id);
    expect(answer).toMatchObject({ outcome: 'DONE', digest: sha256(dossier?.body ?? '') });
  });

  test('brings every byte of the materials, also of one that travels in pieces', async () => {
    const scan = Buffer.alloc(1_700_000, 'Liandong ');
    scan.write('%PDF-1.4\n');
    scan.write('%%EOF', scan.length - 5);
    const input = application();
    const id = await steps.file(agent, {
      ...input,
      materials: [material('户口簿', scan), ...input.materials.slice(0, 3)],
    });
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const parts = (await outbox(VILLAGE, id)).filter((row) => row.kind === 'MATERIAL');
    expect(parts.length).toBe(3 + Math.ceil(scan.length / (512 * 1024)));
    const held = await readMaterial(federation.db(TOWNSHIP).queries(TOWNSHIP), sha256(scan));
    expect(held?.equals(scan)).toBe(true);
    expect(await federation.rows(TOWNSHIP, `SELECT 1 FROM blob_parts WHERE node = $1`, [TOWNSHIP])).toEqual([]);
  });

  test('raises the epoch by one each time, and every step has its line in one chain', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    const lines = await federation.rows<{ seq: number; jws: string; hash: string }>(
      COUNTY,
      `SELECT seq, jws, hash FROM case_log WHERE node = $1 AND case_id = $2 ORDER BY seq`,
      [COUNTY, id],
    );
    const log = lines.map(
      (l) => payloadOf(l.jws) as { seq: number; epoch: number; action: string; prev: string | null },
    );
    expect(log.map((l) => l.action)).toEqual([
      'FILED',
      'FORWARDED',
      'RECEIVED',
      'ACCEPTED',
      'REVIEWED',
      'FORWARDED',
      'RECEIVED',
    ]);
    expect(log.map((l) => l.epoch)).toEqual([1, 1, 2, 2, 2, 2, 3]);
    expect(log.map((l) => l.prev)).toEqual([null, ...lines.slice(0, -1).map((l) => l.hash)]);
  });

  test('under way is read-only at the sender', async () => {
    await federation.stopHost(TOWNSHIP);
    const id = await steps.file();
    const view = await steps.forward(id, agent);
    expect(view.custody).toBe('IN_TRANSIT');
    await expect(
      federation.desk(VILLAGE, handling).withdrawCase(agent, { id, reason: '不办了', idempotencyKey: null }),
    ).rejects.toMatchObject({ code: 'CASE_IN_TRANSIT' });
    await expect(steps.forward(id, agent)).rejects.toMatchObject({ code: 'CASE_IN_TRANSIT' });
    await federation.startHost(TOWNSHIP);
    await steps.arrives(id, clerk);
  });

  test('arrives although the broker lost everything it stored', async () => {
    await federation.stopHost(TOWNSHIP);
    const id = await steps.file();
    await steps.forward(id, agent);
    await eventually(
      async () =>
        (
          await federation.rows<{ attempts: number }>(
            VILLAGE,
            `SELECT attempts FROM outbox WHERE node = $1 AND case_id = $2 AND kind = 'DOSSIER'`,
            [VILLAGE, id],
          )
        )[0]?.attempts !== 0,
    );
    await federation.wipeBroker();
    await federation.startHost(TOWNSHIP);
    await steps.arrives(id, clerk);
    await eventually(async () => (await outbox(VILLAGE, id)).every((row) => row.settled_at !== null));
  });

  test('waits for the broker and goes on when it is back', async () => {
    const id = await steps.file();
    await federation.stopBroker('SIGKILL');
    await steps.forward(id, agent);
    expect(await custodians(federation, NODES, id)).toEqual([]);
    await federation.startBroker();
    await steps.arrives(id, clerk);
  });
});

describe('a message that comes again', () => {
  test('is answered again and done once', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await eventually(async () => (await outbox(VILLAGE, id)).every((row) => row.settled_at !== null));
    const before = await federation.rows<{ seq: number }>(
      TOWNSHIP,
      `SELECT seq FROM case_log WHERE node = $1 AND case_id = $2`,
      [TOWNSHIP, id],
    );
    // as if every receipt had been lost
    await federation.rows(
      VILLAGE,
      `UPDATE outbox SET settled_at = NULL, outcome = NULL, receipt_id = NULL, next_at = now() WHERE node = $1 AND case_id = $2`,
      [VILLAGE, id],
    );
    await eventually(async () =>
      (await outbox(VILLAGE, id)).every((row) => row.settled_at !== null && row.outcome === 'DONE'),
    );
    const after = await federation.rows<{ seq: number }>(
      TOWNSHIP,
      `SELECT seq FROM case_log WHERE node = $1 AND case_id = $2`,
      [TOWNSHIP, id],
    );
    expect(after).toEqual(before);
    expect(await custodians(federation, NODES, id)).toEqual([TOWNSHIP]);
  });

  test('under a new id but of an old round is refused as stale and changes nothing', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const [dossier] = (await outbox(VILLAGE, id)).filter((row) => row.kind === 'DOSSIER');
    const body = dossier?.body ?? '';
    const copy = await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'DOSSIER', caseId: id, body });
    await eventually(async () =>
      (await outbox(VILLAGE, id)).some((row) => row.id === copy && row.outcome === 'REFUSED'),
    );
    const [answered] = await federation.rows<{ code: string }>(
      VILLAGE,
      `SELECT code FROM outbox WHERE node = $1 AND id = $2`,
      [VILLAGE, copy],
    );
    expect(answered?.code).toBe('STALE_EPOCH');
    expect(await custodians(federation, NODES, id)).toEqual([TOWNSHIP]);
  });
});

describe('a hand-off the receiver will not take', () => {
  test('comes back to the sender with the reason, and the spent round is never taken later', async () => {
    const id = await steps.file();
    // a dossier for a desk that is not competent, made past the rules, which would refuse it
    const rows = await federation.rows<{ jws: string }>(
      VILLAGE,
      `SELECT jws FROM case_log WHERE node = $1 AND case_id = $2`,
      [VILLAGE, id],
    );
    expect(rows.length).toBe(1);
    await federation.rows(
      COUNTY,
      `UPDATE items SET body = jsonb_set(body, '{acceptingTiers}', '["COUNTY"]') WHERE node = $1 AND code = '3310-MZ-001'`,
      [COUNTY],
    );
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    await eventually(async () => (await steps.seen(id, clerk))?.log.at(-1)?.action === 'HANDOFF_REFUSED');
    expect(await custodians(federation, NODES, id)).toEqual([TOWNSHIP]);
    const view = await steps.seen(id, clerk);
    expect(view?.state).toBe('REVIEWED');
    await federation.rows(
      COUNTY,
      `UPDATE items SET body = jsonb_set(body, '{acceptingTiers}', '["TOWNSHIP", "VILLAGE"]') WHERE node = $1 AND code = '3310-MZ-001'`,
      [COUNTY],
    );
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    const [row] = await federation.rows<{ epoch: number }>(
      COUNTY,
      `SELECT epoch FROM cases WHERE node = $1 AND id = $2`,
      [COUNTY, id],
    );
    expect(row?.epoch).toBe(4);
  });
});

describe('the broker', () => {
  test('lets no host publish in the name of another host’s node', async () => {
    const seed = await readFile(federation.config(VILLAGE).natsSeedFile ?? '');
    const connection = await connect({
      servers: federation.brokerUrl,
      authenticator: nkeyAuthenticator(new Uint8Array(seed)),
      inboxPrefix: `_INBOX_host-${VILLAGE}`,
    });
    const refusals: string[] = [];
    void (async () => {
      for await (const status of connection.status()) if (status.type === 'error') refusals.push(status.error.message);
    })();
    connection.publish(`ld.m.331000.331022.331022103._.331000.331022._._`, 'forged');
    connection.publish(`ld.m.331000.331022.331022103.331022103201.331000.331022._._`, 'own name');
    await connection.flush();
    await eventually(() => Promise.resolve(refusals.length > 0));
    expect(refusals.length).toBe(1);
    expect(refusals[0]).toContain('331022103._');
    await connection.close();
  });

  test('an envelope signed by a key nobody vouched for is set aside and leads to nothing', async () => {
    const stranger = await importNodeKey(await generateNodeKey(VILLAGE));
    const id = randomUUID();
    const forged = await signWith(stranger, SIGNED_TYPES.envelope, {
      v: 1,
      from: VILLAGE,
      to: TOWNSHIP,
      at: new Date().toISOString(),
      messages: [{ id, kind: 'ECHO', body: '{}' }],
    });
    const seed = await readFile(federation.config(VILLAGE).natsSeedFile ?? '');
    const connection = await connect({
      servers: federation.brokerUrl,
      authenticator: nkeyAuthenticator(new Uint8Array(seed)),
      inboxPrefix: `_INBOX_host-${VILLAGE}`,
    });
    await jetstream(connection).publish(`ld.m.331000.331022.331022103.331022103201.331000.331022.331022103._`, forged);
    await connection.close();
    const other = await steps.file();
    await steps.forward(other, agent);
    await steps.arrives(other, clerk);
    expect(await federation.rows(TOWNSHIP, `SELECT 1 FROM inbox WHERE node = $1 AND id = $2`, [TOWNSHIP, id])).toEqual(
      [],
    );
    expect(
      await federation.rows(TOWNSHIP, `SELECT code FROM parked WHERE node = $1 AND id = $2`, [TOWNSHIP, id]),
    ).toEqual([{ code: 'KEY_UNKNOWN' }]);
  });
});
