import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import {
  at,
  COUNTY,
  divisions,
  material,
  NEIGHBOUR_VILLAGE,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  VILLAGE,
} from '../../testing/fixtures.ts';
import { codeOrDone, refusal, refusalCode } from '../../testing/refusals.ts';
import type { Role } from '../../kernel/words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { requireFileReader } from '../../case/case-file.ts';
import type { StandIn } from '../roster/stand-ins.ts';
import type { ProxyEvent } from './steps.ts';
import { acceptCase } from '../handling/acceptance.ts';
import { actAs } from '../../case/step-rules.ts';
import { decideCase, reviewCase } from '../handling/decision.ts';
import { fileCase } from '../filing/steps.ts';
import { forwardCase } from '../handling/hand-off.ts';
import { proxyEvent, proxyTeller, takeOverCase } from './steps.ts';
import { withdrawCase } from '../handling/endings.ts';

const CONSENT = { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00.000Z' } as const;
const proxied = (consent: object = {}) => CaseLog.filed({ data: { consent: { ...CONSENT, ...consent } } });
const contact: Exclude<ProxyEvent, { action: 'AGENT_CHANGED' }> = {
  action: 'CONTACTED',
  data: { with: 'APPLICANT', way: 'VISIT', what: '上门核对材料' },
};
const revocation: ProxyEvent = { action: 'CONSENT_REVOKED', data: { way: 'SIGNATURE', reason: null } };
const agent = { sub: 'agent-1', name: '代办员', role: 'AGENT' } as const;

describe("an agent's consent", () => {
  test('lets the agent go on with the case while it holds', () => {
    const log = proxied({ from: '2026-03-01', until: '2026-03-31', scope: '代办低保' });
    const step = forwardCase(deskOf(VILLAGE, 'AGENT'), log.file, null);
    expect(step.lines[0].actor.role).toBe('AGENT');
    expect(log.file.proxy?.consent).toMatchObject({ scope: '代办低保', until: '2026-03-31', revokedAt: null });
  });

  test('holds on its last day and ends after it', () => {
    const { file } = proxied({ until: '2026-03-03' });
    expect(codeOrDone(() => forwardCase(deskOf(VILLAGE, 'AGENT'), file, null))).toBeNull();
    const next = deskOf(VILLAGE, 'AGENT', { now: at('2026-03-04') });
    expect(refusal(() => forwardCase(next, file, null))).toMatchObject({
      code: 'CONSENT_EXPIRED',
      article: ARTICLES.proxyEnds,
    });
  });

  test("once taken back ends the agent's steps, and the desk's clerks go on", () => {
    const { file } = proxied().consentRevoked();
    const agentDesk = deskOf(VILLAGE, 'AGENT');
    expect(refusalCode(() => forwardCase(agentDesk, file, null))).toBe('CONSENT_REVOKED');
    expect(refusalCode(() => withdrawCase(agentDesk, file, '不办了'))).toBe('CONSENT_REVOKED');
    expect(forwardCase(deskOf(VILLAGE, 'CLERK'), file, null).handOff?.to).toBe(TOWNSHIP);
    const both = forwardCase(deskOf(VILLAGE, ['AGENT', 'CLERK']), file, null);
    expect(both.lines[0].actor.role).toBe('CLERK');
  });

  test('that ended, or has not begun, files nothing', () => {
    const filing = (consent: object) => ({
      number: 'n',
      place: VILLAGE,
      application: 'a'.repeat(64),
      consent: { ...CONSENT, ...consent },
      materials: [material('户口簿')],
    });
    const desk = deskOf(VILLAGE, 'AGENT');
    expect(codeOrDone(() => fileCase(desk, filing({ until: '2026-03-03' })))).toBeNull();
    expect(refusal(() => fileCase(desk, filing({ until: '2026-03-02' })))).toMatchObject({
      code: 'CONSENT_EXPIRED',
      field: 'consent.until',
    });
    expect(refusal(() => fileCase(desk, filing({ from: '2026-03-04' })))).toMatchObject({
      code: 'CONSENT_MISSING',
      field: 'consent.from',
    });
  });

  test('stays taken back, and keeps its contacts, when a draft is filed', () => {
    const log = CaseLog.drafted({ data: { consent: CONSENT } })
      .contacted()
      .consentRevoked()
      .filedAfterDraft();
    expect(log.file.proxy?.consent.revokedAt).not.toBeNull();
    expect(log.file.proxy?.contacts).toHaveLength(1);
  });
});

describe('a contact', () => {
  test('is told at the desk that took the case in, also while another holds it', () => {
    const { file } = proxied().handedTo(TOWNSHIP);
    const actor = proxyTeller(deskOf(VILLAGE, 'AGENT'), file, contact);
    const after = proxied()
      .handedTo(TOWNSHIP)
      .taken(proxyEvent(file, actor, contact, at('2026-03-03')), at('2026-03-03'));
    expect(after.file.proxy?.contacts).toMatchObject([{ node: TOWNSHIP, actor: { role: 'AGENT' }, way: 'VISIT' }]);
  });

  test('is refused at a desk that never held the case, and to a supervisor', () => {
    const { file } = proxied();
    expect(refusalCode(() => proxyTeller(deskOf(NEIGHBOUR_VILLAGE, 'AGENT'), file, contact))).toBe('NOT_COMPETENT');
    expect(refusalCode(() => proxyTeller(deskOf(VILLAGE, 'SUPERVISOR'), file, contact))).toBe('FORBIDDEN');
  });

  test('needs a consent that holds', () => {
    const now = at('2026-03-03');
    expect(refusalCode(() => proxyEvent(CaseLog.filed().file, agent, contact, now))).toBe('CONSENT_MISSING');
    expect(refusalCode(() => proxyEvent(proxied().consentRevoked().file, agent, contact, now))).toBe('CONSENT_REVOKED');
    expect(refusalCode(() => proxyEvent(proxied({ until: '2026-03-02' }).file, agent, contact, now))).toBe(
      'CONSENT_EXPIRED',
    );
  });

  test.each(['致电13800138000', '身份证 3310 2219 9001', '银行卡6222020200012345678'])(
    'that names a number of a person is refused: %s',
    (what) => {
      const data = { with: 'APPLICANT', way: 'PHONE', what } as const;
      const act = () => proxyEvent(proxied().file, agent, { action: 'CONTACTED', data }, at('2026-03-03'));
      expect(refusal(act)).toMatchObject({ code: 'BAD_INPUT', field: 'what', article: ARTICLES.leastData });
    },
  );
});

test('a consent is taken back once, also one whose term has ended', () => {
  const now = at('2026-03-03');
  expect(codeOrDone(() => proxyEvent(proxied({ until: '2026-03-02' }).file, agent, revocation, now))).toBeNull();
  expect(refusalCode(() => proxyEvent(proxied().consentRevoked().file, agent, revocation, now))).toBe(
    'CONSENT_REVOKED',
  );
});

describe('a take-over', () => {
  const by = { sub: 'team', name: '帮办员', role: 'AGENT' } as const;
  const village = { node: VILLAGE, divisions };

  test("hands a village's case to its own township", () => {
    const step = takeOverCase(village, proxied().file, TOWNSHIP, by, '代办员请假');
    expect(step.lines[0]).toMatchObject({ action: 'TRANSFERRED', actor: by });
    expect(step.handOff?.to).toBe(TOWNSHIP);
  });

  test('makes whoever asked the agent of the case, and nobody where the hand-off is refused', () => {
    const before = proxied().file.proxy?.agent;
    expect(before).toEqual({ node: VILLAGE, sub: `agent-${VILLAGE}`, name: '代办员' });
    const under = proxied().taken(takeOverCase(village, proxied().file, TOWNSHIP, by, '代办员请假'), at('2026-03-03'));
    expect(under.received().file.proxy).toMatchObject({
      agent: { node: TOWNSHIP, sub: 'team', name: '帮办员' },
      agentBefore: null,
    });
    expect(under.handOffRefused().file.proxy).toMatchObject({ agent: before, agentBefore: null });
  });

  test("only handed over, a case is the other desk's team's", () => {
    const { file } = proxied().transferred(TOWNSHIP).received();
    expect(file.proxy?.agent).toEqual({ node: TOWNSHIP, sub: null, name: null });
    expect(proxied().forwarded(TOWNSHIP).received().file.proxy?.agent.node).toBe(VILLAGE);
  });

  test.each([OTHER_TOWNSHIP, COUNTY, NEIGHBOUR_VILLAGE])('is refused to %s', (other) => {
    expect(refusalCode(() => takeOverCase(village, proxied().file, other, by, '代办'))).toBe('NOT_COMPETENT');
  });

  test('is refused without a reason, and of a case the village does not hold', () => {
    expect(refusalCode(() => takeOverCase(village, proxied().file, TOWNSHIP, by, ' '))).toBe('REASON_MISSING');
    const gone = proxied().forwarded(TOWNSHIP).file;
    expect(refusalCode(() => takeOverCase(village, gone, TOWNSHIP, by, '代办'))).toBe('CASE_IN_TRANSIT');
    const there = proxied().handedTo(TOWNSHIP).file;
    expect(refusalCode(() => takeOverCase(village, there, TOWNSHIP, by, '代办'))).toBe('NOT_CUSTODIAN');
  });
});

describe('a stand-in (AB角)', () => {
  const post = (as: Partial<StandIn> = {}): StandIn => ({
    role: 'CHIEF',
    absent: { sub: 'chief-A', name: '首席A' },
    department: null,
    standIn: 'clerk-B',
    from: '2026-03-02',
    until: '2026-03-06',
    ...as,
  });
  const atCounty = () => CaseLog.filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY);
  const reviewed = () => atCounty().reviewed();
  const desk = (standIns: StandIn[], sub = 'clerk-B', role: Role = 'CLERK') =>
    deskOf(COUNTY, role, { sub, standIns, now: at('2026-03-05') });

  test('decides in the post, and the log says for whom', () => {
    const { actor } = decideCase(desk([post()]), reviewed().file, 'GRANTED', null).lines[0];
    expect(actor).toMatchObject({ sub: 'clerk-B', role: 'CHIEF', for: { sub: 'chief-A', name: '首席A' } });
  });

  test.each<[string, Partial<StandIn>]>([
    ['before the term', { from: '2026-03-06' }],
    ['after the term', { until: '2026-03-04' }],
    ["in another's place", { standIn: 'clerk-C' }],
    ['in a post that may not decide', { role: 'CLERK' }],
    ["in another department's post", { department: '公安' }],
  ])('is refused %s', (_, as) => {
    expect(refusalCode(() => decideCase(desk([post(as)]), reviewed().file, 'GRANTED', null))).toBe('FORBIDDEN');
  });

  test('does not decide what the same person reviewed, nor what the absent one reviewed', () => {
    const own = atCounty().taken(reviewCase(desk([]), atCounty().file, 'APPROVE', null), at('2026-03-05'));
    expect(refusalCode(() => decideCase(desk([post()]), own.file, 'GRANTED', null))).toBe('SAME_PERSON');
    const theirs = atCounty().reviewed('APPROVE', { actor: { sub: 'chief-A', name: '首席A', role: 'CLERK' } });
    expect(refusalCode(() => decideCase(desk([post()]), theirs.file, 'GRANTED', null))).toBe('SAME_PERSON');
  });

  test('whoever stands in for whom, no person both reviews and decides a case', () => {
    const people = ['p1', 'p2', 'p3'];
    const anyPost = fc.record({
      role: fc.constantFrom<Role>('CLERK', 'CHIEF', 'HEAD'),
      absent: fc.constantFrom(...people).map((sub) => ({ sub, name: sub })),
      department: fc.constant(null),
      standIn: fc.constantFrom(...people),
      from: fc.constant('2026-03-02'),
      until: fc.constant('2026-03-06'),
    });
    const anyWho = fc.tuple(fc.constantFrom(...people), fc.constantFrom<Role>('CLERK', 'CHIEF', 'HEAD', 'AGENT'));
    let decided = 0;
    fc.assert(
      fc.property(fc.array(anyPost, { minLength: 1, maxLength: 6 }), anyWho, anyWho, (posts, one, other) => {
        const log = atCounty();
        const deskFor = ([sub, role]: [string, Role]) => desk(posts, sub, role);
        if (codeOrDone(() => reviewCase(deskFor(one), log.file, 'APPROVE', null)) !== null) return;
        const after = log.taken(reviewCase(deskFor(one), log.file, 'APPROVE', null), at('2026-03-05'));
        if (codeOrDone(() => decideCase(deskFor(other), after.file, 'GRANTED', null)) !== null) return;
        const { actor } = decideCase(deskFor(other), after.file, 'GRANTED', null).lines[0];
        const reviewer = after.file.reviews.at(-1)?.actor;
        const involved = [reviewer?.sub, reviewer?.for?.sub].filter((sub) => sub !== undefined);
        const deciders = [actor.sub, actor.for?.sub ?? actor.sub];
        expect(deciders.filter((sub) => involved.includes(sub))).toEqual([]);
        decided++;
      }),
      { numRuns: 500 },
    );
    expect(decided).toBeGreaterThan(20);
  });

  test('without a post of the kind nobody accepts by standing in', () => {
    const { file } = CaseLog.filed().handedTo(TOWNSHIP);
    const town = (standIns: StandIn[]) => deskOf(TOWNSHIP, 'AGENT', { sub: 'clerk-B', standIns });
    expect(codeOrDone(() => acceptCase(town([post({ role: 'CLERK' })]), file, null))).toBeNull();
    expect(refusalCode(() => acceptCase(town([post()]), file, null))).toBe('FORBIDDEN');
  });
});

describe('a token that acts for somebody', () => {
  const { file } = proxied();
  const acting = (onlyCase?: string) => {
    const desk = deskOf(VILLAGE, 'AGENT');
    const bound = onlyCase === undefined ? {} : { onlyCase };
    return { ...desk, viewer: { ...desk.viewer, actsFor: 'applicant-7', ...bound } };
  };
  test('says so in the log', () => {
    expect(forwardCase(acting(), file, null).lines[0].actor.for).toEqual({ sub: 'applicant-7', name: null });
  });

  test('and was given for one case takes the steps of that case', () => {
    const desk = acting(file.number);
    expect(codeOrDone(() => forwardCase(desk, file, null))).toBeNull();
    expect(codeOrDone(() => proxyTeller(desk, file, contact))).toBeNull();
    expect(codeOrDone(() => requireFileReader(desk.viewer, file, divisions))).toBeNull();
  });

  test('and was given for one case takes no step of another, reads none, and files none', () => {
    const desk = acting(`${file.number}1`);
    expect(refusalCode(() => forwardCase(desk, file, null))).toBe('FORBIDDEN');
    expect(refusalCode(() => withdrawCase(desk, file, '不办了'))).toBe('FORBIDDEN');
    expect(refusalCode(() => proxyTeller(desk, file, contact))).toBe('FORBIDDEN');
    expect(refusalCode(() => requireFileReader(desk.viewer, file, divisions))).toBe('FORBIDDEN');
    expect(refusalCode(() => actAs(acting(file.number), 'FILE_CASE', { item: file.item, number: null }))).toBe(
      'FORBIDDEN',
    );
    expect(refusalCode(() => actAs(acting(file.number), 'REPORT_ABSENCE', null))).toBe('FORBIDDEN');
  });
});
