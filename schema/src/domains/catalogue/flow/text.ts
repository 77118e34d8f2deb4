import type { FlowChart, FlowEdge, FlowNode } from './flow.ts';

/** One numbered step of a chart's text. */
export interface FlowSentence {
  head: string;
  /** What belongs to the step: limits, posts, conditions, and where its branches lead. */
  notes: string[];
}

/** The chart as numbered sentences, in the order of the flow: it says all that the picture shows. */
export function flowSentences(chart: FlowChart): FlowSentence[] {
  const way = wayOf(chart);
  return way.map((node) => ({
    head: headOf(chart, node),
    notes: [...node.lines, ...branchesOf(chart, node, way.indexOf(node) + 1)],
  }));
}

/** 流程图的文字版: the chart as plain text. */
export function flowText(chart: FlowChart): string {
  const steps = flowSentences(chart).map(({ head, notes }, i) =>
    [`${i + 1}. ${head}`, ...notes.map((note) => `   - ${note}`)].join('\n'),
  );
  return `${[chart.title, ...steps].join('\n')}\n`;
}

/**
 * The chart as a Mermaid flowchart. Texts stand in quotes with their signs as entities, so that a name can't end a label
 * or begin a statement.
 */
export function flowMermaid(chart: FlowChart): string {
  const lanes = chart.lanes.flatMap((lane, i) => [
    `  subgraph l${i + 1}["${safe(lane)}"]`,
    ...chart.nodes.filter((node) => node.lane === i).map((node) => `    ${mermaidNode(node)}`),
    '  end',
  ]);
  return `${['flowchart TD', ...lanes, ...chart.edges.map((edge) => `  ${mermaidEdge(edge)}`)].join('\n')}\n`;
}

/** The boxes on the way from the application to the end, without the branches. */
export function wayOf({ nodes, edges }: FlowChart): FlowNode[] {
  const aside = new Set(edges.filter(({ kind }) => kind === 'BRANCH').map(({ to }) => to));
  return nodes.filter(({ id }) => !aside.has(id));
}

function headOf({ lanes }: FlowChart, { title, lane }: FlowNode): string {
  return `${title}(${lanes[lane] ?? ''})`;
}

function branchesOf(chart: FlowChart, node: FlowNode, number: number): string[] {
  return chart.edges.flatMap((edge) => {
    const to = chart.nodes.find(({ id }) => id === edge.to);
    if (edge.kind !== 'BRANCH' || edge.from !== node.id || !to) return [];
    const back = chart.edges.find(({ kind, from }) => kind === 'BACK' && from === to.id);
    const goesOn = back ? `;${back.label ?? ''}回到第 ${number} 步` : '';
    return [`${edge.label ?? ''}的:${to.title},${to.lines.join(',')}${goesOn}`];
  });
}

function mermaidNode({ id, kind, title, lines }: FlowNode): string {
  const label = [`<b>${safe(title)}</b>`, ...lines.map(safe)].join('<br/>');
  switch (kind) {
    case 'START':
    case 'END':
      return `${id}(["${label}"])`;
    case 'NOTICE':
      return `${id}[/"${label}"/]`;
    case 'STEP':
      return `${id}["${label}"]`;
    case 'STAGE':
      return `${id}("${label}")`;
    default:
      return kind satisfies never;
  }
}

function mermaidEdge({ kind, from, to, label }: FlowEdge): string {
  const arrow = kind === 'NEXT' ? '-->' : '-.->';
  return label === null ? `${from} ${arrow} ${to}` : `${from} ${arrow}|"${safe(label)}"| ${to}`;
}

/** Text that means nothing to Mermaid or HTML; Mermaid's entities are `#34;` and the like. */
function safe(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/["#&;<>`\\[\](){}|*_~]/g, (sign) => `#${sign.codePointAt(0) ?? 0};`);
}
