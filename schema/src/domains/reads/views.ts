import type { DivisionCode } from '../../kernel/divisions.ts';
import { view } from '../../operation/operation.ts';
import type { PersonalRecord } from '../../operation/personal-field.ts';
import type { Viewer } from '../../operation/permissions.ts';
import type { Role } from '../../kernel/words.ts';

/** Personal data that an answer is about to show (个人信息查阅). */
export interface PersonalDataRead {
  /** The kind of record whose data was shown. */
  kind: PersonalRecord;
  subject: string;
  /** Field of the graph, for example `Case.applicant.phone`. */
  field: string;
  /** Whether identity numbers were masked. */
  masked: boolean;
  /** The purpose the reader stated; null where none is asked. */
  purpose: string | null;
}

/** A read of personal data, as shown to the person it is about. */
export interface PersonalDataReadView {
  at: Date;
  /** The reader's desk. */
  division: DivisionCode;
  personName: string;
  roles: readonly Role[];
  fields: readonly string[];
  masked: boolean;
  /** The root field of the question, or the command on the host. */
  question: string;
  /** The purpose the reader stated; null for what is shown masked, which needs none. */
  purpose: string | null;
}

/** The log of reads of personal data at a node (个人信息查阅日志). */
export interface ReadsLog {
  /** Records a read before the data is shown; without the record it must not be shown. */
  note(viewer: Viewer, question: string, reads: readonly PersonalDataRead[]): Promise<void>;
}

/** One number in the clear. */
export const ClearNumber = view<string>('String');

/** A line of that log, as the graph shows it. */
export const NotedRead = view<PersonalDataReadView>('PersonalDataRead');
