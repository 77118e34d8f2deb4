import { devices } from '@liandong/schema/domains/devices';
import type { CaseNumberBlockView } from '@liandong/schema/domains/devices';
import { filing } from '@liandong/schema/domains/filing';
import type { FileCaseInput } from '@liandong/schema/domains/filing';
import { roster } from '@liandong/schema/domains/roster';
import { dayOf, plusDays, startOfDay } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CaseSteps, agent, application, chief, clerk, codesOf } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually, personAt } from '../testing/test-federation.ts';
import { expireBlocks } from './index.ts';

/** Before cases that were filed late. */
const OLD_PROTOCOL = 3;
const HOUR_MS = 3_600_000;
const supervisor = personAt(TOWNSHIP, 'SUPERVISOR');
const colleague = personAt(VILLAGE, 'AGENT', null, 'colleague');

let federation: TestFederation;
let steps: CaseSteps;
/** The day on which devices take their numbers; the clock stands at 09:00 before each test. */
const DAY = plusDays(dayOf(new Date()), 1);
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());
beforeEach(() => setClock(0, 9));

/** Sets the nodes' clocks to an hour of a day after {@link DAY}, in China. */
function setClock(days: number, hour: number): void {
  federation.shiftMs = startOfDay(plusDays(DAY, days)).getTime() + hour * HOUR_MS - Date.now();
}
const atHour = (hour: number) => new Date(startOfDay(DAY).getTime() + hour * HOUR_MS);
const desk = (node = VILLAGE) => federation.desk(node, devices);
const key = { idempotencyKey: null };
const register = async (viewer: Viewer = agent, name = '平板') =>
  (await desk(viewer.division).registerDevice(viewer, { name, ...key })).id;
const take = (
  device: string,
  viewer: Viewer = agent,
  day: string | null = null,
  idempotencyKey: string | null = null,
) => desk(viewer.division).takeCaseNumbers(viewer, { device, day, idempotencyKey });
const end = (device: string, viewer: Viewer = agent, node = VILLAGE) =>
  desk(node).endDevice(viewer, { division: node, device, reason: 'LOST', ...key });
const first = (block: CaseNumberBlockView) => block.left[0] ?? '';
const withNumber = (device: string, number: string, receivedAt: Date, change: Partial<FileCaseInput> = {}) =>
  application({ late: { device, number, receivedAt }, ...change });
const fileLate = (input: FileCaseInput, viewer: Viewer = agent) =>
  federation.desk(viewer.division, filing).fileCase(viewer, input);

/** A device of the agent with a block of the day's numbers. */
async function equipped(viewer: Viewer = agent): Promise<{ device: string; block: CaseNumberBlockView }> {
  const device = await register(viewer);
  return { device, block: await take(device, viewer) };
}
async function retire(...ids: string[]): Promise<void> {
  for (const id of ids) await end(id);
}

describe('numbers taken ahead', () => {
  test('are of the desk’s own row of numbers: no filing at the desk gets one, and no two devices the same', async () => {
    const ids = await Promise.all([register(), register(agent, '手机')]);
    const filed = Array.from({ length: 30 }, () => fileLate(application()));
    const blocks = Promise.all(ids.flatMap((id) => [take(id), take(id, agent, plusDays(DAY, 1))]));
    const numbers = [
      ...(await Promise.all(filed)).map(({ filing: { number } }) => number),
      ...(await blocks).flatMap(({ left }) => left),
    ];
    expect(numbers).toHaveLength(30 + 4 * 20);
    expect(new Set(numbers).size).toBe(numbers.length);
    await retire(...ids);
  });

  test('are the same block when the request is sent again, and more only once few are left', async () => {
    const device = await register();
    const block = await take(device, agent, null, 'take-numbers-1');
    expect(await take(device, agent, null, 'take-numbers-1')).toEqual(block);
    expect(await codesOf(take(device))).toEqual(['NUMBERS_LEFT']);
    expect(await codesOf(take(device, agent, plusDays(DAY, 8)))).toEqual(['BAD_INPUT']);
    expect(await codesOf(take(device, colleague))).toEqual(['FORBIDDEN']);
    expect(await codesOf(take('0198c0de-0000-7000-8000-000000000009'))).toEqual(['NOT_FOUND']);
    await retire(device);
  });

  test('of a device asked many times at once are one block', async () => {
    const device = await register();
    const asked = await Promise.all(Array.from({ length: 5 }, () => codesOf(take(device))));
    expect(asked.filter((codes) => codes.length === 0)).toHaveLength(1);
    await retire(device);
  });
});

describe('a case filed late', () => {
  test('has the number the resident was given and the day it was received, and is marked', async () => {
    const { device, block } = await equipped();
    setClock(1, 10);
    const { filing: made } = await fileLate(withNumber(device, first(block), atHour(11)));
    expect(made).toMatchObject({ number: first(block), filedAt: atHour(11), late: { device } });
    expect(dayOf(made.late?.enteredAt ?? new Date(0))).toBe(plusDays(DAY, 1));
    const seen = await steps.seen(made.id, agent);
    expect(seen?.log[0]).toMatchObject({ action: 'FILED' });
    const [held] = (await desk().devices(agent, {})).filter(({ id }) => id === device);
    expect(held?.blocks[0]?.used).toMatchObject([{ number: first(block), case: made.id, receivedAt: atHour(11) }]);
    expect(held?.blocks[0]?.left).toEqual(block.left.slice(1));
    await steps.forward(made.id, agent);
    await steps.arrives(made.id, clerk);
    const copy = await federation.desk(TOWNSHIP, filing).case(clerk, { id: made.id });
    expect(copy).toMatchObject({ filedAt: atHour(11), late: { device } });
    await retire(device);
  });

  test('is one case however often it is sent under its key, and its number has no second', async () => {
    const { device, block } = await equipped();
    const idempotencyKey = 'late-filing-1';
    const input = withNumber(device, first(block), atHour(9), { idempotencyKey });
    const [one, two] = await Promise.all([fileLate(input), fileLate(input)]);
    expect(two.filing.id).toBe(one.filing.id);
    expect(two.trackingCode).toBe(one.trackingCode);
    const other = withNumber(device, first(block), atHour(9), { idempotencyKey: 'late-filing-2', amountFen: 5 });
    expect(await codesOf(fileLate(other))).toEqual(['NUMBER_USED']);
    expect(await codesOf(fileLate({ ...input, amountFen: 5 }))).toEqual(['IDEMPOTENCY_MISMATCH']);
    await retire(device);
  });

  test('whose number several requests want at once is one case', async () => {
    const { device, block } = await equipped();
    const asked = Array.from({ length: 5 }, () => codesOf(fileLate(withNumber(device, first(block), atHour(9)))));
    const codes = (await Promise.all(asked)).flat();
    expect(codes).toEqual(Array.from({ length: 4 }, () => 'NUMBER_USED'));
    await retire(device);
  });

  test('was received within the bounds of its block', async () => {
    const { device, block } = await equipped();
    const [number = ''] = block.left;
    setClock(1, 10);
    expect(await codesOf(fileLate(withNumber(device, number, atHour(8))))).toEqual(['BAD_INPUT']);
    expect(await codesOf(fileLate(withNumber(device, number, atHour(25))))).toEqual(['BAD_INPUT']);
    expect(await codesOf(fileLate(withNumber(device, `${VILLAGE}-20260101-00001`, atHour(11))))).toEqual(['NOT_FOUND']);
    expect(await codesOf(fileLate(withNumber(device, 'no number', atHour(11))))).toEqual(['NOT_FOUND']);
    setClock(8, 1);
    expect(await codesOf(fileLate(withNumber(device, number, atHour(11))))).toEqual(['NUMBER_ENDED']);
    await retire(device);
  });

  test('is filed by the person who took the number, and by no colleague', async () => {
    const { device, block } = await equipped();
    const input = withNumber(device, first(block), atHour(9));
    expect(await codesOf(fileLate(input, colleague))).toEqual(['FORBIDDEN']);
    const afterNewLogin = { ...agent };
    expect((await fileLate(input, afterNewLogin)).filing.number).toBe(first(block));
    await retire(device);
  });

  test('is no draft', async () => {
    const { device, block } = await equipped();
    const input = withNumber(device, first(block), atHour(9));
    const drafted = federation.ask(VILLAGE, {
      role: 'filing',
      query: 'mutation ($input: FileCaseInput!) { draftCase(input: $input) { case { id } errors { code field } } }',
      variables: { input: { ...input, late: { ...input.late, receivedAt: atHour(9).toISOString() } } },
      token: await federation.token(agent),
    });
    expect(JSON.stringify((await drafted).data)).toContain('BAD_INPUT');
    await retire(device);
  });

  test('is judged by the roster of the day it was received', async () => {
    const { device, block } = await equipped();
    const [one = '', two = ''] = block.left;
    const keep = (until: string | null, sub = agent.sub) =>
      federation.desk(VILLAGE, roster).keepRosterAgent(chief, {
        division: VILLAGE,
        sub,
        name: '代办员',
        employment: 'STAFF',
        withheld: [],
        from: plusDays(DAY, -30),
        until,
        standIn: null,
        ...key,
      });
    await keep(plusDays(DAY, -1));
    expect(await codesOf(fileLate(withNumber(device, one, atHour(9))))).toEqual(['NOT_IN_ROSTER']);
    await keep(DAY);
    setClock(2, 9);
    expect((await fileLate(withNumber(device, two, atHour(10)))).filing.number).toBe(two);
    await keep(null);
    await retire(device);
  });
});

describe('a device that is ended', () => {
  test('has its numbers taken back, and files nothing any more', async () => {
    const { device, block } = await equipped();
    await fileLate(withNumber(device, first(block), atHour(9)));
    const lost = await end(device, chief);
    expect(lost).toMatchObject({ ended: { reason: 'LOST', by: chief.name } });
    expect(lost.blocks).toMatchObject([{ state: 'TAKEN_BACK', left: [], used: [{ number: first(block) }] }]);
    expect(await codesOf(fileLate(withNumber(device, block.left[1] ?? '', atHour(9))))).toEqual(['DEVICE_ENDED']);
    expect(await codesOf(take(device))).toEqual(['DEVICE_ENDED']);
    expect(await codesOf(end(device))).toEqual(['DEVICE_ENDED']);
  });

  test('is ended by its person or a chief, and listed for them', async () => {
    const device = await register();
    expect(await codesOf(end(device, colleague))).toEqual(['FORBIDDEN']);
    expect(await codesOf(end(device, clerk))).toEqual(['FORBIDDEN']);
    expect(await codesOf(end(device, personAt(COUNTY, 'CHIEF', '民政')))).toEqual(['FORBIDDEN']);
    const listed = async (viewer: Viewer) => (await desk().devices(viewer, {})).map(({ id }) => id);
    expect(await listed(agent)).toContain(device);
    expect(await listed(chief)).toContain(device);
    expect(await listed(supervisor)).toContain(device);
    expect(await listed(colleague)).not.toContain(device);
    expect(await codesOf(desk().devices(clerk, {}))).toEqual(['FORBIDDEN']);
    await end(device, agent);
  });

  test('is seen with those of all desks below by administrators, chiefs and supervisors above, by agents at no other desk', async () => {
    const [own, below] = [await register(clerk, '窗口平板'), await register()];
    const at = async (node: string, viewer: Viewer) =>
      (await desk(node).devices(viewer, { division: node })).map(({ id }) => id);
    for (const role of ['ADMINISTRATOR', 'CHIEF', 'SUPERVISOR'] as const) {
      const above = personAt(TOWNSHIP, role);
      expect(await at(TOWNSHIP, above)).toContain(own);
      expect(await at(VILLAGE, above)).toContain(below);
      expect(await at(VILLAGE, personAt(COUNTY, role))).toContain(below);
      expect(await codesOf(at(COUNTY, above))).toEqual(['FORBIDDEN']);
    }
    expect(await codesOf(at(VILLAGE, personAt(TOWNSHIP, 'AGENT')))).toEqual(['FORBIDDEN']);
    expect(await at(TOWNSHIP, agent).catch(() => [])).toEqual([]);
    await end(own, clerk, TOWNSHIP);
    await end(below);
  });

  test('makes room for another: a person has five at most', async () => {
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.push(await register(clerk, `平板${i}`));
    expect(await codesOf(register(clerk))).toEqual(['DEVICE_LIMIT']);
    await end(made[0] ?? '', clerk, TOWNSHIP);
    await register(clerk);
  });
});

describe('the register of a day’s numbers', () => {
  test('says of each number why it has no case', async () => {
    const [used, returned, open] = [await equipped(), await equipped(), await equipped()];
    await fileLate(withNumber(used.device, first(used.block), atHour(9)));
    const back = () => desk().returnCaseNumbers(agent, { block: returned.block.id, ...key });
    expect(await back()).toMatchObject({ state: 'RETURNED', left: [] });
    expect(await codesOf(back())).toEqual(['NUMBER_ENDED']);
    const late = withNumber(returned.device, first(returned.block), atHour(9));
    expect(await codesOf(fileLate(late))).toEqual(['NUMBER_ENDED']);
    await retire(used.device);
    const { given, used: cases, gaps } = await desk().caseNumberRegister(supervisor, { day: DAY });
    expect(gaps.reduce((sum, { count }) => sum + count, 0) + cases).toBe(given);
    const whyOf = (device: string) => gaps.filter((gap) => gap.device?.id === device);
    expect(whyOf(used.device)).toMatchObject([{ why: 'TAKEN_BACK', count: 19, first: used.block.left[1] }]);
    expect(whyOf(returned.device)).toMatchObject([{ why: 'RETURNED', count: 20, first: first(returned.block) }]);
    expect(whyOf(open.device)).toMatchObject([{ why: 'OPEN', count: 20 }]);
    setClock(9, 9);
    const released = (await desk().caseNumberRegister(supervisor, { day: DAY })).gaps.filter(
      (gap) => gap.device?.id === used.device,
    );
    expect(released).toMatchObject([
      { why: 'RELEASED', count: 19, device: { ended: { reason: 'LOST', by: agent.name } } },
    ]);
    const [block] = (await desk().devices(agent, {})).flatMap(({ id, blocks }) => (id === used.device ? blocks : []));
    expect(block).toMatchObject({ state: 'RELEASED', left: [] });
    await federation.db(VILLAGE).transact(VILLAGE, (tx) => expireBlocks(tx, federation.now()));
    const later = await desk().caseNumberRegister(supervisor, { day: DAY });
    expect(later.gaps.filter((gap) => gap.device?.id === open.device)).toMatchObject([{ why: 'EXPIRED', count: 20 }]);
    expect(await codesOf(desk().caseNumberRegister(agent, { day: DAY }))).toEqual(['FORBIDDEN']);
    await retire(returned.device, open.device);
  });

  test('begins behind all numbers that a restored node may have given out, of days to come as well', async () => {
    const { device, block } = await equipped();
    const tomorrow = plusDays(DAY, 1);
    const backup = await federation.backup(VILLAGE);
    const forgotten = await take(device, agent, tomorrow);
    await federation.stopHost(VILLAGE);
    await federation.restore(VILLAGE, backup);
    await federation.startHost(VILLAGE);
    await eventually(async () => (await codesOf(fileLate(application()))).length === 0);
    expect(await codesOf(fileLate(withNumber(device, first(forgotten), federation.now())))).toEqual(['NOT_FOUND']);
    const again = await take(device, agent, tomorrow);
    expect(again.left.filter((number) => forgotten.left.includes(number))).toEqual([]);
    expect(block.left).toHaveLength(20);
    await retire(device);
  });
});

test('a case filed late waits for a township whose program does not know such lines', async () => {
  await federation.stopHost(TOWNSHIP);
  await federation.startHost(TOWNSHIP, { protocol: OLD_PROTOCOL });
  const plain = await steps.file();
  await steps.forward(plain, agent);
  await steps.arrives(plain, clerk);
  await eventually(async () => {
    const told = `SELECT 1 FROM peer_protocols WHERE node = $1 AND peer = $2 AND protocol = $3`;
    return (await federation.rows(VILLAGE, told, [VILLAGE, TOWNSHIP, OLD_PROTOCOL])).length === 1;
  });
  const { device, block } = await equipped();
  const { filing: made } = await fileLate(withNumber(device, first(block), federation.now()));
  await steps.forward(made.id, agent);
  const waiting = `SELECT kind FROM outbox WHERE node = $1 AND case_id = $2 AND outcome = 'WAITS'`;
  expect(await federation.rows(VILLAGE, waiting, [VILLAGE, made.id])).toEqual([{ kind: 'DOSSIER' }]);
  await federation.stopHost(TOWNSHIP);
  await federation.startHost(TOWNSHIP);
  await steps.forward(await steps.file(), agent);
  await steps.arrives(made.id, clerk);
});
