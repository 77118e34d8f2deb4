import { describe, expect, test } from 'vitest';
import { items } from '../../testing/fixtures.ts';
import { vagueClauses } from './vague-clauses.ts';

const material = (name: string) => ({ name, required: true, providedBy: 'APPLICANT' as const, held: false });
const ofMaterial = (name: string) => vagueClauses({ materials: [material(name)], conditions: [] }).map((c) => c.fault);

describe('a vague or catch-all clause', () => {
  test.each([
    ['其他材料', ['CATCH_ALL']],
    ['法律法规规定的其他材料', ['CATCH_ALL']],
    ['身份证、户口簿等', ['CATCH_ALL']],
    ['身份证、户口簿等证明', ['CATCH_ALL']],
    ['审批机关认为需要提供的材料', ['CATCH_ALL']],
    ['相关证明', ['VAGUE']],
    ['有关部门规定的材料', ['VAGUE']],
    ['必要的证明', ['VAGUE']],
    ['其他相关材料', ['CATCH_ALL', 'VAGUE']],
  ])('is found in the material %s', (name, faults) => {
    expect(ofMaterial(name)).toEqual(faults);
  });

  test.each(['身份证明', '户口簿', '高等学校毕业证书', '伤残等级证明', '同等学力证明', '平等协商纪要'])(
    'is not found in the material %s',
    (name) => {
      expect(ofMaterial(name)).toEqual([]);
    },
  );

  test('is named with its place, its words and the text they stand in', () => {
    expect(
      vagueClauses({ materials: [material('户口簿')], conditions: ['年满十八周岁', '符合有关规定,无不良记录'] }),
    ).toEqual([{ place: 'conditions[1]', clause: '有关规定', text: '符合有关规定,无不良记录', fault: 'VAGUE' }]);
  });

  test('stands in no material of the sample catalogue', () => {
    const found = items.flatMap((item) => vagueClauses(item.standard).map((c) => `${item.code} ${c.text}`));
    expect(found).toEqual([]);
  });
});
