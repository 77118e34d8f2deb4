import { describe, expect, test } from 'vitest';
import type { GrantUse, GrantUses, LogEntry } from './log-line.ts';
import { NO_GRANTS } from './log-line.ts';
import { CaseLog, GRANT_ID } from '../testing/case-log.ts';
import { CITY, COUNTY, OTHER_COUNTY, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE } from '../testing/fixtures.ts';
import { grantId, RELIEF } from '../testing/grants.ts';
import { refusal, refusalCode } from '../testing/refusals.ts';
import type { CaseFile } from './case-file.ts';
import { nameOf, readersOf } from './case-file.ts';
import { foldLine, foldLog, openFile } from './case-state.ts';

const USE: GrantUse = { id: GRANT_ID, grantor: COUNTY, grantee: TOWNSHIP, mode: 'ENTRUSTED' };
type Rerouted = Extract<LogEntry, { action: 'REROUTED' }>['data'];

const rerouted = (log: CaseLog, as: Partial<Rerouted> = {}) => {
  const data = { acceptor: TOWNSHIP, decider: COUNTY, through: NO_GRANTS, ...as };
  return log.next({ action: 'REROUTED', data });
};
const fold = (log: CaseLog, as?: Partial<Rerouted>) => foldLine(log.file, rerouted(log, as));
const atTownship = () => CaseLog.entrusted().handedTo(TOWNSHIP);
const reviewed = () => atTownship().accepted().reviewed();

describe('a case filed under a grant', () => {
  test('stands on it, with the power behind it and the amount', () => {
    expect(CaseLog.entrusted().file).toMatchObject({
      decider: TOWNSHIP,
      power: COUNTY,
      through: { ...NO_GRANTS, decide: USE },
      facts: { amountFen: 80_000 },
    });
  });

  test('without a word of power or grants stands on the power of its decider', () => {
    expect(CaseLog.filed().file).toMatchObject({
      decider: COUNTY,
      power: COUNTY,
      through: NO_GRANTS,
      facts: { amountFen: null },
    });
  });

  test.each<[string, { decider?: string; acceptor?: string; data: { power: string; through: GrantUses } }]>([
    ['a decider with neither power nor grant', { decider: TOWNSHIP, data: { power: COUNTY, through: NO_GRANTS } }],
    [
      "another decider than the grant's grantee",
      { decider: OTHER_TOWNSHIP, data: { power: COUNTY, through: { ...NO_GRANTS, decide: USE } } },
    ],
    [
      'the organ of the power as decider although it is lent',
      { decider: COUNTY, data: { power: COUNTY, through: { ...NO_GRANTS, decide: USE } } },
    ],
    [
      'a grant of an organ that does not hold the power: a delegated delegation',
      { decider: TOWNSHIP, data: { power: CITY, through: { ...NO_GRANTS, decide: USE } } },
    ],
    [
      'a grant of review from elsewhere',
      { data: { power: COUNTY, through: { ...NO_GRANTS, review: { ...USE, grantor: OTHER_COUNTY } } } },
    ],
    [
      "another acceptor than the grant's grantee",
      { acceptor: OTHER_TOWNSHIP, data: { power: COUNTY, through: { ...NO_GRANTS, accept: USE } } },
    ],
    [
      'a grant to the organ of the power itself',
      { decider: COUNTY, data: { power: COUNTY, through: { ...NO_GRANTS, decide: { ...USE, grantee: COUNTY } } } },
    ],
  ])('is refused with %s', (_, as) => {
    expect(refusalCode(() => openFile(CaseLog.filing({ item: RELIEF, ...as })))).toBe('ILLEGAL_STEP');
  });
});

describe('a change of way', () => {
  test.each<[string, CaseLog]>([
    ['filed, at the village', CaseLog.entrusted()],
    ['filed, at the township', atTownship()],
    ['accepted', atTownship().accepted()],
    ['reviewed', reviewed()],
  ])('of a case that is %s is taken and leaves all else as it is', (_, log) => {
    const { seq, lastAt, ...before } = log.file;
    const after = fold(log);
    expect(after).toMatchObject({ ...before, decider: COUNTY, through: NO_GRANTS });
    expect(after.seq).toBe(seq + 1);
    expect(after.lastAt > lastAt).toBe(true);
  });

  test('may name another acceptor before acceptance', () => {
    expect(fold(atTownship(), { acceptor: COUNTY })).toMatchObject({ acceptor: COUNTY, decider: COUNTY });
  });

  test('may put another grant in the place of the one that ended', () => {
    const decide = { ...USE, id: grantId(2), mode: 'CONFERRED' as const };
    const file = fold(reviewed(), { decider: TOWNSHIP, through: { ...NO_GRANTS, decide } });
    expect(file).toMatchObject({ decider: TOWNSHIP, through: { decide } });
    expect(nameOf(file)).toBe(TOWNSHIP);
  });

  test.each<[string, CaseLog, Partial<Rerouted>]>([
    ['in a case without grants', CaseLog.filed().handedTo(TOWNSHIP), {}],
    ['of the acceptor after acceptance', atTownship().accepted(), { acceptor: COUNTY }],
    ['to another decider than the power', reviewed(), { decider: OTHER_COUNTY }],
    ['to the city above the power', reviewed(), { decider: CITY }],
    ['that drops the grant and leaves the decision where it was', reviewed(), { decider: TOWNSHIP }],
    [
      "to another decider than the new grant's grantee",
      reviewed(),
      { decider: OTHER_TOWNSHIP, through: { ...NO_GRANTS, decide: USE } },
    ],
    [
      'to a grant of the grantee: a delegated delegation',
      reviewed(),
      { decider: VILLAGE, through: { ...NO_GRANTS, decide: { ...USE, grantor: TOWNSHIP, grantee: VILLAGE } } },
    ],
    [
      'that lends the acceptance to somebody else than the acceptor',
      atTownship(),
      { acceptor: OTHER_TOWNSHIP, through: { ...NO_GRANTS, accept: USE } },
    ],
    ['while the case is under way', reviewed().forwarded(COUNTY), {}],
    ['of a decided case', reviewed().decided(), {}],
    ['of a withdrawn case', reviewed().withdrawn(), {}],
  ])('is refused %s', (_, log, as) => {
    expect(refusalCode(() => fold(log, as))).toBe('ILLEGAL_STEP');
  });

  test('is refused from a node that does not hold the case, also from the grantor', () => {
    const line = { ...rerouted(reviewed()), node: COUNTY };
    expect(refusal(() => foldLine(reviewed().file, line))).toMatchObject({
      code: 'NOT_CUSTODIAN',
      custodian: TOWNSHIP,
    });
  });

  test('is refused a second time once no grant is left', () => {
    expect(refusalCode(() => fold(reviewed().rerouted()))).toBe('ILLEGAL_STEP');
  });

  test('takes the decision away from the grantee', () => {
    const log = reviewed().rerouted();
    expect(refusalCode(() => log.decided())).toBe('ILLEGAL_STEP');
    expect(log.handedTo(COUNTY).reviewed().decided().file).toMatchObject({ state: 'GRANTED', custodian: COUNTY });
  });

  test('folds from the start to the same file', () => {
    const log = reviewed().rerouted().handedTo(COUNTY);
    expect(foldLog(log.lines)).toEqual(log.file);
  });
});

describe('a decision', () => {
  const decide = (log: CaseLog, as: { inNameOf: string; grant?: string }) => {
    const data = { outcome: 'GRANTED' as const, reason: null, remedies: null, ...as };
    return foldLine(log.file, log.next({ action: 'DECIDED', data })).decision;
  };

  test("goes out in the grantor's name where the power is lent, in the grantee's where it is conferred", () => {
    const conferred = CaseLog.entrusted({}, { mode: 'CONFERRED' }).handedTo(TOWNSHIP).accepted().reviewed();
    expect(decide(reviewed(), { inNameOf: COUNTY, grant: GRANT_ID })).toMatchObject({ inNameOf: COUNTY });
    expect(decide(conferred, { inNameOf: TOWNSHIP, grant: GRANT_ID })).toMatchObject({ inNameOf: TOWNSHIP });
  });

  test.each([
    ["in the grantee's name where the power is lent", { inNameOf: TOWNSHIP, grant: GRANT_ID }],
    ['in the name of an organ without power', { inNameOf: CITY, grant: GRANT_ID }],
    ['under another grant', { inNameOf: COUNTY, grant: grantId(2) }],
    ['under no grant where it stands on one', { inNameOf: COUNTY }],
  ])('is refused %s', (_, as) => {
    expect(refusalCode(() => decide(reviewed(), as))).toBe('ILLEGAL_STEP');
  });

  test('is refused under a grant where the case stands on none, and in the name of another', () => {
    const own = CaseLog.filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY).reviewed();
    expect(decide(own, { inNameOf: COUNTY })).toMatchObject({ inNameOf: COUNTY, grant: null });
    expect(refusalCode(() => decide(own, { inNameOf: COUNTY, grant: GRANT_ID }))).toBe('ILLEGAL_STEP');
    expect(refusalCode(() => decide(own, { inNameOf: TOWNSHIP }))).toBe('ILLEGAL_STEP');
  });

  const borrowed = (through: GrantUses) => {
    const data = { power: COUNTY, through };
    return CaseLog.filed({ item: RELIEF, data }).handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY);
  };

  test("stands on another desk's review only by a grant of review", () => {
    const log = borrowed({ ...NO_GRANTS, review: USE });
    expect(log.decided().file.decision).toMatchObject({ node: COUNTY });
    expect(refusalCode(() => borrowed(NO_GRANTS).decided())).toBe('ILLEGAL_STEP');
    // the county's grant of review ends, and its review with it
    const dropped = log.rerouted().add({
      action: 'REVIEWED',
      data: { opinion: 'APPROVE' },
    });
    expect(dropped.decided().file.state).toBe('GRANTED');
    const bare = rerouted(log);
    const without = foldLine(log.file, bare);
    const line = {
      ...log.next({ action: 'DECIDED', data: { outcome: 'GRANTED', reason: null, remedies: null, inNameOf: COUNTY } }),
      seq: without.seq + 1,
      at: bare.at,
    };
    expect(refusalCode(() => foldLine(without, line))).toBe('ILLEGAL_STEP');
  });

  test('may stand on a review of the county that follows the one it was given', () => {
    const log = borrowed({ ...NO_GRANTS, review: USE });
    expect(log.reviewed().file).toMatchObject({ state: 'REVIEWED', reviews: [{ node: TOWNSHIP }, { node: COUNTY }] });
    expect(refusalCode(() => log.reviewed().reviewed())).toBe('ILLEGAL_STEP');
  });
});

describe('a review', () => {
  const assessed = (amountFen?: number | null) =>
    atTownship()
      .accepted()
      .add({
        action: 'REVIEWED',
        data: { opinion: 'APPROVE', ...(amountFen === undefined ? {} : { amountFen }) },
      }).file.facts;

  test.each([
    [0, 0],
    [120_000, 120_000],
    [null, 80_000],
    [undefined, 80_000],
  ])('that assesses %s fen leaves the case at %s', (amountFen, facts) => {
    expect(assessed(amountFen)).toEqual({ amountFen: facts });
  });
});

describe('the readers of a case', () => {
  test.each<[string, CaseFile, string[]]>([
    ['without grants are its holders', CaseLog.filed().handedTo(TOWNSHIP).file, [VILLAGE, TOWNSHIP]],
    ['under a grant are its holders and the grantor', atTownship().file, [VILLAGE, TOWNSHIP, COUNTY]],
    ['under a grant stay so when it is closed', reviewed().decided().file, [VILLAGE, TOWNSHIP, COUNTY]],
    [
      'under a grant of review alone are the same',
      CaseLog.filed({ data: { power: COUNTY, through: { ...NO_GRANTS, review: USE } } }).file,
      [VILLAGE, COUNTY],
    ],
    ['are each named once', reviewed().rerouted().handedTo(COUNTY).file, [VILLAGE, TOWNSHIP, COUNTY]],
  ])('%s', (_, file, readers) => {
    expect(readersOf(file)).toEqual(readers);
  });

  test('are never the grantees that did not hold it, nor the city above', () => {
    expect(readersOf(CaseLog.entrusted().file)).toEqual([VILLAGE, COUNTY]);
  });
});
