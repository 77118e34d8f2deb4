import { filing } from '@liandong/schema/domains/filing';
import { figures } from '@liandong/schema/domains/figures';
import { handling } from '@liandong/schema/domains/handling';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { delegation } from '@liandong/schema/domains/delegation';
import { freePort } from '@liandong/runtime/local';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { HandlingView } from '@liandong/schema/domains/handling';
import type { Topology } from '@liandong/schema/wire';
import type { Viewer } from '@liandong/schema/operation';
import { dayOf } from '@liandong/schema/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CaseSteps,
  LOW_INCOME_MATERIALS,
  RELIEF,
  agent,
  application,
  chief,
  clerk,
  countyChief,
  countyClerk,
  custodians,
  material,
  relief,
} from '../testing/cases.ts';
import { examine } from '../health/doctor.ts';
import { runAt } from '../testing/commands.ts';
import { putOutbox } from '../testing/outbox.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  OTHER_VILLAGE,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
  personAt,
} from '../testing/test-federation.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE, OTHER_VILLAGE];
const neighbour = personAt(OTHER_VILLAGE, 'AGENT');
const otherClerk = personAt(OTHER_TOWNSHIP, 'CLERK');
const step = (id: string) => ({ id, note: null, idempotencyKey: null });
let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const close = (node: DivisionCode, parent: DivisionCode, successor: DivisionCode, ...more: string[]) =>
  runAt(
    federation,
    parent,
    'node',
    'close',
    node,
    '--node',
    parent,
    '--successor',
    successor,
    '--why',
    '撤村并居',
    ...more,
  );
const grantsAt = (node: DivisionCode) => federation.desk(node, delegation).delegations(null, { division: node });
const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { code?: string }) => error.code,
  );
const actionsOf = async (id: string, viewer: Viewer) => (await steps.seen(id, viewer))?.log.map((l) => l.action) ?? [];
/** Waits until a case rests at a desk, and at no other. */
async function rests(id: string, viewer: Viewer): Promise<HandlingView> {
  await steps.arrives(id, viewer);
  expect(await custodians(federation, NODES, id)).toEqual([viewer.division]);
  const view = await steps.seen(id, viewer);
  if (!view) throw new Error('not seen');
  return view;
}
const intake = (node: string) => federation.desk(node, filing);
const filed = async (viewer: Viewer = agent, input = application()) => {
  const made = await intake(viewer.division).fileCase(viewer, input);
  return { id: made.filing.id, number: made.filing.number, trackingCode: made.trackingCode };
};
const settled = () =>
  eventually(async () => {
    const owed = await Promise.all(
      NODES.map((node) =>
        federation.rows(node, `SELECT 1 FROM outbox WHERE node = $1 AND settled_at IS NULL LIMIT 1`, [node]),
      ),
    );
    return owed.every((rows) => rows.length === 0);
  });

describe('a node can’t be closed', () => {
  test.each([
    ['that no register knows', '331022103999', TOWNSHIP, OTHER_VILLAGE, 'UNKNOWN_DIVISION'],
    ['that has no node', '331022103200', TOWNSHIP, OTHER_VILLAGE, 'NODE_UNREACHABLE'],
    ['into a place without a node', VILLAGE, TOWNSHIP, '331022103200', 'NODE_UNREACHABLE'],
    ['into another tier', VILLAGE, TOWNSHIP, COUNTY, 'SUCCESSOR_UNFIT'],
    ['whose children stand', TOWNSHIP, COUNTY, OTHER_TOWNSHIP, 'NODE_HAS_CHILDREN'],
    ['by who is not its parent', VILLAGE, COUNTY, OTHER_VILLAGE, 'FORBIDDEN'],
    ['that is the city', CITY, CITY, COUNTY, 'FORBIDDEN'],
  ])('%s', async (_, node, parent, successor, code) => {
    expect(await codeOf(close(node, parent, successor))).toBe(code);
    expect(await federation.rows(parent, `SELECT 1 FROM key_documents WHERE kind = 'CLOSING'`)).toEqual([]);
  });

  test('with keys that ended in the past', async () => {
    const until = close(VILLAGE, TOWNSHIP, OTHER_VILLAGE, '--keys-until', '2026-01-01T00:00:00Z');
    expect(await codeOf(until)).toBe('BAD_INPUT');
  });
});

describe('a village that is closed while its agent goes on filing', () => {
  const known: Record<
    'held' | 'draft' | 'asked' | 'granted' | 'done',
    { id: string; number: string; trackingCode: string }
  > = {} as never;
  const loaded: string[] = [];
  let refusedWith: string | null | undefined;
  let said: string;

  beforeAll(async () => {
    known.done = await filed();
    await federation
      .desk(VILLAGE, handling)
      .withdrawCase(agent, { id: known.done.id, reason: '不办了', idempotencyKey: null });
    known.held = await filed();
    const drafted = await intake(VILLAGE).draftCase(agent, application());
    known.draft = { id: drafted.filing.id, number: drafted.filing.number, trackingCode: drafted.trackingCode };
    // granted at the county; its document has not been sent yet
    known.granted = await filed();
    await steps.toReviewedAtTownship(known.granted.id);
    await steps.forward(known.granted.id, clerk);
    await steps.arrives(known.granted.id, countyClerk);
    await steps.review(known.granted.id, countyClerk);
    await steps.decide(known.granted.id, countyChief);
    // on its way back to the village, whose host is away
    known.asked = await filed(agent, application({ materials: [] }));
    await steps.forward(known.asked.id, agent);
    await steps.arrives(known.asked.id, clerk);
    await federation.stopHost(VILLAGE);
    const missing = LOW_INCOME_MATERIALS.map((name) => ({ material: name, reason: '未提交' }));
    await federation.desk(TOWNSHIP, handling).requestSupplement(clerk, { ...step(known.asked.id), missing });
    await federation.startHost(VILLAGE);

    let going = true;
    const work = (async () => {
      while (going) {
        try {
          const { id } = await filed();
          loaded.push(id);
          if (loaded.length % 2 === 0) await steps.forward(id, agent);
        } catch (error) {
          const { code } = error as { code?: string };
          // the village handed the case over between filing and forwarding, or refused it
          if (code === 'NODE_CLOSED') {
            refusedWith = code;
            going = false;
          } else if (code !== 'NOT_CUSTODIAN' && code !== 'CASE_IN_TRANSIT') throw error;
        }
      }
    })();
    await eventually(() => Promise.resolve(loaded.length > 6));
    said = (await close(VILLAGE, TOWNSHIP, OTHER_VILLAGE, '--by', '王镇长')).out;
    await work;
    // a host knows of the closing a moment before it has stored it; one that is stopped in between is told again
    await eventually(async () => {
      const stored = `SELECT 1 FROM key_documents WHERE node = $1 AND kind = 'CLOSING'`;
      return (await federation.rows(VILLAGE, stored, [VILLAGE])).length === 1;
    });
    // the hand-over is interrupted halfway
    await federation.stopHost(VILLAGE);
    await federation.startHost(VILLAGE);
  });

  test('takes nothing new in', async () => {
    expect(said).toContain(`${OTHER_VILLAGE} takes its place`);
    expect(refusedWith).toBe('NODE_CLOSED');
    expect(await codeOf(filed())).toBe('NODE_CLOSED');
    expect(await codeOf(intake(VILLAGE).draftCase(agent, application()))).toBe('NODE_CLOSED');
  });

  test('hands every open case over, once, with the reason in its log', async () => {
    const ids = [known.held.id, known.draft.id, ...loaded.filter((_, i) => i % 2 === 0)];
    for (const id of ids) {
      const { log } = await rests(id, neighbour);
      expect(log.slice(-3).map(({ action, node }) => `${action} ${node}`)).toEqual([
        `SUCCEEDED ${VILLAGE}`,
        `HANDED_OVER ${VILLAGE}`,
        `RECEIVED ${OTHER_VILLAGE}`,
      ]);
      expect(log.at(-2)?.note).toBe('撤村并居');
    }
    await settled();
    const held = await federation.rows<{ n: number }>(
      VILLAGE,
      `SELECT count(*)::int AS n FROM cases WHERE node = $1 AND custody <> 'ELSEWHERE' AND closed_at IS NULL`,
      [VILLAGE],
    );
    expect(held).toEqual([{ n: 0 }]);
    const { out } = await runAt(federation, VILLAGE, 'node', 'closing', '--node', VILLAGE);
    expect(out).toContain('0 cases to hand over, 0 on their way');
    for (const node of NODES) expect(await federation.rows(node, 'SELECT 1 FROM parked')).toEqual([]);
  });

  test('passes on what was under way to it', async () => {
    await rests(known.asked.id, neighbour);
    expect((await actionsOf(known.asked.id, neighbour)).slice(-4)).toEqual([
      'RECEIVED',
      'SUCCEEDED',
      'HANDED_OVER',
      'RECEIVED',
    ]);
    const materials = LOW_INCOME_MATERIALS.map((name) => material(name));
    await intake(OTHER_VILLAGE).supplementCase(neighbour, { ...step(known.asked.id), materials });
    await steps.forward(known.asked.id, neighbour);
    await steps.arrives(known.asked.id, clerk);
  });

  test('has what was decided elsewhere delivered by its successor', async () => {
    await eventually(async () => (await actionsOf(known.granted.id, countyClerk)).at(-1) === 'SUCCEEDED');
    await steps.deliver(known.granted.id, countyChief, neighbour);
    await steps.known(known.granted.id, neighbour, 'CLOSED');
  });

  test('goes on answering the resident for what it had, done, moved or carried further', async () => {
    await eventually(async () => {
      const { number, trackingCode: code } = known.granted;
      return (await intake(VILLAGE).track(null, { number, code })).state === 'CLOSED';
    });
    const track = async ({ number, trackingCode }: { number: string; trackingCode: string }) =>
      intake(VILLAGE).track(null, { number, code: trackingCode });
    expect(await track(known.done)).toMatchObject({ state: 'WITHDRAWN' });
    expect(await track(known.held)).toMatchObject({ state: 'FILED', custodian: OTHER_VILLAGE });
  });

  test('can have each case proved, with its parent’s word for the closing', async () => {
    const out = join(federation.dir, 'moved.json');
    const exported = await runAt(
      federation,
      OTHER_VILLAGE,
      'case',
      'export',
      known.held.id,
      '--node',
      OTHER_VILLAGE,
      '--out',
      out,
    );
    expect(exported.status).toBe(0);
    const { trustFile } = federation.config(CITY);
    const verified = await runAt(federation, CITY, 'verify', out, '--root', trustFile);
    expect([verified.status, verified.out]).toEqual([0, expect.stringContaining('Sound')]);
  });

  test('is counted: the city’s figures are the sum of its nodes’, with the closed one’s past', async () => {
    const [from, to] = ['2026-01-01', dayOf(federation.now())];
    const supervisor = personAt(CITY, 'SUPERVISOR');
    const filedAt = async (node: DivisionCode) =>
      (
        await federation.rows<{ n: number }>(
          node,
          `SELECT count(*)::int AS n FROM case_log WHERE node = $1 AND case_id LIKE $1 || '-%' AND seq = 1`,
          [node],
        )
      )[0]?.n ?? -1;
    const drafts = 1;
    const expected = (await filedAt(VILLAGE)) - drafts;
    await eventually(async () => {
      const { nodes } = await federation.desk(CITY, figures).rollup(supervisor, { division: CITY, from: from, to: to });
      return nodes.find(({ node }) => node === VILLAGE)?.figures.FILED === expected;
    });
    const {
      figures: sums,
      nodes,
      watermarks,
    } = await federation.desk(CITY, figures).rollup(supervisor, { division: CITY, from: from, to: to });
    expect(sums.FILED).toBe(nodes.reduce((sum, node) => sum + node.figures.FILED, 0));
    // withdrawn before the closing there, delivered after it by the successor
    const closedAt = (code: DivisionCode) => nodes.find(({ node }) => node === code)?.figures.CLOSED ?? 0;
    expect([closedAt(VILLAGE), closedAt(OTHER_VILLAGE)]).toEqual([1, 1]);
    expect(watermarks.find(({ node }) => node === VILLAGE)).toMatchObject({ behind: 0, asOf: expect.any(Date) });
  });

  test('is closed once: given again the command does nothing, and no other successor is taken', async () => {
    expect((await close(VILLAGE, TOWNSHIP, OTHER_VILLAGE)).out).toContain('was closed before');
    expect(await codeOf(close(VILLAGE, TOWNSHIP, TOWNSHIP))).toBe('NODE_CLOSED');
    const documents = await federation.rows(
      TOWNSHIP,
      `SELECT 1 FROM key_documents WHERE node = $1 AND kind = 'CLOSING'`,
      [TOWNSHIP],
    );
    expect(documents).toHaveLength(1);
  });

  test('has keys that end by a date, and what they signed stays good', async () => {
    const { out } = await runAt(federation, CITY, 'keys', 'list', '--node', CITY, '--of', VILLAGE, '--json');
    expect(JSON.parse(out)).toMatchObject([{ state: 'ENDING', end: { reason: 'CESSATION', by: TOWNSHIP } }]);
  });
});

describe('a township that is closed after its villages', () => {
  let lent: string;
  let granted: string;

  beforeAll(async () => {
    const power = {
      items: [RELIEF],
      stages: ['DECIDE' as const],
      mode: 'ENTRUSTED' as const,
      capFen: 100_000,
      from: '2026-01-01',
      to: null,
      basis: '《社会救助暂行办法》第四十八条',
      announcement: '三门县人民政府公告',
      request: null,
    };
    const { grant } = await federation
      .desk(COUNTY, delegation)
      .grantPower(countyChief, { grantee: TOWNSHIP, ...power, idempotencyKey: null });
    granted = grant.id;
    const stateAt = async (node: DivisionCode) => (await grantsAt(node)).find((g) => g.grant.id === granted)?.state;
    await eventually(async () => (await stateAt(TOWNSHIP)) === 'OFFERED');
    await federation
      .desk(TOWNSHIP, delegation)
      .answerDelegation(chief, { id: granted, accepted: true, reason: null, idempotencyKey: null });
    await eventually(async () => (await stateAt(OTHER_VILLAGE)) === 'IN_EFFECT');
    const [found] = await federation.services(COUNTY).implementation.getMany([{ item: RELIEF, node: COUNTY }]);
    if (!found || found instanceof Error) throw new Error('no implementation');
    const names = found.implementation.materials.map((m) => m.name);
    ({ id: lent } = await filed(neighbour, relief(80_000, names)));
    await steps.forward(lent, neighbour);
    await steps.arrives(lent, clerk);
    await steps.accept(lent, clerk);

    await close(OTHER_VILLAGE, TOWNSHIP, TOWNSHIP);
    await eventually(async () => {
      const known = await federation.rows(
        COUNTY,
        `SELECT 1 FROM key_documents WHERE node = $1 AND subject = $2 AND kind = 'CLOSING'`,
        [COUNTY, OTHER_VILLAGE],
      );
      return known.length > 0;
    });
    await close(TOWNSHIP, COUNTY, OTHER_TOWNSHIP);
  });

  test('hands over what it had, and what the villages’ people had is served by its successor', async () => {
    const { log } = await rests(lent, otherClerk);
    const actions = log.map(({ action }) => action);
    // the first node to hear of the village's closing writes it down, here or there
    const handedOver = actions.indexOf('HANDED_OVER');
    expect(actions.slice(handedOver - 1, handedOver + 2)).toEqual(['SUCCEEDED', 'HANDED_OVER', 'RECEIVED']);
  });

  test('gives back the power it was lent: who lent it decides', async () => {
    await eventually(async () => {
      const grants = await grantsAt(COUNTY);
      return grants.find((g) => g.grant.id === granted)?.state === 'HANDED_BACK';
    });
    await steps.review(lent, otherClerk, 80_000);
    await steps.forward(lent, otherClerk);
    await steps.arrives(lent, countyClerk);
    await steps.review(lent, countyClerk, 80_000);
    await steps.decide(lent, countyChief);
  });

  test('is competent for nothing more: what lies there is the successor’s, asked at any desk', async () => {
    for (const node of [CITY, COUNTY, OTHER_TOWNSHIP]) {
      await eventually(async () => {
        const found = await federation
          .desk(node, delegation)
          .competence(null, { item: RELIEF, division: VILLAGE, amountFen: 80_000 });
        return found.acceptor === OTHER_TOWNSHIP && found.decider === COUNTY;
      });
    }
    const hall = personAt(COUNTY, 'CLERK', '民政');
    const { id } = await filed(hall, application({ place: VILLAGE, consent: null }));
    await steps.forward(id, hall);
    await rests(id, otherClerk);
    await steps.accept(id, otherClerk);
  });

  test('can be lent nothing any more', async () => {
    const { grant } = (await grantsAt(COUNTY)).find((g) => g.grant.id === granted) ?? {};
    if (!grant) throw new Error('no grant');
    const { items, stages, mode, cap, from, to, basis, announcement, request } = grant;
    const capFen = cap?.amountFen ?? null;
    const again = { grantee: TOWNSHIP, items, stages, mode, capFen, from, to, basis, announcement, request };
    expect(
      await codeOf(federation.desk(COUNTY, delegation).grantPower(countyChief, { ...again, idempotencyKey: null })),
    ).toBe('NODE_CLOSED');
  });
});

describe('a closed node whose keys have ended', () => {
  const YEAR_MS = 366 * 86_400_000;
  const stateAt = async (node: DivisionCode, part: string) =>
    (await examine(federation.config(node), federation.now)).find((finding) => finding.part === part)?.state;
  const silentAt = async (port: number) => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`liandong_feed_silent_publishers{node="${CITY}"`));
    return Number(line?.split(' ').at(-1));
  };

  test('is no silent publisher any more, and owed nothing but cases, for doctor and metrics; until then it is', async () => {
    const metricsPort = await freePort();
    await federation.stopHost(VILLAGE);
    await federation.stopHost(CITY);
    federation.reconfigure(CITY, { metricsPort });
    await federation.startHost(CITY);
    await federation.rows(
      CITY,
      `UPDATE feeds SET as_of = now() - interval '1 hour' WHERE node = $1 AND publisher = $2`,
      [CITY, VILLAGE],
    );
    const owed = { receiver: VILLAGE, kind: 'ECHO', body: '{"case":"x","lines":[]}' };
    const id = await putOutbox(federation, CITY, owed);
    await federation.rows(CITY, `UPDATE outbox SET created_at = now() - interval '2 hours' WHERE id = $1`, [id]);
    expect(await silentAt(metricsPort)).toBe(1);
    expect([await stateAt(CITY, 'feeds'), await stateAt(CITY, 'outbox')]).toEqual(['WARN', 'BAD']);
    federation.shiftMs = YEAR_MS;
    expect(await silentAt(metricsPort)).toBe(0);
    expect([await stateAt(CITY, 'feeds'), await stateAt(CITY, 'outbox')]).toEqual(['OK', 'OK']);
    await federation.rows(CITY, `UPDATE outbox SET kind = 'DOSSIER' WHERE id = $1`, [id]);
    expect(await stateAt(CITY, 'outbox')).toBe('BAD');
    await federation.rows(CITY, `DELETE FROM outbox WHERE id = $1`, [id]);
  });

  test('is served as long as the topology has it, and no longer', async () => {
    const { topologyFile } = federation.config(VILLAGE);
    if (topologyFile === null) throw new Error('no topology');
    await federation.startHost(VILLAGE);
    expect(await codeOf(filed())).toBe('NODE_CLOSED');
    const topology = JSON.parse(await readFile(topologyFile, 'utf8')) as Topology;
    const hosts = topology.hosts.filter(({ nodes }) => !nodes.includes(VILLAGE));
    const sequence = topology.sequence + 1;
    await writeFile(`${topologyFile}.new`, JSON.stringify({ ...topology, sequence, hosts }));
    await rename(`${topologyFile}.new`, topologyFile);
    await eventually(async () => (await codeOf(filed())) === 'MISROUTED');
    // the other nodes go on
    expect(federation.services(OTHER_TOWNSHIP)).toBeDefined();
  });
});
