import { describe, expect, test } from 'vitest';
import {
  COUNTY,
  divisions,
  implementationOf,
  itemOf,
  items,
  sampleImplementations,
  TOWNSHIP,
  VILLAGE,
} from '../../testing/fixtures.ts';
import { route } from '../../case/competence.ts';
import type { GuideParts } from './guide.ts';
import { guideOf } from './guide.ts';
import { implementationFaults } from '../implementation/faults.ts';

const item = itemOf('3310-MZ-001');
const implementation = { ...implementationOf(item), promised: { days: 12, unit: 'WORKDAY' as const } };
const parts: GuideParts = {
  item,
  implementation,
  route: route(item, VILLAGE, divisions),
  place: VILLAGE,
  node: VILLAGE,
  windows: [],
  forms: [],
  divisions,
};
const guide = guideOf(parts);
const printed = (as: Partial<GuideParts>) => guideOf({ ...parts, ...as });
const section = (text: string, heading: string) => text.split('\n## ').find((part) => part.startsWith(heading)) ?? '';

describe('a guide', () => {
  test('names who accepts, who decides, the basis, the limits and all materials at once', () => {
    expect(guide).toContain('# 最低生活保障对象认定办事指南');
    expect(guide).toContain('| 受理机关 | 亭旁镇 |');
    expect(guide).toContain('| 决定机关 | 三门县 |');
    expect(guide).toContain('社会救助暂行办法');
    expect(guide).toContain('| 法定办结时限 | 20 个工作日 |');
    for (const { name } of implementation.materials) expect(guide).toContain(name);
    expect(guide).toContain('初审(亭旁镇)\n   - 审查完毕,连同全部材料报三门县');
  });

  test('promises what the deciding node promises, and the city’s standard where that is not known', () => {
    expect(guide).toContain('| 承诺办结时限 | 12 个工作日 |');
    const without = printed({ implementation: null });
    expect(without).toContain('| 承诺办结时限 | 18 个工作日 |');
    expect(without).toContain('实施清单尚未下达');
    expect(guide).not.toContain('实施清单尚未下达');
  });

  test('names the green channel and the urgent limit where there are some', () => {
    const shorter = { greenChannel: { days: 5, unit: 'WORKDAY' }, urgent: { days: 0.5, unit: 'WORKDAY' } } as const;
    const quick = printed({ implementation: { ...implementation, ...shorter }, route: null });
    expect(quick).toContain('| 绿色通道时限(重点项目) | 5 个工作日 |');
    expect(quick).toContain('| 特急办理时限 | ');
    expect(guide).not.toContain('绿色通道');
  });

  test('of a division that is too high to name the accepting organ says which tier accepts', () => {
    expect(printed({ route: null, place: COUNTY })).toContain('| 受理机关 | 乡镇、村 |');
  });

  test('says when the item is not accepted any more, and when it was not checked against the text in force', () => {
    const cancelled = printed({ item: { ...item, status: 'CANCELLED', verified: false } });
    expect(cancelled).toContain('**本事项已取消,不予受理。**');
    expect(cancelled).toContain('尚未与现行文本核对');
    expect(guide).not.toContain('不予受理。**');
    expect(guide).not.toContain('尚未与现行文本核对');
    expect(printed({ implementation: { ...implementation, verified: false } })).toContain(
      '裁量基准等尚未与现行文本核对',
    );
  });

  test('lists the conditions of the deciding node, or says that there are none', () => {
    expect(section(guide, '受理条件')).toContain('未另设条件');
    const own = { ...implementation, conditions: ['持有当地常住户口', '人均收入低于标准'] };
    expect(section(printed({ implementation: own }), '受理条件')).toContain('1. 持有当地常住户口\n2. 人均收入低于标准');
    const standard = { ...item, standard: { ...item.standard, conditions: ['年满十八周岁'] } };
    expect(printed({ item: standard, implementation: null })).toContain('1. 年满十八周岁');
  });

  test('says of materials that sharing, an agency or the system gives that they need not be handed in', () => {
    const materials = [
      { name: '户口簿', required: true, providedBy: 'SHARING' as const, held: false },
      { name: '营业执照', required: true, providedBy: 'APPLICANT' as const, held: true },
      { name: '照片', required: false, providedBy: 'APPLICANT' as const, held: false },
    ];
    const text = section(printed({ implementation: { ...implementation, materials } }), '申请材料');
    expect(text).toContain('1. 户口簿(必要,数据共享,无需提交)');
    expect(text).toContain('2. 营业执照(必要,系统已有,无需提交)');
    expect(text).toContain('3. 照片(非必要)');
  });

  test('names windows with place, hours and phone: the telling desk’s own for the item, and the deciding node’s', () => {
    expect(section(guide, '办理地点')).toContain('由受理机关公布');
    const window = { code: 'A01', name: '综合窗口', department: null, from: '2026-01-01', until: null };
    const own = { ...window, place: '村部一楼', hours: '每日 8:00—17:00', phone: '0576-83300000' };
    const stated = {
      ...implementation,
      windows: ['社会事务窗口'],
      place: '三门县政务服务中心二楼',
      hours: '工作日',
      contacts: [{ name: '咨询', phone: '12345' }],
    };
    const text = section(printed({ windows: [own], implementation: stated }), '办理地点');
    expect(text).toContain('| 包家村委会 综合窗口(A01) | 村部一楼 | 每日 8:00—17:00 | 0576-83300000 |');
    expect(text).toContain('| 三门县 社会事务窗口 | 三门县政务服务中心二楼 | 工作日 | 12345 |');
    expect(section(printed({ implementation: { ...stated, place: null } }), '办理地点')).toContain('未公布');
  });

  test('names who is in charge, whom to ask, and how to complain', () => {
    const inCharge = { post: '救助科负责人', person: '吴慧敏', phone: '0576-83300001' };
    const contacts = [{ name: '咨询电话', phone: '12345' }];
    const text = printed({
      item: { ...item, supervisionWay: '向县纪委监委投诉' },
      implementation: { ...implementation, inCharge, contacts },
    });
    expect(text).toContain('| 责任人 | 救助科负责人 吴慧敏 0576-83300001 |');
    expect(section(text, '咨询和监督')).toContain('- 咨询电话:12345\n- 监督方式:向县纪委监委投诉');
    expect(guide).not.toContain('责任人');
    expect(section(guide, '咨询和监督')).toContain('向受理机关咨询。');
  });

  test('tells the published stages with limit, post and standard at their step', () => {
    const [sample] = sampleImplementations.filter((each) => each.item === item.code);
    const text = section(printed({ implementation: sample ?? null }), '办理流程');
    expect(text).toContain(
      '入户调查(亭旁镇)\n   - 环节时限:5 个工作日\n   - 岗位:乡镇社会救助经办员\n   - 标准:两人以上入户',
    );
  });

  test('lists the discretion standards with the id a decision cites them by', () => {
    const discretion = [{ id: 'A1', circumstance: '人均收入不高于标准的 50%', standard: '全额救助' }];
    const text = printed({ implementation: { ...implementation, discretion } });
    expect(section(text, '裁量基准')).toContain('| A1 | 人均收入不高于标准的 50% | 全额救助 |');
    expect(guide).not.toContain('裁量基准');
  });

  test('gives the fee in yuan with each category’s share, or says that nothing is charged', () => {
    const paid = itemOf('3310-JS-002');
    const text = printed({
      item: paid,
      implementation: null,
      route: route(paid, TOWNSHIP, divisions),
      place: TOWNSHIP,
    });
    expect(text).toContain('550.00 元/件');
    expect(text).toContain('rural-homestead:0%');
    expect(guide).toContain('不收费。');
  });

  test('gives the fee of the node, by which its bills are made, and not the city’s', () => {
    const paid = itemOf('3310-JS-002');
    const feeSchedule = { baseFen: 8000, unit: '件', note: null, rates: [{ category: 'general', percent: 100 }] };
    const text = printed({ item: paid, implementation: { ...implementationOf(paid), feeSchedule } });
    expect(section(text, '收费')).toContain('80.00 元/件');
    expect(text).not.toContain('550.00');
  });

  test('says up to whom a decision is signed and by how many at most, and what is decided together', () => {
    const signed = (as: Partial<typeof item>) => printed({ item: { ...item, ...as } });
    const signOff = { level: 'DEPUTY_HEAD', maxLayers: 3 } as const;
    expect(signed({ signOff })).toContain('| 签批层级 | 分管领导签批,不超过 3 层 |');
    expect(signed({ signOff, collectiveDecision: true })).toContain('不超过 3 层;集体讨论决定 |');
    expect(signed({ signOff: null })).toContain('| 签批层级 | 未规定 |');
  });

  test('takes nothing of an item’s or a node’s text for Markdown', () => {
    const conditions = ['|x| <script>'];
    const text = printed({
      item: { ...item, name: '甲|乙\n# 丙 <b>', note: '[x](y)' },
      implementation: { ...implementation, conditions, place: 'a|b' },
    });
    expect(text).toContain(String.raw`# 甲\|乙 \# 丙 \<b\>办事指南`);
    expect(text).toContain(String.raw`\[x\](y)`);
    expect(text).toContain(String.raw`1. \|x\| \<script\>`);
    expect(text).toContain(String.raw`| a\|b |`);
  });

  test('can be printed of every sample item', () => {
    for (const each of items) {
      expect(printed({ item: each, implementation: null, route: null, place: COUNTY })).toContain(each.code);
    }
  });
});

test('the sample implementations are no worse than the catalogue, and are marked as unchecked', () => {
  for (const sample of sampleImplementations) {
    expect([sample.item, implementationFaults(sample, itemOf(sample.item), null)]).toEqual([sample.item, []]);
    expect(sample.verified).toBe(false);
  }
});
