import { describe, expect, test } from 'vitest';
import { foldLine } from '../../case/case-state.ts';
import type { Step } from '../../case/step-context.ts';
import type { Role } from '../../kernel/words.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { at, CITY, COUNTY, divisions, itemOf, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { person } from '../../testing/people.ts';
import { refusalCode } from '../../testing/refusals.ts';
import { acceptCase } from '../handling/acceptance.ts';
import { coordinationDueAt, lateParties, remindParty, requireCoordinator, visitToCall } from './coordination.ts';
import { partyStandingOf, sameStanding } from './parties.ts';
import { giveOpinion, openJoint, scheduleVisit } from './steps.ts';

const ACCEPTANCE = itemOf('3310-LB-003');
const DEPARTMENTS = ACCEPTANCE.bundle?.departments ?? [];
/** The township's building office; its node has not said yet that it has the question. */
const FAR = DEPARTMENTS.length + 1;
/** Monday; parties have until Thursday. */
const OPENED = at('2026-03-02', '10:00');
const WEDNESDAY = at('2026-03-04', '09:00');
const desk = (now: Date, role: Role = 'CLERK', node = COUNTY) => deskOf(node, role, { item: ACCEPTANCE, now });
const take = (log: CaseLog, now: Date, step: Step) => log.taken(step, now);

function asked(): CaseLog {
  const filed = CaseLog.filed({ item: ACCEPTANCE, node: COUNTY, acceptor: COUNTY, decider: COUNTY });
  const accepted = take(filed, OPENED, acceptCase(desk(OPENED), filed.file, null));
  const near = DEPARTMENTS.map((department) => ({ node: COUNTY, department }));
  const parties = [...near, { node: TOWNSHIP, department: '村镇建设' }].map((party) => {
    return { ...party, ask: 'OPINION' as const, days: 3, materials: null };
  });
  return take(accepted, OPENED, openJoint(desk(OPENED), accepted.file, { stage: 'COMPLETION', parties }));
}
const jointIn = ({ file }: CaseLog) => {
  if (!file.joint) throw new Error('not joint');
  return file.joint;
};
const remind = (log: CaseLog, now: Date, role: Role = 'CLERK', party = 1) =>
  remindParty(desk(now, role), log.file, party);

describe('a reminder to a party of joint handling', () => {
  test.each(['CLERK', 'CHIEF', 'SUPERVISOR'] as const)('is given by a %s of the lead’s node, and counted', (role) => {
    const log = take(asked(), WEDNESDAY, remind(asked(), WEDNESDAY, role));
    expect(jointIn(log).parties[0]?.reminders).toEqual({ times: 1, lastAt: WEDNESDAY });
    const late = at('2026-03-06', '09:00');
    const again = take(log, late, remind(log, late, role));
    expect(jointIn(again).parties[0]?.reminders).toEqual({ times: 2, lastAt: late });
  });

  test('is refused to other posts, other nodes and another department', () => {
    for (const role of ['AGENT', 'CATALOGUER', 'HEAD'] as const) {
      expect([role, refusalCode(() => remind(asked(), WEDNESDAY, role))]).toEqual([role, 'FORBIDDEN']);
    }
    expect(refusalCode(() => remindParty(desk(WEDNESDAY, 'SUPERVISOR', CITY), asked().file, 1))).toBe('NOT_CUSTODIAN');
    const at = desk(WEDNESDAY);
    const stranger = { ...at, viewer: { ...at.viewer, department: '民政' } };
    expect(refusalCode(() => remindParty(stranger, asked().file, 1))).toBe('WRONG_DEPARTMENT');
  });

  test('is given when the answer is due by the next working day, and once a working day', () => {
    expect(refusalCode(() => remind(asked(), at('2026-03-03', '16:00')))).toBe('REMINDER_TOO_EARLY');
    const log = take(asked(), WEDNESDAY, remind(asked(), WEDNESDAY));
    expect(refusalCode(() => remind(log, at('2026-03-04', '17:00'), 'SUPERVISOR'))).toBe('REMINDER_TOO_EARLY');
    // another party may still be
    expect(remind(log, WEDNESDAY, 'CLERK', 2).lines).toHaveLength(1);
  });

  test('on a day of rest counts for the next working day', () => {
    const saturday = at('2026-03-07', '10:00');
    const log = take(asked(), saturday, remind(asked(), saturday));
    expect(refusalCode(() => remind(log, at('2026-03-08', '10:00')))).toBe('REMINDER_TOO_EARLY');
    expect(refusalCode(() => remind(log, at('2026-03-09', '10:00')))).toBe('REMINDER_TOO_EARLY');
    expect(remind(log, at('2026-03-10', '10:00')).lines).toHaveLength(1);
  });

  test('is refused for a party that has answered, is unknown, or does not have the question yet', () => {
    const log = take(
      asked(),
      WEDNESDAY,
      giveOpinion(
        { ...desk(WEDNESDAY), viewer: { ...desk(WEDNESDAY).viewer, department: DEPARTMENTS[0] ?? null } },
        asked().file,
        { party: 1, opinion: 'AGREE', reason: null },
      ),
    );
    expect(refusalCode(() => remind(log, WEDNESDAY))).toBe('OPINION_SETTLED');
    expect(refusalCode(() => foldLine(log.file, log.next({ action: 'PARTY_REMINDED', data: { party: 1 } })))).toBe(
      'ILLEGAL_STEP',
    );
    expect(refusalCode(() => remind(log, WEDNESDAY, 'CLERK', 99))).toBe('NOT_FOUND');
    expect(refusalCode(() => remind(log, WEDNESDAY, 'CLERK', FAR))).toBe('REMINDER_TOO_EARLY');
  });

  test('changes the standing that the party’s node is told of', () => {
    const before = asked();
    const after = take(before, WEDNESDAY, remind(before, WEDNESDAY));
    const standing = (log: CaseLog, i: number) => {
      const party = jointIn(log).parties[i];
      if (!party) throw new Error('no such party');
      return partyStandingOf(log.file, 'opened', party);
    };
    expect(sameStanding(standing(before, 0), standing(after, 0))).toBe(false);
    expect(sameStanding(standing(before, 1), standing(after, 1))).toBe(true);
  });
});

describe('the centre’s list of joint cases', () => {
  test('says who is late, whose question is under way excepted', () => {
    const { parties } = jointIn(asked());
    expect(lateParties(parties, WEDNESDAY)).toEqual([]);
    expect(lateParties(parties, at('2026-03-06')).map((p) => p.number)).toEqual(DEPARTMENTS.map((_, i) => i + 1));
  });

  test('goes by the next deadline, and says that a visit is to call until it is called', () => {
    const log = asked();
    expect(coordinationDueAt(log.file)).toEqual(jointIn(log).parties[0]?.dueAt);
    expect(visitToCall(jointIn(log))).toBe(true);
    expect(visitToCall({ ...jointIn(log), absenceDefault: false })).toBe(false);
    const called = take(
      log,
      OPENED,
      scheduleVisit(desk(OPENED), log.file, { at: WEDNESDAY, place: '厂区', parties: [1] }),
    );
    expect(visitToCall(jointIn(called))).toBe(false);
    const answered = { ...called.file, joint: { ...jointIn(called), parties: [] } };
    expect(coordinationDueAt(answered)).toEqual(WEDNESDAY);
  });

  test('leaves out cases that are not joint, are over, or have nothing to coordinate', () => {
    const { file } = asked();
    const joint = { ...jointIn(asked()), parties: [], absenceDefault: false };
    expect(coordinationDueAt({ ...file, joint: null })).toBeNull();
    expect(coordinationDueAt({ ...file, state: 'WITHDRAWN' })).toBeNull();
    expect(coordinationDueAt({ ...file, joint })).toBeNull();
  });

  test('is read by leaders of the desk and by supervisors at it and above it', () => {
    const read = (from: string, role: Role, node: string) => () =>
      requireCoordinator(person(from, [role]), node, divisions);
    expect(read(COUNTY, 'SUPERVISOR', TOWNSHIP)).not.toThrow();
    expect(read(COUNTY, 'SUPERVISOR', VILLAGE)).not.toThrow();
    expect(read(COUNTY, 'HEAD', COUNTY)).not.toThrow();
    expect(refusalCode(read(COUNTY, 'HEAD', TOWNSHIP))).toBe('FORBIDDEN');
    expect(refusalCode(read(TOWNSHIP, 'SUPERVISOR', COUNTY))).toBe('FORBIDDEN');
    expect(refusalCode(read(TOWNSHIP, 'SUPERVISOR', OTHER_TOWNSHIP))).toBe('FORBIDDEN');
    expect(refusalCode(read(COUNTY, 'CLERK', COUNTY))).toBe('FORBIDDEN');
  });
});
