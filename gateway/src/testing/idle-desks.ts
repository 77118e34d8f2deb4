import type { DivisionCode } from '@liandong/schema/kernel';
import type { NodeServices } from '@liandong/schema/graph';
import type { Perform } from '@liandong/schema/operation';
import { performing } from '@liandong/schema/operation';
import { problem } from '@liandong/schema/kernel';

/** Desks of a node in memory at which nothing has been done, and nothing can be. */
export class IdleDesks {
  readonly code: DivisionCode;

  constructor(code: DivisionCode) {
    this.code = code;
  }

  readonly perform: Perform = performing({}, async () => illegal());

  readonly reads: NodeServices['reads'] = { note: () => Promise.resolve() };
}

export function illegal(): never {
  throw problem('ILLEGAL_STEP', 'Not in this state.');
}
