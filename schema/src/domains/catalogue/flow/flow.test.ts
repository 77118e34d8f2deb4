import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CITY,
  COUNTY,
  divisions,
  implementationOf,
  itemOf,
  items,
  sampleImplementations,
  TOWNSHIP,
  VILLAGE,
} from '../../../testing/fixtures.ts';
import { grantOf } from '../../../testing/grants.ts';
import type { DivisionCode } from '../../../kernel/divisions.ts';
import { ProblemError } from '../../../kernel/errors.ts';
import type { Route } from '../../../case/competence.ts';
import { mayTakeIn, route } from '../../../case/competence.ts';
import type { Implementation, Item, Stage } from '../catalogue.ts';
import type { FlowChart } from './flow.ts';
import { flowOf, stepOfStage } from './flow.ts';
import type { Point, Rect } from './layout.ts';
import { layoutOf, LINE_SIZE, TITLE_SIZE } from './layout.ts';
import { flowSvg } from './svg.ts';
import { flowMermaid, flowText, wayOf } from './text.ts';
import type { ChartStep, FlowStep } from '../item-words.ts';
import { FLOW_STEPS } from '../item-words.ts';
import { widthOf, wrapped } from './text-width.ts';

const PLACES = [CITY, COUNTY, TOWNSHIP, VILLAGE];

function routeAt(item: Item, place: DivisionCode): Route | null {
  try {
    return route(item, place, divisions);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'COMPETENCE_UNRESOLVED') return null;
    throw error;
  }
}

const chartOf = (item: Item, place: DivisionCode, implementation: Implementation | null): FlowChart =>
  flowOf({ item, implementation, route: routeAt(item, place), place, divisions });

const sampleOf = ({ code }: Item) => sampleImplementations.find((each) => each.item === code) ?? null;

/** Every item of the sample at every tier, with the stages of the sample's implementations. */
const CHARTS = items.flatMap((item) =>
  PLACES.map((place) => ({ item, place, implementation: sampleOf(item), chart: chartOf(item, place, sampleOf(item)) })),
);

const overlap = (a: Rect, b: Rect) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const segmentRect = (a: Point, b: Point): Rect => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x) || 0.1,
  height: Math.abs(a.y - b.y) || 0.1,
});

/** Everything in a layout that lies on something else, or sticks out of it. */
function faultsOf(chart: FlowChart): string[] {
  const { boxes, arrows, lanes, width, height } = layoutOf(chart);
  const faults: string[] = [];
  const say = (fault: string) => faults.push(`${chart.title}: ${fault}`);
  boxes.forEach((box, i) => {
    for (const other of boxes.slice(i + 1)) if (overlap(box, other)) say(`${box.node.id} on ${other.node.id}`);
    const widest = [...box.title.map((t) => widthOf(t) * TITLE_SIZE), ...box.lines.map((t) => widthOf(t) * LINE_SIZE)];
    if (Math.max(...widest) > box.width) say(`text leaves ${box.node.id}`);
    if (box.title.length * 22 + box.lines.length * 17 + 24 > box.height) say(`${box.node.id} is too low`);
    const lane = lanes[box.node.lane];
    if (!lane || box.x < lane.x || box.x + box.width > lane.x + lane.width) say(`${box.node.id} leaves its lane`);
    if (box.x + box.width > width || box.y + box.height > height) say(`${box.node.id} leaves the picture`);
  });
  for (const { edge, points, label } of arrows) {
    points.slice(1).forEach((point, i) => {
      const from = points[i];
      if (!from) return;
      const drawn = segmentRect(from, point);
      for (const box of boxes) {
        if (box.node.id !== edge.from && box.node.id !== edge.to && overlap(drawn, box)) {
          say(`${edge.from}→${edge.to} crosses ${box.node.id}`);
        }
      }
    });
    for (const box of boxes) if (label && overlap(label, box)) say(`label ${label.text} on ${box.node.id}`);
    for (const other of arrows) {
      if (label && other.label && other !== arrows.find((a) => a.label === label) && overlap(label, other.label)) {
        say(`label ${label.text} on ${other.label.text}`);
      }
    }
  }
  return faults;
}

/** The steps that competence asks for, by the rules alone. */
function expectedSteps(item: Item, place: DivisionCode): ChartStep[] {
  const found = routeAt(item, place);
  const hearing = item.kind === 'LICENSE' && item.hearing !== 'NONE';
  const first = found ? found.acceptor !== found.decider : !item.acceptingTiers.includes(item.decidingTier);
  const takenIn = found && found.acceptor !== place && mayTakeIn(item, place, found, divisions);
  if (item.processingClass === 'ANSWER') return takenIn ? ['TAKE_IN', 'ANSWER', 'DELIVER'] : ['ANSWER', 'DELIVER'];
  const steps = FLOW_STEPS.filter(
    (step) =>
      !(step === 'TAKE_IN' && !takenIn) && !(step === 'FIRST_REVIEW' && !first) && !(step === 'HEARING' && !hearing),
  );
  return steps.map((step) => (step === 'DECIDE' && item.handlingWay === 'FORWARDED' ? 'REPORT' : step));
}

describe('the flow chart of every sample item at city, county, township and village', () => {
  test('has every step by competence once, in the order of the flow', () => {
    for (const { item, place, chart } of CHARTS) {
      const steps = chart.nodes.filter(({ kind }) => kind === 'STEP').map(({ step }) => step);
      expect([chart.title, steps]).toEqual([chart.title, expectedSteps(item, place)]);
    }
  });

  test('has every published stage once', () => {
    for (const { implementation, chart } of CHARTS) {
      const shown = chart.nodes.flatMap(({ stage }) => (stage === null ? [] : [stage]));
      expect(shown.toSorted((a, b) => a - b)).toEqual((implementation?.stages ?? []).map((_, i) => i));
    }
  });

  test('is one way from the application to the end, with its branches beside it', () => {
    for (const { chart, item } of CHARTS) {
      const way = wayOf(chart);
      const next = chart.edges.filter(({ kind }) => kind === 'NEXT').map(({ from, to }) => [from, to]);
      expect(next).toEqual(way.slice(1).map((node, i) => [way[i]?.id, node.id]));
      expect([way[0]?.kind, way.at(-1)?.kind]).toEqual(['START', 'END']);
      const ends = chart.nodes.filter(({ kind }) => kind === 'END');
      // not accepted, refused, and done; an answer is neither accepted nor refused
      expect(ends).toHaveLength(item.processingClass === 'ANSWER' ? 1 : 3);
    }
  });

  test('lies without overlaps, its texts in their boxes and its arrows beside the boxes they pass', () => {
    expect(CHARTS.flatMap(({ chart }) => faultsOf(chart))).toEqual([]);
  });

  test('says in its text and in Mermaid what the picture shows', () => {
    for (const { chart } of CHARTS) {
      const [text, mermaid, svg] = [flowText(chart), flowMermaid(chart), flowSvg(chart)];
      for (const { title, id, lines } of chart.nodes) {
        expect(text).toContain(title);
        for (const line of lines) expect(text).toContain(line);
        expect(mermaid).toMatch(new RegExp(`^ +${id}[[(]`, 'mu'));
      }
      for (const lane of chart.lanes) expect(mermaid).toContain(lane);
      expect(mermaid.match(/-->|-\.->/gu)).toHaveLength(chart.edges.length);
      expect(svg.match(/<polyline/gu)).toHaveLength(chart.edges.length);
      expect(svg.match(/<g>/gu)).toHaveLength(chart.nodes.length);
    }
  });

  test('is a picture that stands alone: well formed, no script, style or link, with title and description', () => {
    for (const { chart } of CHARTS) {
      const svg = flowSvg(chart);
      expect(tagsOf(svg)).toEqual([]);
      expect(svg).not.toMatch(/<script|<style|<foreignObject|href|url\(|\son[a-z]+=/iu);
      expect(svg).toContain(`<title id="flow-${chart.item}-${chart.place}-title">`);
      expect(svg).toContain('<desc id="flow-');
    }
  });
});

/** Tags left open or closed out of turn, by a reader that knows no more of XML than nesting. */
function tagsOf(svg: string): string[] {
  const open: string[] = [];
  for (const [, close, name = '', alone] of svg.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/gu)) {
    if (!close) {
      if (!alone) open.push(name);
    } else if (open.at(-1) === name) open.pop();
    else open.push(`/${name}`);
  }
  return open;
}

describe('a flow chart', () => {
  const item = itemOf('3310-MZ-001');
  const stage = (name: string, step: FlowStep | null = null): Stage => ({
    name,
    standard: '按规定',
    limit: { days: 2, unit: 'WORKDAY' },
    post: '经办岗',
    person: null,
    step,
  });
  const titles = (stages: Stage[], place = VILLAGE, of = item) =>
    chartOf(of, place, { ...implementationOf(of), stages }).nodes.map(({ title }) => title);

  test('puts a village’s taking in, the township’s acceptance and first review and the county’s decision in lanes', () => {
    const { lanes, nodes } = chartOf(item, VILLAGE, null);
    expect(lanes).toEqual(['申请人', '包家村委会', '亭旁镇', '三门县']);
    const placed = nodes.filter(({ kind }) => kind === 'STEP').map(({ step, lane }) => [step, lanes[lane]]);
    expect(placed).toEqual([
      ['TAKE_IN', '包家村委会'],
      ['ACCEPT', '亭旁镇'],
      ['FIRST_REVIEW', '亭旁镇'],
      ['REVIEW', '三门县'],
      ['DECIDE', '三门县'],
      ['DELIVER', '三门县'],
    ]);
  });

  test('tells a stage of a step’s own name in the step’s box, and draws the others at it', () => {
    expect(titles([stage('受理'), stage('入户调查', 'FIRST_REVIEW'), stage('集体讨论', 'DECIDE')])).toEqual([
      '申请',
      '收件',
      '受理',
      '补正',
      '不予受理',
      '初审',
      '入户调查',
      '审查',
      '集体讨论',
      '决定',
      '不予决定',
      '送达',
      '办结',
    ]);
  });

  test('takes the step of a stage from what it says, else from its name, else it is a review', () => {
    expect(stepOfStage(stage('材料核对', 'ACCEPT'))).toBe('ACCEPT');
    expect(['受理登记', '初审', '现场踏勘', '审批', '制证', '听证'].map((name) => stepOfStage(stage(name)))).toEqual([
      'ACCEPT',
      'FIRST_REVIEW',
      'REVIEW',
      'DECIDE',
      'DELIVER',
      'HEARING',
    ]);
  });

  test('gives stages of a step that a place has not to the step that is done instead', () => {
    const own = itemOf('3310-NY-001');
    const stages = [stage('代收', 'TAKE_IN'), stage('初审'), stage('听证会', 'HEARING')];
    expect(titles(stages, TOWNSHIP, own)).toEqual([
      '申请',
      '代收',
      '受理',
      '补正',
      '不予受理',
      '审查',
      '初审',
      '听证会',
      '决定',
      '不予决定',
      '送达',
      '办结',
    ]);
  });

  test('shows who decides by a grant, by whose power, and no first review where one desk does both', () => {
    const relief = itemOf('3310-MZ-002');
    const grants = [grantOf()];
    const facts = { amountFen: 1 };
    const found = route(relief, VILLAGE, divisions, grants, facts);
    const { lanes, nodes } = flowOf({ item: relief, implementation: null, route: found, place: VILLAGE, divisions });
    const decision = nodes.find(({ step }) => step === 'DECIDE');
    expect(found.through.decide).not.toBeNull();
    expect(lanes[decision?.lane ?? 0]).toBe('亭旁镇');
    expect(decision?.lines[0]).toMatch(/^权限:三门县(?:委托|授权)/u);
    expect(nodes.some(({ step }) => step === 'FIRST_REVIEW')).toBe(false);
  });

  test('of an item that is answered goes from the application to the answer, with no acceptance and no decision', () => {
    const { nodes, edges } = chartOf(itemOf('3310-FG-002'), TOWNSHIP, null);
    expect(nodes.flatMap(({ step }) => step ?? [])).toEqual(['TAKE_IN', 'ANSWER', 'DELIVER']);
    expect(nodes.find(({ step }) => step === 'ANSWER')).toMatchObject({
      title: '答复',
      lines: [expect.any(String), expect.stringMatching(/^承诺时限:3/u)],
    });
    expect(edges.every(({ kind }) => kind === 'NEXT')).toBe(true);
  });

  test('of an item that an organ outside decides reports it there after the review, and delivers what came back', () => {
    const { nodes } = chartOf(itemOf('3310-SL-002'), COUNTY, null);
    const steps = nodes.flatMap(({ step }) => step ?? []);
    expect(steps).toEqual(expect.arrayContaining(['ACCEPT', 'REVIEW', 'REPORT', 'DELIVER']));
    expect(steps).not.toContain('DECIDE');
    expect(nodes.find(({ step }) => step === 'REPORT')?.lines[0]).toContain('上级机关');
  });

  test('puts stages that name a decision into the answer, where one is given instead', () => {
    const answered = itemOf('3310-FG-002');
    const stage: Stage = {
      name: '签批',
      standard: '意见明确',
      limit: null,
      post: '科长',
      person: null,
      step: 'DECIDE',
    };
    const { nodes } = chartOf(answered, COUNTY, { ...implementationOf(answered), stages: [stage] });
    expect(nodes.find(({ kind }) => kind === 'STAGE')).toMatchObject({ step: 'ANSWER', title: '签批' });
  });

  test('names tiers where the place is too high to name the organs', () => {
    expect(chartOf(item, COUNTY, null).lanes).toEqual(['申请人', '乡镇', '县']);
  });

  test('names limits, conditions, the powers and the levels of signature at their steps', () => {
    const signed: Item = { ...item, signOff: { level: 'DEPUTY_HEAD', maxLayers: 3 }, collectiveDecision: true };
    const { nodes } = chartOf(signed, VILLAGE, { ...implementationOf(signed), conditions: ['持有当地常住户口'] });
    const lines = (step: FlowStep) => nodes.find((node) => node.step === step)?.lines;
    expect(lines('ACCEPT')).toEqual(['条件:持有当地常住户口']);
    expect(lines('DECIDE')).toEqual([
      '权限:法定本级行使',
      '承诺时限:18 个工作日',
      '法定时限:20 个工作日',
      '分管领导签批,不超过 3 层',
      '集体讨论决定',
    ]);
  });

  test('with any texts is well formed, overlaps nothing, and lets no text end a label or begin a tag', () => {
    const text = fc.oneof(
      fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }),
      fc.constantFrom('<script>alert(1)</script>', '"]; click n1 "javascript:x"', '甲'.repeat(120), 'W'.repeat(90)),
    );
    const anyStage = fc.record({
      name: text,
      standard: text,
      limit: fc.constant(null),
      post: text,
      person: fc.option(text),
      step: fc.option(fc.constantFrom(...FLOW_STEPS)),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...items),
        fc.constantFrom(...PLACES),
        fc.array(anyStage, { maxLength: 8 }),
        text,
        (of, place, stages, name) => {
          const chart = chartOf({ ...of, name }, place, { ...implementationOf(of), stages, conditions: [name] });
          const shown = chart.nodes.flatMap((node) => (node.stage === null ? [] : [node.stage]));
          expect(shown.toSorted((a, b) => a - b)).toEqual(stages.map((_, i) => i));
          expect(faultsOf(chart)).toEqual([]);
          expect(tagsOf(flowSvg(chart))).toEqual([]);
          expect(flowSvg(chart)).not.toContain('<script');
          const mermaid = flowMermaid(chart);
          expect(mermaid).not.toContain('<script');
          // two quotes a lane, a box and a label, and no others
          const labels = chart.lanes.length + chart.nodes.length + chart.edges.filter(({ label }) => label).length;
          expect(mermaid.match(/"/gu)).toHaveLength(2 * labels);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a text that is divided into lines', () => {
  test('keeps words and numbers whole where they fit, and begins no line with a closing sign', () => {
    expect(wrapped('自受理之日起 20 个工作日内办结。', 7)).toEqual(['自受理之日起', '20 个工作日内', '办结。']);
    expect(wrapped('一二三四,五', 4)).toEqual(['一二三四,', '五']);
    expect(wrapped('  ', 4)).toEqual([]);
  });

  test('loses no sign, and no line is wider than a hanging sign allows', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 3, max: 30 }), (text, width) => {
        const lines = wrapped(text, width);
        expect(lines.join('').replaceAll(/\s/gu, '')).toBe(text.replaceAll(/\s/gu, ''));
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width + 1);
      }),
    );
  });
});
