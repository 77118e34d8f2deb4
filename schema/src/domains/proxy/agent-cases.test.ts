import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { calendar, COUNTY, divisions, itemOf, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import type { AgentWaitKind } from './words.ts';
import { agentDueAt, agentNow, agentWaits } from './agent-cases.ts';
import { endOfDay } from '../../kernel/calendar.ts';
import { clockOf } from '../../case/clock.ts';

const DAY = '2026-03-10';
const ALL = itemOf('3310-MZ-001').standard.materials.map((m) => m.name);
const CONSENT = { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00.000Z' } as const;
const proxied = (as: object = {}) => CaseLog.filed({ data: { consent: { ...CONSENT, ...as } } });
const atCounty = () => proxied().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY);
const granted = () => atCounty().reviewed().decided().issued();
const clock = ({ file }: CaseLog) => clockOf(file, calendar, divisions, file.lastAt);
const waits = (log: CaseLog, as: { unreported?: boolean; today?: string } = {}) =>
  agentWaits(VILLAGE, log.file, { clock: clock(log), today: as.today ?? DAY, unreported: as.unreported ?? false });

describe('what waits for the agent', () => {
  test.each<[AgentWaitKind[], string, CaseLog]>([
    [['FORWARD'], 'in a case just taken in', proxied()],
    [['FILE_DRAFT'], 'in a draft', CaseLog.drafted({ data: { consent: CONSENT } })],
    [[], 'while the case is under way', proxied().forwarded(TOWNSHIP)],
    [[], 'while the township has it', proxied().handedTo(TOWNSHIP)],
    [['BRING_SUPPLEMENT'], 'when materials are asked for', proxied().handedTo(TOWNSHIP).asked(ALL)],
    [[], 'while it is decided', atCounty()],
    [[], 'when the document is still at the county', granted()],
    [['DELIVER'], 'when the document is here', granted().assigned().received()],
    [['CLOSE'], 'when it was delivered', granted().assigned().received().delivered()],
    [['PAY_FEE'], 'when something is due', proxied().handedTo(TOWNSHIP).accepted().billed()],
    [[], 'in a case that ended', proxied().withdrawn()],
  ])('is %j %s', (kinds, _, log) => {
    expect(waits(log).map(({ kind }) => kind)).toEqual(kinds);
  });

  test('is the report of a closed case whose enquiry is open', () => {
    expect(waits(proxied().withdrawn(), { unreported: true })).toEqual([{ kind: 'REPORT_RESULT', dueAt: null }]);
    // an open case has no result to report
    expect(waits(proxied(), { unreported: true }).map(({ kind }) => kind)).toEqual(['FORWARD']);
  });

  test('is the consent, from seven days before its end, ahead of what has no end', () => {
    const log = proxied({ until: '2026-03-17' });
    expect(waits(log, { today: '2026-03-09' }).map(({ kind }) => kind)).toEqual(['FORWARD']);
    expect(waits(log)).toEqual([
      { kind: 'RENEW_CONSENT', dueAt: endOfDay('2026-03-17') },
      { kind: 'FORWARD', dueAt: null },
    ]);
  });

  test('is delivered within the ten days of the decision', () => {
    const home = granted().assigned().received();
    expect(waits(home)).toEqual([{ kind: 'DELIVER', dueAt: clock(home)?.deliveryDueAt }]);
  });
});

describe('the end a case is sorted by', () => {
  test('is the sooner of what waits and of the limit that runs at whoever holds it', () => {
    const log = proxied({ until: '2026-03-12' }).handedTo(TOWNSHIP).accepted();
    expect(agentDueAt(log.file, clock(log), waits(log))).toEqual(endOfDay('2026-03-12'));
    expect(agentDueAt(log.file, clock(log), [])).toEqual(clock(log)?.dueAt);
  });

  test('is none where nothing runs', () => {
    expect(agentDueAt(proxied().file, null, waits(proxied()))).toBeNull();
  });
});

describe('who looks after a case', () => {
  const b = { node: VILLAGE, sub: 'agent-b', name: '代办员B' };

  test('is whom the log says, and whom it was told to until that stands in the log', () => {
    const log = proxied();
    const [change] = log.agentChanged(b).file.proxy?.changes ?? [];
    const told = [{ change: change ?? '', to: b }];
    expect(agentNow(log.file, [])?.sub).toBe(`agent-${VILLAGE}`);
    expect(agentNow(log.file, told)).toEqual(b);
    const later = log.agentChanged(b).transferred(TOWNSHIP).received();
    expect(agentNow(later.file, told)).toEqual({ node: TOWNSHIP, sub: null, name: null });
  });

  test('is nobody where nobody acts by proxy', () => {
    expect(agentNow(CaseLog.filed().file, [])).toBeNull();
  });
});
