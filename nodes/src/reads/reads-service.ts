import { currentTrace } from '@liandong/runtime';
import type { DivisionCode, Divisions, Role } from '@liandong/schema/kernel';
import type { PersonalDataRead, PersonalDataReadView, ReadsService } from '@liandong/schema/domains/reads';
import { problem } from '@liandong/schema/kernel';
import { requireReaderOver, signedIn } from '@liandong/schema/operation';
import { findTracked } from '../cases/index.ts';
import type { HostDb, NodeTx } from '../db/index.ts';

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
      `SELECT at, division, person_name AS "personName", roles, fields, masked, question, purpose
       FROM personal_data_reads WHERE node = $1 AND subject = $2 ORDER BY id DESC LIMIT ${MOST}`,
      [subject],
    );
  return {
    async note({ sub, name, division, roles }, question, reads): Promise<void> {
      const reader = { person: sub, name, division, roles };
      // keyed lookups are parts of a question about cases
      const asked = { question: question.startsWith('_') ? 'case' : question, purpose: null };
      await db.transact(node, (tx) => write(tx, now(), reader, asked, bySubject(reads)));
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

/** Who reads by a command on the host, and what for. */
export interface CommandReader {
  /** The login at the operating system; whoever may run commands there may also call themselves something else. */
  login: string;
  name: string;
  /** The command's words: `case export`. */
  command: string;
  purpose: string;
}

/** Writes down what a command is about to show; only then may it. */
export async function noteCommandRead(
  db: HostDb,
  node: DivisionCode,
  { login, name, command, purpose }: CommandReader,
  { kind, subject, fields }: { kind: 'CASE' | 'MESSAGE'; subject: string; fields: string[] },
  at: Date,
): Promise<void> {
  const reader = { person: `os:${login}`, name, division: node, roles: [] };
  const line = { kind, subject, fields, masked: false };
  await db.transact(node, (tx) => write(tx, at, reader, { question: command, purpose }, [line]));
}

interface Reader {
  person: string;
  name: string;
  division: DivisionCode;
  roles: readonly Role[];
}

interface Line {
  kind: PersonalDataRead['kind'] | 'MESSAGE';
  subject: string;
  fields: string[];
  masked: boolean;
}

async function write(
  tx: NodeTx,
  at: Date,
  { person, name, division, roles }: Reader,
  { question, purpose }: { question: string; purpose: string | null },
  lines: readonly Line[],
): Promise<void> {
  await tx.query(
    `INSERT INTO personal_data_reads (node, at, person, person_name, division, roles, subject_kind, subject, fields,
       masked, question, trace, purpose)
     SELECT $1, $2, $3, $4, $5, $6, kind, subject, string_to_array(fields, ' '), masked, $11, $12, $13
     FROM unnest($7::text[], $8::text[], $9::text[], $10::boolean[]) AS r (kind, subject, fields, masked)`,
    [
      at,
      person,
      name,
      division,
      [...roles],
      lines.map((line) => line.kind),
      lines.map((line) => line.subject),
      lines.map((line) => line.fields.join(' ')),
      lines.map((line) => line.masked),
      question,
      currentTrace(),
      purpose,
    ],
  );
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
