import type { DivisionCode } from '../../kernel/divisions.ts';
import { view } from '../../operation/operation.ts';
import type { FlowChart } from '../catalogue/flow/index.ts';
import type { AdmissionState } from '../catalogue/words.ts';
import type * as lists from './published-lists.ts';
import type { AdmissionEntry, Fee, FeeChange } from './rules.ts';

/** The admission of one item at a node. */
export interface AdmittedItemView {
  item: string;
  state: AdmissionState;
  entry: AdmissionEntry | null;
}

/** 进驻情况 of a node on a day: every item it accepts or decides, and its fees. */
export interface AdmissionView {
  division: DivisionCode;
  day: string;
  items: AdmittedItemView[];
  fees: Fee[];
  /** Newest first. */
  feeChanges: FeeChange[];
}

/** A line of a published list, and the node that answered, which surely has the item. */
export interface ListEntryView extends lists.ListEntry {
  via: DivisionCode;
  /** Of what the node decides, in the list of flows; null in others. */
  flow: FlowChart | null;
}

export const Admission = view<AdmissionView>('Admission');
export const ListEntry = view<ListEntryView>('ListEntry');
