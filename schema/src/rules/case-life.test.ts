import { describe, expect, test } from 'vitest';
import type { LogLine } from '../messages/log-line.ts';
import { CaseLog } from '../testing/case-log.ts';
import { deskOf } from '../testing/desks.ts';
import { CHAIR, deemedRenewed, licenceAccepted, withHearing } from '../testing/hearing-log.ts';
import {
  CITY,
  COUNTY,
  NEIGHBOUR_VILLAGE,
  OTHER_TOWNSHIP,
  TOWNSHIP,
  VILLAGE,
  divisions,
  itemOf,
  material,
  sha256,
} from '../testing/fixtures.ts';
import { refusal, refusalCode } from '../testing/refusals.ts';
import type { LogAction, Tier } from '../vocabulary.ts';
import { CASE_STATES, LOG_ACTIONS, ROLES, TIERS } from '../vocabulary.ts';
import { ARTICLES } from './articles.ts';
import type { CaseFile } from './case-file.ts';
import { FEE_ACTIONS } from './fee-state.ts';
import { JOINT_ACTIONS } from './joint.ts';
import { CASE_EVENTS, mayFollow } from './case-life.ts';
import { foldLine } from './case-state.ts';
import type { Desk, Filing, Step } from './case-steps/index.ts';
import * as steps from './case-steps/index.ts';
import { PERMISSIONS } from './permissions.ts';
import { PROXY_ACTIONS } from './proxy.ts';

/** 低保: taken in at the village, accepted by the township, decided by the county. */
const atTownship = () => CaseLog.filed().handedTo(TOWNSHIP);
const accepted = () => atTownship().accepted();
const atCounty = () => accepted().reviewed().handedTo(COUNTY);
const granted = () => atCounty().reviewed().decided();
const delivered = () => granted().issued().delivered();
const awaiting = () => CaseLog.filed({ materials: [] }).handedTo(TOWNSHIP).asked(ALL).returned(VILLAGE).received();

const LICENCE = itemOf('3310-LY-001');
const ITEM = itemOf('3310-MZ-001');
const ALL = ITEM.standard.materials.map((m) => m.name);
const filing: Filing = {
  number: 'n',
  place: VILLAGE,
  application: sha256('application'),
  consent: { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00.000Z' },
  materials: ALL.map((name) => material(name)),
};
const missing = (names: readonly string[]) => names.map((name) => ({ material: name, reason: '未提交' }));

const PROJECT = { id: `${COUNTY}-0198c0de-0000-7000-8000-000000000001`, key: true, ended: false };
/** A desk whose implementation names both shorter limits, and that was told of the project. */
const expediting = (desk: Desk): Desk => ({
  ...desk,
  project: PROJECT,
  implementation: {
    ...desk.implementation,
    greenChannel: { days: 5, unit: 'WORKDAY' },
    urgent: { days: 0.5, unit: 'WORKDAY' },
  },
});

interface Example {
  /** The log at the right state and desk; null for what opens one. */
  before: CaseLog | null;
  /** The same log with the line. */
  after: CaseLog;
  /** How a person brings the line about; null where a node does. */
  take: ((desk: Desk, file: CaseFile) => Step) | null;
}

function example(before: CaseLog, write: (log: CaseLog) => CaseLog, take: Example['take']): Example {
  return { before, after: write(before), take };
}

/** A domain's own events have these sentences beside their own steps: `case-steps/fees.test.ts`, `proxy.test.ts`, `joint.test.ts`. */
const TOLD_ELSEWHERE = [...FEE_ACTIONS, ...JOINT_ACTIONS, ...PROXY_ACTIONS] as const;
type Told = Exclude<LogAction, (typeof TOLD_ELSEWHERE)[number]>;
const EVENTS = LOG_ACTIONS.filter((action): action is Told => !TOLD_ELSEWHERE.some((other) => other === action));

/** Each event once where it is right, by the builder of logs and by the step of a person. */
const EXAMPLES: Record<Told, Example> = {
  DRAFTED: { before: null, after: CaseLog.drafted(), take: (desk) => steps.draftCase(desk, filing) },
  PRECHECKED: example(
    CaseLog.drafted().handedTo(COUNTY),
    (log) => log.prechecked(),
    (desk, file) => steps.precheckCase(desk, file, [], null),
  ),
  FILED: example(
    CaseLog.drafted(),
    (log) => log.filedAfterDraft(),
    (desk, file) => steps.fileDraft(desk, file, { ...filing, number: file.number }, []),
  ),
  SUPPLEMENT_REQUESTED: example(
    CaseLog.filed({ materials: [] }).handedTo(TOWNSHIP),
    (log) => log.asked(ALL),
    (desk, file) => steps.requestSupplement(desk, file, missing(ALL), null),
  ),
  SUPPLEMENTED: example(
    awaiting(),
    (log) => log.supplemented(ALL),
    (desk, file) => steps.supplementCase(desk, file, filing.materials, null),
  ),
  FORWARDED: example(
    CaseLog.filed(),
    (log) => log.forwarded(TOWNSHIP),
    (desk, file) => steps.forwardCase(desk, file, null),
  ),
  RETURNED: example(
    atTownship(),
    (log) => log.returned(VILLAGE),
    (desk, file) => steps.returnCase(desk, file, '材料模糊'),
  ),
  ASSIGNED: example(
    granted().issued(),
    (log) => log.assigned(),
    (desk, file) => steps.assignCase(desk, file, null),
  ),
  TRANSFERRED: example(
    CaseLog.filed(),
    (log) => log.transferred(TOWNSHIP),
    (desk, file) => steps.transferCase(desk, file, TOWNSHIP, '代办员请假'),
  ),
  RECEIVED: example(CaseLog.filed().forwarded(TOWNSHIP), (log) => log.received(), null),
  HANDOFF_REFUSED: example(CaseLog.filed().forwarded(TOWNSHIP), (log) => log.handOffRefused(), null),
  ACCEPTED: example(
    atTownship(),
    (log) => log.accepted(),
    (desk, file) => steps.acceptCase(desk, file, null),
  ),
  NOT_ACCEPTED: example(
    atTownship(),
    (log) => log.notAccepted(),
    (desk, file) => steps.refuseCase(desk, file, '不属本机关职权'),
  ),
  PROCEDURE_STARTED: example(
    accepted(),
    (log) => log.procedureStarted(),
    (desk, file) => steps.startProcedure(desk, file, { kind: 'TESTING', notice: '需检测', expectedDays: 5 }),
  ),
  PROCEDURE_ENDED: example(
    accepted().procedureStarted(),
    (log) => log.procedureEnded(),
    (desk, file) => steps.endProcedure(desk, file, 1, '已完成'),
  ),
  EXTENDED: example(
    atCounty(),
    (log) => log.extended(),
    (desk, file) => steps.extendCase(desk, file, 10, '案情复杂'),
  ),
  REVIEWED: example(
    accepted(),
    (log) => log.reviewed(),
    (desk, file) => steps.reviewCase(desk, file, 'APPROVE', null),
  ),
  DECIDED: example(
    atCounty().reviewed(),
    (log) => log.decided(),
    (desk, file) => steps.decideCase(desk, file, 'GRANTED', null),
  ),
  DOCUMENT_ISSUED: example(
    granted(),
    (log) => log.issued(),
    (desk, file) => steps.issueDocument(desk, file, { number: '1', document: material('决定书') }),
  ),
  DELIVERED: example(
    granted().issued(),
    (log) => log.delivered(),
    (desk, file) => steps.deliverCase(desk, file, 'WINDOW', null),
  ),
  CLOSED: example(
    delivered(),
    (log) => log.closed(),
    (desk, file) => steps.closeCase(desk, file, null),
  ),
  RATED: example(
    delivered().closed(),
    (log) => log.rated(),
    (desk, file) => steps.rateCase(desk, file, 5),
  ),
  WITHDRAWN: example(
    CaseLog.filed(),
    (log) => log.withdrawn(),
    (desk, file) => steps.withdrawCase(desk, file, '申请人撤回'),
  ),
  TERMINATED: example(
    accepted(),
    (log) => log.terminated(),
    (desk, file) => steps.terminateCase(desk, file, '申请人死亡'),
  ),
  VOIDED: example(
    accepted(),
    (log) => log.voided(),
    (desk, file) => steps.voidCase(desk, file, '录入有误'),
  ),
  PROJECT_LINKED: example(
    CaseLog.filed(),
    (log) => log.linked(PROJECT.id),
    (desk, file) => steps.linkToProject(desk, file, PROJECT.id, PROJECT),
  ),
  PROJECT_LEFT: example(
    CaseLog.filed().linked(PROJECT.id),
    (log) => log.projectLeft(),
    (desk, file) => steps.leaveProject(desk, file, '误纳入项目'),
  ),
  GREEN_CHANNEL_OPENED: example(
    accepted().linked(PROJECT.id),
    (log) => log.onGreenChannel(),
    (desk, file) => steps.openGreenChannel(expediting(desk), file, '县重点项目'),
  ),
  URGENCY_ASKED: example(
    CaseLog.filed(),
    (log) => log.urgencyAsked(),
    (desk, file) => steps.askUrgency(desk, file, '急需住院'),
  ),
  URGENCY_DECIDED: example(
    accepted().urgencyAsked(),
    (log) => log.urgencyDecided(),
    (desk, file) => steps.decideUrgency(expediting(desk), file, true, null),
  ),
  DEEMED_RENEWED: example(licenceAccepted(LICENCE, { expiresOn: '2026-04-30' }), deemedRenewed, null),
  INTERESTED_TOLD: example(
    licenceAccepted(),
    (log) => withHearing(log, 'told'),
    (desk, file) =>
      steps.tellInterested(desk, file, { count: 2, register: material('名册'), matter: '采光', grave: true }),
  ),
  PARTY_HEARD: example(
    licenceAccepted(),
    (log) => withHearing(log, 'heard'),
    (desk, file) => steps.hearParty(desk, file, 0, material('陈述')),
  ),
  HEARING_OFFERED: example(
    licenceAccepted(),
    (log) => withHearing(log, 'offered'),
    (desk, file) => steps.offerHearing(desk, file, '可申请听证'),
  ),
  HEARING_REQUESTED: example(
    withHearing(licenceAccepted(), 'offered'),
    (log) => withHearing(log, 'requested'),
    (desk, file) => steps.requestHearing(desk, file, 0),
  ),
  HEARING_WAIVED: example(
    withHearing(licenceAccepted(), 'offered'),
    (log) => withHearing(log, 'waived'),
    (desk, file) => steps.waiveHearing(desk, file, 0),
  ),
  HEARING_CALLED: example(
    withHearing(licenceAccepted(), 'offered', 'requested'),
    (log) => withHearing(log, 'called'),
    (desk, file) => {
      const at = new Date(desk.now.getTime() + 14 * 86_400_000);
      return steps.callHearing(desk, file, { at, place: '听证室', chair: CHAIR, announcement: null });
    },
  ),
  CHAIR_RECUSED: example(
    withHearing(licenceAccepted(), 'called'),
    (log) => withHearing(log, 'recused'),
    (desk, file) => steps.recuseChair(desk, file, '与本件有直接利害关系'),
  ),
  HEARING_HELD: example(
    withHearing(licenceAccepted(), 'called'),
    (log) => withHearing(log, 'held'),
    (desk, file) => {
      const chair = { ...desk, viewer: { ...desk.viewer, sub: CHAIR.sub } };
      return steps.holdHearing(chair, file, { attended: [0], signed: [0], unsigned: [], record: material('笔录') });
    },
  ),
  REROUTED: example(CaseLog.entrusted().handedTo(TOWNSHIP), (log) => log.rerouted(), null),
};

const DESKS: Record<Tier, string> = { CITY, COUNTY, TOWNSHIP, VILLAGE };
const tierOf = (node: string) => divisions.get(node).tier;
const later = ({ file }: CaseLog) => new Date(file.lastAt.getTime() + 60_000);

/** The last line of an example, as it stands in its log. */
function lineOf(action: Told): LogLine {
  const line = EXAMPLES[action].after.lines.at(-1);
  if (!line) throw new Error('A log without a line.');
  return line;
}

const afterStates = EVENTS.flatMap((action) => CASE_STATES.map((state) => ({ action, state })));

describe('every event of the table', () => {
  test.each(EVENTS)('%s leads where the table says', (action) => {
    const { before, after } = EXAMPLES[action];
    expect(CASE_EVENTS[action].to ?? [before?.file.state]).toContain(after.file.state);
  });

  test.each(EVENTS.filter((action) => EXAMPLES[action].before !== null))(
    '%s stands after its state at its desk',
    (action) => {
      const { before, after } = EXAMPLES[action];
      expect(CASE_EVENTS[action].from).toContain(before?.file.state);
      expect(before && foldLine(before.file, lineOf(action))).toEqual(after.file);
    },
  );

  test.each(afterStates.filter(({ action, state }) => !mayFollow(action, state)))(
    '$action is refused after $state',
    ({ action, state }) => {
      const { file } = EXAMPLES[action].before ?? CaseLog.filed();
      const line = { ...lineOf(action), seq: file.seq + 1, at: file.lastAt.toISOString() };
      expect(refusalCode(() => foldLine({ ...file, state }, line))).toBe('ILLEGAL_STEP');
    },
  );

  /** Desks that are neither the acceptor's, the decider's nor the filing one. */
  const elsewhere = EVENTS.filter((action) =>
    ['FILING', 'ACCEPTOR', 'DECIDER', 'ORGAN'].includes(CASE_EVENTS[action].desk),
  );
  test.each(elsewhere)('%s is refused of a holder at another desk than its own', (action) => {
    const { file } = EXAMPLES[action].before ?? CaseLog.filed();
    for (const stray of [OTHER_TOWNSHIP, NEIGHBOUR_VILLAGE]) {
      const line: LogLine = { ...lineOf(action), node: stray };
      expect(refusalCode(() => foldLine({ ...file, custodian: stray }, line))).toBe('ILLEGAL_STEP');
    }
  });
});

const caused = EVENTS.flatMap((action) => {
  const { by } = CASE_EVENTS[action];
  return by === null ? [] : ROLES.flatMap((role) => TIERS.map((tier) => ({ action, by, role, tier })));
});

describe('every event a person causes', () => {
  test('has a step, and every other has none', () => {
    for (const action of EVENTS) expect(EXAMPLES[action].take !== null).toBe(CASE_EVENTS[action].by !== null);
  });

  test.each(caused.filter(({ by, role, tier }) => !PERMISSIONS[by][role]?.includes(tier)))(
    '$action is refused to a $role at a $tier',
    ({ action, role, tier }) => {
      const { before, after, take } = EXAMPLES[action];
      const file = { ...(before ?? after).file, custodian: DESKS[tier] };
      const desk = deskOf(DESKS[tier], role, { now: later(after), sub: 'another' });
      expect(refusal(() => take?.(desk, file))).toMatchObject({ code: 'FORBIDDEN', article: ARTICLES.postDuties });
    },
  );

  const atTheRightDesk = caused.filter(({ action, by, role, tier }) => {
    const { before, after } = EXAMPLES[action];
    return tier === tierOf((before ?? after).file.custodian) && PERMISSIONS[by][role]?.includes(tier);
  });
  test.each(atTheRightDesk)('$action is done by a $role at a $tier that holds the case', ({ action, role }) => {
    const { before, after, take } = EXAMPLES[action];
    const log = before ?? after;
    const item = itemOf(log.file.item);
    // the line's own time where that matters: a hearing is not recorded before it was
    const now = new Date(Math.max(later(log).getTime(), Date.parse(lineOf(action).at)));
    const step = take?.(deskOf(log.file.custodian, role, { now, item, sub: 'another' }), log.file);
    expect(step?.lines[0]?.action).toBe(action);
  });
});
