import { describe, expect, test } from 'vitest';
import type { Desk } from '../../case/step-context.ts';
import { acceptCase } from './acceptance.ts';
import { decideCase, decideOnTheSpot, reviewCase } from './decision.ts';
import { decideCase as decideOperation } from './operations-decision.ts';
import { endProcedure } from './procedures.ts';
import { parseInput } from '../../graph/parse-input.ts';
import { CaseLog } from '../../testing/case-log.ts';
import { deskOf } from '../../testing/desks.ts';
import { COUNTY, itemOf, TOWNSHIP } from '../../testing/fixtures.ts';
import { refusal, refusalCode } from '../../testing/refusals.ts';
import type { Role } from '../../kernel/words.ts';
import type { SignOffLevel } from '../catalogue/item-words.ts';
import { ARTICLES } from '../../kernel/articles.ts';
import type { Item } from '../catalogue/catalogue.ts';

const later = (log: CaseLog) => new Date(log.file.lastAt.getTime() + 60_000);
const DIBAO = itemOf('3310-MZ-001');
const signedBy = (level: SignOffLevel, maxLayers = 3): Item => ({ ...DIBAO, signOff: { level, maxLayers } });
const atCounty = () => CaseLog.filed().handedTo(TOWNSHIP).accepted().reviewed().handedTo(COUNTY);
const reviewedAtCounty = () => atCounty().reviewed('APPROVE', { actor: { sub: 'other', name: '审查', role: 'CLERK' } });
const county = (log: CaseLog, role: Role, item: Item): Desk => deskOf(COUNTY, role, { now: later(log), item });

describe('a decision is signed', () => {
  test.each<[SignOffLevel, Role]>([
    ['WINDOW', 'CHIEF'],
    ['CHIEF', 'CHIEF'],
    ['SECTION_HEAD', 'CHIEF'],
    ['SECTION_HEAD', 'HEAD'],
    ['CHIEF', 'DEPUTY_HEAD'],
    ['DEPUTY_HEAD', 'DEPUTY_HEAD'],
    ['DEPUTY_HEAD', 'HEAD'],
    ['HEAD', 'HEAD'],
  ])('of an item of level %s by a %s', (level, role) => {
    const log = reviewedAtCounty();
    const step = decideCase(county(log, role, signedBy(level)), log.file, 'GRANTED', null);
    expect(step.lines[0]).toMatchObject({ action: 'DECIDED', actor: { role } });
  });

  test.each<[SignOffLevel, Role]>([
    ['DEPUTY_HEAD', 'CHIEF'],
    ['HEAD', 'CHIEF'],
    ['HEAD', 'DEPUTY_HEAD'],
  ])('of an item of level %s by no %s', (level, role) => {
    const log = reviewedAtCounty();
    expect(refusal(() => decideCase(county(log, role, signedBy(level)), log.file, 'GRANTED', null))).toMatchObject({
      code: 'SIGN_OFF_TOO_LOW',
      article: ARTICLES.signOff,
    });
  });

  test('by no more people than the item allows: two may, a single signature leaves no room for a review', () => {
    const two = atCounty();
    expect(reviewCase(county(two, 'CLERK', signedBy('CHIEF', 2)), two.file, 'APPROVE', null).lines).toHaveLength(1);
    expect(
      refusal(() => reviewCase(county(two, 'CLERK', signedBy('CHIEF', 1)), two.file, 'APPROVE', null)),
    ).toMatchObject({
      code: 'SIGN_OFF_LAYERS',
      article: ARTICLES.signOff,
    });
    const reviewed = reviewedAtCounty();
    expect(
      decideCase(county(reviewed, 'CHIEF', signedBy('CHIEF', 2)), reviewed.file, 'GRANTED', null).handOff,
    ).toBeNull();
    expect(
      refusalCode(() => decideCase(county(reviewed, 'CHIEF', signedBy('CHIEF', 1)), reviewed.file, 'GRANTED', null)),
    ).toBe('SIGN_OFF_LAYERS');
  });
});

describe('deciding on the spot', () => {
  const SEAL = { ...itemOf('3310-GA-001'), signOff: { level: 'WINDOW', maxLayers: 1 } } as const satisfies Item;
  const filed = () => CaseLog.filed({ item: SEAL, node: COUNTY, acceptor: COUNTY, decider: COUNTY });
  const atWindow = (log: CaseLog, item: Item = SEAL, role: Role = 'CLERK') =>
    deskOf(COUNTY, role, { now: later(log), item });
  const granted = { outcome: 'GRANTED', reason: null } as const;

  test('accepts, reviews and decides an instant item at one go, by one person, with a line for each', () => {
    const log = filed();
    const step = decideOnTheSpot(atWindow(log), log.file, granted);
    expect(step.lines.map((l) => l.action)).toEqual(['ACCEPTED', 'REVIEWED', 'DECIDED']);
    expect(log.taken(step, later(log)).file).toMatchObject({
      state: 'GRANTED',
      decision: { actor: { role: 'CLERK' } },
    });
  });

  test('of a refusal gives its reason and the remedies', () => {
    const log = filed();
    const step = decideOnTheSpot(atWindow(log), log.file, { outcome: 'REFUSED', reason: '印模不合格' });
    expect(step.lines[2]).toMatchObject({
      data: { outcome: 'REFUSED', reason: '印模不合格', remedies: expect.any(String) },
    });
    expect(refusalCode(() => decideOnTheSpot(atWindow(log), log.file, { outcome: 'REFUSED', reason: null }))).toBe(
      'REASON_MISSING',
    );
  });

  test.each<[string, Item, string]>([
    ['an item that is not instant', { ...SEAL, processingClass: 'COMMITTED' }, 'ILLEGAL_STEP'],
    ['an item that does not say one may decide it', { ...SEAL, signOff: null }, 'SAME_PERSON'],
    ['an item of two signatures', { ...SEAL, signOff: { level: 'CHIEF', maxLayers: 2 } }, 'SAME_PERSON'],
    ['an item the chief signs', { ...SEAL, signOff: { level: 'CHIEF', maxLayers: 1 } }, 'SIGN_OFF_TOO_LOW'],
  ])('is refused for %s', (_, item, code) => {
    const log = filed();
    expect(refusalCode(() => decideOnTheSpot(atWindow(log, item), log.file, granted))).toBe(code);
  });

  test('is refused with materials missing, to a chief, and once the case is accepted', () => {
    const bare = CaseLog.filed({ item: SEAL, node: COUNTY, acceptor: COUNTY, decider: COUNTY, materials: [] });
    expect(refusalCode(() => decideOnTheSpot(atWindow(bare), bare.file, granted))).toBe('MATERIALS_MISSING');
    const log = filed();
    expect(refusalCode(() => decideOnTheSpot(atWindow(log, SEAL, 'CHIEF'), log.file, granted))).toBe('FORBIDDEN');
    const accepted = log.taken(acceptCase(atWindow(log), log.file, null), later(log));
    expect(refusalCode(() => decideOnTheSpot(atWindow(accepted), accepted.file, granted))).toBe('ILLEGAL_STEP');
  });
});

describe('the substance of an item is checked by two of staff (Art. 34)', () => {
  const checked: Item = { ...DIBAO, substanceCheck: true };
  const second = { sub: 'second', name: '第二人' };
  const review = (log: CaseLog, as: { sub: string; name: string } | null, item = checked) =>
    reviewCase(county(log, 'CLERK', item), log.file, 'APPROVE', null, null, as);

  test('whose names the review holds', () => {
    const log = atCounty();
    expect(review(log, second).lines[0]).toMatchObject({ data: { second } });
    expect(refusal(() => review(log, null))).toMatchObject({
      code: 'SECOND_PERSON_MISSING',
      article: ARTICLES.substanceCheck,
      field: 'second',
    });
    expect(review(log, null, DIBAO).lines).toHaveLength(1);
  });

  test('who are two', () => {
    const log = atCounty();
    const { sub, name } = county(log, 'CLERK', checked).viewer;
    expect(refusal(() => review(log, { sub, name }))).toMatchObject({ code: 'SAME_PERSON', field: 'second' });
    const forged = { action: 'REVIEWED', data: { opinion: 'APPROVE', second: { sub: 'c', name: 'c' } } } as const;
    expect(refusalCode(() => log.add(forged, { actor: { sub: 'c', name: 'c', role: 'CLERK' } }))).toBe('ILLEGAL_STEP');
  });

  test('neither of whom decides', () => {
    const log = atCounty().add({ action: 'REVIEWED', data: { opinion: 'APPROVE', second } });
    const decide = (sub: string) =>
      decideCase(deskOf(COUNTY, 'CHIEF', { now: later(log), item: checked, sub }), log.file, 'GRANTED', null);
    expect(refusalCode(() => decide('second'))).toBe('SAME_PERSON');
    expect(decide('chief').lines).toHaveLength(1);
  });

  test('or at a site survey, which names them', () => {
    const log = atCounty().procedureStarted('SITE_SURVEY', false);
    const end = (staff: { sub: string; name: string }[]) =>
      endProcedure(county(log, 'CLERK', checked), log.file, 1, '现场符合', staff);
    for (const staff of [[], [second]]) {
      expect(refusal(() => end(staff))).toMatchObject({
        code: 'SECOND_PERSON_MISSING',
        article: ARTICLES.substanceCheck,
        field: 'staff',
      });
    }
    expect(refusalCode(() => end([second, second]))).toBe('SAME_PERSON');
    const surveyed = log.taken(end([second, { sub: 'third', name: '第三人' }]), later(log));
    expect(review(surveyed, null).lines).toHaveLength(1);
  });

  test('never on the spot by one', () => {
    const instant: Item = { ...checked, processingClass: 'INSTANT', signOff: { level: 'WINDOW', maxLayers: 1 } };
    const log = CaseLog.filed({ item: instant, node: COUNTY, acceptor: COUNTY, decider: COUNTY });
    const decide = (item: Item) => {
      const outcome = { outcome: 'GRANTED', reason: null } as const;
      return decideOnTheSpot(county(log, 'CLERK', item), log.file, outcome);
    };
    expect(refusalCode(() => decide(instant))).toBe('SECOND_PERSON_MISSING');
    expect(decide({ ...instant, substanceCheck: false }).lines).toHaveLength(3);
  });
});

describe('the discretion standard a decision goes by', () => {
  const A2 = { id: 'A2', circumstance: '人均收入高于标准的 50%', standard: '按差额救助' };
  const withStandards = (desk: Desk): Desk => ({
    ...desk,
    implementation: { ...desk.implementation, discretion: [{ id: '1', circumstance: '其余', standard: '全额' }, A2] },
  });
  const desk = (log: CaseLog) => withStandards(county(log, 'CHIEF', DIBAO));
  const decided = (log: CaseLog, id: string | null) => decideCase(desk(log), log.file, 'GRANTED', null, null, id);

  test('stands in the line and in the case in its own words', () => {
    const log = reviewedAtCounty();
    const step = decided(log, 'A2');
    expect(step.lines[0]).toMatchObject({ data: { discretion: A2 } });
    expect(log.taken(step, later(log)).file.decision?.discretion).toEqual(A2);
  });

  test('need not be cited, and then the line says nothing of it', () => {
    const log = reviewedAtCounty();
    const step = decided(log, null);
    expect(step.lines[0].data).not.toHaveProperty('discretion');
    expect(log.taken(step, later(log)).file.decision?.discretion).toBeNull();
  });

  test('is refused where the implementation has none of that id', () => {
    const log = reviewedAtCounty();
    const unknown = { code: 'NOT_FOUND', article: ARTICLES.discretion, field: 'discretion' };
    expect(refusal(() => decided(log, 'A3'))).toMatchObject({ ...unknown, message: expect.stringContaining('1, A2') });
    const without = county(log, 'CHIEF', DIBAO);
    expect(refusal(() => decideCase(without, log.file, 'GRANTED', null, null, 'A2'))).toMatchObject(unknown);
  });

  test('is cited on the spot too', () => {
    const item = { ...itemOf('3310-GA-001'), signOff: { level: 'WINDOW', maxLayers: 1 } } as const satisfies Item;
    const log = CaseLog.filed({ item, node: COUNTY, acceptor: COUNTY, decider: COUNTY });
    const spot = (id: string) =>
      decideOnTheSpot(withStandards(county(log, 'CLERK', item)), log.file, { outcome: 'GRANTED', reason: null }, id);
    expect(spot('A2').lines[2]).toMatchObject({ action: 'DECIDED', data: { discretion: A2 } });
    expect(refusalCode(() => spot('B1'))).toBe('NOT_FOUND');
  });

  test('leaves keys of decisions without one as they were hashed', () => {
    const input = { id: 'x', outcome: 'GRANTED', reason: null, minutes: null, idempotencyKey: 'a-key-0001' };
    expect(JSON.stringify(parseInput(decideOperation.input, input))).toBe(JSON.stringify(input));
    expect(parseInput(decideOperation.input, { ...input, discretion: ' A2 ' })).toMatchObject({ discretion: 'A2' });
    expect(refusalCode(() => parseInput(decideOperation.input, { ...input, discretion: '' }))).toBe('BAD_INPUT');
  });
});
