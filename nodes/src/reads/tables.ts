import type { Role } from '@liandong/schema/kernel';
import type { PersonalDataRead } from '@liandong/schema/domains/reads';
import type { RowOf } from '../db/index.ts';
import { bigInteger, boolean, generated, instant, nullable, table, text, textOf, texts, textsOf } from '../db/index.ts';

/** A person's reading of personal data of one case, enquiry or message, or a search (个人信息查阅日志); append-only. */
export const personalDataReadsTable = table('personal_data_reads', ['id'], {
  id: generated(bigInteger),
  at: instant,
  person: text,
  personName: text,
  /** The reader's desk. */
  division: text,
  roles: textsOf<Role>(),
  subjectKind: textOf<PersonalDataRead['kind'] | 'MESSAGE' | 'SEARCH'>(),
  subject: text,
  /** Fields of the graph, say Case.applicant.phone. */
  fields: texts,
  masked: boolean,
  /** The root field of the question, or the command on the host. */
  question: text,
  trace: nullable(text),
  purpose: nullable(text),
});
export type ReadRow = RowOf<typeof personalDataReadsTable>;
