import type { DivisionCode } from '../../kernel/divisions.ts';
import type { Role } from '../../kernel/words.ts';
import { view } from '../../operation/operation.ts';

/** 内部备注 for display. */
export interface CaseNoteView {
  id: string;
  at: Date;
  node: DivisionCode;
  author: string;
  post: Role;
  /** The absent colleague the writer stood in for. */
  insteadOf: string | null;
  text: string;
}

export const CaseNote = view<CaseNoteView>('CaseNote', { type: 'CaseNotePayload', field: 'note' });
