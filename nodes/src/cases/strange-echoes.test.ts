import { handling } from '@liandong/schema/domains/handling';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { LogLine } from '@liandong/schema/case';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, clerk } from '../testing/cases.ts';
import { putOutbox } from '../testing/outbox.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
  readKeysOf,
} from '../testing/test-federation.ts';
import { importNodeKey, payloadOf, sha256, signWith } from '../trust/index.ts';
import { findCase } from './case-store.ts';
import { dropPassedLines } from '../case-log/index.ts';

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({
    nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE],
    keepLog: true,
  });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const logAt = async (node: DivisionCode, id: string) =>
  (
    await federation.rows<{ jws: string }>(
      node,
      `SELECT jws FROM case_log WHERE node = $1 AND case_id = $2 ORDER BY seq`,
      [node, id],
    )
  ).map(({ jws }) => jws);

const waitingAt = (node: DivisionCode, id: string) =>
  federation.rows<{ seq: number; sender: string }>(
    node,
    `SELECT seq, sender FROM waiting_lines WHERE node = $1 AND case_id = $2 ORDER BY seq`,
    [node, id],
  );

/** A line signed by another node's key: the content of the last line under another number. */
async function signedBy(node: DivisionCode, id: string, change: Partial<LogLine>): Promise<string> {
  const [key] = await readKeysOf(federation.config(node));
  if (!key) throw new Error(`${node} has no key`);
  const last = payloadOf((await logAt(TOWNSHIP, id)).at(-1) ?? '') as LogLine;
  return signWith(await importNodeKey(key), SIGNED_TYPES.line, { ...last, node, ...change });
}

/** Sends an echo past the node's services, as an attacker who controls the host could. */
const sendEcho = (from: DivisionCode, to: DivisionCode, id: string, lines: readonly string[]) =>
  putOutbox(federation, from, { receiver: to, kind: 'ECHO', caseId: id, body: JSON.stringify({ case: id, lines }) });

async function answerTo(from: DivisionCode, message: string): Promise<{ outcome: string; code: string | null }> {
  let answer: { outcome: string | null; code: string | null } | undefined;
  await eventually(async () => {
    [answer] = await federation.rows<{ outcome: string | null; code: string | null }>(
      from,
      `SELECT outcome, code FROM outbox WHERE node = $1 AND id = $2`,
      [from, message],
    );
    return answer?.outcome !== null;
  });
  return { outcome: answer?.outcome ?? '', code: answer?.code ?? null };
}

/** A case at the township: FILED, FORWARDED, RECEIVED. */
async function atTownship(): Promise<string> {
  const id = await steps.file();
  await steps.forward(id, agent);
  await steps.arrives(id, clerk);
  return id;
}

const firstPage = { first: 200, after: null };
const listed = async () =>
  (await federation.desk(TOWNSHIP, handling).cases(clerk, {}, firstPage)).nodes.map(({ id }) => id);

describe('lines behind a gap', () => {
  test('a line behind a gap waits apart, and is dropped with a warning when the log that reaches its number is another', async () => {
    const id = await atTownship();
    const other = await atTownship();
    const forged = await signedBy(VILLAGE, id, { seq: 5, prev: sha256('made up') });
    expect(await answerTo(VILLAGE, await sendEcho(VILLAGE, TOWNSHIP, id, [forged]))).toMatchObject({ outcome: 'DONE' });
    expect(await waitingAt(TOWNSHIP, id)).toEqual([{ seq: 5, sender: VILLAGE }]);

    await steps.accept(id, clerk);
    await steps.review(id, clerk);

    expect((await steps.seen(id, clerk))?.log.map((l) => l.action).slice(3)).toEqual(['ACCEPTED', 'REVIEWED']);
    const both = await federation.services(TOWNSHIP).handling.getMany(
      clerk,
      [id, other].map((each) => ({ id: each, copy: false })),
    );
    expect(both.map((view) => ('id' in view ? view.id : view))).toEqual([id, other]);
    expect(await listed()).toEqual(expect.arrayContaining([id, other]));

    await dropPassedLines(federation.db(TOWNSHIP), [TOWNSHIP], ({ seq, sender }) => {
      expect({ seq, sender }).toEqual({ seq: 5, sender: VILLAGE });
    });
    expect(await waitingAt(TOWNSHIP, id)).toEqual([]);
  });

  test('a line that follows a log in number and not in sense is dropped, and the line between is taken', async () => {
    const id = await atTownship();
    await eventually(async () => (await steps.seen(id, agent))?.custody === 'ELSEWHERE');
    await federation.stopHost(VILLAGE);
    await steps.accept(id, clerk);
    await steps.review(id, clerk);
    const [, , , accepted = '', reviewed = ''] = await logAt(TOWNSHIP, id);
    // names the right earlier line, but comes from a node that does not hold the case
    const forged = await signedBy(COUNTY, id, { seq: 5, prev: sha256(accepted) });
    await federation.rows(TOWNSHIP, `DELETE FROM outbox WHERE node = $1 AND kind = 'ECHO' AND case_id = $2`, [
      TOWNSHIP,
      id,
    ]);
    await federation.wipeBroker();
    await federation.startHost(VILLAGE);
    expect(await answerTo(COUNTY, await sendEcho(COUNTY, VILLAGE, id, [forged]))).toMatchObject({ outcome: 'DONE' });
    expect(await waitingAt(VILLAGE, id)).toEqual([{ seq: 5, sender: COUNTY }]);

    const late = await sendEcho(TOWNSHIP, VILLAGE, id, [accepted]);
    expect(await answerTo(TOWNSHIP, late)).toMatchObject({ outcome: 'DONE' });
    expect((await steps.seen(id, agent))?.state).toBe('ACCEPTED');
    expect(await waitingAt(VILLAGE, id)).toEqual([]);
    expect(federation.logged.some((line) => line.includes('dropped') && line.includes(id))).toBe(true);

    await sendEcho(TOWNSHIP, VILLAGE, id, [reviewed]);
    await steps.known(id, agent, 'REVIEWED');
  });

  test('lines behind a gap stay with their sender once as many wait here as may', async () => {
    const id = await atTownship();
    const note = '长'.repeat(1_900);
    const forged = await Promise.all(
      Array.from({ length: 60 }, (_, i) => signedBy(VILLAGE, id, { seq: 5 + i, prev: sha256(`${i}`), note })),
    );
    for (let i = 0; i < forged.length; i += 10) await sendEcho(VILLAGE, TOWNSHIP, id, forged.slice(i, i + 10));
    const settled = async () =>
      (
        await federation.rows<{ n: number }>(
          VILLAGE,
          `SELECT count(*)::int AS n FROM outbox WHERE node = $1 AND case_id = $2 AND kind = 'ECHO'
             AND settled_at IS NULL AND attempts > 1`,
          [VILLAGE, id],
        )
      )[0]?.n ?? 0;
    await eventually(async () => (await settled()) > 0);
    const [kept] = await federation.rows<{ bytes: number }>(
      TOWNSHIP,
      `SELECT sum(octet_length(jws))::int AS bytes FROM waiting_lines WHERE node = $1 AND case_id = $2`,
      [TOWNSHIP, id],
    );
    expect(kept?.bytes).toBeLessThanOrEqual(256 * 1024);
    await federation.rows(VILLAGE, `DELETE FROM outbox WHERE node = $1 AND case_id = $2`, [VILLAGE, id]);
  });
});

describe('who brings lines', () => {
  test('an echo from a node without a part in the case is refused or stays with its sender, and leaves nothing here', async () => {
    const id = await atTownship();
    const log = await logAt(TOWNSHIP, id);
    const behindGap = await signedBy(OTHER_TOWNSHIP, id, { seq: 5, prev: sha256('made up') });
    const next = await signedBy(OTHER_TOWNSHIP, id, { seq: 4, prev: sha256(log.at(-1) ?? '') });
    const waiting = await sendEcho(OTHER_TOWNSHIP, TOWNSHIP, id, [behindGap]);
    const refused = await sendEcho(OTHER_TOWNSHIP, TOWNSHIP, id, [next]);
    expect(await answerTo(OTHER_TOWNSHIP, refused)).toEqual({ outcome: 'REFUSED', code: 'FORBIDDEN' });
    expect(await logAt(TOWNSHIP, id)).toEqual(log);
    expect(await waitingAt(TOWNSHIP, id)).toEqual([]);
    expect(await federation.rows(TOWNSHIP, `SELECT 1 FROM parked WHERE node = $1`, [TOWNSHIP])).toEqual([]);
    await federation.rows(OTHER_TOWNSHIP, `DELETE FROM outbox WHERE id = $1`, [waiting]);
    await steps.accept(id, clerk);
  });

  test('an echo of a case nobody here knows is taken only where its whole log names this node', async () => {
    const id = await atTownship();
    const log = await logAt(TOWNSHIP, id);
    const whole = await sendEcho(VILLAGE, OTHER_TOWNSHIP, id, log);
    expect(await answerTo(VILLAGE, whole)).toEqual({ outcome: 'REFUSED', code: 'FORBIDDEN' });
    const without = await sendEcho(VILLAGE, OTHER_TOWNSHIP, id, log.slice(1));
    const behind = await sendEcho(VILLAGE, OTHER_TOWNSHIP, id, log);
    await answerTo(VILLAGE, behind);
    for (const table of ['case_log', 'waiting_lines']) {
      expect(await federation.rows(OTHER_TOWNSHIP, `SELECT 1 FROM ${table} WHERE case_id = $1`, [id])).toEqual([]);
    }
    await federation.rows(VILLAGE, `DELETE FROM outbox WHERE id = $1`, [without]);
    // the log itself tells the county
    expect(await answerTo(VILLAGE, await sendEcho(VILLAGE, COUNTY, id, log))).toMatchObject({ outcome: 'DONE' });
    expect((await findCase(federation.db(COUNTY).queries(COUNTY), id))?.lines.length).toBe(log.length);
  });
});

describe('a log that cannot be followed', () => {
  test('a stored case that cannot be folded costs itself alone, in lists, in batched questions and when the host starts', async () => {
    const sound = await atTownship();
    const broken = await atTownship();
    const supervisor = personAt(TOWNSHIP, 'SUPERVISOR');
    // as a faulty disk could, or a person with access to the database
    await federation.rows(
      TOWNSHIP,
      `UPDATE case_log SET jws = (SELECT jws FROM case_log l WHERE l.node = $1 AND l.case_id = $2 AND l.seq = 1)
       WHERE node = $1 AND case_id = $2 AND seq = 3`,
      [TOWNSHIP, broken],
    );

    const ids = await listed();
    expect(ids).toContain(sound);
    expect(ids).not.toContain(broken);
    const queue = await federation.desk(TOWNSHIP, handling).cases(supervisor, { orderBy: 'REMAINING_DAYS' }, firstPage);
    expect(queue.nodes.map(({ id }) => id)).toContain(sound);
    const views = await federation.services(TOWNSHIP).handling.getMany(
      clerk,
      [sound, broken].map((id) => ({ id, copy: true })),
    );
    expect(views[0]).toMatchObject({ id: sound });
    expect(views[1]).toMatchObject({ code: 'CHAIN_BROKEN', problem: { node: TOWNSHIP } });
    const [filing] = await federation.services(TOWNSHIP).filing.getMany(clerk, [broken]);
    expect(filing).toMatchObject({ code: 'CHAIN_BROKEN' });
    await expect(steps.accept(broken, clerk)).rejects.toMatchObject({ code: 'CHAIN_BROKEN' });
    await steps.accept(sound, clerk);

    await federation.stopHost(TOWNSHIP);
    await federation.rows(TOWNSHIP, `UPDATE cases SET provisional = true, due_at = NULL WHERE node = $1`, [TOWNSHIP]);
    await federation.rows(TOWNSHIP, `DELETE FROM node_settings WHERE node = $1 AND key = 'calendar'`, [TOWNSHIP]);
    await federation.startHost(TOWNSHIP);
    const [counted] = await federation.rows<{ due_at: Date | null }>(
      TOWNSHIP,
      `SELECT due_at FROM cases WHERE node = $1 AND id = $2`,
      [TOWNSHIP, sound],
    );
    expect(counted?.due_at).not.toBeNull();
  });

  test('a list goes on behind a whole page of cases that cannot be folded', async () => {
    const sound = await atTownship();
    const broken = await atTownship();
    await federation.rows(TOWNSHIP, `UPDATE case_log SET jws = '' WHERE node = $1 AND case_id = $2 AND seq = 1`, [
      TOWNSHIP,
      broken,
    ]);
    const desk = federation.desk(TOWNSHIP, handling);
    const page = await desk.cases(clerk, {}, { first: 1, after: null });
    expect(page.nodes.map(({ id }) => id)).toEqual([sound]);
    const next = await desk.cases(clerk, {}, { first: 1, after: page.cursors.at(-1) ?? null });
    expect(next.nodes.map(({ id }) => id)).not.toContain(sound);
  });
});
