import type { AnswerState } from '@liandong/schema/domains/joint';
import { boolean, instant, integer, nullable, sealed, table, text, textOf, uuid } from '../db/table.ts';

/** Questions to departments of this node, as their leads asked them. */
export const opinionRequestsTable = table('opinion_requests', ['caseId', 'party'], {
  caseId: text,
  party: integer,
  /** SHA-256 of the signed line that opened joint handling. */
  opened: text,
  leadNode: text,
  lead: text,
  department: text,
  number: text,
  item: text,
  applicant: sealed(nullable(text)),
  /** JSON, as are the materials, lines and notice. */
  form: sealed(text),
  materials: text,
  /** The signed log as it came with the question; null if the case itself is here. */
  lines: nullable(text),
  limitAt: nullable(instant),
  /** The lead's last notice. */
  notice: text,
  dueAt: instant,
  waiting: boolean,
  /** This node's signed word that it has the question; null if the node asked itself. */
  word: nullable(text),
  /** When the shown materials were removed; null while they are here. */
  removedAt: nullable(instant),
});

/** What departments of this node signed in answer to another node, and its result there. */
export const opinionWordsTable = table('opinion_words', ['id'], {
  id: uuid,
  caseId: text,
  party: integer,
  saidAt: instant,
  word: text,
  state: textOf<AnswerState>(),
  code: nullable(text),
  reason: nullable(text),
});
