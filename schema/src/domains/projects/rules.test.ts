import { describe, expect, test } from 'vitest';
import { projectLineSchema } from './log.ts';
import {
  at,
  CITY,
  COUNTY,
  divisions,
  OTHER_COUNTY,
  OTHER_TOWNSHIP,
  sha256,
  TOWNSHIP,
  VILLAGE,
} from '../../testing/fixtures.ts';
import { person } from '../../testing/people.ts';
import { dispatched, ID, LEAD, linked, ORDER, post, ProjectLog, TODAY } from '../../testing/project-log.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import type { Role } from '../../kernel/words.ts';
import { PROJECT_ACTIONS, PROJECT_PHASES } from './words.ts';
import { ROLES } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { plusDays } from '../../kernel/calendar.ts';
import type { Dispatch, ProjectDraft } from './steps.ts';
import {
  amendProject,
  answererOf,
  answerOrder,
  dispatchProject,
  endProject,
  flagKeyProject,
  linkCase,
  reachPhase,
  refusedNotice,
  registerProject,
  succeedProject,
  unlinkCase,
} from './steps.ts';
import type { ProjectFile } from './rules.ts';
import {
  beganOn,
  concernedNodes,
  foldProject,
  foldProjectLine,
  overdueOrders,
  phaseOf,
  requireProjectReader,
} from './rules.ts';

describe('a project', () => {
  test('is registered in 立项, within the division of the node that keeps it and not in the future', () => {
    const { file } = ProjectLog.registered();
    expect(file).toMatchObject({ id: ID, node: COUNTY, key: null, lead: null, ended: null });
    expect(phaseOf(file)).toMatchObject({ phase: 'INITIATION', on: '2026-03-02' });
    const register = (change: object) =>
      refusal(() => registerProject(post('CLERK'), { name: 'x', amountFen: 1, place: VILLAGE, on: TODAY, ...change }));
    expect(register({ place: OTHER_COUNTY })).toMatchObject({
      code: 'NOT_COMPETENT',
      field: 'place',
      article: ARTICLES.projects,
    });
    expect(register({ place: '339999' })).toMatchObject({ code: 'UNKNOWN_DIVISION', field: 'place' });
    expect(register({ on: plusDays(TODAY, 1) })).toMatchObject({ code: 'BAD_INPUT', field: 'on' });
    for (const amountFen of [-1, 0.5, Number.NaN, 2 ** 53]) {
      expect(register({ amountFen })).toMatchObject({ code: 'BAD_INPUT', field: 'amountFen' });
    }
  });

  test('moves on by one phase at a time, never back and never beyond the last', () => {
    const all = PROJECT_PHASES.slice(1).reduce((log, phase) => log.reached(phase), ProjectLog.registered());
    expect(all.file.phases.map((p) => p.phase)).toEqual([...PROJECT_PHASES]);
    for (const at of PROJECT_PHASES) {
      const log = PROJECT_PHASES.slice(1, PROJECT_PHASES.indexOf(at) + 1).reduce(
        (l, p) => l.reached(p),
        ProjectLog.registered(),
      );
      for (const phase of PROJECT_PHASES) {
        const next = PROJECT_PHASES.indexOf(phase) === PROJECT_PHASES.indexOf(at) + 1;
        expect(codeOrDone(() => log.reached(phase))).toBe(next ? null : 'PHASE_OUT_OF_ORDER');
      }
    }
  });

  test('reaches no phase before the one ahead of it', () => {
    expect(refusal(() => ProjectLog.registered().reached('DECISION', '2026-03-01'))).toMatchObject({
      code: 'BAD_INPUT',
      field: 'on',
    });
  });

  test('is amended for a reason, and only where something changes', () => {
    const amend = (change: object) => (file: ProjectFile) =>
      amendProject(post('CLERK'), file, { name: null, amountFen: null, reason: '概算调整', ...change });
    const log = ProjectLog.registered().add(amend({ amountFen: 1 }));
    expect(log.file).toMatchObject({ name: '滨海新城产业园', amountFen: 1 });
    expect(refusalCode(() => log.add(amend({})))).toBe('NO_CHANGE');
    expect(refusalCode(() => log.add(amend({ name: 'y', reason: '' })))).toBe('REASON_MISSING');
  });

  test('becomes a key project by the head with a ground, and stops being one', () => {
    const flag =
      (key: boolean, ground = '列入名单') =>
      (file: ProjectFile) =>
        flagKeyProject(post('HEAD'), file, key, ground);
    const keyed = ProjectLog.registered().add(flag(true));
    expect(keyed.file.key).toMatchObject({ ground: '列入名单', actor: { role: 'HEAD' } });
    expect(keyed.add(flag(false)).file.key).toBeNull();
    expect(refusalCode(() => keyed.add(flag(true)))).toBe('NO_CHANGE');
    expect(refusalCode(() => ProjectLog.registered().add(flag(false)))).toBe('NO_CHANGE');
    expect(refusal(() => keyed.add(flag(false, ' ')))).toMatchObject({
      code: 'REASON_MISSING',
      article: ARTICLES.greenChannel,
    });
  });

  test('is dispatched within the division of the node that keeps it, to an organ as lead', () => {
    expect(dispatched().file).toMatchObject({ lead: LEAD, agent: null, orders: [{ number: 1, answer: null }] });
    const refused = (change: Partial<Dispatch>) => refusal(() => dispatched(change));
    expect(refused({ lead: { node: VILLAGE, department: '村委会' } })).toMatchObject({
      code: 'NOT_COMPETENT',
      article: ARTICLES.organsOnly,
    });
    expect(refused({ lead: { node: CITY, department: 'x' } })).toMatchObject({
      code: 'NOT_COMPETENT',
      field: 'lead.node',
    });
    expect(refused({ agent: { node: OTHER_COUNTY, sub: 's', name: 'n' } })).toMatchObject({
      code: 'NOT_COMPETENT',
      field: 'agent.node',
    });
    expect(refused({ orders: [ORDER, { ...ORDER, node: 'x' }] })).toMatchObject({
      code: 'UNKNOWN_DIVISION',
      field: 'orders.1.node',
    });
    expect(refused({ orders: [{ ...ORDER, dueOn: '2026-03-15' }] })).toMatchObject({
      code: 'BAD_INPUT',
      field: 'orders.0.dueOn',
    });
    expect(refused({ orders: [{ ...ORDER, node: COUNTY }] })).toMatchObject({
      code: 'BAD_INPUT',
      field: 'orders.0.department',
    });
    expect(refused({ orders: [{ ...ORDER, text: '致电13800138000' }] })).toMatchObject({
      code: 'BAD_INPUT',
      field: 'orders.0.text',
    });
  });

  test('has its orders answered once, by the node and the department that were ordered', () => {
    const log = dispatched({ orders: [ORDER, { ...ORDER, node: COUNTY, department: '发展改革' }] });
    const { file } = log;
    expect(answererOf(post('CLERK', TOWNSHIP), file, 1, '已落实')).toMatchObject({ role: 'CLERK' });
    expect(answererOf(post('CHIEF', COUNTY, '发展改革'), file, 2, '已赋码')).toMatchObject({ role: 'CHIEF' });
    expect(refusalCode(() => answererOf(post('CHIEF', COUNTY, '民政'), file, 2, 'x'))).toBe('WRONG_DEPARTMENT');
    expect(refusalCode(() => answererOf(post('CLERK', OTHER_TOWNSHIP), file, 1, 'x'))).toBe('NOT_COMPETENT');
    expect(refusalCode(() => answererOf(post('CLERK', TOWNSHIP), file, 3, 'x'))).toBe('NOT_FOUND');
    expect(refusalCode(() => answererOf(post('CLERK', TOWNSHIP), file, 1, ''))).toBe('REASON_MISSING');
    expect(refusalCode(() => answererOf(post('SUPERVISOR', TOWNSHIP), file, 1, 'x'))).toBe('FORBIDDEN');
    expect(overdueOrders(file, TODAY)).toEqual([]);
    expect(overdueOrders(file, '2026-03-17').map((o) => o.number)).toEqual([1, 2]);
    const actor = { sub: 's', name: 'n', role: 'CLERK' } as const;
    const answered = log.add((f) => answerOrder(f, TOWNSHIP, actor, 1, '已落实'));
    expect(overdueOrders(answered.file, '2026-03-17').map((o) => o.number)).toEqual([2]);
    expect(refusalCode(() => answered.add((f) => answerOrder(f, TOWNSHIP, actor, 1, 'x')))).toBe('ORDER_ANSWERED');
    expect(refusalCode(() => log.add((f) => answerOrder(f, OTHER_TOWNSHIP, actor, 1, 'x')))).toBe('NOT_COMPETENT');
  });

  test('that has ended takes no step; what was under way still arrives', () => {
    const ended = dispatched().add((file) => endProject(post('CLERK'), file, '投资方撤回'));
    const { file } = ended;
    for (const act of [
      () => reachPhase(post('CLERK'), file, 'DECISION', TODAY),
      () => flagKeyProject(post('HEAD'), file, true, 'x'),
      () => dispatchProject(post('CHIEF'), file, { lead: LEAD, agent: null, orders: [] }),
      () => amendProject(post('CLERK'), file, { name: 'y', amountFen: null, reason: 'x' }),
      () => endProject(post('CLERK'), file, 'x'),
    ]) {
      expect(refusal(act)).toMatchObject({ code: 'PROJECT_ENDED', field: 'id', article: ARTICLES.projects });
    }
    const actor = { sub: 's', name: 'n', role: 'CLERK' } as const;
    const after = ended
      .add((f) => answerOrder(f, TOWNSHIP, actor, 1, '已落实'))
      .add((f) => linkCase(f, linked))
      .add(() => refusedNotice(TOWNSHIP, 'NOT_COMPETENT'));
    expect(after.file.seq).toBe(file.seq + 3);
    expect(refusalCode(() => endProject(post('CLERK'), ProjectLog.registered().file, ' '))).toBe('REASON_MISSING');
  });

  test('takes a case once', () => {
    const log = ProjectLog.registered().add((file) => linkCase(file, linked));
    expect(log.file.cases).toEqual([linked]);
    expect(linkCase(log.file, linked)).toEqual([]);
  });

  test('lets a case go, and its time no longer begins with it', () => {
    const earlier = { ...linked, filedOn: '2026-01-05' };
    const log = ProjectLog.registered().add((file) => linkCase(file, earlier));
    expect(beganOn(log.file)).toBe('2026-01-05');
    const { file } = log.add((f) => unlinkCase(f, linked.id));
    expect(file.cases).toEqual([]);
    expect(beganOn(file)).toBe(beganOn(ProjectLog.registered().file));
    expect(unlinkCase(file, linked.id)).toEqual([]);
    const after = dispatched()
      .add((f) => linkCase(f, linked))
      .add((f) => endProject(post('CLERK'), f, '投资方撤回'));
    expect(after.add((f) => unlinkCase(f, linked.id)).file.cases).toEqual([]);
  });

  test('concerns the levels above, those over its place, and whoever works on it or its cases', () => {
    expect(concernedNodes(ProjectLog.registered().file, divisions).sort()).toEqual([CITY, TOWNSHIP, VILLAGE]);
    const agent = { node: OTHER_TOWNSHIP, sub: 's', name: 'n' };
    const log = dispatched({ agent }).add((file) =>
      linkCase(file, { ...linked, id: `${OTHER_COUNTY}-case`, decider: CITY }),
    );
    expect(concernedNodes(log.file, divisions).sort()).toEqual(
      [CITY, OTHER_COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE].sort(),
    );
  });

  test('is read by those it concerns and by the levels above, and by nobody else', () => {
    const { file } = ProjectLog.registered();
    const read = (node: string, role: Role) =>
      codeOrDone(() => requireProjectReader(person(node, role), file, divisions));
    for (const [node, role] of [
      [COUNTY, 'CLERK'],
      [CITY, 'SUPERVISOR'],
      [TOWNSHIP, 'CHIEF'],
      [VILLAGE, 'AGENT'],
    ] as const) {
      expect(read(node, role)).toBeNull();
    }
    expect(read(OTHER_TOWNSHIP, 'CLERK')).toBe('FORBIDDEN');
    expect(read(OTHER_COUNTY, 'SUPERVISOR')).toBe('FORBIDDEN');
    expect(read(COUNTY, 'CASHIER')).toBe('FORBIDDEN');
  });
});

describe("a project's log", () => {
  const log = dispatched()
    .reached('DECISION')
    .add((file) => amendProject(post('CLERK'), file, { name: 'y', amountFen: null, reason: 'x' }))
    .add((file) => flagKeyProject(post('HEAD'), file, true, 'x'))
    .add((file) => flagKeyProject(post('HEAD'), file, false, 'x'))
    .add((file) => linkCase(file, linked))
    .add((file) => answerOrder(file, TOWNSHIP, { sub: 's', name: 'n', role: 'CLERK' }, 1, '已落实'))
    .add((file) => linkCase(file, { ...linked, id: `${VILLAGE}-mistaken` }))
    .add((file) => unlinkCase(file, `${VILLAGE}-mistaken`))
    .add(() => refusedNotice(TOWNSHIP, 'NOT_COMPETENT'))
    .add((file) => endProject(post('CLERK'), file, 'x'));

  test('has every kind of line here, each of the form of the contract, and folds the same from the wire', () => {
    const closing = { node: COUNTY, successor: CITY, closing: 'signed', at: at(TODAY), why: 'x' };
    const { lines, file } = log.add((ended) => succeedProject(ended, closing));
    expect(new Set(lines.map((l) => l.action))).toEqual(new Set(PROJECT_ACTIONS));
    const wire = (JSON.parse(JSON.stringify(lines)) as unknown[]).map((line) => projectLineSchema.parse(line));
    expect(wire).toEqual(lines);
    expect(foldProject(wire)).toEqual(file);
  });

  test('is refused with a line missing, doubled, of another project, node or time, or beginning otherwise', () => {
    const [first, second, ...rest] = log.lines;
    if (!first || !second) throw new Error('too short');
    const { file } = ProjectLog.registered();
    for (const change of [
      { seq: 3 },
      { seq: 1 },
      { project: `${COUNTY}-other` },
      { node: CITY },
      { at: '2026-01-01T00:00:00.000Z' },
    ]) {
      expect(refusalCode(() => foldProjectLine(file, { ...second, ...change }))).toBe('CHAIN_BROKEN');
    }
    expect(refusalCode(() => foldProject([second, ...rest]))).toBe('CHAIN_BROKEN');
    expect(refusalCode(() => foldProject([]))).toBe('CHAIN_BROKEN');
    expect(refusalCode(() => foldProject([{ ...first, node: CITY }]))).toBe('CHAIN_BROKEN');
  });

  test('takes no line that the steps would not write', () => {
    const forged = (entry: ProjectDraft) => {
      const { file, lines } = log;
      const head = { project: ID, seq: file.seq + 1, at: file.lastAt.toISOString(), node: COUNTY, prev: sha256('x') };
      return refusalCode(() => foldProject([...lines, { ...head, ...entry }]));
    };
    const actor = { sub: 's', name: 'n', role: 'CLERK' } as const;
    expect(forged({ action: 'PHASE_REACHED', actor, data: { phase: 'APPROVAL', on: TODAY } })).toBe('ILLEGAL_STEP');
    expect(forged({ action: 'ORDER_ANSWERED', actor, data: { order: 1, node: TOWNSHIP, answer: 'x' } })).toBe(
      'ILLEGAL_STEP',
    );
    const { id, ...rest } = linked;
    expect(forged({ action: 'CASE_LINKED', actor, data: { case: id, ...rest } })).toBe('ILLEGAL_STEP');
    expect(forged({ action: 'CASE_LEFT', actor, data: { case: `${VILLAGE}-none` } })).toBe('ILLEGAL_STEP');
    expect(forged({ action: 'REGISTERED', actor, data: { name: 'x', amountFen: 1, place: VILLAGE, on: TODAY } })).toBe(
      'ILLEGAL_STEP',
    );
    const open = dispatched();
    for (const entry of [
      { action: 'PHASE_REACHED', actor, data: { phase: 'CONSTRUCTION', on: TODAY } },
      { action: 'PHASE_REACHED', actor, data: { phase: 'DECISION', on: '2026-01-01' } },
      { action: 'KEY_UNFLAGGED', actor, data: { ground: 'x' } },
      { action: 'ORDERED', actor, data: { order: 3, ...ORDER } },
      { action: 'ORDER_ANSWERED', actor, data: { order: 1, node: VILLAGE, answer: 'x' } },
    ] as const) {
      expect(refusalCode(() => open.add(() => [entry]))).toBe('ILLEGAL_STEP');
    }
  });
});

const everyone = ROLES.flatMap((role) => [CITY, COUNTY, TOWNSHIP, VILLAGE].map((node) => ({ role, node })));
describe('who may', () => {
  const inKeeping = (node: string) => node === CITY || node === COUNTY;
  test.each(everyone)('register, move on, flag and dispatch: $role at $node', ({ role, node }) => {
    const { file } = ProjectLog.registered();
    const may = (act: () => unknown, roles: readonly Role[]) =>
      expect(codeOrDone(act)).toBe(roles.includes(role) && inKeeping(node) ? null : 'FORBIDDEN');
    const desk = post(role, node);
    may(() => registerProject(desk, { name: 'x', amountFen: 1, place: VILLAGE, on: TODAY }), ['CLERK', 'CHIEF']);
    may(() => reachPhase(desk, file, 'DECISION', TODAY), ['CLERK', 'CHIEF']);
    may(() => amendProject(desk, file, { name: 'y', amountFen: null, reason: 'x' }), ['CLERK', 'CHIEF']);
    may(() => endProject(desk, file, 'x'), ['CLERK', 'CHIEF']);
    may(() => flagKeyProject(desk, file, true, 'x'), ['HEAD']);
    may(() => dispatchProject(desk, file, { lead: LEAD, agent: null, orders: [] }), ['CHIEF']);
  });
});

describe('a project whose keeper is closed', () => {
  const TO_CITY = { node: COUNTY, successor: CITY, closing: 'signed', at: at(TODAY), why: '撤县设区' };
  const succeeded = () => dispatched().add((file) => succeedProject(file, TO_CITY));

  test('is kept by the successor, who writes on where the log ended', () => {
    const { file } = succeeded();
    expect(file).toMatchObject({ node: CITY, former: [COUNTY], lead: LEAD });
    const name = '滨海新城产业园二期';
    const change = { name, amountFen: null, reason: '更名' };
    expect(succeeded().add((f) => amendProject(post('CLERK', CITY), f, change)).file.name).toBe(name);
    const [line] = amendProject(post('CLERK', COUNTY), file, change);
    const head = { project: ID, seq: file.seq + 1, at: at(TODAY).toISOString(), prev: sha256('x') };
    expect(line && refusalCode(() => foldProjectLine(file, { ...head, ...line, node: COUNTY }))).toBe('CHAIN_BROKEN');
  });

  test('also when it has ended, and tells those it concerned as before, the closed keeper too', () => {
    const ended = dispatched().add((file) => endProject(post('CLERK'), file, '停建'));
    expect(ended.add((file) => succeedProject(file, TO_CITY)).file.node).toBe(CITY);
    const concerned = concernedNodes(dispatched().file, divisions);
    const now = concernedNodes(succeeded().file, divisions);
    expect(new Set([...now, CITY])).toEqual(new Set([...concerned, COUNTY]));
  });

  test('is no other’s than the keeper’s to give, nor a person’s, and goes to another', () => {
    const { file } = dispatched();
    expect(succeedProject(file, { ...TO_CITY, node: OTHER_COUNTY })).toEqual([]);
    const head = { project: ID, seq: file.seq + 1, at: at(TODAY).toISOString(), node: COUNTY, prev: sha256('x') };
    const [line] = succeedProject(file, TO_CITY);
    if (line?.action !== 'SUCCEEDED') throw new Error('no line');
    const fold = (change: object, actor = line.actor) =>
      refusalCode(() => foldProjectLine(file, { ...head, ...line, actor, data: { ...line.data, ...change } }));
    expect(fold({ node: OTHER_COUNTY })).toBe('ILLEGAL_STEP');
    expect(fold({ successor: COUNTY })).toBe('ILLEGAL_STEP');
    expect(fold({}, { sub: 'c', name: '窗口人员', role: 'CLERK' })).toBe('ILLEGAL_STEP');
  });
});
