import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { items } from '../../testing/fixtures.ts';
import { CASE_STATES } from '../../case/words.ts';
import type { BundleMember, MemberCase } from './rules.ts';
import {
  bundleFaults,
  dueMembers,
  givenBy,
  memberForm,
  memberMaterials,
  memberStatuses,
  predecessorsOf,
  progressOf,
} from './rules.ts';
import type { Bundle, Item } from '../catalogue/catalogue.ts';
import { formFaults } from '../catalogue/forms.ts';

const itemOf = (code: string): Item => {
  const found = items.find((item) => item.code === code);
  if (!found) throw new Error(code);
  return found;
};
const registration = itemOf('3310-LB-001').bundle as Bundle;
const LICENCE = '3310-SJ-003';
const SEAL = '3310-GA-001';
const caseIn = (state: MemberCase['state'], issued = true): MemberCase => ({
  state,
  decision:
    state === 'GRANTED' || state === 'DELIVERED' || state === 'CLOSED'
      ? ({ outcome: 'GRANTED' } as MemberCase['decision'])
      : null,
  answer: null,
  report: null,
  issued: issued ? ({ number: '1' } as MemberCase['issued']) : null,
});
const withCases = (cases: Record<string, MemberCase>): BundleMember[] =>
  registration.members.map((item) => ({ item, case: cases[item] ?? null }));

describe('the registration of an enterprise', () => {
  test('begins with the licence alone; seal, tax, insurance and bank account follow side by side', () => {
    expect(dueMembers(registration, withCases({}))).toEqual([LICENCE]);
    expect(dueMembers(registration, withCases({ [LICENCE]: caseIn('REVIEWED') }))).toEqual([]);
    expect(dueMembers(registration, withCases({ [LICENCE]: caseIn('GRANTED', false) }))).toEqual([]);
    const after = dueMembers(registration, withCases({ [LICENCE]: caseIn('GRANTED') }));
    expect(after).toEqual(registration.members.filter((m) => m !== LICENCE));
  });

  test('gives the licence to those that follow it, and to nobody ahead of it', () => {
    expect(givenBy(registration, SEAL)).toEqual([{ item: LICENCE, material: '营业执照' }]);
    expect(givenBy(registration, LICENCE)).toEqual([]);
  });

  test('goes on with the rest when one of the parallel members fails', () => {
    const members = withCases({ [LICENCE]: caseIn('GRANTED'), [SEAL]: caseIn('WITHDRAWN') });
    const statuses = memberStatuses(registration, members);
    expect(statuses.get(SEAL)).toBe('FAILED');
    expect([...statuses.values()].filter((s) => s === 'DUE')).toHaveLength(3);
  });

  test('is blocked in all that depends on a refused licence, and only the refusal is delivered', () => {
    const progress = progressOf(registration, withCases({ [LICENCE]: caseIn('REFUSED') }));
    expect(progress).toMatchObject({ state: 'DELIVERY_DUE', total: 5, succeeded: 0, failed: 5 });
    expect(progressOf(registration, withCases({ [LICENCE]: caseIn('NOT_ACCEPTED') })).state).toBe('FAILED');
  });

  test('is delivered when every member ended and not before', () => {
    const all = (state: MemberCase['state']) =>
      withCases(Object.fromEntries(registration.members.map((m) => [m, caseIn(state)])));
    expect(progressOf(registration, all('GRANTED')).state).toBe('DELIVERY_DUE');
    expect(progressOf(registration, all('CLOSED'))).toMatchObject({ state: 'DELIVERED', succeeded: 5 });
    const [first, ...rest] = all('GRANTED');
    expect(progressOf(registration, [...rest, { item: first?.item ?? '', case: caseIn('ACCEPTED') }]).state).toBe(
      'UNDER_WAY',
    );
  });
});

describe('five pipelines', () => {
  const bundles = items.filter((item) => item.bundle && item.bundle.form.length > 0);
  test('stand in the catalogue', () => {
    expect(bundles.map((item) => item.code)).toEqual([
      '3310-LB-001',
      '3310-LB-004',
      '3310-LB-005',
      '3310-LB-006',
      '3310-LB-007',
    ]);
  });

  test.each(bundles.map((item) => [item.code, item] as const))('%s fills fields its members have', (_, item) => {
    for (const { fills } of item.bundle?.form ?? []) {
      for (const { item: member, field } of fills) {
        expect(itemOf(member).standard.fields.map((f) => f.name)).toContain(field);
      }
    }
  });
});

describe('the one form', () => {
  const members = registration.members.map((code) => {
    const item = itemOf(code);
    return { item, materials: item.standard.materials };
  });
  test('fills each member with its own fields and gives it the materials it asks for by name', () => {
    const form = [
      { field: 'enterpriseName', value: '台州联动科技有限公司' },
      { field: 'bank', value: '台州银行' },
    ];
    expect(memberForm(registration.form, form, SEAL)).toEqual([form[0]]);
    expect(memberForm(registration.form, form, '3310-YH-001')).toEqual(form);
    const shared = [{ name: '身份证明' }, { name: '章程' }];
    expect(memberMaterials(itemOf(SEAL).standard.materials, shared)).toEqual([{ name: '身份证明' }]);
  });

  test('names everything that is wrong with it at once', () => {
    const form = [
      { field: 'capital', value: 'viel' },
      { field: 'shoeSize', value: '43' },
    ];
    const faults = bundleFaults(registration, [], members, form, [{ name: '户口簿' }]);
    expect(faults.map((f) => f.field)).toEqual(
      expect.arrayContaining(['form.0.value', 'form.1.field', 'form.enterpriseName', 'materials.0.name']),
    );
    expect(new Set(faults.map((f) => f.code))).toEqual(new Set(['FORM_INVALID', 'MATERIAL_UNRELATED']));
  });

  test('that is filled twice in one field is refused', () => {
    const [field] = registration.form;
    const entry = { field: field?.name ?? '', value: '台州联动科技有限公司' };
    expect(formFaults(registration.form.slice(0, 1), [entry, entry]).map((f) => f.field)).toEqual(['form.1.field']);
    expect(formFaults(registration.form.slice(0, 1), [entry])).toEqual([]);
  });
});

describe('any bundle', () => {
  const anyCase = fc.option(fc.tuple(fc.constantFrom(...CASE_STATES), fc.boolean()).map(([s, i]) => caseIn(s, i)));
  const anyBundle = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }).chain((sizes) => {
    let n = 0;
    const sequence = sizes.map((size) => Array.from({ length: size }, () => `item-${n++}`));
    const members = sequence.flat();
    return fc.array(anyCase, { minLength: n, maxLength: n }).map((cases) => ({
      bundle: { sequence, members },
      given: members.map((item, i): BundleMember => ({ item, case: cases[i] ?? null })),
    }));
  });

  test('files a member only when all ahead of it succeeded, and blocks it only when one ahead failed', () => {
    fc.assert(
      fc.property(anyBundle, ({ bundle, given }) => {
        const statuses = memberStatuses(bundle, given);
        const wrong = bundle.members.filter((item) => {
          const ahead = predecessorsOf(bundle, item).map((code) => statuses.get(code));
          const status = statuses.get(item) ?? '';
          const early = status === 'DUE' && !ahead.every((s) => s === 'SUCCEEDED');
          const groundless = status === 'BLOCKED' && !ahead.some((s) => s === 'FAILED' || s === 'BLOCKED');
          const filed = given.some((m) => m.item === item && m.case !== null);
          return early || groundless || (filed && ['DUE', 'WAITING', 'BLOCKED'].includes(status));
        });
        expect(wrong).toEqual([]);
      }),
    );
  });

  test('driven to its end by any outcomes files each member once at most and always ends', () => {
    fc.assert(
      fc.property(anyBundle, fc.func(fc.boolean()), ({ bundle }, succeeds) => {
        const filed = new Map<string, MemberCase>();
        for (;;) {
          const now = bundle.members.map((item) => ({ item, case: filed.get(item) ?? null }));
          const due = dueMembers(bundle, now);
          if (due.length === 0) break;
          for (const item of due) {
            expect(filed.has(item)).toBe(false);
            filed.set(item, caseIn(succeeds(item) ? 'GRANTED' : 'NOT_ACCEPTED'));
          }
        }
        const end = progressOf(
          bundle,
          bundle.members.map((item) => ({ item, case: filed.get(item) ?? null })),
        );
        expect(end.succeeded + end.failed).toBe(end.total);
        expect(end.state).toBe(end.succeeded > 0 ? 'DELIVERY_DUE' : 'FAILED');
      }),
    );
  });
});
