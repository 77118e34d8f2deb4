import type { DivisionCode, Divisions, PersonalDataRead, PersonalDataReadView, ReadsService } from '@liandong/schema';
import { problem, requireReaderOver, signedIn } from '@liandong/schema';
import { findTracked } from '../cases/index.ts';
import type { HostDb } from '../db/index.ts';
import { currentTrace } from '../observability/index.ts';

export interface ReadsServiceParts {
  node: DivisionCode;
  db: HostDb;
  divisions: Divisions;
  now: () => Date;
}

/** Most lines one question is answered with. */
const MOST = 500;

/**
 * The log of who read personal data at a node (个人信息查阅日志, 个人信息保护法 Art. 51, 54). A line is durable before the
 * answer goes out; the database lets nobody change or remove one.
 */
export function readsService({ node, db, divisions, now }: ReadsServiceParts): ReadsService {
  const of = (subject: string) =>
    db.queries(node).query<PersonalDataReadView>(
      `SELECT at, division, person_name AS "personName", roles, fields, masked, question FROM personal_data_reads
       WHERE node = $1 AND subject = $2 ORDER BY id DESC LIMIT ${MOST}`,
      [subject],
    );
  return {
    async note(viewer, question, reads): Promise<void> {
      const lines = bySubject(reads);
      await db.transact(node, (tx) =>
        tx.query(
          `INSERT INTO personal_data_reads (node, at, person, person_name, division, roles, subject_kind, subject, fields,
             masked, question, trace)
           SELECT $1, $2, $3, $4, $5, $6, kind, subject, string_to_array(fields, ' '), masked, $11, $12
           FROM unnest($7::text[], $8::text[], $9::text[], $10::boolean[]) AS r (kind, subject, fields, masked)`,
          [
            now(),
            viewer.sub,
            viewer.name,
            viewer.division,
            [...viewer.roles],
            lines.map((line) => line.kind),
            lines.map((line) => line.subject),
            lines.map((line) => line.fields.join(' ')),
            lines.map((line) => line.masked),
            // keyed lookups are parts of a question about cases
            question.startsWith('_') ? 'case' : question,
            currentTrace(),
          ],
        ),
      );
    },

    async ofTracked(number, code) {
      const stored = await findTracked(db.queries(node), number, code);
      if (!stored) throw problem('NOT_FOUND', 'No case has this number and tracking code.', { node });
      return of(stored.id);
    },

    async ofSubject(viewer, subject) {
      requireReaderOver(signedIn(viewer), 'READ_READS', node, divisions);
      return of(subject);
    },
  };
}

interface Line extends Omit<PersonalDataRead, 'field'> {
  fields: string[];
}

/** One line for each case or enquiry, with all that is shown of it. */
function bySubject(reads: readonly PersonalDataRead[]): Line[] {
  const lines = new Map<string, Line>();
  for (const { kind, subject, field, masked } of reads) {
    const key = `${kind} ${subject} ${masked}`;
    const line = lines.get(key) ?? { kind, subject, masked, fields: [] };
    if (!line.fields.includes(field)) line.fields.push(field);
    lines.set(key, line);
  }
  return [...lines.values()];
}
