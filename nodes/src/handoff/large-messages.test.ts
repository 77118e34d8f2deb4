import { handling } from '@liandong/schema/domains/handling';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonBytes, MAX_PAYLOAD, textRoom } from '@liandong/schema/wire';
import { proxy } from '@liandong/schema/domains/proxy';
import { examineSending } from '../health/doctor-sending.ts';
import { CaseSteps, agent, custodians, homestead } from '../testing/cases.ts';
import { putOutbox, readOutbox } from '../testing/outbox.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually } from '../testing/test-federation.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, VILLAGE];
const ROOM = textRoom(MAX_PAYLOAD);
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES, keepLog: true });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

/** A message that no receiver can process; its text in the envelope has this many bytes. */
function nonsense(bytes: number): string {
  const body = (filling: string) => JSON.stringify({ case: '', filling });
  const frame = { id: '5b0c7c1e-6d1f-4f0e-9a3e-1f2d3c4b5a69', kind: 'ECHO', trace: null };
  return body('x'.repeat(bytes - jsonBytes({ ...frame, body: body('') })));
}
const owed = async (id: string) =>
  (await readOutbox(federation, VILLAGE, null, 'ECHO')).find((row) => row.id === id)?.outcome ?? null;
const found = () =>
  examineSending({
    config: { nodes: [VILLAGE] },
    db: federation.db(VILLAGE),
    keys: Promise.reject(new Error('no keys')),
  });
const told = () => federation.logged.filter((line) => line.includes('outbox message cannot be sent'));

describe('a message as large as the broker takes', () => {
  test('arrives, alone, and so do the small ones beside it', async () => {
    const large = await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'ECHO', body: nonsense(ROOM) });
    const small = await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'ECHO', body: nonsense(200) });
    for (const id of [large, small]) await eventually(async () => (await owed(id)) === 'PARKED');
    expect(told()).toEqual([]);
  });

  test('of 汉字 is counted by its bytes, and many of them go in as many envelopes as they need', async () => {
    const body = JSON.stringify({ case: '', filling: '办'.repeat(20_000) });
    const ids: string[] = [];
    for (let i = 0; i < 30; i++)
      ids.push(await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'ECHO', body }));
    for (const id of ids) await eventually(async () => (await owed(id)) === 'PARKED');
    expect(told()).toEqual([]);
  });
});

describe('a message larger than the broker takes', () => {
  test('is told of at its sender within a minute and once, by kind and receiver, and holds up nothing beside it', async () => {
    const body = nonsense(MAX_PAYLOAD);
    const large = await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'ECHO', body });
    const small = await putOutbox(federation, VILLAGE, { receiver: TOWNSHIP, kind: 'ECHO', body: nonsense(200) });
    await eventually(async () => (await found())[0]?.state === 'BAD');
    const text = expect.stringMatching(
      `ECHO of ${VILLAGE} to ${TOWNSHIP} \\(${large}\\).*PAYLOAD_TOO_LARGE.*${MAX_PAYLOAD}`,
    );
    expect(await found()).toMatchObject([{ part: 'sending', state: 'BAD', text }]);
    await eventually(async () => (await owed(small)) === 'PARKED');
    expect(await owed(large)).toBeNull();
    const again = `UPDATE outbox SET next_at = now() WHERE node = $1 AND id = $2`;
    const attempts = async () =>
      (
        await federation.rows<{ attempts: number }>(
          VILLAGE,
          `SELECT attempts FROM outbox WHERE node = $1 AND id = $2`,
          [VILLAGE, large],
        )
      )[0]?.attempts ?? 0;
    const before = await attempts();
    await federation.rows(VILLAGE, again, [VILLAGE, large]);
    await eventually(async () => (await attempts()) > before);
    await federation.stopHost(VILLAGE);
    await federation.startHost(VILLAGE);
    await eventually(async () => (await attempts()) > before + 1);
    expect(told().map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 50, kind: 'ECHO', node: VILLAGE, receiver: TOWNSHIP, subject: large, code: 'PAYLOAD_TOO_LARGE' },
    ]);
  });

  test('is gone from what the doctor says once it can be sent', async () => {
    const [row] = await federation.rows<{ subject: string }>(
      VILLAGE,
      `SELECT subject FROM send_faults WHERE node = $1`,
      [VILLAGE],
    );
    const id = row?.subject ?? '';
    const body = federation.db(VILLAGE).vault(VILLAGE).seal('outbox.body', id, nonsense(200));
    await federation.rows(VILLAGE, `UPDATE outbox SET body = $3, next_at = now() WHERE node = $1 AND id = $2`, [
      VILLAGE,
      id,
      body,
    ]);
    await eventually(async () => (await owed(id)) === 'PARKED');
    await eventually(async () => (await found())[0]?.state === 'OK');
  });
});

describe('a case whose dossier is larger than the broker takes', () => {
  test('is refused its hand-off with the limit before custody leaves, and can be handled where it is', async () => {
    const id = await steps.file(agent, homestead());
    const { logContact } = federation.desk(VILLAGE, proxy);
    for (let i = 0; i < 300; i++) {
      const what = `第${i}次联系：${'上门核对材料并告知进度，'.repeat(40)}`;
      await logContact(agent, { id, idempotencyKey: null, with: 'APPLICANT', way: 'VISIT', what });
    }
    const refused = steps.forward(id, agent);
    await expect(refused).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    await expect(refused).rejects.toThrow(new RegExp(`DOSSIER to ${TOWNSHIP}.*${ROOM}`));
    expect(await custodians(federation, NODES, id)).toEqual([VILLAGE]);
    expect(await readOutbox(federation, VILLAGE, id)).toEqual([]);
    const withdrawn = await federation
      .desk(VILLAGE, handling)
      .withdrawCase(agent, { id, reason: '不办了', idempotencyKey: null });
    expect(withdrawn.state).toBe('WITHDRAWN');
  }, 300_000);
});
