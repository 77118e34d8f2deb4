import type { FlowChart, FlowNodeKind } from './flow.ts';
import type { FlowArrow, FlowBox, FlowLane } from './layout.ts';
import { layoutOf, LINE_SIZE, TITLE_SIZE } from './layout.ts';
import { flowText } from './text.ts';

const FONT = `'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','WenQuanYi Micro Hei',sans-serif`;
const INK = '#1a1a1a';
const LINE = '#44546a';

/** Fill and corner of each kind of box; kinds also differ by their borders, for those who see no colours. */
const LOOKS: Record<FlowNodeKind, { fill: string; radius: number; stroke: number; dash: string }> = {
  START: { fill: '#e3f1e4', radius: 24, stroke: 1.5, dash: '' },
  STEP: { fill: '#dce9f7', radius: 4, stroke: 2, dash: '' },
  STAGE: { fill: '#ffffff', radius: 10, stroke: 1, dash: '' },
  NOTICE: { fill: '#fdf3d8', radius: 4, stroke: 1, dash: ' stroke-dasharray="6 3"' },
  END: { fill: '#eeeeee', radius: 24, stroke: 1.5, dash: '' },
};

/**
 * The chart as an SVG picture that needs nothing beside it: no script, no style sheet, no font of its own, no link.
 * Screen readers get the whole text in its description.
 */
export function flowSvg(chart: FlowChart): string {
  const { width, height, title, lanes, boxes, arrows } = layoutOf(chart);
  // several pictures may stand on one page
  const id = `flow-${chart.item}-${chart.place}`.replaceAll(/[^A-Za-z0-9-]/g, '_');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${FONT}">`,
    `<title id="${id}-title">${escaped(chart.title)}</title>`,
    `<desc id="${id}-desc">${escaped(flowText(chart))}</desc>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...title.map((line, i) => textAt(line, 20, 40 + i * 26, TITLE_SIZE + 3, 'start', true)),
    ...lanes.map((lane, i) => laneSvg(lane, i)),
    ...arrows.map(arrowSvg),
    ...boxes.map(boxSvg),
    '</svg>\n',
  ].join('\n');
}

function laneSvg({ x, y, width, height, title }: FlowLane, index: number): string {
  const fill = index % 2 === 0 ? '#f7f9fc' : '#eef2f8';
  const middle = x + width / 2;
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`,
    ...title.map((line, i) => textAt(line, middle, y + 25 + i * 22, TITLE_SIZE, 'middle', true)),
  ].join('\n');
}

function boxSvg({ node, x, y, width, height, title, lines }: FlowBox): string {
  const { fill, radius, stroke, dash } = LOOKS[node.kind];
  const middle = x + width / 2;
  const below = y + 12 + title.length * 22;
  return [
    '<g>',
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}" stroke="${LINE}" stroke-width="${stroke}"${dash}/>`,
    ...title.map((line, i) => textAt(line, middle, y + 28 + i * 22, TITLE_SIZE, 'middle', true)),
    ...lines.map((line, i) => textAt(line, x + 12, below + 13 + i * 17, LINE_SIZE, 'start', false)),
    '</g>',
  ].join('\n');
}

function arrowSvg({ edge, points, label }: FlowArrow): string {
  const dash = edge.kind === 'NEXT' ? '' : ' stroke-dasharray="5 3"';
  const drawn = points.map(({ x, y }) => `${x},${y}`).join(' ');
  return [
    `<polyline points="${drawn}" fill="none" stroke="${LINE}" stroke-width="1.5"${dash}/>`,
    headSvg(points),
    ...(label ? [textAt(label.text, label.x, label.y + 12, LINE_SIZE, 'start', false)] : []),
  ].join('\n');
}

/** The arrow's head: drawn, not a marker, which would need an id. */
function headSvg(points: FlowArrow['points']): string {
  const [before, tip] = points.slice(-2);
  if (!before || !tip) return '';
  const [dx, dy] = [Math.sign(tip.x - before.x), Math.sign(tip.y - before.y)];
  const corner = (side: number) => `${tip.x - 8 * dx + 4 * side * dy},${tip.y - 8 * dy + 4 * side * dx}`;
  return `<polygon points="${tip.x},${tip.y} ${corner(1)} ${corner(-1)}" fill="${LINE}"/>`;
}

function textAt(text: string, x: number, y: number, size: number, anchor: 'start' | 'middle', bold: boolean): string {
  const weight = bold ? ' font-weight="bold"' : '';
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${INK}"${weight}>${escaped(text)}</text>`;
}

/** Text for XML: signs it may not hold are left out, those that mean something are entities. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`);
}
