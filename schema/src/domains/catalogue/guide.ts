import type { DivisionCode, Divisions } from '../../kernel/divisions.ts';
import {
  CROSS_DISTRICT_LABELS,
  ITEM_KIND_LABELS,
  ITEM_STATUS_LABELS,
  MATERIAL_SOURCE_LABELS,
  ONLINE_DEPTH_LABELS,
  PROCESSING_CLASS_LABELS,
  SIGN_OFF_LEVEL_LABELS,
} from './item-words.ts';
import { TIER_LABELS } from '../../kernel/words.ts';
import type { FeeSchedule, Implementation, Item } from './catalogue.ts';
import { scheduleOf } from './catalogue.ts';
import type { Route } from '../../case/competence.ts';
import type { OfferedForm } from './item-forms.ts';
import { ITEM_FORM_KIND, ITEM_FORM_TYPES } from './item-forms.ts';
import { limitText, plain } from '../../kernel/markdown.ts';
import type { ServiceWindow } from '../offices/rules.ts';
import type { FlowSentence } from './flow/index.ts';
import { flowOf, flowSentences } from './flow/index.ts';

/** What a guide is written from. */
export interface GuideParts {
  item: Item;
  /** Of the node that holds the power; null if it is not known here, and the city's standard stands in. */
  implementation: Implementation | null;
  /** Null if the place is too high to name the accepting organ. */
  route: Route | null;
  /** The place of the matter, for whose people it is. */
  place: DivisionCode;
  /** The desk that tells it. */
  node: DivisionCode;
  /** The desk's own windows for the item, see `windowsFor`. */
  windows: readonly ServiceWindow[];
  /** The item's forms, as the desk offers them. */
  forms: readonly OfferedForm[];
  divisions: Divisions;
}

/**
 * The printed guide (办事指南) of an item for one place, as Markdown: conditions, basis, materials, windows, procedure with
 * its stages, fees of the node, discretion standards, and whom to ask. The desk that is asked first tells all of it at
 * once (一次告知, 首问负责; 行政许可法 Art. 30).
 */
export function guideOf(parts: GuideParts): string {
  const { item, implementation } = parts;
  const { conditions } = implementation ?? item.standard;
  const sections = [
    `# ${plain(item.name)}办事指南`,
    ...notices(item, implementation),
    tableOf(['要素', '内容'], factsOf(parts)),
    '## 受理条件',
    conditions.length === 0 ? '除提交申请材料外,未另设条件。' : numbered(conditions),
    '## 设定依据',
    plain(item.legalBasis),
    '## 申请材料',
    materialsText((implementation ?? item.standard).materials),
    ...formsText(parts.forms),
    '## 办理地点和时间',
    placesText(parts),
    '## 办理流程',
    flowSentences(flowOf(parts)).map(stepText).join('\n'),
    '## 收费',
    feeText(scheduleOf(item, implementation)),
    ...discretionText(implementation),
    '## 咨询和监督',
    contactsText(item, implementation),
    ...(item.note === null ? [] : ['## 备注', plain(item.note)]),
    `> 事项版本 ${item.version}${implementation ? `,实施清单版本 ${implementation.version}` : ''}。`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function factsOf({ item, implementation, route, place, divisions }: GuideParts): string[][] {
  const { promised, greenChannel, urgent, maxVisits } = implementation ?? item.standard;
  const name = (code: DivisionCode) => divisions.get(code).name;
  const facts: [string, string | null][] = [
    ['事项编码', item.code],
    ['适用区域', name(place)],
    ['事项类型', ITEM_KIND_LABELS[item.kind]],
    ['办件类型', PROCESSING_CLASS_LABELS[item.processingClass]],
    ['行使层级', TIER_LABELS[item.decidingTier]],
    ['受理机关', route ? name(route.acceptor) : item.acceptingTiers.map((tier) => TIER_LABELS[tier]).join('、')],
    ['决定机关', route ? name(route.decider) : TIER_LABELS[item.decidingTier]],
    ['主管部门', item.department],
    ['责任人', chargeText(implementation)],
    ['法定办结时限', item.statutory ? limitText(item.statutory) : '依据未规定'],
    ['承诺办结时限', limitText(promised)],
    ['绿色通道时限(重点项目)', greenChannel && limitText(greenChannel)],
    ['特急办理时限', urgent && limitText(urgent)],
    ['到办事现场次数', `${maxVisits} 次`],
    ['可否代办', item.proxyAllowed ? '可以' : '不可以'],
    ['通办范围', item.crossDistrict === 'NONE' ? null : CROSS_DISTRICT_LABELS[item.crossDistrict]],
    ['网上办理深度', implementation?.onlineDepth ? ONLINE_DEPTH_LABELS[implementation.onlineDepth] : null],
    ['签批层级', signOffText(item)],
    ['事项状态', ITEM_STATUS_LABELS[item.status]],
    ['生效日期', item.effectiveTo === null ? item.effectiveFrom : `${item.effectiveFrom} 至 ${item.effectiveTo}`],
    ['人生事项', item.lifeEvents.join('、') || null],
  ];
  return facts.flatMap(([term, text]) => (text === null ? [] : [[term, text]]));
}

function notices(item: Item, implementation: Implementation | null): string[] {
  return [
    ...(item.status === 'IN_FORCE' ? [] : [`> **本事项已${ITEM_STATUS_LABELS[item.status]},不予受理。**`]),
    ...(item.verified ? [] : ['> 本指南所载依据、时限尚未与现行文本核对。']),
    ...(implementation ? [] : ['> 决定机关的实施清单尚未下达,以下按基本目录标准。']),
    ...(implementation?.verified === false ? ['> 办理环节、窗口、裁量基准等尚未与现行文本核对。'] : []),
  ];
}

function chargeText(implementation: Implementation | null): string | null {
  if (!implementation?.inCharge) return null;
  const { post, person, phone } = implementation.inCharge;
  return [post, person, phone].filter((part) => part !== null).join(' ');
}

/** What sharing, another agency or the system itself gives is named, and not asked for (国办发〔2016〕55号). */
function materialsText(materials: Implementation['materials']): string {
  if (materials.length === 0) return '无需提交材料。';
  return numbered(
    materials.map(({ name, required, providedBy, held }) => {
      const given = held
        ? ',系统已有,无需提交'
        : providedBy === 'APPLICANT'
          ? ''
          : `,${MATERIAL_SOURCE_LABELS[providedBy]},无需提交`;
      return `${name}(${required ? '必要' : '非必要'}${given})`;
    }),
  );
}

/** 表格下载: title, size, type and address of each form; one whose bytes have not come yet says so. */
function formsText(forms: readonly OfferedForm[]): string[] {
  if (forms.length === 0) return [];
  const rows = forms.map(({ material, kind, title, mediaType, size, path, arrived }) => [
    material,
    ITEM_FORM_KIND.labels[kind],
    title,
    `${ITEM_FORM_TYPES[mediaType]},${sizeText(size)}`,
    arrived ? path : `${path}(表格尚未下达本级)`,
  ]);
  return ['## 表格下载', tableOf(['材料', '类别', '名称', '格式', '下载地址'], rows)];
}

/** @param size bytes */
const sizeText = (size: number) =>
  size < 1024 * 1024 ? `${Math.ceil(size / 1024)} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`;

/** Where and when: at the organ that holds the power, and at the windows of the desk that tells it. */
function placesText({ item, implementation, node, windows, divisions }: GuideParts): string {
  const name = (code: DivisionCode) => divisions.get(code).name;
  const rows = windows.map((w) => [`${name(node)} ${w.name}(${w.code})`, w.place, w.hours, w.phone]);
  if (implementation) {
    const { windows: named, place, hours, contacts } = implementation;
    const stated = named.length > 0 ? named.join('、') : item.window;
    if (stated !== null || place !== null || hours !== null) {
      rows.push([`${name(implementation.node)} ${stated ?? ''}`.trim(), place, hours, contacts[0]?.phone ?? null]);
    }
  } else if (item.window !== null) rows.push([item.window, null, null, null]);
  if (rows.length === 0) return '窗口、地点和时间由受理机关公布。';
  return tableOf(
    ['窗口', '地点', '时间', '电话'],
    rows.map((row) => row.map((cell) => cell ?? '未公布')),
  );
}

function stepText({ head, notes }: FlowSentence, index: number): string {
  return [`${index + 1}. ${plain(head)}`, ...notes.map((note) => `   - ${plain(note)}`)].join('\n');
}

/** @param feeSchedule of the node that holds the power, the same that bills are made by */
function feeText(feeSchedule: FeeSchedule | null): string {
  if (!feeSchedule) return '不收费。';
  const { baseFen, unit, rates, note } = feeSchedule;
  const base = baseFen === null ? '按各自收费标准' : `${(baseFen / 100).toFixed(2)} 元/${plain(unit)}`;
  const lines = rates.map(({ category, percent }) => `- ${plain(category)}:${percent}%`);
  return [`${base}${note === null ? '' : `(${plain(note)})`}`, lines.join('\n')].join('\n\n');
}

function discretionText(implementation: Implementation | null): string[] {
  if (!implementation || implementation.discretion.length === 0) return [];
  const rows = implementation.discretion.map(({ id, circumstance, standard }) => [id, circumstance, standard]);
  return ['## 裁量基准', tableOf(['编号', '情形', '标准'], rows)];
}

function contactsText({ supervisionWay }: Item, implementation: Implementation | null): string {
  const lines = [
    ...(implementation?.contacts ?? []).map(({ name, phone }) => `${name}:${phone}`),
    ...(supervisionWay === null ? [] : [`监督方式:${supervisionWay}`]),
  ];
  return lines.length === 0 ? '向受理机关咨询。' : lines.map((line) => `- ${plain(line)}`).join('\n');
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map((cells) => row(cells.map(plain)))].join('\n');
}

const numbered = (texts: readonly string[]) => texts.map((text, i) => `${i + 1}. ${plain(text)}`).join('\n');

/** The highest level that signs a decision, and the most people who sign (签批层级); an item need not name them. */
function signOffText({ signOff, collectiveDecision }: Item): string {
  const signed = signOff === null ? '未规定' : `${SIGN_OFF_LEVEL_LABELS[signOff.level]},不超过 ${signOff.maxLayers} 层`;
  return collectiveDecision ? `${signed};集体讨论决定` : signed;
}
