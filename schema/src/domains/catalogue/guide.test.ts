import { describe, expect, test } from 'vitest';
import { COUNTY, divisions, implementationOf, itemOf, items, TOWNSHIP, VILLAGE } from '../../testing/fixtures.ts';
import { route } from '../../case/competence.ts';
import { guideOf } from './guide.ts';

const item = itemOf('3310-MZ-001');
const implementation = { ...implementationOf(item), promised: { days: 12, unit: 'WORKDAY' as const } };
const guide = guideOf(item, implementation, route(item, VILLAGE, divisions), VILLAGE, divisions);

describe('a guide', () => {
  test('names who accepts, who decides, the basis, the limits and all materials at once', () => {
    expect(guide).toContain('# 最低生活保障对象认定办事指南');
    expect(guide).toContain('| 受理机关 | 亭旁镇 |');
    expect(guide).toContain('| 决定机关 | 三门县 |');
    expect(guide).toContain('社会救助暂行办法');
    expect(guide).toContain('| 法定办结时限 | 20 个工作日 |');
    for (const { name } of implementation.materials) expect(guide).toContain(name);
    expect(guide).toContain('初审:亭旁镇审查后连同全部材料报三门县。');
  });

  test('promises what the deciding node promises, and the city’s standard where that is not known', () => {
    expect(guide).toContain('| 承诺办结时限 | 12 个工作日 |');
    const without = guideOf(item, null, route(item, VILLAGE, divisions), VILLAGE, divisions);
    expect(without).toContain('| 承诺办结时限 | 18 个工作日 |');
    expect(without).toContain('实施清单尚未下达');
    expect(guide).not.toContain('实施清单尚未下达');
  });

  test('names the green channel and the urgent limit where there are some', () => {
    const shorter = { greenChannel: { days: 5, unit: 'WORKDAY' }, urgent: { days: 0.5, unit: 'WORKDAY' } } as const;
    const quick = guideOf(item, { ...implementation, ...shorter }, null, VILLAGE, divisions);
    expect(quick).toContain('| 绿色通道时限(重点项目) | 5 个工作日 |');
    expect(quick).toContain('| 特急办理时限 | ');
    expect(guide).not.toContain('绿色通道');
  });

  test('of a division that is too high to name the accepting organ says which tier accepts', () => {
    expect(guideOf(item, implementation, null, COUNTY, divisions)).toContain('| 受理机关 | 乡镇、村 |');
  });

  test('says when the item is not accepted any more, and when it was not checked against the text in force', () => {
    const cancelled = guideOf({ ...item, status: 'CANCELLED', verified: false }, null, null, VILLAGE, divisions);
    expect(cancelled).toContain('**本事项已取消,不予受理。**');
    expect(cancelled).toContain('尚未与现行文本核对');
    expect(guide).not.toContain('不予受理。**');
  });

  test('gives the fee in yuan with each category’s share, or says that nothing is charged', () => {
    const paid = itemOf('3310-JS-002');
    const text = guideOf(paid, null, route(paid, TOWNSHIP, divisions), TOWNSHIP, divisions);
    expect(text).toContain('550.00 元/件');
    expect(text).toContain('rural-homestead:0%');
    expect(guide).toContain('不收费。');
  });

  test('says up to whom a decision is signed and by how many at most, and what is decided together', () => {
    const printed = (as: Partial<typeof item>) => guideOf({ ...item, ...as }, null, null, VILLAGE, divisions);
    const signOff = { level: 'DEPUTY_HEAD', maxLayers: 3 } as const;
    expect(printed({ signOff })).toContain('| 签批层级 | 分管领导签批,不超过 3 层 |');
    expect(printed({ signOff, collectiveDecision: true })).toContain('不超过 3 层;集体讨论决定 |');
    expect(printed({ signOff: null })).toContain('| 签批层级 | 未规定 |');
  });

  test('takes nothing of an item’s text for Markdown', () => {
    const text = guideOf({ ...item, name: '甲|乙\n# 丙 <b>', note: '[x](y)' }, null, null, VILLAGE, divisions);
    expect(text).toContain(String.raw`# 甲\|乙 \# 丙 \<b\>办事指南`);
    expect(text).toContain(String.raw`\[x\](y)`);
  });

  test('can be printed of every sample item', () => {
    for (const each of items) expect(guideOf(each, null, null, COUNTY, divisions)).toContain(each.code);
  });
});
