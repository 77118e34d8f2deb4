import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Answers } from '../../operation/answers.ts';
import { view } from '../../operation/operation.ts';
import type * as catalogue from '../catalogue/catalogue.ts';

/** A node's implementation. */
export interface ImplementationView {
  implementation: catalogue.Implementation;
  answeredBy: DivisionCode;
  /** Time of the last update of the local copy from the deciding node; null at that node itself. */
  staleSince: Date | null;
}

export const Implementation = view<ImplementationView>('Implementation');

/** Batched lookup of implementations, from which the gateway merges their parts. */
export interface ImplementationLookup {
  getMany(keys: readonly { item: string; node: DivisionCode }[]): Answers<ImplementationView>;
}
