import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import { ITEM_KIND_LABELS, ITEM_STATUS_LABELS, PROCESSING_CLASS_LABELS, SIGN_OFF_LEVEL_LABELS } from './item-words.ts';
import { TIER_LABELS } from '../../kernel/words.ts';
import type { Implementation, Item } from './catalogue.ts';
import type { Route } from '../../case/competence.ts';
import { limitText, plain } from '../../kernel/markdown.ts';

/**
 * The printed guide (办事指南) of an item for one division, as Markdown. The desk that is asked first names basis, limits,
 * procedure and all materials at once (一次告知, 首问负责; 行政许可法 Art. 30).
 * @param implementation of the deciding node; null if this node does not have it, and the city's standard stands in
 * @param route null if the division is too high to name the accepting organ
 */
export function guideOf(
  item: Item,
  implementation: Implementation | null,
  route: Route | null,
  division: DivisionCode,
  divisions: Divisions,
): string {
  const { promised, greenChannel, urgent, materials, maxVisits } = implementation ?? item.standard;
  const name = (code: DivisionCode) => divisions.get(code).name;
  const facts: [string, string][] = [
    ['事项编码', item.code],
    ['适用区域', name(division)],
    ['事项类型', ITEM_KIND_LABELS[item.kind]],
    ['办件类型', PROCESSING_CLASS_LABELS[item.processingClass]],
    ['行使层级', TIER_LABELS[item.decidingTier]],
    ['受理机关', route ? name(route.acceptor) : item.acceptingTiers.map((tier) => TIER_LABELS[tier]).join('、')],
    ['决定机关', route ? name(route.decider) : TIER_LABELS[item.decidingTier]],
    ['主管部门', item.department],
    ['法定办结时限', item.statutory ? limitText(item.statutory) : '依据未规定'],
    ['承诺办结时限', limitText(promised)],
    ...(greenChannel ? [['绿色通道时限(重点项目)', limitText(greenChannel)] as [string, string]] : []),
    ...(urgent ? [['特急办理时限', limitText(urgent)] as [string, string]] : []),
    ['到办事现场次数', `${maxVisits} 次`],
    ['可否代办', item.proxyAllowed ? '可以' : '不可以'],
    ['签批层级', signOffText(item)],
    ['事项状态', ITEM_STATUS_LABELS[item.status]],
    ['生效日期', item.effectiveTo === null ? item.effectiveFrom : `${item.effectiveFrom} 至 ${item.effectiveTo}`],
  ];
  if (item.lifeEvents.length > 0) facts.push(['人生事项', item.lifeEvents.join('、')]);
  const sections = [
    `# ${plain(item.name)}办事指南`,
    ...notices(item, implementation),
    ['| 要素 | 内容 |', '| --- | --- |', ...facts.map(([term, text]) => `| ${term} | ${plain(text)} |`)].join('\n'),
    '## 设定依据',
    plain(item.legalBasis),
    '## 申请材料',
    materials.length === 0
      ? '无需提交材料。'
      : materials.map((m, i) => `${i + 1}. ${plain(m.name)}(${m.required ? '必要' : '非必要'})`).join('\n'),
    '## 办理流程',
    procedure(item, route, name)
      .map((step, i) => `${i + 1}. ${step}`)
      .join('\n'),
    '## 收费',
    feeText(item),
    ...(item.note === null ? [] : ['## 备注', plain(item.note)]),
    `> 事项版本 ${item.version}${implementation ? `,实施清单版本 ${implementation.version}` : ''}。`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function notices(item: Item, implementation: Implementation | null): string[] {
  return [
    ...(item.status === 'IN_FORCE' ? [] : [`> **本事项已${ITEM_STATUS_LABELS[item.status]},不予受理。**`]),
    ...(item.verified ? [] : ['> 本指南所载依据、时限尚未与现行文本核对。']),
    ...(implementation ? [] : ['> 决定机关的实施清单尚未下达,以下按基本目录标准。']),
  ];
}

function procedure(item: Item, route: Route | null, name: (code: DivisionCode) => string): string[] {
  const acceptor = route ? plain(name(route.acceptor)) : '受理机关';
  const decider = route ? plain(name(route.decider)) : '决定机关';
  const steps = [
    item.proxyAllowed ? `申请:向${acceptor}提出,也可委托村(居)代办员代为提出。` : `申请:向${acceptor}提出。`,
    `受理:${acceptor}受理;材料不齐的,当场或者五个工作日内一次告知全部补正内容。`,
  ];
  if (route && route.acceptor !== route.decider) steps.push(`初审:${acceptor}审查后连同全部材料报${decider}。`);
  if (item.substanceCheck) steps.push('核查:对申请材料的实质内容,由两名以上工作人员核查。');
  if (item.kind === 'LICENSE' && item.hearing === 'HELD')
    steps.push('听证:向社会公告并举行听证,根据听证笔录作出决定。');
  if (item.kind === 'LICENSE' && item.hearing === 'OFFERED') {
    steps.push('听证:决定前告知听证权利,五个工作日内可申请听证,二十个工作日内组织。');
  }
  steps.push(`决定:${decider}审查并决定;不予的说明理由,告知复议、诉讼途径。`, '送达:自决定之日起十个工作日内送达。');
  if (item.kind === 'LICENSE') {
    steps.push(`延续:有效期届满 ${item.renewalDays} 日前申请;届满前未作决定的,视为准予延续。`);
  }
  return steps;
}

function feeText({ feeSchedule }: Item): string {
  if (!feeSchedule) return '不收费。';
  const { baseFen, unit, rates, note } = feeSchedule;
  const base = baseFen === null ? '按各自收费标准' : `${(baseFen / 100).toFixed(2)} 元/${plain(unit)}`;
  const lines = rates.map(({ category, percent }) => `- ${plain(category)}:${percent}%`);
  return [`${base}${note === null ? '' : `(${plain(note)})`}`, lines.join('\n')].join('\n\n');
}

/** The highest level that signs a decision, and the most people who sign (签批层级); an item need not name them. */
function signOffText({ signOff, collectiveDecision }: Item): string {
  const signed = signOff === null ? '未规定' : `${SIGN_OFF_LEVEL_LABELS[signOff.level]},不超过 ${signOff.maxLayers} 层`;
  return collectiveDecision ? `${signed};集体讨论决定` : signed;
}
