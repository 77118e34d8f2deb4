import { filing } from '@liandong/schema/domains/filing';
import { notes } from '@liandong/schema/domains/notes';
import { enquiries } from '@liandong/schema/domains/enquiries';
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { PersonalDataReadView } from '@liandong/schema/domains/reads';
import type { RoleName } from '@liandong/schema/wire';
import type { Viewer } from '@liandong/schema/operation';
import { personalFieldsOf } from '@liandong/schema/operation';
import { reads as readsDomain } from '@liandong/schema/domains/reads';
import { DOMAINS } from '@liandong/schema/domains';
import { ROLE_SCHEMAS } from '@liandong/schema/wire';
import { roleSchema } from '@liandong/schema/graph';
import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runGroup } from '../commands/index.ts';
import { parkMessage } from '../handoff/parked.ts';
import { CaseSteps, LOW_INCOME, agent, application, clerk } from '../testing/cases.ts';
import { dumpOf } from '../testing/dump.ts';
import { CITY, COUNTY, TOWNSHIP, TestFederation, VILLAGE, personAt } from '../testing/test-federation.ts';

const APPLICANT =
  '{ _filing(keys: [{ id: $id, at: $at }]) { id ...A } } fragment A on Case { applicant { phone nr: idNumber } }';
const supervisor = personAt(COUNTY, 'SUPERVISOR');

let federation: TestFederation;
let steps: CaseSteps;
let id: string;
let slip: { number: string; code: string };

beforeAll(async () => {
  federation = await TestFederation.start({ nodes: [CITY, COUNTY, TOWNSHIP, VILLAGE] });
  steps = new CaseSteps(federation);
  const made = await federation.desk(VILLAGE, filing).fileCase(agent, application());
  id = made.filing.id;
  slip = { number: made.filing.number, code: made.trackingCode };
});
afterAll(() => federation.stop());

const ask = async (viewer: Viewer | null, role: RoleName, query: string, node = VILLAGE) =>
  federation.ask(node, {
    role,
    query,
    variables: { id, at: node },
    token: viewer && (await federation.token(viewer)),
  });
const withVariables = (selection: string) => `query Asked($id: ID!, $at: ID!) ${selection}`;
const readsAt = (division: string) => (viewer: Viewer | null, subject: string) =>
  federation.desk(division, readsDomain).personalDataReadsAt(viewer, { division, subject });
const reads = (node = VILLAGE, subject = id) =>
  readsAt(node)(personAt(node === VILLAGE ? TOWNSHIP : COUNTY, 'SUPERVISOR'), subject);

describe('reading personal data', () => {
  test('is written down: who, when, where, in which post, which fields, for what, in the clear or masked', async () => {
    const before = (await reads()).length;
    const { errors, data } = await ask(agent, 'filing', withVariables(APPLICANT));
    expect([errors, JSON.stringify(data)]).toEqual([undefined, expect.stringContaining('331022********0028')]);
    const lines = await reads();
    expect(lines).toHaveLength(before + 1);
    expect(lines[0]).toEqual({
      at: expect.any(Date),
      division: VILLAGE,
      personName: agent.name,
      roles: ['AGENT'],
      fields: ['Case.applicant.idNumber', 'Case.applicant.phone'],
      masked: true,
      question: 'case',
      purpose: null,
    } satisfies Record<keyof PersonalDataReadView, unknown>);
  });

  test('of a supervisor is written down as masked', async () => {
    await ask(supervisor, 'filing', withVariables(APPLICANT));
    expect((await reads())[0]).toMatchObject({ division: COUNTY, roles: ['SUPERVISOR'], masked: true });
  });

  test('that did not happen is not: other fields, refusals, strangers', async () => {
    const before = (await reads()).length;
    await ask(agent, 'filing', withVariables('{ _filing(keys: [{ id: $id, at: $at }]) { id number filedAt } }'));
    await ask(personAt('331022103210', 'AGENT'), 'filing', withVariables(APPLICANT));
    await ask(null, 'filing', withVariables(APPLICANT));
    expect(await reads()).toHaveLength(before);
  });

  test('of papers, notes and of who asked at the desk is written down too', async () => {
    const notice = '{ caseNotice(case: $id, seq: 1) }';
    await ask(agent, 'handling', `query Asked($id: ID!) ${notice}`);
    expect((await reads())[0]).toMatchObject({ fields: ['Query.caseNotice'], question: 'caseNotice' });
    await federation.desk(VILLAGE, notes).addNote(agent, { case: id, text: '约王秀英周五来', idempotencyKey: null });
    await ask(agent, 'handling', 'query Asked($id: ID!) { caseNotes(case: $id) { text } }');
    expect((await reads())[0]).toMatchObject({ fields: ['Query.caseNotes'], question: 'caseNotes' });
    const asker = { name: '包小敏', phone: '13900009999' };
    const asked = await federation
      .desk(VILLAGE, enquiries)
      .openEnquiry(agent, { item: LOW_INCOME, place: null, asker, idempotencyKey: null });
    await ask(agent, 'enquiries', `{ enquiries(first: 5) { nodes { id asker { phone } } } }`);
    expect((await reads(VILLAGE, asked.id))[0]).toMatchObject({ fields: ['Enquiry.asker.phone'] });
  });

  test('of many cases at once is one line a case', async () => {
    const other = await steps.file();
    const query = `query Asked($at: ID!, $id: ID!) { _filing(keys: [{ id: $id, at: $at }, { id: "${other}", at: $at }]) { applicant { name } } }`;
    await ask(agent, 'filing', query);
    expect((await reads(VILLAGE, other)).map((line) => line.fields)).toEqual([['Case.applicant.name']]);
  });

  test('that cannot be written down shows nothing', async () => {
    await federation.rows(VILLAGE, 'ALTER TABLE personal_data_reads RENAME TO away');
    const { data, errors } = await ask(agent, 'filing', withVariables(APPLICANT));
    await federation.rows(VILLAGE, 'ALTER TABLE away RENAME TO personal_data_reads');
    expect([data, errors?.[0]?.extensions?.code]).toEqual([null, 'INTERNAL']);
  });
});

describe('a number in the clear', () => {
  const SHOW =
    'query Shown($id: ID!, $f: ApplicationNumber!, $e: String, $p: String!) { showPersonalData(case: $id, field: $f, entry: $e, purpose: $p) }';
  const show = async (viewer: Viewer | null, f: string, p: string, e: string | null = null, node = VILLAGE) => {
    const { data, errors } = await federation.ask(node, {
      role: 'filing',
      query: SHOW,
      variables: { id, f, p, e },
      token: viewer && (await federation.token(viewer)),
    });
    return errors ? errors[0]?.extensions : data?.['showPersonalData'];
  };

  test.each([
    ['ID_NUMBER', '331022195203120028', 'Case.applicant.idNumber'],
    ['PHONE', '13800000001', 'Case.applicant.phone'],
  ])('is shown one at a time (%s), after who, when, what and why are written down', async (field, value, noted) => {
    const before = (await reads()).length;
    expect(await show(agent, field, '核对身份')).toBe(value);
    const lines = await reads();
    expect(lines).toHaveLength(before + 1);
    expect(lines[0]).toEqual({
      at: expect.any(Date),
      division: VILLAGE,
      personName: agent.name,
      roles: ['AGENT'],
      fields: [noted],
      masked: false,
      question: 'showPersonalData',
      purpose: '核对身份',
    } satisfies Record<keyof PersonalDataReadView, unknown>);
    const query = `{ personalDataReads(number: "${slip.number}", code: "${slip.code}") { fields purpose } }`;
    const { data } = await ask(null, 'sharing', query);
    expect(JSON.stringify(data)).toContain('核对身份');
  });

  test.each([
    ['without a purpose', agent, 'PHONE', '', null, { code: 'REASON_MISSING', field: 'purpose' }],
    ['for a purpose that has a number in it', agent, 'PHONE', '致电 13800000001', null, { code: 'BAD_INPUT' }],
    ['of no entry of the form', agent, 'FORM_ENTRY', '核对', null, { code: 'BAD_INPUT', field: 'entry' }],
    ['of an entry the form does not have', agent, 'FORM_ENTRY', '核对', 'x', { code: 'NOT_FOUND', field: 'entry' }],
    ['of an entry beside the phone', agent, 'PHONE', '核对', 'x', { code: 'BAD_INPUT', field: 'entry' }],
    ['to a supervisor', supervisor, 'PHONE', '抽查', null, { code: 'FORBIDDEN' }],
    ['to another village', personAt('331022103210', 'AGENT'), 'PHONE', '核对', null, { code: 'FORBIDDEN' }],
    ['to the public', null, 'PHONE', '核对', null, { code: 'UNAUTHENTICATED' }],
  ] as const)('is refused %s, and nothing is written down', async (_, viewer, field, why, entry, refusal) => {
    const before = (await reads()).length;
    expect(await show(viewer, field, why, entry)).toMatchObject(refusal);
    expect(await reads()).toHaveLength(before);
  });

  test('is not shown if it cannot be written down', async () => {
    await federation.rows(VILLAGE, 'ALTER TABLE personal_data_reads RENAME TO away');
    const shown = await show(agent, 'PHONE', '核对身份');
    await federation.rows(VILLAGE, 'ALTER TABLE away RENAME TO personal_data_reads');
    expect(shown).toMatchObject({ code: 'INTERNAL' });
  });

  test('is shown at a desk that holds the case from its own database, and written down there', async () => {
    const moved = await steps.file();
    await steps.forward(moved, agent);
    await steps.arrives(moved, clerk);
    const { data } = await federation.ask(TOWNSHIP, {
      role: 'filing',
      query: `{ showPersonalData(case: "${moved}", field: PHONE, purpose: "电话核实") }`,
      variables: {},
      token: await federation.token(clerk),
    });
    expect(data).toEqual({ showPersonalData: '13800000001' });
    expect((await reads(TOWNSHIP, moved))[0]).toMatchObject({ personName: clerk.name, purpose: '电话核实' });
  });
});

describe('reading by a command on the host', () => {
  const command = async (...argv: string[]) => {
    let out = '';
    await runGroup(argv, { environment: federation.environment(VILLAGE), print: (text) => void (out += text) });
    return out;
  };
  const exported = (...more: string[]) => command('case', 'export', id, '--node', VILLAGE, ...more);
  const why = ['--why', '复议机关调卷', '--by', '包主任'];

  test('is written down with the login, the command, the case and why, and told to whom it is about', async () => {
    expect(await exported('--with-application', '--with-materials', ...why)).toContain('331022195203120028');
    expect((await reads())[0]).toEqual({
      at: expect.any(Date),
      division: VILLAGE,
      personName: '包主任',
      roles: [],
      fields: ['application', 'materials'],
      masked: false,
      question: 'case export',
      purpose: '复议机关调卷',
    } satisfies Record<keyof PersonalDataReadView, unknown>);
    const [line] = await federation.rows<{ person: string }>(
      VILLAGE,
      `SELECT person FROM personal_data_reads WHERE question = 'case export' ORDER BY id DESC LIMIT 1`,
    );
    expect(line?.person).toBe(`os:${userInfo().username}`);
    const query = `{ personalDataReads(number: "${slip.number}", code: "${slip.code}") { question purpose } }`;
    const { data } = await ask(null, 'sharing', query);
    expect(JSON.stringify(data)).toContain('复议机关调卷');
  });

  test('without a purpose is refused and shows nothing; without personal data it needs none and leaves no line', async () => {
    const before = (await reads()).length;
    for (const part of ['--with-application', '--with-materials']) {
      await expect(exported(part)).rejects.toMatchObject({ code: 'BAD_INPUT', problems: [{ field: 'why' }] });
    }
    expect(await exported()).not.toContain('331022195203120028');
    expect(await reads()).toHaveLength(before);
  });

  test('that cannot be written down shows nothing', async () => {
    await federation.rows(VILLAGE, 'ALTER TABLE personal_data_reads RENAME TO away');
    const shown: string[] = [];
    const terminal = { environment: federation.environment(VILLAGE), print: (text: string) => void shown.push(text) };
    const words = ['case', 'export', id, '--node', VILLAGE, '--with-application', ...why];
    await expect(runGroup(words, terminal)).rejects.toThrow('personal_data_reads');
    await federation.rows(VILLAGE, 'ALTER TABLE away RENAME TO personal_data_reads');
    expect(shown).toEqual([]);
  });

  test('of what was set aside is written down by case, or by message where it names none', async () => {
    const park = async (body: string) => {
      const parked = { id: randomUUID(), sender: TOWNSHIP, kind: 'ECHO' as const, body, code: 'INTERNAL', reason: '' };
      const message = { ...parked, kid: null, envelope: null, bytes: null };
      await federation.db(VILLAGE).transact(VILLAGE, (tx) => parkMessage(tx, message));
      return parked.id;
    };
    const about = await park(JSON.stringify({ case: id, lines: ['王秀英'] }));
    const nothing = await park('王秀英');
    const show = (of: string, ...more: string[]) => command('parked', 'show', of, '--node', VILLAGE, ...more);
    expect(await show(about)).not.toContain('王秀英');
    await expect(show(about, '--body')).rejects.toMatchObject({ code: 'BAD_INPUT' });
    for (const of of [about, nothing]) expect(await show(of, '--body', ...why)).toContain('王秀英');
    for (const subject of [id, nothing]) {
      expect((await reads(VILLAGE, subject))[0]).toMatchObject({ question: 'parked show', fields: ['message'] });
    }
  });
});

describe('the log of reads', () => {
  test('is shown to whom the case is about, by number and tracking code, and to nobody without it', async () => {
    const query = (code: string) =>
      `{ personalDataReads(number: "${slip.number}", code: "${code}") { person posts fields masked } }`;
    const { data } = await ask(null, 'sharing', query(slip.code));
    expect(JSON.stringify(data)).toContain('Case.applicant.phone');
    const { errors } = await ask(null, 'sharing', query('WRONG234'));
    expect(errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
  });

  test('is read by supervisors of the place, and by nobody who handles cases', async () => {
    const readers = readsAt(VILLAGE);
    expect((await readers(supervisor, id)).length).toBeGreaterThan(0);
    for (const viewer of [agent, clerk, personAt(COUNTY, 'CHIEF')]) {
      await expect(readers(viewer, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    await expect(readers(null, id)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(readers(personAt('331023', 'SUPERVISOR'), id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('lets nobody change or remove a line, and holds no personal data itself', async () => {
    for (const sql of [
      `UPDATE personal_data_reads SET person = 'x'`,
      'DELETE FROM personal_data_reads',
      'TRUNCATE personal_data_reads',
    ]) {
      await expect(federation.rows(VILLAGE, sql)).rejects.toThrow('append-only');
    }
    const lines = (await dumpOf(federation.db(VILLAGE)))
      .split('\n')
      .filter((line) => line.startsWith('personal_data_reads'));
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join('\n')).not.toMatch(/331022195203120028|1380000000\d|王秀英|包小敏/);
  });
});

describe('the personal fields of the domains', () => {
  const personal = personalFieldsOf(DOMAINS);
  const fieldsOfGraph = ROLE_SCHEMAS.flatMap((role) =>
    Object.values(roleSchema(role).getTypeMap()).flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields()).map((field) => ({ type: type.name, field: field.name }))
        : [],
    ),
  );

  test('are fields that are there', () => {
    const there = new Set(fieldsOfGraph.map(({ type, field }) => `${type}.${field}`));
    expect(Object.keys(personal).filter((name) => !there.has(name))).toEqual([]);
  });

  test('leave out no field that is called like a number, a phone or an applicant', () => {
    /** Types whose parents are in the table, and names of staff, which are not personal data of an applicant. */
    const covered = new Set([
      'Applicant',
      'AppointmentBooker',
      'Consent',
      'EarlierApplication',
      'EnquiryAsker',
      'EnterpriseContact',
      'InterestedParty',
      'NextApplication',
    ]);
    const found = fieldsOfGraph.filter(
      ({ type, field }) =>
        /^(idNumber|phone|applicant|asker|consent)$/.test(field) &&
        !covered.has(type) &&
        !(`${type}.${field}` in personal),
    );
    // fields of a desk's node that asked for data; an agent's authority, which only the applicant is told; phones of
    // windows and of those in charge, which are published (六公开)
    const others = found.map(({ type, field }) => `${type}.${field}`).filter((name) => !OTHERS.includes(name));
    expect([...new Set(others)]).toEqual([]);
  });
});

const OTHERS = [
  'DataRequest.asker',
  'DataUse.asker',
  'TrackedProxy.consent',
  'ProxyHandling.consent',
  'FilingData.consent',
  'ApplicationCorrectedData.consent',
  'Contact.phone',
  'InCharge.phone',
  'ServiceWindow.phone',
];
