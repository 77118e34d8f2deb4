import { caseload } from '@liandong/schema/domains/caseload';
import { handling } from '@liandong/schema/domains/handling';
import { notes } from '@liandong/schema/domains/notes';
import type { SignalKind, SignalView } from '@liandong/schema/domains/signals';
import { signals } from '@liandong/schema/domains/signals';
import { dayOf, endOfDay } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, chief, clerk, codesOf, countyChief, countyClerk } from '../testing/cases.ts';
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
import { READ_KEPT_MS, UNREAD_KEPT_MS, forgetSignals } from './retention.ts';

const colleague = personAt(TOWNSHIP, 'CLERK', null, 'colleague');
const once = { idempotencyKey: null };

let federation: TestFederation;
let steps: CaseSteps;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());
afterEach(() => {
  federation.shiftMs = 0;
});

const desk = ({ division }: Viewer) => federation.desk(division, signals);
const page = (viewer: Viewer, after: string | null = null, first = 200, unread = true) =>
  desk(viewer).signals(viewer, { unread }, { first, after });
/** What a person's signals say of a case, as kinds. */
const told = async (viewer: Viewer, id: string) =>
  (await page(viewer)).nodes.filter(({ caseId }) => caseId === id).map(({ kind }) => kind);
const comes = (viewer: Viewer, id: string, kinds: SignalKind[]) =>
  expect.poll(() => told(viewer, id), { timeout: 30_000 }).toEqual(kinds);
const readAll = async (viewer: Viewer) => {
  const { cursor } = await desk(viewer).unreadSignals(viewer, {});
  return desk(viewer).markSignalsRead(viewer, { ids: null, upTo: cursor, ...once });
};
const assign = (id: string, { issuer, sub, name }: Viewer) =>
  federation.desk(TOWNSHIP, caseload).assignHandler(chief, { id, to: { issuer, sub, name }, ...once });
const note = (id: string, viewer: Viewer) =>
  federation.desk(viewer.division, notes).addNote(viewer, { case: id, text: '已家访', ...once });
const step = { note: null, ...once };

/** Cases that are told of at a township: filed there by the clerk, so that the chief hears of nothing else. */
const filedAtTownship = () => steps.file(clerk, application({ place: VILLAGE }));

describe('people of a desk', () => {
  test('hear of a case that comes, of its end, and of its document; nobody hears of their own acts', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    await comes(clerk, id, ['CASE_CAME']);
    await comes(chief, id, ['CASE_CAME']);
    expect(await told(agent, id)).toEqual([]);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await comes(countyClerk, id, ['CASE_CAME']);
    await steps.review(id, countyClerk);
    await steps.decide(id, countyChief);
    await federation.desk(COUNTY, handling).issueDocument(countyChief, { id, ...step });
    await comes(agent, id, ['DECIDED', 'DOCUMENT_CAME']);
    expect(await told(countyChief, id)).toEqual(['CASE_CAME']);
    const [first] = (await page(agent)).nodes.filter(({ caseId }) => caseId === id);
    const [row] = await federation.rows<{ number: string }>(
      VILLAGE,
      `SELECT number FROM cases WHERE node = $1 AND id = $2`,
      [VILLAGE, id],
    );
    expect(first).toEqual({
      id: first?.id,
      node: VILLAGE,
      kind: 'DECIDED',
      at: first?.at,
      caseId: id,
      number: row?.number ?? '',
      item: '3310-MZ-001',
      meeting: null,
      personal: true,
      due: null,
      readAt: null,
    } satisfies Record<keyof SignalView, unknown>);
  });

  test('hear of what their department is in charge of, a comprehensive window of everything', async () => {
    const id = await steps.file();
    await steps.toReviewedAtTownship(id);
    await steps.forward(id, clerk);
    await comes(countyClerk, id, ['CASE_CAME']);
    expect(await told(personAt(COUNTY, 'CLERK', '水利'), id)).toEqual([]);
    expect(await told(personAt(COUNTY, 'HEAD'), id)).toEqual(['CASE_CAME']);
  });

  test('hear of a case that was given to them, and then of its notes and its return, alone', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await assign(id, colleague);
    await note(id, agent);
    await comes(colleague, id, ['CASE_CAME', 'ASSIGNED', 'NOTE_ADDED']);
    expect(await told(clerk, id)).toEqual(['CASE_CAME']);
    await note(id, colleague);
    await federation.desk(TOWNSHIP, handling).returnCase(colleague, { id, reason: '材料不符', ...once });
    await comes(agent, id, ['NOTE_ADDED', 'RETURNED']);
    expect(await told(colleague, id)).toEqual(['CASE_CAME', 'ASSIGNED', 'NOTE_ADDED']);
  });

  test('hear once of a limit that ends by the next workday', async () => {
    const id = await filedAtTownship();
    await assign(id, colleague);
    const dueAt = endOfDay(dayOf(federation.now()));
    await federation.rows(TOWNSHIP, `UPDATE cases SET next_due_at = $2 WHERE node = $1 AND id = $3 RETURNING 1`, [
      TOWNSHIP,
      dueAt,
      id,
    ]);
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP);
    await comes(colleague, id, ['ASSIGNED', 'DUE_TOMORROW']);
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP);
    const due = (await page(colleague)).nodes.filter(({ kind }) => kind === 'DUE_TOMORROW');
    expect(due.map(({ due: day }) => day)).toEqual([dayOf(dueAt)]);
  });

  test('hear while the broker is away of what happens at their own desk', async () => {
    await federation.stopBroker();
    const id = await filedAtTownship();
    await assign(id, colleague);
    await eventually(async () => (await told(colleague, id)).length > 0);
    expect(await told(colleague, id)).toEqual(['ASSIGNED']);
    await federation.startBroker();
  });

  test('hear what an absent colleague is told whom they stand in for', async () => {
    const [standIn, absent] = [personAt(TOWNSHIP, 'CLERK', null, 'b'), personAt(TOWNSHIP, 'CLERK', null, 'a')];
    const id = await filedAtTownship();
    await assign(id, absent);
    await comes(absent, id, ['ASSIGNED']);
    expect(await told(standIn, id)).toEqual([]);
    const today = dayOf(federation.now());
    await federation.rows(
      TOWNSHIP,
      `INSERT INTO stand_ins (node, id, role, absent, absent_name, stand_in, stand_in_name, from_day, until_day)
       VALUES ($1, $2, 'CLERK', 'a', 'a', 'b', 'b', $3, $3) RETURNING 1`,
      [TOWNSHIP, randomUUID(), today],
    );
    expect(await told(standIn, id)).toEqual(['ASSIGNED']);
    // what one of them reads, the other has not read
    await readAll(standIn);
    expect(await told(absent, id)).toEqual(['ASSIGNED']);
  });
});

describe('signals', () => {
  let id: string;
  beforeEach(async () => {
    id = await filedAtTownship();
    await readAll(colleague);
    await assign(id, colleague);
    await comes(colleague, id, ['ASSIGNED']);
  });

  test('are kept until they are read, by their ids or all up to a cursor, and can still be listed then', async () => {
    expect((await desk(colleague).unreadSignals(colleague, {})).count).toBe(1);
    const [{ id: signal } = { id: '' }] = (await page(colleague)).nodes;
    const read = { ids: [signal, randomUUID()], upTo: null, idempotencyKey: randomUUID() };
    expect((await desk(colleague).markSignalsRead(colleague, read)).count).toBe(0);
    expect((await desk(colleague).markSignalsRead(colleague, read)).count).toBe(0);
    expect(await told(colleague, id)).toEqual([]);
    const [all] = (await page(colleague, null, 200, false)).nodes.filter((s) => s.id === signal);
    expect(all?.readAt).toBeInstanceOf(Date);
    await note(id, clerk);
    await comes(colleague, id, ['NOTE_ADDED']);
    expect(await readAll(colleague)).toMatchObject({ count: 0 });
  });

  test('of others can’t be marked, nor read with a cursor that is none', async () => {
    const [{ id: signal } = { id: '' }] = (await page(colleague)).nodes;
    await desk(clerk).markSignalsRead(clerk, { ids: [signal], upTo: null, ...once });
    expect(await told(colleague, id)).toEqual(['ASSIGNED']);
    for (const cursor of [
      '',
      'x',
      Buffer.from('[1]').toString('base64url'),
      Buffer.from('[1,-1]').toString('base64url'),
    ]) {
      expect(await codesOf(page(colleague, cursor))).toEqual(['BAD_INPUT']);
      const mark = desk(colleague).markSignalsRead(colleague, { ids: null, upTo: cursor, ...once });
      expect(await codesOf(mark)).toEqual(['BAD_INPUT']);
    }
  });

  test('come page by page, and behind a cursor also after the host was restarted', async () => {
    const { cursor } = await readAll(colleague);
    for (const viewer of [clerk, chief, clerk]) await note(id, viewer);
    await comes(colleague, id, ['NOTE_ADDED', 'NOTE_ADDED', 'NOTE_ADDED']);
    const first = await page(colleague, cursor, 2);
    expect(first).toMatchObject({ nodes: [{}, {}], hasNextPage: true });
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP);
    const rest = await page(colleague, first.cursors[1] ?? '', 2);
    expect(rest).toMatchObject({ nodes: [{ kind: 'NOTE_ADDED' }], hasNextPage: false });
    expect((await page(colleague, rest.cursors[0] ?? '')).nodes).toEqual([]);
  });

  test('begin again for a cursor of a database that was restored since', async () => {
    const { cursor } = await desk(colleague).unreadSignals(colleague, {});
    const [life, seq] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [number, number];
    const of = (place: unknown[]) => Buffer.from(JSON.stringify(place)).toString('base64url');
    expect((await page(colleague, cursor)).nodes).toEqual([]);
    for (const other of [of([life + 1, seq]), of([life, seq + 1000])]) {
      expect((await page(colleague, other)).nodes.map(({ kind }) => kind)).toEqual(['ASSIGNED']);
    }
  });

  test('of kinds a person turned off are not shown to that person, and come back with them', async () => {
    const set = (off: SignalKind[]) => desk(colleague).setSignalPreferences(colleague, { off, ...once });
    expect(await set(['ASSIGNED', 'ASSIGNED'])).toEqual({ off: ['ASSIGNED'] });
    expect(await told(colleague, id)).toEqual([]);
    expect(await desk(colleague).signalPreferences(colleague, {})).toEqual({ off: ['ASSIGNED'] });
    expect(await desk(clerk).signalPreferences(clerk, {})).toEqual({ off: [] });
    await set([]);
    expect(await told(colleague, id)).toEqual(['ASSIGNED']);
  });

  test('are closed to supervisors, to an applicant’s token, to other desks and to people without a login', async () => {
    for (const viewer of [personAt(COUNTY, 'SUPERVISOR'), { ...clerk, actsFor: 'applicant' }]) {
      expect(await codesOf(page(viewer))).toEqual(['FORBIDDEN']);
      expect(await codesOf(desk(viewer).unreadSignals(viewer, {}))).toEqual(['FORBIDDEN']);
      expect(await codesOf(desk(viewer).signalPreferences(viewer, {}))).toEqual(['FORBIDDEN']);
      expect(await codesOf(desk(viewer).setSignalPreferences(viewer, { off: [], ...once }))).toEqual(['FORBIDDEN']);
    }
    const elsewhere = personAt(OTHER_TOWNSHIP, 'CLERK');
    const asked = federation.desk(TOWNSHIP, signals).signals(elsewhere, { unread: true }, { first: 1, after: null });
    expect(await codesOf(asked)).toEqual(['FORBIDDEN']);
    const unknown = federation.desk(TOWNSHIP, signals).unreadSignals(null, {});
    expect(await codesOf(unknown)).toEqual(['UNAUTHENTICATED']);
  });

  test('go a month after they were read, and after half a year unread', async () => {
    const forget = (ms: number) =>
      forgetSignals([TOWNSHIP], federation.db(TOWNSHIP), new Date(federation.now().getTime() + ms));
    await forget(UNREAD_KEPT_MS - 60_000);
    expect(await told(colleague, id)).toEqual(['ASSIGNED']);
    await readAll(colleague);
    await forget(READ_KEPT_MS - 60_000);
    const kept = async () => (await page(colleague, null, 200, false)).nodes.some(({ caseId }) => caseId === id);
    expect(await kept()).toBe(true);
    await forget(READ_KEPT_MS + 60_000);
    expect(await kept()).toBe(false);
    await note(id, clerk);
    await comes(colleague, id, ['NOTE_ADDED']);
    await forget(UNREAD_KEPT_MS + 60_000);
    expect(await told(colleague, id)).toEqual([]);
    const left = `SELECT 1 FROM signal_reads WHERE node = $1`;
    expect(await federation.rows(TOWNSHIP, left, [TOWNSHIP])).toEqual([]);
  });
});

test('a reader that goes on behind the last number misses no signal, however long its transaction took', async () => {
  const id = await filedAtTownship();
  const db = federation.db(TOWNSHIP);
  let { cursor } = await readAll(colleague);
  const seen: string[] = [];
  const insert = (caseId: string) =>
    `INSERT INTO signals (node, id, kind, at, case_id, number, item, sub)
     SELECT $1, gen_random_uuid(), 'ASSIGNED', now(), '${caseId}', 'n', 'i', '${colleague.sub}' WHERE $1 <> ''` as const;
  const writers = Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      db.transact(TOWNSHIP, async (tx) => {
        await tx.query(insert(`${id} ${n}`));
        // the first ones stay open the longest
        await tx.query(`SELECT pg_sleep($2) FROM (VALUES ($1)) AS n (node) WHERE node = $1`, [(40 - n) / 200]);
      }),
    ),
  );
  const look = async () => {
    const { nodes, cursors } = await page(colleague, cursor);
    seen.push(...nodes.map(({ caseId }) => caseId ?? ''));
    cursor = cursors.at(-1) ?? cursor;
  };
  await eventually(async () => {
    await look();
    return seen.length >= 40;
  });
  await writers;
  expect(new Set(seen)).toEqual(new Set(Array.from({ length: 40 }, (_, n) => `${id} ${n}`)));
  expect(seen).toHaveLength(40);
});
