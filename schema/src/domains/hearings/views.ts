import type { DivisionCode } from '../../kernel/divisions.ts';
import { view } from '../../operation/operation.ts';
import type { HearingFile } from './rules.ts';

/**
 * An interested party as a viewer may see it: with its address for organs that handle the case, without it for supervisors, hidden
 * from others.
 */
export interface InterestedPartyView {
  /** 1, 2, 3 … within the case. */
  party: number;
  name: string | null;
  phone: string | null;
  address: string | null;
  grave: boolean;
  toldAt: Date;
}

/** 听证 of a case, as one node knows it. */
export interface HearingView {
  id: string;
  number: string;
  item: string;
  hearing: HearingFile;
  interested: InterestedPartyView[];
  /** Statements and records by their digest; only those this viewer may read. */
  papers: ReadonlyMap<string, string>;
  /** Whether a party has still to be told of the right to a hearing, is waited for, or has still to be heard. */
  open: boolean;
  answeredBy: DivisionCode;
}

export const Hearing = view<HearingView>('Hearing');
