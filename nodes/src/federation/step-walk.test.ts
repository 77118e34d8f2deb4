import { readFile } from 'node:fs/promises';
import { DOMAINS } from '@liandong/schema/domains';
import { parseIssuers, TokenVerifier } from '@liandong/schema/identity';
import { roleSchema } from '@liandong/schema/graph';
import type { AnyStep, Viewer } from '@liandong/schema/operation';
import { operationsOf, postsAt } from '@liandong/schema/operation';
import type { DivisionCode } from '@liandong/schema/kernel';
import type { RoleName } from '@liandong/schema/wire';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { once } from '../idempotency/index.ts';
import { CaseSteps, application, codesOf, custodians } from '../testing/cases.ts';
import { Responder } from './responder.ts';
import { runAt } from '../testing/commands.ts';
import { mutationCall, refusalsIn } from '../testing/inputs.ts';
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

/**
 * Walks every step of every domain at a desk with its database: repeated under its key, with a token for another case,
 * at a closed node, and at a healing node. Two other files walk the rest. `schema/src/operation/step-walk.test.ts`, without a database:
 * posts, stand-ins, other departments, cases under way and ended cases. `permission-walk.test.ts`: posts at every tier
 * and desks of others.
 */
const STEPS = operationsOf(DOMAINS).flatMap(({ operation, domain }) =>
  operation.kind === 'step' ? [{ name: operation.name, step: operation, role: domain.role }] : [],
);

let federation: TestFederation;
let tokens: TokenVerifier;
const held = new Map<string, string>();
/** A case that a closed node had, and its successor has now. */
let handedOver: string;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, VILLAGE] });
  const issuers = parseIssuers(JSON.parse(await readFile(federation.config(TOWNSHIP).issuersFile, 'utf8')));
  tokens = new TokenVerifier(issuers, () => {
    throw new Error('nothing is fetched');
  });
  const steps = new CaseSteps(federation);
  for (const node of [TOWNSHIP, COUNTY]) {
    held.set(node, await steps.file(personAt(node, 'CLERK', '民政'), application({ place: VILLAGE })));
  }
  handedOver = await steps.file(personAt(OTHER_TOWNSHIP, 'CLERK', '民政'), application({ place: OTHER_TOWNSHIP }));
  const close = ['node', 'close', OTHER_TOWNSHIP, '--node', COUNTY, '--successor', TOWNSHIP, '--why', '撤镇并镇'];
  await runAt(federation, COUNTY, ...close);
  await eventually(async () => (await custodians(federation, [TOWNSHIP], handedOver)).length === 1);
});
afterAll(() => federation.stop());

/** A person who may take the step, at a desk that holds a case. */
function takerOf({ by }: AnyStep): { viewer: Viewer; id: string } {
  const [atTownship] = postsAt(by, 'TOWNSHIP');
  const [node, post] = atTownship ? [TOWNSHIP, atTownship] : [COUNTY, postsAt(by, 'COUNTY')[0] ?? 'CHIEF'];
  return { viewer: personAt(node, post, '民政'), id: held.get(node) ?? '' };
}

const perform = (viewer: Viewer, step: AnyStep, input: object) =>
  federation.services(viewer.division).perform(step, viewer, input as never);
/** A host whose node is healing, because its database was restored. */
const healing = (node: DivisionCode) =>
  new Responder({
    host: 'walk',
    services: new Map([[node, federation.services(node)]]),
    movedTo: () => undefined,
    tokens,
    requirePost: () => undefined,
    isHealing: () => true,
    log: pino({ level: 'silent' }),
  });
/** The codes of a step's mutation at a host, or of one of many. */
async function codesAt(
  host: Pick<Responder, 'answer'>,
  name: string,
  { role, viewer, each }: Walked,
): Promise<unknown[]> {
  const call = mutationCall(roleSchema(role), name, { each: [each], materials: [] });
  const token = await federation.token(viewer);
  const operation = { role, at: viewer.division, ...call, token };
  const reply = await host.answer({ operations: [operation], budgetMs: 5_000 });
  if (!('results' in reply)) throw new Error(reply.problem.message);
  const [result] = reply.results;
  const refused = refusalsIn(result?.data?.[name]).map(({ code }) => code);
  return [...(result?.errors ?? []).map(({ extensions }) => extensions?.code), ...refused];
}
interface Walked {
  role: RoleName;
  viewer: Viewer;
  each: { id: string; idempotencyKey: string };
}

const logOf = (node: string, id: string) =>
  federation.rows(node, `SELECT seq FROM case_log WHERE node = $1 AND case_id = $2`, [node, id]);

describe.each(STEPS)('the step $name', ({ step, role }) => {
  test('that was taken under a key shows the case when it is asked again, and is not taken twice', async () => {
    const { viewer, id } = takerOf(step);
    const input = { id, materials: [], idempotencyKey: `walk-${step.name}` };
    const lines = await logOf(viewer.division, id);
    // as the step left the case when it was taken
    await federation.db(viewer.division).transact(viewer.division, (tx) => {
      const request = { mutation: step.keyedAs, input };
      return once(tx, viewer, input.idempotencyKey, request, () => Promise.resolve(true));
    });
    expect(await codesOf(perform(viewer, step, input))).toEqual([]);
    expect(await logOf(viewer.division, id)).toEqual(lines);
    const other = { ...input, id: held.get(COUNTY) === id ? (held.get(TOWNSHIP) ?? '') : id, note: 'another' };
    expect(await codesOf(perform(viewer, step, other))).not.toEqual([]);
  });

  test('is refused to a token for another case', async () => {
    const { viewer, id } = takerOf(step);
    const input = { id, materials: [], idempotencyKey: null };
    expect(await codesOf(perform({ ...viewer, onlyCase: 'another' }, step, input))).toEqual(['FORBIDDEN']);
  });

  test('is not taken by a closed node, whose successor has its cases', async () => {
    const [post] = [...postsAt(step.by, 'TOWNSHIP'), ...postsAt(step.by, 'COUNTY')];
    const viewer = personAt(OTHER_TOWNSHIP, post ?? 'CHIEF', '民政');
    const lines = await logOf(TOWNSHIP, handedOver);
    const input = { id: handedOver, materials: [], parties: [], idempotencyKey: null };
    // a recall asks first whether it was this desk that passed the case on
    const code = step.name === 'recallCase' ? 'FORBIDDEN' : 'NOT_CUSTODIAN';
    expect(await codesOf(perform(viewer, step, input))).toEqual([code]);
    expect(await logOf(OTHER_TOWNSHIP, handedOver)).toEqual(lines);
    expect(await logOf(TOWNSHIP, handedOver)).toEqual(lines);
  });

  test('is put off by a node that heals, whatever is asked', async () => {
    const { viewer, id } = takerOf(step);
    const node = viewer.division;
    const operation = { role, at: node, ...mutationCall(roleSchema(role), step.name, { id }) };
    const token = await federation.token(viewer);
    const reply = await healing(node).answer({ operations: [{ ...operation, token }], budgetMs: 5_000 });
    const codes = 'results' in reply ? reply.results[0]?.errors?.map(({ extensions }) => extensions?.code) : [];
    expect(codes).toEqual(['NODE_HEALING']);
  });
});

const MANY = operationsOf(DOMAINS).flatMap(({ operation, domain }) =>
  operation.kind === 'bulk' && operation.one.kind === 'step'
    ? [{ name: operation.name, step: operation.one, role: domain.role }]
    : [],
);

describe.each(MANY)('the same step for many, $name,', ({ name, step, role }) => {
  /** The input of one of many, as its step alone takes it. */
  const inputOf = (each: object) => {
    const { variables } = mutationCall(roleSchema(role), name, { each: [each] });
    const { each: _, ...common } = variables['input'] as { each: object[] };
    return step.input.parse({ ...common, ...each });
  };

  test('is answered again under a key that was used for it, and is not taken twice', async () => {
    const { viewer, id } = takerOf(step);
    const each = { id, idempotencyKey: `walk-${name}` };
    const lines = await logOf(viewer.division, id);
    await federation.db(viewer.division).transact(viewer.division, (tx) => {
      const request = { mutation: step.keyedAs, input: inputOf(each) };
      return once(tx, viewer, each.idempotencyKey, request, () => Promise.resolve(true));
    });
    const host = federation.host(viewer.division);
    expect(await codesAt(host, name, { role, viewer, each })).toEqual([]);
    expect(await logOf(viewer.division, id)).toEqual(lines);
    const other = { ...each, id: held.get(COUNTY) === id ? (held.get(TOWNSHIP) ?? '') : (held.get(COUNTY) ?? '') };
    expect(await codesAt(host, name, { role, viewer, each: other })).not.toEqual([]);
  });

  test('is refused to a token for one case, whichever case', async () => {
    const { viewer, id } = takerOf(step);
    const each = { id, idempotencyKey: `one-${name}` };
    const bound = { ...viewer, onlyCase: 'another' };
    expect(await codesAt(federation.host(viewer.division), name, { role, viewer: bound, each })).toEqual(['FORBIDDEN']);
  });

  test('is not taken by a closed node, whose successor has its cases', async () => {
    const [post] = [...postsAt(step.by, 'TOWNSHIP'), ...postsAt(step.by, 'COUNTY')];
    const viewer = personAt(OTHER_TOWNSHIP, post ?? 'CHIEF', '民政');
    const each = { id: handedOver, idempotencyKey: `closed-${name}` };
    const lines = await logOf(TOWNSHIP, handedOver);
    expect(await codesAt(federation.host(OTHER_TOWNSHIP), name, { role, viewer, each })).toEqual(['NOT_CUSTODIAN']);
    expect(await logOf(TOWNSHIP, handedOver)).toEqual(lines);
  });

  test('is put off as a whole by a node that heals', async () => {
    const { viewer, id } = takerOf(step);
    const each = { id, idempotencyKey: `heals-${name}` };
    expect(await codesAt(healing(viewer.division), name, { role, viewer, each })).toEqual(['NODE_HEALING']);
  });
});
