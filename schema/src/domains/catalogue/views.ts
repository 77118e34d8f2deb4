import type { DivisionCode } from '../../kernel/divisions.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import type { CatalogueBasis, Drift, ItemHead, NodeDrift } from './drift.ts';
import type { OfferedForm } from './item-forms.ts';
import type { FlowChart } from './flow/index.ts';
import type { Answers } from '../../operation/answers.ts';
import { view } from '../../operation/operation.ts';
import type { ItemView } from '../item-life/views.ts';

/** An item as one division sees it. */
export interface CatalogEntryView {
  item: ItemView;
  acceptor: DivisionCode | null;
  decider: DivisionCode | null;
  /** The organ that holds the power by the item itself; its implementation is the item's. */
  power: DivisionCode | null;
  /** Whether the desk that answers may take the item in. */
  takenInHere: boolean;
  /** Whether it can be applied for today: it is in force, and this node has the deciding node's implementation. */
  available: boolean;
}

/** The nodes of a division that answered a question put to all of them. */
export interface SubtreeCoverage {
  expected: number;
  answered: number;
  silent: { node: DivisionCode; code: ErrorCode }[];
}

/** The drift of a division's nodes from the basic catalogue. */
export interface CatalogDriftView {
  division: DivisionCode;
  /** The node whose catalogue the others were compared with; null if no node gave one. */
  basis: DivisionCode | null;
  /** True when it is not the city's own, live. */
  basisStale: boolean;
  drift: Drift[];
  /** The basis' items that drift is named of, by code. */
  items: ReadonlyMap<string, ItemView>;
  coverage: SubtreeCoverage;
}

/** 办事指南: the printed guide of an item for one division. */
export interface GuideView {
  item: ItemView;
  markdown: string;
  flow: FlowChart;
  forms: readonly OfferedForm[];
  /** The organ that holds the power by the item itself; its implementation is the item's. */
  power: DivisionCode | null;
}

/** Some bytes of a form, and what a browser must know of the whole. */
export interface FormPartView {
  /** Base64. */
  bytes: string;
  /** Bytes of the whole form. */
  size: number;
  fileName: string;
  mediaType: string;
}

/** Lookups the gateway asks in batches, and of all nodes of a division. */
export interface CatalogueLookup {
  getMany(codes: readonly string[]): Answers<ItemView>;
  /** Up to which entry this node holds the city's catalogue feed; the node with the higher number knows more. */
  catalogueSeq(): Promise<number>;
  /** The newest published version of every item this node knows. */
  basis(): Promise<CatalogueBasis>;
  /** This node's drift from a basis. */
  drift(basis: readonly ItemHead[]): Promise<NodeDrift>;
}

export const CatalogEntry = view<CatalogEntryView>('CatalogEntry');
export const FormPart = view<FormPartView>('FormPart');
export const Guide = view<GuideView>('Guide');
