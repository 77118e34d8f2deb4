import { randomUUID } from 'node:crypto';
import { handling } from '@liandong/schema/domains/handling';
import { notes } from '@liandong/schema/domains/notes';
import type { Note } from '@liandong/schema/domains/notes';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { FIRST_PROTOCOL, SIGNED_TYPES } from '@liandong/schema/wire';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Receivers } from '../handoff/index.ts';
import { CaseSteps, agent, clerk, codesOf, countyChief, countyClerk } from '../testing/cases.ts';
import { putOutbox } from '../testing/outbox.ts';
import { trustOfAll } from '../testing/signing.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';

const supervisor = personAt(COUNTY, 'SUPERVISOR');
let federation: TestFederation;
let steps: CaseSteps;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const write = (id: string, text: string, viewer: Viewer = agent, idempotencyKey: string | null = null) =>
  federation.desk(viewer.division, notes).addNote(viewer, { case: id, text, idempotencyKey });
const read = (id: string, viewer: Viewer = agent, node: DivisionCode = viewer.division) =>
  federation.desk(node, notes).caseNotes(viewer, { case: id });
/** Waits until no node owes another anything about a case. */
const settled = (id: string) =>
  eventually(async () => {
    const owed = `SELECT 1 FROM outbox WHERE node = $1 AND case_id = $2 AND settled_at IS NULL`;
    const open = await Promise.all([VILLAGE, TOWNSHIP, COUNTY].map((node) => federation.rows(node, owed, [node, id])));
    return open.every((rows) => rows.length === 0);
  });
const texts = async (id: string, viewer: Viewer) => (await read(id, viewer)).map(({ text }) => text);

describe('a note on a case', () => {
  let id: string;
  beforeEach(async () => {
    id = await steps.file();
  });

  test('is shown with who wrote it, where and when, oldest first', async () => {
    const first = await write(id, '家访约在周五下午');
    expect(first).toMatchObject({ node: VILLAGE, author: agent.name, post: 'AGENT', insteadOf: null });
    await write(id, '已家访');
    expect(await read(id)).toEqual([first, expect.objectContaining({ text: '已家访' })]);
  });

  test('follows the case to the desk that takes it over, and a later one comes back to those before', async () => {
    await write(id, '申请人行动不便');
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await expect.poll(() => texts(id, clerk), { timeout: 30_000 }).toEqual(['申请人行动不便']);
    // a note that overtakes the line by which the case came to its desk is tried again after a minute
    await settled(id);
    await write(id, '材料已核对', clerk);
    await expect.poll(() => texts(id, agent), { timeout: 30_000 }).toEqual(['申请人行动不便', '材料已核对']);
    await steps.accept(id, clerk);
    await steps.review(id, clerk);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await expect.poll(() => texts(id, countyClerk), { timeout: 30_000 }).toEqual(['申请人行动不便', '材料已核对']);
  });

  test('that is written while the case is under way follows it', async () => {
    await federation.stopHost(TOWNSHIP);
    await steps.forward(id, agent);
    await write(id, '在途补记');
    await federation.startHost(TOWNSHIP);
    await steps.arrives(id, clerk);
    await expect.poll(() => texts(id, clerk), { timeout: 30_000 }).toEqual(['在途补记']);
  });

  test('of a desk that does not know yet that the case moved on is passed on to where it is', async () => {
    await steps.toReviewedAtTownship(id);
    await settled(id);
    await federation.stopHost(VILLAGE);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    // the village hears of nothing before its note is written
    await federation.stopHost(TOWNSHIP);
    await federation.stopHost(COUNTY);
    await federation.wipeBroker();
    await federation.startHost(VILLAGE);
    await write(id, '家中有变故');
    await federation.startHost(COUNTY);
    await federation.startHost(TOWNSHIP);
    await expect.poll(() => texts(id, countyClerk), { timeout: 30_000 }).toEqual(['家中有变故']);
  });

  test('is read by a supervisor over the desks, and by no other desk, the public or a token of the applicant’s', async () => {
    await write(id, '内部');
    expect((await read(id, supervisor, VILLAGE)).map(({ text }) => text)).toEqual(['内部']);
    for (const viewer of [personAt(OTHER_TOWNSHIP, 'CLERK'), countyClerk, countyChief]) {
      expect(await codesOf(read(id, viewer, VILLAGE))).toEqual(['FORBIDDEN']);
    }
    expect(await codesOf(federation.desk(VILLAGE, notes).caseNotes(null, { case: id }))).toEqual(['UNAUTHENTICATED']);
    const number = (await federation.services(VILLAGE).filing.getMany(agent, [id])).map((f) =>
      'number' in f ? f.number : '',
    );
    for (const token of [{ actsFor: 'applicant' }, { onlyCase: number[0] ?? '' }]) {
      expect(await codesOf(read(id, { ...agent, ...token }))).toEqual(['FORBIDDEN']);
      expect(await codesOf(write(id, '内部', { ...agent, ...token }))).toEqual(['FORBIDDEN']);
    }
  });

  test('is refused to a supervisor, without text, with a number of a person, and on a case that is not here', async () => {
    expect(
      await codesOf(federation.desk(COUNTY, notes).addNote(supervisor, { case: id, text: 'x', idempotencyKey: null })),
    ).toEqual(['NOT_FOUND']);
    expect(await codesOf(write(id, '  '))).toEqual(['REASON_MISSING']);
    expect(await codesOf(write(id, '电话 13800000001'))).toEqual(['BAD_INPUT']);
    expect(await codesOf(write(`${VILLAGE}-none`, '备注'))).toEqual(['NOT_FOUND']);
  });

  test('is written once under its key', async () => {
    const key = `note-${randomUUID()}`;
    const [one, two] = await Promise.all([write(id, '一次', agent, key), write(id, '一次', agent, key)]);
    expect(two).toEqual(one);
    expect(await codesOf(write(id, '另一', agent, key))).toEqual(['IDEMPOTENCY_MISMATCH']);
    expect(await texts(id, agent)).toEqual(['一次']);
  });

  test('is no part of the signed log, and is sealed in the database, which lets nobody change or remove it', async () => {
    const log = (await steps.seen(id, agent))?.log;
    await write(id, '只供内部使用');
    expect((await steps.seen(id, agent))?.log).toEqual(log);
    const kept = await federation.rows(VILLAGE, `SELECT * FROM case_notes WHERE node = $1`, [VILLAGE]);
    expect(JSON.stringify(kept)).not.toMatch(/只供内部使用|内部|eyJ/);
    for (const change of ['DELETE FROM case_notes', `UPDATE case_notes SET at = now()`, 'TRUNCATE case_notes']) {
      await expect(federation.rows(VILLAGE, change)).rejects.toThrow('append-only');
    }
  });

  test('can be written when the case has ended', async () => {
    await federation.desk(VILLAGE, handling).withdrawCase(agent, { id, reason: '申请人要求', idempotencyKey: null });
    expect(await write(id, '电话告知撤回')).toMatchObject({ text: '电话告知撤回' });
  });
});

describe('a note that another node brings', () => {
  let id: string;
  beforeAll(async () => {
    id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
  });
  const noteOf = (change: Partial<Note> = {}): Note => ({
    id: randomUUID(),
    case: id,
    node: VILLAGE,
    at: new Date().toISOString(),
    author: { issuer: 'i', sub: 's', name: '甲', role: 'AGENT' },
    text: '备注',
    ...change,
  });
  /** Signs a note as one node, and puts it into the outbox of a node, for the township. */
  async function brought(note: Note, signer: DivisionCode, from: DivisionCode, as = note.case): Promise<string | null> {
    const trust = await trustOfAll(federation);
    const jws = await trust.sign(signer, SIGNED_TYPES.note, note);
    const body = JSON.stringify({ case: as, note: jws });
    const message = await putOutbox(federation, from, { receiver: TOWNSHIP, kind: 'CASE_NOTE', caseId: as, body });
    const row = () =>
      federation.rows<{ outcome: string | null; code: string | null }>(
        from,
        `SELECT outcome, code FROM outbox WHERE node = $1 AND id = $2`,
        [from, message],
      );
    await eventually(async () => (await row())[0]?.outcome !== null);
    return (await row())[0]?.code ?? null;
  }

  test('is taken where its signer and its bringer had a part in the case', async () => {
    expect(await brought(noteOf(), VILLAGE, VILLAGE)).toBeNull();
  });

  test.each([
    [
      'of a desk that did not sign it',
      'SIGNATURE_INVALID',
      () => brought(noteOf({ node: TOWNSHIP }), VILLAGE, VILLAGE),
    ],
    ['brought by a node without a part in the case', 'FORBIDDEN', () => brought(noteOf(), VILLAGE, OTHER_TOWNSHIP)],
    ['that is none', 'MESSAGE_INVALID', () => brought(noteOf({ text: '' }), VILLAGE, VILLAGE)],
  ])('is not taken: %s', async (_, code, attempt) => {
    expect(await attempt()).toBe(code);
  });

  test('under an id that another note has is not taken', async () => {
    const note = noteOf();
    expect(await brought(note, VILLAGE, VILLAGE)).toBeNull();
    expect(await brought({ ...note, text: '改过的' }, VILLAGE, VILLAGE)).toBe('MESSAGE_INVALID');
    expect(await texts(id, clerk)).not.toContain('改过的');
  });
});

describe('a node whose database was restored', () => {
  test('is given back the notes of its own that it forgot, and those of others', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const backup = await federation.backup(TOWNSHIP);
    await write(id, '忘记的', clerk);
    await write(id, '村里的', agent);
    await expect.poll(() => texts(id, agent), { timeout: 30_000 }).toEqual(['忘记的', '村里的']);
    await expect.poll(() => texts(id, clerk), { timeout: 30_000 }).toEqual(['忘记的', '村里的']);
    await federation.restore(TOWNSHIP, backup);
    await federation.startHost(TOWNSHIP);
    await expect.poll(() => texts(id, clerk).catch(() => []), { timeout: 60_000 }).toEqual(['忘记的', '村里的']);
  });
});

describe('beside a host of the version before, which knows no notes', () => {
  const unknown = (own: Receivers): Receivers => ({
    ...own,
    CASE_NOTE: () => Promise.reject(new Error('an old program was sent what it cannot read')),
  });
  const waiting = (id: string) =>
    federation.rows<{ outcome: string | null }>(
      VILLAGE,
      `SELECT outcome FROM outbox WHERE node = $1 AND kind = 'CASE_NOTE' AND case_id = $2 AND settled_at IS NULL`,
      [VILLAGE, id],
    );

  test('a note waits, the case goes on, and the note goes when the host is upgraded', async () => {
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP, { protocol: FIRST_PROTOCOL, receivers: unknown });
    const id = await steps.file();
    // the village learns which protocol the township's program knows
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await expect
      .poll(() =>
        federation.rows(VILLAGE, `SELECT protocol FROM peer_protocols WHERE node = $1 AND peer = $2`, [
          VILLAGE,
          TOWNSHIP,
        ]),
      )
      .toEqual([{ protocol: FIRST_PROTOCOL }]);
    await write(id, '等待升级');
    expect(await waiting(id)).toEqual([{ outcome: 'WAITS' }]);
    await steps.accept(id, clerk);
    await steps.known(id, agent, 'ACCEPTED');
    expect(await waiting(id)).toEqual([{ outcome: 'WAITS' }]);
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP);
    // its next message states its protocol
    await steps.review(id, clerk);
    await eventually(async () => (await waiting(id)).length === 0);
    expect(await texts(id, clerk)).toEqual(['等待升级']);
  });

  test('of which nothing was heard yet, a note waits until an echo was answered', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await eventually(async () => (await steps.seen(id, agent))?.custodian === COUNTY);
    await settled(id);
    await federation.stopHost(COUNTY);
    await federation.stopHost(VILLAGE);
    await federation.rows(VILLAGE, `DELETE FROM peer_protocols WHERE node = $1`, [VILLAGE]);
    await federation.startHost(VILLAGE);
    await write(id, '问一问');
    // the county says nothing to a village but of its cases
    const owed = `SELECT outcome FROM outbox WHERE node = $1 AND kind = 'CASE_NOTE' AND case_id = $2 AND receiver = $3`;
    expect(await federation.rows(VILLAGE, owed, [VILLAGE, id, COUNTY])).toEqual([{ outcome: 'WAITS' }]);
    await federation.startHost(COUNTY);
    await expect.poll(() => texts(id, countyClerk).catch(() => []), { timeout: 30_000 }).toEqual(['问一问']);
  });
});
