import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Problem } from '../../kernel/errors.ts';
import { view } from '../../operation/operation.ts';
import type * as rules from './rules.ts';
import type { DataState } from './words.ts';
import type { LightKind, LightLevel } from './light-words.ts';

/** A node's copy of an offer of data. */
export interface DataOfferView {
  offer: rules.DataOffer;
  /** Whether the node that answers may ask for it today. */
  askableHere: boolean;
  answeredBy: DivisionCode;
  /** Time of the last update of the copy from the offering node; null at that node itself. */
  staleSince: Date | null;
}

export interface GivenField {
  name: string;
  label: string;
  value: string | null;
}

/** A request for data, as a desk of the case knows it. */
export interface DataRequestView {
  id: string;
  caseId: string;
  offer: string;
  asker: DivisionCode;
  provider: DivisionCode;
  /** The purpose; null if it was not proved. */
  item: string | null;
  askedBy: string;
  askedAt: Date;
  state: DataState;
  answeredAt: Date | null;
  /** The material that need not be handed in any more. */
  replaces: string | null;
  fields: GivenField[];
  refusals: Problem[];
  answeredBy: DivisionCode;
}

/** A request as the applicant sees it: no values. */
export interface DataUseView {
  askedAt: Date;
  asker: DivisionCode;
  provider: DivisionCode;
  item: string | null;
  /** Labels; names until the offering node has answered. */
  fields: string[];
  state: DataState;
  answeredBy: DivisionCode;
}

export interface DataLightView {
  id: string;
  kind: LightKind;
  level: LightLevel;
  at: Date;
  raisedAt: DivisionCode;
  about: DivisionCode;
  caseId: string | null;
  detail: string;
}

export const DataOffer = view<DataOfferView>('DataOffer');
export const DataRequest = view<DataRequestView>('DataRequest', { type: 'RequestDataPayload', field: 'request' });
export const DataUse = view<DataUseView>('DataUse');
export const DataLight = view<DataLightView>('DataLight');
/** The name of a material. */
export const Material = view<string>('String');
