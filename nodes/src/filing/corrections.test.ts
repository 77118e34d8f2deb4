import { createHash } from 'node:crypto';
import { filing } from '@liandong/schema/domains/filing';
import { finding } from '@liandong/schema/domains/finding';
import { handling } from '@liandong/schema/domains/handling';
import { papers } from '@liandong/schema/domains/papers';
import { uploads } from '@liandong/schema/domains/uploads';
import type { Viewer } from '@liandong/schema/operation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseSteps, LOW_INCOME_MATERIALS, agent, application, clerk, codesOf, material } from '../testing/cases.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, eventually } from '../testing/test-federation.ts';

const OLD_PROTOCOL = 2;
const [FORM = '', IDENTITY = '', CONSENTING = '', HOUSEHOLD = ''] = LOW_INCOME_MATERIALS;

let federation: TestFederation;
let steps: CaseSteps;
beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
});
afterAll(() => federation.stop());

const desk = (node = VILLAGE) => federation.desk(node, filing);

async function uploaded(text: string): Promise<string> {
  const bytes = Buffer.from(`%PDF-1.4 ${text} %%EOF`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const about = { fileName: `${text}.pdf`, mediaType: 'application/pdf' as const, size: bytes.length, sha256 };
  const key = { idempotencyKey: null };
  const { id } = await federation.desk(VILLAGE, uploads).openUpload(agent, { ...about, ...key });
  const piece = { upload: id, offset: 0, bytes: bytes.toString('base64') };
  await federation.desk(VILLAGE, uploads).addToUpload(agent, { ...piece, ...key });
  return id;
}
const materialsOf = async (id: string) => (await desk().case(agent, { id })).materials;
const correct = (id: string, change: object, viewer: Viewer = agent) =>
  desk(viewer.division).correctApplication(viewer, { id, reason: '登记有误', idempotencyKey: null, ...change });
const applicant = application().applicant;

describe('the papers of a case before it goes up', () => {
  test('are replaced, taken back and put in order in one step; the file keeps every one of them', async () => {
    const id = await steps.file();
    const before = await materialsOf(id);
    const digest = (name: string) => before.find((m) => m.name === name)?.sha256 ?? '';
    const upload = await uploaded('户口簿-清晰');
    const materials = [
      { name: HOUSEHOLD, upload },
      { kept: digest(FORM), name: null },
      { kept: digest(IDENTITY), name: null },
    ];
    await desk().arrangeMaterials(agent, { id, materials, note: '原件模糊', idempotencyKey: null });
    expect((await materialsOf(id)).map(({ name }) => name)).toEqual([HOUSEHOLD, FORM, IDENTITY]);
    const file = await federation.desk(VILLAGE, papers).casePapers(agent, { case: id });
    const shown = file.map(({ material: { name }, version, replacedBy, takenBack }) => ({
      name,
      version,
      replaced: replacedBy !== null,
      takenBack,
    }));
    expect(shown).toEqual([
      { name: FORM, version: 1, replaced: false, takenBack: false },
      { name: IDENTITY, version: 1, replaced: false, takenBack: false },
      { name: CONSENTING, version: 1, replaced: false, takenBack: true },
      { name: HOUSEHOLD, version: 1, replaced: true, takenBack: false },
      { name: HOUSEHOLD, version: 2, replaced: false, takenBack: false },
    ]);
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const view = await federation.desk(TOWNSHIP, filing).case(clerk, { id });
    expect(view.materials.map(({ name }) => name)).toEqual([HOUSEHOLD, FORM, IDENTITY]);
  });

  test('get another name without being sent again', async () => {
    const [first = material('')] = application().materials;
    const wrong = 'content' in first ? { ...first, name: IDENTITY } : material(IDENTITY);
    const id = await steps.file(agent, application({ materials: [wrong] }));
    const sha256 = (await materialsOf(id))[0]?.sha256 ?? '';
    const materials = [{ kept: sha256, name: FORM }];
    await desk().arrangeMaterials(agent, { id, materials, note: null, idempotencyKey: null });
    expect(await materialsOf(id)).toMatchObject([{ name: FORM, sha256 }]);
  });

  test('are arranged only of what is there: another digest, or one twice, is refused', async () => {
    const id = await steps.file();
    const sha256 = (await materialsOf(id))[0]?.sha256 ?? '';
    const kept = (...digests: string[]) => digests.map((digest) => ({ kept: digest, name: null }));
    for (const materials of [kept('f'.repeat(64)), kept(sha256, sha256)]) {
      const asked = { id, materials, note: null, idempotencyKey: null };
      expect(await codesOf(desk().arrangeMaterials(agent, asked))).toEqual(['BAD_INPUT']);
    }
  });

  test('are the township’s once it has the case', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await steps.handedOver(id, agent);
    const asked = { id, materials: [], note: null, idempotencyKey: null };
    expect(await codesOf(desk().arrangeMaterials(agent, asked))).toEqual(['NOT_CUSTODIAN']);
    expect(await codesOf(desk(TOWNSHIP).arrangeMaterials(clerk, asked))).toEqual(['NOT_COMPETENT']);
  });
});

describe('an application before it is accepted', () => {
  test('is corrected; the log says what and why without the data, and the desk keeps what it said', async () => {
    const id = await steps.file();
    await correct(id, { applicant: { ...applicant, name: '王秀瑛', phone: '13800000009' } });
    const view = await desk().case(agent, { id });
    expect(view.applicant).toMatchObject({ name: '王秀瑛', phone: '138****0009' });
    const seen = await steps.seen(id, agent);
    expect(seen?.log.at(-1)).toMatchObject({ action: 'APPLICATION_CORRECTED' });
    expect(JSON.stringify(seen?.log.at(-1))).not.toMatch(/王秀瑛|13800000009/);
    const earlier = await desk().earlierApplications(agent, { case: id });
    expect(earlier).toMatchObject([{ applicant: { name: '王秀英', phone: '138****0001' } }]);
    const [row] = await federation.rows<{ application: string }>(
      VILLAGE,
      `SELECT application FROM earlier_applications WHERE case_id = $1`,
      [id],
    );
    expect(row?.application).not.toContain('王秀英');
  });

  test('goes up as it was corrected, also to a desk that had it before', async () => {
    const id = await steps.file(agent, application({ materials: [] }));
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    const missing = LOW_INCOME_MATERIALS.map((name) => ({ material: name, reason: '未提交' }));
    await federation
      .desk(TOWNSHIP, handling)
      .requestSupplement(clerk, { id, missing, note: null, idempotencyKey: null });
    await steps.arrives(id, agent);
    await correct(id, { applicant: { ...applicant, name: '王秀瑛' } });
    await desk().supplementCase(agent, {
      id,
      materials: LOW_INCOME_MATERIALS.map((name) => material(name)),
      note: null,
      idempotencyKey: null,
    });
    await steps.forward(id, agent);
    await eventually(async () => (await steps.seen(id, clerk, false))?.custody === 'HELD');
    expect((await federation.desk(TOWNSHIP, filing).case(clerk, { id })).applicant.name).toBe('王秀瑛');
    await steps.accept(id, clerk);
  });

  test('is found by what it says now, and by nothing it said before', async () => {
    const before = { ...applicant, phone: '13900007777' };
    const id = await steps.file(agent, application({ applicant: before }));
    await correct(id, { applicant: { ...applicant, phone: '13900008888' } });
    const found = async (value: string) => {
      const asked = { by: 'PHONE' as const, value, purpose: '申请人来电询问' };
      return (await federation.desk(VILLAGE, finding).findCases(agent, asked)).map((c) => c.id);
    };
    expect(await found('13900008888')).toContain(id);
    expect(await found('13900007777')).toEqual([]);
  });

  test('that says the same already is not corrected, and nothing of it is kept', async () => {
    const id = await steps.file();
    expect(await codesOf(correct(id, { applicant }))).toEqual(['NO_CHANGE']);
    expect(await desk().earlierApplications(agent, { case: id })).toEqual([]);
  });

  test('is not corrected at the township, nor once it is there', async () => {
    const id = await steps.file();
    await steps.forward(id, agent);
    await steps.arrives(id, clerk);
    await steps.handedOver(id, agent);
    expect(await codesOf(correct(id, { amountFen: 5 }))).toEqual(['NOT_CUSTODIAN']);
    expect(await codesOf(correct(id, { amountFen: 5 }, clerk))).toEqual(['NOT_COMPETENT']);
  });

  test('waits for a township whose program does not know such lines', async () => {
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP, { protocol: OLD_PROTOCOL });
    const plain = await steps.file();
    await steps.forward(plain, agent);
    await steps.arrives(plain, clerk);
    await eventually(async () => {
      const told = `SELECT 1 FROM peer_protocols WHERE node = $1 AND peer = $2 AND protocol = $3`;
      return (await federation.rows(VILLAGE, told, [VILLAGE, TOWNSHIP, OLD_PROTOCOL])).length === 1;
    });
    const id = await steps.file();
    await correct(id, { applicant: { ...applicant, name: '王秀瑛' } });
    await steps.forward(id, agent);
    const waiting = `SELECT kind FROM outbox WHERE node = $1 AND case_id = $2 AND outcome = 'WAITS'`;
    expect(await federation.rows(VILLAGE, waiting, [VILLAGE, id])).toEqual([{ kind: 'DOSSIER' }]);
    await federation.stopHost(TOWNSHIP);
    await federation.startHost(TOWNSHIP);
    await steps.forward(await steps.file(), agent);
    await steps.arrives(id, clerk);
  });
});
