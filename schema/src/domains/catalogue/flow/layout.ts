import type { FlowChart, FlowEdge, FlowNode } from './flow.ts';
import { wayOf } from './text.ts';
import { widthOf, wrapped } from './text-width.ts';

// Lengths in px.

export const TITLE_SIZE = 15;
export const LINE_SIZE = 12;
const BOX = { width: 224, padding: 12, titleHeight: 22, lineHeight: 17 } as const;
/** Between lanes, and between rows: labels and arrows have their place here. */
const GAP = { lanes: 84, rows: 44, branches: 16 } as const;
const MARGIN = 20;

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface FlowBox extends Rect {
  node: FlowNode;
  title: string[];
  lines: string[];
}

export interface Point {
  x: number;
  y: number;
}

/** An arrow, with its label where it has one. */
export interface FlowArrow {
  edge: FlowEdge;
  points: readonly Point[];
  label: (Rect & { text: string }) | null;
}

export interface FlowLane extends Rect {
  title: string[];
}

/** The chart with a place for everything. */
export interface FlowLayout {
  width: number;
  height: number;
  /** The chart's title, at the top left. */
  title: string[];
  lanes: FlowLane[];
  boxes: FlowBox[];
  arrows: FlowArrow[];
}

/**
 * Lays a chart out: a lane is a column, each step of the way a row of its own, and a step's branches stand beside it in
 * the applicant's lane, where no step of an organ is. So no two boxes overlap: arrows between rows run in the gaps, and
 * arrows to branches in a row with no other box.
 */
export function layoutOf(chart: FlowChart): FlowLayout {
  const laneWidth = BOX.width + GAP.lanes;
  const width = 2 * MARGIN + chart.lanes.length * laneWidth;
  const title = wrapped(chart.title, (width - 2 * MARGIN) / (TITLE_SIZE + 3) - 1);
  const laneTop = MARGIN + title.length * (BOX.titleHeight + 4) + 8;
  const headings = chart.lanes.map((lane) => wrapped(lane, (BOX.width - BOX.padding) / TITLE_SIZE - 1));
  const headHeight = 16 + Math.max(...headings.map((lines) => lines.length)) * BOX.titleHeight;
  const laneX = (lane: number) => MARGIN + lane * laneWidth;
  const boxX = (lane: number) => laneX(lane) + GAP.lanes / 2;

  const boxes: FlowBox[] = [];
  let y = laneTop + headHeight + GAP.rows / 2;
  for (const node of wayOf(chart)) {
    const branches = branchesOf(chart, node).map((branch) => boxOf(branch, boxX(branch.lane), y));
    branches.forEach((branch, i) => {
      const above = branches[i - 1];
      if (above) branch.y = above.y + above.height + GAP.branches;
    });
    const box = boxOf(node, boxX(node.lane), y);
    const last = branches.at(-1);
    // as high as its branches, so that their arrows begin at it
    if (last) box.height = Math.max(box.height, last.y + last.height - y);
    boxes.push(box, ...branches);
    y += box.height + GAP.rows;
  }
  const height = y - GAP.rows / 2 + MARGIN;
  const lanes = headings.map((lines, lane) => ({
    x: laneX(lane),
    y: laneTop,
    width: laneWidth,
    height: height - laneTop - MARGIN / 2,
    title: lines,
  }));
  const boxById = new Map(boxes.map((box) => [box.node.id, box]));
  const arrows = chart.edges.flatMap((edge) => {
    const [from, to] = [boxById.get(edge.from), boxById.get(edge.to)];
    return from && to ? [arrowOf(edge, from, to)] : [];
  });
  return { width, height, title, lanes, boxes, arrows };
}

function branchesOf({ nodes, edges }: FlowChart, { id }: FlowNode): FlowNode[] {
  const to = edges.filter(({ kind, from }) => kind === 'BRANCH' && from === id).map((edge) => edge.to);
  return nodes.filter((node) => to.includes(node.id));
}

function boxOf(node: FlowNode, x: number, y: number): FlowBox {
  const inner = BOX.width - 2 * BOX.padding;
  // one em is left for a closing sign that hangs over
  const title = wrapped(node.title, inner / TITLE_SIZE - 1);
  const lines = node.lines.flatMap((line) => wrapped(line, inner / LINE_SIZE - 1));
  const height = 2 * BOX.padding + title.length * BOX.titleHeight + lines.length * BOX.lineHeight;
  return { node, x, y, width: BOX.width, height, title, lines };
}

function arrowOf(edge: FlowEdge, from: FlowBox, to: FlowBox): FlowArrow {
  return edge.kind === 'NEXT' ? downwards(edge, from, to) : sideways(edge, from, to);
}

/** From the foot of a box through the gap below its row to the head of the next. */
function downwards(edge: FlowEdge, from: FlowBox, to: FlowBox): FlowArrow {
  const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2];
  const [foot, gap] = [from.y + from.height, to.y - GAP.rows / 2];
  const bend = x1 === x2 ? [] : [at(x1, gap), at(x2, gap)];
  return { edge, points: [at(x1, foot), ...bend, at(x2, to.y)], label: null };
}

/** Level with the branch, whose box is the smaller one; the answer runs below the question. */
function sideways(edge: FlowEdge, from: FlowBox, to: FlowBox): FlowArrow {
  const toBranch = edge.kind === 'BRANCH';
  const [step, branch] = toBranch ? [from, to] : [to, from];
  const y = branch.y + branch.height / 2 + (toBranch ? -8 : 8);
  const [left, right] = [at(branch.x + branch.width, y), at(step.x, y)];
  const points = toBranch ? [right, left] : [left, right];
  if (edge.label === null) return { edge, points, label: null };
  const width = Math.ceil(widthOf(edge.label) * LINE_SIZE);
  const label = { text: edge.label, x: step.x - width - 8, y: toBranch ? y - 18 : y + 4, width, height: 15 };
  return { edge, points, label };
}

const at = (x: number, y: number): Point => ({ x, y });
