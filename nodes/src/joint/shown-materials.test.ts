import { handling } from '@liandong/schema/domains/handling';
import type { ProblemError } from '@liandong/schema/kernel';
import { SHOWN_DAYS, joint } from '@liandong/schema/domains/joint';
import { papers } from '@liandong/schema/domains/papers';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaseSteps, application, codesOf, material } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, eventually, personAt } from '../testing/test-federation.ts';

const ACCEPTANCE = '3310-LB-003';
const HOUSING = '住房城乡建设';
const OWN = [HOUSING, '自然资源和规划', '消防', '人防', '气象', '水利', '综合执法'];
const PARTY = OWN.length + 1;
const DAY_MS = 86_400_000;
const clerk = personAt(COUNTY, 'CLERK', HOUSING);
const comprehensive = personAt(TOWNSHIP, 'CLERK');
const once = { idempotencyKey: null };

let federation: TestFederation;
let steps: CaseSteps;

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP], keepLog: true });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const desk = (node: string) => federation.desk(node, joint);
const seen = (id: string) => desk(TOWNSHIP).opinionRequest(comprehensive, { case: id, party: PARTY });
const bytes = (id: string, sha256: string) =>
  desk(TOWNSHIP)
    .opinionMaterial(comprehensive, { case: id, party: PARTY, sha256 })
    .then(
      (text) => Buffer.from(text, 'base64').toString(),
      (error: ProblemError) => error.problem.code,
    );
const held = async (node: string, sha256: string) =>
  (await federation.rows(node, `SELECT 1 FROM blobs WHERE node = $1 AND sha256 = $2`, [node, sha256])).length;

/** Restarts the township's host some days later: its clockwork then runs at once. */
async function after(days: number): Promise<void> {
  federation.shiftMs = days * DAY_MS;
  await federation.stopHost(TOWNSHIP);
  await federation.startHost(TOWNSHIP);
}

async function asked(materials: ReturnType<typeof material>[]): Promise<string> {
  const id = await steps.file(clerk, application({ item: ACCEPTANCE, consent: null, materials }));
  await steps.accept(id, clerk);
  const own = OWN.map((department) => ({ node: null, department }));
  const parties = [...own, { node: TOWNSHIP, department: '村镇建设' }].map((party) => {
    return { ...party, ask: 'OPINION' as const, days: 3, materials: null };
  });
  await desk(COUNTY).openJointHandling(clerk, { id, stage: 'COMPLETION', parties, ...once });
  await eventually(
    async () => (await desk(COUNTY).jointHandling(clerk, { case: id })).joint?.parties.at(-1)?.asked !== null,
  );
  return id;
}

test('what a far party was shown is removed when its time is over: bytes no case here needs, applicant and form; the question, names and words stay', async () => {
  const shared = material('联合验收申请表', Buffer.from('%PDF-1.4 两处都用 %%EOF'));
  const alone = [material('竣工验收报告'), material('各专项验收自查材料')];
  const id = await asked([shared, ...alone]);
  const open = await asked([material('联合验收申请表'), material('竣工验收报告'), material('各专项验收自查材料')]);
  // the same paper, handed in at the township's own desk
  const own = [shared, ...alone.map(({ name }) => material(name))];
  const ownCase = await steps.file(comprehensive, application({ item: ACCEPTANCE, consent: null, materials: own }));
  await desk(TOWNSHIP).givePartyOpinion(comprehensive, { id, party: PARTY, opinion: 'AGREE', reason: null, ...once });
  await eventually(async () => (await seen(id)).words[0]?.state === 'TAKEN');
  await federation.desk(COUNTY, handling).withdrawCase(clerk, { id, reason: '申请人撤回', ...once });
  await eventually(async () => (await seen(id)).state === 'WITHDRAWN');
  const [sharedShown, ...aloneShown] = (await seen(id)).materials.map((m) => m.sha256);

  await after(SHOWN_DAYS - 1);
  expect(await bytes(id, aloneShown[0] ?? '')).toContain('竣工验收报告');
  expect(await seen(id)).toMatchObject({ applicant: '王秀英', removedAt: null });

  await after(SHOWN_DAYS + 2);
  await eventually(async () => (await seen(id)).removedAt !== null);
  const left = await seen(id);
  expect(left).toMatchObject({
    applicant: null,
    form: [],
    materials: [{ name: '联合验收申请表' }, { name: '竣工验收报告' }, { name: '各专项验收自查材料' }],
    words: [{ state: 'TAKEN', word: { says: 'OPINION', opinion: 'AGREE' } }],
  });
  for (const digest of [sharedShown ?? '', ...aloneShown]) expect(await bytes(id, digest)).toBe('NOT_FOUND');
  expect(await Promise.all(aloneShown.map((digest) => held(TOWNSHIP, digest)))).toEqual([0, 0]);
  // needed by the township's own case, and by the lead's
  expect(await held(TOWNSHIP, sharedShown ?? '')).toBe(1);
  for (const digest of [sharedShown ?? '', ...aloneShown]) expect(await held(COUNTY, digest)).toBe(1);
  expect((await steps.seen(ownCase, comprehensive))?.state).toBe('FILED');
  // an open question keeps everything, however old
  expect(await seen(open)).toMatchObject({ applicant: '王秀英', removedAt: null });
  const shown = (await seen(open)).materials[1]?.sha256 ?? '';
  expect(await bytes(open, shown)).toContain('竣工验收报告');
  expect(federation.logged.join('')).toContain('papers shown with closed questions removed');
  // it stays removed, and is removed only once
  const [row] = await federation.rows<{ removed_at: Date }>(
    TOWNSHIP,
    `SELECT removed_at FROM opinion_requests WHERE node = $1 AND case_id = $2`,
    [TOWNSHIP, id],
  );
  await after(SHOWN_DAYS + 3);
  expect((await seen(id)).removedAt).toEqual(row?.removed_at);
});

test('a paper shown with a question gets an address for the department that is asked, and for no other desk', async () => {
  const id = await asked([material('联合验收申请表'), material('竣工验收报告'), material('各专项验收自查材料')]);
  const sha256 = (await seen(id)).materials[0]?.sha256 ?? '';
  const addressFor = (viewer: Viewer, digest = sha256) =>
    federation.desk(TOWNSHIP, papers).opinionPaperAddress(viewer, { case: id, party: PARTY, sha256: digest });
  const ticket = (await addressFor(comprehensive)).path.split('/').at(-1) ?? '';
  const part = { division: TOWNSHIP, ticket, entry: 0, offset: 0, length: 8 };
  const { bytes: begun } = await federation.desk(TOWNSHIP, papers).paperPart(comprehensive, part);
  expect(Buffer.from(begun, 'base64').toString()).toBe('%PDF-1.4');
  expect(await codesOf(addressFor(clerk))).toEqual(['FORBIDDEN']);
  expect(await codesOf(addressFor(comprehensive, 'f'.repeat(64)))).toEqual(['NOT_FOUND']);
  expect(await codesOf(addressFor({ ...comprehensive, onlyCase: '331022-20260101-000001' }))).toEqual(['FORBIDDEN']);
});
