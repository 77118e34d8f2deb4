import { figures } from '@liandong/schema/domains/figures';
import type { RollupView } from '@liandong/schema/domains/figures';
import type { Viewer } from '@liandong/schema/operation';
import { dayOf } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, chief, clerk, countyChief, countyClerk, homestead } from '../testing/cases.ts';
import { putOutbox } from '../testing/outbox.ts';
import {
  CITY,
  COUNTY,
  OTHER_VILLAGE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, VILLAGE, OTHER_VILLAGE];
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const supervisor = (division: string): Viewer => personAt(division, 'SUPERVISOR');
const today = () => dayOf(federation.now());
const rollup = (division: string, viewer: Viewer = supervisor(division)): Promise<RollupView> =>
  federation.desk(division, figures).rollup(viewer, { division: division, from: today(), to: today() });
const complete = (view: RollupView) => view.watermarks.every((w) => w.asOf !== null && w.behind === 0);

describe('figures', () => {
  test('of county and city count every case of the nodes below, and say that they cover them all', async () => {
    const first = await steps.file();
    await steps.toReviewedAtTownship(first);
    await steps.forward(first, clerk);
    await steps.arrives(first, countyClerk);
    await steps.review(first, countyClerk);
    await steps.decide(first, countyChief);
    await steps.deliver(first, countyChief, agent);
    const second = await steps.file(agent, homestead());
    await steps.toReviewedAtTownship(second);
    await steps.decide(second, chief);
    await steps.deliver(second, chief, agent);
    await steps.file(agent, application());
    for (const division of [COUNTY, CITY]) {
      // each node's facts come by a feed of their own: the village's last filing, and the closings above it
      await eventually(async () => {
        const { figures } = await rollup(division);
        return figures.CLOSED === 2 && figures.FILED === 3;
      });
      const view = await rollup(division);
      expect(view.figures).toMatchObject({
        FILED: 3,
        ACCEPTED: 2,
        GRANTED: 2,
        DELIVERED: 2,
        CLOSED: 2,
        CLOSED_IN_TIME: 2,
        REFUSED: 0,
      });
      expect(view.items.find((i) => i.item === '3310-NY-001')?.figures).toMatchObject({ FILED: 1, GRANTED: 1 });
      expect(view.nodes.find((n) => n.node === TOWNSHIP)?.figures).toMatchObject({ FILED: 0, ACCEPTED: 2, GRANTED: 1 });
      expect(complete(view)).toBe(true);
    }
    const expected = (await rollup(COUNTY)).watermarks.map((w) => w.node);
    expect(expected).toEqual([COUNTY, TOWNSHIP, VILLAGE, OTHER_VILLAGE]);
  });

  test('count cases under proxy by the day they were filed: filed, closed, and their working days', async () => {
    for (const division of [COUNTY, CITY]) {
      await eventually(async () => (await rollup(division)).proxy.closed === 2);
      const view = await rollup(division);
      expect(view.proxy).toEqual({ filed: 3, closed: 2, closedDays: 0 });
      expect(view.nodes.find((n) => n.node === VILLAGE)?.proxy).toEqual(view.proxy);
      expect(view.nodes.find((n) => n.node === TOWNSHIP)?.proxy).toEqual({ filed: 0, closed: 0, closedDays: 0 });
    }
  });

  test('of an upper level are the sum of what the nodes state themselves', async () => {
    const sums = { FILED: 0, ACCEPTED: 0, CLOSED: 0 };
    for (const node of NODES) {
      const own = (
        await rollup(node, node === VILLAGE || node === OTHER_VILLAGE ? personAt(node, 'AGENT') : supervisor(node))
      ).nodes.find((n) => n.node === node)?.figures;
      sums.FILED += own?.FILED ?? 0;
      sums.ACCEPTED += own?.ACCEPTED ?? 0;
      sums.CLOSED += own?.CLOSED ?? 0;
    }
    await eventually(async () => (await rollup(CITY)).figures.FILED === sums.FILED);
    expect((await rollup(CITY)).figures).toMatchObject(sums);
  });

  test('hold no personal data, in facts or sums', async () => {
    const entries = await federation.rows<{ entry: string }>(
      CITY,
      `SELECT entry FROM feed_entries WHERE node = $1 AND feed = 'FACTS'`,
      [CITY],
    );
    expect(entries.length).toBeGreaterThan(0);
    expect(JSON.stringify(entries)).not.toMatch(/王秀英|331022195203120028|13800000001|包小芳/);
  });

  test('go on over a county that is down: the city hears the village itself', async () => {
    const before = (await rollup(CITY)).figures.FILED;
    await federation.stopHost(COUNTY);
    await federation.stopHost(TOWNSHIP);
    await steps.file();
    await eventually(async () => (await rollup(CITY)).figures.FILED === before + 1);
    await federation.startHost(COUNTY);
    await federation.startHost(TOWNSHIP);
    await eventually(async () => (await rollup(COUNTY)).figures.FILED === before + 1);
  });

  test('say as of when a silent node was heard last', async () => {
    await federation.stopHost(OTHER_VILLAGE);
    const since = federation.now();
    await eventually(async () => {
      const marks = (await rollup(COUNTY)).watermarks;
      const silent = marks.find((w) => w.node === OTHER_VILLAGE)?.asOf ?? null;
      const heard = marks.find((w) => w.node === VILLAGE)?.asOf ?? null;
      return silent !== null && heard !== null && silent < since && heard > since;
    });
    await federation.startHost(OTHER_VILLAGE);
    await eventually(
      async () => ((await rollup(COUNTY)).watermarks.find((w) => w.node === OTHER_VILLAGE)?.asOf ?? since) > since,
    );
  });

  test('are read for one’s own division and below, and by nobody from beside or without a login', async () => {
    await expect(rollup(COUNTY, supervisor('331023'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(rollup(COUNTY, personAt(TOWNSHIP, 'CLERK'))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(
      federation.desk(COUNTY, figures).rollup(null, { division: COUNTY, from: today(), to: today() }),
    ).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await expect(
      federation
        .desk(COUNTY, figures)
        .rollup(supervisor(COUNTY), { division: COUNTY, from: '2026-02-01', to: '2026-01-01' }),
    ).rejects.toMatchObject({ code: 'BAD_INPUT' });
    expect((await rollup(TOWNSHIP, supervisor(COUNTY))).division).toBe(TOWNSHIP);
  });
});

describe('a feed', () => {
  const send = async (body: object) => {
    await putOutbox(federation, VILLAGE, { receiver: COUNTY, kind: 'FEED', body: JSON.stringify(body) });
  };
  const held = async () =>
    (
      await federation.rows<{ head: number; known_head: number }>(
        COUNTY,
        `SELECT head, known_head FROM feeds WHERE node = $1 AND feed = 'FACTS' AND publisher = $2`,
        [COUNTY, VILLAGE],
      )
    )[0];
  const fact = (measure: string) =>
    JSON.stringify({ measure, item: '3310-MZ-001', day: today(), case: `${VILLAGE}-x`, node: VILLAGE });

  test('with a gap is not taken, shows how far it is behind, and heals by being asked again', async () => {
    await eventually(async () => (await rollup(COUNTY)).figures.FILED > 0 && complete(await rollup(COUNTY)));
    const before = await rollup(COUNTY);
    const head = (await held())?.head ?? 0;
    await send({
      feed: 'FACTS',
      publisher: VILLAGE,
      from: head + 3,
      entries: [fact('FILED')],
      head: head + 3,
      asOf: new Date(Date.now() + 60_000).toISOString(),
    });
    await eventually(async () => (await rollup(COUNTY)).watermarks.some((w) => w.node === VILLAGE && w.behind === 3));
    expect((await rollup(COUNTY)).figures).toEqual(before.figures);
    await federation.rows(
      COUNTY,
      `UPDATE feeds SET known_head = head, as_of = now() - interval '1 minute' WHERE node = $1 AND publisher = $2`,
      [COUNTY, VILLAGE],
    );
    await steps.file();
    await eventually(
      async () => (await rollup(COUNTY)).figures.FILED === before.figures.FILED + 1 && complete(await rollup(COUNTY)),
    );
  });

  test('that comes twice or overlapping counts once', async () => {
    const head = (await held())?.head ?? 0;
    const entries = (
      await federation.rows<{ entry: string }>(
        COUNTY,
        `SELECT entry FROM feed_entries WHERE node = $1 AND feed = 'FACTS' AND publisher = $2 ORDER BY seq`,
        [COUNTY, VILLAGE],
      )
    ).map((e) => e.entry);
    const before = await rollup(COUNTY);
    await send({ feed: 'FACTS', publisher: VILLAGE, from: 1, entries, head, asOf: new Date().toISOString() });
    await send({
      feed: 'FACTS',
      publisher: VILLAGE,
      from: 2,
      entries: entries.slice(1),
      head,
      asOf: new Date().toISOString(),
    });
    await steps.file();
    await eventually(async () => (await rollup(COUNTY)).figures.FILED === before.figures.FILED + 1);
    expect((await held())?.head).toBe(head + 1);
  });

  test('of another node, or with facts of another node, is parked and counts nothing', async () => {
    const before = (await rollup(COUNTY)).figures;
    await send({
      feed: 'FACTS',
      publisher: OTHER_VILLAGE,
      from: 1,
      entries: [fact('CLOSED')],
      head: 1,
      asOf: new Date().toISOString(),
    });
    const head = (await held())?.head ?? 0;
    const foreign = JSON.stringify({ ...(JSON.parse(fact('CLOSED')) as object), node: OTHER_VILLAGE });
    await send({
      feed: 'FACTS',
      publisher: VILLAGE,
      from: head + 1,
      entries: [foreign],
      head: head + 1,
      asOf: new Date().toISOString(),
    });
    await eventually(async () => {
      const parked = await federation.rows<{ code: string }>(
        COUNTY,
        `SELECT code FROM parked WHERE node = $1 AND kind = 'FEED'`,
        [COUNTY],
      );
      const codes = new Set(parked.map((p) => p.code));
      return codes.has('FORBIDDEN') && codes.has('MESSAGE_INVALID');
    });
    expect((await rollup(COUNTY)).figures).toEqual(before);
    await federation.rows(VILLAGE, `DELETE FROM outbox WHERE node = $1 AND kind = 'FEED'`, [VILLAGE]);
  });

  test('of the catalogue that the level above altered is not believed', async () => {
    const [entry] = await federation.rows<{ entry: string; head: number }>(
      TOWNSHIP,
      `SELECT e.entry, f.head FROM feed_entries e JOIN feeds f USING (node, feed, publisher) WHERE e.node = $1 AND e.feed = 'CATALOGUE' AND e.publisher = $2 ORDER BY seq LIMIT 1`,
      [TOWNSHIP, CITY],
    );
    const head = entry?.head ?? 0;
    // an old entry of the city's under a new number: the city signed it, but not with this number
    const body = JSON.stringify({
      feed: 'CATALOGUE',
      publisher: CITY,
      from: head + 1,
      entries: [entry?.entry],
      head: head + 1,
      asOf: new Date().toISOString(),
    });
    await putOutbox(federation, TOWNSHIP, { receiver: VILLAGE, kind: 'FEED', body });
    await eventually(
      async () =>
        (
          await federation.rows(
            VILLAGE,
            `SELECT 1 FROM parked WHERE node = $1 AND kind = 'FEED' AND code = 'SIGNATURE_INVALID'`,
            [VILLAGE],
          )
        ).length > 0,
    );
    const [after] = await federation.rows<{ head: number }>(
      VILLAGE,
      `SELECT head FROM feeds WHERE node = $1 AND feed = 'CATALOGUE' AND publisher = $2`,
      [VILLAGE, CITY],
    );
    expect(after?.head).toBe(head);
    await federation.rows(TOWNSHIP, `DELETE FROM outbox WHERE node = $1 AND kind = 'FEED'`, [TOWNSHIP]);
  });
});
