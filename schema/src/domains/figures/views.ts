import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Day } from '../../kernel/calendar.ts';
import type { Measure } from './facts.ts';
import type { ProjectFigures } from './project-figures.ts';
import type { Standardization as StandardizationFigures } from './standardization.ts';
import { view } from '../../operation/operation.ts';

export type Figures = Record<Measure, number>;

/** 代办统计 of the cases that were filed under proxy between two days. They are additive. */
export interface ProxyFigures {
  filed: number;
  closed: number;
  /** Working days from filing to closing of those that closed, together. */
  closedDays: number;
}

/** Up to which fact this node holds another node's facts without a gap (水位). */
export interface Watermark {
  node: DivisionCode;
  /** Number of the last fact held. */
  seq: number;
  /** Facts the node is known to have stated beyond `seq`. */
  behind: number;
  /** The node had stated no more than `seq + behind` at this moment; null when nothing was heard of it yet. */
  asOf: Date | null;
}

export interface RollupView {
  division: DivisionCode;
  from: string;
  to: string;
  figures: Figures;
  proxy: ProxyFigures;
  items: { item: string; figures: Figures }[];
  nodes: { node: DivisionCode; figures: Figures; proxy: ProxyFigures }[];
  watermarks: Watermark[];
  answeredBy: DivisionCode;
}

/** 项目统计 of a division, with proof of how complete it is. */
export interface ProjectRollupView {
  division: DivisionCode;
  from: Day;
  to: Day;
  figures: ProjectFigures;
  nodes: { node: DivisionCode; figures: ProjectFigures }[];
  watermarks: Watermark[];
}

/** A node's figures of standardization, and how they came to be. */
export interface StandardizationView {
  division: DivisionCode;
  present: StandardizationFigures;
  /** Days on which they changed, oldest first. */
  days: { day: Day; figures: StandardizationFigures }[];
}

export const Rollup = view<RollupView>('Rollup');
export const ProjectRollup = view<ProjectRollupView>('ProjectRollup');
export const Standardization = view<StandardizationView>('Standardization');
