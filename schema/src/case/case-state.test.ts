import { describe, expect, test } from 'vitest';
import { CaseLog } from '../testing/case-log.ts';
import { at, COUNTY, itemOf, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { refusal, refusalCode } from '../testing/refusals.ts';
import { FOLLOWED, rightLine } from '../testing/right-line.ts';
import { atCounty, atTownship, incomplete, MISSING, SITUATIONS } from '../testing/situations.ts';
import { custodyAt, hopsOf, missingMaterials, outstanding } from './case-file.ts';
import { foldLine, foldLog, openFile } from './case-state.ts';

describe('the chain', () => {
  const log = atTownship();
  const withdrawal = { action: 'WITHDRAWN', data: { reason: '撤回', requestedAt: TOWNSHIP } } as const;

  test.each([
    ['with a gap', { seq: log.file.seq + 2 }],
    ['with a number twice', { seq: log.file.seq }],
    ['of another case', { case: 'another' }],
    ['dated before the line ahead', { at: new Date(log.file.lastAt.getTime() - 1).toISOString() }],
  ])('is broken by a line %s', (_, head) => {
    expect(refusalCode(() => foldLine(log.file, log.next(withdrawal, head)))).toBe('CHAIN_BROKEN');
  });

  test('holds with two lines of the same millisecond', () => {
    const head = { at: log.file.lastAt.toISOString() };
    expect(foldLine(log.file, log.next(withdrawal, head)).state).toBe('WITHDRAWN');
  });

  test('is broken without a line', () => {
    expect(refusalCode(() => foldLog([]))).toBe('CHAIN_BROKEN');
  });

  test('is broken when it begins otherwise than with the filing', () => {
    expect(refusalCode(() => foldLog(log.lines.slice(1)))).toBe('CHAIN_BROKEN');
    expect(refusalCode(() => openFile({ ...CaseLog.filing(), seq: 2 }))).toBe('CHAIN_BROKEN');
    expect(refusalCode(() => openFile({ ...CaseLog.filing(), epoch: 2 }))).toBe('CHAIN_BROKEN');
  });

  test('is broken by leaving any one line out', () => {
    const { lines } = SITUATIONS.granted;
    for (let i = 0; i < lines.length - 1; i++) {
      const without = lines.filter((_, j) => j !== i);
      expect(refusalCode(() => foldLog(without))).toBe('CHAIN_BROKEN');
    }
  });

  test('holds only with every line in its place', () => {
    const { lines } = SITUATIONS.granted;
    for (let i = 1; i < lines.length - 1; i++) {
      const swapped = [...lines.slice(0, i), lines[i + 1], lines[i], ...lines.slice(i + 2)].filter(
        (l) => l !== undefined,
      );
      expect(refusalCode(() => foldLog(swapped))).toBe('CHAIN_BROKEN');
    }
  });

  test('ends with the closing: nothing follows but the rating, not even a hand-off that comes late', () => {
    const { closed } = SITUATIONS;
    for (const action of FOLLOWED.filter((a) => a !== 'RATED')) {
      expect(refusalCode(() => foldLine(closed.file, rightLine(closed, action)))).toBe('ILLEGAL_STEP');
    }
  });
});

describe('custody', () => {
  test('is with the desk that took the case in, and with nobody else', () => {
    const { file } = CaseLog.filed();
    expect(custodyAt(file, VILLAGE)).toBe('HELD');
    expect(custodyAt(file, TOWNSHIP)).toBe('ELSEWHERE');
  });

  test('stays with the sender until the receiver has the case', () => {
    const { file } = CaseLog.filed().forwarded(TOWNSHIP);
    expect(file).toMatchObject({ custodian: VILLAGE, inTransitTo: TOWNSHIP, epoch: 1 });
    expect(custodyAt(file, VILLAGE)).toBe('IN_TRANSIT');
    expect(custodyAt(file, TOWNSHIP)).toBe('ELSEWHERE');
  });

  test('goes over with the line of the receiver and begins a new epoch', () => {
    const { file } = atTownship();
    expect(file).toMatchObject({ custodian: TOWNSHIP, inTransitTo: null, epoch: 2 });
    expect(custodyAt(file, VILLAGE)).toBe('ELSEWHERE');
    expect(custodyAt(file, TOWNSHIP)).toBe('HELD');
  });

  test('lets nobody but the custodian write a line, and says who that is', () => {
    const log = atTownship();
    const byVillage = log.next({ action: 'REVIEWED', data: { opinion: 'APPROVE' } }, { node: VILLAGE });
    expect(refusal(() => foldLine(log.file, byVillage))).toMatchObject({
      code: 'NOT_CUSTODIAN',
      custodian: TOWNSHIP,
    });
  });

  test.each([1, 3])('lets the custodian write no line of epoch %i when it is at 2', (epoch) => {
    const log = atTownship();
    const stale = log.next({ action: 'WITHDRAWN', data: { reason: '撤回', requestedAt: TOWNSHIP } }, { epoch });
    expect(refusalCode(() => foldLine(log.file, stale))).toBe('STALE_EPOCH');
  });

  test.each([
    ['to the sender itself', { to: TOWNSHIP, epoch: 3 }],
    ['that raises the epoch by two', { to: COUNTY, epoch: 4 }],
    ['that does not raise the epoch', { to: COUNTY, epoch: 2 }],
  ])('takes no hand-off %s', (_, data) => {
    const log = atTownship();
    for (const action of ['FORWARDED', 'RETURNED'] as const) {
      expect(refusalCode(() => foldLine(log.file, log.next({ action, data })))).toBe('ILLEGAL_STEP');
    }
  });

  test('takes no hand-off of a case that awaits a supplement but to the desk that took it in', () => {
    const log = SITUATIONS['awaiting supplement, still at the township'];
    const up = log.next({ action: 'FORWARDED', data: { to: COUNTY, epoch: log.file.epoch + 1 } });
    expect(refusalCode(() => foldLine(log.file, up))).toBe('ILLEGAL_STEP');
    const back = log.next({ action: 'RETURNED', data: { to: VILLAGE, epoch: log.file.epoch + 1 } });
    expect(foldLine(log.file, back).inTransitTo).toBe(VILLAGE);
  });
});

describe('receiving', () => {
  const underWay = CaseLog.filed().forwarded(TOWNSHIP);
  const receivedBy = (node: string, data: { from: string; epoch: number }, epoch = data.epoch) =>
    underWay.next({ action: 'RECEIVED', data }, { node, epoch });

  test('is for the node the case was sent to', () => {
    const line = receivedBy(COUNTY, { from: VILLAGE, epoch: 2 });
    expect(refusalCode(() => foldLine(underWay.file, line))).toBe('ILLEGAL_STEP');
  });

  test('is from the node that held the case', () => {
    const line = receivedBy(TOWNSHIP, { from: COUNTY, epoch: 2 });
    expect(refusalCode(() => foldLine(underWay.file, line))).toBe('ILLEGAL_STEP');
  });

  test('is refused when nothing was sent', () => {
    const rest = CaseLog.filed();
    const line = rest.next({ action: 'RECEIVED', data: { from: VILLAGE, epoch: 2 } }, { node: TOWNSHIP, epoch: 2 });
    expect(refusalCode(() => foldLine(rest.file, line))).toBe('ILLEGAL_STEP');
  });

  test.each([
    ['of the epoch before', 1, 1],
    ['of an epoch too far', 3, 3],
    ['whose own epoch is another than the one it states', 2, 1],
    ['whose own epoch runs ahead of the one it states', 2, 3],
  ])('is refused as stale %s', (_, stated, own) => {
    const line = receivedBy(TOWNSHIP, { from: VILLAGE, epoch: stated }, own);
    expect(refusalCode(() => foldLine(underWay.file, line))).toBe('STALE_EPOCH');
  });

  test('is done once', () => {
    const log = underWay.received();
    const again = log.next({ action: 'RECEIVED', data: { from: VILLAGE, epoch: 2 } }, { node: TOWNSHIP, epoch: 2 });
    expect(refusalCode(() => foldLine(log.file, again))).toBe('ILLEGAL_STEP');
  });
});

describe('a refused hand-off', () => {
  const refused = CaseLog.filed().forwarded(TOWNSHIP).handOffRefused();

  test('leaves the case with the sender and spends the epoch', () => {
    expect(refused.file).toMatchObject({ custodian: VILLAGE, inTransitTo: null, epoch: 2, state: 'FILED' });
    expect(refused.file.spans).toHaveLength(1);
    expect(hopsOf(refused.file)).toBe(0);
  });

  test('can never be received any more', () => {
    const late = (log: CaseLog) =>
      log.next({ action: 'RECEIVED', data: { from: VILLAGE, epoch: 2 } }, { node: TOWNSHIP, epoch: 2 });
    expect(refusalCode(() => foldLine(refused.file, late(refused)))).toBe('ILLEGAL_STEP');
    const again = refused.forwarded(TOWNSHIP);
    expect(refusalCode(() => foldLine(again.file, late(again)))).toBe('STALE_EPOCH');
  });

  test('is followed by a new one of the next epoch', () => {
    const { file } = refused.handedTo(TOWNSHIP);
    expect(file).toMatchObject({ custodian: TOWNSHIP, epoch: 3 });
  });

  test.each([
    ['by a node the case was not sent to', { by: COUNTY, epoch: 2 }],
    ['of another epoch', { by: TOWNSHIP, epoch: 3 }],
  ])('is none %s', (_, data) => {
    const log = CaseLog.filed().forwarded(TOWNSHIP);
    const line = log.next({ action: 'HANDOFF_REFUSED', data: { ...data, code: 'KEY_UNKNOWN' } });
    expect(refusalCode(() => foldLine(log.file, line))).toBe('ILLEGAL_STEP');
  });

  test('is written by the sender, not by whoever refused', () => {
    const log = CaseLog.filed().forwarded(TOWNSHIP);
    const line = log.next(
      { action: 'HANDOFF_REFUSED', data: { by: TOWNSHIP, epoch: 2, code: 'KEY_UNKNOWN' } },
      { node: TOWNSHIP },
    );
    expect(refusalCode(() => foldLine(log.file, line))).toBe('NOT_CUSTODIAN');
  });
});

describe('a review', () => {
  test("does not stand for another desk's own", () => {
    expect(atCounty().file.state).toBe('ACCEPTED');
    expect(atCounty().file.reviews).toHaveLength(1);
  });

  test('stays on record for each desk that made one', () => {
    const { reviews } = atCounty().reviewed('REJECT').file;
    expect(reviews.map(({ node, opinion }) => [node, opinion])).toEqual([
      [TOWNSHIP, 'APPROVE'],
      [COUNTY, 'REJECT'],
    ]);
  });

  test('stands when the hand-off was refused', () => {
    const { file } = atTownship().accepted().reviewed().forwarded(COUNTY).handOffRefused();
    expect(file.state).toBe('REVIEWED');
  });
});

describe('the one-time notice', () => {
  const asked = CaseLog.filed({ materials: ['最低生活保障申请书'] })
    .handedTo(TOWNSHIP)
    .asked(['身份证明', MISSING])
    .returned(VILLAGE)
    .received();

  test('is outstanding until everything has come in', () => {
    expect(outstanding(asked.file).map((m) => m.material)).toEqual(['身份证明', MISSING]);
    const half = asked.supplemented([MISSING]);
    expect(half.file.state).toBe('AWAITING_SUPPLEMENT');
    expect(outstanding(half.file).map((m) => m.material)).toEqual(['身份证明']);
    const whole = half.supplemented(['身份证明']);
    expect(whole.file.state).toBe('FILED');
    expect(outstanding(whole.file)).toEqual([]);
  });

  test('is answered at the moment the last material came in, and the materials count from then', () => {
    const half = asked.supplemented([MISSING]);
    expect(half.file.supplement?.suppliedAt).toBeNull();
    expect(half.file.materialsInAt).toEqual(asked.file.materialsInAt);
    const whole = half.supplemented(['身份证明']);
    expect(whole.file.supplement?.suppliedAt).toEqual(whole.file.lastAt);
    expect(whole.file.materialsInAt).toEqual(whole.file.lastAt);
  });

  test('is not answered by a material that was there before', () => {
    const log = CaseLog.filed().handedTo(TOWNSHIP).asked(['身份证明']).returned(VILLAGE).received();
    expect(outstanding(log.file).map((m) => m.material)).toEqual(['身份证明']);
    expect(log.supplemented(['身份证明']).file.state).toBe('FILED');
  });

  test('is not answered by other materials', () => {
    expect(asked.supplemented(['最低生活保障申请书']).file.state).toBe('AWAITING_SUPPLEMENT');
  });

  test('is given once in the life of a case', () => {
    const again = asked.supplemented(['身份证明', MISSING]).handedTo(TOWNSHIP);
    expect(again.file.state).toBe('FILED');
    const second = rightLine(again, 'SUPPLEMENT_REQUESTED');
    expect(refusalCode(() => foldLine(again.file, second))).toBe('ILLEGAL_STEP');
  });

  test('leaves nothing outstanding where none was given', () => {
    expect(outstanding(CaseLog.filed({ materials: [] }).file)).toEqual([]);
  });
});

describe('what is missing', () => {
  const required = itemOf('3310-MZ-001').standard.materials;

  test('is each required material that was not handed in', () => {
    expect(missingMaterials(incomplete().file, required)).toEqual(['家庭经济状况核对授权书', MISSING]);
    expect(missingMaterials(CaseLog.filed().file, required)).toEqual([]);
  });

  test('is no material that is only wished for', () => {
    expect(missingMaterials(incomplete().file, [{ name: '照片', required: false }])).toEqual([]);
  });
});

describe('the file', () => {
  test('is opened by the first line with all that was filed', () => {
    const { file } = CaseLog.filed({ at: at('2026-03-02') });
    expect(file).toMatchObject({
      item: '3310-MZ-001',
      itemKind: 'PAYMENT',
      filingNode: VILLAGE,
      acceptor: TOWNSHIP,
      decider: COUNTY,
      state: 'FILED',
      epoch: 1,
      seq: 1,
      proxied: false,
      acceptance: null,
      decision: null,
      closedAt: null,
    });
    expect(file.materialsInAt).toEqual(file.filedAt);
    const consent = { way: 'SIGNATURE', givenAt: '2026-03-02T00:00:00.000Z' } as const;
    expect(CaseLog.filed({ data: { consent } }).file.proxied).toBe(true);
  });

  test('keeps the version the item had at acceptance', () => {
    const data = { from: '2026-03-02', deemed: false, itemVersion: 7, implementationVersion: 3 };
    const limits = { promised: { days: 18, unit: 'WORKDAY' }, statutory: null } as const;
    const { file } = atTownship().add({ action: 'ACCEPTED', data: { ...data, ...limits } });
    expect(file.itemVersion).toBe(7);
    expect(file.acceptance).toMatchObject({ node: TOWNSHIP, itemVersion: 7, ...limits });
  });

  test('counts the days for the notice anew at the desk the materials came to, before acceptance only', () => {
    const received = atTownship();
    expect(received.file.materialsInAt).toEqual(received.file.lastAt);
    const up = received.accepted().reviewed().handedTo(COUNTY);
    expect(up.file.materialsInAt).toEqual(received.file.materialsInAt);
  });

  test('names every node that held the case, once each, in order', () => {
    const log = atTownship().returned(VILLAGE).received().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY);
    expect(log.file.holders).toEqual([VILLAGE, TOWNSHIP, COUNTY]);
    expect(log.file.spans.map((span) => span.node)).toEqual([VILLAGE, TOWNSHIP, VILLAGE, TOWNSHIP, COUNTY]);
    expect(hopsOf(log.file)).toBe(4);
  });

  test('has spans that follow each other without a gap, the last one open', () => {
    const { spans } = SITUATIONS.granted.file;
    expect(spans.map((span) => span.to)).toEqual([...spans.slice(1).map((span) => span.from), null]);
  });

  test('is not touched by folding one more line', () => {
    const log = incomplete().handedTo(TOWNSHIP).asked([MISSING]).returned(VILLAGE).received();
    const before = structuredClone(log.file);
    foldLine(log.file, rightLine(log, 'SUPPLEMENTED'));
    expect(log.file).toEqual(before);
  });
});
