import { randomUUID } from 'node:crypto';
import type { DataOffer, DataRecord } from '@liandong/schema/domains/sharing';
import type { DivisionCode, ProblemError } from '@liandong/schema/kernel';
import { SIGNED_TYPES } from '@liandong/schema/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, agent, clerk, countyClerk } from '../testing/cases.ts';
import { putOutbox, readOutbox } from '../testing/outbox.ts';
import { trustOfAll } from '../testing/signing.ts';
import { DataSharing, ESSENTIAL, HOUSEHOLD, withoutHousehold } from '../testing/sharing.ts';
import {
  CITY,
  COUNTY,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  TestFederation,
  VILLAGE,
  eventually,
} from '../testing/test-federation.ts';
import type { Trust } from '../trust/index.ts';
import { sha256 } from '../trust/index.ts';

const NODES = [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE];
const MATERIAL = '户口簿';
const VALUES = JSON.stringify({ householdNumber: '3310220009999', holder: '李四', relation: '户主' });

let federation: TestFederation;
let steps: CaseSteps;
let data: DataSharing;
let trust: Trust;
let offer: DataOffer;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: NODES });
  steps = new CaseSteps(federation);
  data = await DataSharing.start(federation);
  trust = await trustOfAll(federation);
  const [found] = await data.offers(countyClerk, MATERIAL);
  if (!found) throw new Error('the county offers no household register');
  offer = found.offer;
});
afterAll(async () => {
  await federation.stop();
  await data.stop();
});

/** A record as the county would sign it for the village, changed. */
function recordOf(caseId: string, change: Partial<DataRecord> = {}): DataRecord {
  const at = federation.now().toISOString();
  const labels = new Map(offer.fields.map(({ name, label }) => [name, label]));
  return {
    request: randomUUID(),
    provider: COUNTY,
    asker: VILLAGE,
    actor: { sub: 'agent', name: '代办员', role: 'AGENT' },
    case: caseId,
    item: '3310-MZ-001',
    offer: HOUSEHOLD,
    fields: ESSENTIAL.map((name) => ({ name, label: labels.get(name) ?? name })),
    askedAt: at,
    at,
    outcome: 'ANSWERED',
    faults: [],
    replaces: MATERIAL,
    values: sha256(VALUES),
    terms: offer,
    ...change,
  };
}

const sign = (record: DataRecord, signer = record.provider) => trust.sign(signer, SIGNED_TYPES.data, record);

async function outcomeOf(from: DivisionCode, id: string): Promise<string | null> {
  const [row] = await federation.rows<{ outcome: string | null; code: string | null }>(
    from,
    `SELECT outcome, code FROM outbox WHERE node = $1 AND id = $2`,
    [from, id],
  );
  return row?.code ?? row?.outcome ?? null;
}

async function put(
  from: DivisionCode,
  receiver: DivisionCode,
  caseId: string,
  body: { record: string; values: string | null },
) {
  return putOutbox(federation, from, { receiver, kind: 'DATA_ANSWER', caseId, body: JSON.stringify(body) });
}

interface Bringing {
  receiver?: DivisionCode;
  signer?: DivisionCode;
  values?: string | null;
}

/** Sends a record with its values as a message, to the township by default. @returns the receiver's answer */
async function brought(from: DivisionCode, record: DataRecord, given: Bringing = {}): Promise<string | null> {
  const { receiver = TOWNSHIP, signer = record.provider, values = VALUES } = given;
  const id = await put(from, receiver, record.case, { record: await sign(record, signer), values });
  await eventually(async () => (await outcomeOf(from, id)) !== null);
  return outcomeOf(from, id);
}

/** A node's stored request. */
const kept = (node: DivisionCode, request: string) =>
  federation.rows<{ record: string | null; state: string; given: string | null; replaces: string | null }>(
    node,
    `SELECT record, state, given, replaces FROM data_requests WHERE node = $1 AND id = $2`,
    [node, request],
  );

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => null,
    (error: ProblemError) => error.code,
  );

/** A case filed in the village and held by the township, whose household register is missing. */
async function atTownship(): Promise<string> {
  const id = await steps.file(agent, withoutHousehold());
  await steps.forward(id, agent);
  await steps.arrives(id, clerk);
  return id;
}

describe('an answer that sharing did not give', () => {
  const own = (node: DivisionCode): Partial<DataRecord> => {
    const id = `${node}-household`;
    return { provider: node, offer: id, terms: { ...offer, id, node } };
  };

  test.each<[string, DivisionCode, () => Partial<DataRecord>, string]>([
    [
      'of a node that made it itself, for another',
      OTHER_TOWNSHIP,
      () => ({ ...own(OTHER_TOWNSHIP), terms: undefined }),
      'FORBIDDEN',
    ],
    ['of a node that made it itself, with an offer', OTHER_TOWNSHIP, () => own(OTHER_TOWNSHIP), 'FORBIDDEN'],
    ['of a desk of the case that made it itself', VILLAGE, () => own(VILLAGE), 'FORBIDDEN'],
    ['of another node’s making that a desk of the case brings', VILLAGE, () => own(OTHER_TOWNSHIP), 'FORBIDDEN'],
    ['by another node’s offer', VILLAGE, () => ({ ...own(VILLAGE), offer: HOUSEHOLD, terms: offer }), 'FORBIDDEN'],
    ['that a node without a part in the case brings', OTHER_TOWNSHIP, () => ({}), 'FORBIDDEN'],
    ['for a node without a part in the case', VILLAGE, () => ({ asker: OTHER_TOWNSHIP }), 'FORBIDDEN'],
    ['by an offer that is not made', VILLAGE, () => ({ offer: `${COUNTY}-income`, terms: undefined }), 'FORBIDDEN'],
    ['that replaces another material than its offer', VILLAGE, () => ({ replaces: '身份证明' }), 'MESSAGE_INVALID'],
    [
      'without an essential field',
      VILLAGE,
      () => ({ fields: [{ name: 'address', label: '户籍地址' }] }),
      'MESSAGE_INVALID',
    ],
    [
      'with a field that is not offered',
      VILLAGE,
      () => ({ fields: [{ name: 'income', label: '收入' }], replaces: null }),
      'MESSAGE_INVALID',
    ],
    ['that was refused and replaces a material', VILLAGE, () => ({ outcome: 'REFUSED' }), 'MESSAGE_INVALID'],
  ])('%s is refused, and the material stays required', async (_, from, change, code) => {
    const id = await atTownship();
    const record = recordOf(id, change());
    expect(await brought(from, record)).toBe(code);
    expect(await kept(TOWNSHIP, record.request)).toEqual([]);
    expect(await data.supplied(id, clerk)).toEqual([]);
    expect(await codeOf(steps.accept(id, clerk))).toBe('MATERIALS_MISSING');
  });

  test('that another node signed for the one that offers is parked', async () => {
    const id = await atTownship();
    expect(await brought(VILLAGE, recordOf(id), { signer: VILLAGE })).toBe('SIGNATURE_INVALID');
    expect(await data.supplied(id, clerk)).toEqual([]);
  });
});

describe('an answer that the offering node gave', () => {
  test('is taken from a desk of the case, and its material need not be handed in', async () => {
    const id = await atTownship();
    expect(await brought(VILLAGE, recordOf(id))).toBe('DONE');
    expect(await data.supplied(id, clerk)).toEqual([MATERIAL]);
    expect(await codeOf(steps.accept(id, clerk))).toBeNull();
  });

  test('by an earlier form of its record, which says nothing of the offer, is taken where the offer is known', async () => {
    const id = await atTownship();
    expect(await brought(VILLAGE, recordOf(id, { terms: undefined }))).toBe('DONE');
  });

  test('by a version of the offer that has changed since is taken as it was signed', async () => {
    const id = await atTownship();
    const [first, ...others] = offer.fields;
    const fields = [first, ...others.map((field) => ({ ...field, essential: false }))].flatMap((f) => f ?? []);
    const before = { ...offer, version: offer.version + 1, fields };
    const record = recordOf(id, { terms: before, fields: fields.slice(0, 1) });
    expect(await brought(VILLAGE, record)).toBe('DONE');
    expect(await data.supplied(id, clerk)).toEqual([MATERIAL]);
  });

  test('waits where the case is not known yet, and is taken once it has come', async () => {
    const id = await atTownship();
    const record = recordOf(id, { asker: TOWNSHIP });
    const message = await put(TOWNSHIP, COUNTY, id, { record: await sign(record), values: VALUES });
    await eventually(async () => {
      const [row] = await federation.rows<{ attempts: number }>(
        TOWNSHIP,
        `SELECT attempts FROM outbox WHERE node = $1 AND id = $2`,
        [TOWNSHIP, message],
      );
      return (row?.attempts ?? 0) > 1;
    });
    expect(await outcomeOf(TOWNSHIP, message)).toBeNull();
    expect(await kept(COUNTY, record.request)).toEqual([]);
    await brought(VILLAGE, recordOf(id));
    await steps.accept(id, clerk);
    await steps.review(id, clerk);
    await steps.forward(id, clerk);
    await steps.arrives(id, countyClerk);
    await eventually(async () => (await outcomeOf(TOWNSHIP, message)) === 'DONE');
    expect(await kept(COUNTY, record.request)).toMatchObject([{ state: 'ANSWERED' }]);
  });

  test('to another question than was asked is refused at the desk that asked', async () => {
    const id = await steps.file(agent, withoutHousehold());
    await federation.stopHost(COUNTY);
    const { id: request } = await data.ask(id);
    const elsewhere = `${COUNTY}-disability`;
    const others: Partial<DataRecord>[] = [
      { offer: elsewhere, terms: { ...offer, id: elsewhere } },
      { fields: [{ name: 'members', label: '户内人员' }], replaces: null },
      { case: `${VILLAGE}-another` },
    ];
    for (const change of others) {
      const other = recordOf(id, { request, ...change });
      expect(await brought(VILLAGE, other, { receiver: VILLAGE })).not.toBe('DONE');
    }
    expect(await kept(VILLAGE, request)).toMatchObject([{ state: 'SENT', record: null }]);
    await federation.startHost(COUNTY);
    await data.ended(id, request);
    expect(await data.supplied(id)).toEqual([MATERIAL]);
  });
});

describe('a record that is kept', () => {
  test('is not changed by another one under the id of its request', async () => {
    const id = await atTownship();
    const record = recordOf(id);
    expect(await brought(VILLAGE, record)).toBe('DONE');
    const before = await kept(TOWNSHIP, record.request);
    const other = JSON.stringify({ householdNumber: '1', holder: '张三', relation: '子' });
    const changed = { ...record, values: sha256(other), at: new Date(Date.parse(record.at) + 1).toISOString() };
    expect(await brought(VILLAGE, changed, { values: other })).toBe('MESSAGE_INVALID');
    expect(await kept(TOWNSHIP, record.request)).toEqual(before);
  });

  test('without its values takes them later, and not with another record', async () => {
    const id = await atTownship();
    const record = recordOf(id);
    expect(await brought(VILLAGE, record, { values: null })).toBe('DONE');
    expect(await data.supplied(id, clerk)).toEqual([]);
    const other = { ...record, at: new Date(Date.parse(record.at) + 1).toISOString() };
    expect(await brought(VILLAGE, other)).toBe('MESSAGE_INVALID');
    expect(await data.supplied(id, clerk)).toEqual([]);
    expect(await brought(VILLAGE, record)).toBe('DONE');
    expect(await data.supplied(id, clerk)).toEqual([MATERIAL]);
  });
});

describe('what sharing gave for a case that the next desk refuses', () => {
  test('is not owed to that desk any more', async () => {
    const id = await atTownship();
    const { id: request } = await data.ask(id, clerk);
    await data.ended(id, request, clerk);
    await steps.accept(id, clerk);
    await steps.review(id, clerk);
    const decide = (organs: string) =>
      federation.rows(
        COUNTY,
        `UPDATE items SET body = jsonb_set(body, '{acceptingTiers}', $2) WHERE node = $1 AND code = '3310-MZ-001'`,
        [COUNTY, organs],
      );
    await decide('["COUNTY"]');
    await steps.forward(id, clerk);
    await eventually(async () => (await steps.seen(id, clerk))?.log.at(-1)?.action === 'HANDOFF_REFUSED');
    await decide('["TOWNSHIP"]');
    const owed = (await readOutbox(federation, TOWNSHIP, id, 'DATA_ANSWER')).filter((m) => m.receiver === COUNTY);
    expect(owed).toMatchObject([{ outcome: 'REFUSED', code: 'NOT_COMPETENT' }]);
    expect(await kept(COUNTY, request)).toEqual([]);
  });
});
