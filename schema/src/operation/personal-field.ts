import type { DivisionCode } from '../kernel/divisions.ts';

/** The kind of record that personal data belongs to. */
export type PersonalRecord = 'CASE' | 'ENQUIRY' | 'APPOINTMENT' | 'ENTERPRISE';

/** A field of the graph that shows personal data. */
export interface PersonalField {
  kind: PersonalRecord;
  /** Names of the personal fields below; empty if the field itself is personal. */
  below: readonly string[];
  /** The id of the case or enquiry, or the number of the appointment, it belongs to, and below it the node that answers. */
  subject: (source: unknown, args: Record<string, unknown>) => string;
  node: (source: unknown, asked: { at: DivisionCode | null }) => DivisionCode;
  /** Whether the field's value shows personal data; only then the read is recorded. */
  shows: (value: unknown) => boolean;
  /** The field that is recorded as read, if it is another than the one that was asked for. */
  recordedAs: (args: Record<string, unknown>) => string | null;
  /** The purpose the reader stated; null where none is asked. */
  purpose: (args: Record<string, unknown>) => string | null;
}

const unstated = { recordedAs: () => null, purpose: () => null };
const shows = (value: unknown) =>
  value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);

/** A field of what one case shows. @param below names of the personal fields below */
export const personalOfCase = (...below: string[]): PersonalField => ({
  kind: 'CASE',
  below,
  subject: (source) => (source as { id: string }).id,
  node: (source) => (source as { answeredBy: DivisionCode }).answeredBy,
  shows,
  ...unstated,
});

/** A question about one case whose answer is personal; its argument `case` names the case. */
export const personalAnswer: PersonalField = {
  kind: 'CASE',
  below: [],
  subject: (_, args) => String(args['case']),
  node: (_, { at }) => at ?? '',
  shows,
  ...unstated,
};

/** The answer about one of many cases. */
export const personalOutcome: PersonalField = {
  kind: 'CASE',
  below: [],
  subject: (source) => (source as { id: string }).id,
  node: (source) => (source as { node: DivisionCode }).node,
  shows,
  ...unstated,
};

/** A field of an enquiry. @param below names of the personal fields below */
export const personalOfEnquiry = (...below: string[]): PersonalField => ({
  kind: 'ENQUIRY',
  below,
  subject: (source) => (source as { id: string }).id,
  node: (source) => (source as { division: DivisionCode }).division,
  shows,
  ...unstated,
});

/** A field of an appointment. @param below names of the personal fields below */
export const personalOfAppointment = (...below: string[]): PersonalField => ({
  ...personalOfEnquiry(...below),
  kind: 'APPOINTMENT',
  subject: (source) => (source as { number: string }).number,
});

/**
 * A question that shows one number of a case in the clear. The read is recorded with its purpose, as of the field that is
 * masked elsewhere.
 */
export const clearAnswer = (recordedAs: (args: Record<string, unknown>) => string): PersonalField => ({
  ...personalAnswer,
  recordedAs,
  purpose: (args) => String(args['purpose']),
});

/** The same of an enquiry; its argument `id` names the enquiry. */
export const clearAnswerOfEnquiry = (recordedAs: string): PersonalField => ({
  ...clearAnswer(() => recordedAs),
  kind: 'ENQUIRY',
  subject: (_, args) => String(args['id']),
});

/** The same of an appointment; its argument `number` names the appointment. */
export const clearAnswerOfAppointment = (recordedAs: string): PersonalField => ({
  ...clearAnswer(() => recordedAs),
  kind: 'APPOINTMENT',
  subject: (_, args) => String(args['number']),
});

/** A field of an enterprise with a steward. @param below names of the personal fields below */
export const personalOfEnterprise = (...below: string[]): PersonalField => ({
  ...personalOfEnquiry(...below),
  kind: 'ENTERPRISE',
});

/** A question about one enterprise whose answer holds its number; its argument `id` names it. */
export const answerOfEnterprise = (recordedAs: string): PersonalField => ({
  ...personalAnswer,
  kind: 'ENTERPRISE',
  subject: (_, args) => String(args['id']),
  recordedAs: () => recordedAs,
});

/** The same for a number in the clear. */
export const clearAnswerOfEnterprise = (recordedAs: string): PersonalField => ({
  ...clearAnswerOfEnquiry(recordedAs),
  kind: 'ENTERPRISE',
});
