/** 流程图: the flow chart of an item at a place, drawn from competence and stages as SVG, text and Mermaid. */
export { flowOf } from './flow.ts';
export type { FlowChart } from './flow.ts';
export { flowSvg } from './svg.ts';
export { flowMermaid, flowSentences, flowText } from './text.ts';
export type { FlowSentence } from './text.ts';
