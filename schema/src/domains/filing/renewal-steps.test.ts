import type { Filing } from './steps.ts';
import { fileCase } from './steps.ts';
import { deemRenewed } from './renewal-steps.ts';
import { decideCase, reviewCase } from '../handling/decision.ts';
import { refuseCase } from '../handling/acceptance.ts';
import { assignCase, returnCase } from '../handling/hand-off.ts';
import { issueDocument } from '../handling/delivery.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import {
  at,
  calendar,
  COUNTY,
  divisions,
  itemOf,
  material,
  sha256,
  TOWNSHIP,
  VILLAGE,
} from '../../testing/fixtures.ts';
import { deemedRenewed, licenceAccepted, withHearing } from '../../testing/hearing-log.ts';
import { refusal, refusalCode } from '../../testing/refusals.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import { plusDays } from '../../kernel/calendar.ts';
import type { Item } from '../catalogue/catalogue.ts';
import { clockOf } from '../../case/clock.ts';
import { noticeOf, resultDocument } from '../handling/documents.ts';
import { factsOf } from '../figures/facts.ts';
import { lastRenewalDay } from './renewals.ts';
import { nextDue } from '../../case/work-queue.ts';

// 食品经营许可: taken in at 包家村, accepted at 亭旁镇, decided at 三门县
const FOOD: Item = { ...itemOf('3310-SJ-001'), substanceCheck: false };
const EXPIRY = '2026-04-30';
const renewal = { licence: 'JY13310220001', expiresOn: EXPIRY };
const filed = (materials?: string[]) =>
  CaseLog.filed({ item: FOOD, ...(materials ? { materials } : {}), data: { renewal } });
const expired = at('2026-05-01', '00:00');
const desk = (node: string, now = expired) => ({ node, now });

function file(expiresOn: string, now: Date, item: Item = FOOD) {
  const filing: Filing = {
    number: 'n',
    place: VILLAGE,
    application: sha256('application'),
    consent: { way: 'SIGNATURE', givenAt: '2026-03-01T00:00:00.000Z' },
    materials: [],
    renewal: { licence: 'JY1', expiresOn },
  };
  return fileCase(deskOf(VILLAGE, 'AGENT', { now, item }), filing);
}

describe('a renewal', () => {
  test('is asked for thirty days before expiry, or as the item’s basis says', () => {
    expect(file('2026-04-01', at('2026-03-02')).lines[0]).toMatchObject({
      data: { renewal: { expiresOn: '2026-04-01' } },
    });
    expect(refusal(() => file('2026-03-31', at('2026-03-02')))).toMatchObject({
      code: 'RENEWAL_TOO_LATE',
      article: ARTICLES.renewal,
      field: 'renewal.expiresOn',
    });
    const kind: Item = { ...FOOD, renewalDays: 10 };
    expect(file('2026-03-31', at('2026-03-02'), kind).lines).toHaveLength(1);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 365 }), fc.integer({ min: 0, max: 400 }), (renewalDays, ahead) => {
        const last = lastRenewalDay({ renewalDays }, EXPIRY);
        expect(plusDays(EXPIRY, -ahead) <= last).toBe(ahead >= renewalDays);
      }),
    );
  });

  test('is of a licence only', () => {
    expect(refusal(() => file('2026-12-31', at('2026-03-02'), itemOf('3310-MZ-001')))).toMatchObject({
      code: 'BAD_INPUT',
      field: 'renewal',
    });
  });

  test('is due by the expiry, whatever its promise says and whatever keeps the clock still', () => {
    const due = (log: CaseLog) =>
      nextDue(log.file, clockOf(log.file, calendar, divisions, log.file.lastAt), null).nextDueAt;
    const short = licenceAccepted(itemOf('3310-LY-001'), { expiresOn: '2026-03-05' });
    expect(due(short)).toEqual(at('2026-03-05', '23:59:59.999'));
    expect(due(short.procedureStarted())).toEqual(at('2026-03-05', '23:59:59.999'));
    const long = licenceAccepted(itemOf('3310-LY-001'), { expiresOn: '2027-03-05' });
    expect(due(long)).toEqual(clockOf(long.file, calendar, divisions, long.file.lastAt)?.dueAt);
  });
});

describe('a renewal that nothing was decided on by expiry', () => {
  const places: [string, CaseLog, string][] = [
    ['at the village that took it in', filed(), VILLAGE],
    ['at the accepting township', filed().handedTo(TOWNSHIP), TOWNSHIP],
    ['accepted', filed().handedTo(TOWNSHIP).accepted(), TOWNSHIP],
    [
      'reviewed, at the deciding county',
      filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY).reviewed(),
      COUNTY,
    ],
    ['in a special procedure', filed().handedTo(TOWNSHIP).accepted().procedureStarted(), TOWNSHIP],
    ['in joint handling', filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY).jointOpened(), COUNTY],
  ];

  test.each(places)('counts as granted: %s', (_, log, node) => {
    const step = deemRenewed(desk(node), log.file);
    expect(step?.lines).toMatchObject([
      { action: 'DEEMED_RENEWED', actor: { role: null }, data: { expiredOn: EXPIRY, inNameOf: COUNTY } },
    ]);
    const granted = step && log.taken(step, expired);
    expect(granted?.file).toMatchObject({
      state: 'GRANTED',
      decision: { outcome: 'GRANTED', deemed: true, node: COUNTY, reason: '有效期届满前未作决定,视为准予延续' },
    });
    expect(granted?.file.procedures.every((p) => p.endedAt !== null)).toBe(true);
  });

  test('not an instant before the licence’s last day has ended, nor at a desk that does not hold it', () => {
    const log = filed().handedTo(TOWNSHIP);
    expect(deemRenewed(desk(TOWNSHIP, at(EXPIRY, '23:59:59.999')), log.file)).toBeNull();
    expect(deemRenewed(desk(COUNTY), log.file)).toBeNull();
  });

  test('waits while it is under way, and is found where it arrives, or comes back', () => {
    const under = filed().forwarded(TOWNSHIP);
    expect(deemRenewed(desk(VILLAGE), under.file)).toBeNull();
    const late = { at: at('2026-05-04').toISOString() };
    expect(deemRenewed(desk(TOWNSHIP, at('2026-05-04')), under.received(late).file)).not.toBeNull();
    expect(deemRenewed(desk(VILLAGE, at('2026-05-04')), under.handOffRefused(late).file)).not.toBeNull();
  });

  test('is nobody’s to decide, refuse or review any more', () => {
    const reviewed = filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY).reviewed();
    const as = { now: expired, item: FOOD };
    const refusals = [
      () => decideCase(deskOf(COUNTY, 'CHIEF', as), reviewed.file, 'REFUSED', '不符合'),
      () => refuseCase(deskOf(TOWNSHIP, 'CLERK', as), filed().handedTo(TOWNSHIP).file, '不属职权'),
      () => reviewCase(deskOf(TOWNSHIP, 'CLERK', as), filed().handedTo(TOWNSHIP).accepted().file, 'APPROVE', null),
    ];
    for (const act of refusals) {
      expect(refusal(act)).toMatchObject({ code: 'RENEWAL_EXPIRED', article: ARTICLES.renewal });
    }
    const forged = { at: expired.toISOString() };
    expect(refusalCode(() => reviewed.decided('REFUSED', forged))).toBe('ILLEGAL_STEP');
  });

  test('does not count where the applicant was waited for, or completed it after that day', () => {
    const asked = filed(['营业执照']).handedTo(TOWNSHIP).asked(['设备布局图']);
    expect(deemRenewed(desk(TOWNSHIP), asked.file)).toBeNull();
    const late = asked.supplemented(['设备布局图'], { at: at('2026-05-02').toISOString() });
    expect(deemRenewed(desk(TOWNSHIP, at('2026-05-03')), late.file)).toBeNull();
    const inTime = asked.supplemented(['设备布局图']);
    expect(deemRenewed(desk(TOWNSHIP), inTime.file)).not.toBeNull();
  });

  test('does not count where it was decided, or is no renewal', () => {
    const decided = filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY).reviewed().decided('REFUSED');
    expect(deemRenewed(desk(COUNTY), decided.file)).toBeNull();
    expect(deemRenewed(desk(TOWNSHIP), CaseLog.filed({ item: FOOD }).handedTo(TOWNSHIP).file)).toBeNull();
    expect(deemRenewed(desk(TOWNSHIP), filed().handedTo(TOWNSHIP).withdrawn().file)).toBeNull();
  });

  test('is what the log says only after expiry, by a node itself, in the right name', () => {
    const log = licenceAccepted(itemOf('3310-LY-001'), { expiresOn: EXPIRY });
    const right = deemedRenewed(log).lines.at(-1);
    if (right?.action !== 'DEEMED_RENEWED') throw new Error('It ends otherwise.');
    const { action, data } = right;
    const wrong = [
      () => log.add({ action, data }, { at: at(EXPIRY, '12:00').toISOString(), actor: right.actor }),
      () => log.add({ action, data }, { at: right.at, actor: { sub: 'x', name: 'x', role: 'CHIEF' } }),
      () => log.add({ action, data: { ...data, expiredOn: '2026-04-29' } }, { at: right.at, actor: right.actor }),
      () => log.add({ action, data: { ...data, inNameOf: TOWNSHIP } }, { at: right.at, actor: right.actor }),
      () => deemedRenewed(log).add({ action, data }, { at: right.at, actor: right.actor }),
    ];
    for (const act of wrong) expect(refusalCode(act)).toBe('ILLEGAL_STEP');
  });

  test('goes to the deciding organ for its document, is delivered and closed like any', () => {
    const step = deemRenewed(desk(VILLAGE), filed().file);
    const granted = step && filed().taken(step, expired);
    const now = at('2026-05-06');
    if (!granted) throw new Error('It was not granted.');
    const back = returnCase(deskOf(VILLAGE, 'AGENT', { now, item: FOOD }), granted.file, '请制发文书');
    expect(back.handOff?.to).toBe(COUNTY);
    const atCounty = granted.taken(back, now).received();
    const county = deskOf(COUNTY, 'CHIEF', { now, item: FOOD });
    const issued = issueDocument(county, atCounty.file, { number: '1', document: material('决定书') });
    const assigned = atCounty.taken(issued, at('2026-05-06', '12:00'));
    expect(assignCase(county, assigned.file, null).handOff?.to).toBe(VILLAGE);
    const closed = assigned.assigned().received().delivered('AGENT').closed();
    expect(closed.file.state).toBe('CLOSED');
  });

  test('says so in its document, its notice and its facts', () => {
    const log = deemedRenewed(licenceAccepted(itemOf('3310-LY-001'), { expiresOn: EXPIRY }));
    const nameOf = (code: string) => divisions.get(code).name;
    const parts = { item: itemOf('3310-LY-001'), applicant: '王秀英', nameOf };
    const text = resultDocument(log.file, { ...parts, sealName: null, verification: { code: 'x', url: null } });
    expect(text).toContain(`| 决定 | 视为准予延续(${ARTICLES.renewal}) |`);
    expect(text).toContain('| 延续的许可 | 浙0001,有效期至 2026-04-30 |');
    expect(text).toContain('延字〔2026〕');
    const line = log.lines.at(-1);
    expect(line && noticeOf(log.file, line, parts)).toContain('视为准予延续');
    expect(line && factsOf(line, log.file, COUNTY, calendar, divisions)).toMatchObject([{ measure: 'GRANTED' }]);
  });

  test('ends a hearing that was still to come', () => {
    const log = withHearing(
      licenceAccepted(itemOf('3310-LY-001'), { expiresOn: EXPIRY }),
      'offered',
      'requested',
      'called',
    );
    expect(deemedRenewed(log).file.hearing).toMatchObject({ requests: [], call: null });
  });
});
