import type { DivisionCode } from '../../kernel/divisions.ts';
import type { ErrorCode } from '../../kernel/errors.ts';
import type { CatalogueBasis, Drift, ItemHead, NodeDrift } from './drift.ts';
import type { Answers, Page, PageRequest } from '../../operation/answers.ts';
import type { ItemView } from '../item-life/views.ts';

export interface CatalogEntryView {
  item: ItemView;
  acceptor: DivisionCode | null;
  decider: DivisionCode | null;
  /** The organ that holds the power by the item itself; its implementation is the item's. */
  power: DivisionCode | null;
  /** Whether the desk asked may take the item in. */
  takenInHere: boolean;
  /** Whether it can be applied for today: in force, and the deciding node's implementation is known here. */
  available: boolean;
}

/** Which nodes of a division answered a question put to all of them. */
export interface SubtreeCoverage {
  expected: number;
  answered: number;
  silent: { node: DivisionCode; code: ErrorCode }[];
}

/** Where the nodes of a division drift from the basic catalogue. */
export interface CatalogDriftView {
  division: DivisionCode;
  /** Whose catalogue the nodes were compared with; null when nobody gave one. */
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
}

export interface CatalogueService {
  getMany(codes: readonly string[]): Answers<ItemView>;
  /**
   * The guide of an item for this node's own people, from its own copy.
   * @throws {ProblemError} ITEM_UNKNOWN
   */
  guide(item: string): Promise<GuideView>;
  /** How far this node holds the city's catalogue feed: of two nodes the one further on knows more. */
  catalogueSeq(): Promise<number>;
  /** The newest published version of every item this node knows. */
  basis(): Promise<CatalogueBasis>;
  /** This node's drift from a basis. */
  drift(basis: readonly ItemHead[]): Promise<NodeDrift>;
  /** One item as this division sees it. @throws {ProblemError} ITEM_UNKNOWN */
  entry(code: string): Promise<CatalogEntryView>;
  list(search: string | null, page: PageRequest): Promise<Page<CatalogEntryView>>;
}
