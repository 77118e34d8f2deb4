import { describe, expect, test } from 'vitest';
import { CaseLog } from '../testing/case-log.ts';
import { COUNTY, itemOf, material, sha256, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { deemedRenewed, licenceAccepted, withHearing } from '../testing/hearing-log.ts';
import type { LogAction } from './log-words.ts';
import { LOG_ACTIONS } from './log-words.ts';
import type { LogLine } from './log-line.ts';
import { logDataSchemas, logLineSchema, materialSchema, NODE_ACTOR } from './log-line.ts';

/** One valid line of every action, from real journeys. */
const CORRECTED = {
  parts: ['APPLICANT' as const],
  reason: '电话有误',
  application: 'a'.repeat(64),
  consent: null,
  facts: { amountFen: null },
};
const lines: LogLine[] = [
  ...CaseLog.filed({ materials: [] })
    .handedTo(TOWNSHIP)
    .asked(['户口簿'])
    .returned(VILLAGE)
    .received()
    .supplemented(['户口簿'])
    .handedTo(TOWNSHIP)
    .accepted()
    .reviewed()
    .forwarded(COUNTY)
    .handOffRefused()
    .handedTo(COUNTY)
    .reviewed()
    .decided('REFUSED').lines,
  ...CaseLog.filed().handedTo(TOWNSHIP).notAccepted().lines,
  ...CaseLog.filed({ data: { consent: { way: 'ONLINE', givenAt: '2026-03-02T00:00:00Z' } } }).withdrawn().lines,
  ...CaseLog.entrusted().rerouted().lines,
  ...CaseLog.drafted().transferred(TOWNSHIP).lines,
  ...CaseLog.drafted()
    .handedTo(COUNTY)
    .prechecked()
    .returned(VILLAGE)
    .received()
    .filedAfterDraft()
    .handedTo(TOWNSHIP)
    .accepted()
    .reviewed()
    .handedTo(COUNTY)
    .procedureStarted()
    .procedureEnded()
    .extended()
    .reviewed()
    .decided()
    .issued()
    .assigned()
    .received()
    .delivered('AGENT')
    .closed()
    .rated().lines,
  ...CaseLog.answerable().answered().lines,
  ...CaseLog.filed({ node: COUNTY, acceptor: COUNTY, decider: COUNTY })
    .accepted()
    .reviewed()
    .reported()
    .reportProgressed()
    .reportDecided().lines,
  ...CaseLog.filed().handedTo(TOWNSHIP).terminated().lines,
  ...CaseLog.filed().handedTo(TOWNSHIP).accepted().billed().paid(100).refunded(50).waiverProposed(70).waived().lines,
  ...CaseLog.filed().handedTo(TOWNSHIP).voided().lines,
  ...CaseLog.filed({ data: { consent: { way: 'ONLINE', givenAt: '2026-03-02T00:00:00Z' } } })
    .contacted()
    .agentChanged({ node: VILLAGE, sub: 'agent-b', name: '代办员B' })
    .consentRevoked().lines,
  ...CaseLog.filed().urgencyAsked().handedTo(TOWNSHIP).urgencyDecided().onGreenChannel().projectLeft().lines,
  ...CaseLog.filed()
    .add({ action: 'MATERIALS_ARRANGED', data: { materials: [] } })
    .add({ action: 'APPLICATION_CORRECTED', data: CORRECTED }).lines,
  ...jointly(),
  ...jointlyOverNodes(),
  ...withHearing(licenceAccepted(), 'told', 'heard', 'offered', 'requested', 'called', 'recused', 'called', 'held')
    .lines,
  ...CaseLog.filed().handedTo(TOWNSHIP).succeeded(TOWNSHIP, COUNTY).handedOver(COUNTY).lines,
  ...withHearing(licenceAccepted(), 'offered', 'waived').lines,
  ...deemedRenewed(licenceAccepted(itemOf('3310-LY-001'), { expiresOn: '2026-04-30' })).lines,
];

/** Joint handling with everything that can happen in it. */
function jointly(): readonly LogLine[] {
  const opened = CaseLog.filed()
    .handedTo(TOWNSHIP)
    .accepted()
    .reviewed()
    .handedTo(COUNTY)
    .jointOpened(['OPINION', 'OPINION', 'OPINION'])
    .opinionGiven(1, 'OBJECT');
  const days = (n: number) => new Date(opened.file.lastAt.getTime() + n * 86_400_000).toISOString();
  const attendance = [{ party: 1, as: 'PRESENT' as const, reason: null }];
  const corrections = [{ party: 1, text: '补设疏散指示', mandatory: true }];
  return opened
    .add({ action: 'OBJECTION_RESOLVED', data: { party: 1, end: 'SETTLED', resolution: '已协调' } })
    .add({ action: 'OPINION_EXCUSED', data: { party: 2, reason: '需检测', dueAt: days(40) } })
    .add({ action: 'VISIT_SCHEDULED', data: { at: opened.file.lastAt.toISOString(), place: '厂区', parties: [1] } })
    .add({ action: 'VISIT_RECORDED', data: { record: '已踏勘', attendance, corrections } })
    .add({ action: 'CORRECTION_MADE', data: { correction: 1, evidence: '照片' } })
    .add({ action: 'OPINION_LAPSED', data: { party: 3, effect: 'CONSENT' } }, { actor: NODE_ACTOR, at: days(31) })
    .add({ action: 'PARTY_REMINDED', data: { party: 2 } })
    .add({ action: 'QUESTION_WITHDRAWN', data: { party: 2, reason: '机构撤并' } }).lines;
}

/** Lines with answers of another node's party. */
function jointlyOverNodes(): readonly LogLine[] {
  const asked = CaseLog.filed({ node: COUNTY, acceptor: COUNTY, decider: COUNTY }).accepted().farPartyCalled(TOWNSHIP);
  const at = asked.file.lastAt.toISOString();
  const visitAt = asked.file.joint?.visit?.at.toISOString() ?? at;
  const dueAt = new Date(asked.file.lastAt.getTime() + 60 * 86_400_000).toISOString();
  const head = { actor: NODE_ACTOR };
  const excused = { party: 1, visitAt, reason: '抢险', answeredAt: at, answer: 'signed' };
  return asked
    .add({ action: 'PARTY_ASKED', data: { party: 1, askedAt: at, dueAt, answer: 'signed' } }, head)
    .add({ action: 'PARTY_CALLED', data: { party: 1, calledAt: at, visitAt, answer: 'signed' } }, head)
    .add({ action: 'VISIT_EXCUSED', data: excused }).lines;
}

function lineOf(action: LogAction): LogLine {
  const line = lines.find((l) => l.action === action);
  if (!line) throw new Error(`No line is ${action}.`);
  return line;
}

const isLine = (value: unknown) => logLineSchema.safeParse(value).success;

describe('a line of the log', () => {
  test.each(LOG_ACTIONS)('that is %s is taken as it is', (action) => {
    expect(logLineSchema.parse(lineOf(action))).toEqual(lineOf(action));
  });

  test('of every kind of the list has data of its own', () => {
    expect(Object.keys(logDataSchemas).sort()).toEqual([...LOG_ACTIONS].sort());
  });

  test.each([
    ['no case', { case: '' }],
    ['the number 0', { seq: 0 }],
    ['half a number', { seq: 1.5 }],
    ['a number as text', { seq: '1' }],
    ['the epoch 0', { epoch: 0 }],
    ['a time that is none', { at: 'soon' }],
    ['a time without milliseconds', { at: '2026-03-02T01:00:00Z' }],
    ['a time of another zone', { at: '2026-03-02T09:00:00.000+08:00' }],
    ['a node that is none', { node: 'sanmen' }],
    ['an actor without a name', { actor: { sub: 'x', name: '', role: 'CLERK' } }],
    ['an actor without an id', { actor: { sub: '', name: 'x', role: 'CLERK' } }],
    ['an actor of an unknown role', { actor: { sub: 'x', name: 'x', role: 'KING' } }],
    ['an actor whose role is left out', { actor: { sub: 'x', name: 'x' } }],
    ['a digest that is none', { prev: 'abc' }],
    ['a digest in capitals', { prev: sha256('x').toUpperCase() }],
    ['no word on the line ahead', { prev: undefined }],
    ['a note that is a number', { note: 7 }],
    ['an unknown action', { action: 'LOST' }],
    ['the data of another action', { action: 'DECIDED' }],
    ['no data', { data: undefined }],
  ])('with %s is refused', (_, changes) => {
    expect(isLine({ ...lineOf('FORWARDED'), ...changes })).toBe(false);
  });

  test.each<[string, LogAction, Record<string, unknown>]>([
    ['a hand-off of epoch 1', 'FORWARDED', { epoch: 1 }],
    ['a hand-off to nowhere', 'RETURNED', { to: '' }],
    ['a receipt from nowhere', 'RECEIVED', { from: 'x' }],
    ['a receipt of epoch 1', 'RECEIVED', { epoch: 1 }],
    ['a refusal of a hand-off of epoch 1', 'HANDOFF_REFUSED', { epoch: 1 }],
    ['a refusal of a hand-off without its code', 'HANDOFF_REFUSED', { code: '' }],
    ['a notice that names nothing', 'SUPPLEMENT_REQUESTED', { missing: [] }],
    ['a notice without a reason', 'SUPPLEMENT_REQUESTED', { missing: [{ material: '户口簿', reason: '' }] }],
    ['a notice of a material without a name', 'SUPPLEMENT_REQUESTED', { missing: [{ material: '', reason: 'r' }] }],
    ['a supplement of nothing', 'SUPPLEMENTED', { materials: [] }],
    ['an acceptance from a day that is none', 'ACCEPTED', { from: '2026-02-30' }],
    ['an acceptance without a promise', 'ACCEPTED', { promised: null }],
    ['an acceptance under version 0 of the item', 'ACCEPTED', { itemVersion: 0 }],
    ['an acceptance under version 0 of the implementation', 'ACCEPTED', { implementationVersion: 0 }],
    ['an acceptance with a promise below 0', 'ACCEPTED', { promised: { days: -1, unit: 'DAY' } }],
    ['an acceptance with a promise in weeks', 'ACCEPTED', { promised: { days: 1, unit: 'WEEK' } }],
    ['a non-acceptance without a reason', 'NOT_ACCEPTED', { reason: '' }],
    ['a non-acceptance without the remedies', 'NOT_ACCEPTED', { remedies: '' }],
    ['a review without an opinion', 'REVIEWED', { opinion: null }],
    ['a decision that is none', 'DECIDED', { outcome: 'WITHDRAWN' }],
    ['a decision in nobody’s name', 'DECIDED', { inNameOf: '' }],
    ['a withdrawal without a reason', 'WITHDRAWN', { reason: '' }],
    ['a filing whose application is no digest', 'FILED', { application: '张三' }],
    ['a filing without an item', 'FILED', { item: '' }],
    ['a filing without a number', 'FILED', { number: '' }],
    ['a filing of version 0', 'FILED', { itemVersion: 0 }],
    ['a filing of an unknown kind', 'FILED', { itemKind: 'PERMIT' }],
    [
      'a filing with a consent given in no known way',
      'FILED',
      { consent: { way: 'NOD', givenAt: '2026-03-02T00:00:00Z' } },
    ],
    ['a link to no project', 'PROJECT_LINKED', { project: '' }],
    ['a question withdrawn without a reason', 'QUESTION_WITHDRAWN', { party: 2, reason: '' }],
    ['a project left without a reason', 'PROJECT_LEFT', { project: 'p', reason: '' }],
    ['a green channel without a ground', 'GREEN_CHANNEL_OPENED', { ground: '' }],
    ['a green channel without a limit', 'GREEN_CHANNEL_OPENED', { limit: null }],
    ['an urgency without a ground', 'URGENCY_ASKED', { ground: '' }],
    ['an urgency decided neither way', 'URGENCY_DECIDED', { approved: null }],
    ['a filing to renew without the licence', 'FILED', { renewal: { licence: '', expiresOn: '2026-04-30' } }],
    ['a filing to renew what expires on no day', 'FILED', { renewal: { licence: '浙0001', expiresOn: '2026-02-30' } }],
    ['a review by a second without a name', 'REVIEWED', { second: { sub: 'x', name: '' } }],
    ['interested parties without a number', 'INTERESTED_TOLD', { count: 0 }],
    ['a hearing offered to nobody', 'HEARING_OFFERED', { parties: [] }],
    ['a hearing without a chair', 'HEARING_CALLED', { chair: null }],
    ['a record that is none', 'HEARING_HELD', { record: null }],
    ['a filing with a consent given at no time', 'FILED', { consent: { way: 'ONLINE', givenAt: '' } }],
  ])('that is %s is refused', (_, action, changes) => {
    const line = lineOf(action);
    expect(isLine({ ...line, data: { ...line.data, ...changes } })).toBe(false);
  });

  test('keeps nothing that is not of the contract', () => {
    const line = lineOf('REVIEWED');
    const padded = { ...line, secret: '11010519491231002X', data: { ...line.data, secret: '11010519491231002X' } };
    expect(logLineSchema.parse(padded)).toEqual(line);
  });
});

describe('a material', () => {
  test('is named by its content', () => {
    expect(materialSchema.parse(material('户口簿'))).toEqual(material('户口簿'));
  });

  test.each([
    ['no bytes', { size: 0 }],
    ['a digest that is none', { sha256: 'x' }],
    ['a name that is empty', { name: '' }],
    ['a file name that is empty', { fileName: '' }],
    ['a media type that is empty', { mediaType: '' }],
    ['a file name without end', { fileName: 'x'.repeat(201) }],
    ['a media type without end', { mediaType: 'x'.repeat(101) }],
  ])('with %s is refused', (_, changes) => {
    expect(materialSchema.safeParse({ ...material('户口簿'), ...changes }).success).toBe(false);
  });
});
