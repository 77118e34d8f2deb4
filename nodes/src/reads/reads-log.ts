import { currentTrace } from '@liandong/runtime';
import type { PersonalDataRead, ReadsLog } from '@liandong/schema/domains/reads';
import type { DivisionCode, Role } from '@liandong/schema/kernel';
import type { HostDb, SharedTx } from '../db/index.ts';

/**
 * The log of who read personal data at a node (个人信息查阅日志, 个人信息保护法 Art. 51, 54). A line is durable before the answer goes
 * out; the database refuses to change or remove a line.
 */
export function readsLog({ node, db, now }: { node: DivisionCode; db: HostDb; now: () => Date }): ReadsLog {
  return {
    async note({ sub, name, division, roles }, question, reads): Promise<void> {
      const reader = { person: sub, name, division, roles };
      // keyed lookups are parts of a query about cases
      const asked = { question: question.startsWith('_') ? 'case' : question, purpose: null };
      await db.transact(node, (tx) => write(tx, now(), reader, asked, bySubject(reads)));
    },
  };
}

/** The person who reads with a command on the host, and the reason. */
export interface CommandReader {
  /** The login at the operating system. A person who may run commands there may also use another name. */
  login: string;
  name: string;
  /** The command's words: `case export`. */
  command: string;
  purpose: string;
}

/** Records what a command is about to show. Only after that may it be shown. */
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
  tx: SharedTx,
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

/** One line for each case or enquiry, with all of its data that is shown. */
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
