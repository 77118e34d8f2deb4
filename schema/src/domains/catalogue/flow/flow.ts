import type { Route } from '../../../case/competence.ts';
import { mayTakeIn } from '../../../case/competence.ts';
import type { DivisionCode, Divisions } from '../../../kernel/divisions.ts';
import { limitText } from '../../../kernel/markdown.ts';
import type { Tier } from '../../../kernel/words.ts';
import { TIER_LABELS } from '../../../kernel/words.ts';
import { GRANT_MODE_LABELS } from '../../delegation/words.ts';
import type { Implementation, Item, Stage } from '../catalogue.ts';
import { acceptingOrgans } from '../catalogue.ts';
import type { ChartStep, FlowStep } from '../item-words.ts';
import {
  CHART_STEP_LABELS,
  FLOW_STEP_LABELS,
  FLOW_STEPS,
  POWER_SOURCE_LABELS,
  SIGN_OFF_LEVEL_LABELS,
} from '../item-words.ts';

/** `STEP` is done by a competent organ, `STAGE` is one its node publishes, `NOTICE` asks the applicant for something. */
export type FlowNodeKind = 'START' | 'STEP' | 'STAGE' | 'NOTICE' | 'END';

/** A box of the flow chart. */
export interface FlowNode {
  /** `n1`, `n2` …, in the order of the flow. */
  id: string;
  kind: FlowNodeKind;
  /** The step it is, or the step its stage is part of; null for what the applicant does and gets. */
  step: ChartStep | null;
  /** The published stage it shows, by its place in the implementation's list. */
  stage: number | null;
  /** Index of the lane: whose part it is. */
  lane: number;
  title: string;
  /** Limits, posts, conditions, powers and standards, a sentence each. */
  lines: string[];
}

/** `NEXT` goes on, `BRANCH` leaves the way to a result, `BACK` comes back from a notice. */
export interface FlowEdge {
  kind: 'NEXT' | 'BRANCH' | 'BACK';
  from: string;
  to: string;
  label: string | null;
}

/** 流程图 of an item for one place: boxes in the lanes of the applicant and of the organs. */
export interface FlowChart {
  item: string;
  place: DivisionCode;
  title: string;
  /** Names of the lanes: the applicant first, then the organs in the order of their first step. */
  lanes: string[];
  nodes: FlowNode[];
  edges: FlowEdge[];
}

/** What a chart is drawn from. */
export interface FlowParts {
  item: Item;
  /** Of the node that holds the power; null if it is not known here. */
  implementation: Implementation | null;
  /** Null if the place is too high to name the accepting organ. */
  route: Route | null;
  place: DivisionCode;
  divisions: Divisions;
}

const APPLICANT = '申请人';

/** A branch of a step to the applicant: a result, or a notice that is answered. */
interface Branch {
  kind: 'NOTICE' | 'END';
  label: string;
  title: string;
  lines: string[];
  /** The applicant's answer, which leads back; null where the branch ends. */
  back: string | null;
}

/** Whose step it is. */
interface Organ {
  /** The division's code; the name of the tiers where the place names none. */
  key: string;
  name: string;
}

/** A step of the flow before its stages are put in. */
interface Step {
  step: ChartStep;
  organ: Organ;
  lines: string[];
  branches: Branch[];
}

/**
 * The flow chart of an item for one place: the steps by competence (who takes in, accepts, reviews, decides, through
 * which grant), each with the stages the deciding node publishes for it. Every step and every stage occurs once.
 * Source: 行政许可法 Art. 30 (the procedure is public), Art. 32, 38, 44, 45, 47.
 */
export function flowOf(parts: FlowParts): FlowChart {
  const { item, implementation, place, divisions } = parts;
  const steps = stepsOf(parts);
  const chart = new ChartBuilder(steps.map(({ organ }) => organ));
  chart.add({ kind: 'START', step: null, stage: null, lane: 0, title: '申请', lines: startLines(parts) });
  const staged = stagesByStep(
    implementation?.stages ?? [],
    steps.map(({ step }) => step),
  );
  for (const step of steps) chart.addStep(step, staged.get(step.step) ?? []);
  chart.add({ kind: 'END', step: null, stage: null, lane: 0, title: '办结', lines: endLines(item) });
  return {
    item: item.code,
    place,
    title: `${item.name}流程图(${divisions.get(place).name})`,
    lanes: chart.lanes,
    nodes: chart.nodes,
    edges: chart.edges,
  };
}

interface PlacedStage {
  stage: Stage;
  index: number;
}

/** Usual names of 办理环节 beside the steps' own. */
const ALSO: Partial<Record<FlowStep, readonly string[]>> = {
  DECIDE: ['审批', '签批'],
  DELIVER: ['制证', '发证', '颁证', '办结'],
};

/** The step a stage is part of: the one it names, else the one whose word its name contains, else the review. */
export function stepOfStage({ step, name }: Pick<Stage, 'step' | 'name'>): FlowStep {
  const isOf = (each: FlowStep) => [FLOW_STEP_LABELS[each], ...(ALSO[each] ?? [])].some((word) => name.includes(word));
  return step ?? FLOW_STEPS.find(isOf) ?? 'REVIEW';
}

/** A stage of a step that this place or item has not belongs to the step that is done instead: the first it has. */
const INSTEAD: Partial<Record<FlowStep, readonly ChartStep[]>> = {
  TAKE_IN: ['ACCEPT', 'ANSWER'],
  ACCEPT: ['ANSWER'],
  FIRST_REVIEW: ['REVIEW', 'ANSWER'],
  REVIEW: ['ANSWER'],
  HEARING: ['REVIEW', 'ANSWER'],
  DECIDE: ['ANSWER', 'REPORT'],
};

function stagesByStep(stages: readonly Stage[], steps: readonly ChartStep[]): Map<ChartStep, PlacedStage[]> {
  const found = new Map<ChartStep, PlacedStage[]>();
  stages.forEach((stage, index) => {
    const named = stepOfStage(stage);
    const step = [named, ...(INSTEAD[named] ?? [])].find((each) => steps.includes(each)) ?? named;
    found.set(step, [...(found.get(step) ?? []), { stage, index }]);
  });
  return found;
}

/** Steps whose result goes to the applicant: their stages come before them. */
const RESULTS: readonly ChartStep[] = ['ACCEPT', 'DECIDE', 'ANSWER', 'REPORT', 'DELIVER'];

class ChartBuilder {
  readonly nodes: FlowNode[] = [];
  readonly edges: FlowEdge[] = [];
  readonly #organs: ReadonlyMap<string, string>;
  #last: FlowNode | null = null;

  constructor(organs: readonly Organ[]) {
    this.#organs = new Map(organs.map(({ key, name }) => [key, name]));
  }

  get lanes(): string[] {
    return [APPLICANT, ...this.#organs.values()];
  }

  /** Adds a box behind the one before. */
  add(node: Omit<FlowNode, 'id'>): FlowNode {
    const added = this.#put(node);
    if (this.#last) this.edges.push({ kind: 'NEXT', from: this.#last.id, to: added.id, label: null });
    this.#last = added;
    return added;
  }

  /** Adds a step with its stages; a stage that has the step's own name is told in the step's box. */
  addStep({ step, organ, lines, branches }: Step, stages: readonly PlacedStage[]): void {
    const lane = 1 + [...this.#organs.keys()].indexOf(organ.key);
    const own = stages.find(({ stage }) => stage.name === CHART_STEP_LABELS[step]);
    const rest = stages.filter((each) => each !== own);
    const at = own ? stages.indexOf(own) : RESULTS.includes(step) ? rest.length : 0;
    const addStages = (some: readonly PlacedStage[]) => {
      for (const { stage, index } of some) {
        this.add({ kind: 'STAGE', step, stage: index, lane, title: stage.name, lines: stageLines(stage) });
      }
    };
    addStages(rest.slice(0, at));
    const box = this.add({
      kind: 'STEP',
      step,
      stage: own?.index ?? null,
      lane,
      title: CHART_STEP_LABELS[step],
      lines: [...lines, ...(own ? stageLines(own.stage) : [])],
    });
    for (const branch of branches) this.#branch(box, branch);
    addStages(rest.slice(at));
  }

  #branch(box: FlowNode, { kind, label, title, lines, back }: Branch): void {
    const to = this.#put({ kind, step: null, stage: null, lane: 0, title, lines });
    this.edges.push({ kind: 'BRANCH', from: box.id, to: to.id, label });
    if (back !== null) this.edges.push({ kind: 'BACK', from: to.id, to: box.id, label: back });
  }

  #put(node: Omit<FlowNode, 'id'>): FlowNode {
    const added = { id: `n${this.nodes.length + 1}`, ...node };
    this.nodes.push(added);
    return added;
  }
}

function stageLines({ standard, limit, post, person }: Stage): string[] {
  return [
    ...(limit ? [`环节时限:${limitText(limit)}`] : []),
    `岗位:${post}${person === null ? '' : `(${person})`}`,
    `标准:${standard}`,
  ];
}

/** The steps by competence, in their order. */
function stepsOf(parts: FlowParts): Step[] {
  const { item, route, place, divisions } = parts;
  const organ = (code: DivisionCode): Organ => ({ key: code, name: divisions.get(code).name });
  const acceptor = route ? organ(route.acceptor) : tierOf(acceptingOrgans(item));
  const decider = route ? organ(route.decider) : tierOf([item.decidingTier]);
  const reviewGrant = route?.through.review ?? null;
  const reviewer = reviewGrant ? organ(reviewGrant.grantee) : decider;
  const takenIn = route && route.acceptor !== place && mayTakeIn(item, place, route, divisions);
  const step = (is: ChartStep, by: Organ, lines: string[], branches: Branch[] = []): Step => ({
    step: is,
    organ: by,
    lines,
    branches,
  });
  const taking = takenIn ? [step('TAKE_IN', organ(place), [`核对材料,出具收件凭证,转${acceptor.name}`])] : [];
  const delivering = step('DELIVER', decider, ['自决定之日起十个工作日内送达']);
  if (item.processingClass === 'ANSWER') {
    return [...taking, step('ANSWER', decider, answerLines(parts)), { ...delivering, lines: ['答复书送达申请人'] }];
  }
  const first = route ? acceptor.key !== reviewer.key : !acceptingOrgans(item).includes(item.decidingTier);
  return [
    ...taking,
    step('ACCEPT', acceptor, acceptLines(parts), ACCEPT_BRANCHES),
    ...(first ? [step('FIRST_REVIEW', acceptor, [`审查完毕,连同全部材料报${reviewer.name}`])] : []),
    step('REVIEW', reviewer, [
      ...(reviewGrant
        ? [`${GRANT_MODE_LABELS[reviewGrant.mode]}:此审查视为${organ(reviewGrant.grantor).name}的审查`]
        : []),
      ...(item.substanceCheck ? ['对申请材料的实质内容,由两名以上工作人员核查'] : []),
      ...jointLines(item),
    ]),
    ...hearingSteps(item, reviewer, step),
    item.handlingWay === 'FORWARDED'
      ? step('REPORT', decider, reportLines(parts), [REFUSED_OUTSIDE])
      : step('DECIDE', decider, decideLines(parts), [REFUSAL]),
    delivering,
  ];
}

function hearingSteps(
  { kind, hearing }: Item,
  organ: Organ,
  step: (is: ChartStep, by: Organ, lines: string[]) => Step,
): Step[] {
  if (kind !== 'LICENSE' || hearing === 'NONE') return [];
  const how =
    hearing === 'HELD'
      ? '向社会公告并举行听证,根据听证笔录作出决定'
      : '决定前告知听证权利,五个工作日内可申请听证,二十个工作日内组织';
  return [step('HEARING', organ, [how])];
}

function tierOf(tiers: readonly Tier[]): Organ {
  const name = tiers.map((tier) => TIER_LABELS[tier]).join('或');
  return { key: name, name };
}

function startLines({ item, implementation }: FlowParts): string[] {
  const { materials } = implementation ?? item.standard;
  const asked = materials.filter(({ providedBy, held }) => providedBy === 'APPLICANT' && !held);
  return [
    asked.length === 0 ? '无需提交材料' : `提交材料 ${asked.length} 件`,
    ...(item.proxyAllowed ? ['可委托村(居)代办员代为提出'] : []),
  ];
}

function acceptLines({ item, implementation }: FlowParts): string[] {
  const { conditions } = implementation ?? item.standard;
  return conditions.map((condition) => `条件:${condition}`);
}

const ACCEPT_BRANCHES: Branch[] = [
  {
    kind: 'NOTICE',
    label: '材料不齐',
    title: '补正',
    lines: ['当场或者五个工作日内一次告知全部补正内容'],
    back: '补正后',
  },
  {
    kind: 'END',
    label: '不符合',
    title: '不予受理',
    lines: ['书面说明理由,告知救济途径'],
    back: null,
  },
];

const REFUSAL: Branch = {
  kind: 'END',
  label: '不予',
  title: '不予决定',
  lines: ['说明理由,告知复议、诉讼途径'],
  back: null,
};

/** An organ outside the city decides, on what is reported to it. */
const REFUSED_OUTSIDE: Branch = { ...REFUSAL, label: '上级机关不予', lines: ['转交上级机关的书面决定'] };

/** 答复件: nothing is accepted, reviewed or decided (控制事项明确答复制). */
function answerLines(parts: FlowParts): string[] {
  return ['写明可以办理、不能办理,或者需要具备的条件,并说明理由', ...promiseLines(parts), ...signOffLines(parts)];
}

/** 转报: the own limit ends with the sending (上报事项负责办理制). */
function reportLines(parts: FlowParts): string[] {
  return ['连同审查意见和全部材料报有权的上级机关决定', ...promiseLines(parts), ...signOffLines(parts)];
}

function promiseLines({ item, implementation }: FlowParts): string[] {
  const { promised } = implementation ?? item.standard;
  return [`承诺时限:${limitText(promised)}`, ...(item.statutory ? [`法定时限:${limitText(item.statutory)}`] : [])];
}

function signOffLines({ item: { signOff } }: FlowParts): string[] {
  return signOff ? [`${SIGN_OFF_LEVEL_LABELS[signOff.level]},不超过 ${signOff.maxLayers} 层`] : [];
}

function decideLines(parts: FlowParts): string[] {
  const { item, route, divisions } = parts;
  const grant = route?.through.decide ?? null;
  return [
    `权限:${grant ? `${divisions.get(grant.grantor).name}${GRANT_MODE_LABELS[grant.mode]}` : POWER_SOURCE_LABELS[item.powerSource]}`,
    ...promiseLines(parts),
    ...signOffLines(parts),
    ...(item.collectiveDecision ? ['集体讨论决定'] : []),
  ];
}

function jointLines({ bundle }: Item): string[] {
  if (!bundle || bundle.departments.length === 0) return [];
  return [`联办部门:${bundle.departments.join('、')}`];
}

function endLines({ kind, renewalDays }: Item): string[] {
  return kind === 'LICENSE'
    ? ['领取结果', `延续:有效期届满 ${renewalDays} 日前申请;届满前未作决定的,视为准予延续`]
    : ['领取结果'];
}
