import { view } from '../../operation/operation.ts';
import type { DivisionCode } from '../../kernel/divisions.ts';
import type { CaseHandler, Handler } from './rules.ts';
import type { HandlerStanding } from './words.ts';

/** 承办人 of a case, with how they stand today. */
export interface HandlerView extends CaseHandler {
  standing: HandlerStanding;
}

/** The caseload of one person; `handler` is null for the cases that wait for a handler. */
export interface CaseloadView {
  handler: Handler | null;
  standing: HandlerStanding | null;
  /** Open cases at this desk. */
  open: number;
  /** Cases whose next limit has passed. */
  overdue: number;
  division: DivisionCode;
}

export const Caseload = view<CaseloadView>('Caseload');
