import type { DivisionCode } from '../../kernel/divisions.ts';
import { view } from '../../operation/operation.ts';
import type * as rules from './rules.ts';

/** A window and its authorizations, today's and future ones. */
export interface WindowView {
  window: rules.ServiceWindow;
  authorities: rules.WindowAuthority[];
  answeredBy: DivisionCode;
}

/** A window of the node, or a node below it, with the stages it can do on the spot. */
export interface AuthorityPlaceView {
  window: string | null;
  node: DivisionCode | null;
  shares: rules.AuthorityShare[];
}

/** 充分授权 of a node's windows and of the nodes below it, on a day. */
export interface FullAuthorityView {
  division: DivisionCode;
  day: string;
  places: AuthorityPlaceView[];
  /** Items the node has a part in, without an authorized window. */
  unauthorized: string[];
}

export const ServiceWindow = view<WindowView>('ServiceWindow', { type: 'WindowPayload', field: 'window' });
export const Seal = view<rules.Seal>('Seal');
export const PowerTransfer = view<rules.PowerTransfer>('PowerTransfer', {
  type: 'TransferPayload',
  field: 'transfers',
});
export const FullAuthority = view<FullAuthorityView>('FullAuthority');
